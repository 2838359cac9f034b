"""Calculating with cited values."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from graph_schema.errors import InvalidInput
from tools.catalogue.calculate import TOOL
from tools.context import Caller, ToolContext
from tools.registry.registry import Registry
from tools.results.calculation import Calculation

STORE: Any = None
SINCE = datetime(2026, 3, 2, 6, tzinfo=UTC)
EVIDENCE: dict[str, tuple[float | datetime, str | None]] = {
    "a1": (420.0, "kW"), "a2": (0.5, "MW"), "a2.since": (SINCE, None), "b1": (20.0, "°C"), "b2": (59.0, "°F"),
}  # fmt: skip


@pytest.fixture
def context() -> ToolContext:
    bare = ToolContext(STORE, STORE, STORE, STORE, STORE, Caller("test"), "UTC")
    return replace(bare, cited=EVIDENCE.get)


async def calculated(context: ToolContext, **arguments: Any) -> Calculation:
    return cast(Calculation, await Registry([TOOL]).call("calculate", arguments, context))


async def test_cited_values_keep_their_ids_and_units(context: ToolContext) -> None:
    found = await calculated(context, operation="sum", of=["a1", "a2", {"value": 80, "unit": "kW"}])
    assert (found.result, found.unit) == (1000.0, "kW")
    assert [(one.cited, one.value, one.unit) for one in found.inputs] == [
        ("a1", 420.0, "kW"), ("a2", 0.5, "MW"), (None, 80.0, "kW"),
    ]  # fmt: skip
    itself, inputs = found.tables()
    assert (itself.columns[0].key, itself.columns[0].unit, itself.rows[0].cells[0]) == ("result", "kW", 1000.0)
    assert [row.unit for row in inputs.rows] == ["kW", "MW", "kW"]
    assert TOOL.name == "calculate"


async def test_time_between_two_moments(context: ToolContext) -> None:
    found = await calculated(context, operation="duration", of=["a2.since", "2026-03-02T09:30:00+00:00"])
    assert (found.result, found.unit) == (3.5, "h")
    days = await calculated(context, operation="duration", of=["a2.since", "2026-03-04T06:00:00Z"], to="d")
    assert (days.result, days.unit) == (2.0, "d")


async def test_cost_and_degree_days_state_what_stands_beside_the_operands(context: ToolContext) -> None:
    cost = await calculated(
        context, operation="cost", of=[{"value": 2, "unit": "MWh"}], tariff={"value": 30, "unit": "ct/kWh"}
    )
    assert (cost.result, cost.unit, cost.inputs[-1].role) == (60000.0, "ct", "tariff")
    days = await calculated(context, operation="heating_degree_days", of=["b2"], base="b1")
    assert (days.result, days.unit) == (9.0, "°F·d")
    assert (days.inputs[-1].role, days.inputs[-1].cited) == ("base", "b1")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4.5 kW", 4.5, "kW"),
        ("18°C", 18.0, "°C"),
        ("0.25 EUR/kWh", 0.25, "EUR/kWh"),
        ("-3", -3.0, None),
        ("60 %", 60.0, "%"),
    ],
)
async def test_an_amount_may_be_text(context: ToolContext, text: str, value: float, unit: str | None) -> None:
    found = await calculated(context, operation="sum", of=[text])
    assert [(one.value, one.unit) for one in found.inputs] == [(value, unit)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"operation": "sum", "of": ["a9"]}, "There is no value “a9” among the results so far"),
        ({"operation": "sum", "of": ["a2.since"]}, "a2.since is a moment"),
        ({"operation": "duration", "of": ["a1", "a2.since"]}, "between two moments"),
        ({"operation": "duration", "of": ["2026-03-02T09:30", "a2.since"]}, "needs its offset"),
        ({"operation": "power", "of": [1]}, "operation"),
        ({"operation": "sum", "of": []}, "of"),
    ],
)
async def test_what_cannot_be_calculated_is_refused(
    context: ToolContext, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await calculated(context, **arguments)
