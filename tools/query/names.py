"""From what a caller calls an asset to its id: the id itself, or its exact name or alias in any case."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from rapidfuzz import fuzz, process

from graph_schema.errors import AmbiguousName, NotFound
from graph_schema.model import Kind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.store.loader import kind_of_labels
from graph_schema.store.names import called, named, unindexed_named
from graph_schema.store.search import search_entities

_CYPHER = statements("tools.query", "names.cypher")
_NAME_AND_ID = re.compile(r".+ \((.+)\)")
_NEAR = 4
_ALIKE = 70.0  # of 100: "chiler 2" is near "Chiller 2", and "boiler" is not
_SHOWN = 60  # characters of what was asked for
_LESSER: tuple[Kind, ...] = ("Point", "Device")


async def resolve(graph: GraphStore, name: str) -> str:
    """The id of one asset; see ``resolve_all``."""
    return (await resolve_all(graph, [name]))[0]


async def resolve_all(graph: GraphStore, names: Sequence[str]) -> list[str]:
    """The id of each, in their order. An id goes before a name, and an asset before a point or device of its name.

    Raises ``NotFound`` with near names, or ``AmbiguousName`` where several assets are called that.
    """
    told = {name: found[1] for name in names if (found := _NAME_AND_ID.fullmatch(name.strip()))}
    rows = await named(graph, names, [*names, *told.values()])
    ids = {row["id"] for row in rows}
    by_name = _by_name(rows)
    if unknown := [one for one in names if one not in ids and told.get(one) not in ids and called(one) not in by_name]:
        by_name |= _by_name(await unindexed_named(graph, unknown))
    found = {name: _id_in(ids, name, told) or _one(name, by_name.get(called(name), [])) for name in names}
    for name, id_ in found.items():
        if id_ is None:
            raise NotFound(await _sentence(graph, name))
    return [id_ for name in names if (id_ := found[name]) is not None]


def _id_in(ids: Collection[str], name: str, told: Mapping[str, str]) -> str | None:
    """“AHU 1 (bldgB/AHU_1)” is how one of several of a name is told: its id is meant."""
    return told[name] if told.get(name) in ids else name if name in ids else None


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """A sort key by which VAV-9 comes before VAV-10."""
    return tuple(
        (not piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece)
        for piece in re.split(r"(\d+)", text.casefold())
        if piece
    )


def _by_name(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The assets of each name or alias; points and devices only where nothing else is called that."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for name in {called(one) for one in (row["name"], *(row["aliases"] or ()))}:
            found.setdefault(name, []).append(row)
    for name, some in found.items():
        assets = [row for row in some if kind_of_labels(row["labels"]) not in _LESSER]
        found[name] = assets or some
    return found


def _one(name: str, rows: Sequence[Row]) -> str | None:
    if len(rows) > 1:
        raise AmbiguousName(name, [f"{row['name']} ({row['id']})" for row in sorted(rows, key=lambda r: r["id"])])
    return rows[0]["id"] if rows else None


async def _sentence(graph: GraphStore, name: str) -> str:
    near = await near_names(graph, name)
    asked = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"There is nothing called “{asked}” in the plant.{hint}"


async def near_names(graph: GraphStore, name: str, among: Sequence[str] | None = None) -> list[str]:
    """Names like this one, the likeliest first: by spelling, else by the words in them. ``among`` are the plant's, where they are known."""
    if among is None:
        (row,) = await graph.read(_CYPHER["all_names"])
        among = cast(list[str], row["names"])
    alike = process.extract(
        name[:_SHOWN], list(dict.fromkeys(among)), scorer=fuzz.ratio, processor=called, score_cutoff=_ALIKE, limit=_NEAR
    )
    if alike:
        return [found for found, _, _ in sorted(alike, key=lambda hit: (-hit[1], natural(hit[0])))]
    return [hit.name for hit in await search_entities(graph, name[:_SHOWN], _NEAR)]
