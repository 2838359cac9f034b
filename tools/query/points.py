"""The points of assets, as the graph has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_schema.compiler.quantities import Quantities
from graph_schema.condition import is_too_old
from graph_schema.model import Status
from graph_schema.series import SeriesKind, Stamp
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY = 500
"""Of more assets than this, all points of the quantity are read: an index gives them faster than as many look-ups."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point as the property of one asset. ``at`` is epoch milliseconds."""

    asset: str
    id: str
    name: str
    quantity: str
    unit: str | None = None
    source: str | None = None
    value: float | None = None
    text: str | None = None
    at: int | None = None
    status: Status | None = None
    stale_after_s: float | None = None
    series_kind: SeriesKind | None = None
    rollover: float | None = None
    stamp: Stamp | None = None

    def is_stale(self, age_s: float) -> bool:
        return is_too_old(age_s, self.stale_after_s)


def moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


async def read_points(
    graph: GraphStore, ids: Sequence[str], quantities: Quantities
) -> tuple[dict[str, list[Point]], str]:
    """The points that a quantity means, by asset, and the statement that found them."""
    blocks = statements("tools.query", "reader.cypher")
    if "schedule" in quantities.exact:
        text = blocks["schedules"]
        (row,) = await graph.read(text, ids=list(ids))
        return meant((Point(*values) for values in row["rows"]), quantities), text
    if len(ids) > _MANY:
        text = blocks["points_of_quantities"]
        (row,) = await graph.read(text, quantities=list(quantities.all))
        return meant(_owned(row["rows"], ids), quantities), text
    text = blocks["points"]
    (row,) = await graph.read(text, ids=list(ids), quantities=list(quantities.all))
    return meant((Point(*values) for values in row["rows"]), quantities), text


def _owned(rows: Iterable[list[Any]], ids: Sequence[str]) -> Iterator[Point]:
    """The points of these assets, in their order; a point is its own."""
    found: dict[str, list[Point]] = {id_: [] for id_ in ids}
    for owners, *values in rows:
        for owner in {*owners, values[0]} & found.keys():
            found[owner].append(Point(owner, *values))
    for own in found.values():
        yield from own


def meant(points: Iterable[Point], quantities: Quantities) -> dict[str, list[Point]]:
    """By asset; points of the very quantity stand before those of quantities below it."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.asset, []).append(point)
    return {asset: _exact(own, quantities) for asset, own in found.items()}


def _exact(points: Sequence[Point], quantities: Quantities) -> list[Point]:
    exact = [point for point in points if point.quantity in quantities.exact]
    return sorted(exact or points, key=lambda point: (point.quantity, point.name, point.id))


def flat(points: Mapping[str, Sequence[Point]]) -> list[Point]:
    return [point for own in points.values() for point in own]


def sources_of(points: Iterable[Point]) -> list[str]:
    return sorted({point.source for point in points if point.source})
