"""The client of language models, over real HTTP against a server that says what the test tells it to."""

import json
import logging
import socket
import time
from collections.abc import Sequence
from typing import Any

import pytest

from agent.models.chat_model import ChatMessage, ChatReply, ChatRequest, Usage
from agent.models.limits import Limits
from agent.models.openai_model import openai_model
from agent.vocabulary.grounding import Candidate, Grounding, Mention
from graph_schema.errors import Unavailable

TOOLS = [{"type": "function", "function": {"name": "find_assets", "description": "Finds.", "parameters": {}}}]
KEY = "sk-very-secret-key"


def request(*messages: ChatMessage, now_ms: int = 1_772_474_400_000, grounding: Grounding | None = None) -> ChatRequest:
    asked: Sequence[ChatMessage] = messages or [{"role": "user", "content": "How warm is it?"}]
    return ChatRequest(asked, TOOLS, grounding or Grounding(), now_ms, "America/Los_Angeles")


async def reply(model: Any, asked: ChatRequest | None = None) -> tuple[ChatReply, list[str]]:
    heard: list[str] = []
    try:
        return await model.reply(asked or request(), heard.append), heard
    finally:
        await model.aclose()


async def failure(model: Any) -> str:
    with pytest.raises(Unavailable) as raised:
        await reply(model)
    return str(raised.value)


async def test_a_plain_answer_is_streamed(script: Any):
    script.then(script.says("It is ", "13.2 °C", "."))
    said, heard = await reply(script.model())
    assert said.text == "It is 13.2 °C."
    assert heard == ["It is ", "13.2 °C", "."]
    assert said.usage == Usage(100, 20)
    assert script.requests[0]["stream"] is True
    assert script.requests[0]["tools"] == TOOLS


async def test_parallel_calls_come_in_fragments(script: Any):
    script.then(script.calls(("find_assets", {"query": {"class": "AHU"}}), ("query_telemetry", {"quantity": "power"})))
    said, heard = await reply(script.model())
    assert heard == []
    assert [(c["id"], c["function"]["name"], json.loads(c["function"]["arguments"])) for c in said.tool_calls] == [
        ("id-0", "find_assets", {"query": {"class": "AHU"}}),
        ("id-1", "query_telemetry", {"quantity": "power"}),
    ]


async def test_calls_of_servers_that_number_them_all_alike_stay_apart(script: Any):
    whole = [script.fragment(0, f"id-{i}", f"tool_{i}", "{}") for i in range(2)]
    script.then(script.streamed(script.events([script.chunk({"tool_calls": whole}), script.chunk({}, "stop")])))
    said, _ = await reply(script.model())
    assert [c["function"]["name"] for c in said.tool_calls] == ["tool_0", "tool_1"]


async def test_calls_without_an_id_get_one(script: Any):
    whole = [script.fragment(i, None, f"tool_{i}", "{}") for i in range(2)]
    script.then(script.streamed(script.events([script.chunk({"tool_calls": whole}), script.chunk({}, "stop")])))
    said, _ = await reply(script.model())
    assert len({c["id"] for c in said.tool_calls} - {""}) == 2


async def test_malformed_arguments_are_handed_on_as_they_are(script: Any):
    script.then(script.calls(("find_assets", '{"query": {"class": ')))
    said, _ = await reply(script.model())
    assert said.tool_calls[0]["function"]["arguments"] == '{"query": {"class": '


async def test_a_refusal_is_an_answer(script: Any):
    refusal = script.chunk({"refusal": "I cannot help with that."})
    script.then(script.streamed(script.events([refusal, script.chunk({}, "stop")])))
    said, heard = await reply(script.model())
    assert said.text == "I cannot help with that."
    assert heard == ["I cannot help with that."]


async def test_thoughts_are_not_part_of_the_answer(script: Any):
    script.then(script.says("<thi", "nk>Maybe 99", " degrees.</think>\n\nIt is", " 13.2 °C."))
    said, heard = await reply(script.model())
    assert said.text == "It is 13.2 °C."
    assert "".join(heard) == "It is 13.2 °C."


@pytest.mark.parametrize(
    ("pieces", "finish", "sentence"),
    [
        ((), "stop", "gave an empty answer"),
        (("  ",), "stop", "gave an empty answer"),
        (("It is",), "content_filter", "content filter stopped"),
        (("It is",), "length", "longer than the language model may write"),
        (("It is",), None, "broke off in the middle"),
    ],
)
async def test_an_answer_that_is_none_is_said_to_be_none(
    script: Any, pieces: Sequence[str], finish: str | None, sentence: str
):
    script.then(script.says(*pieces, finish=finish))
    assert sentence in await failure(script.model())


