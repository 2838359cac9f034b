"""What a question tells of itself while it is answered, for whoever watches the service. By default nobody does."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from agent.models.chat_model import ChatMessage, ChatModel, ChatReply, ToolCall
from agent.run.calls import Acted


class Trace(Protocol):
    """Of one question. Each block is one request to a model, or one tool call; what it gave is told within it."""

    def chat(
        self, model: ChatModel, messages: Sequence[ChatMessage]
    ) -> AbstractContextManager[Callable[[ChatReply], None]]: ...

    def tool(self, call: ToolCall) -> AbstractContextManager[Callable[[Acted], None]]: ...

    def end(self) -> None: ...


Tracing = Callable[[str], Trace]
"""The trace of a question in the conversation of that id."""


class Untraced:
    """Tells nobody."""

    def chat(
        self, model: ChatModel, messages: Sequence[ChatMessage]
    ) -> AbstractContextManager[Callable[[ChatReply], None]]:
        return nullcontext(_ignored)

    def tool(self, call: ToolCall) -> AbstractContextManager[Callable[[Acted], None]]:
        return nullcontext(_ignored)

    def end(self) -> None:
        pass


def untraced(conversation: str) -> Trace:
    return Untraced()


def _ignored(told: object) -> None:
    pass
