"""Work orders from a table that a maintenance system exports; a row that cannot be used is told and costs no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput, PlantroomError
from graph_schema.importers.tables import BEYOND
from ingestion.orders.export_words import columns_in, export_words, plain
from ingestion.orders.order import Kind, Priority, Status
from ingestion.orders.order_rows import Times, order_rows, times_of
from ingestion.orders.work_orders import Names, WorkOrder

COLUMNS = ("number", "asset", "opened_at", "failed_at", "closed_at", "planned", "code", "text")
MORE = ("kind", "priority", "status", "assignee", "due_at", "started_at", "description", "cause", "remark")
"""Columns that a file may have besides; ``kind`` instead of ``planned``."""
_NEEDED = ("number", "asset")
_TIMES = ("opened_at", "failed_at", "closed_at", "started_at")
_KINDS: frozenset[str] = frozenset(get_args(Kind))
_PRIORITIES: frozenset[str] = frozenset(get_args(Priority))
_STATUSES: frozenset[str] = frozenset(get_args(Status))
_MOST_TEXT = 4_000
_MOST_NAME = 200
_AHEAD = timedelta(days=1)  # that a clock may be wrong, and a zone another
_FAR = timedelta(days=20 * 366)  # nothing is due later


class Unusable(PlantroomError):
    """What is wrong with a row."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out; ``why`` is half a sentence."""

    line: int
    why: str