@pytest.mark.parametrize(
    ("code", "body", "sentence"),
    [
        (400, {"error": {"message": "bad temperature"}}, "refuses the request (HTTP 400)"),
        (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, "conversation is too long"),
        (400, {"error": {"message": "x", "code": "content_filter"}}, "content filter refuses the question"),
        (404, None, "Check the model's name and the address"),
        (500, None, "an error of its own (HTTP 500)"),
        (503, None, "an error of its own (HTTP 503)"),
    ],
)
async def test_a_refused_request_is_one_sentence(script: Any, code: int, body: Any, sentence: str):
    script.then(script.status(code, body))
    told = await failure(script.model(retries=0))
    assert sentence in told
    assert "\n" not in told


@pytest.mark.parametrize("code", [401, 403])
async def test_a_wrong_key_is_named_nowhere(script: Any, code: int, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    script.then(script.status(code, {"error": {"message": f"Incorrect API key provided: {KEY}"}}))
    with pytest.raises(Unavailable) as raised:
        await reply(script.model())
    assert "refuses the key" in str(raised.value)
    logging.getLogger("test").error("told", exc_info=raised.value)
    assert KEY not in caplog.text
    assert KEY not in str(raised.value)


async def test_a_key_that_a_server_quotes_is_blanked(script: Any):
    script.then(script.status(400, {"error": {"message": f"the key {KEY} has no model"}}))
    assert KEY not in await failure(script.model())


async def test_a_busy_server_is_asked_again_when_it_says(script: Any):
    script.then(script.status(429, headers={"retry-after": "0.2"}), script.says("Here."))
    started = time.monotonic()
    said, _ = await reply(script.model())
    assert said.text == "Here."
    assert time.monotonic() - started >= 0.2
    assert len(script.requests) == 2


async def test_a_server_that_stays_busy_is_given_up(script: Any):
    script.then(script.status(429, headers={"retry-after": "0.01"}))
    assert "over its limit" in await failure(script.model(retries=2))
    assert len(script.requests) == 3


async def test_waiting_ends_with_the_budget(script: Any):
    script.then(script.status(429, headers={"retry-after": "60"}))
    started = time.monotonic()
    assert "did not finish within 0.5 seconds" in await failure(script.model(answer_s=0.5))
    assert time.monotonic() - started < 3


async def test_a_server_that_falls_silent_is_left(script: Any):
    script.then(script.says("It", " is", " slow", pause_s=1.0))
    assert "does not answer in time" in await failure(script.model(silence_s=0.2, retries=0))


async def test_nobody_listens(script: Any):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        model = openai_model("m", f"http://user:pass@127.0.0.1:{taken.getsockname()[1]}/v1", KEY, Limits(retries=0))
        told = await failure(model)
    assert "cannot be reached" in told
    assert "pass" not in told


@pytest.mark.parametrize(
    "parts",
    [
        [b"data: {this is not JSON}\n\n", b"data: [DONE]\n\n"],
        [b'data: {"choices": [{"index": 0}]}\n\n', b"data: [DONE]\n\n"],
        [b'data: {"choices": "none"}\n\n', b"data: [DONE]\n\n"],
        [b'data: ["a"]\n\n', b"data: [DONE]\n\n"],
        [b"data: \xff\xfe\n\n"],
        [b"<html>Welcome</html>"],
        [],
    ],
)
async def test_what_is_no_answer_is_not_taken_for_one(script: Any, parts: Sequence[bytes]):
    script.then(script.streamed(parts))
    assert "sent" in await failure(script.model())


async def test_an_error_within_the_stream(script: Any):
    script.then(script.streamed([b'data: {"error": {"message": "the model crashed"}}\n\n']))
    assert "reports an error: the model crashed" in await failure(script.model())


async def test_a_connection_that_breaks_in_mid_answer():
    """A server that promises more than it sends."""
    import asyncio

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        data = b'data: {"choices": [{"index": 0, "delta": {"content": "It is"}, "finish_reason": null}]}\n\n'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n" + data)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
        model = openai_model("m", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", KEY, Limits(retries=0))
        assert "the connection broke" in await failure(model)


async def test_requests_begin_with_the_same_bytes(script: Any):
    """What a server caches: the system prompt and the tools; the time and the grounding come late."""
    script.then(script.says("Yes."))
    model = script.model()
    mention = Mention(0, 5, "AHU-2", (Candidate("ahu-2", "AHU-2", "Asset", "AHU", 100.0),))
    history: list[ChatMessage] = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]
    asked: ChatMessage = {"role": "user", "content": "And AHU-2?"}
    await model.reply(request(*history, asked), lambda _: None)
    await model.reply(
        request(*history, asked, now_ms=1_800_000_000_000, grounding=Grounding((mention,))), lambda _: None
    )
    await model.aclose()
    first, second = script.requests
    assert first["messages"][:3] == second["messages"][:3]
    assert first["tools"] == second["tools"]
    assert first["messages"][3] != second["messages"][3]
    assert '"id": "ahu-2"' in second["messages"][3]["content"]
