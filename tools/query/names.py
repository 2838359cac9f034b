"""From what a caller calls an asset to its id: the id itself, or its exact name or alias in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from graph_schema.errors import AmbiguousName, NotFound
from graph_schema.model import Kind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.store.loader import kind_of_labels
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
    names = await _with_ids_that_are_told(graph, names)
    ids = {row["id"] for row in await graph.read(_CYPHER["ids"], names=list(names))}
    words = sorted({_plain(name) for name in names if name not in ids} - {""})
    rows = await graph.read(_CYPHER["named"], names=words) if words else []
    called = _called(rows)
    found = {name: name if name in ids else _one(name, called.get(_plain(name), [])) for name in names}
    for name, id_ in found.items():
        if id_ is None:
            raise NotFound(await _sentence(graph, name))
    return [id_ for name in names if (id_ := found[name]) is not None]


async def _with_ids_that_are_told(graph: GraphStore, names: Sequence[str]) -> list[str]:
    """“AHU 1 (bldgB/AHU_1)” is how one of several of a name is told: its id is meant."""
    told = {name: found[1] for name in names if (found := _NAME_AND_ID.fullmatch(name.strip()))}
    known: set[str] = (
        {row["id"] for row in await graph.read(_CYPHER["ids"], names=list(told.values()))} if told else set()
    )
    return [told[name] if told.get(name) in known else name for name in names]


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """A sort key by which VAV-9 comes before VAV-10."""
    return tuple(
        (not piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece)
        for piece in re.split(r"(\d+)", text.casefold())
        if piece
    )


def _plain(name: str) -> str:
    return name.strip().lower()


def _called(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The assets of each name or alias; points and devices only where nothing else is called that."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for name in {_plain(one) for one in (row["name"], *(row["aliases"] or ()))}:
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


async def near_names(graph: GraphStore, name: str) -> list[str]:
    """Names like this one, the likeliest first: by spelling, else by the words in them."""
    (row,) = await graph.read(_CYPHER["all_names"])
    alike = process.extract(
        name[:_SHOWN], row["names"], scorer=fuzz.ratio, processor=_plain, score_cutoff=_ALIKE, limit=_NEAR
    )
    if alike:
        return [found for found, _, _ in sorted(alike, key=lambda hit: (-hit[1], natural(hit[0])))]
    return [hit.name for hit in await search_entities(graph, name[:_SHOWN], _NEAR)]
