"""Maintenance that is due, spare parts, and how forecasts came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow
from tools.sentences.summary import Count, Names, Summary

DueState = Literal["overdue", "due", "soon", "later", "unknown"]

_DUE = (
    NAME, Column("task", "text"), Column("due_state", "state"), Column("due", "time"), Column("last_done", "time"), Column("every_days", "number", "d"),
    Column("every_hours", "hours", "h"), Column("hours_run", "hours", "h"), Column("order", "name"), Column("plan", "name"),
)  # fmt: skip
_PARTS = (
    Column("part", "name"), Column("text", "text"), Column("stock", "number"), Column("expected_demand", "number"), Column("lead_days", "number", "d"),
    Column("demand_in_lead_time", "number"), Column("to_order", "number"), Column("unit", "text"), Column("supplier", "text"),
)  # fmt: skip
_MODELS = (
    Column("model", "name"), Column("findings", "count"), Column("came", "count"), Column("mended", "count"), Column("false_alarms", "count"),
    Column("stayed_away", "count"), Column("open", "count"), Column("missed", "count"), Column("precision", "percent", "%"), Column("lead_days", "number", "d"),
)  # fmt: skip


class DueTask(Value):
    """A task of a plan at an asset. ``due_at`` is None where only a reading makes it due, or it cannot be told; ``hours_run`` are those since it was last done."""

    plan: str
    task: str
    asset: EntityRef
    state: DueState
    due_at: AwareDatetime | None = None
    last_done_at: AwareDatetime | None = None
    every_days: float | None = None
    every_hours: float | None = None
    hours_run: float | None = None
    hours_a_day: float | None = Field(default=None, description="how much it ran of late")
    reading: str | None = Field(default=None, description="the condition that it waits for, with what is read now")
    order: str | None = Field(default=None, description="the work order that waits for it")


class MaintenanceDue(ToolResult):
    """The most urgent first. ``total`` counts the tasks that are overdue, due, or due soon; ``plans`` how many plans there are."""

    tasks: list[DueTask]
    total: int
    overdue: int
    plans: int
    days: int
    asset: EntityRef | None = None

    def summary(self) -> Summary[Literal["no_plans", "none", "some"]]:
        if not self.plans:
            return Summary("no_plans")
        values = {"count": Count(self.total, "task"), "overdue": self.overdue, "days": self.days}
        if not self.total:
            return Summary("none", {"days": self.days})
        return Summary("some", {**values, "first": Names([f"{one.task} ({one.asset.name})" for one in self.tasks[:3]])})

    def tables(self) -> Sequence[Table]:
        rows = tuple(
            TableRow(
                (one.asset.id,),
                (
                    one.asset.name, one.task, one.state, one.due_at, one.last_done_at, one.every_days, one.every_hours, one.hours_run, one.order, one.plan,
                ),
            )
            for one in self.tasks
        )  # fmt: skip
        return [Table("maintenance_due", _DUE, rows, (), self.total)]

    def subjects(self) -> list[str]:
        assets = [] if self.asset is None else [self.asset.id]
        return list(dict.fromkeys([*assets, *(one.asset.id for one in self.tasks)]))


class PartDemand(Value):
    """``expected`` within the days that were asked about: of plans that come due, and of failures by their probability. ``to_order`` is what lacks to
    cover the demand of the lead time and the minimum."""

    number: str
    name: str
    unit: str
    stock: float
    minimum: float
    lead_days: float
    expected: float
    of_plans: float
    of_failures: float
    in_lead_time: float
    to_order: float
    supplier: str | None = None


class SpareParts(ToolResult):
    """What has to be ordered first. ``total`` counts the parts that match."""

    parts: list[PartDemand]
    total: int
    short: int
    days: int

    def summary(self) -> Summary[Literal["none", "enough", "short"]]:
        if not self.total:
            return Summary("none")
        values = {"count": Count(self.total, "part"), "short": self.short, "days": self.days}
        if not self.short:
            return Summary("enough", values)
        return Summary("short", {**values, "first": Names([one.name for one in self.parts if one.to_order > 0][:6])})

    def tables(self) -> Sequence[Table]:
        rows = tuple(
            TableRow(
                (),
                (
                    one.number,
                    one.name,
                    one.stock,
                    one.expected,
                    one.lead_days,
                    one.in_lead_time,
                    one.to_order,
                    one.unit,
                    one.supplier,
                ),
            )
            for one in self.parts
        )
        return [Table("spare_parts", _PARTS, rows, (), self.total)]

    def subjects(self) -> list[str]:
        return []


class ModelAccuracy(Value):
    """See ``forecasting.verification.found.Accuracy``; ``precision`` in percent."""

    model: str
    findings: int
    open: int
    came: int
    mended: int
    false_alarms: int
    stayed_away: int
    missed: int
    precision: float | None = None
    lead_days: float | None = None


class ForecastAccuracy(ToolResult):
    models: list[ModelAccuracy]
    findings: int
    false_alarms: int

    def summary(self) -> Summary[Literal["none", "some"]]:
        if not self.models:
            return Summary("none")
        return Summary("some", {"findings": Count(self.findings, "finding"), "false_alarms": self.false_alarms})

    def tables(self) -> Sequence[Table]:
        rows = tuple(
            TableRow(
                (),
                (
                    one.model, one.findings, one.came, one.mended, one.false_alarms, one.stayed_away, one.open, one.missed, one.precision, one.lead_days,
                ),
            )
            for one in self.models
        )  # fmt: skip
        return [Table("forecast_accuracy", _MODELS, rows)]

    def subjects(self) -> list[str]:
        return []
