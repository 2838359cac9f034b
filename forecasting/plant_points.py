"""What forecasts read of a plant: its points with their limits and owners, and what was measured, on a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from forecasting.series import Series
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.segments import parameters, pieces, segments, widest

_CYPHER = statements("forecasting", "plant_points.cypher")
_SQL = statements("forecasting", "plant_points.sql")


@dataclass(frozen=True, slots=True)
class Measured:
    """A point that reads numbers, and the asset whose property it is. ``quantity`` is its class; limits are in its unit; ``series_kind`` is what
    the plant file says of its readings."""

    id: str
    name: str
    quantity: str
    unit: str | None
    source: str
    low: float | None
    high: float | None
    owner: str
    owner_name: str
    owner_class: str | None
    series_kind: str | None = None
    range_low: float | None = None
    range_high: float | None = None
    """What its instrument can show, where the plant file says so."""


async def measured_points(graph: GraphStore, ids: Sequence[str] | None = None) -> list[Measured]:
    """All of a plant, or those with these ids. Each once, by id; of several owners the first by id counts."""
    which = "all" if ids is None else "some"
    found: dict[str, Measured] = {}
    for row in await graph.read(f"{_CYPHER[which]}\n{_CYPHER['measured']}", ids=list(ids or ())):
        row["quantity"] = row["quantity"] or "unknown"
        found.setdefault(row["id"], Measured(**row))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Placed:
    """An asset with its class, where it stands (metres), its power, and whether its support is rigid or flexible; None where nobody said."""

    id: str
    class_: str | None
    x: float | None = None
    y: float | None = None
    rated_power_kw: float | None = None
    support: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What is there and how it hangs together: pairs of whole and part, and of what feeds what."""

    assets: Mapping[str, Placed]
    parts: Sequence[tuple[str, str]]
    feeds: Sequence[tuple[str, str]]


async def read_layout(graph: GraphStore) -> Layout:
    """Of all equipment."""
    (assets,) = await graph.read(_CYPHER["assets"])
    (parts,) = await graph.read(_CYPHER["parts"])
    (feeds,) = await graph.read(_CYPHER["feeds"])
    return Layout(
        {placed.id: placed for placed in (Placed(*row) for row in assets["assets"])},
        [(whole, part) for whole, part in parts["pairs"]],
        [(start, end) for start, end in feeds["pairs"]],
    )


async def read_series(
    history: History, sources: Sequence[str], start: datetime, end: datetime, step_s: int
) -> dict[str, Series]:
    """By source, from the step of ``start`` to that before ``end``, NaN where nothing was read; sources without any are left out."""
    first, last = int(start.timestamp() // step_s), int(-(-end.timestamp() // step_s))
    wanted = pieces(start, end, widest([datetime.fromtimestamp(step_s, UTC)]))
    if not wanted:
        return {}
    text = f"{segments()}\n{_SQL['grid']}"
    rows = await history.fetch(text, {**parameters(sorted(set(sources)), wanted), "step_s": step_s})
    found: dict[str, Series] = {}
    for row in rows:
        values = np.full(last - first, np.nan)
        values[np.asarray(row["steps"], dtype=np.int64) - first] = row["means"]
        found[row["source"]] = Series(first * step_s, step_s, values)
    return found
