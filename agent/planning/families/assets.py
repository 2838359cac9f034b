"""Intents about which assets there are: counted, listed, looked for, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.language.lattice import ClassWord
from agent.planning.asked import Question
from agent.planning.assets import Assets, of_class
from agent.planning.families.jobs import dump
from agent.planning.families.model import LISTED, query_of
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations
from graph_schema.question import AssetQuery

_LISTED = 60
_SEVERAL = 4
_MARKED = 500
_COUNTED = 1000
"""Counts are whole, so that it is told how many have the same."""
_STATES = {"where", "status", "has_part"}
"""What of a query is said of an asset; all else picks one out (“the pump that feeds AHU-1”)."""
_PER = {"fed_by": "feeds", "supply": "feeds", "feeds": "fed_by"}


def _wanted(question: Question) -> Assets:
    """What is asked for. Raises ``Unanswerable`` where nothing is."""
    found = question.restricted_assets()
    if found is None:
        raise Unanswerable(Problem("missing", "assets"))
    if _in_a_state(found.query) and Relations(question.lexicon).is_absent(found):
        raise Unanswerable(Problem("unknown_name", found.label or found.text))
    if question.says("was") and not question.asked.values.get("time") and _in_a_state(found.query):
        raise Unanswerable(Problem("moment"))
    return found


def _in_a_state(query: AssetQuery) -> bool:
    """Whether it asks for what is so now and may have been otherwise."""
    inner = (query.has_part, query.excluding, *query.any_of)
    return bool(query.where or query.status) or any(_in_a_state(one) for one in inner if one is not None)


def _is_of_each(question: Question) -> bool:
    return any(one.per is not None for one in question.all("assets", Assets))


def _count(question: Question) -> Sequence[Call]:
    if _is_of_each(question):
        raise Instead("most")
    group = question.said("group", "by")
    if group in ("hour", "day"):
        raise Unanswerable(Problem("left_out", group))
    grouped = {} if group is None else {"group_by": group}
    return [Call("find_assets", {"query": dump(query_of(_wanted(question))), **grouped, "limit": _LISTED})]


_FEW = 3
"""Named assets of which each is told how it is; of more, which they are."""


def _list(question: Question) -> Sequence[Call]:
    if _is_of_each(question):
        raise Instead("most")
    if (query := question.says("query")) is not None:
        question.all("assets", Assets)
        return [Call("find_assets", {"query": dump(AssetQuery.model_validate_json(query)), "limit": LISTED})]
    assets = _wanted(question)
    if question.says("contents") == "there" and not question.resolver.is_place(assets):
        raise Unanswerable(Problem("left_out", assets.text))  # beside the pump that was told of, and not in it
    if question.says("contents") and assets.ids:
        return [Call("find_assets", {"query": dump(AssetQuery(within=query_of(assets))), "limit": LISTED})]
    if question.all("columns", object):
        raise Instead("table")
    if 0 < len(assets.ids) <= _FEW and not assets.restricted and not question.says("places"):
        raise Instead("asset_status")
    if len(assets.ids) == 1 and assets.query.where and not question.says("which"):
        raise Instead("exists")  # “chiller 2 on or off”
    if assets.class_ == "Alarm" and not question.lexicon.of_class("Alarm"):
        raise Instead("alarms")  # “list what's in alarm”
    return [Call("find_assets", {"query": dump(query_of(assets)), "limit": LISTED})]


def _exists(question: Question) -> Sequence[Call]:
    """“are all pumps running” looks for those that are not."""
    assets = _the_one(question, _wanted(question))
    if (
        assets.ids and not assets.restricted and question.says("at") == "start"
    ):  # “is AHU-2”, not “is there an elevator”
        raise Unanswerable(Problem("unclear", assets.text))
    found = [Call("find_assets", {"query": dump(query_of(assets)), "limit": _LISTED})]
    if not assets.every:
        return found
    position = question.says("position")
    every = of_class(assets.class_) if position is None else AssetQuery(has_point=[str(position)])
    rest = every.model_copy(update={"excluding": assets.query.model_copy(update={"class_": None})})
    return [*found, Call("find_assets", {"query": dump(rest), "limit": _LISTED})]


def _the_one(question: Question, assets: Assets) -> Assets:
    """“is the chiller running” where there are two: it is asked which one, and what was asked of it is kept for the answer."""
    narrowing = question.says("narrowing")
    if narrowing is not None:
        if not assets.ids or assets.restricted:
            several = question.lexicon.of_class(assets.class_ or "")
            raise Unanswerable(Problem("ambiguous", assets.label, question.choices(several)))
        query = AssetQuery.model_validate_json(narrowing).model_copy(update={"ids": list(assets.ids)})
        return replace(assets, query=query, restricted=True)
    several = question.lexicon.of_class(assets.class_ or "")
    said = assets.query.model_fields_set & assets.query.model_dump(exclude_defaults=True).keys()
    if not assets.definite or assets.plural or assets.ids or len(several) < 2 or not said - {"class_"} <= _STATES:
        return assets
    rest = assets.query.model_copy(update={"class_": None})
    raise Instead("exists", narrowing=rest.model_dump_json(by_alias=True, exclude_defaults=True))


def _counts_beyond(question: Question) -> Sequence[Call]:
    """“AHUs feeding more than 50 VAVs”: the answer picks them from the counts of all."""
    op = str(question.said("bound", "op"))
    return _counted(question, question.each_assets(per=True), "desc" if op.startswith(">") else "asc")


def _counts_compared(question: Question) -> Sequence[Call]:
    """“Does AHU-1 feed more VAVs than AHU-2”: the counts of those that are named."""
    question.said("more", "is")  # the answer reads it
    ones = question.each_assets()
    if any(one.per is not None for one in ones):
        raise Unanswerable(Problem("left_out", ones[-1].text))
    sides = [one for one in ones if one.ids and not one.restricted]
    kind = question.first("counted", ClassWord)
    counted = [one for one in ones if one not in sides]
    counted += [] if kind is None else [_all_of(question, kind)]
    ids = list(dict.fromkeys(id_ for one in sides for id_ in one.ids))
    if len(ids) < 2 or len(counted) != 1:
        raise Unanswerable(Problem("missing", "other"))
    both = replace(sides[0], query=AssetQuery(ids=ids), ids=tuple(ids))
    return _counted(question, [both, counted[0]], "desc")


def _all_of(question: Question, word: ClassWord) -> Assets:
    class_ = question.lexicon.best_class(word.classes)
    point = question.lexicon.kind_of(class_) == "point"
    return Assets(of_class(class_), word.text, (), class_, word.plural, point=point, text=word.text)


def _more(question: Question) -> Sequence[Call]:
    """“More pumps than fans”: both are counted."""
    question.said("more", "is")  # the answer reads it
    ones = question.each_assets()
    if len(ones) != 2:
        raise Unanswerable(Problem("missing", "other"))
    return [Call("find_assets", {"query": dump(query_of(one)), "limit": _LISTED}) for one in ones]


def _most(question: Question) -> Sequence[Call]:
    return _counted(question, question.each_assets(per=True), question.says("order") or "desc")


def _counted(question: Question, ones: Sequence[Assets], order: str) -> Sequence[Call]:
    """Of the first, how many of the other stand in a relation to each."""
    if len(ones) == 1 and ones[0].per is not None:
        (other,), (rel, first) = ones, ones[0].per
        relation = _relation(question, first, other)
        relation = relation if relation == "feeds" else _PER.get(rel, relation)
    elif len(ones) == 2:
        first, other = ones
        if (each := first.per or other.per) is not None:
            raise Unanswerable(Problem("left_out", each[1].text))
        relation = _relation(question, first, other)
    else:
        raise Unanswerable(Problem("missing", "other"))
    if other.point and not other.plural:  # “more power” is no count of its points
        raise Unanswerable(Problem("left_out", other.text))
    near = {"direct": True} if question.says("direct") else {}
    related = {"relation": relation, "query": dump(other.query), **near}
    return [
        Call("find_assets", {"query": dump(query_of(first)), "related": related, "order": order, "limit": _COUNTED})
    ]


def _relation(question: Question, first: Assets, other: Assets) -> str:
    place = question.resolver.is_place(other)
    served = place or (other.class_ is not None and question.lexicon.is_a(other.class_, "Terminal_Unit"))
    if question.says("relation") == "feeds" or (served and not question.resolver.is_place(first)):
        return "feeds"
    return "points" if other.point else "contains" if question.resolver.is_place(first) else "parts"


def _highlight(question: Question) -> Sequence[Call]:
    """In the view: those that were named, or all of a class."""
    assets = _wanted(question)
    if assets.restricted:
        raise Unanswerable(Problem("not_named", assets.text))
    ids = assets.ids or question.lexicon.of_class(assets.class_ or "")
    if not ids:
        raise Unanswerable(Problem("missing", "assets"))
    return [Call("highlight", {"assets": list(ids)[:_MARKED]})]


def _where(question: Question) -> Sequence[Call]:
    """A list says where each stands, of as many as there are."""
    assets = question.assets()
    if assets is not None and (assets.restricted or (not assets.ids and assets.class_) or len(assets.ids) > _SEVERAL):
        raise Instead("list", places="true")
    return [Call("describe_asset", {"asset": id_}) for id_ in question.named(_SEVERAL)]


ASSETS = (
    intent("count", _count, ["assets"], group=1, time=1, throughout=1),
    intent("list", _list, ["assets"], columns=8, time=1, throughout=1),
    intent("exists", _exists, ["assets"], time=1, throughout=1),
    intent("most", _most, ["assets"], assets=2),
    intent("counts_beyond", _counts_beyond, ["bound", "assets"], assets=2),
    intent("counts_compared", _counts_compared, ["more", "assets"], assets=3, counted=1),
    intent("more", _more, ["more", "assets"], assets=2),
    intent("highlight", _highlight, ["assets"]),
    intent("where", _where, ["assets"]),
    intent("describe", _where, ["assets"]),
)
