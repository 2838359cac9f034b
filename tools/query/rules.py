"""By which rule a measure of a point is computed: decided by what is asked and what the readings of the point are. Pure.

| rule | is for | value over a window |
|---|---|---|
| ``readings`` | newest, at, min, max, range, stddev, sum, count, first, last | of the readings in the window, as they are |
| ``over_time`` | mean, hours above and below of a gauge | each reading lasts until the next one, an hour at most or as long as the point may be silent |
| ``counter`` | use, change and sum of a counter | the sum of its rises; between two readings spread evenly over the time between them |
| ``amounts`` | use, change and sum of amounts | the sum of the amounts, each spread evenly over its interval |
| ``integral`` | use of a power or a flow | its integral, each reading lasting as in ``over_time`` |
| ``states`` | hours, starts and stops of a state | a state lasts until the next reading, or as long as the point may be silent |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Aggregate
from graph_schema.series import SeriesKind
from graph_schema.units import UNITS, convert
from tools.query.points import Point

Rule = Literal["readings", "over_time", "counter", "amounts", "integral", "states"]
RULES = cast(tuple[Rule, ...], get_args(Rule))

HOLDS_H = 1.0
"""How long a reading of a gauge lasts where no other follows."""
_SHORTEST_HOLD_H = 0.25

COUNTED: tuple[Aggregate, ...] = ("use", "change", "sum")
_LASTING: tuple[Aggregate, ...] = ("mean", "duration_above", "duration_below")
_OF_STATES: tuple[Aggregate, ...] = ("duration_in", "starts", "stops")
_INTEGRALS: Mapping[str, tuple[str, str]] = {"power": ("kW", "kWh"), "flow": ("m³/h", "m³")}


@dataclass(frozen=True, slots=True)
class Series:
    """A point's readings in history. ``holds_h`` is how long one lasts where no other follows, None for until it does."""

    source: str
    kind: SeriesKind
    holds_h: float | None
    rollover: float | None = None
    begins: bool = False


def series_of(point: Point, kind: SeriesKind) -> Series:
    """``kind`` is what the point's readings are."""
    assert point.source
    silent = point.stale_after_s / 3600 if point.stale_after_s else None
    if kind in ("state", "event"):
        holds = max(silent, _SHORTEST_HOLD_H) if silent else None
    else:
        holds = max(silent or 0.0, HOLDS_H)
    return Series(point.source, kind, holds, point.rollover, point.stamp == "start")


def rule_of(aggregate: Aggregate, kind: SeriesKind) -> Rule:
    """Raises nothing: what makes no sense of a kind is found when its unit is (``unit_of``)."""
    if aggregate in _OF_STATES:
        return "states"
    if aggregate in COUNTED and kind in ("counter", "amount"):
        return "counter" if kind == "counter" else "amounts"
    if aggregate in _LASTING and kind != "amount":
        return "states" if kind == "state" else "over_time"
    return "integral" if aggregate == "use" else "readings"


def power_of(ontology: Ontology, quantity: str) -> str | None:
    """The quantity whose integral an energy is: the power of its own kind where there is one."""
    unit = ontology.unit(quantity)
    if unit is None or unit not in UNITS or UNITS[unit].dimension != "energy":
        return None
    own = quantity.replace("_energy", "_power").removesuffix("_usage")
    return own if "power" in own and ontology.point_class(own) else "electric_power"


@dataclass(frozen=True, slots=True)
class Scale:
    """What turns a rule's number into the row's value."""

    factor: float
    unit: str | None


def scale(rule: Rule, aggregate: Aggregate, point: Point) -> Scale:
    """Raises ``InvalidInput`` where the point's unit has no integral."""
    if aggregate in ("duration_above", "duration_below", "duration_in"):
        return Scale(1.0, "h")
    if aggregate in ("count", "starts", "stops"):
        return Scale(1.0, None)
    return _integral(point) if rule == "integral" else Scale(1.0, point.unit)


def _integral(point: Point) -> Scale:
    """A power without a unit is taken to be in kW."""
    unit = point.unit or "kW"
    dimension = UNITS[unit].dimension if unit in UNITS else ""
    if dimension not in _INTEGRALS:
        raise InvalidInput(
            f"What was used is the rise of a counter, or the integral of a power or a flow; {point.name} is in {point.unit}."
        )
    base, amount = _INTEGRALS[dimension]
    return Scale(convert(1.0, unit, base) or 0.0, amount)
