"""What hangs together with an asset, a place or a point: those of a class that are nearest to it, over any relation.

The nearest are looked for in this order: what it is a point of, its neighbours, its parts and what it is part of, where it is, what supplies
it and what it supplies, and where that is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from tools.topology.topology import Node, Reached, Topology

_CYPHER = statements("tools.listing", "columns.cypher")


@dataclass(frozen=True, slots=True)
class Beside:
    """Of one class. ``owners`` are those of the points that are listed, ``points`` the names of the class's own points by their owner."""

    topology: Topology
    classes: Collection[str]
    owners: Mapping[str, Sequence[str]]
    points: Mapping[str, Sequence[tuple[str, str]]] | None = None

    def names(self, id_: str) -> list[str]:
        """The names of those nearest to it; none where nothing of the class hangs together with it."""
        starts = [id_] if id_ in self.topology.nodes else list(self.owners.get(id_, ()))
        known = [one for one in starts if one in self.topology.nodes]
        itself = [] if id_ in self.topology.nodes else known
        for ids in (itself, *(list(ring) for ring in self._rings(known))):
            if found := self._of_class(dict.fromkeys(one for one in ids if one != id_ or self.points is not None), id_):
                return found
        return []

    def _of_class(self, ids: Iterable[str], itself: str) -> list[str]:
        if self.points is not None:
            return [name for one in ids for point, name in self.points.get(one, ()) if point != itself]
        nodes = (self.topology.nodes[one] for one in ids)
        return [node.name for node in nodes if node.class_ in self.classes]

    def _rings(self, starts: Sequence[str]) -> Iterator[Iterable[str]]:
        topology = self.topology
        if self.points is not None:
            yield starts
        yield [other for one in starts for other in sorted(topology.neighbours(one))]
        inside = [other for one in starts for other in sorted(topology.inside(one))]
        around = [other for one in starts for other in sorted(topology.around(one))]
        yield [*inside, *around]
        yield self._places([*around, *inside])
        yield from self._supplying(starts)
        served = [id_ for one in starts for id_ in self._own_way(one, topology.downstream(one))]
        yield served
        yield self._places([one for one in served if topology.nodes[one].is_place])

    def _places(self, ids: Sequence[str]) -> list[str]:
        """Where they are, and what they are part of."""
        topology = self.topology
        near = [place for one in ids for place in (one, *topology.places.get(one, ()))]
        return [other for one in dict.fromkeys(near) for other in sorted(topology.around(one))]

    def _supplying(self, starts: Sequence[str]) -> Iterator[list[str]]:
        """What supplies them, by the number of steps."""
        rings: defaultdict[int, list[str]] = defaultdict(list)
        for one in starts:
            every = self.topology.upstream(one)
            own = frozenset(self._own_way(one, every))
            for reached in every:
                if reached.id in own:
                    rings[reached.hops].append(reached.id)
        yield from (rings[hops] for hops in sorted(rings))

    def _own_way(self, start: str, reached: Iterable[Reached]) -> Iterator[str]:
        """What is reached without going through another of the same class: round a loop each coil supplies all that the others do."""
        nodes, others = self.topology.nodes, set[str]()
        for one in reached:
            if nodes[one.id].class_ == nodes[start].class_ or one.via in others:
                others.add(one.id)
            if one.via not in others:
                yield one.id


async def read_beside(
    graph: GraphStore, ontology: Ontology, topology: Topology, ids: Sequence[str], class_: str
) -> Callable[[str], list[str]]:
    """Gives the names of what of a class hangs together with one of these."""
    classes = _classes(ontology, class_)
    is_of = _SIDES.get(class_)
    if is_of is not None:
        classes = frozenset(one.class_ or "" for one in topology.nodes.values() if is_of(one))
    rows = await graph.read(_CYPHER["owners"], ids=list(ids))
    owners = {row["id"]: row["owners"] for row in rows}
    points: dict[str, list[tuple[str, str]]] | None = None
    if ontology.kind_of(class_) == "Point":
        points = defaultdict(list)
        for row in await graph.read(_CYPHER["points"], classes=sorted(classes)):
            points[row["owner"]].append((row["id"], row["name"]))
    return Beside(topology, classes, owners, points).names


def _classes(ontology: Ontology, class_: str) -> frozenset[str]:
    canonical = ontology.canonical(class_)
    return frozenset(ontology.descendants(canonical)) if canonical else frozenset()


_SIDES: Mapping[str, Callable[[Node], bool]] = {
    "Equipment": lambda node: not node.is_place,
    "Location": lambda node: node.is_place,
}
"""Words for all of a kind, whatever their class."""
