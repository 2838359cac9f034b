"""An intent: what it is asked with, the calls that answer it, and which of them its answer is told from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.language.frame import IntentSlots
from agent.planning.asked import Question


@dataclass(frozen=True, slots=True)
class Call:
    tool: str
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Intent:
    """``plan`` gives the calls of a question; one without calls is answered by its template alone. One that is answered ``regardless`` of what
    else was said (a danger, an order that is refused) is never asked back, and its answer has no small
    print. An ``aside`` (thanks, a joke asked for) leaves the conversation where it was. One that ``refuses`` says why what is asked is not to be had."""

    slots: IntentSlots
    plan: Callable[[Question], Sequence[Call]]
    regardless: bool = False
    aside: bool = False
    refuses: bool = False

    @property
    def name(self) -> str:
        return self.slots.name


def intent(name: str, plan: Callable[[Question], Sequence[Call]], needs: Sequence[str] = (), **takes: int) -> Intent:
    return Intent(IntentSlots(name, needs, takes), plan)
