"""The topology of the plant as the graph has it now, read once per version of the plant."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from graph_schema.model import PLACE_KINDS, Kind
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from tools.results.result import Evidence
from tools.topology.kept import Kept
from tools.topology.topology import Feed, Node, Topology

_CYPHER = statements("tools.topology", "topology.cypher")
_KINDS: tuple[Kind, ...] = ("Asset", *PLACE_KINDS)


class Topologies:
    """Keeps the newest topology of one graph. An import changes the plant's version and so has it read again."""

    def __init__(self) -> None:
        self._kept = Kept[Topology]()

    async def current(self, graph: GraphStore, ontology: Ontology) -> Topology:
        """Costs two small reads when the plant has not changed; a second when 10,000 nodes have to be read."""
        return await self._kept.current(graph, lambda: _read(graph, ontology))


def topology_evidence(*entities: str) -> Evidence:
    """What stands behind a statement about supply."""
    return Evidence(store="graph", statement=f"{_CYPHER['feeds']}\n{_CYPHER['parts']}", entities=list(entities))


async def _read(graph: GraphStore, ontology: Ontology) -> Topology:
    nodes = [node for kind in _KINDS for node in await _nodes(graph, kind)]
    usual = {node.id: _usual_medium(ontology, node.class_) for node in nodes}
    feeds = [
        Feed(start, end, medium_name(medium) if medium else usual.get(start, ""))
        for start, end, medium in await _pairs(graph, "feeds")
    ]
    parts = [(whole, part) for whole, part in await _pairs(graph, "parts")]
    located = [(node, place) for node, place in await _pairs(graph, "located")]
    return await asyncio.to_thread(Topology.of, nodes, feeds, parts, located)


async def _nodes(graph: GraphStore, kind: Kind) -> Iterator[Node]:
    ((row),) = await graph.read(_CYPHER["nodes"].replace("KIND", kind))
    return (Node(id_, name, kind, class_) for id_, name, class_ in row["nodes"])


async def _pairs(graph: GraphStore, name: str) -> list[list[str]]:
    ((row),) = await graph.read(_CYPHER[name])
    return row["pairs"]


def _usual_medium(ontology: Ontology, class_: str | None) -> str:
    twin = ontology.twin(class_) if class_ else None
    return twin.medium or "" if twin else ""


def medium_name(medium: str) -> str:
    """``chilled_water`` and ``Chilled water`` are one medium."""
    return medium.replace("_", " ").lower().strip()
