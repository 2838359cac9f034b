"""What a name takes in: an asset has its parts, and a place has what is in it."""

from __future__ import annotations

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_CYPHER = statements("tools.query", "contents.cypher")


async def contents(graph: GraphStore, id_: str) -> list[str]:
    """The ids of an asset or a place (of a point, its own), its parts, what is in them, and the parts of that; each once."""
    (row,) = await graph.read(_CYPHER["contents"], id=id_)
    return list(dict.fromkeys(row["ids"]))
