"""What ``plantroom doctor`` finds out about a language model, against servers that can do more or less."""

from typing import Any

import pytest

from interfaces.cli.work.doctor.finding import Finding
from interfaces.cli.work.doctor.language_model import planner
from interfaces.settings import Settings
from tests.agent.conftest import Script
from tests.conftest import Services

CALL = ("read_gauge", {"gauge": "G-17"})


async def found_at(script: Script, **settings: Any) -> dict[str, Finding]:
    stated = Settings(_env_file=None, model="openai", openai_model="qwen", OPENAI_BASE_URL=script.url, **settings)
    return {one.subject: one for one in await planner(stated)}


async def test_a_model_that_can_do_all(script: Script):
    script.then(script.calls(CALL), script.says("The gauge ", "reads 41.7 ", "kPa.", pause_s=0.02))
    found = await found_at(script)
    assert {one.level for one in found.values()} == {"ok"}
    assert found["Planner"].what == f"qwen at {script.url}"
    assert found["Language model"].what.startswith("calls tools, reads what they give, and streams; ")
    assert found["Context"].what.startswith("32,768 tokens; a question needs about ")
    assert script.requests[1]["messages"][-1]["role"] == "tool"


async def test_a_model_that_calls_no_tools(script: Script):
    script.then(script.says("I cannot read gauges."))
    found = await found_at(script)
    assert found["Language model"].level == "problem"
    assert found["Language model"].what == "calls no tools; asked to read a gauge, it says “I cannot read gauges.”"
    assert "--enable-auto-tool-choice" in (found["Language model"].advice or "")


async def test_a_model_that_calls_a_tool_with_nonsense(script: Script):
    script.then(script.calls(("read_gauge", {"x": 1})))
    found = await found_at(script)
    assert found["Language model"].what == 'calls the wrong tool: read_gauge with {"x": 1}'


async def test_a_model_that_does_not_read_what_tools_give(script: Script):
    script.then(script.calls(CALL), script.says("I am ", "not sure.", pause_s=0.02))
    found = await found_at(script)
    assert (found["Language model"].level, "does not say what they gave" in found["Language model"].what) == (
        "note",
        True,
    )


async def test_an_answer_in_one_piece(script: Script):
    script.then(script.calls(CALL), script.says("It reads 41.7 kPa."))
    found = await found_at(script)
    assert "comes in one piece" in found["Language model"].what


async def test_an_endpoint_that_has_errors(script: Script):
    script.then(script.status(500))
    found = await found_at(script)
    assert found["Language model"].level == "problem"
    assert "an error of its own (HTTP 500)" in found["Language model"].what
    assert len(script.requests) == 1


async def test_a_context_that_is_too_small(script: Script):
    script.facts["/v1/models"] = {"object": "list", "data": [{"id": "qwen", "meta": {"n_ctx": 4096}}]}
    script.then(script.calls(CALL), script.says("It reads ", "[a1].", pause_s=0.02))
    found = await found_at(script)
    assert found["Context"].level == "problem"
    assert found["Context"].what.startswith("4,096 tokens, but a question needs about ")
    assert "OLLAMA_CONTEXT_LENGTH" in (found["Context"].advice or "")


async def test_a_server_that_lists_nothing_and_tells_nothing(script: Script):
    script.facts.clear()
    said = script.says("It reads ", "41.7.", pause_s=0.02)
    script.then(script.calls(CALL), said, script.calls(CALL), said)
    found = await found_at(script)
    assert found["Planner"].what == f"qwen at {script.url}, which lists no models"
    assert found["Context"].advice == "Set PLANTROOM_MODEL_CONTEXT_TOKENS to what the server gives the model."
    assert (await found_at(script, model_context_tokens=65_536))["Context"].what.startswith("65,536 tokens;")


async def test_a_model_that_is_not_listed(script: Script):
    script.facts["/v1/models"] = {"object": "list", "data": [{"id": "other"}, {"id": "another"}]}
    script.then(script.calls(CALL), script.says("It reads ", "41.7.", pause_s=0.02))
    found = await found_at(script)
    assert (found["Planner"].level, found["Planner"].advice) == (
        "note",
        "Set PLANTROOM_OPENAI_MODEL to one that it has.",
    )


@pytest.mark.service
@pytest.mark.slow
async def test_a_real_model_that_is_too_small(services: Services):
    """What it can do is stated, however its weights take the question: it never counts as fit."""
    server = services["smollm"]
    stated = {"model": "openai", "openai_model": server["model"], "OPENAI_BASE_URL": server["uri"]}
    async with services.alone("smollm"):
        found = await planner(
            Settings(_env_file=None, model_timeout_s=500, model_silence_s=500, model_retries=0, **stated)
        )
    by_subject = {one.subject: one for one in found}
    assert by_subject["Planner"].what == f"{server['model']} at {server['uri']}"
    assert by_subject["Language model"].level == "problem"
    told = (
        "calls no tools; asked to read a gauge, it says “",
        "asked to read a gauge, it writes until its limit ends it",
    )
    assert by_subject["Language model"].what.startswith(told)
    assert "set PLANTROOM_MODEL=offline" in (by_subject["Language model"].advice or "")


async def test_a_model_that_writes_without_end(script: Script):
    script.then(script.says("The gauge, the gauge, ", finish="length"))
    found = await found_at(script)
    assert found["Language model"].what == "asked to read a gauge, it writes until its limit ends it"
    assert found["Language model"].level == "problem"
