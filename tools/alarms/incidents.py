"""Alarms that belong together, under their most likely cause. Pure.

A flood of alarms is mostly one thing that happened. Alarms of one time (no quiet of ten minutes between them) belong together where

| they | the cause is |
|---|---|
| are of one point that comes and goes within an hour | that asset |
| are of one asset and its parts | that asset |
| are of an asset and of what supplies it | the supplier upstream of most of the others, of these the earliest |
| are of a third or more, and of three at least, of what one supplier supplies that says nothing itself | that supplier, of several the nearest |

What is upstream counts as a cause only where it was not raised much later than what is downstream: delays differ, so five minutes are
allowed. Over more than four steps of supply it has to be within a minute of the other: what acts through water and air wears off on the way, and
what acts through electricity acts at once. Where a flood (ten alarms within ten minutes, ISA-18.2) leaves more than five incidents, the four largest stand and the rest is one
more, without a cause: nobody can act on fifty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from tools.topology.topology import Topology

Because = Literal["point", "asset", "upstream", "shared supply", "flood", "person"]

QUIET = timedelta(minutes=10)
"""After so long without an alarm another time begins."""
AGAIN = timedelta(hours=1)
LATER = timedelta(minutes=5)
AT_ONCE = timedelta(minutes=1)
NEAR = 4
"""Steps of supply."""
FLOOD = 10
MOST = 5
_SHARED, _SHARE = 3, 1 / 3
"""So many, and such a share, that a supplier in common is likelier than chance."""


@dataclass(frozen=True, slots=True)
class Raised:
    """``at`` is when it began, as far as that is known."""

    id: int
    point: str
    assets: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """``cause`` is the id of an asset, None where there is no telling; the alarms are in the order in which they were raised."""

    alarms: Sequence[Raised]
    cause: str | None
    because: Because

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(one.id for one in self.alarms)


@dataclass(slots=True)
class _Sets:
    """Union and find."""

    above: dict[str, str] = field(default_factory=dict[str, str])

    def find(self, one: str) -> str:
        root = one
        while (up := self.above.get(root, root)) != root:
            root = up
        self.above[one] = root
        return root

    def join(self, one: str, other: str) -> None:
        self.above[self.find(other)] = self.find(one)


def folded(alarms: Iterable[Raised], topology: Topology) -> list[Group]:
    """Each alarm in one group; the largest first."""
    groups: list[Group] = []
    for time in _times(sorted(alarms, key=lambda one: (one.at, one.id))):
        found = _of_one_time(time, topology)
        groups += _flooded(found) if _is_flood(time) else found
    return sorted(_with_repeats(groups), key=lambda one: (-len(one.alarms), one.alarms[0].at))


def _times(alarms: Sequence[Raised]) -> Iterator[Sequence[Raised]]:
    start = 0
    for place, (before, after) in enumerate(pairwise(alarms), 1):
        if after.at - before.at > QUIET:
            yield alarms[start:place]
            start = place
    if alarms:
        yield alarms[start:]


def _of_one_time(alarms: Sequence[Raised], topology: Topology) -> list[Group]:
    by_unit: defaultdict[str, list[Raised]] = defaultdict(list)
    for one in alarms:
        by_unit[_unit(one, topology)].append(one)
    above = {unit: _above(unit, topology) for unit in by_unit}
    sets, shared = _Sets(), _shared(by_unit.keys(), above, topology)
    for unit, suppliers in above.items():
        for supplier in suppliers:
            if supplier in by_unit and _may_cause(by_unit[supplier], by_unit[unit], suppliers[supplier]):
                sets.join(supplier, unit)
    for supplier, fed in shared.items():
        for unit in fed:
            sets.join(supplier, unit)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for unit in by_unit:
        members[sets.find(unit)].append(unit)
    return [_group(units, by_unit, above, shared) for units in members.values()]


def _unit(one: Raised, topology: Topology) -> str:
    """The largest piece of equipment that its asset is part of; the point where it has none."""
    owners = sorted(id_ for id_ in one.assets if id_ in topology.nodes)
    if not owners:
        return one.assets[0] if one.assets else one.point
    wholes = sorted(topology.around(owners[0]))
    return next((id_ for id_ in wholes if not topology.wholes.get(id_) and not topology.nodes[id_].is_place), owners[0])


def _above(unit: str, topology: Topology) -> Mapping[str, int]:
    """What supplies it, with the steps up to there."""
    return {one.id: one.hops for one in topology.upstream(unit)} if unit in topology.nodes else {}


def _may_cause(cause: Sequence[Raised], effect: Sequence[Raised], hops: int) -> bool:
    later = cause[0].at - effect[0].at
    return later <= LATER if hops <= NEAR else abs(later) <= AT_ONCE


def _shared(
    units: Iterable[str], above: Mapping[str, Mapping[str, int]], topology: Topology
) -> Mapping[str, Sequence[str]]:
    """Suppliers that are silent themselves, of several units: each unit goes to the one that has most of them, and of these the nearest."""
    known = set(units)
    fed: defaultdict[str, list[str]] = defaultdict(list)
    for unit in sorted(known):
        for supplier in above[unit]:
            if supplier not in known:
                fed[supplier].append(unit)
    left, found = known, dict[str, Sequence[str]]()
    far: Callable[[str], float] = lambda one: sum(above[unit][one] for unit in fed[one]) / len(fed[one])  # noqa: E731
    for supplier in sorted(fed, key=lambda one: (-len(fed[one]), far(one), one)):
        mine = [unit for unit in fed[supplier] if unit in left]
        if len(mine) >= _SHARED and len(mine) >= _SHARE * _supplied(supplier, topology):
            found[supplier] = mine
            left = left - set(mine)
    return found


def _supplied(supplier: str, topology: Topology) -> int:
    """How many pieces of equipment hang on it, without their parts."""
    reached = (topology.nodes[one.id] for one in topology.downstream(supplier))
    return sum(not node.is_place and node.id not in topology.wholes for node in reached)


def _group(
    units: Sequence[str],
    by_unit: Mapping[str, list[Raised]],
    above: Mapping[str, Mapping[str, int]],
    shared: Mapping[str, Sequence[str]],
) -> Group:
    alarms = sorted((one for unit in units for one in by_unit[unit]), key=lambda one: (one.at, one.id))
    if len(units) == 1:
        points = {one.point for one in alarms}
        return Group(alarms, units[0], "point" if len(points) == 1 else "asset")
    silent = Counter({supplier: len(fed) for supplier, fed in shared.items() if set(fed) & set(units)})
    loud = Counter({unit: sum(unit in above[other] for other in units) for unit in units})
    most_silent, most_loud = max(silent.values(), default=0), max(loud.values())
    if most_loud * 2 >= most_silent:
        cause = min(units, key=lambda one: (-loud[one], by_unit[one][0].at, one))
        return Group(alarms, cause, "upstream")
    return Group(alarms, min(silent, key=lambda one: (-silent[one], one)), "shared supply")


def _is_flood(alarms: Sequence[Raised]) -> bool:
    """Ten or more within ten minutes."""
    return any(
        alarms[place + FLOOD - 1].at - alarms[place].at <= QUIET for place in range(max(0, len(alarms) - FLOOD + 1))
    )


def _flooded(groups: Sequence[Group]) -> list[Group]:
    if len(groups) <= MOST:
        return [*groups]
    largest = sorted(groups, key=lambda one: (-len(one.alarms), one.alarms[0].at))
    rest = sorted((one for group in largest[MOST - 1 :] for one in group.alarms), key=lambda one: (one.at, one.id))
    return [*largest[: MOST - 1], Group(rest, None, "flood")]


def _with_repeats(groups: Sequence[Group]) -> list[Group]:
    """What a point raises again within the hour belongs to where it was raised before."""
    made: list[Group] = []
    last: dict[str, tuple[datetime, int]] = {}
    for group in sorted(groups, key=lambda one: one.alarms[0].at):
        known = {
            last[one.point][1] for one in group.alarms if one.point in last and one.at - last[one.point][0] <= AGAIN
        }
        points = {one.point for one in group.alarms}
        place = next(iter(known)) if len(known) == 1 and points <= last.keys() else len(made)
        made[place : place + 1] = [_joined(made[place], group) if place < len(made) else group]
        last |= {one.point: (one.at, place) for one in group.alarms}
    return made


def _joined(before: Group, after: Group) -> Group:
    alarms = sorted([*before.alarms, *after.alarms], key=lambda one: (one.at, one.id))
    return Group(alarms, before.cause, before.because)
