"""A set run with a language model behind HTTP: a server on this machine that looks assets up where it has tools."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evals.runner import NO_PLANT, NO_TOOLS, run_evals
from interfaces.settings import Settings

THINKING_S = 0.4
PLANT = """
site: {id: mill, name: Mill}
assets: [{id: p1, class: Pump, name: Feed Pump 1}, {id: p2, class: Pump, name: Feed Pump 2}]
"""
CASES = """
world: world.yaml
cases:
  - id: counting-01
    turns: [{ask: "How many pumps are there?", expect: {numbers: [{value: 2}], calls: [{tool: find_assets}], scene: {highlight: [p1, p2]}}}]
  - id: cannot-know-01
    turns: [{ask: "Who built the mill?", expect: {abstains: true}}]
"""

Json = dict[str, Any]


def reply_to(request: Json) -> Json:
    """Counts what find_assets found; without the tool, or about anything else, it does not know."""
    last = request["messages"][-1]
    if last["role"] == "tool":
        total = re.search(r"\btotal=(\d+)", last["content"])
        return {
            "content": f"There are {total[1]} pumps." if total and total[1] != "0" else "There is nothing of that kind."
        }
    if "pumps" in last["content"] and request.get("tools"):
        call = {"name": "find_assets", "arguments": json.dumps({"query": {"class": "Pump"}})}
        return {"tool_calls": [{"index": 0, "id": "1", "type": "function", "function": call}]}
    return {"content": "I do not know that."}


async def complete(request: Request) -> Response:
    await asyncio.sleep(THINKING_S)
    delta = reply_to(await request.json())
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    ends = "tool_calls" if "tool_calls" in delta else "stop"
    chunks = [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": ends}]},
        {**head, "choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}},
    ]
    lines = [*(json.dumps(chunk) for chunk in chunks), "[DONE]"]
    return Response("".join(f"data: {line}\n\n" for line in lines), media_type="text/event-stream")


@pytest.fixture
async def address() -> AsyncGenerator[str]:
    app = Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        task = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        server.should_exit = True
        await task


@pytest.mark.slow
async def test_a_set_runs_with_a_language_model_whose_time_is_not_ours(address: str, tmp_path: Path):
    (tmp_path / "plant.yaml").write_text(PLANT, "utf-8")
    (tmp_path / "world.yaml").write_text("import: [plant.yaml]", "utf-8")
    (tmp_path / "questions.yaml").write_text(CASES, "utf-8")
    settings = Settings(
        home=tmp_path / "home",
        model="openai",
        openai_model="scripted",
        OPENAI_BASE_URL=address,
        OPENAI_API_KEY=SecretStr("k"),
    )
    outcome = await run_evals([tmp_path], settings)

    assert [(case.id, case.tried.why) for case in outcome.cases] == [("counting-01", []), ("cannot-know-01", [])]
    assert (outcome.model, outcome.troubles, outcome.writes) == ("openai", [], [])
    counted, unknown = outcome.replies
    assert [(call.tool, dict(call.args)) for call in counted.calls] == [("find_assets", {"query": {"class": "Pump"}})]
    assert (counted.input_tokens, counted.output_tokens) == (200, 40)
    assert 0 < unknown.ms < THINKING_S * 1000
    assert {(control.name, tuple(control.passed), control.abstained) for control in outcome.controls} == {
        (NO_TOOLS, (), 1),
        (NO_PLANT, (), 1),
    }
