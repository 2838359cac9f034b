"""Whether a language model answers and can do what questions need: it is made to call a tool, and to say what the tool gave."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openai import (
    APIConnectionError,
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    OpenAIError,
    PermissionDeniedError,
)

from agent.models.chat_model import ChatMessage, ChatReply, ChatRequest
from agent.models.context_size import is_hosted
from agent.models.fitting import MOST_RESERVED, tokens_of
from agent.models.openai_model import OPENAI, AnswerCutShort, OpenAIModel, openai_model
from agent.run.tool_groups import offered
from agent.vocabulary.grounding import Grounding
from graph_schema.errors import Unavailable
from interfaces.app.composition import limits_of
from interfaces.cli.work.doctor.finding import Finding
from interfaces.settings import Settings
from tools.catalogue.plant import plant_tools

_SLOW_S = 20.0
_ADVICE = "Correct OPENAI_BASE_URL and OPENAI_API_KEY, or set PLANTROOM_MODEL=offline."
_NO_TOOLS = (
    "Start vLLM with --enable-auto-tool-choice and --tool-call-parser, llama.cpp with --jinja; else take a model that can call tools, "
    "or set PLANTROOM_MODEL=offline."
)
_LARGER_MODEL = "Take a larger model, or one made for calling tools, or set PLANTROOM_MODEL=offline."
_LARGER = "Start llama.cpp with -c, vLLM with --max-model-len, Ollama with OLLAMA_CONTEXT_LENGTH set to 32768 or more."
_GAUGE, _READING = "G-17", "41.7"
_TOOL = {
    "type": "function",
    "function": {
        "name": "read_gauge",
        "description": "Reads a gauge of the plant.",
        "parameters": {
            "type": "object",
            "properties": {"gauge": {"type": "string", "description": "The name of the gauge."}},
            "required": ["gauge"],
        },
    },
}
_ASKED: ChatMessage = {
    "role": "user",
    "content": f"What does gauge {_GAUGE} read? Read it with the tool, and tell me in one sentence of about twenty words.",
}


@dataclass(frozen=True, slots=True)
class _Heard:
    """A reply, the seconds that it took, and when each piece of its text came."""

    reply: ChatReply
    seconds: float
    pieces: Sequence[float]


async def planner(settings: Settings) -> list[Finding]:
    """Which one plans; of a language model whether its address answers, what it can do, and how much it takes."""
    if settings.planner == "offline":
        return [Finding("Planner", "the built-in one; it needs no key and no network")]
    found = await _address(settings)
    if found.level == "problem":
        return [found]
    key = settings.openai_api_key
    model = openai_model(
        settings.openai_model,
        settings.openai_base_url,
        key.get_secret_value() if key else None,
        replace(limits_of(settings), retries=0),
    )
    try:
        tried = await _tried(model)
        return [found, tried, *([] if tried.level == "problem" else [await _context(model, settings)])]
    finally:
        await model.aclose()


async def _address(settings: Settings) -> Finding:
    key = settings.openai_api_key
    client = AsyncOpenAI(
        base_url=settings.openai_base_url, api_key=key.get_secret_value() if key else "none", timeout=10, max_retries=0
    )
    place = str(client.base_url).rstrip("/")
    try:
        async with client:
            models = {model.id async for model in client.models.list()}
    except (AuthenticationError, PermissionDeniedError):
        return Finding("Planner", f"{place} refuses the key", "problem", _ADVICE)
    except APIConnectionError:
        return Finding("Planner", f"{place} does not answer", "problem", _ADVICE)
    except APIStatusError as error:
        if error.status_code in (404, 405, 501):
            return Finding("Planner", f"{settings.openai_model} at {place}, which lists no models")
        return Finding("Planner", f"{place} answers with an error ({error.status_code})", "problem", _ADVICE)
    except OpenAIError as error:
        return Finding("Planner", f"{place}: {error}", "problem", _ADVICE)
    if settings.openai_model not in models:
        what = f"{place} answers, but does not list the model {settings.openai_model}"
        return Finding("Planner", what, "note", "Set PLANTROOM_OPENAI_MODEL to one that it has.")
    return Finding("Planner", f"{settings.openai_model} at {place}")


async def _tried(model: OpenAIModel) -> Finding:
    """One question about a gauge that there is not: the call that it takes, and the answer from what the call gave."""
    try:
        called = await _hear(model, [_ASKED])
        if not called.reply.tool_calls:
            what = f"calls no tools; asked to read a gauge, it says “{called.reply.text[:80]}”"
            return Finding("Language model", what, "problem", _NO_TOOLS)
        call = called.reply.tool_calls[0]
        if call["function"]["name"] != "read_gauge" or _GAUGE not in call["function"]["arguments"]:
            what = f"calls the wrong tool: {call['function']['name']} with {call['function']['arguments'][:80]}"
            return Finding("Language model", what, "problem", _LARGER_MODEL)
        result: ChatMessage = {
            "role": "tool",
            "content": f"a|read_gauge\nvalues:\nid|gauge|value\na1|{_GAUGE}|{_READING} kPa",
            "tool_call_id": call["id"],
        }
        steps: ChatMessage = {"role": "assistant", "content": called.reply.text, "tool_calls": [call]}
        return _told(called, await _hear(model, [_ASKED, steps, result]))
    except AnswerCutShort:
        what = "asked to read a gauge, it writes until its limit ends it"
        return Finding("Language model", what, "problem", _LARGER_MODEL)
    except Unavailable as error:
        advice = "See what its server says in its log, or set PLANTROOM_MODEL=offline; until then the built-in planner answers."
        return Finding("Language model", str(error), "problem", advice)


def _told(called: _Heard, answered: _Heard) -> Finding:
    took = f"{called.seconds:.1f} s to the call, {answered.seconds:.1f} s to the answer"
    if not any(cited in answered.reply.text for cited in (_READING, "[a1")):
        what = f"calls tools, but does not say what they gave: “{answered.reply.text[:80]}”; {took}"
        return Finding(
            "Language model", what, "note", "Take a larger model: this one will leave many questions unanswered."
        )
    if len(answered.pieces) < 2 or answered.pieces[-1] - answered.pieces[0] <= 0:
        what = f"calls tools, but its answer comes in one piece; {took}"
        return Finding(
            "Language model", what, "note", "Answers show late but whole. A proxy before it may hold its stream back."
        )
    what = f"calls tools, reads what they give, and streams; {took}, its first words after {answered.pieces[0]:.1f} s"
    if called.seconds + answered.seconds > _SLOW_S:
        return Finding("Language model", what, "note", "Take a smaller model, or run it on a GPU, for quicker answers.")
    return Finding("Language model", what)


async def _hear(model: OpenAIModel, messages: Sequence[ChatMessage]) -> _Heard:
    began, pieces = time.monotonic(), list[float]()
    request = ChatRequest(messages, [_TOOL], Grounding(), round(time.time() * 1000))
    reply = await model.reply(request, lambda _: pieces.append(time.monotonic() - began))
    return _Heard(reply, time.monotonic() - began, pieces)


async def _context(model: OpenAIModel, settings: Settings) -> Finding:
    """What it takes at once, beside what every question needs: the tools and room for an answer."""
    asked = ChatRequest([_ASKED], offered(plant_tools(), (), room=True), Grounding(), 0)
    needed = tokens_of(asked) + (settings.model_output_tokens or MOST_RESERVED)
    size = await model.context_tokens()
    subject = "Context"
    if size is None and is_hosted(settings.openai_base_url or OPENAI):
        return Finding(subject, f"not told by the endpoint; a question needs about {needed:,} tokens")
    if size is None:
        what = f"the server does not tell how much the model takes; a question needs about {needed:,} tokens"
        return Finding(subject, what, "note", "Set PLANTROOM_MODEL_CONTEXT_TOKENS to what the server gives the model.")
    if size < needed:
        return Finding(subject, f"{size:,} tokens, but a question needs about {needed:,}", "problem", _LARGER)
    return Finding(
        subject, f"{size:,} tokens; a question needs about {needed:,}, the rest is for results and conversation"
    )
