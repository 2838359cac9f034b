"""Aggregates over the history of many points, one statement each rule, of the longest segments that history has summed up.

The SQL is in ``measures.sql``, and what each rule is in ``rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_schema.question import Aggregate, Window
from graph_schema.series import Fall, fall
from graph_schema.statements import statements
from ingestion.history.history import History, Row
from ingestion.history.segments import HOUR_S, Piece, parameters, pieces, segments, widest
from tools.query.rules import HOLDS_H, Rule, Series
from tools.query.state_hours import Lasted, in_state

_QUARTER_S = 900
_NEXT = timedelta(microseconds=1)
_FALLS = 200
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the history of a window. ``edges`` are where its buckets begin; nothing after ``now`` counts, and of a window that ends now
    the reading of now does."""

    aggregate: Aggregate
    window: Window
    edges: Sequence[datetime]
    now: datetime
    threshold: float | None = None
    state: str | None = None

    @property
    def end(self) -> datetime:
        return self.window.end if self.window.end < self.now else self.now + _NEXT

    def bounds(self, bucket: int) -> tuple[datetime, datetime]:
        """From when until when a bucket is, as far as the window and the present go."""
        until = self.edges[bucket] if bucket < len(self.edges) else self.end
        return max(self.edges[bucket - 1], self.window.start), min(until, self.end)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source gives for one bucket (counted from 1). ``at`` is when an extreme was read, else the newest reading behind it; ``known_h``
    for how many hours of the bucket there is anything to go by, where a rule depends on it."""

    bucket: int
    value: float | None
    text: str | None
    at: datetime | None
    samples: int | None
    known_h: float | None = None


@dataclass(frozen=True, slots=True)
class Fallen:
    """A counter that fell, and what that is taken for."""

    since: datetime
    until: datetime
    high: float
    low: float
    what: Fall


@dataclass(frozen=True, slots=True)
class Past:
    """The cells of each source, and the statement that gave them."""

    statement: str
    cells: Mapping[str, Sequence[Cell]]
    falls: Mapping[str, Sequence[Fallen]] = field(default_factory=dict[str, Sequence[Fallen]])

    @property
    def as_of(self) -> datetime | None:
        return max((cell.at for cells in self.cells.values() for cell in cells if cell.at), default=None)


async def at(history: History, sources: Sequence[str], moment: datetime) -> Past:
    """The last reading of each source at or before a moment."""
    text = _sql("at")
    rows = await history.fetch(text, {"sources": list(sources), "at": moment})
    return Past(text, {row["source"]: [Cell(1, row["value"], row["text"], row["at"], 1)] for row in rows})


async def counted(history: History, sources: Sequence[str], now: datetime) -> Mapping[str, tuple[int, int]]:
    """How many numbers each source has ever read, and how many of them are below the one before."""
    window = Window(start=_LONG_AGO, end=now + _NEXT)
    text = f"{segments()}\n{_sql('counted')}"
    rows = await history.fetch(text, parameters(sources, pieces(window.start, window.end)))
    return {row["source"]: (int(row["numbers"]), int(row["falls"])) for row in rows}


async def aggregated(history: History, series: Sequence[Series], rule: Rule, asked: Asked) -> Past:
    """Of series that all go by this rule. ``use`` of an integral is in the source's own unit times hours."""
    if not series or asked.window.start >= asked.end:
        return Past("", {})
    return await _RULES[rule](history, series, asked)


# -- readings as they are ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where an aggregate stands: the statement's block, and the columns of its value, of its time and of a state's text."""

    block: str
    value: str
    at: str = "at"
    text: str | None = None


_COLUMNS: Mapping[Aggregate, _Columns] = {
    "min": _Columns("statistics", "min", "min_at"),
    "max": _Columns("statistics", "max", "max_at"),
    "range": _Columns("statistics", "range"),
    "sum": _Columns("statistics", "sum"),
    "count": _Columns("statistics", "samples"),
    "mean": _Columns("statistics", "mean"),
    "stddev": _Columns("deviation", "stddev"),
    "first": _Columns("extremes_in_time", "first", "first_at", "first_text"),
    "last": _Columns("extremes_in_time", "last", "last_at", "last_text"),
    "change": _Columns("extremes_in_time", "change", "last_at"),
}


