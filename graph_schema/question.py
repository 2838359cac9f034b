"""The question language: which things (``AssetQuery``), and what about them (``Measure``).

Both are plain values: JSON for a language model, a form for a person, a value for a test. They say nothing about
Cypher or SQL; one compiler turns them into statements.

Quantities are Brick point classes in snake case without ``_sensor``: ``Supply_Air_Temperature_Sensor`` is
``supply_air_temperature`` and ``Zone_Air_Temperature_Setpoint`` is ``zone_air_temperature_setpoint``. A quantity includes
its subclasses: ``temperature`` is any temperature sensor.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from graph_schema.model import Status

Aggregate = Literal[
    "latest", "at", "mean", "min", "max", "range", "stddev", "sum", "count", "first", "last", "change", "use",
    "duration_above", "duration_below", "duration_in", "starts", "stops",
]  # fmt: skip
"""``use`` is the amount over a window: the rise of a counter, the sum of amounts, the integral of a power or a flow. ``mean`` is weighted by
time. ``change`` is last minus first, of a counter its use. Durations are hours, of what lasts until the next reading; ``duration_in`` those in
a ``state``, and ``starts`` and ``stops`` count how often it began and ended. ``at`` is the last reading at or before a moment.
``tools/query/rules.py`` says by which rule each is computed."""

DISTANCES: tuple[Aggregate, ...] = ("range", "stddev", "change")
"""Aggregates that are differences of values: 2 °C of them are 3.6 °F."""

Comparison = Literal["<", "<=", ">", ">=", "=", "!="]
GroupBy = Literal["class", "floor", "parent", "hour", "day"]
Order = Literal["asc", "desc"]


class Value(BaseModel):
    """A frozen value that refuses unknown fields, so that a misspelt argument is an error and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Window(Value):
    """A half-open stretch of time, ``start <= t < end``."""

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _start_before_end(self) -> Window:
        if self.start >= self.end:
            raise ValueError("the window's start must lie before its end")
        return self


class Condition(Value):
    """A test on one quantity of an asset.

    "Zone temperature above 26 °C for the last hour" is ``min`` over that hour ``> 26``. The other side is a number
    (in ``unit``, or the point's own unit where that is not given), a state's text, or another quantity of the same thing.
    """

    quantity: str
    comparison: Comparison
    value: float | str | None = None
    than: str | None = Field(default=None, description="another quantity, not value")
    offset: float = Field(default=0.0, description="added to than")
    unit: str | None = None
    aggregate: Aggregate = "latest"
    window: Window | None = None

    @model_validator(mode="after")
    def _one_other_side(self) -> Condition:
        if (self.value is None) == (self.than is None):
            raise ValueError("a condition compares with either a value or another quantity (than)")
        if self.aggregate not in ("latest", "at") and self.window is None:
            raise ValueError(f"a condition on the {self.aggregate} needs a window")
        return self


class AssetQuery(Value):
    """Which things? Every field narrows; an empty query is every asset.

    Things are equipment and also places and points: the class decides (``AHU``, ``Room``, ``Temperature_Sensor``).
    A class includes its subclasses. ``feeds``/``fed_by`` reach over any number of hops unless ``direct``.
    """

    ids: list[str] | None = None
    class_: str | None = Field(default=None, alias="class", description="Brick class with subclasses: AHU, Room")
    name: str | None = Field(default=None, description="words of it")
    within: AssetQuery | None = Field(default=None, description="such a place")
    fed_by: AssetQuery | None = Field(default=None, description="at any distance")
    feeds: AssetQuery | None = None
    part_of: AssetQuery | None = None
    has_part: AssetQuery | None = None
    direct: bool = Field(default=False, description="only neighbours")
    has_point: list[str] = Field(default=[], description="quantities")
    lacks_point: list[str] = []
    has: list[str] = Field(default=[], description="unit, limit, place, equipment, an attribute")
    lacks: list[str] = []
    where: list[Condition] = []
    status: list[Status] = []
    any_of: list[AssetQuery] = Field(default=[], description="and one of these")
    excluding: AssetQuery | None = None


class Related(Value):
    """For each thing, how many things stand in a relation to it: "which AHU feeds the most VAVs"."""

    relation: Literal["feeds", "fed_by", "parts", "points", "contains"]
    query: AssetQuery = AssetQuery()
    direct: bool = False


class Measure(Value):
    """What about them? One quantity, aggregated over time for each thing, then optionally across things or time buckets."""

    quantity: str
    aggregate: Aggregate = "latest"
    window: Window | None = None
    at: AwareDatetime | None = None
    threshold: float | None = Field(
        default=None, description="for duration_above and duration_below, in the point's unit"
    )
    state: str | None = Field(
        default=None,
        description="for duration_in, starts and stops: on (also running, open), off, or a state's own word",
    )
    group_by: GroupBy | None = Field(default=None, description="one row per group instead of one per thing")
    across: Literal["mean", "min", "max", "sum"] | None = Field(
        default=None, description="combine the rows of a group (or all) into one"
    )
    order: Order | None = None
    limit: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        if self.aggregate == "at" and self.at is None:
            raise ValueError("aggregate 'at' needs the moment (at)")
        if self.aggregate in ("duration_above", "duration_below") and self.threshold is None:
            raise ValueError(f"aggregate {self.aggregate!r} needs a threshold")
        if self.aggregate not in ("latest", "at") and self.window is None:
            raise ValueError(f"aggregate {self.aggregate!r} needs a window")
        if self.group_by in ("hour", "day") and self.window is None:
            raise ValueError("grouping by time needs a window")
        return self
