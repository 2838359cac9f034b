"""The fixed part of each request stays small, and 25 hourly values as well: tokens of a text are always the same."""

import pytest

from agent.run.tool_groups import MORE_TOOLS, ON_DEMAND, offered
from evals.bench.prompt import Count, hourly_result, prompt_cost, tekken
from tools.catalogue.plant import plant_tools

FIXED = 4_000
HOURLY = 250


@pytest.fixture(scope="module")
def count() -> Count:
    return tekken()


def test_system_prompt_and_all_tools_are_at_most_4000_tokens(count: Count) -> None:
    tools = plant_tools()
    cost = prompt_cost(offered(tools, (), room=True), count)
    assert cost.fixed <= FIXED, cost.each
    assert cost.each.keys() == {MORE_TOOLS, *(tool.name for tool in tools if tool.group not in ON_DEMAND)}


def test_25_hourly_values_are_at_most_250_tokens(count: Count) -> None:
    text = hourly_result()
    assert count(text) <= HOURLY, text


def test_hourly_values_keep_their_moments_and_ids() -> None:
    assert hourly_result().splitlines() == [
        "a|query_telemetry",
        "values name=AHU-2 place=Roof supply_air_temperature mean unit=°C known_h=1 h:",
        "id|from|10 x value 1 h apart, ids count on",
        "a1|1 Mar 18:00|12.9|13.3|13.6|14.0|14.4|14.8|15.1|12.9|13.3|13.6",
        "a11|04:00|14.0|14.4|14.8|15.1|12.9|13.3|13.6|14.0|14.4|14.8",
        "a21|14:00|15.1|12.9|13.3|13.6|14.0",
        "a25.known_h=0.33 h",
    ]
