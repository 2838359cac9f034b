"""What was used, by whom, and against what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, PLACE, Column, Table, TableRow, record
from tools.sentences.summary import Amount, Summary

Counting = Literal["meter", "integral of power"]


class UsedBy(Value):
    """What one asset used over the window, in kWh; ``share_percent`` of the total."""

    entity: EntityRef
    point: str
    kwh: float
    counted_by: Counting
    share_percent: float | None = None
    known_h: float | None = None


class PeakPower(Value):
    """``highest reading`` of the one power that is measured, or the ``highest hour``: its mean."""

    kw: float
    at: AwareDatetime
    by: Literal["highest reading", "highest hour"]


class ExpectedUse(Value):
    """Over the full days of the window: what was used and what the rule expects of them, in kWh; how well the rule fits the days before."""

    rule: Literal["weekday and outside temperature", "weekday"]
    window: Window = Field(description="the full days that are compared")
    used_kwh: float
    expected_kwh: float
    difference_percent: float | None
    fitted_days: int
    r2: float | None = Field(description="share of the variance of the fitted days that the rule explains")
    error_percent: float | None = Field(description="root mean square error of the fit, of their mean")
    kwh_per_kelvin: float | None = None


class UsedDay(Value):
    start: AwareDatetime
    kwh: float | None = None
    expected_kwh: float | None = None


class EnergyUse(ToolResult):
    """Electricity. ``meters`` add up to the total; ``consumers`` are those that pass nothing on to another measured asset, the largest first."""

    asset: EntityRef | None = Field(default=None, description="none of the whole plant")
    window: Window
    total_kwh: float | None
    meters: list[UsedBy]
    not_added: int = Field(description="measured assets that another one already counts")
    consumers: list[UsedBy]
    consumers_total: int
    peak: PeakPower | None = None
    expected: ExpectedUse | None = None
    tariff: float | None = Field(default=None, description="price of a kWh")
    cost: float | None = None
    cost_difference: float | None = Field(default=None, description="of what was used above (or below) the expected")
    days: list[UsedDay]

    def summary(self) -> Summary[Literal["none", "used", "compared"]]:
        of = self.asset.name if self.asset else ""
        if self.total_kwh is None:
            return Summary("none", {"of": of or "the plant"})
        said = {"of": f"{of} " if of else "", "use": Amount(round(self.total_kwh, 1), None, "kWh")}
        if self.expected is None or self.expected.difference_percent is None:
            return Summary("used", said)
        return Summary("compared", {**said, "difference": f"{self.expected.difference_percent:+.1f}"})

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,) if self.asset else ()
        peak, expected = self.peak, self.expected
        whole = record(
            "energy", (NAME, self.asset.name if self.asset else None), (_KWH, self.total_kwh),
            (Column("meters", "count"), len(self.meters)), (Column("not_added", "count"), self.not_added),
            (Column("peak", "number", "kW", "electric_power", "max"), peak.kw if peak else None),
            (Column("peak_at", "time"), peak.at if peak else None), (Column("peak_by", "state"), peak.by if peak else None),
            (Column("tariff", "number"), self.tariff), (Column("cost", "number"), self.cost),
            (Column("cost_difference", "number"), self.cost_difference), of=of, window=self.window,
        )  # fmt: skip
        tables = [
            whole,
            *([self._expected(expected, of)] if expected else []),
            self._used_by("meters", self.meters, len(self.meters)),
            self._used_by("consumers", self.consumers, self.consumers_total),
            self._days(of),
        ]
        return [one for one in tables if one.rows]

    @staticmethod
    def _expected(expected: ExpectedUse, of: tuple[str, ...]) -> Table:
        return record(
            "expected", (_KWH, expected.used_kwh), (Column("expected", "number", "kWh", "electric_energy"), expected.expected_kwh),
            (Column("difference", "percent"), expected.difference_percent), (Column("rule", "state"), expected.rule),
            (Column("fitted_days", "count"), expected.fitted_days), (Column("r2", "number"), expected.r2),
            (Column("error", "percent"), expected.error_percent), (Column("per_kelvin", "number", "kWh"), expected.kwh_per_kelvin),
            of=of, window=expected.window,
        )  # fmt: skip

    def _used_by(self, name: str, found: Sequence[UsedBy], total: int) -> Table:
        columns = (
            NAME,
            CLASS,
            PLACE,
            _KWH,
            Column("share", "percent"),
            Column("counted_by", "state"),
            Column("known_h", "hours", "h"),
        )
        rows = tuple(
            TableRow(
                (one.entity.id, one.point),
                (one.entity.name, one.entity.class_, one.entity.place, one.kwh, one.share_percent, one.counted_by, one.known_h),
                "kWh", "electric_energy",
            )
            for one in found
        )  # fmt: skip
        return Table(name, columns, rows, (), total, window=self.window)

    def _days(self, of: tuple[str, ...]) -> Table:
        columns = (Column("from", "time"), _KWH, Column("expected", "number", "kWh", "electric_energy"))
        rows = tuple(
            TableRow(of, (one.start, one.kwh, one.expected_kwh), "kWh", "electric_energy") for one in self.days
        )
        return Table("days", columns, rows, of, window=self.window)

    def subjects(self) -> list[str]:
        return [*([self.asset.id] if self.asset else []), *(one.entity.id for one in (*self.meters, *self.consumers))]


_KWH = Column("value", "number", "kWh", "electric_energy", "use")
