"""The formulas that ``calculate`` knows: pure functions from amounts to one amount. All raise ``InvalidInput`` with a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_schema.errors import InvalidInput
from tools.arithmetic.amounts import Amount, alike, turned

Operation = Literal[
    "sum", "difference", "ratio", "percent_of", "percent_change", "mean", "min", "max", "convert", "convert_difference", "cop",
    "heating_degree_days", "cooling_degree_days", "cost", "duration",
]  # fmt: skip
HEATING_BASE, COOLING_BASE = Amount(18.0, "°C"), Amount(18.0, "°C")
_DAYS_UNITS = {"°C": "°C·d", "°F": "°F·d", "K": "°C·d"}


@dataclass(frozen=True, slots=True)
class Given:
    """``to`` is the unit wanted for the result, ``base`` that of degree days, ``tariff`` a price for each unit of a cost."""

    amounts: Sequence[Amount]
    to: str | None = None
    base: Amount | None = None
    tariff: Amount | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """``text`` says it in words; ``least`` and ``most`` are how many operands it takes. ``is_difference``: its result has no zero point."""

    text: str
    work: Callable[[Given], Amount]
    least: int = 1
    most: int = 500
    is_difference: bool = False
    converts: bool = False
    """Whether it turns its result into the wanted unit itself."""


def calculated(formula: Formula, given: Given) -> Amount:
    """The result in the wanted unit, without the dust of binary fractions."""
    _refuse_count(formula, len(given.amounts))
    try:
        found = formula.work(given)
    except OverflowError as error:
        raise InvalidInput("The result is too large to be a number.") from error
    if given.to and not formula.converts:
        found = turned(found, given.to, difference=formula.is_difference)
    if not math.isfinite(found.value):
        raise InvalidInput("The result is too large to be a number.")
    return Amount(float(f"{found.value:.12g}"), found.unit)


def _refuse_count(formula: Formula, count: int) -> None:
    if not formula.least <= count <= formula.most:
        wanted = str(formula.least) if formula.least == formula.most else f"{formula.least} to {formula.most}"
        raise InvalidInput(f"“{formula.text}” takes {wanted} operands, and not {count}.")


def _sum(given: Given) -> Amount:
    found = alike(given.amounts)
    if len(found) > 1 and found[0].dimension == "temperature":
        raise InvalidInput("A sum of temperatures means nothing: take their mean, or the difference of two.")
    return Amount(math.fsum(one.value for one in found), found[0].unit)


def _difference(given: Given) -> Amount:
    first, second = alike(given.amounts)
    return Amount(first.value - second.value, first.unit)


def _ratio(given: Given) -> Amount:
    """In kW/TR and the like where that is wanted; without a unit where both measure the same."""
    first, second = given.amounts
    if given.to and "/" in given.to:
        above, _, below = given.to.rpartition("/")
        first, second = turned(first, above), turned(second, below)
        return Amount(_divided(first, second), given.to)
    if given.to:
        raise InvalidInput(f"A ratio has no unit {given.to}: write both units, such as kW/TR, or leave it out.")
    if "temperature" in (first.dimension, second.dimension):
        raise InvalidInput("A ratio of temperatures depends on where their scale begins: take their difference.")
    if first.dimension == second.dimension and first.unit and second.unit:
        return Amount(_divided(first, turned(second, first.unit)))
    if second.unit is None:
        return Amount(_divided(first, second), first.unit)
    return Amount(_divided(first, second), f"{first.unit or 1}/{second.unit}")


def _percent_of(given: Given) -> Amount:
    first, second = _without_zero_point(alike(given.amounts))
    return Amount(100 * _divided(first, second), "%")


def _percent_change(given: Given) -> Amount:
    first, second = _without_zero_point(alike(given.amounts))
    return Amount(100 * _divided(Amount(second.value - first.value), Amount(abs(first.value))), "%")


def _without_zero_point(amounts: Sequence[Amount]) -> Sequence[Amount]:
    if amounts[0].dimension == "temperature":
        raise InvalidInput("A percentage of temperatures depends on where their scale begins: take their difference.")
    return amounts


def _mean(given: Given) -> Amount:
    found = alike(given.amounts)
    return Amount(math.fsum(one.value for one in found) / len(found), found[0].unit)


def _least(given: Given) -> Amount:
    return min(alike(given.amounts), key=lambda one: one.value)


def _most(given: Given) -> Amount:
    return max(alike(given.amounts), key=lambda one: one.value)


def _convert(given: Given) -> Amount:
    return turned(given.amounts[0], _wanted(given))


def _convert_difference(given: Given) -> Amount:
    return turned(given.amounts[0], _wanted(given), difference=True)


def _wanted(given: Given) -> str:
    if given.to is None:
        raise InvalidInput("Say into which unit to convert (to), such as kPa or °F.")
    return given.to


def _cop(given: Given) -> Amount:
    moved, used = given.amounts
    if moved.dimension not in ("power", "energy"):
        raise InvalidInput(f"A COP needs heat and power with their units, such as kW or kWh; {moved} has none of them.")
    return Amount(_divided(moved, turned(used, moved.unit)))


def _heating_degree_days(given: Given) -> Amount:
    return _degree_days(given, given.base or HEATING_BASE, 1)


def _cooling_degree_days(given: Given) -> Amount:
    return _degree_days(given, given.base or COOLING_BASE, -1)


def _degree_days(given: Given, base: Amount, sign: int) -> Amount:
    found = alike(given.amounts)
    unit = found[0].unit
    if found[0].dimension != "temperature" or unit is None:
        raise InvalidInput(f"Degree days need the mean temperature of each day; {given.amounts[0]} is none.")
    zero = turned(base, unit).value
    return Amount(math.fsum(max(sign * (zero - one.value), 0.0) for one in found), _DAYS_UNITS[unit])


def _cost(given: Given) -> Amount:
    if given.tariff is None or "/" not in (given.tariff.unit or ""):
        raise InvalidInput("A cost needs a tariff with its unit, such as 0.25 EUR/kWh.")
    currency, _, per = (given.tariff.unit or "").rpartition("/")
    used = math.fsum(turned(one, per).value for one in given.amounts)
    if given.to not in (None, currency):
        raise InvalidInput(f"A cost by this tariff is in {currency}; {given.to} is another currency.")
    return Amount(used * given.tariff.value, currency)


def _duration(given: Given) -> Amount:
    """The operands are moments, in hours."""
    first, second = given.amounts
    return Amount(second.value - first.value, "h")


def _divided(first: Amount, second: Amount) -> float:
    if second.value == 0:
        raise InvalidInput("One operand is 0, and nothing can be divided by it.")
    return first.value / second.value


FORMULAS: Mapping[Operation, Formula] = {
    "sum": Formula("sum of all", _sum),
    "difference": Formula("first − second", _difference, 2, 2, is_difference=True),
    "ratio": Formula("first ÷ second", _ratio, 2, 2, converts=True),
    "percent_of": Formula("100 × first ÷ second", _percent_of, 2, 2),
    "percent_change": Formula("100 × (second − first) ÷ |first|", _percent_change, 2, 2),
    "mean": Formula("mean of all", _mean),
    "min": Formula("lowest of all", _least),
    "max": Formula("highest of all", _most),
    "convert": Formula("the same value in another unit", _convert, 1, 1, converts=True),
    "convert_difference": Formula("the same difference in another unit", _convert_difference, 1, 1, converts=True),
    "cop": Formula("COP = heat moved ÷ power used", _cop, 2, 2),
    "heating_degree_days": Formula("sum of (base − daily mean) where that is above 0", _heating_degree_days),
    "cooling_degree_days": Formula("sum of (daily mean − base) where that is above 0", _cooling_degree_days),
    "cost": Formula("sum of all × tariff", _cost, converts=True),
    "duration": Formula("second moment − first moment", _duration, 2, 2, is_difference=True),
}
