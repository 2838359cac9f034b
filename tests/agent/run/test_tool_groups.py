"""A model with little room sees the everyday tools, and the others by the group when it asks."""

import json
from typing import Any

from agent.run.tool_groups import MORE_TOOLS, ON_DEMAND, has_little_room, loaded, offered
from tools.catalogue.plant import plant_tools

TOOLS = plant_tools()


def call(name: str, **arguments: Any) -> Any:
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def names(definitions: list[dict[str, Any]]) -> list[str]:
    return [one["function"]["name"] for one in definitions]


def test_little_room_is_where_the_tools_would_take_most_of_it() -> None:
    assert [has_little_room(TOOLS, size) for size in (4_096, 8_192, 16_384, 131_072, None)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_everyday_tools_come_first_and_the_rest_by_the_group() -> None:
    everyday = names(offered(TOOLS, []))
    assert everyday[-1] == MORE_TOOLS
    assert {"find_assets", "query_telemetry", "describe_asset", "discover"} <= set(everyday)
    assert len(json.dumps(offered(TOOLS, []))) < 0.5 * len(json.dumps(TOOLS.definitions()))
    (more,) = [one["function"] for one in offered(TOOLS, [call(MORE_TOOLS, group="faults")])][-1:]
    assert more["parameters"]["properties"]["group"]["enum"] == ["time", "plant", "work"]
    every = [call(MORE_TOOLS, group=group) for group in ("faults", "time", "plant", "work")]
    assert names(offered(TOOLS, every)) == [tool.name for tool in TOOLS]


def test_a_call_of_a_tool_that_was_not_shown_shows_its_group() -> None:
    assert "rank_risks" in names(offered(TOOLS, [call("diagnose", asset="AHU-1")]))


def test_an_unknown_group_is_refused_with_those_that_there_are() -> None:
    acted = loaded(TOOLS, call(MORE_TOOLS, group="weather"))
    assert acted.result is None
    assert acted.summary == "more_tools takes one of the groups faults, time, plant, work."


async def test_a_group_is_offered_once_it_was_asked_for(script: Any, talk_with: Any) -> None:
    script.then(
        script.calls((MORE_TOOLS, {"group": "time"})),
        script.calls(("calculate", {"operation": "sum", "of": ["2 kW", "3 kW"]})),
        script.says("It is [b.result]."),
    )
    model = script.model(context_tokens=8_192)
    answered = await talk_with(model, tools=TOOLS).answer("What are 2 kW and 3 kW?")
    await model.aclose()
    assert answered.text == "It is 5 kW."
    first, second, third = [names(one["tools"]) for one in script.requests]
    assert "calculate" not in first
    assert "calculate" in second
    assert second == third
    (told,) = [one["content"] for one in script.requests[1]["messages"] if one["role"] == "tool"]
    assert "|calculate|“Calculate, instead" in told


async def test_a_model_with_room_sees_all_tools_but_those_on_demand(script: Any, talk_with: Any) -> None:
    script.then(script.says("I do not know."))
    model = script.model(context_tokens=32_768)
    await talk_with(model, tools=TOOLS).answer("How warm is it?")
    await model.aclose()
    at_once = [tool.name for tool in TOOLS if tool.group not in ON_DEMAND]
    assert names(script.requests[0]["tools"]) == [*at_once, MORE_TOOLS]
    assert names(offered(TOOLS, [call(MORE_TOOLS, group="work")], room=True)) == [tool.name for tool in TOOLS]
