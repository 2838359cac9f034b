"""Columns that somebody wants in a list of assets: what each is a part of, its zone, its address, an attribute, or the newest value of a quantity.

One statement for all that is stated of the assets, and one for each quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_schema.compiler.quantities import Quantities
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.units import convert, unit_name
from tools.listing.beside import read_beside
from tools.query.names import natural
from tools.query.points import Point, moment, read_points
from tools.results.assets import AssetColumn
from tools.topology.snapshot import Topologies, topology_evidence

_CYPHER = statements("tools.listing", "columns.cypher")
_OWN = frozenset(
    {
        "id",
        "name",
        "search_text",
        "called",
        "plant",
        "iri",
        "unassigned",
        "at",
        "status",
        "class",
        "addresses",
        "source",
    }
)
"""Properties that are told elsewhere, or to nobody."""
_SUFFIXES = {"_kw": "kW", "_s": "s"}


@dataclass(frozen=True, slots=True)
class Columns:
    """``stale`` are the ids of those with a value that is not current."""

    columns: list[AssetColumn]
    stale: frozenset[str]
    statements: Sequence[str]
    notes: Sequence[str]


async def read_columns(
    graph: GraphStore,
    ontology: Ontology,
    topologies: Topologies,
    ids: Sequence[str],
    wanted: Sequence[str],
    now: datetime,
) -> Columns:
    """The wanted columns over these assets, in the order of ``ids``. A class stands for those of it that hang together with each; a word that
    is no column, no class and no attribute is a quantity."""
    if not wanted or not ids:
        return Columns([], frozenset(), [], [])
    rows = {row["id"]: row for row in await graph.read(_CYPHER["assets"], ids=list(ids))}
    found: list[AssetColumn] = []
    texts, notes, stale = [_CYPHER["assets"]], list[str](), set[str]()
    for name in wanted:
        if name in _STATED:
            found.append(_texts(name, ids, rows, _STATED[name]))
        elif name not in _OWN and any(name in row["properties"] for row in rows.values()):
            found.append(_attribute(name, ids, rows))
        elif name[:1].isupper() and ontology.kind_of(name):
            topology = await topologies.current(graph, ontology)
            beside = await read_beside(graph, ontology, topology, ids, name)
            found.append(_of_class(name, ids, beside))
            texts.append(topology_evidence().statement)
        else:
            points, text = await read_points(graph, ids, Quantities.of(ontology, name))
            texts.append(text)
            newest = {id_: own[0] for id_, own in points.items() if own}
            stale |= {
                id_ for id_, one in newest.items() if one.at and one.is_stale((now - moment(one.at)).total_seconds())
            }
            column, more = _newest(name, ids, newest)
            found.append(column)
            notes += more
    return Columns(found, frozenset(stale), texts, notes)


def _equipment(row: Row) -> list[str]:
    return row["owners"] or row["wholes"]


def _zone(row: Row) -> list[str]:
    """Of a point that of its owner; what is served goes before where it stands."""
    for key in ("of_zone", "fed", "owner_fed", "own", "within"):
        if row[key]:
            return row[key]
    return []


def _source(row: Row) -> list[str]:
    own = row["properties"].get("source")
    return [own] if own else []


def _reference(row: Row) -> list[str]:
    return list(row["properties"].get("addresses") or ())


_STATED: Mapping[str, Callable[[Row], list[str]]] = {
    "equipment": _equipment, "zone": _zone, "source": _source, "reference": _reference,
}  # fmt: skip


def _texts(name: str, ids: Sequence[str], rows: Mapping[str, Row], of: Callable[[Row], list[str]]) -> AssetColumn:
    cells = [
        ", ".join(sorted(dict.fromkeys(of(rows[id_])), key=natural)) or None if id_ in rows else None for id_ in ids
    ]
    return AssetColumn(key=name, kind="name" if name in ("equipment", "zone") else "text", cells=cells)


def _of_class(name: str, ids: Sequence[str], beside: Callable[[str], list[str]]) -> AssetColumn:
    """Whole: a table of which AHU feeds which VAVs lists all of them."""
    cells = [", ".join(sorted(dict.fromkeys(beside(id_)), key=natural)) or None for id_ in ids]
    return AssetColumn(key=name, kind="name", cells=cells)


def _attribute(name: str, ids: Sequence[str], rows: Mapping[str, Row]) -> AssetColumn:
    values = [rows[id_]["properties"].get(name) if id_ in rows else None for id_ in ids]
    if all(value is None or _is_number(value) for value in values):
        unit = next((unit for end, unit in _SUFFIXES.items() if name.endswith(end)), None)
        return AssetColumn(
            key=name, kind="number", unit=unit, cells=[None if one is None else float(one) for one in values]
        )
    return AssetColumn(key=name, kind="text", cells=[_text(one) for one in values])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else None if value is None else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _newest(name: str, ids: Sequence[str], points: Mapping[str, Point]) -> tuple[AssetColumn, list[str]]:
    """In the unit of the first; what does not convert is left out and told."""
    numbers = [point for id_ in ids if (point := points.get(id_)) and point.value is not None]
    if not numbers:
        states = [points[id_].text if id_ in points else None for id_ in ids]
        notes = [] if points else [f"None of them has an attribute or a point “{name}”."]
        return AssetColumn(key=name, kind="state", quantity=name, cells=states), notes
    unit = numbers[0].unit
    cells = [_in_unit(points.get(id_), unit) for id_ in ids]
    lost = sum(
        point.value is not None and cell is None
        for point, cell in ((points.get(i), c) for i, c in zip(ids, cells, strict=True))
        if point
    )
    notes = [f"{lost} of them measure {name.replace('_', ' ')} in another unit, which is not {unit}."] if lost else []
    return AssetColumn(key=name, kind="number", unit=unit, quantity=name, cells=cells), notes


def _in_unit(point: Point | None, unit: str | None) -> float | None:
    if point is None or point.value is None or point.unit == unit:
        return point.value if point else None
    if point.unit is None or unit is None:
        return None
    return convert(point.value, unit_name(point.unit), unit_name(unit))
