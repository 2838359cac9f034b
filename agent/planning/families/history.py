"""Intents about the record of work and events: counts, bundles, what follows what, the likely next order, failure modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.families.jobs import window_of
from agent.planning.intent import Call, intent
from agent.planning.problems import Problem, Unanswerable

_SEVERAL = 4
_ORDER, _GROUP, _KIND = "order", "group", "kind"
_DAYS: Mapping[str, int] = {"day": 1, "week": 7, "month": 30}


def _statistics(question: Question) -> Sequence[Call]:
    """One call for each way of counting that is asked for."""
    ways = _said(question, "tally") or ([by] if (by := question.says("by")) else [])
    kinds, groups = _kind(question), _groups(question)
    told = {**window_of(question.window()), **_code(question), **({"groups": groups} if groups else {})}
    told |= {} if _KIND in ways else kinds  # beside the other kinds
    return [
        Call("order_statistics", {**asset, **told, "by": by}) for asset in _assets(question) for by in ways or ["code"]
    ]


def _events(question: Question) -> Sequence[Call]:
    """By the groups of events, or by what is said."""
    groups = _groups(question)
    ways = _said(question, "tally") or ([by] if (by := question.says("by")) else [_GROUP])
    shared: dict[str, Any] = {**window_of(question.window()), **_code(question)}
    every = {"groups": groups} if groups else {}
    return [
        Call("order_statistics", {**asset, **shared, **every, "by": by}) for asset in _assets(question) for by in ways
    ]


def _of_kind(question: Question) -> Sequence[Call]:
    shared = {**window_of(question.window()), **_kind(question), "which": "all"}
    return [Call("list_work_orders", {**asset, **shared}) for asset in _assets(question)]


def _bundles(question: Question) -> Sequence[Call]:
    shared = {**window_of(question.window()), **_kind(question), **_days(question), "by": "bundle"}
    return [Call("order_statistics", {**asset, **shared}) for asset in _assets(question)]


def _sequences(question: Question) -> Sequence[Call]:
    """After each group of events that is named; orders after orders where none is."""
    groups = [one for one in _groups(question) if one != _ORDER] or [_ORDER]
    shared = {**window_of(question.window()), **_kind(question), **_code(question), **_days(question)}
    return [
        Call("order_sequences", {**asset, **shared, "after": after}) for asset in _assets(question) for after in groups
    ]


def _next(question: Question) -> Sequence[Call]:
    return [Call("next_order", {"asset": id_, **_kind(question)}) for id_ in question.named(_SEVERAL)]


def _modes(question: Question) -> Sequence[Call]:
    """Of a class where it is the class that is named."""
    assets = question.assets()
    if assets is None:
        raise Unanswerable(Problem("missing", "assets"))
    named = [] if assets.ids else [assets.class_] if assets.class_ and not assets.restricted else []
    return [Call("failure_modes", {"asset": one}) for one in named or question.named(_SEVERAL)]


def _assets(question: Question) -> Sequence[Mapping[str, Any]]:
    """Each asset that is named; none for the whole plant, or for all of a class that it has more of than can be told one by one. Raises
    ``Unanswerable`` for points, which have no work of their own."""
    assets = question.assets()
    if assets is None or assets.is_everything:
        return [{}]
    if assets.point:
        raise Unanswerable(Problem("left_out", assets.text))
    if _is_all(question, assets):
        return [{}]
    return [{"asset": id_} for id_ in question.named(_SEVERAL)]


def _is_all(question: Question, assets: Assets) -> bool:
    """“The chillers” where all that has work is a chiller, and there are many."""
    return not assets.ids and not assets.restricted and len(question.lexicon.of_class(assets.class_ or "")) > _SEVERAL


def _groups(question: Question) -> list[str]:
    named = question.says("groups")
    return list(dict.fromkeys([*_said(question, "event_group"), *([named] if named else [])]))


def _kind(question: Question) -> Mapping[str, Any]:
    kinds = _said(question, "order_kind")
    return {"kind": kinds[0]} if len(set(kinds)) == 1 else {}


def _said(question: Question, slot: str) -> list[str]:
    """What a slot says, with its preposition before it or not."""
    values = cast(Sequence[Mapping[str, Any]], question.all(slot, Mapping))
    inner = [cast(Mapping[str, Any], one.get(slot, one)) for one in values]
    return list(dict.fromkeys(str(one["is"]) for one in inner if "is" in one))


def _code(question: Question) -> Mapping[str, Any]:
    code = question.first("event_code", str)
    return {"code": code.strip()} if code else {}


def _days(question: Question) -> Mapping[str, Any]:
    number, unit = question.said("lag", "number"), question.said("lag", "unit")
    return {"days": max(1, round(float(number or 1) * _DAYS.get(str(unit), 1)))} if unit else {}


HISTORY = (
    intent("order_statistics", _statistics, assets=1, time=1, tally=2, order_kind=2, event_group=1, event_code=1),
    intent("event_statistics", _events, assets=1, time=1, tally=2, event_group=4, event_code=1),
    intent("orders_of_kind", _of_kind, ["order_kind"], assets=1, time=1, order_kind=1, event_group=1),
    intent("order_bundles", _bundles, assets=1, time=1, order_kind=1, lag=1),
    intent("order_sequences", _sequences, assets=1, time=1, event_group=3, order_kind=1, event_code=1, lag=1),
    intent("next_order", _next, ["assets"], order_kind=1),
    intent("failure_modes", _modes, ["assets"]),
)
