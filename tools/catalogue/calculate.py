"""The tool that calculates with values of the plant and their units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from graph_schema.errors import InvalidInput
from graph_schema.question import Value
from tools.arithmetic.amounts import Amount, named
from tools.arithmetic.formulas import COOLING_BASE, FORMULAS, HEATING_BASE, Given, Operation, calculated
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.calculation import Calculation, CalculationInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ID = 60
_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([^\d\s:+-][^\s:]*)?")
"""4.5 kW, 18 °C, 0.25 EUR/kWh, 21.5."""


class Operand(Value):
    """A number with its unit."""

    value: float
    unit: Annotated[str, Field(max_length=40)] | None = None


Operands = Operand | float | Annotated[str, Field(max_length=80)]


async def calculate(
    context: ToolContext,
    operation: Annotated[Operation, Field(description="what to do with the operands, in their order")],
    of: Annotated[
        list[Operands],
        Field(
            min_length=1,
            max_length=500,
            description="each an id of the results so far (a2, a2.since, a.total), or a number with its unit: {value, unit}",
        ),
    ],
    to: Annotated[
        str | None, Field(max_length=40, description="the unit of the result; left out: that of the first operand")
    ] = None,
    base: Annotated[Operands | None, Field(description="base of degree days; left out: 18 °C")] = None,
    tariff: Annotated[Operands | None, Field(description="for cost: {value: 0.25, unit: EUR/kWh}")] = None,
) -> Calculation:
    """Calculate with values and their units: sum, difference, ratio, percentage, mean, min, max, conversion, COP (heat moved, power used), degree days of daily mean temperatures, cost with a tariff, the time between two moments (duration).

    Use it instead of calculating yourself: mixed units are converted, and the result can be cited. percent_of is the first as a share of the
    second, percent_change is from the first to the second. A ratio may be given ``to`` a unit such as kW/TR.
    """
    formula = FORMULAS[operation]
    inputs = [_input(context, one) for one in of]
    amounts = _hours(inputs) if operation == "duration" else [_amount(one) for one in inputs]
    others = [_other(context, operation, role, one) for role, one in (("base", base), ("tariff", tariff))]
    beside = [one for one in others if one is not None]
    zero, price = (_amount(one) if one else None for one in others)
    found = calculated(formula, Given(amounts, named(to), zero, price))
    return Calculation(
        operation=operation, formula=formula.text, inputs=[*inputs, *beside], result=found.value, unit=found.unit
    )


def _input(context: ToolContext, operand: Operand | float | str) -> CalculationInput:
    match operand:
        case Operand():
            return CalculationInput(value=operand.value, unit=named(operand.unit))
        case str():
            return _cited(context, operand.strip())
        case _:
            return CalculationInput(value=operand)


def _cited(context: ToolContext, text: str) -> CalculationInput:
    """An id of the evidence, an amount with its unit, or a moment as ISO 8601 writes it."""
    known = context.cited(text)
    if known is None:
        amount = _AMOUNT.fullmatch(text)
        if amount is not None:
            return CalculationInput(value=float(amount[1]), unit=named(amount[2]))
        return CalculationInput(moment=_moment(text))
    value, unit = known
    if isinstance(value, datetime):
        return CalculationInput(cited=text, moment=value)
    return CalculationInput(cited=text, value=value, unit=named(unit))


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            f"There is no value “{text[:_LONGEST_ID]}” among the results so far: cite an id of them, or give the number "
            "with its unit, such as 4.5 kW."
        ) from error
    if at.tzinfo is None:
        raise InvalidInput(f"{text} needs its offset, such as {text}+00:00.")
    return at


def _other(context: ToolContext, operation: Operation, role: str, operand: Operands | None) -> CalculationInput | None:
    """What stands beside the operands; degree days have a usual base."""
    if role == "base":
        usual = {"heating_degree_days": HEATING_BASE, "cooling_degree_days": COOLING_BASE}.get(operation)
        if usual is None:
            return None
        given = _input(context, operand if operand is not None else Operand(value=usual.value, unit=usual.unit))
        return given.model_copy(update={"role": "base"})
    if operation != "cost" or operand is None:
        return None
    return _input(context, operand).model_copy(update={"role": "tariff"})


def _amount(given: CalculationInput) -> Amount:
    if given.value is None:
        raise InvalidInput(f"{given.cited or given.moment} is a moment: only duration calculates with moments.")
    return Amount(given.value, given.unit)


def _hours(inputs: Sequence[CalculationInput]) -> list[Amount]:
    """Moments as hours since one fixed moment."""
    for one in inputs:
        if one.moment is None:
            raise InvalidInput("A duration lies between two moments: cite two times, or write them as ISO 8601.")
    return [Amount((one.moment - _EPOCH).total_seconds() / 3600, "h") for one in inputs if one.moment]


TOOL = Tool.of(
    calculate,
    effect="read",
    roles=EVERYBODY,
    group="time",
    brief="Calculate, instead of doing it yourself; units are converted. percent_of: the first as a share of the second; percent_change: from first to second; cop: heat moved, power used.",
    hints={
        "of": {
            "type": "array",
            "items": {"type": "string"},
            "description": "ids of results (a2, a2.since) or amounts (“4.5 kW”), in order",
        },
        "to": "unit",
        "base": {"type": "string", "description": "of degree days; left out: 18 °C"},
        "tariff": {"type": "string", "description": "“0.25 EUR/kWh”"},
    },
)
