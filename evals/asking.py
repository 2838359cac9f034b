"""One case put to an agent: its turns asked one after the other in one conversation, and graded."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from agent.events import Answered, Event, ToolStarted
from evals.cases import Case
from evals.graders import Answer, Call, Gold, grade
from evals.outcome import Reply, Tried
from tools.context import Caller
from tools.sentences.language import USUAL

_PATIENCE_S = 180


class Asked(Protocol):
    def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]: ...


async def try_case(
    case: Case, golds: Sequence[Gold], agent: Asked, conversation: str, *, remote: bool, language: str = USUAL
) -> Tried:
    """Whatever goes wrong with one case is the reason why it fails; the others go on."""
    replies: list[Reply] = []
    why: list[str] = []
    caller = Caller("evals", frozenset({case.as_}), language)
    silent = False
    for number, (turn, gold) in enumerate(zip(case.turns, golds, strict=True), start=1):
        lead = f"turn {number}: " if len(case.turns) > 1 else ""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                reply = await _ask(agent, turn.ask, conversation, caller, remote=remote)
        except Exception as error:
            # A question that breaks the agent is a finding about that question, not the end of the run.
            why.append(f"{lead}{_said(error)}")
            return Tried(why, replies, silent)
        replies.append(reply)
        answer = Answer(
            reply.question, reply.text, reply.calls, reply.highlight, reply.invented, reply.endings, language
        )
        reasons = grade(answer, turn.expect, gold)
        why.extend(f"{lead}{reason}" for reason in reasons)
        silent = silent or (bool(reasons) and reply.looks_answered)
    return Tried(why, replies, silent)


def _endings(reading: Mapping[str, Any] | None) -> Sequence[str] | None:
    """How the questions of a message end that are not answered in their whole; None where the model does not tell how it read them."""
    if reading is None or "ending" not in reading:
        return None
    return [part["ending"] for part in (reading, *reading.get("also", ())) if part["ending"] is not None]


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_PATIENCE_S} s"
    return f"{type(error).__name__}: {error}"


async def _ask(agent: Asked, question: str, conversation: str, caller: Caller, *, remote: bool) -> Reply:
    """``remote``: the model is somebody else's, so its time is not ours."""
    began = time.perf_counter()
    calls: list[Call] = []
    answered: Answered | None = None
    async for event in agent.ask(question, conversation, caller):
        if isinstance(event, ToolStarted):
            calls.append(Call(event.name, event.arguments))
        elif isinstance(event, Answered):
            answered = event
    if answered is None:
        raise RuntimeError("the agent ended without an answer")
    ms = (time.perf_counter() - began) * 1000
    return Reply(
        question=question,
        text=answered.text,
        calls=calls,
        highlight=answered.scene.highlight if answered.scene else (),
        invented=answered.invented,
        ms=ms - answered.model_ms if remote else ms,
        input_tokens=answered.usage.input_tokens,
        output_tokens=answered.usage.output_tokens,
        endings=_endings(answered.reading),
    )
