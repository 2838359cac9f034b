"""A result as a language model reads it: columns, each asset named once, rounded numbers, local times, and the ids to cite.

``a|query_telemetry`` heads a result; a table's line names what all rows share and its columns; then a row a line. Text of devices, people
and documents stands between “ ”, on one line and cut, and cannot look like an id or like another row. So does a name that is as long as a
sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from agent.evidence.ledger import Entry, names_in, unit_of
from tools.results.table import Cell, CellKind, Column, Table, TableRow
from tools.sentences.notation import number
from tools.sentences.outside import reads_like_sentence

ROWS = 60
"""Of a longer table the first ones are listed and the rest is summed up."""
LISTED = 40
_SERIES = 8
_A_LINE = 10
_EXCEPTIONS = 3
_AMOUNTS: tuple[CellKind, ...] = ("number", "count", "percent")
_LONGEST_TEXT = 300
_LONGEST_NAME = 80
_LONGEST_NOTE = 500
_LONGEST_ERROR = 600
_SIGNS = str.maketrans({"[": "(", "]": ")", "|": "/"})
_QUOTES = str.maketrans({"“": '"', "”": '"'})
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e]+")


def compact(entry: Entry, zone: tzinfo, now: datetime) -> str:
    """The text of one result, or of why there is none."""
    if entry.result is None:
        return f"{entry.letter}|{entry.tool}|error: {one_line(entry.error, _LONGEST_ERROR)}"
    lines = [f"{entry.letter}|{entry.tool}"]
    for table, rows in entry.numbered():
        lines += _record(table, rows[0][1], zone, now) if table.single else _rows(table, rows, zone, now)
    fenced = [one for one in names_in(entry.facts()) if reads_like_sentence(one)] if entry.result.notes else []
    lines += [f"note: {one_line(_with_fenced(fenced, note), _LONGEST_NOTE)}" for note in entry.result.notes]
    return "\n".join(lines)


def plain(text: str, longest: int) -> str:
    """Text from outside on one line, cut, without the signs that mean something here."""
    return one_line(text, longest).translate(_QUOTES)


def name(text: str) -> str:
    """What something is called, cut; fenced as text is where it reads like a sentence."""
    called = plain(text, _LONGEST_NAME)
    return f"“{called}”" if reads_like_sentence(text) else called


def _with_fenced(names: Sequence[str], note: str) -> str:
    """A note is ours; the names in it are not."""
    for called in names:
        note = note.replace(called, name(called))
    return note


def one_line(text: str, longest: int) -> str:
    """A sentence on one line, cut, with nothing in it that looks like an id or another row."""
    line = _SPACE.sub(" ", text).translate(_SIGNS).strip()
    return line if len(line) <= longest else f"{line[:longest]}…"


def _record(table: Table, row: TableRow, zone: tzinfo, now: datetime) -> list[str]:
    cells = zip(table.columns, row.cells, strict=True)
    said = [f".{column.key}={_cell(column, row, cell, zone, now)}" for column, cell in cells if cell is not None]
    return [f"{table.name}: {' '.join(said)}"]


def _rows(table: Table, rows: Sequence[tuple[str, TableRow]], zone: tzinfo, now: datetime) -> list[str]:
    own = [row for _, row in rows]
    used = [index for index in range(len(table.columns)) if any(row.cells[index] is not None for row in own)]
    shared = [index for index in used if len(own) > 1 and len({row.cells[index] for row in own}) == 1]
    columns = [index for index in used if index not in shared]
    units = {row.unit for row in own if row.unit}
    head = [
        *(f"{table.columns[index].key}={_cell(table.columns[index], own[0], own[0].cells[index], zone, now)}" for index in shared),
        *_measures(table, own),
        *([f"unit={plain(next(iter(units)), 20)}"] if len(units) == 1 else []),
    ]  # fmt: skip
    listed = rows if len(rows) <= ROWS else rows[:LISTED]
    stale = any(row.stale for row in own)
    if (series := _series_of(table, own, columns)) is not None:
        return [*_series(table, head, series, listed, zone, now), *_unlisted(table, rows, listed)]
    lines = [
        f"{table.name}{' ' if head else ''}{' '.join(head)}:",
        "|".join(["id", *(table.columns[i].key for i in columns)]),
    ]
    for id_, row in listed:
        cells = [_cell(table.columns[i], row, row.cells[i], zone, now, bare=len(units) < 2) for i in columns]
        lines.append("|".join([id_, *cells]) + ("|stale" if stale and row.stale else ""))
    return [*lines, *_unlisted(table, rows, listed)]


@dataclass(frozen=True, slots=True)
class _Series:
    """Columns of the moments and of the numbers; ``usual`` are the columns in which all rows but a few say the same."""

    at: int
    value: int
    step: timedelta
    usual: Mapping[int, Cell]


def _series_of(table: Table, rows: Sequence[TableRow], columns: Sequence[int]) -> _Series | None:
    """One fresh series of numbers in one unit whose moments are evenly apart."""
    at = next((index for index in columns if table.columns[index].kind == "time"), None)
    value = next((index for index in columns if table.columns[index].kind in _AMOUNTS), None)
    if at is None or value is None or len(rows) < _SERIES or any(row.stale for row in rows):
        return None
    usual = {index: _usual(rows, index) for index in columns if index not in (at, value)}
    moments = [moment for row in rows if isinstance(moment := row.cells[at], datetime)]
    steps = {after - before for before, after in pairwise(moments)}
    even = len(moments) == len(rows) and len(steps) == 1 and len({row.unit for row in rows if row.unit}) <= 1
    return _Series(at, value, steps.pop(), usual) if even and all(one is not None for one in usual.values()) else None


def _usual(rows: Sequence[TableRow], index: int) -> Cell:
    """None where more than a few rows say something else."""
    cell, times = Counter(row.cells[index] for row in rows).most_common(1)[0]
    return cell if len(rows) - times <= _EXCEPTIONS else None


def _series(
    table: Table,
    head: Sequence[str],
    series: _Series,
    listed: Sequence[tuple[str, TableRow]],
    zone: tzinfo,
    now: datetime,
) -> list[str]:
    """Some values a line, with the id and the moment of the first: a row for each would say little else than times."""
    at, value = table.columns[series.at], table.columns[series.value]
    columns = {index: table.columns[index] for index in series.usual}
    usual = [f"{columns[i].key}={_cell(columns[i], listed[0][1], cell, zone, now)}" for i, cell in series.usual.items()]
    lines = [
        f"{' '.join([table.name, *head, *usual])}:",
        f"id|{at.key}|{_A_LINE} x {value.key} {_length(series.step)} apart, ids count on",
    ]
    for first in range(0, len(listed), _A_LINE):
        line = listed[first : first + _A_LINE]
        id_, row = line[0]
        cells = [_cell(value, one, one.cells[series.value], zone, now, bare=True) for _, one in line]
        lines.append("|".join([id_, _cell(at, row, row.cells[series.at], zone, now), *cells]))
    for id_, row in listed:
        others = {i: row.cells[i] for i, cell in series.usual.items() if row.cells[i] != cell}
        lines += [f"{id_}.{columns[i].key}={_cell(columns[i], row, cell, zone, now)}" for i, cell in others.items()]
    return lines


def _length(step: timedelta) -> str:
    hours = step.total_seconds() / 3600
    return f"{number(hours)} h" if hours < 24 else f"{number(hours / 24)} d"


def _unlisted(table: Table, rows: Sequence[tuple[str, TableRow]], listed: Sequence[tuple[str, TableRow]]) -> list[str]:
    return [_rest(table, rows, len(listed))] if len(listed) < len(rows) or not table.whole else []


def _measures(table: Table, rows: Sequence[TableRow]) -> list[str]:
    """What its numbers measure, where that is the same for all."""
    found = {row.quantity for row in rows if row.quantity} or {one.quantity for one in table.columns if one.quantity}
    how = {one.aggregate for one in table.columns if one.aggregate}
    return [*(sorted(found) if len(found) == 1 else []), *(sorted(how) if len(how) == 1 else [])]


def _rest(table: Table, rows: Sequence[tuple[str, TableRow]], listed: int) -> str:
    """How many are not listed, and between which values all of them lie."""
    total = table.total if table.total is not None else len(rows)
    said = [f"({total - listed} more of {total} not listed"]
    for index, column in enumerate(table.columns):
        values = [cell for _, row in rows if isinstance(cell := row.cells[index], int | float)]
        if column.kind == "number" and values:
            said.append(f"{column.key} of {len(values)} from {number(min(values))} to {number(max(values))}")
    return "; ".join(said) + ")"


def _cell(column: Column, row: TableRow, cell: Cell, zone: tzinfo, now: datetime, *, bare: bool = False) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return moment(cell, zone, now)
        case str() if column.kind == "text":
            return f"“{plain(cell, _LONGEST_TEXT)}”"
        case str():
            return name(cell)
        case _:
            unit = unit_of(column, row)
            return number(cell) if unit is None or (bare and unit == row.unit) else f"{number(cell)} {plain(unit, 20)}"


def moment(at: datetime, zone: tzinfo, now: datetime) -> str:
    """“14:05” of today, “28 Nov 14:05”, “28 Nov 2025 14:05”; the plant's or the person's own time."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%-d %b %H:%M}" if local.year == today.year else f"{local:%-d %b %Y %H:%M}"
