"""The spans of a question, in the memory of the test."""

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agent.agent import Agent
from graph_schema.errors import Unavailable
from interfaces.app.tracing import open_tracing, traced_by
from interfaces.settings import Settings
from tests.agent.conftest import Script, Talk, context

QUESTION = "How warm is the air of AHU-2?"
TEMPERATURE = ("query_telemetry", {"quantity": "supply_air_temperature", "asset": "ahu-2"})


async def spans_of(script: Script, agent_parts: Any, *, content: bool, fails: bool = False) -> dict[str, Any]:
    """What a question leaves, by the span's name."""
    exporter = InMemorySpanExporter()
    model = script.model(retries=0)
    async with traced_by(SimpleSpanProcessor(exporter), content=content) as tracing:
        registry, lexicons = agent_parts
        talk = Talk(Agent(model, registry, context, lexicons, tracing=tracing))
        if fails:
            with pytest.raises(Unavailable):
                await talk.answer(QUESTION)
        else:
            await talk.answer(QUESTION)
    await model.aclose()
    return {span.name: span for span in exporter.get_finished_spans()}


@pytest.fixture
def agent_parts(registry: Any, lexicons: Any) -> Any:
    return registry, lexicons


async def test_a_question_leaves_spans_without_its_words(script: Script, agent_parts: Any):
    script.then(script.calls(TEMPERATURE), script.says("AHU-2 is at [a1]."))
    spans = await spans_of(script, agent_parts, content=False)
    assert set(spans) == {"invoke_agent plantroom", "chat test-model", "execute_tool query_telemetry"}
    root, chat, tool = (spans[name] for name in sorted(spans, key=lambda name: "ice".index(name[0])))
    assert {chat.parent.span_id, tool.parent.span_id} == {root.context.span_id}
    assert dict(chat.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "test-model",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.response.finish_reasons": ("stop",),
    }
    assert tool.attributes["gen_ai.tool.name"] == "query_telemetry"
    told = json.dumps([dict(span.attributes) for span in spans.values()])
    assert not any(word in told for word in ("AHU-2", "ahu-2", "13.2", "warm"))


async def test_the_words_are_in_them_where_the_settings_say_so(script: Script, agent_parts: Any):
    script.then(script.calls(TEMPERATURE), script.says("AHU-2 is at [a1]."))
    spans = await spans_of(script, agent_parts, content=True)
    asked = json.loads(spans["chat test-model"].attributes["gen_ai.input.messages"])
    assert asked[0] == {"role": "user", "parts": [{"type": "text", "content": QUESTION}]}
    assert [one["role"] for one in asked] == ["user", "assistant", "tool"]
    (said,) = json.loads(spans["chat test-model"].attributes["gen_ai.output.messages"])
    assert (said["parts"][0]["content"], said["finish_reason"]) == ("AHU-2 is at [a1].", "stop")
    tool = spans["execute_tool query_telemetry"].attributes
    assert json.loads(tool["gen_ai.tool.call.arguments"])["asset"] == "ahu-2"
    assert "13.2" in tool["gen_ai.tool.call.result"]


async def test_what_fails_is_told_by_its_kind(script: Script, agent_parts: Any):
    script.then(script.calls(("no_tool", {})), script.status(500))
    spans = await spans_of(script, agent_parts, content=False, fails=True)
    assert spans["execute_tool no_tool"].attributes["error.type"] == "refused"
    chat = spans["chat test-model"]
    assert (chat.attributes["error.type"], chat.status.status_code.name, chat.status.description) == (
        "Unavailable",
        "ERROR",
        None,
    )
    assert "invoke_agent plantroom" in spans


async def test_by_default_nothing_is_told():
    async with open_tracing(Settings(_env_file=None)) as tracing:
        trace = tracing("c")
        with trace.tool({"id": "1", "type": "function", "function": {"name": "x", "arguments": "{}"}}) as told:
            assert told.__name__ == "_ignored"
