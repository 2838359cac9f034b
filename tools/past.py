"""Aggregates over the history of many points, one statement each. The SQL is in ``measures.sql``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph_schema.question import Aggregate, Window
from graph_schema.statements import statements
from ingestion.history import History, Row

_STATISTICS: tuple[Aggregate, ...] = ("mean", "min", "max", "range", "stddev", "sum")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where an aggregate stands: the statement, and the columns of its value, of its time and of a state's text."""

    statement: str
    value: str
    at: str = "at"
    text: str | None = None


_COLUMNS: Mapping[Aggregate, _Columns] = {
    **{name: _Columns("statistics", name) for name in _STATISTICS},
    "count": _Columns("statistics", "samples"),
    "first": _Columns("extremes_in_time", "first", "first_at", "first_text"),
    "last": _Columns("extremes_in_time", "last", "last_at", "last_text"),
    "change": _Columns("extremes_in_time", "change", "last_at"),
    "duration_above": _Columns("held", "duration_above"),
    "duration_below": _Columns("held", "duration_below"),
    "energy": _Columns("held", "integral"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source gives for one bucket (counted from 1). ``at`` is the time of the newest reading behind it."""

    bucket: int
    value: float | None
    text: str | None
    at: datetime | None
    samples: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """The cells of each source, and the statement that gave them."""

    statement: str
    cells: Mapping[str, Sequence[Cell]]

    @property
    def as_of(self) -> datetime | None:
        return max((cell.at for cells in self.cells.values() for cell in cells if cell.at), default=None)


async def at(history: History, sources: Sequence[str], moment: datetime) -> Past:
    """The last reading of each source at or before a moment."""
    text = _sql("at")
    rows = await history.fetch(text, {"sources": list(sources), "at": moment})
    return Past(text, {row["source"]: [Cell(1, row["value"], row["text"], row["at"], 1)] for row in rows})


async def aggregated(
    history: History,
    sources: Sequence[str],
    aggregate: Aggregate,
    window: Window,
    edges: Sequence[datetime],
    now: datetime,
    threshold: float | None = None,
) -> Past:
    """Nothing after ``now`` counts. ``energy`` is in the source's own unit times hours."""
    columns = _COLUMNS[aggregate]
    parameters = {
        "sources": list(sources),
        "start": window.start,
        "end": window.end,
        "now": now,
        "edges": list(edges),
        "threshold": threshold if threshold is not None else 0.0,
        "numeric": aggregate == "change",
    }
    cells: dict[str, list[Cell]] = {}
    for row in await history.fetch(_sql(columns.statement), parameters):
        cells.setdefault(row["source"], []).append(_cell(row, columns))
    return Past(_sql(columns.statement), cells)


def _cell(row: Row, columns: _Columns) -> Cell:
    value = row[columns.value]
    text = row[columns.text] if columns.text else None
    return Cell(row["bucket"], None if value is None else float(value), text, row[columns.at], row["samples"])


def _sql(name: str) -> str:
    return statements("tools", "measures.sql")[name]
