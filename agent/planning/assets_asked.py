"""Intents about which assets there are: counted, listed, looked for, and how they hang together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.planning.asked import Question
from agent.planning.assets import Assets, of_class
from agent.planning.intent import Call, intent
from agent.planning.jobs import dump
from agent.planning.model_asked import LISTED, query_of
from agent.planning.problems import Instead, Problem, Unanswerable

_LISTED = 60
_SEVERAL = 4


def _wanted(question: Question) -> Assets:
    """What is asked for. Raises ``Unanswerable`` where nothing is."""
    found = question.restricted_assets()
    if found is None:
        raise Unanswerable(Problem("missing", "assets"))
    return found


def _count(question: Question) -> Sequence[Call]:
    group = question.said("group", "by")
    if group in ("hour", "day"):
        raise Unanswerable(Problem("left_out", group))
    grouped = {} if group is None else {"group_by": group}
    return [Call("find_assets", {"query": dump(query_of(_wanted(question))), **grouped, "limit": _LISTED})]


def _list(question: Question) -> Sequence[Call]:
    assets = _wanted(question)
    if question.all("columns", object):
        raise Instead("table")
    if assets.ids and not assets.restricted:
        raise Instead("asset_status")
    return [Call("find_assets", {"query": dump(query_of(assets)), "limit": LISTED})]


def _exists(question: Question) -> Sequence[Call]:
    """“are all pumps running” looks for those that are not."""
    assets = _wanted(question)
    if assets.ids and not assets.restricted:
        raise Unanswerable(Problem("unclear", assets.text))
    found = [Call("find_assets", {"query": dump(query_of(assets)), "limit": _LISTED})]
    if not assets.every:
        return found
    rest = of_class(assets.class_).model_copy(update={"excluding": assets.query.model_copy(update={"class_": None})})
    return [*found, Call("find_assets", {"query": dump(rest), "limit": _LISTED})]


def _most(question: Question) -> Sequence[Call]:
    """Of the first, how many of the other stand in a relation to each."""
    ones = question.each_assets()
    if len(ones) != 2:
        raise Unanswerable(Problem("missing", "other"))
    first, other = ones
    related = {"relation": _relation(question, first, other), "query": dump(other.query)}
    order = question.says("order")
    return [Call("find_assets", {"query": dump(query_of(first)), "related": related, "order": order, "limit": _LISTED})]


def _relation(question: Question, first: Assets, other: Assets) -> str:
    if question.says("relation") == "feeds":
        return "feeds"
    return "points" if other.point else "contains" if question.resolver.is_place(first) else "parts"


def _where(question: Question) -> Sequence[Call]:
    return [Call("describe_asset", {"asset": id_}) for id_ in question.named(_SEVERAL)]


def _trace(direction: str) -> Any:
    def plan(question: Question) -> Sequence[Call]:
        return [Call("trace_connections", {"asset": id_, "direction": direction}) for id_ in question.named(_SEVERAL)]

    return plan


def _path(question: Question) -> Sequence[Call]:
    ids = question.named(2)
    if len(ids) != 2:
        raise Unanswerable(Problem("missing", "other"))
    return [Call("trace_connections", {"asset": ids[0], "direction": "path", "to": ids[1]})]


ASSETS = (
    intent("count", _count, ["assets"], group=1, time=1),
    intent("list", _list, ["assets"], columns=8, time=1),
    intent("exists", _exists, ["assets"], time=1),
    intent("most", _most, ["assets"], assets=2),
    intent("where", _where, ["assets"]),
    intent("describe", _where, ["assets"]),
    intent("upstream", _trace("upstream"), ["assets"]),
    intent("downstream", _trace("downstream"), ["assets"]),
    intent("path", _path, ["assets"], assets=2),
)
