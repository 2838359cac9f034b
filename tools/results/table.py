"""What a result holds, as tables: the one shape that a language model reads, that a chat, a terminal and a file show, and that answers are checked against.

A cell is a fact about its row's subject: a value with its unit, a state, a name, a moment. Nothing in a table is a sentence of ours;
texts of devices, people and documents stand in columns of the kind ``text``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from graph_schema.question import AssetQuery, Window

if TYPE_CHECKING:
    from tools.results.assets import EntityRef

CellKind = Literal["number", "count", "percent", "hours", "state", "name", "time", "text"]
Cell = float | str | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` is what a cell is cited by. ``quantity`` and ``aggregate`` say what a number measures, where all rows have the same."""

    key: str
    kind: CellKind
    unit: str | None = None
    quantity: str | None = None
    aggregate: str | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """``of`` are the ids of what it is about: an asset, its point. ``unit`` and ``quantity`` are of its numbers where rows differ."""

    of: tuple[str, ...]
    cells: tuple[Cell, ...]
    unit: str | None = None
    quantity: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``of`` are the ids of what all of it is about. ``total`` counts the rows before a limit. ``query`` is which assets were asked for, ``window``
    which time; ``single`` is a record of one row, whose cells are cited without a number."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    of: tuple[str, ...] = ()
    total: int | None = None
    query: AssetQuery | None = None
    window: Window | None = None
    single: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{self.name}: {len(row.cells)} cells for {len(self.columns)} columns")

    @property
    def whole(self) -> bool:
        """Whether nothing was left out by a limit."""
        return self.total is None or self.total == len(self.rows)


def record(
    name: str,
    *fields: tuple[Column, Cell],
    of: Iterable[str] = (),
    query: AssetQuery | None = None,
    window: Window | None = None,
) -> Table:
    """A table of one row from its fields."""
    ids = tuple(of)
    row = TableRow(ids, tuple(cell for _, cell in fields))
    return Table(name, tuple(column for column, _ in fields), (row,), ids, None, query, window, single=True)


NAME = Column("name", "name")
CLASS = Column("class", "name")
PLACE = Column("place", "name")
STATUS = Column("status", "state")


def assets_table(
    name: str,
    refs: Sequence[EntityRef],
    *,
    of: Iterable[str] = (),
    total: int | None = None,
    query: AssetQuery | None = None,
) -> Table:
    """Assets by name, class, place and status."""
    rows = tuple(TableRow((ref.id,), (ref.name, ref.class_, ref.place, ref.status)) for ref in refs)
    return Table(name, (NAME, CLASS, PLACE, STATUS), rows, tuple(of), total, query)
