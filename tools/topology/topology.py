"""How nodes hang together: what feeds what, what is part of what and where it is, in memory and free of any store.

A node is supplied by whatever feeds the node itself, something that it is part of (an air handler's fan is fed with it, a zone's
room gets the zone's air) or, for equipment, one of its parts (an air handler gets the chilled water that its coil gets).
Supply runs in a medium: that of the relation, else the one that the feeding class usually moves.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph_schema.model import PLACE_KINDS, Kind

_POWER = "electricity"


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    name: str
    kind: Kind
    class_: str | None = None

    @property
    def is_place(self) -> bool:
        return self.kind in PLACE_KINDS


@dataclass(frozen=True, slots=True)
class Feed:
    """``start`` supplies ``end`` with ``medium``; the empty medium is an unknown one."""

    start: str
    end: str
    medium: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """``via`` is the id of the neighbour through which it was reached, ``hops`` steps from the start."""

    id: str
    hops: int
    via: str


@dataclass(frozen=True, slots=True)
class Loss:
    """``lost`` has no other supply of some medium; ``backed_up`` keeps one of each, and from where (ids)."""

    lost: tuple[Reached, ...]
    backed_up: tuple[tuple[Reached, tuple[str, ...]], ...]


@dataclass(slots=True)
class Topology:
    """Build it with ``Topology.of``; it does not change afterwards."""

    nodes: Mapping[str, Node]
    feeds: Mapping[str, list[Feed]] = field(default_factory=dict[str, list[Feed]])
    fed_by: Mapping[str, list[Feed]] = field(default_factory=dict[str, list[Feed]])
    parts: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    wholes: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    places: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    contents: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    _dependents: dict[str, int] = field(default_factory=dict[str, int])

    @staticmethod
    def of(
        nodes: Iterable[Node],
        feeds: Iterable[Feed],
        parts: Iterable[tuple[str, str]] = (),
        located: Iterable[tuple[str, str]] = (),
    ) -> Topology:
        """``parts`` are pairs of whole and part, ``located`` of node and place. What is not among the nodes is left out.

        Equipment that a model calls part of a place is in that place.
        """
        known = {node.id: node for node in nodes}
        forward: defaultdict[str, list[Feed]] = defaultdict(list)
        backward: defaultdict[str, list[Feed]] = defaultdict(list)
        for feed in sorted(feeds, key=lambda feed: (feed.start, feed.end, feed.medium)):
            if feed.start in known and feed.end in known and feed.start != feed.end:
                forward[feed.start].append(feed)
                backward[feed.end].append(feed)
        pairs = sorted({(whole, part) for whole, part in parts if whole in known and part in known})
        alike = [(whole, part) for whole, part in pairs if known[whole].is_place == known[part].is_place]
        within = {(node, place) for node, place in located if node in known and place in known}
        within.update((part, whole) for whole, part in pairs if known[whole].is_place and not known[part].is_place)
        return Topology(
            nodes=known,
            feeds=dict(forward),
            fed_by=dict(backward),
            parts=_grouped(alike),
            wholes=_grouped((part, whole) for whole, part in alike),
            places=_grouped(sorted(within)),
            contents=_grouped((place, node) for node, place in sorted(within)),
        )

    # -- parts and wholes ----------------------------------------------------------------------------------------------

    def inside(self, id_: str) -> set[str]:
        """The node and all its parts, at any depth."""
        return _closure(id_, self.parts)

    def around(self, id_: str) -> set[str]:
        """The node and all that it is part of, at any depth."""
        return _closure(id_, self.wholes)

    def stopped_with(self, id_: str) -> set[str]:
        """What stops when the node does: equipment with its parts."""
        return {id_} if self.nodes[id_].is_place else self.inside(id_)

    # -- supply --------------------------------------------------------------------------------------------------------

    def supplies(self, id_: str) -> list[Feed]:
        """The feeds that supply a node: its own, those of what it is part of and, for equipment, those of its parts.

        What one part of a node feeds another is the node's own affair.
        """
        found = [feed for one in self.around(id_) for feed in self.fed_by.get(one, ())]
        if not self.nodes[id_].is_place and id_ in self.parts:
            inside = self.inside(id_)
            found += [feed for one in inside - {id_} for feed in self.fed_by.get(one, ()) if feed.start not in inside]
        return found

    def downstream(self, id_: str) -> list[Reached]:
        """Everything that the node or its parts supply, over any number of steps, nearest first."""
        return list(_Walk(self, self.stopped_with(id_)).run().values())

    def upstream(self, id_: str) -> list[Reached]:
        """Everything that supplies the node, over any number of steps, nearest first; a feeding part's whole counts."""
        own = {id_} if self.nodes[id_].is_place else self.inside(id_) | self.around(id_)
        found: dict[str, Reached] = {}
        seen = {id_}
        queue = deque([(id_, 0)])
        while queue:
            one, hops = queue.popleft()
            for feed in sorted(self.supplies(one), key=lambda feed: (feed.end != one, feed.start, feed.end)):
                steps = hops + 1 if feed.end == one else hops + 2
                for reached in self._feeders(feed, steps):
                    if reached.id not in own and (reached.id not in found or found[reached.id].hops > reached.hops):
                        found[reached.id] = reached
                if feed.start not in seen:
                    seen.add(feed.start)
                    queue.append((feed.start, steps))
        return sorted(found.values(), key=lambda reached: reached.hops)

    def _feeders(self, feed: Feed, steps: int) -> list[Reached]:
        wholes = set[str]() if self.nodes[feed.start].is_place else self.around(feed.start) - {feed.start}
        return [
            Reached(feed.start, steps, feed.end),
            *(Reached(one, steps + 1, feed.start) for one in sorted(wholes)),
        ]

    def dependents(self, id_: str) -> int:
        """How many nodes are downstream."""
        if id_ not in self._dependents:
            self._dependents[id_] = len(self.downstream(id_))
        return self._dependents[id_]

    def loss(self, *ids: str) -> Loss:
        """What is left without any other supply when the nodes and their parts stop, and what keeps one.

        A node that loses a medium no longer passes it on. It no longer makes anything else either when the medium lost is
        electricity, or when it makes what it gives (a chiller without condenser water; but a reheat box without hot water
        still passes on its air). A supply counts only if it comes from somewhere: two nodes that feed each other do not
        keep each other going, unless nothing else ever fed them, as in a closed loop without a source.
        """
        stopped = set[str]().union(*(self.stopped_with(one) for one in ids))
        region = {reached.id: reached for one in ids for reached in self.downstream(one) if reached.id not in ids}
        return _Outage(self, stopped, region).settle()

    def depends_on(self, id_: str, supplier: str) -> bool:
        """Whether the node loses a medium when the supplier stops: as ``loss`` says, by what is upstream of the node alone."""
        stopped = self.stopped_with(supplier)
        around = {one.id: one for one in (Reached(id_, 0, id_), *self.upstream(id_)) if one.id not in stopped}
        return any(reached.id == id_ for reached in _Outage(self, stopped, around).settle().lost)

    # -- paths ---------------------------------------------------------------------------------------------------------

    def path(self, start: str, end: str) -> list[str]:
        """The shortest way between two nodes, both included: along the supply in either direction, else over any relation."""
        for one, other in ((start, end), (end, start)):
            found = _Walk(self, {one}).run()
            if other in found:
                chain = [other]
                while chain[-1] != one:
                    chain.append(found[chain[-1]].via)
                return chain[::-1] if one == start else chain
        return self._shortest(start, end)

    def _shortest(self, start: str, end: str) -> list[str]:
        came = {start: start}
        queue = deque([start])
        while queue and end not in came:
            one = queue.popleft()
            for other in sorted(self.neighbours(one)):
                if other not in came:
                    came[other] = one
                    queue.append(other)
        if end not in came:
            return []
        chain = [end]
        while chain[-1] != start:
            chain.append(came[chain[-1]])
        return chain[::-1]

    def neighbours(self, id_: str) -> set[str]:
        """What has any relation to the node."""
        near = {feed.end for feed in self.feeds.get(id_, ())} | {feed.start for feed in self.fed_by.get(id_, ())}
        return near.union(*(kind.get(id_, ()) for kind in (self.parts, self.wholes, self.places, self.contents)))


