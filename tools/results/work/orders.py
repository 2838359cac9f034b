"""Work orders that were asked for, opened, changed or closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.assets import EntityRef
from tools.results.jobs.orders import OrderTold, orders_table
from tools.results.result import ToolResult
from tools.results.table import Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary

_EVENTS = (
    Column("at", "time"),
    Column("who", "text"),
    Column("what", "text"),
    Column("old", "text"),
    Column("new", "text"),
)
_LABOUR = (Column("order", "name"), Column("who", "text"), Column("minutes", "number", "min"), Column("text", "text"))
_PARTS = (Column("order", "name"), Column("part", "text"), Column("quantity", "number"))
_CHECKS = (Column("order", "name"), Column("text", "text"), Column("by", "text"), Column("at", "time"))


class OrderEventTold(Value):
    """``what`` is the name of the field that changed, or “created”."""

    at: AwareDatetime
    who: str
    what: str
    old: str | None = None
    new: str | None = None


class LabourTold(Value):
    who: str
    minutes: float
    note: str | None = None


class PartTold(Value):
    part: str
    quantity: float


class CheckTold(Value):
    text: str
    done: bool = False
    by: str | None = None
    at: AwareDatetime | None = None


class OrderDetails(Value):
    """What a work order holds besides what is listed; texts are what somebody wrote."""

    description: str | None = None
    opened_by: str | None = None
    source: str
    source_ref: str | None = None
    planned_at: AwareDatetime | None = None
    planned_h: float | None = None
    labour: list[LabourTold] = []
    parts: list[PartTold] = []
    checklist: list[CheckTold] = []
    files: list[str] = []
    vendor: str | None = None
    vendor_number: str | None = None
    vendor_status: str | None = None
    history: list[OrderEventTold] = []


class FoundOrders(ToolResult):
    """``total`` counts the orders before the limit; ``open`` and ``overdue`` those of them that wait. ``asset`` is what was asked about."""

    orders: list[OrderTold]
    total: int
    open: int
    overdue: int
    asset: EntityRef | None = None
    window: Window | None = None
    details: OrderDetails | None = Field(default=None, description="of the one order that was asked for")

    def summary(self) -> Summary[Literal["one", "none", "some", "of_asset", "none_of_asset"]]:
        if self.details is not None and len(self.orders) == 1:
            return Summary("one", {"number": self.orders[0].number, "asset": self.orders[0].asset.name})
        of = "" if self.asset is None else self.asset.name
        if not self.orders:
            return Summary("none_of_asset" if of else "none", {"asset": of})
        values = {"count": Count(self.total, "work order"), "open": self.open, "overdue": self.overdue, "asset": of}
        return Summary("of_asset" if of else "some", values)

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,) if self.asset else ()
        counts = (
            (Column("total", "count"), self.total),
            (Column("open", "count"), self.open),
            (Column("overdue", "count"), self.overdue),
        )
        totals = record("found", *counts, of=of, window=self.window)
        return [orders_table(self.orders, self.total, self.window), totals, *self._of_one()]

    def _of_one(self) -> Sequence[Table]:
        if self.details is None:
            return []
        number, of = self.orders[0].number, (self.orders[0].asset.id,)
        told = self.details
        return [
            Table("order_history", _EVENTS, tuple(TableRow(of, (e.at, e.who, e.what, e.old, e.new)) for e in told.history), of),
            Table("order_labour", _LABOUR, tuple(TableRow(of, (number, o.who, o.minutes, o.note)) for o in told.labour), of),
            Table("order_parts", _PARTS, tuple(TableRow(of, (number, o.part, o.quantity)) for o in told.parts), of),
            Table("order_checklist", _CHECKS, tuple(TableRow(of, (number, o.text, o.by, o.at)) for o in told.checklist), of),
        ]  # fmt: skip

    def subjects(self) -> list[str]:
        assets = [] if self.asset is None else [self.asset.id]
        return list(dict.fromkeys([*assets, *(one.asset.id for one in self.orders)]))


class _OneOrder(ToolResult):
    order: OrderTold

    def tables(self) -> Sequence[Table]:
        return [orders_table([self.order])]

    def subjects(self) -> list[str]:
        return [self.order.asset.id]

    def _said(self) -> dict[str, str]:
        return {"number": self.order.number, "asset": self.order.asset.name}


class OrderOpened(_OneOrder):
    def summary(self) -> Summary[Literal["opened"]]:
        return Summary("opened", {**self._said()})


class OrderChanged(_OneOrder):
    def summary(self) -> Summary[Literal["changed"]]:
        return Summary("changed", {**self._said()})


class OrderClosed(_OneOrder):
    """``labelled`` is how many statements of forecasts this settled, and ``came`` how they came out."""

    labelled: int = 0
    came: str | None = None

    def summary(self) -> Summary[Literal["closed"]]:
        return Summary("closed", {**self._said()})
