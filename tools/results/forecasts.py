"""What is ahead: failures, and what points are going to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Cell, Column, Table, TableRow, assets_table, record
from tools.sentences.summary import Count, Measured, Summary


class RemainingLife(Value):
    """Days that an asset has left, with 90% between ``low_days`` and ``high_days``; ``reasons`` are the signals that shorten it."""

    expected_days: float
    low_days: float
    high_days: float
    reasons: list[str] = []
    model: str


class FailureProbability(Value):
    """How likely an asset breaks down, by its work orders and, where it tells, its telemetry. ``probability_percent`` is None where
    ``unknown`` says why."""

    probability_percent: float | None = Field(default=None, description="of a failure within the horizon")
    usual_percent: float | None = Field(default=None, description="of its kind")
    horizon_days: int
    expected_at: AwareDatetime | None = Field(default=None, description="half of those like it have failed by then")
    earliest_at: AwareDatetime | None = Field(default=None, description="with 10% probability before this")
    latest_at: AwareDatetime | None = Field(default=None, description="with 90% probability before this")
    remaining_life: RemainingLife | None = None
    reasons: list[str] = []
    model: str | None = None
    made_at: AwareDatetime
    unknown: str | None = None


class FailureForecast(Value):
    """What is wrong with one asset, or ahead of it. ``probability_percent`` is of leaving its limits within the horizon; None where that cannot
    be told. ``unknown`` says what could not be judged, and why. ``failing`` is how likely it breaks down, where work orders are kept."""

    asset: EntityRef
    state: Literal["flagged", "sound", "cannot tell"]
    probability_percent: float | None = None
    horizon_days: int
    expected_at: AwareDatetime | None = None
    earliest_at: AwareDatetime | None = Field(default=None, description="with 10% probability before this")
    latest_at: AwareDatetime | None = Field(default=None, description="with 90% probability before this")
    mode: str | None = Field(default=None, description="the failure mode that the signs point to")
    advice: str | None = None
    reasons: list[str] = []
    points: list[str] = []
    since: AwareDatetime | None = Field(default=None, description="since when it shows")
    certainty: Literal["possible", "likely", "certain"] | None = Field(
        default=None, description="how sure it is that something is wrong"
    )
    unknown: list[str] = []
    model: str
    made_at: AwareDatetime
    age_h: float
    failing: FailureProbability | None = None


class FailureForecasts(ToolResult):
    """``flagged``, ``sound`` and ``cannot_tell`` count all that was asked about; ``forecasts`` lists the likeliest."""

    forecasts: list[FailureForecast]
    horizon_days: int = Field(description="how far ahead is forecast, as a whole")
    flagged: int
    sound: int
    cannot_tell: int
    likely: int = Field(default=0, description="assets that are markedly likelier to fail than others of their kind")

    @property
    def is_unrecorded(self) -> bool:
        return not (self.forecasts or self.sound)

    def summary(self) -> Summary[Literal["none", "flagged", "flagged_likely"]]:
        if not self.forecasts:
            return Summary("none", {"sound": self.sound})
        first = self.forecasts[0]
        breaks = first.failing.probability_percent if first.failing else None
        percent = max((one for one in (first.probability_percent, breaks) if one is not None), default=None)
        said = {"flagged": Count(self.flagged, "asset"), "first": first.asset.name}
        if percent is None:
            return Summary("flagged", said)
        return Summary("flagged_likely", {**said, "percent": f"{percent:g}"})

    def tables(self) -> Sequence[Table]:
        counts = {"flagged": self.flagged, "sound": self.sound, "cannot_tell": self.cannot_tell, "likely": self.likely}
        horizon = Column("horizon", "count", "d"), self.horizon_days
        told = record("outlook", *((Column(key, "count"), value) for key, value in counts.items()), horizon)
        return [told, *([outlook_table(self.forecasts)] if self.forecasts else [])]

    def subjects(self) -> list[str]:
        return [one.asset.id for one in self.forecasts]


_OUTLOOK = (
    NAME, Column("outlook", "state"), Column("probability", "percent"), Column("horizon", "count", "d"), Column("expected", "time"),
    Column("earliest", "time"), Column("latest", "time"), Column("certainty", "state"), Column("since", "time"), Column("mode", "text"),
    Column("reasons", "text"), Column("advice", "text"), Column("not_judged", "text"), Column("failure_probability", "percent"),
    Column("usual", "percent"), Column("life_left", "count", "d"),
)  # fmt: skip


def outlook_table(forecasts: Sequence[FailureForecast]) -> Table:
    """What is wrong with assets, or ahead of them."""
    return Table("outlooks", _OUTLOOK, tuple(TableRow((one.asset.id,), _outlook_cells(one)) for one in forecasts))


def _outlook_cells(one: FailureForecast) -> tuple[Cell, ...]:
    failing = one.failing
    life = failing.remaining_life if failing else None
    return (
        one.asset.name, one.state, one.probability_percent, one.horizon_days, one.expected_at, one.earliest_at, one.latest_at, one.certainty,
        one.since, one.mode, " ".join([*one.reasons, *(failing.reasons if failing else ())]) or None, one.advice,
        " ".join(one.unknown) or None, failing.probability_percent if failing else None, failing.usual_percent if failing else None,
        round(life.expected_days) if life else None,
    )  # fmt: skip


class ForecastStep(Value):
    """``low`` and ``high`` hold 80% of what comes."""

    at: AwareDatetime
    expected: float
    low: float
    high: float


class ForecastRow(Value):
    """What one point is going to read."""

    entity: EntityRef
    point: str
    quantity: str
    unit: str | None = None
    model: str
    made_at: AwareDatetime
    steps: list[ForecastStep]


class CannotForecast(Value):
    """A point whose newest readings history does not know."""

    entity: EntityRef
    point: str
    reason: str


class TelemetryForecast(ToolResult):
    """``missing`` have no such point; ``no_forecast`` have the point but too little history, or no model yet; of ``cannot_tell`` the newest
    readings are of a kind that history has not seen."""

    quantity: str
    rows: list[ForecastRow]
    total: int = Field(description="points with a forecast, before the limit")
    interval_percent: float = Field(default=80, description="of what comes lies between low and high")
    missing: list[EntityRef] = []
    no_forecast: list[EntityRef] = []
    cannot_tell: list[CannotForecast] = []

    @property
    def is_unrecorded(self) -> bool:
        return not self.rows

    def summary(self) -> Summary[Literal["forecasts"]]:
        return Summary("forecasts", {"count": Count(len(self.rows), "forecast"), "quantity": Measured(self.quantity)})

    def tables(self) -> Sequence[Table]:
        columns = (
            NAME, Column("at", "time"), Column("expected", "number", None, self.quantity, "forecast"),
            Column("low", "number", None, self.quantity, "forecast"), Column("high", "number", None, self.quantity, "forecast"),
        )  # fmt: skip
        rows = tuple(
            TableRow((row.entity.id, row.point), (row.entity.name, step.at, step.expected, step.low, step.high), row.unit, row.quantity)
            for row in self.rows
            for step in row.steps
        )  # fmt: skip
        strange = tuple(TableRow((one.entity.id, one.point), (one.entity.name, one.reason)) for one in self.cannot_tell)
        tables = [
            record("forecast", (Column("interval", "percent"), self.interval_percent)),
            Table("forecasts", columns, rows),
            Table("cannot_tell", (NAME, Column("reason", "text")), strange),
            assets_table("no_forecast", self.no_forecast),
            assets_table("no_such_point", self.missing),
        ]
        return [one for one in tables if one.rows]

    def subjects(self) -> list[str]:
        """The assets with a forecast first."""
        refs = [
            *(row.entity for row in self.rows),
            *(one.entity for one in self.cannot_tell),
            *self.no_forecast,
            *self.missing,
        ]
        return list(dict.fromkeys(ref.id for ref in refs))