_Arrival = tuple[str, str, str, str]  # where, through what, how, and which feeder is behind it


class _Walk:
    """Breadth first along the supply. Fed nodes reach their parts and (equipment) their wholes, each one step further."""

    def __init__(self, topology: Topology, start: set[str]) -> None:
        self.topology = topology
        self.start = start
        self.found: dict[str, Reached] = {}
        self.descended: set[str] = set()
        self.insides: dict[str, set[str]] = {}

    def run(self) -> dict[str, Reached]:
        """By id, nearest first."""
        steps = 0
        ahead = [arrival for one in sorted(self.start) for arrival in self._fed_by(one)]
        while ahead:
            steps += 1
            ahead = [after for arrival in ahead for after in self._arrive(arrival, steps)]
        return self.found

    def _fed_by(self, id_: str) -> list[_Arrival]:
        return [(feed.end, id_, "fed", id_) for feed in self.topology.feeds.get(id_, ())]

    def _arrive(self, arrival: _Arrival, steps: int) -> list[_Arrival]:
        id_, via, how, feeder = arrival
        topology = self.topology
        after: list[_Arrival] = []
        if id_ not in self.start and id_ not in self.found:
            self.found[id_] = Reached(id_, steps, via)
            after += self._fed_by(id_)
        if how != "lifted" and id_ not in self.descended:
            self.descended.add(id_)
            after += [(part, id_, "contained", feeder) for part in topology.parts.get(id_, ())]
        if how != "contained" and not topology.nodes[id_].is_place:
            wholes = topology.wholes.get(id_, ())
            after += [(whole, id_, "lifted", feeder) for whole in wholes if feeder not in self._inside(whole)]
        return after

    def _inside(self, id_: str) -> set[str]:
        if id_ not in self.insides:
            self.insides[id_] = self.topology.inside(id_)
        return self.insides[id_]


