"""What an agent tells while it answers, as the web chat needs it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tools.results import Evidence, Scene


@dataclass(frozen=True, slots=True)
class ToolStarted:
    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolFinished:
    id: str
    summary: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    text: str
    scene: Scene | None = None
    evidence: Sequence[Evidence] = ()


Event = ToolStarted | ToolFinished | TextDelta | Answered


class Agent(Protocol):
    def ask(self, question: str, conversation: str) -> AsyncIterator[Event]: ...