async def _of_readings(history: History, series: Sequence[Series], asked: Asked) -> Past:
    columns = _COLUMNS[asked.aggregate]
    wanted = pieces(asked.window.start, asked.end, widest(asked.edges[1:]))
    text, rows = await _fetch(history, [columns.block], series, wanted, asked)
    found = [(row["source"], _cell(row, columns)) for row in rows]
    return Past(text, _by_source(found))


def _cell(row: Row, columns: _Columns) -> Cell:
    text = row[columns.text] if columns.text else None
    return Cell(row["bucket"], _number(row[columns.value]), text, row[columns.at], row["samples"])


# -- what lasts --------------------------------------------------------------------------------------------------------


async def _over_time(history: History, series: Sequence[Series], asked: Asked) -> Past:
    """A day is rarely on one side of a threshold; and it holds its readings for an hour and no longer."""
    longest = widest(asked.edges[1:])
    told_apart = asked.aggregate in ("duration_above", "duration_below")
    if told_apart or any(one.holds_h != HOLDS_H for one in series):
        longest = min(longest, HOUR_S)
    blocks = ["before", "told_apart" if told_apart else "whole", "held"]
    wanted = pieces(asked.window.start, asked.end, longest)
    text, rows = await _fetch(history, blocks, series, wanted, asked)
    column = "integral" if asked.aggregate == "use" else asked.aggregate
    needs_hours = asked.aggregate != "mean"
    found = [
        (
            row["source"],
            Cell(row["bucket"], _number(row[column]), None, row["at"], row["samples"], float(row["hours"] or 0)),
        )
        for row in rows
        if row["hours"] or not needs_hours
    ]
    return Past(text, _by_source(found))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that a source was in one state, within the window that was asked about. ``at`` is its newest reading."""

    value: float | None
    text: str | None
    since: datetime
    until: datetime
    at: datetime


async def stretches(
    history: History, series: Sequence[Series], asked: Asked
) -> tuple[str, Mapping[str, Sequence[Stretch]]]:
    """Of sources that read states: their stretches, oldest first, and the statement that gave them."""
    if not series or asked.window.start >= asked.end:
        return "", {}
    text, rows = await _fetch(
        history, ["before", "after", "lasting", "stretches"], series, _pieces_of_states(series, asked), asked
    )
    found: dict[str, list[Stretch]] = {}
    for row in rows:
        one = Stretch(row["value"], row["text"], row["since"], row["until"], row["at"])
        found.setdefault(row["source"], []).append(one)
    return text, found


def _pieces_of_states(series: Sequence[Series], asked: Asked) -> Sequence[Piece]:
    longest = min(widest(asked.edges[1:]), HOUR_S if all((one.holds_h or 1) >= 1 for one in series) else _QUARTER_S)
    return pieces(asked.window.start, asked.end, longest)


async def of_states(
    history: History, series: Sequence[Series], asked: Asked, aggregates: Sequence[Aggregate]
) -> list[Past]:
    """Several aggregates of states, in their order, for one statement."""
    text, rows = await _fetch(
        history, ["before", "after", "lasting", "states"], series, _pieces_of_states(series, asked), asked
    )
    lasted: dict[tuple[str, int], list[Lasted]] = {}
    for row in rows:
        one = Lasted(
            row["value"], row["text"], row["value_before"], row["text_before"], row["is_first"],
            float(row["hours"]), int(row["entered"]), row["at"], int(row["samples"]),
        )  # fmt: skip
        lasted.setdefault((row["source"], row["bucket"]), []).append(one)
    return [Past(text, _by_source(_cells_of_states(lasted, replace(asked, aggregate=one)))) for one in aggregates]


async def _of_states(history: History, series: Sequence[Series], asked: Asked) -> Past:
    (past,) = await of_states(history, series, asked, [asked.aggregate])
    return past


def _cells_of_states(lasted: Mapping[tuple[str, int], Sequence[Lasted]], asked: Asked) -> Iterable[tuple[str, Cell]]:
    for (source, bucket), those in lasted.items():
        value = in_state(those, asked.aggregate, asked.threshold, asked.state)
        if value is not None:
            samples, known = sum(one.samples for one in those), sum(one.hours for one in those)
            yield source, Cell(bucket, value, None, max(one.at for one in those), samples, known)


# -- what was used -----------------------------------------------------------------------------------------------------


async def _used(history: History, series: Sequence[Series], asked: Asked) -> Past:
    wanted = pieces(asked.window.start, asked.end, widest(asked.edges[1:]))
    text, rows = await _fetch(history, ["before", "after", "numbers", "used"], series, wanted, asked)
    cells = _by_source(
        (row["source"], Cell(row["bucket"], _number(row["used"]), None, row["at"], row["samples"])) for row in rows
    )
    fell = {row["source"] for row in rows if row["falls"]}
    if not fell:
        return Past(text, cells)
    falling = [one for one in series if one.source in fell and one.kind == "counter"]
    _, fallen = await _fetch(history, ["before", "after", "numbers", "fallen"], falling, wanted, asked)
    widths = {one.source: one.rollover for one in series}
    falls: dict[str, list[Fallen]] = {}
    for row in fallen:
        what = fall(row["high"], row["low"], widths[row["source"]])
        falls.setdefault(row["source"], []).append(Fallen(row["since"], row["until"], row["high"], row["low"], what))
    added = {source: _with_falls(cells.get(source, ()), those, asked) for source, those in falls.items()}
    return Past(text, {**cells, **added}, falls)


def _with_falls(cells: Sequence[Cell], falls: Sequence[Fallen], asked: Asked) -> Sequence[Cell]:
    """What was counted while a counter fell is spread evenly over the time between the two readings, as any other step."""
    return [
        replace(
            cell,
            value=(cell.value or 0.0) + sum(one.what.amount * _share(one, *asked.bounds(cell.bucket)) for one in falls),
        )
        for cell in cells
    ]


def _share(fallen: Fallen, start: datetime, end: datetime) -> float:
    overlap = min(fallen.until, end) - max(fallen.since, start)
    return max(overlap / (fallen.until - fallen.since), 0.0)


_Of = Callable[[History, Sequence[Series], Asked], Any]
_RULES: Mapping[Rule, _Of] = {
    "readings": _of_readings,
    "over_time": _over_time,
    "integral": _over_time,
    "states": _of_states,
    "counter": _used,
    "amounts": _used,
}


async def _fetch(
    history: History, blocks: Sequence[str], series: Sequence[Series], wanted: Sequence[Piece], asked: Asked
) -> tuple[str, Sequence[Row]]:
    text = "\n".join([segments(), *(_sql(name) for name in blocks)])
    given = {
        **parameters([one.source for one in series], wanted),
        "holds": [one.holds_h for one in series],
        "counts": [one.kind == "counter" for one in series],
        "begins": [one.begins for one in series],
        "start": asked.window.start,
        "end": asked.end,
        "now": asked.now,
        "edges": list(asked.edges),
        "threshold": asked.threshold if asked.threshold is not None else 0.0,
        "numeric": "numbers" in blocks or asked.aggregate == "change",
        "most": _FALLS,
    }
    return text, await history.fetch(text, {name: given[name] for name in given if f"%({name})s" in text})


def _by_source(found: Iterable[tuple[str, Cell]]) -> dict[str, list[Cell]]:
    cells: dict[str, list[Cell]] = {}
    for source, cell in found:
        cells.setdefault(source, []).append(cell)
    return cells


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _sql(name: str) -> str:
    return statements("tools.query", "measures.sql")[name]
