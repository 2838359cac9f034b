"""How a question ends that is not answered, or not in its whole, and where the answer says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from agent.planning.intents import INTENTS
from agent.planning.understanding import Understood
from tools.results.result import ToolResult

Ending = Literal["asked_back", "refused", "not_recorded", "left_out"]
"""Asked back, or not understood; out of reach; looked up, and not in the records; answered without some of its words, which are named."""


def ending_of(understood: Understood, results: Sequence[ToolResult]) -> Ending | None:
    """None where the question is answered. ``results`` are those of its calls that gave one."""
    if understood.problem is not None:
        return "asked_back"
    intent = INTENTS[understood.asked.intent]
    if intent.refuses:
        return "refused"
    if understood.calls and not intent.regardless and all(one.is_unrecorded for one in results):
        return "not_recorded"
    return "left_out" if understood.frame.left_out and not intent.regardless else None
