"""What the record of work orders and events comes to: counts, bundles, what follows what, the likely next order, failure modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import Cell, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary

ORDER = "order"
By = Literal["code", "kind", "asset", "group", "priority", "status", "day", "week", "month", "year", "bundle"]
_TOTAL = Column("total", "count")
_COUNT = Column("count", "count")
_DAYS = Column("distinct", "number", "d")
_SHARE = Column("share", "percent")
_CODE, _CALLED = Column("code", "name"), Column("called", "name")


class Counted(Value):
    """``key`` is a code, a word, an id or the first day of a stretch of time; ``share`` in percent of all that was counted."""

    key: str
    called: str | None = None
    asset: EntityRef | None = None
    count: int
    share: float
    groups: dict[str, int] = Field(default={}, description="of which group of events how many")


class Bundle(Value):
    """Orders of one asset that lie so close together that they could be one visit; ``codes`` are theirs, one for each."""

    asset: EntityRef
    first: AwareDatetime
    last: AwareDatetime
    numbers: list[str]
    codes: list[str]

    @property
    def count(self) -> int:
        return len(self.numbers)


class OrderStatistics(ToolResult):
    """``total`` counts what there is, ``distinct`` the rows before the limit, ``groups`` and ``kinds`` what of it is of which group and kind of order."""

    by: By
    total: int
    distinct: int
    rows: list[Counted] = []
    groups: dict[str, int] = {}
    kinds: dict[str, int] = {}
    bundles: list[Bundle] = []
    bundled: int = Field(default=0, description="orders that stand in a bundle")
    within_days: int | None = None
    code: str | None = None
    asset: EntityRef | None = None
    window: Window | None = None

    def summary(self) -> Summary[Literal["none", "counted", "bundled"]]:
        if not self.total:
            return Summary("none")
        if self.by == "bundle":
            return Summary("bundled", {"bundles": self.distinct, "orders": self.bundled})
        return Summary("counted", {"total": self.total, "rows": self.distinct})

    def subjects(self) -> list[str]:
        of_rows = [one.asset.id for one in (*self.rows, *self.bundles) if one.asset is not None]
        return list(dict.fromkeys([*([self.asset.id] if self.asset else []), *of_rows]))

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,) if self.asset else ()
        told = record(
            "counted", (_TOTAL, self.total), (_DAYS if self.by == "day" else Column("distinct", "count"), self.distinct),
            *((Column(name, "count"), count) for name, count in {**self.groups, **self.kinds}.items()),
            *((Column("bundled", "count"), self.bundled), (Column("within", "number", "d"), self.within_days)) * (self.by == "bundle"),
            of=of, window=self.window,
        )  # fmt: skip
        return [told, *(self._bundle_tables() if self.by == "bundle" else [self._count_table(of)])]

    def _count_table(self, of: tuple[str, ...]) -> Table:
        names = [*self.groups] if len(self.groups) > 1 else []
        key = Column("year", "count") if self.by == "year" else _CODE
        columns = (key, _CALLED, _COUNT, _SHARE, *(Column(f"of_{name}", "count") for name in names))
        rows = tuple(
            TableRow(
                (one.asset.id,) if one.asset else of,
                (self._key(one), one.called, one.count, one.share, *(one.groups.get(name, 0) for name in names)),
            )
            for one in self.rows
        )
        return Table("by", columns, rows, of, self.distinct, window=self.window)

    def _key(self, row: Counted) -> Cell:
        """A year is a number, as sentences have it."""
        return float(row.key) if self.by == "year" else row.key

    def _bundle_tables(self) -> Sequence[Table]:
        """A row a bundle, and a row an order of each."""
        columns = (Column("name", "name"), Column("first", "time"), Column("last", "time"), _COUNT)
        rows = tuple(
            TableRow((one.asset.id,), (one.asset.name, one.first, one.last, one.count)) for one in self.bundles
        )
        orders = tuple(
            TableRow((one.asset.id,), (number, code))
            for one in self.bundles
            for number, code in zip(one.numbers, one.codes, strict=True)
        )
        return [
            Table("bundles", columns, rows, (), self.distinct, window=self.window),
            Table("bundled_orders", (Column("order", "name"), _CODE), orders),
        ]


class Following(Value):
    """Of ``first`` events of a code so many were followed by an order within the days; ``then`` says of which code the next order was."""

    code: str
    called: str | None = None
    first: int
    followed: int
    share: float
    chance: float | None = Field(
        default=None, description="share of all moments that an order follows as soon, in percent"
    )
    median_days: float | None = None
    then: list[Counted] = []


class OrderSequences(ToolResult):
    after: str
    within_days: int
    first: int
    followed: int
    share: float | None = None
    chance: float | None = None
    median_days: float | None = None
    rows: list[Following] = []
    then: list[Counted] = Field(default=[], description="codes of the next orders over all")
    distinct: int = 0
    kind: str | None = None
    asset: EntityRef | None = None
    window: Window | None = None

    def summary(self) -> Summary[Literal["none", "followed"]]:
        if not self.first:
            return Summary("none")
        return Summary("followed", {"followed": self.followed, "first": self.first, "days": self.within_days})

    def subjects(self) -> list[str]:
        return [self.asset.id] if self.asset else []

    def tables(self) -> Sequence[Table]:
        of = tuple(self.subjects())
        shared = (
            Column("first", "count"),
            Column("followed", "count"),
            _SHARE,
            Column("chance", "percent"),
            Column("median", "number", "d"),
        )
        cells: tuple[Cell, ...] = (self.first, self.followed, self.share, self.chance, self.median_days)
        told = record(
            "followed", *zip(shared, cells, strict=True), (Column("within", "number", "d"), self.within_days), of=of, window=self.window
        )  # fmt: skip
        rows = tuple(
            TableRow(of, (one.code, one.called, one.first, one.followed, one.share, one.chance, one.median_days))
            for one in self.rows
        )
        pairs = tuple(
            TableRow(of, (one.code, then.key, then.called, then.count, then.share))
            for one in self.rows
            for then in one.then
        )
        return [
            told, _counted("next", self.then, of), Table("by_code", (_CODE, _CALLED, *shared), rows, of, self.distinct),
            Table("pairs", (_CODE, Column("then", "name"), _CALLED, _COUNT, _SHARE), pairs, of),
        ]  # fmt: skip


class Candidate(Value):
    """``share`` in percent of the ``of`` times; ``low`` and ``high`` bound it with 95% (Wilson)."""

    code: str
    called: str | None = None
    count: int
    of: int
    share: float
    low: float
    high: float


class NextOrder(ToolResult):
    """What usually came after the newest order. ``basis`` says what was counted: what followed the same code at the asset or at its like, or all
    orders of the asset. ``right`` of ``tried`` earlier orders were told rightly in the same way, and ``usual`` would have been right by always telling the most frequent one."""

    asset: EntityRef
    last_number: str | None = None
    last_code: str | None = None
    last_called: str | None = None
    last_at: AwareDatetime | None = None
    basis: Literal["own", "alike", "overall", "nothing"] = "nothing"
    candidates: list[Candidate] = []
    median_days: float | None = None
    early_days: float | None = None
    late_days: float | None = None
    expected_at: AwareDatetime | None = None
    right: int = 0
    tried: int = 0
    usual: int = 0
    kind: str | None = None

    def summary(self) -> Summary[Literal["none", "likely"]]:
        if not self.candidates:
            return Summary("none")
        best = self.candidates[0]
        return Summary("likely", {"code": best.called or best.code, "share": f"{best.share:g}%"})

    def subjects(self) -> list[str]:
        return [self.asset.id]

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,)
        days = (("median", self.median_days), ("early", self.early_days), ("late", self.late_days))
        told = record(
            "last_order", (Column("name", "name"), self.asset.name), (Column("order", "name"), self.last_number), (_CODE, self.last_code),
            (_CALLED, self.last_called), (Column("at", "time"), self.last_at), (Column("expected", "time"), self.expected_at),
            *((Column(name, "number", "d"), value) for name, value in days), (Column("right", "count"), self.right),
            (Column("tried", "count"), self.tried), (Column("usual", "count"), self.usual), of=of,
        )  # fmt: skip
        columns = (
            _CODE,
            _CALLED,
            _COUNT,
            Column("of", "count"),
            _SHARE,
            Column("low", "percent"),
            Column("high", "percent"),
        )
        rows = tuple(
            TableRow(of, (one.code, one.called, one.count, one.of, one.share, one.low, one.high))
            for one in self.candidates
        )
        return [told, Table("candidates", columns, rows, of)]


class KnownMode(Value):
    """A failure mode that the site states, or one that is typical of the class by the library, which has a code."""

    mode: str
    code: str | None = None


class FailureModes(ToolResult):
    class_: str
    asset: EntityRef | None = None
    stated: list[KnownMode] = []
    typical: list[KnownMode] = []

    def summary(self) -> Summary[Literal["none", "modes"]]:
        total = len(self.stated) + len(self.typical)
        return Summary("modes", {"modes": total, "of": Count(1, self.class_)}) if total else Summary("none")

    def subjects(self) -> list[str]:
        return [self.asset.id] if self.asset else []

    def tables(self) -> Sequence[Table]:
        of = tuple(self.subjects())
        columns = (_CODE, Column("mode", "text"), Column("source", "text"))
        known = [*((one, "site") for one in self.stated), *((one, "library") for one in self.typical)]
        rows = tuple(TableRow(of, (one.code, one.mode, source)) for one, source in known)
        totals = record(
            "known", (Column("class", "name"), self.class_), (Column("stated", "count"), len(self.stated)),
            (Column("typical", "count"), len(self.typical)), of=of,
        )  # fmt: skip
        return [totals, Table("failure_modes", columns, rows, of)]


def _counted(name: str, rows: Sequence[Counted], of: tuple[str, ...]) -> Table:
    told = tuple(TableRow(of, (one.key, one.called, one.count, one.share)) for one in rows)
    return Table(name, (_CODE, _CALLED, _COUNT, _SHARE), told, of)


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def called(code: str, names: Mapping[str, str]) -> str | None:
    """What a code is called, where it is called otherwise than itself."""
    name = names.get(code.upper()) or names.get(code)
    return name if name != code else None
