"""Why a question cannot be answered as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.vocabulary.grounding import Candidate
from agent.vocabulary.linking import Link

ProblemKind = Literal[
    "unknown_name", "ambiguous", "no_referent", "left_out", "missing", "unclear", "no_run_status", "no_quantity", "not_on", "wrong_unit", "no_price", "too_early", "too_late", "too_many", "not_named", "moment", "ambiguous_time", "unclear_time", "repeated_time", "not_placed", "too_long", "one_value", "no_past_risk", "no_position", "no_source",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """``text`` is what was written; ``choices`` what it may mean, or what there is instead."""

    kind: ProblemKind
    text: str = ""
    choices: tuple[Candidate, ...] = ()
    link: Link | None = None


class Unanswerable(Exception):
    """Ends the planning of a question, with the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


class Instead(Exception):
    """Ends the planning of a question that is one of another intent by what it names; ``says`` are constants that this one lacks."""

    def __init__(self, intent: str, **says: str) -> None:
        super().__init__(intent)
        self.intent = intent
        self.says = says
