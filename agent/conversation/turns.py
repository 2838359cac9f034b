"""What a conversation keeps: its turns, bounded, and what it is about."""

from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from agent.models.chat_model import ChatMessage
from agent.vocabulary.grounding import Grounding
from tools.results.result import ToolResult

TURNS = 12
"""Turns that are kept and sent again."""
TURNS_WITH_STEPS = 2
"""Newest turns whose tool calls go along, for "and yesterday?"."""
LONGEST_RESULT = 1500
LONGEST_ANSWER = 4000
MOST_IN_FOCUS = 200


class Turn(TypedDict):
    """One question with its answer. Plain values only: this is what a checkpoint holds."""

    question: str
    answer: str
    steps: NotRequired[list[ChatMessage]]


def remembered(turns: Sequence[Turn]) -> list[ChatMessage]:
    """The turns before a question as messages, oldest first; always whole turns."""
    recent = turns[-TURNS:]
    messages: list[ChatMessage] = []
    for index, turn in enumerate(recent):
        messages.append({"role": "user", "content": turn["question"]})
        if index >= len(recent) - TURNS_WITH_STEPS:
            messages.extend(turn.get("steps", ()))
        messages.append({"role": "assistant", "content": turn["answer"]})
    return messages


def with_turn(turns: Sequence[Turn], question: str, answer: str, steps: Iterable[ChatMessage]) -> list[Turn]:
    """The turns that are kept after one more; only the newest keep their steps, and those shortened."""
    older = turns[-(TURNS - 1) :]
    plain: list[Turn] = [{"question": turn["question"], "answer": turn["answer"]} for turn in older]
    if TURNS_WITH_STEPS > 1 and older:
        plain[-(TURNS_WITH_STEPS - 1) :] = older[-(TURNS_WITH_STEPS - 1) :]
    new: Turn = {
        "question": question,
        "answer": _cut(answer, LONGEST_ANSWER),
        "steps": [_shortened(one) for one in steps],
    }
    return [*plain, new]


def _shortened(message: ChatMessage) -> ChatMessage:
    return {**message, "content": _cut(message["content"], LONGEST_RESULT)}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"


def focus_after(results: Sequence[ToolResult], grounding: Grounding, before: Sequence[str]) -> list[str]:
    """What "it" and "they" mean in the next question: what the last tools told about, else what the question named.

    The first id is "it"; all of them are "they".
    """
    found = list(dict.fromkeys(id for result in reversed(results) for id in result.subjects()))
    named = [mention.candidates[0].id for mention in grounding.mentions if len(mention.candidates) == 1]
    return (found or list(dict.fromkeys(named)) or list(before))[:MOST_IN_FOCUS]
