"""Intents about values and states over a time: how long and how often beyond another value, when, since when, and which way they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets, Test
from agent.planning.families.jobs import where, window_of
from agent.planning.families.measures import powered
from agent.planning.intent import Call, intent
from agent.planning.problems import Problem, Unanswerable
from agent.planning.relations import named_ids
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Window

_COUNTED = 12
"""Assets whose alarms are counted one by one."""
_SEVERAL = 4
_BEST = 3
_POINTS = 100
_USED = frozenset({"energy", "usage"})


def _beyond(question: Question) -> Sequence[Call]:
    """How long, how often and since when a value was above or below another."""
    tests, assets = question.all("comparison", Test), question.assets()
    quantity = question.first("quantity", Quantity) or question.implied(tests, assets)
    if len(tests) != 1 or tests[0].value is None or tests[0].comparison not in (">", ">=", "<", "<="):
        raise Unanswerable(Problem("one_value"))
    known = tests[0] if quantity is None else replace(tests[0], quantity=quantity)
    condition = question.resolver.condition(known, assets or Assets(AssetQuery(), ""), None, False)
    if condition is None:
        raise Unanswerable(Problem("missing", "quantity"))
    of = quantity or Quantity(
        question.lexicon.quantity_tokens.get(condition.quantity, frozenset({condition.quantity})),
        condition.quantity,
        exact=(condition.quantity,),
    )
    target = question.target(of, assets)
    state = f"{condition.comparison} {condition.value:g} {condition.unit or ''}".strip()
    return [
        Call("runs", {"quantity": target.quantity, "state": state, **where(target), **window_of(question.window())})
    ]


def _in_alarm(question: Question) -> Sequence[Call]:
    """How long and how often something was beyond its limits, and when that began: of each asset that is named."""
    assets, window = question.assets(), window_of(question.window())
    quantity = question.first("quantity", Quantity) if question.says("asks") == "began" else None
    if quantity is not None:  # when each of its points began is told by its name
        target = question.target(quantity, assets)
        if not target.ids or len(target.ids) > _COUNTED:
            raise Unanswerable(Problem("missing", "assets"))
        return [Call("alarm_history", {"asset": id_, **window, "limit": _POINTS}) for id_ in target.ids]
    if assets is None or assets.is_everything:
        return [Call("alarm_history", {**window, "limit": _POINTS})]
    of_points = named_ids(assets.query) if assets.point and assets.restricted else []  # “the CO2 in room 202”
    ids = of_points or question.named(_COUNTED)
    return [Call("alarm_history", {"asset": id_, **window, "limit": _POINTS}) for id_ in ids]


def _best_time(question: Question) -> Sequence[Call]:
    """The hour or the day of the highest or lowest value, or of what was used most."""
    by = question.said("bucket", "by")
    order = question.said("superlative", "order") or question.said("quantity", "order") or "desc"
    quantity = _asked_quantity(question)
    window = question.window() or Window(start=question.now - timedelta(days=7 if by == "day" else 1), end=question.now)
    target = powered(question, quantity, question.assets())
    how = (
        "use" if quantity.tokens & _USED else question.said("statistic", "is") or ("max" if order == "desc" else "min")
    )
    grouped = {"aggregate": how, "group_by": by, "order": order, "limit": _BEST}
    times = {"start": window.start.isoformat(), "end": window.end.isoformat()}
    return [Call("query_telemetry", {"quantity": target.quantity, **where(target), **grouped, **times})]


def _asked_quantity(question: Question) -> Quantity:
    """The one that was named, or that “the hottest day” is about. Raises ``Unanswerable`` for none."""
    named, of = question.first("quantity", Quantity), question.said("quantity", "of")
    if named is None and of is None:
        raise Unanswerable(Problem("missing", "quantity"))
    if named is not None:
        return named
    wide = str(of)
    assets = question.assets()
    outside = f"outside_air_{wide}" if assets is None else wide
    tokens = question.lexicon.quantity_tokens.get(outside, frozenset(outside.split("_")))
    return Quantity(tokens, outside)


def _last_read(question: Question) -> Sequence[Call]:
    """When a quantity was read last, or anything of an asset."""
    quantity, assets = question.first("quantity", Quantity), question.assets()
    if quantity is None:
        return [Call("describe_asset", {"asset": id_}) for id_ in question.named(_SEVERAL)]
    target = question.target(quantity, assets)
    return [Call("query_telemetry", {"quantity": target.quantity, **where(target), "aggregate": "latest"})]


def _trend(question: Question) -> Sequence[Call]:
    """Which way a value goes, by how much it changed, and its line."""
    assets, quantity = question.assets(), question.first("quantity", Quantity)
    if quantity is None:
        raise Unanswerable(Problem("missing", "quantity"))
    window = _since(question)
    target = question.target(quantity, assets)
    times = {"start": window.start.isoformat(), "end": window.end.isoformat()}
    drawn = Call("plot", {"quantity": target.quantity, **where(target), **times})
    return [*(_over(target, how, times) for how in ("first", "last", "change")), drawn]


def _since(question: Question) -> Window:
    """The time that was said; “since eight” until now; else the last 24 hours."""
    span = question.first("time", Span)
    if span is not None and span.kind == "at":
        return Window(start=span.start, end=question.now)
    return question.window() or Window(start=question.now - timedelta(hours=24), end=question.now)


def _over(target: Target, how: str, times: Mapping[str, Any]) -> Call:
    return Call("query_telemetry", {"quantity": target.quantity, **where(target), "aggregate": how, **times})


OVER_TIME = (
    intent("beyond", _beyond, ["comparison"], assets=1, quantity=1, time=1),
    intent("in_alarm", _in_alarm, assets=4, quantity=1, time=1),
    intent("best_time", _best_time, ["bucket"], quantity=1, assets=1, time=1, superlative=1, statistic=1),
    intent("last_read", _last_read, assets=1, quantity=1),
    intent("trend", _trend, ["quantity"], assets=1, time=1),
)
