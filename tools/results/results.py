"""What tools return: JSON for a language model, and the evidence that stands behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.model import Kind, Status
from graph_schema.question import Aggregate, AssetQuery, GroupBy, Value, Window


class Evidence(Value):
    """Where a statement comes from. An answer may name only numbers and ids that its evidence or result contains."""

    store: Literal["graph", "history", "ontology"]
    statement: str = Field(description="the text of the statement that ran")
    entities: list[str] = []
    points: list[str] = []
    window: Window | None = None
    as_of: AwareDatetime | None = Field(default=None, description="when the newest value behind it was read")
    model: str | None = Field(default=None, description="name and version of the model that foretold it")


class Scene(Value):
    """A command to the 3D pane: what to highlight and which thing to fly to."""

    highlight: list[str] = []
    focus: str | None = None


class ChartLine(Value):
    """One line of a chart: values at moments, oldest first."""

    name: str
    at: list[AwareDatetime]
    values: list[float]


class Chart(Value):
    """One signal over time, with its limits."""

    title: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    lines: list[ChartLine]


class ToolResult(Value):
    """The common part of every result. ``notes`` are sentences that an answer must not leave out (stale data, limits hit)."""

    evidence: list[Evidence] = []
    scene: Scene | None = None
    charts: list[Chart] = []
    notes: list[str] = []


class EntityRef(Value):
    id: str
    name: str
    kind: Kind
    class_: str | None = Field(default=None, alias="class")
    place: str | None = Field(default=None, description="name of the room, floor or building it is in")
    status: Status | None = None


class Group(Value):
    """One group of a grouped count: the key (a class, a floor's or parent's name) and how many."""

    key: str
    count: int
    entity: EntityRef | None = None


class RelatedCount(Value):
    entity: EntityRef
    count: int


class FoundAssets(ToolResult):
    """``total`` counts all; ``assets`` lists at most the limit. ``related`` is ordered by its count when that was asked."""

    total: int
    assets: list[EntityRef]
    groups: list[Group] | None = None
    related: list[RelatedCount] | None = None
    query: AssetQuery


class PointNow(Value):
    id: str
    name: str
    quantity: str
    unit: str | None = None
    value: float | None = None
    text: str | None = None
    at: AwareDatetime | None = None
    age_s: float | None = None
    status: Status = "unknown"
    low: float | None = None
    high: float | None = None
    doubts: list[str] = Field(default=[], description="why its readings cannot be trusted")


class FailureMode(Value):
    """An ISO 14224-style failure mode of a class of equipment and the quantities that reveal it."""

    code: str
    name: str
    revealed_by: list[str] = []
    advice: str | None = None


class AssetDescription(ToolResult):
    asset: EntityRef
    aliases: list[str] = []
    definition: str | None = None
    located_in: list[EntityRef] = Field(default=[], description="innermost place first")
    part_of: list[EntityRef] = []
    parts: list[EntityRef] = []
    fed_by: list[EntityRef] = []
    feeds: list[EntityRef] = []
    points: list[PointNow] = []
    failure_modes: list[FailureMode] = []
    maintenance: list[str] = []


class TelemetryRow(Value):
    """One value: of a thing, of a group of things (``group``) or of a time bucket (``bucket``)."""

    entity: EntityRef | None = None
    group: str | None = None
    bucket: AwareDatetime | None = None
    point: str | None = None
    quantity: str
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    at: AwareDatetime | None = None
    age_s: float | None = Field(
        default=None, description="seconds between the reading and the question, for latest and at"
    )
    stale: bool = False
    samples: int | None = None


class Telemetry(ToolResult):
    """``missing`` have no such point; ``no_data`` have the point but no reading in the time asked about."""

    quantity: str
    aggregate: Aggregate
    window: Window | None = None
    at: AwareDatetime | None = None
    threshold: float | None = None
    group_by: GroupBy | None = None
    rows: list[TelemetryRow]
    total: int = Field(description="rows before the limit")
    missing: list[EntityRef] = []
    no_data: list[EntityRef] = []


class Connected(Value):
    entity: EntityRef
    hops: int
    via: str | None = Field(default=None, description="name of the neighbour it is reached through")
    alternatives: list[EntityRef] = Field(default=[], description="for loses_service: what still supplies it")


class Connections(ToolResult):
    """For ``loses_service``, ``connected`` are those left with no other supply and ``backed_up`` those that keep one."""

    asset: EntityRef
    direction: Literal["upstream", "downstream", "loses_service", "path"]
    total: int
    connected: list[Connected]
    backed_up: list[Connected] = []
    by_class: dict[str, int] = {}


class Risk(Value):
    asset: EntityRef
    score: float = Field(description="0 to 100")
    reasons: list[str]
    dependents: int = Field(description="how many things depend on it")
    judged_by: Literal["outlook", "status", "outlook and status"] = Field(
        default="status", description="the newest forecasts, what is read now, or both"
    )
    probability_percent: float | None = Field(
        default=None, description="of leaving its limits, or of failing, within 30 days"
    )
    expected_at: AwareDatetime | None = None
    since: AwareDatetime | None = Field(default=None, description="since when it shows")
    certainty: Literal["possible", "likely", "certain"] | None = Field(
        default=None, description="how sure it is that something is wrong"
    )
    mode: str | None = Field(default=None, description="the failure mode that the signs point to")


class RankedRisks(ToolResult):
    risks: list[Risk]
    assessed: int


class Highlighted(ToolResult):
    assets: list[EntityRef]


class RemainingLife(Value):
    """Days that a thing has left, with 90% between ``low_days`` and ``high_days``; ``reasons`` are the signals that shorten it."""

    expected_days: float
    low_days: float
    high_days: float
    reasons: list[str] = []
    model: str


class FailureProbability(Value):
    """How likely a thing breaks down, by its work orders and, where it tells, its telemetry. ``probability_percent`` is None where
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
    """What is wrong with one thing, or ahead of it. ``probability_percent`` is of leaving its limits within the horizon; None where that cannot
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
    flagged: int
    sound: int
    cannot_tell: int
    likely: int = Field(default=0, description="things that are markedly likelier to fail than others of their kind")


class RiskExplained(ToolResult):
    """``score`` and ``reasons`` judge the present, ``forecasts`` the thing's own outlook and those of parts that are flagged."""

    asset: EntityRef
    forecasts: list[FailureForecast]
    score: float = Field(description="0 to 100")
    reasons: list[str]
    dependents: int = Field(description="how many things depend on it")


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


class TelemetryForecast(ToolResult):
    """``missing`` have no such point; ``no_forecast`` have the point but too little history, or no model yet."""

    quantity: str
    rows: list[ForecastRow]
    total: int = Field(description="points with a forecast, before the limit")
    interval_percent: float = Field(default=80, description="of what comes lies between low and high")
    missing: list[EntityRef] = []
    no_forecast: list[EntityRef] = []
