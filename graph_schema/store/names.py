"""What entities are called, as people write it: names and aliases in lower case, each found by an index.

A name is the entity's ``called``; an alias is a node of its own that means the entity, because no index reaches into a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row

_CYPHER = statements("graph_schema.store", "names.cypher")
_BATCH = 1_000

Statement = tuple[str, Mapping[str, Any]]


def called(name: str) -> str:
    """A name as it is looked up."""
    return name.strip().lower()


def aliases_of(aliases: object) -> list[str]:
    """The aliases of an entity as they are looked up, from its property."""
    texts = cast(list[object], aliases) if isinstance(aliases, list) else []
    return sorted({called(one) for one in texts if isinstance(one, str)} - {""})


async def named(graph: GraphStore, names: Iterable[str], ids: Iterable[str] = ()) -> list[Row]:
    """``id``, ``name``, ``aliases`` and ``labels`` of what is called so, in any case, and of what has these ids."""
    words, wanted = sorted({called(name) for name in names} - {""}), sorted(set(ids))
    return await graph.read(_CYPHER["named"], names=words, ids=wanted) if words or wanted else []


async def unindexed_named(graph: GraphStore, names: Iterable[str]) -> list[Row]:
    """The same for entities that no import and no device brought, which no index knows: looks at all."""
    return await graph.read(_CYPHER["unindexed_named"], names=sorted({called(name) for name in names}))


def renaming(rows: Sequence[Mapping[str, Any]]) -> list[Statement]:
    """What gives entities their aliases in place of others; a row is ``id`` and ``aliases``, as they are looked up."""
    return [(_CYPHER["forget_aliases"], {"rows": rows}), (_CYPHER["add_aliases"], {"rows": rows})]


async def index_names(graph: GraphStore) -> None:
    """Once: a graph that was filled before names had an index gets what the index is of."""
    if [row["done"] for row in await graph.read(_CYPHER["indexed"])] == [True]:
        return
    (row,) = await graph.read(_CYPHER["unindexed"])
    entities = [{"id": id_, "called": called(name), "aliases": aliases_of(also)} for id_, name, also in row["rows"]]
    for start in range(0, len(entities), _BATCH):
        batch = entities[start : start + _BATCH]
        await graph.write_all([(_CYPHER["call"], {"rows": batch}), *renaming([one for one in batch if one["aliases"]])])
    await graph.write(_CYPHER["remember"])
