"""The intent of a person who says how to be answered: in which language, in which units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.planning.asked import Asked, Question
from agent.planning.intent import Call, intent
from agent.planning.problems import Problem, Unanswerable

NAME = "wish"


def _wish(question: Question) -> Sequence[Call]:
    """Needs no call: what is wished is kept by the agent itself."""
    said = [question.said(slot, "is") for slot in ("tongue", "system")]
    if not any(said) and not question.says("take_back"):
        raise Unanswerable(Problem("unclear"))
    return []


def wish_of(asked: Asked) -> Mapping[str, str]:
    """What a question wishes: a ``language``, ``units``, or what of it to ``take_back``; nothing of another intent."""
    if asked.intent != NAME:
        return {}
    said = {
        "language": _first(asked, "tongue"),
        "units": _first(asked, "system"),
        "take_back": asked.says.get("take_back"),
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def _first(asked: Asked, slot: str) -> Any:
    return next((one.get("is") for one in asked.values.get(slot, ()) if isinstance(one, Mapping)), None)


WISHES = (intent(NAME, _wish, tongue=1, system=1),)
