"""Requests that fit what an endpoint takes at once: what it tells of that, and what it says of one that is too long."""

import json
from typing import Any

import pytest

from agent.models.chat_model import ChatMessage, ChatRequest
from agent.models.context_size import is_hosted
from agent.models.fitting import cut_at_rows, fitted, tokens_of
from agent.vocabulary.grounding import Grounding
from graph_schema.errors import Unavailable

CALL = {"id": "c1", "type": "function", "function": {"name": "query_telemetry", "arguments": "{}"}}
ROWS = "\n".join(
    ["a|query_telemetry", "values:", "id|value", *(f"a{i}|AHU-{i}|{i}.5 °C|running|since 14:05" for i in range(400))]
)


def turn(number: int, *, steps: bool = False) -> list[ChatMessage]:
    looked_up: list[Any] = [
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "content": "x" * 900, "tool_call_id": "c1"},
    ]
    asked: ChatMessage = {"role": "user", "content": f"Question {number}? " + "y" * 300}
    answered: ChatMessage = {"role": "assistant", "content": f"Answer {number}."}
    return [asked, *(looked_up if steps else []), answered]


def request(*earlier: ChatMessage, result: str = ROWS) -> ChatRequest:
    messages: list[Any] = [
        *earlier,
        {"role": "user", "content": "How warm is it?"},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "content": result, "tool_call_id": "c1"},
        {"role": "system", "content": "Answer now."},
    ]
    return ChatRequest(messages, [], Grounding(), 0)


def test_a_request_that_fits_is_sent_as_it_is():
    asked = request(*turn(1))
    assert fitted(asked, tokens_of(asked)) is asked


def test_the_results_of_earlier_turns_go_before_their_words():
    asked = request(*turn(1, steps=True), *turn(2, steps=True), result="a|none")
    one_less = fitted(asked, tokens_of(asked) - 200)
    assert [one["content"] for one in one_less.messages if one["role"] == "tool"] == ["x" * 900, "a|none"]
    assert [one["content"][:10] for one in one_less.messages if one["role"] == "user"] == [
        "Question 1",
        "Question 2",
        "How warm i",
    ]


def test_whole_turns_go_oldest_first():
    asked = request(*turn(1), *turn(2), *turn(3), result="a|none")
    fewer = fitted(asked, tokens_of(asked) - 150)
    assert [one["content"][:10] for one in fewer.messages if one["role"] == "user"] == ["Question 3", "How warm i"]


def test_the_longest_result_is_cut_at_a_row_and_says_so():
    asked = request(*turn(1))
    short = fitted(asked, 2_000)
    assert tokens_of(short) <= 2_000
    (result,) = [one["content"] for one in short.messages if one["role"] == "tool"]
    *rows, last = result.splitlines()
    assert rows == ROWS.splitlines()[: len(rows)]
    assert last == f"({403 - len(rows)} more lines left out: the conversation is too long; ask for less)"
    assert short.messages[-1]["content"] == "Answer now."
    assert cut_at_rows("one line", 3) == "one line"


MODELS = "/v1/models"


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({MODELS: {"data": [{"id": "other", "max_model_len": 1}, {"id": "test-model", "max_model_len": 32_768}]}}, 32_768),
        ({MODELS: {"data": [{"id": "file.gguf", "meta": {"n_ctx": 8192, "n_ctx_train": 40_960}}]}}, 8192),
        ({"/props": {"default_generation_settings": {"n_ctx": 16_384}}, MODELS: {"data": [{"id": "test-model"}]}}, 16_384),
        ({"/props": {"default_generation_settings": {"n_ctx": 0}}}, None),
        ({"/api/ps": {"models": [{"name": "test-model:latest", "context_length": 4096}]}}, 4096),
        ({"/api/ps": {"models": []}, "/api/show": {"parameters": "stop x\nnum_ctx   12288", "model_info": {}}}, 12_288),
        ({MODELS: {"data": "none"}, "/props": [1], "/api/ps": {"models": [3]}}, None),
    ],
)  # fmt: skip
async def test_an_endpoint_tells_what_it_takes(script: Any, facts: dict[str, Any], size: int | None):
    script.facts = facts
    model = script.model(context_tokens=None)
    assert await model.context_tokens() == size
    await model.aclose()


def test_a_setting_needs_no_look_and_openai_is_not_asked():
    assert is_hosted("https://api.openai.com/v1/")
    assert is_hosted("https://mill.openai.azure.com/openai/v1")
    assert not is_hosted("http://notopenai.com/v1")


async def test_older_turns_are_left_out_where_the_context_is_small(script: Any):
    script.then(script.says("Yes."))
    model = script.model(context_tokens=2048, output_tokens=300)
    await model.reply(request(*turn(1), *turn(2)), lambda _: None)
    await model.aclose()
    (sent,) = script.requests
    assert sent["max_tokens"] == 300
    assert len(script.bodies[0]) / 3 < 2048
    assert "more lines left out" in next(one["content"] for one in sent["messages"] if one["role"] == "tool")


OVERFLOWS = [
    (400, {"error": {"message": "x", "code": "context_length_exceeded"}}),
    (400, {"error": {"code": 400, "message": "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
                     "type": "exceed_context_size_error", "n_prompt_tokens": 9000, "n_ctx": 4096}}),
    (500, {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}),
    (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens "
           "(8000 in the messages, 1000 in the completion).", "type": "BadRequestError", "code": 400}),
    (400, {"error": {"message": "This model's maximum context length is 4096 tokens. However, your request has 9000 input tokens. "
                     "Please reduce the length of the input messages.", "type": "BadRequestError", "param": "input_tokens", "code": 400}}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "body"), OVERFLOWS)
async def test_a_request_that_is_too_long_is_shortened_once(script: Any, code: int, body: Any):
    script.then(script.status(code, body), script.says("Yes."))
    model = script.model(retries=0, context_tokens=None)
    said = await model.reply(request(*turn(1), *turn(2)), lambda _: None)
    await model.aclose()
    assert said.text == "Yes."
    first, second = map(len, script.bodies)
    assert second < first * 0.7
    assert json.loads(script.bodies[1])["messages"][-1]["content"].endswith("Answer now.")


@pytest.mark.parametrize(("code", "body"), OVERFLOWS)
async def test_one_that_stays_too_long_is_a_sentence(script: Any, code: int, body: Any):
    script.then(script.status(code, body))
    model = script.model(retries=0, context_tokens=None)
    with pytest.raises(Unavailable, match=r"too long for the language model.* larger context"):
        await model.reply(request(), lambda _: None)
    await model.aclose()
    assert len(script.requests) == 2


async def test_an_overflow_within_the_stream(script: Any):
    error = b'data: {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}\n\n'
    script.then(script.streamed([error]), script.says("Yes."))
    model = script.model(retries=0, context_tokens=None)
    assert (await model.reply(request(), lambda _: None)).text == "Yes."
    await model.aclose()


async def test_what_was_said_before_an_overflow_is_not_said_again(script: Any):
    error = b'data: {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}\n\n'
    script.then(script.streamed([*script.events([script.chunk({"content": "It is"})])[:1], error]))
    model = script.model(retries=0, context_tokens=None)
    with pytest.raises(Unavailable, match="too long for the language model"):
        await model.reply(request(), lambda _: None)
    await model.aclose()
    assert len(script.requests) == 1
