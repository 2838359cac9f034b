"""``plantroom ask``, and what the agent's events come to for other callers."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agent.agent import ANYBODY
from agent.events import Answered, Event, ToolStarted
from interfaces.cli.printing import Printed, print_reading
from interfaces.local.operation import Desk, operation
from tools.context import Caller
from tools.results.result import Evidence


class Asked(Protocol):
    def ask(self, question: str, conversation: str, caller: Caller = ...) -> AsyncIterator[Event]: ...


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
    reading: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "answer": self.answer,
            "conversation": self.conversation,
            "calls": [dict(call) for call in self.calls],
            "highlight": list(self.highlight),
            "evidence": [one.model_dump(mode="json", exclude_defaults=True) for one in self.evidence],
            "invented": list(self.invented),
            "reading": self.reading,
            "ms": round(self.ms),
        }


@operation()
async def ask(desk: Desk, question: str, conversation: str, caller: str, as_json: bool, explain: bool) -> None:
    """One question, or, where that is empty, one after the other as the person types them."""
    desk.report("Ready")
    async with desk.app.agent_with(desk.settings) as agent:
        text = question or await desk.person.line()
        while text:
            printed = Printed(None if as_json else desk.out)
            reply = await answer_of(agent, text, conversation, printed.show, replace(ANYBODY, name=caller))
            if explain and not as_json:
                print_reading(desk.out, reply.reading, reply.calls)
            if as_json:
                desk.write(json.dumps(reply.as_json(), ensure_ascii=False))
            text = None if question else await desk.person.line()


async def answer_of(
    agent: Asked, question: str, conversation: str, on_event: Callable[[Event], None], caller: Caller = ANYBODY
) -> Reply:
    """Ask and follow to the end."""
    began = time.perf_counter()
    calls: list[Mapping[str, Any]] = []
    answered: Answered | None = None
    async for event in agent.ask(question, conversation, caller):
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
        reading=answered.reading,
    )
