"""What can be asked: how each kind of question is looked up, and how its results are told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from agent.offline.about_quality import say_quality
from agent.offline.answers.ahead import say_expected, say_foretold
from agent.offline.answers.limits import say_excess, say_limits
from agent.offline.answers.measures import say_measures
from agent.offline.answers.one_thing import (
    say_define,
    say_describe,
    say_points,
    say_seen,
    say_where,
    say_whole,
    say_wrong,
)
from agent.offline.answers.outcomes import Outcome, first, results_of
from agent.offline.answers.risks import say_risk
from agent.offline.answers.states import say_state, say_status
from agent.offline.answers.supply import say_route, say_trace
from agent.offline.answers.things import say_check, say_count, say_counts, say_highlight, say_list, say_which
from agent.offline.intents import Intent, LookedUp
from agent.offline.phrases import Speaker
from agent.offline.planner import Call, Planner
from tools.catalogue.data_quality import DataQuality
from tools.results.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Act:
    """``plan`` gives the first calls of an intent, ``say`` the answer from what came of them."""

    plan: Callable[[Planner, Intent], list[Call]]
    say: Callable[[Speaker, Intent, Sequence[Outcome]], str]


def complete(acts: Mapping[str, Act]) -> Mapping[str, Act]:
    """The same. Raises ``TypeError`` where an act that needs calls is missing."""
    missing = sorted(set(get_args(LookedUp)) - set(acts))
    if missing:
        raise TypeError(f"Nothing says how to look up and tell: {', '.join(missing)}.")
    return acts


def _say_value(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return say_measures(speaker, intent, results_of(outcomes, Telemetry))


def _say_quality(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return say_quality(speaker, intent, first(outcomes, DataQuality))


ACTS = complete(
    {
        "check": Act(Planner.plan_check, say_check),
        "compare": Act(Planner.plan_value, _say_value),
        "count": Act(Planner.plan_count, say_count),
        "counts": Act(Planner.plan_counts, say_counts),
        "define": Act(Planner.plan_define, say_define),
        "describe": Act(Planner.plan_describe, say_describe),
        "downstream": Act(Planner.plan_downstream, say_trace),
        "excess": Act(Planner.plan_excess, say_excess),
        "expected": Act(Planner.plan_expected, say_expected),
        "foretold": Act(Planner.plan_foretold, say_foretold),
        "highlight": Act(Planner.plan_highlight, say_highlight),
        "limits": Act(Planner.plan_describe, say_limits),
        "list": Act(Planner.plan_list, say_list),
        "loses_service": Act(Planner.plan_loses_service, say_trace),
        "path": Act(Planner.plan_path, say_trace),
        "points": Act(Planner.plan_describe, say_points),
        "quality": Act(Planner.plan_quality, _say_quality),
        "rank": Act(Planner.plan_value, _say_value),
        "risk": Act(Planner.plan_risk, say_risk),
        "route": Act(Planner.plan_route, say_route),
        "seen": Act(Planner.plan_describe, say_seen),
        "state": Act(Planner.plan_state, say_state),
        "status": Act(Planner.plan_status, say_status),
        "upstream": Act(Planner.plan_upstream, say_trace),
        "value": Act(Planner.plan_value, _say_value),
        "where": Act(Planner.plan_where, say_where),
        "which": Act(Planner.plan_which, say_which),
        "whole": Act(Planner.plan_describe, say_whole),
        "wrong": Act(Planner.plan_wrong, say_wrong),
    }
)
