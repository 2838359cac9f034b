"""From a question to its answer through everything there is: graph, history, tools, memory, without and with a language model."""

import re
from collections.abc import Callable
from typing import Any

from agent.agent import Agent
from agent.events import TextDelta, ToolFinished
from graph_schema.store.graph import GraphStore


async def ask(agent: Agent, question: str, conversation: str = "c") -> list[Any]:
    return [event async for event in agent.ask(question, conversation)]


async def value_of(graph: GraphStore, source: str) -> float:
    rows = await graph.read("MATCH (p:Point {source: $source}) RETURN p.value AS value", source=source)
    return float(rows[0]["value"])


async def test_without_a_language_model(agent_with: Callable[..., Agent], graph: GraphStore):
    agent = agent_with()
    temperature = await value_of(graph, "ahu-2/supply_air_temperature")

    *steps, last = await ask(agent, "What is the supply air temperature of AHU-2?")
    assert f"{temperature:.1f} °C" in last.text
    assert last.scene.highlight == ["ahu-2"]
    assert last.evidence[0].entities or last.evidence[0].points
    assert [step.ok for step in steps if isinstance(step, ToolFinished)] == [True]
    assert "".join(step.text for step in steps if isinstance(step, TextDelta)) == last.text

    assert "AHU-2" in (await ask(agent, "Where is it?"))[-1].text

    kinds = (
        "MATCH (n:Asset)-[:IS_A]->(:Class)-[:SUBCLASS_OF*0..]->(:Class {id: 'VAV'}) RETURN count(DISTINCT n) AS vavs"
    )
    ((vavs,),) = [row.values() for row in await graph.read(kinds)]
    counted = (await ask(agent, "How many VAVs are there?"))[-1]
    assert re.search(rf"\b{vavs}\b", counted.text)

    for question in (
        "Which AHU feeds the most VAVs?",
        "What loses service if Chiller 1 stops?",
        "What was the average supply air temperature of AHU-1 yesterday?",
        "Which rooms are warmer than 22 °C?",
        "How warm was AHU-3's supply air at 9:30 this morning?",
        "What is the most critical system today?",
        "Show me the supply air temperature of all AHUs by hour since 6 am",
        "Tell me about AHU-2",
        "Who won the football match?",
    ):
        answered = (await ask(agent, question, "another"))[-1]
        assert answered.invented == (), answered.text
        assert answered.text


async def test_with_a_language_model(agent_with: Callable[..., Agent], graph: GraphStore, script: Any):
    """The model asks for two things at once, gets one argument wrong, converts a unit wrongly, and is put right each time."""
    temperature = await value_of(graph, "ahu-2/supply_air_temperature")
    script.then(
        script.calls(
            ("query_telemetry", {"quantity": "supply_air_temperature", "asset": "AHU-2"}),
            ("find_assets", {"query": {"klass": "AHU"}}),
        ),
        script.calls(("find_assets", {"query": {"class": "AHU"}})),
        script.says(f"AHU-2 is at {temperature * 1.8 + 42:.1f} °F."),
        script.says(f"AHU-2 is at {temperature:.1f} °C."),
    )
    model = script.model()
    *steps, last = await ask(agent_with(model), "How warm is the supply air of AHU-2, and which AHUs are there?")
    await model.aclose()
    assert [step.ok for step in steps if isinstance(step, ToolFinished)].count(False) == 1
    assert last.text.startswith(f"AHU-2 is at {temperature:.1f} °C.")
    assert last.invented == ()
    assert "°F" not in "".join(step.text for step in steps if isinstance(step, TextDelta))
    assert "ahu-2" in last.scene.highlight
    assert "MATCH" not in script.bodies[-1].decode()
