"""Intents about the model of the plant itself: rows of assets with what stands beside each, classes, and what is connected with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from agent.language.lattice import ClassWord
from agent.planning.asked import Question
from agent.planning.assets import Assets, of_class
from agent.planning.families.jobs import dump
from agent.planning.intent import Call, intent
from agent.planning.points import point_class
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery

LISTED = 1000
"""Rows of a list at most: what the tool gives at once."""
_COLUMNS = 8
_OF_POINTS = frozenset({"reference", "source", "unit"})
"""Facts that points have and the equipment does not."""
_SIDES = ("Equipment", "Collection", "Location", "Point")


def _table(question: Question) -> Sequence[Call]:
    assets = question.restricted_assets()
    columns = [*columns_of(question)]
    if assets is None or not columns:
        raise Instead("list")
    if len(columns) > _COLUMNS:
        raise Unanswerable(Problem("left_out", columns[_COLUMNS]))
    assets, columns = _by_point(question, assets, columns)
    return [Call("find_assets", {"query": dump(query_of(assets)), "columns": columns, "limit": LISTED})]


def query_of(assets: Assets) -> AssetQuery:
    return AssetQuery(ids=list(assets.ids)) if assets.ids and not assets.restricted else assets.query


def columns_of(question: Question) -> Iterator[str]:
    """What stands beside each: a fact of it by its name, a class for those of it that belong together, or a quantity for its newest value."""
    yield from dict.fromkeys(_column(question, one) for one in question.all("columns", object))


def _column(question: Question, said: object) -> str:
    if isinstance(said, ClassWord):
        return question.lexicon.best_class(said.classes)
    if isinstance(said, Quantity):
        class_ = point_class(question.lexicon, said) if said.sensor else None
        return class_ or question.target(said, None).quantity
    given = cast(Mapping[str, Any], said)
    return str(given["column"] if "column" in given else given["stated"]["column"])


def _by_point(question: Question, assets: Assets, columns: list[str]) -> tuple[Assets, list[str]]:
    """“each VAV with its zone temperature sensor and the id of its time series”: a row for each of the points, which the series belong to."""
    facts = [one for one in columns if one in _OF_POINTS]
    if assets.point or not facts:
        return assets, columns
    points = [one for one in columns if one[:1].isupper() and question.lexicon.kind_of(one) == "point"]
    if len(points) > 1:
        raise Unanswerable(Problem("unclear", assets.text))
    class_ = points[0] if points else "Point"
    every = Assets(of_class(class_), "", (), class_, point=True)
    owner = assets.class_ if assets.class_ and not assets.ids else "equipment"
    rest = [one for one in columns if one != class_ and one not in facts]
    return Relations(question.lexicon).owned(every, assets), [owner, *rest, *facts]


def _kinds(question: Question) -> Sequence[Call]:
    assets = question.restricted_assets()
    if assets is None:
        return _classes(question)
    if assets.ids and not assets.restricted:
        raise Unanswerable(Problem("unclear", assets.text))
    return [Call("find_assets", {"query": dump(query_of(assets)), "group_by": "class", "limit": 1})]


def _classes(question: Question) -> Sequence[Call]:
    everything = AssetQuery(any_of=[of_class(one) for one in _SIDES])
    return [Call("find_assets", {"query": dump(everything), "group_by": "class", "limit": 1})]


def _neighbours(question: Question) -> Sequence[Call]:
    ids = question.named(_COLUMNS)
    named = AssetQuery(ids=list(ids))
    parts = AssetQuery(part_of=named)
    if question.says("relation") == "linked":
        each = [_next_to(one, named) for one in ("feeds", "fed_by", "part_of", "has_part")]
    else:  # an air handler is fed where its coils are
        relation = str(question.says("relation"))
        each = [_next_to(relation, named), _next_to(relation, parts)]
    return [Call("find_assets", {"query": dump(AssetQuery(any_of=each, excluding=parts)), "limit": LISTED})]


def _next_to(relation: str, other: AssetQuery) -> AssetQuery:
    return AssetQuery(direct=True).model_copy(update={relation: other})


MODEL = (
    intent("table", _table, ["assets", "columns"], columns=_COLUMNS),
    intent("kinds", _kinds, ["assets"]),
    intent("classes", _classes),
    intent("neighbours", _neighbours, ["assets"]),
)
