"""Which meters and consumers count for a place or an asset, so that nothing is counted twice. Pure.

Electricity that one measured asset passes on to another is counted at the first: a meter covers its sub-meters and the consumers behind
them, and equipment covers its parts. A meter measures what it feeds, wherever it hangs: it belongs to a place or an asset where all that
it feeds belongs to it. What feeds nothing belongs to where it is.

Models lack a line here and there. Where most of what is known by its power alone stands behind meters, the rest is
taken to be behind them as well: added, it would be counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tools.analysis.scope import within
from tools.topology.topology import Topology

_ELECTRICITY = "electricity"
_MOST = 2 / 3
"""Of what is known by its power alone."""


@dataclass(frozen=True, slots=True)
class Counted:
    """``top`` add up to what was used; ``ends`` pass nothing on to another measured asset: the consumers. ``covered`` are those that are not
    added because another one already counts them, ``aside`` those that are taken to be."""

    top: list[str]
    ends: list[str]
    covered: int
    aside: Sequence[str] = ()


def counted(
    topology: Topology, measured: Collection[str], asked: str | None, metered: Collection[str] = frozenset()
) -> Counted:
    """Of the measured assets those that count for the asked one, for all where none was asked. ``metered`` are those with a counter of energy."""
    scope = None if asked is None else within(topology, asked)
    inside = [one for one in sorted(measured) if scope is None or one == asked or _belongs(topology, one, scope)]
    among = set(inside)
    behind = {one: _behind(topology, one) & among for one in inside}
    over: dict[str, set[str]] = {one: set() for one in inside}
    for one, covered in behind.items():
        for other in covered:
            if one not in behind[other]:  # two that feed each other cover each other, and would both be lost
                over[other].add(one)
    top = [one for one in inside if not over[one]]
    ends = [one for one in inside if not behind[one]]
    covered = len(inside) - len(top)
    meters, others = [one for one in top if one in metered], [one for one in top if one not in metered]
    behind_one = sum(one not in top and one not in metered for one in inside)
    if meters and others and behind_one >= _MOST * (behind_one + len(others)):
        return Counted(meters, ends, covered, others)
    return Counted(top, ends, covered)


def _belongs(topology: Topology, id_: str, scope: set[str]) -> bool:
    fed = _ends(topology, id_)
    return fed <= scope if fed else id_ in scope


def _ends(topology: Topology, id_: str) -> set[str]:
    """Where the electricity that an asset passes on ends, as far as the model follows it."""
    reached = _electric(topology, id_)
    return {one for one in reached if not any(feed.medium == _ELECTRICITY for feed in topology.feeds.get(one, ()))}


def _behind(topology: Topology, id_: str) -> set[str]:
    """All that gets its electricity through an asset, and its own parts."""
    reached = _electric(topology, id_)
    return {part for one in (id_, *reached) for part in topology.inside(one)} - {id_}


def _electric(topology: Topology, id_: str) -> set[str]:
    found: set[str] = set()
    rest = [id_]
    while rest:
        for feed in topology.feeds.get(rest.pop(), ()):
            if feed.medium == _ELECTRICITY and feed.end not in found and feed.end != id_:
                found.add(feed.end)
                rest.append(feed.end)
    return found
