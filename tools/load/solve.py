"""The load plan of a problem: the cheapest that was found, with what none can be cheaper than, beside what the rule would do.

Runs for as long as it may: call it in an executor, never on the event loop. Needs the extra ``plans``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from graph_schema.errors import InvalidInput, PlantroomError
from tools.load.account import account
from tools.load.model import Plan, Problem
from tools.load.rule import by_rule
from tools.load.verify import violations

SECONDS = 20.0
"""How long is searched, where nothing else is said."""
GAP = 0.01
"""The search ends as soon as no plan can be cheaper by more than this share."""


@dataclass(frozen=True, slots=True)
class Search:
    seconds: float = SECONDS
    gap: float = GAP


def solve(problem: Problem, search: Search | None = None) -> Plan:
    """It is checked before it is returned.

    Raises ``InvalidInput`` where the solver is not installed or the problem is too large, ``PlantroomError`` where there is none in time or one would break a constraint.
    """
    try:
        from tools.load.program import LoadProgram
    except ImportError as error:
        raise InvalidInput("Plans need the solver: install Plantroom with the extra “plans”.") from error
    search = search or Search()
    began = time.monotonic()
    rule = ruled(problem)
    made = LoadProgram(problem)
    answer = made.linear.solved(search.seconds, search.gap, made.hint(rule.courses))
    took = time.monotonic() - began
    bound = None if answer.bound is None else answer.bound + made.offset
    keeps = not violations(problem, rule)
    if answer.values is None:
        if not keeps:
            raise PlantroomError(f"No plan was found in {search.seconds:g} s. Give it more seconds or fewer hours.")
        return Plan(rule.courses, "by rule", rule.cost, bound, (), took)
    courses = made.courses(list(answer.values))
    shortfalls = made.shortfalls(list(answer.values))
    cost = account(problem, courses).cost
    if keeps and not shortfalls and rule.cost < cost:
        return Plan(rule.courses, "by rule", rule.cost, bound, (), took)
    has_bound = bound is not None and not shortfalls
    plan = Plan(
        courses,
        "within gap" if answer.is_optimal else "within time",
        cost,
        bound if has_bound else None,
        shortfalls,
        took,
    )
    if broken := violations(problem, plan):
        raise PlantroomError(f"The plan that was found breaks a constraint, so it is not shown: {broken[0]}")
    return plan


def ruled(problem: Problem) -> Plan:
    """What the plant does by itself; it may break constraints."""
    courses = by_rule(problem)
    return Plan(courses, "by rule", account(problem, courses).cost)
