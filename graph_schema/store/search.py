"""Things by words in their names, aliases and ids."""

import re
from dataclasses import dataclass

from graph_schema.model import Kind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.store.loader import kind_of_labels

_MAX_WORDS = 12  # longer than any name; full-text search refuses queries of many words


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` orders hits of one search and means nothing beyond it."""

    id: str
    name: str
    kind: Kind
    class_: str | None
    score: float


async def search_entities(graph: GraphStore, text: str, limit: int = 10) -> list[Hit]:
    """Things whose names have all the words, or a word beginning with each, best first; none when ``text`` has no word."""
    words = list(dict.fromkeys(re.findall(r"\w+", text.lower())))[:_MAX_WORDS]
    if not words or limit < 1:
        return []
    blocks = statements("graph_schema.store", "search.cypher")
    found = await graph.read(blocks["index"])
    index = found[0]["index"] if found else None
    if index:
        query = " AND ".join(f"({word} OR {word}*)" for word in words)
        rows = await graph.read(blocks["full_text"], index=index, query=query, limit=limit)
    else:
        rows = await graph.read(blocks["scan"], words=words, limit=limit)
    return [_hit(row) for row in rows]


def _hit(row: Row) -> Hit:
    return Hit(row["id"], row["name"], kind_of_labels(row["labels"]), row["class"], row["score"])
