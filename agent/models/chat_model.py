"""The one port to a language model, shaped like Chat Completions with tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, Protocol, TypedDict

from agent.vocabulary.grounding import Grounding


class FunctionCall(TypedDict):
    name: str
    arguments: str


class ToolCall(TypedDict):
    """As in Chat Completions: ``arguments`` is JSON text, and may be malformed when it comes from a model."""

    id: str
    type: Literal["function"]
    function: FunctionCall


class ChatMessage(TypedDict):
    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: NotRequired[list[ToolCall]]
    tool_call_id: NotRequired[str]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """``tools`` are Chat Completions tool definitions. ``grounding`` is what the question's words were linked to. ``language`` is the code of
    the person's, ``units`` the system they read."""

    messages: Sequence[ChatMessage]
    tools: Sequence[Mapping[str, Any]]
    grounding: Grounding
    now_ms: int
    timezone: str = "UTC"
    language: str = "en"
    units: Literal["metric", "imperial"] = "metric"
    answered_in: str | None = None
    """The language that the person wishes for answers, whichever they write."""
    kept: Mapping[str, Any] | None = None
    """What the same model's reply to the question before wanted to be kept."""


@dataclass(frozen=True, slots=True)
class Usage:
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ChatReply:
    text: str
    tool_calls: Sequence[ToolCall] = ()
    usage: Usage = field(default_factory=Usage)
    keep: Mapping[str, Any] | None = None
    """Plain values for the request of the conversation's next question."""
    reading: Mapping[str, Any] | None = None
    """How the question was understood, by a model that can tell: language, intent, what each slot holds, what was left out."""
    urgent: bool = False
    """Whether the text must be read at a glance: the notes of its results are not added."""
    wish: Mapping[str, str] | None = None
    """How the person wants to be answered from now on: ``language``, ``units``, or what to ``take_back``."""


class ChatModel(Protocol):
    """``on_text`` receives the answer's text as it is produced. One that ``composes`` puts its answers together from the results by rules of
    the product; it reads results as JSON. Any other reads them as text with ids to cite, and each of its sentences is verified.
    """

    name: str
    composes: bool

    async def reply(self, request: ChatRequest, on_text: Callable[[str], None]) -> ChatReply: ...
