"""A result as a language model reads it: columns, each asset named once, rounded numbers, local times, and the ids to cite.

``a|query_telemetry`` heads a result; a table's line names what all rows share and its columns; then a row a line. Text of devices, people
and documents stands between “ ”, on one line and cut, and cannot look like an id or like another row. So does a name that is as long as a
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from agent.evidence.ledger import Entry, unit_of
from tools.results.table import Cell, Column, Table, TableRow
from tools.sentences.notation import number
from tools.sentences.outside import reads_like_sentence

ROWS = 60
"""Of a longer table the first ones are listed and the rest is summed up."""
LISTED = 40
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
    lines += [f"note: {one_line(_with_fenced_names(note, entry), _LONGEST_NOTE)}" for note in entry.result.notes]
    return "\n".join(lines)


def plain(text: str, longest: int) -> str:
    """Text from outside on one line, cut, without the signs that mean something here."""
    return one_line(text, longest).translate(_QUOTES)


def name(text: str) -> str:
    """What something is called, cut; fenced as text is where it reads like a sentence."""
    called = plain(text, _LONGEST_NAME)
    return f"“{called}”" if reads_like_sentence(text) else called


def _with_fenced_names(note: str, entry: Entry) -> str:
    """A note is ours; the names in it are not."""
    names = {str(fact.value) for fact in entry.facts() if fact.kind == "name"}
    for called in sorted(names, key=len, reverse=True):
        if (told := name(called)).startswith("“"):
            note = note.replace(called, told)
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
    lines = [
        f"{table.name}{' ' if head else ''}{' '.join(head)}:",
        "|".join(["id", *(table.columns[i].key for i in columns)]),
    ]
    for id_, row in listed:
        cells = [_cell(table.columns[i], row, row.cells[i], zone, now, bare=len(units) < 2) for i in columns]
        lines.append("|".join([id_, *cells]) + ("|stale" if stale and row.stale else ""))
    if len(listed) < len(rows) or not table.whole:
        lines.append(_rest(table, rows, len(listed)))
    return lines


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
