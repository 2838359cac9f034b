"""A language model behind any OpenAI-compatible endpoint (Chat Completions, streamed): OpenAI, Azure, Ollama, vLLM, llama.cpp."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    OpenAIError,
    Timeout,
    omit,
)
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from agent.models.chat_model import ChatReply, ChatRequest, ToolCall, Usage
from agent.models.context_size import context_size, is_hosted
from agent.models.fitting import fitted, room_of, tokens_of
from agent.models.limits import Limits
from agent.models.overflow import Overflow, overflow
from agent.run.prompt import messages_for
from graph_schema.errors import Unavailable

log = logging.getLogger(__name__)

OPENAI = "https://api.openai.com/v1"
_NO_KEY = "none"  # local servers want none, and the SDK wants one
_LOOK_AGAIN_S = 60.0  # Ollama tells it once the model is loaded
_SHORTER = 0.6
"""Of a request that was too long, the share that is sent again where the endpoint tells no sizes."""


class AnswerCutShort(Unavailable):
    """The answer is longer than the language model may write. Please ask a narrower question."""


class OpenAIModel:
    """Asks within its limits, in requests that fit the endpoint's context. Every failure is an ``Unavailable``."""

    def __init__(self, model: str, client: AsyncOpenAI, limits: Limits) -> None:
        self.name = model
        self.composes = False
        self._client = client
        self._limits = limits
        self._context_tokens = limits.context_tokens
        self._look_again = 0.0
        self._looking = asyncio.Lock()
        self._where = _host(str(client.base_url))

    async def reply(self, request: ChatRequest, on_text: Callable[[str], None]) -> ChatReply:
        try:
            async with asyncio.timeout(self._limits.answer_s):
                return await self._fitting(request, on_text)
        except TimeoutError:
            raise Unavailable(f"{self._called()} did not finish within {self._limits.answer_s:g} seconds.") from None
        except APIStatusError as error:
            # The body may quote the key, and a traceback would quote the body.
            raise Unavailable(self._refused(error)) from None
        except OpenAIError as error:
            raise Unavailable(self._failed(error)) from error
        except (_Unreadable, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Unavailable(f"{self._called()} sent an answer that cannot be read.") from error

    async def aclose(self) -> None:
        """Close the connections that are kept open between replies."""
        await self._client.close()

    async def context_tokens(self) -> int | None:
        """What the settings say, else the endpoint; one that does not tell is asked again after a minute."""
        async with self._looking:
            if self._context_tokens is None and time.monotonic() >= self._look_again:
                self._context_tokens = await context_size(self._client, self.name)
                self._look_again = time.monotonic() + _LOOK_AGAIN_S
        return self._context_tokens

    async def _fitting(self, request: ChatRequest, on_text: Callable[[str], None]) -> ChatReply:
        """Once more, and shorter, where the endpoint says that a request is too long."""
        context = await self.context_tokens()
        if context is not None:
            request = fitted(request, room_of(context, self._limits.output_tokens))
        answer = _Answer(on_text)
        try:
            return await self._reply(request, answer)
        except APIError as error:
            told = overflow(error)
            if told is None or answer.text:
                raise
            log.info("%s takes no request that long; it is asked again, shorter.", self._called())
        return await self._reply(self._shorter(request, told), _Answer(on_text))

    def _shorter(self, request: ChatRequest, told: Overflow) -> ChatRequest:
        """By what the endpoint says of its context and of the tokens that were sent, else by a share."""
        sent = tokens_of(request)
        if told.context is None:
            return fitted(request, round(sent * _SHORTER))
        self._context_tokens = told.context
        room = room_of(told.context, self._limits.output_tokens)
        return fitted(request, min(round(room * sent / (told.prompt or sent)), round(sent * 0.95)))

    async def _reply(self, request: ChatRequest, answer: "_Answer") -> ChatReply:
        # OpenAI's newer models take only the one name, Ollama and LM Studio only the other.
        most, hosted = self._limits.output_tokens or omit, is_hosted(str(self._client.base_url))
        stream = await self._client.chat.completions.create(
            model=self.name,
            messages=cast(Any, messages_for(request)),
            tools=cast(Any, list(request.tools)) or omit,
            stream=True,
            stream_options={"include_usage": True},
            max_completion_tokens=most if hosted else omit,
            max_tokens=omit if hosted else most,
        )
        async with stream as chunks:
            async for chunk in chunks:
                answer.add(chunk)
        self._check(answer)
        return ChatReply(answer.text.strip(), answer.tool_calls(len(request.messages)), answer.usage)

    def _check(self, answer: "_Answer") -> None:
        if not answer.began:
            raise Unavailable(
                f"{self._called()} sent nothing that can be read. Is the address that of an API (often ending in /v1)?"
            )
        match answer.finished:
            case "content_filter":
                raise Unavailable("The language model's content filter stopped the answer.")
            case "length":
                raise AnswerCutShort
            case None:
                raise Unavailable(f"{self._called()} broke off in the middle of its answer.")
            case _ if not answer.text.strip() and not answer.calls:
                raise Unavailable(f"{self._called()} gave an empty answer. Please ask again.")
            case _:
                pass

    def _too_long(self) -> str:
        size = f" ({self._context_tokens:,} tokens)" if self._context_tokens else ""
        return f"The conversation is too long for the language model{size}. Start a new one, or give the model a larger context."

    def _called(self) -> str:
        return f"The language model “{self.name}” at {self._where}"

    def _refused(self, error: APIStatusError) -> str:
        if overflow(error) is not None:
            return self._too_long()
        match error.status_code:
            case 401 | 403:
                return f"{self._called()} refuses the key. Check OPENAI_API_KEY."
            case 404:
                return f"{self._called()} is not there. Check the model's name and the address."
            case 429:
                return (
                    f"{self._called()} is over its limit: too many requests, or no credit left. Try again in a minute."
                )
            case 400 | 413 | 422 if error.code == "content_filter":
                return "The language model's content filter refuses the question."
            case code if code >= 500:
                return f"{self._called()} has an error of its own (HTTP {code}). Try again in a moment."
            case code:
                return f"{self._called()} refuses the request (HTTP {code}): {self._clean(error.message)}"

    def _failed(self, error: OpenAIError) -> str:
        if isinstance(error, APITimeoutError):
            return f"{self._called()} does not answer in time."
        if isinstance(error, APIConnectionError):
            return (
                f"{self._called()} cannot be reached, or the connection broke. Is it running, and is the address right?"
            )
        if isinstance(error, APIError) and overflow(error) is not None:
            return self._too_long()
        told = self._clean(error.message) if isinstance(error, APIError) else type(error).__name__
        return f"{self._called()} reports an error: {told}"

    def _clean(self, message: str) -> str:
        """What a server says, on one line and without the key."""
        key = self._client.api_key
        line = " ".join(message.split())[:200]
        return line.replace(key, "…") if key not in ("", _NO_KEY) else line


def openai_model(
    model: str,
    base_url: str | None = None,
    api_key: str | None = None,
    limits: Limits | None = None,
) -> OpenAIModel:
    """429, 408, 409 and 5xx are tried again as the server asks for."""
    limits = limits or Limits()
    client = AsyncOpenAI(
        api_key=api_key or _NO_KEY,
        base_url=base_url or OPENAI,
        timeout=Timeout(limits.silence_s, connect=5),
        max_retries=limits.retries,
    )
    return OpenAIModel(model, client, limits)


def _host(url: str) -> str:
    """Without a user's name and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


class _Unreadable(Exception):
    """A chunk that is JSON and yet not of the shape that Chat Completions has."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one chunk adds."""

    text: str = ""
    calls: Sequence[ChoiceDeltaToolCall] = ()
    finished: str | None = None
    usage: Usage | None = None


def _read(chunk: ChatCompletionChunk) -> _Part:
    """The SDK does not validate what it reads, so anything may be missing or of another type."""
    try:
        usage = Usage(chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0) if chunk.usage else None
        for choice in chunk.choices or []:
            delta = choice.delta
            text = "".join((delta.content or delta.refusal or "",))
            return _Part(text, list(delta.tool_calls or []), choice.finish_reason, usage)
        return _Part(usage=usage)
    except (AttributeError, TypeError) as error:
        raise _Unreadable from error


@dataclass(slots=True)
class _Call:
    """One tool call as it grows; servers send its arguments in fragments."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class _Answer:
    """Puts the chunks of a stream together."""

    on_text: Callable[[str], None]
    text: str = ""
    began: bool = False
    finished: str | None = None
    usage: Usage = field(default_factory=Usage)
    calls: list[_Call] = field(default_factory=list[_Call])
    _by_index: dict[int, _Call] = field(default_factory=dict[int, _Call])
    _thinking: str | None = ""
    """What came so far while it may still be thoughts between tags, which some servers leave in the text."""

    def add(self, chunk: ChatCompletionChunk) -> None:
        self.began = True
        part = _read(chunk)
        self.usage = part.usage or self.usage
        self.finished = part.finished or self.finished
        self._add_text(part.text)
        self._add_calls(part.calls)

    def _add_text(self, text: str) -> None:
        if self._thinking is not None:
            self._thinking += text
            text = self._after_thoughts(self._thinking.lstrip())
        if text:
            self.text += text
            self.on_text(text)

    def _after_thoughts(self, text: str) -> str:
        opening, closing = "<think>", "</think>"
        if text.startswith(opening):
            _, closed, text = text.partition(closing)
            if not closed:
                return ""
        elif opening.startswith(text):
            return ""
        self._thinking = None
        return text.lstrip()

    def _add_calls(self, fragments: Sequence[ChoiceDeltaToolCall]) -> None:
        for fragment in fragments:
            call = self._by_index.get(fragment.index)
            if call is None or (fragment.id and call.id and fragment.id != call.id):
                # Some servers give every call of a reply the same index.
                call = self._by_index[fragment.index] = _Call()
                self.calls.append(call)
            call.id = fragment.id or call.id
            if fragment.function:
                call.name += fragment.function.name or ""
                call.arguments += fragment.function.arguments or ""

    def tool_calls(self, asked: int) -> tuple[ToolCall, ...]:
        """Each with an id of its own, which some servers leave out or use twice; ``asked`` makes them differ between replies."""
        ids = [call.id for call in self.calls]
        return tuple(
            {
                "id": call.id if call.id and ids.count(call.id) == 1 else f"call_{asked}_{index}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for index, call in enumerate(self.calls)
        )