_Supplied = tuple[str, str]  # a node and a medium


class _Outage:
    """One stop, settled: which of the nodes downstream still get which medium."""

    def __init__(self, topology: Topology, stopped: set[str], region: Mapping[str, Reached]) -> None:
        self.topology = topology
        self.stopped = stopped
        self.region = region
        self.feeders: defaultdict[_Supplied, set[str]] = defaultdict(set)
        for one in (*region, *stopped):
            for feed in topology.supplies(one):
                self.feeders[one, feed.medium].add(feed.start)
        self.receivers: defaultdict[_Supplied, list[str]] = defaultdict(list)
        for (one, medium), feeders in self.feeders.items():
            for feeder in feeders:
                self.receivers[feeder, medium].append(one)
        self.media: defaultdict[str, set[str]] = defaultdict(set)
        for one, medium in self.feeders:
            self.media[one].add(medium)

    def settle(self) -> Loss:
        sourceless = self.feeders.keys() - self._from_source(set(), set(), self.feeders.keys())
        silent = {(one, feed.medium) for one in self.stopped for feed in self.topology.feeds.get(one, ())}
        while True:
            looping = self._self_sustained(sourceless, silent)
            supplied = self._from_source(silent, looping, self.feeders.keys() - sourceless)
            more = self._silenced(supplied) - silent
            if not more:
                return self._loss(supplied, silent)
            silent |= more

    def _gives(self, feeder: str, medium: str, silent: set[_Supplied], supplied: set[_Supplied]) -> bool:
        return (feeder, medium) not in silent and ((feeder, medium) not in self.feeders or (feeder, medium) in supplied)

    def _from_source(self, silent: set[_Supplied], given: set[_Supplied], among: Iterable[_Supplied]) -> set[_Supplied]:
        """What gets its medium from a node that needs none of it, or from what is given; the given included."""
        candidates = set(among)
        supplied = set(given)
        queue: deque[_Supplied] = deque()
        for one, medium in candidates:
            if any(self._gives(feeder, medium, silent, supplied) for feeder in self.feeders[one, medium]):
                queue.append((one, medium))
        while queue:
            one, medium = queue.popleft()
            if (one, medium) in supplied:
                continue
            supplied.add((one, medium))
            if (one, medium) not in silent:
                queue.extend(
                    (receiver, medium)
                    for receiver in self.receivers.get((one, medium), ())
                    if (receiver, medium) in candidates
                )
        return supplied

    def _self_sustained(self, sourceless: set[_Supplied], silent: set[_Supplied]) -> set[_Supplied]:
        """Of what never had a source, all but what has lost every feeder, one after the other."""
        supplied = set(sourceless)
        queue = deque(sourceless)
        while queue:
            one, medium = queue.popleft()
            if (one, medium) not in supplied:
                continue
            if any(self._gives(feeder, medium, silent, supplied) for feeder in self.feeders[one, medium]):
                continue
            supplied.discard((one, medium))
            queue.extend((receiver, medium) for receiver in self.receivers.get((one, medium), ()))
        return supplied

    def _silenced(self, supplied: set[_Supplied]) -> set[_Supplied]:
        """The media that nodes no longer give because they lack another one."""
        found: set[_Supplied] = set()
        for one in self.region:
            lost = {medium for medium in self.media.get(one, ()) if (one, medium) not in supplied}
            if lost:
                own = self.media[one]
                gives = {feed.medium for feed in self.topology.feeds.get(one, ())}
                found |= {(one, medium) for medium in gives if _POWER in lost or medium not in own}
        return found

    def _loss(self, supplied: set[_Supplied], silent: set[_Supplied]) -> Loss:
        lost: list[Reached] = []
        backed_up: list[tuple[Reached, tuple[str, ...]]] = []
        for one, reached in self.region.items():
            if any((one, medium) not in supplied for medium in self.media.get(one, ())):
                lost.append(reached)
            elif others := self._others(one, supplied, silent):
                backed_up.append((reached, tuple(sorted(others))))
        return Loss(tuple(lost), tuple(backed_up))

    def _others(self, one: str, supplied: set[_Supplied], silent: set[_Supplied]) -> set[str]:
        """What goes on supplying the media of which a supply has failed."""
        others: set[str] = set()
        for medium in self.media.get(one, ()):
            feeders = self.feeders[one, medium]
            going = {feeder for feeder in feeders if self._gives(feeder, medium, silent, supplied)}
            if going != feeders:
                others |= going
        return others


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        if key != value:
            found[key].append(value)
    return dict(found)


def _closure(start: str, step: Mapping[str, list[str]]) -> set[str]:
    if start not in step:
        return {start}
    seen = {start}
    rest = [start]
    while rest:
        fresh = [one for one in step.get(rest.pop(), ()) if one not in seen]
        seen.update(fresh)
        rest.extend(fresh)
    return seen
