"""The evidence of one question: every value, state, name, moment and count of its results under an id that an answer can cite.

The first result is ``a``, the second ``b``. Rows are numbered through a result, so ``a2`` is what its second row is for (its value, or
its name), ``a2.since`` another cell of that row, and ``a.total`` a cell of a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from string import ascii_lowercase

from graph_schema.question import AssetQuery, Window
from tools.results.proposals import TABLE as PROPOSALS
from tools.results.proposals import Proposed, ProposedChange
from tools.results.result import ToolResult
from tools.results.table import CellKind, Column, Table, TableRow

_MAIN: tuple[CellKind, ...] = ("number", "count", "percent", "hours", "state", "time")


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell. ``of`` are the ids of its row's assets and points, ``about`` those of its table. A number is in ``unit``."""

    id: str
    key: str
    kind: CellKind
    value: float | str | datetime
    of: frozenset[str]
    about: frozenset[str]
    table: str
    row: str
    unit: str | None = None
    quantity: str | None = None
    aggregate: str | None = None
    stale: bool = False
    read_at: datetime | None = None
    query: AssetQuery | None = None
    window: Window | None = None

    @property
    def ids(self) -> frozenset[str]:
        return self.of | self.about

    @property
    def number(self) -> float | None:
        return float(self.value) if isinstance(self.value, int | float) else None


def names_in(facts: Iterable[Fact]) -> list[str]:
    """What things are called in them, the longest first."""
    return sorted({str(fact.value) for fact in facts if fact.kind == "name"}, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one call came to: a result with its tables, or the sentence that says why there is none."""

    letter: str
    tool: str
    result: ToolResult | None = None
    tables: Sequence[Table] = ()
    error: str = ""

    def numbered(self) -> Iterator[tuple[Table, Sequence[tuple[str, TableRow]]]]:
        """Each table with its rows under their ids."""
        number = 0
        for table in self.tables:
            rows: list[tuple[str, TableRow]] = []
            for row in table.rows:
                number += not table.single
                rows.append((self.letter if table.single else f"{self.letter}{number}", row))
            yield table, rows

    def facts(self) -> Iterator[Fact]:
        for table, rows in self.numbered():
            for id_, row in rows:
                yield from _facts(table, id_, row)


def _facts(table: Table, id_: str, row: TableRow) -> Iterator[Fact]:
    read_at = next((cell for column, cell in zip(table.columns, row.cells, strict=True) if column.key == "at"), None)
    for column, cell in zip(table.columns, row.cells, strict=True):
        if cell is None:
            continue
        yield Fact(
            id=f"{id_}.{column.key}",
            key=column.key,
            kind=column.kind,
            value=cell,
            of=frozenset(row.of),
            about=frozenset(table.of),
            table=table.name,
            row=f"{table.name} {id_}",
            unit=unit_of(column, row),
            quantity=(row.quantity or column.quantity) if column.kind == "number" else None,
            aggregate=column.aggregate,
            stale=row.stale,
            read_at=read_at if isinstance(read_at, datetime) else None,
            query=table.query,
            window=table.window,
        )


def unit_of(column: Column, row: TableRow) -> str | None:
    if column.kind == "percent":
        return "%"
    return (column.unit or row.unit) if column.kind == "number" else column.unit


def main_column(table: Table, row: TableRow) -> int:
    """The cell that a row's own id cites: its first value, else its name."""
    for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        if column.kind in _MAIN and cell is not None:
            return index
    return 0


def letter(index: int) -> str:
    """``a`` to ``z``, then ``aa``."""
    first, last = divmod(index, len(ascii_lowercase))
    return (ascii_lowercase[first - 1] if first else "") + ascii_lowercase[last]


@dataclass(frozen=True)
class Ledger:
    """The entries of a question, in the order of its calls."""

    entries: Sequence[Entry] = field(default_factory=tuple[Entry, ...])

    @classmethod
    def of(cls, results: Sequence[tuple[str, ToolResult | str]]) -> Ledger:
        """From the calls of a question: the tool, and its result or the sentence that says why there is none."""
        return cls(tuple(entry_of(index, tool, result) for index, (tool, result) in enumerate(results)))

    @cached_property
    def facts(self) -> Sequence[Fact]:
        return tuple(fact for entry in self.entries for fact in entry.facts())

    @cached_property
    def cited(self) -> Mapping[str, Fact]:
        """By every id that cites one."""
        found = {fact.id: fact for fact in self.facts}
        for entry in self.entries:
            for table, rows in entry.numbered():
                for id_, row in rows if not table.single else ():
                    key = table.columns[main_column(table, row)].key
                    if f"{id_}.{key}" in found:
                        found[id_] = found[f"{id_}.{key}"]
        return found

    @cached_property
    def by_asset(self) -> Mapping[str, Sequence[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            for id_ in fact.ids:
                found[id_].append(fact)
        return found

    @cached_property
    def tables(self) -> Sequence[Table]:
        return tuple(table for entry in self.entries for table in entry.tables)

    @cached_property
    def texts(self) -> Sequence[Fact]:
        """Sentences of libraries, documents, people and detectors. What somebody asks for is no finding."""
        return tuple(fact for fact in self.facts if fact.kind == "text" and fact.table != PROPOSALS)

    @cached_property
    def proposals(self) -> Sequence[ProposedChange]:
        """Changes that were asked for, as the evidence has them."""
        return [result.proposal for result in self.results if isinstance(result, Proposed)]

    @property
    def found(self) -> dict[str, Sequence[str]]:
        """The assets that each result found, by its letter."""
        return {entry.letter: entry.result.found() for entry in self.entries if entry.result is not None}

    @property
    def results(self) -> Sequence[ToolResult]:
        return [entry.result for entry in self.entries if entry.result is not None]


def entry_of(index: int, tool: str, result: ToolResult | str) -> Entry:
    if isinstance(result, str):
        return Entry(letter(index), tool, error=result)
    return Entry(letter(index), tool, result, tuple(result.tables()))
