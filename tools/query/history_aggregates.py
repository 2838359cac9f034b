"""Aggregates over the history of many points, one statement each, of the longest segments that history has summed up.

The SQL is in ``measures.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.question import Aggregate, Window
from graph_schema.statements import statements
from ingestion.history.history import History, Row
from ingestion.history.segments import HOUR_S, Piece, parameters, pieces, segments, widest

_STATISTICS: tuple[Aggregate, ...] = ("mean", "min", "max", "range", "sum")
_HELD_FOR = timedelta(hours=1)
_NEXT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where an aggregate stands: the statement's blocks, and the columns of its value, of its time and of a state's text."""

    blocks: tuple[str, ...]
    value: str
    at: str = "at"
    text: str | None = None


_COLUMNS: Mapping[Aggregate, _Columns] = {
    **{name: _Columns(("statistics",), name) for name in _STATISTICS},
    "count": _Columns(("statistics",), "samples"),
    "stddev": _Columns(("deviation",), "stddev"),
    "first": _Columns(("extremes_in_time",), "first", "first_at", "first_text"),
    "last": _Columns(("extremes_in_time",), "last", "last_at", "last_text"),
    "change": _Columns(("extremes_in_time",), "change", "last_at"),
    "duration_above": _Columns(("told_apart", "held"), "duration_above"),
    "duration_below": _Columns(("told_apart", "held"), "duration_below"),
    "energy": _Columns(("whole", "held"), "integral"),
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
    text = "\n".join([segments(), *(_sql(name) for name in columns.blocks)])
    wanted = _pieces(columns, window, edges, now)
    if not wanted:
        return Past(text, {})
    given = {
        **parameters(sources, wanted),
        "start": window.start,
        "end": window.end,
        "now": now,
        "edges": list(edges),
        "threshold": threshold if threshold is not None else 0.0,
        "numeric": aggregate == "change",
    }
    cells: dict[str, list[Cell]] = {}
    for row in await history.fetch(text, {name: given[name] for name in given if f"%({name})s" in text}):
        cells.setdefault(row["source"], []).append(_cell(row, columns))
    return Past(text, cells)


def _pieces(columns: _Columns, window: Window, edges: Sequence[datetime], now: datetime) -> list[Piece]:
    """What the statement reads. A day is rarely on one side of a threshold; and what holds comes into the window from before it."""
    longest = widest(edges[1:])
    if "told_apart" in columns.blocks:
        longest = min(longest, HOUR_S)
    found = pieces(window.start, min(window.end, now + _NEXT), longest)
    if found and "held" in columns.blocks:
        found.insert(0, Piece("raw", window.start - _HELD_FOR, window.start))
    return found


def _cell(row: Row, columns: _Columns) -> Cell:
    value = row[columns.value]
    text = row[columns.text] if columns.text else None
    return Cell(row["bucket"], None if value is None else float(value), text, row[columns.at], row["samples"])


def _sql(name: str) -> str:
    return statements("tools.query", "measures.sql")[name]
