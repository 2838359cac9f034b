"""One question, one answer: what the agent's events come to, for the command line and other callers."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from agent.events import Answered, Event, ToolStarted
from tools.results.result import Evidence


class Asked(Protocol):
    def ask(self, question: str, conversation: str) -> AsyncIterator[Event]: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """``calls`` are the tool calls that were made; ``ms`` is how long it took."""

    question: str
    answer: str
    conversation: str
    calls: Sequence[Mapping[str, Any]]
    highlight: Sequence[str]
    evidence: Sequence[Evidence]
    invented: Sequence[str]
    ms: float

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "answer": self.answer,
            "conversation": self.conversation,
            "calls": [dict(call) for call in self.calls],
            "highlight": list(self.highlight),
            "evidence": [one.model_dump(mode="json", exclude_defaults=True) for one in self.evidence],
            "invented": list(self.invented),
            "ms": round(self.ms),
        }


async def answer_of(agent: Asked, question: str, conversation: str, on_event: Callable[[Event], None]) -> Reply:
    """Ask and follow to the end."""
    began = time.perf_counter()
    calls: list[Mapping[str, Any]] = []
    answered: Answered | None = None
    async for event in agent.ask(question, conversation):
        on_event(event)
        if isinstance(event, ToolStarted):
            calls.append({"tool": event.name, "args": dict(event.arguments)})
        elif isinstance(event, Answered):
            answered = event
    assert answered is not None
    return Reply(
        question=question,
        answer=answered.text,
        conversation=conversation,
        calls=calls,
        highlight=answered.scene.highlight if answered.scene else [],
        evidence=answered.evidence,
        invented=answered.invented,
        ms=(time.perf_counter() - began) * 1000,
    )