@dataclass(slots=True)
class OrderTable:
    """What a file held; ``told`` are those of ``MORE`` that it has a column for, ``columns`` the file's names of ours, ``times`` how it writes times."""

    told: set[str] = field(default_factory=set[str])
    orders: list[WorkOrder] = field(default_factory=list[WorkOrder])
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    times: Times = field(default_factory=Times)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: ``columns`` gives the file's own name for a column of ours, ``dates`` how it writes times
    (as strptime takes it; ISO 8601 without), ``zone`` where its clock is, for times that do not say. ``values`` says by column of ours what the
    file's words mean, ``given`` what stands for a column that it lacks, and ``skip`` which of its words leave a row out."""

    names: Names
    zone: ZoneInfo
    now: datetime
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    dates: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    skip: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    times: Times = field(default_factory=Times)

    def named(self, names: Iterable[str]) -> Mapping[str, str]:
        """What the file calls columns of ours."""
        return {name: _plain(self.columns.get(name, name)) for name in names}

    def row(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> Mapping[str, str] | None:
        """A row in our columns and words; None where it is to be skipped. Raises ``Unusable`` where it has cells beyond the last column."""
        if BEYOND in cells:
            raise Unusable("it has more cells than there are columns; a text with a separator needs quotation marks")
        told = {name: str(cells[column]) for name, column in columns.items() if column in cells}
        if any(told.get(name) in words for name, words in self.skip.items()):
            return None
        meant = {name: _meaning(self.values.get(name, {}), cell) for name, cell in told.items()}
        return {**self.given, **meant}


def _meaning(words: Mapping[str, str], cell: str) -> str:
    return words.get(cell) or words.get(cell.casefold()) or cell


def read_orders(path: Path, how: Reading) -> OrderTable:
    """Orders of a table with a header. Columns that are not said are found by what systems and people call them, words and times likewise.

    Raises ``InvalidInput`` where it is no such table.
    """
    rows = order_rows(path)
    columns, assets = _columns_of(rows, how)
    if how.dates is None:
        how = replace(how, times=times_of(rows, [columns[name] for name in (*_TIMES, "due_at")], how.zone))
    table, lines = OrderTable(columns=_present(rows, columns), times=how.times), dict[str, int]()
    numbered = any(columns["number"] in cells for _, cells in rows)
    for line, cells in rows:
        try:
            row = how.row(cells, columns)
            if row is None:
                continue
            table.told.update(MORE & row.keys())
            order = _order(_known_asset(row, cells, assets, how), columns, how, numbered)
            if order.number in lines:
                raise Unusable(f"the order {order.number} stands on line {lines[order.number]} already")
        except PlantroomError as error:
            table.rejected.append(Rejected(line, str(error)))
        else:
            lines[order.number] = line
            table.orders.append(order)
    if not table.orders and not table.rejected:
        raise InvalidInput(f"{path} has no rows below its header, which should be: {','.join(COLUMNS)}")
    if not table.orders and (why := _same_for_all(table.rejected)):
        raise InvalidInput(f"No row of {path} can be used: {why}. The columns are {', '.join(COLUMNS)}.")
    return table


def _columns_of(rows: Sequence[tuple[int, Mapping[str, str]]], how: Reading) -> tuple[Mapping[str, str], Sequence[str]]:
    """What the file calls each column of ours, and all columns of it that may name the asset."""
    header = dict.fromkeys(name for _, cells in rows for name in cells)
    stated = how.named((*COLUMNS, *MORE))
    known = {ours: name for ours, name in stated.items() if name in header or ours in how.columns}
    found = columns_in(header, [ours for ours in stated if ours not in known], set(known.values()))
    columns = {**stated, **{ours: names[0] for ours, names in found.items()}}
    if columns["text"] not in header and columns["description"] in header and "description" not in how.columns:
        columns = {**columns, "text": columns["description"], "description": "text"}
    return columns, found.get("asset", ())


def _present(rows: Sequence[tuple[int, Mapping[str, str]]], columns: Mapping[str, str]) -> dict[str, str]:
    header = {name for _, cells in rows for name in cells}
    return {ours: name for ours, name in columns.items() if name in header}


def _known_asset(
    row: Mapping[str, str], cells: Mapping[str, str], others: Sequence[str], how: Reading
) -> Mapping[str, str]:
    """A file may have an asset's number and its name: the first that is equipment of ours counts."""
    for cell in (row.get("asset"), *(cells.get(name) for name in others)):
        if cell and how.names.is_known(cell):
            return {**row, "asset": cell}
    return row


def _order(row: Mapping[str, str], columns: Mapping[str, str], how: Reading, numbered: bool) -> WorkOrder:
    for name in _NEEDED if numbered else ("asset",):
        if name not in row:
            raise Unusable(f"the column {columns[name]} is empty or missing")
    opened, failed, closed, started = (moment_of(row.get(name), columns[name], how) for name in _TIMES)
    if opened is None and failed is None and closed is None:
        raise Unusable("it has no time: opened_at, failed_at or closed_at")
    if closed is not None and any(one is not None and one > closed for one in (opened, failed)):
        raise Unusable("it was closed before it was opened, or before the failure")
    status = _status(row, columns["status"], closed)
    if status == "cancelled" and closed is None:
        closed = max(one for one in (opened, failed, started) if one is not None)
    return WorkOrder(
        number=storable(row["number"] if numbered else _own_number(row, columns, closed or failed or opened))[
            :_MOST_NAME
        ],
        asset=how.names.id_of(row["asset"]),
        kind=_kind(row, columns),
        opened_at=opened,
        failed_at=failed,
        closed_at=closed,
        code=storable(row["code"]).upper()[:_MOST_NAME] if "code" in row else None,
        text=_text(row, "text"),
        priority=_priority(row, columns["priority"]),
        status=status,
        due_at=moment_of(row.get("due_at"), columns["due_at"], how, ahead=_FAR),
        started_at=started,
        description=_text(row, "description"),
        cause=_text(row, "cause"),
        remark=_text(row, "remark"),
        assignee=storable(row["assignee"])[:_MOST_NAME] if "assignee" in row else None,
    )


def _text(row: Mapping[str, str], name: str) -> str | None:
    return storable(row[name])[:_MOST_TEXT] if name in row else None


def _own_number(row: Mapping[str, str], columns: Mapping[str, str], at: datetime | None) -> str:
    """Of a file without numbers: the same at every import."""
    if at is None:
        raise Unusable(f"the column {columns['number']} is empty or missing")
    return " ".join((row["asset"], f"{at:%Y-%m-%dT%H:%M}", row.get("code", ""))).strip()


def _kind(row: Mapping[str, str], columns: Mapping[str, str]) -> Kind:
    known = export_words().kinds
    if "kind" in row:
        return known.get(plain(row["kind"])) or cast(Kind, _one_of(row["kind"], columns["kind"], _KINDS))
    if "planned" not in row:
        raise Unusable(
            f"the column {columns['planned']} is empty or missing: nothing says whether it was planned (a map can, as given: {{planned: no}})"
        )
    if (told := known.get(plain(row["planned"]))) is None:
        raise Unusable(f"{columns['planned']} should be yes or no, not “{row['planned'][:40]}”")
    return told


def _status(row: Mapping[str, str], column: str, closed: datetime | None) -> Status:
    """As the file says it, else by whether it was closed."""
    if "status" not in row:
        return "open" if closed is None else "done"
    known = export_words().statuses
    told = known.get(plain(row["status"])) or cast(Status, _one_of(row["status"], column, _STATUSES))
    if told == "done" and closed is None:
        raise Unusable("it is done, and has no closed_at")
    return told


def _priority(row: Mapping[str, str], column: str) -> Priority:
    told = row.get("priority", "medium")
    return export_words().priorities.get(plain(told)) or cast(Priority, _one_of(told, column, _PRIORITIES))


def _one_of(cell: str, column: str, words: frozenset[str]) -> str:
    told = "_".join(cell.casefold().replace("-", " ").split())
    if told not in words:
        raise Unusable(f"{column} should be one of {', '.join(sorted(words))}, not “{cell[:40]}”")
    return told


def moment_of(cell: str | None, column: str, how: Reading, ahead: timedelta = _AHEAD) -> datetime | None:
    if cell is None:
        return None
    try:
        told = datetime.strptime(cell, how.dates) if how.dates else how.times.moment(cell)  # noqa: DTZ007 - see below
    except (ValueError, InvalidInput) as error:
        form = how.dates or how.times.form or "2026-03-31 14:05, or say with --dates how the file writes it"
        raise Unusable(f"{column}: “{cell[:40]}” is no time such as {form}") from error
    try:
        moment = (told if told.tzinfo else told.replace(tzinfo=how.zone)).astimezone(UTC)
    except OverflowError as error:
        raise Unusable(f"{column}: “{cell[:40]}” lies beyond any calendar") from error
    if moment > how.now + ahead:
        raise Unusable(f"{column}: {cell[:40]} lies in the future")
    return moment


def _plain(column: str) -> str:
    """As ``read_rows`` names columns."""
    return "_".join(column.strip().lower().replace("-", " ").replace("_", " ").split())


def storable(text: str) -> str:
    return text.replace("\x00", "")


def _same_for_all(rejected: list[Rejected]) -> str | None:
    reasons = {one.why for one in rejected}
    return reasons.pop() if len(reasons) == 1 else None
