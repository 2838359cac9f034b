"""Rows of a measure put into groups, into one, into order: pure functions of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Literal

from graph_schema.question import Aggregate, Measure, Order
from graph_schema.units import convert
from tools.query.names import natural
from tools.results.telemetry import TelemetryRow

Across = Literal["mean", "min", "max", "sum"]

_COMBINED: Mapping[Across, Callable[[Iterable[float]], float]] = {"mean": fmean, "min": min, "max": max, "sum": sum}
_ADDED: tuple[Aggregate, ...] = ("sum", "count", "use", "starts", "stops")


def combination(measure: Measure) -> Across | None:
    """How rows become one: as asked, and a group's always do."""
    if measure.across or measure.group_by not in ("class", "floor", "parent"):
        return measure.across
    return "sum" if measure.aggregate in _ADDED else "mean"


def combined(
    rows: Sequence[TelemetryRow], across: Across, quantity: str, groups: Mapping[str, Sequence[str]] | None
) -> tuple[list[TelemetryRow], list[str]]:
    """One row for each bucket and group, with notes on what could not be combined.

    ``groups`` has the names of the groups of each asset; without it all are one.
    """
    alike, notes = _in_one_unit([row for row in rows if row.value is not None])
    gathered: dict[tuple[str | None, datetime | None], list[TelemetryRow]] = {}
    for row in alike:
        names: Sequence[str | None] = [None] if groups is None else groups.get(row.entity.id, []) if row.entity else []
        for name in names:
            gathered.setdefault((name, row.bucket), []).append(row)
    stale = sum(row.stale for row in alike)
    if stale:
        notes.append(f"{stale} of the {len(alike)} readings combined here {'is' if stale == 1 else 'are'} stale.")
    return [_one(some, across, quantity, *key) for key, some in gathered.items()], notes


def _one(
    rows: Sequence[TelemetryRow], across: Across, quantity: str, group: str | None, bucket: datetime | None
) -> TelemetryRow:
    quantities = {row.quantity for row in rows}
    return TelemetryRow(
        group=group,
        bucket=bucket,
        quantity=quantities.pop() if len(quantities) == 1 else quantity,
        value=_COMBINED[across](row.value for row in rows if row.value is not None),
        unit=rows[0].unit,
        at=max((row.at for row in rows if row.at), default=None),
        stale=all(row.stale for row in rows),
        samples=sum(row.samples or 0 for row in rows),
    )


def _in_one_unit(rows: Sequence[TelemetryRow]) -> tuple[list[TelemetryRow], list[str]]:
    """In the unit that most rows have; what cannot be turned into it is left out, and said."""
    units = Counter(row.unit for row in rows)
    if len(units) < 2:
        return list(rows), []
    unit = max(units, key=lambda one: (one is not None, units[one], one or ""))
    turned = [(row, _turned(row, unit)) for row in rows]
    kept = [row.model_copy(update={"value": value, "unit": unit}) for row, value in turned if value is not None]
    left = len(rows) - len(kept)
    return kept, [f"{left} values in other units than {unit} are left out."] if left else []


def _turned(row: TelemetryRow, unit: str | None) -> float | None:
    if row.value is None or row.unit == unit or row.unit is None or unit is None:
        return row.value
    return convert(row.value, row.unit, unit)


def ordered(rows: Sequence[TelemetryRow], order: Order | None) -> list[TelemetryRow]:
    """By value where an order is asked, stale readings after fresh ones; else by name and time."""
    if order is None:
        return sorted(rows, key=_by_name)
    units = Counter(row.unit for row in rows)
    unit = max(units, key=lambda one: (units[one], one or "")) if units else None
    sign = 1 if order == "asc" else -1

    def rank(row: TelemetryRow) -> tuple[bool, bool, float, object]:
        value = _turned(row, unit)
        return (value is None, row.stale, sign * (value or 0.0), _by_name(row))

    return sorted(rows, key=rank)


def _by_name(row: TelemetryRow) -> tuple[object, ...]:
    return (
        natural(row.group or (row.entity.name if row.entity else "")),
        row.entity.id if row.entity else "",
        row.quantity,
        row.point or "",
        row.bucket.timestamp() if row.bucket else 0.0,
    )
