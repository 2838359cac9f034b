"""A question is not lost when the language model fails: the offline planner answers it."""

from collections.abc import Callable
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.events import TextDelta, ToolFinished
from graph_schema.errors import Unavailable
from tests.agent.conftest import context
from tools.catalogue.plant import plant_tools

TEMPERATURE = ("query_telemetry", {"asset": "ahu-2", "quantity": "supply_air_temperature"})
ASKED = "What is the supply air temperature of AHU-2?"
ANSWER = "AHU-2 supply air temperature is 13.2 °C, read 12 s ago."
NOTE = (
    "The language model does not answer, so this comes from the built-in planner; plantroom doctor says what is wrong."
)


@pytest.fixture
async def model(script: Any) -> Any:
    found = script.model(retries=0)
    yield found
    await found.aclose()


@pytest.fixture
def talk(talk_with: Callable[..., Any], model: Any, registry: Any, lexicons: Any) -> Any:
    made = talk_with(model, None)
    made.agent = Agent(model, registry, context, lexicons, InMemorySaver(), dialogue_model(lexicons, plant_tools()))
    return made


async def test_a_model_that_fails_at_once(talk: Any, script: Any):
    script.then(script.status(500))
    said = await talk.answer(ASKED)
    assert (said.text, said.model, said.invented) == (f"{ANSWER}\n\n{NOTE}", "offline", ())
    assert said.scene.highlight == ["ahu-2"]


async def test_a_model_that_fails_after_its_calls_is_answered_from_their_results(talk: Any, script: Any):
    script.then(script.calls(TEMPERATURE), script.status(503))
    events = await talk.events("Describe AHU-2's supply air temperature in a poem")
    assert events[-1].text == f"What was found:\n- AHU-2 supply air temperature 13.2 °C, 12 s ago\n\n{NOTE}"
    assert [one.entities for one in events[-1].evidence] == [["ahu-2"]]
    assert sum(isinstance(one, ToolFinished) for one in events) == 1


async def test_what_the_model_had_said_aloud_is_not_said_twice(talk: Any, script: Any):
    script.then(script.calls(TEMPERATURE), script.says("AHU-2 is at [a1]. ", "And ", finish=None))
    events = await talk.events(ASKED)
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == "AHU-2 is at 13.2 °C. "
    assert events[-1].text == f"{ANSWER}\n\n{NOTE}"


async def test_a_correction_that_fails_leaves_what_holds(talk: Any, script: Any):
    script.then(script.calls(TEMPERATURE), script.says("AHU-2 is at [a1]. AHU-9 is off."), script.status(500))
    said = await talk.answer(ASKED)
    assert said.text.startswith("AHU-2 is at 13.2 °C.")
    assert "AHU-9" in said.invented
    assert said.model == "test-model"


async def test_the_model_is_asked_again_at_the_next_question(talk: Any, script: Any):
    script.then(script.calls(TEMPERATURE), script.status(500), script.status(500), script.says("Hello."))
    await talk.answer(ASKED)
    assert (await talk.answer(ASKED)).text == f"{ANSWER}\n\n{NOTE}"
    assert (await talk.answer("Hi")).text == "Hello."


async def test_without_a_fallback_the_failure_is_told(talk_with: Any, model: Any, script: Any):
    script.then(script.status(500))
    with pytest.raises(Unavailable, match="an error of its own"):
        await talk_with(model).answer(ASKED)
