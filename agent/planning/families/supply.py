"""Intents about supply: what feeds an asset and what it feeds, in which medium, and what is left without when it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.families.media import mains, source_of
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations
from graph_schema.question import AssetQuery

_SEVERAL = 4
_SPACES = "Space"
"""Floors and buildings lose what the spaces in them lose."""


def _upstream(question: Question) -> Sequence[Call]:
    """All that feeds an asset; of a medium that was said what makes it or brings it in."""
    _by_way_of(question, "feeds")
    medium = question.said("medium", "medium")
    sources: dict[str, str] = {} if medium is None else {"of_class": source_of(str(medium), question.lexicon)}
    return [
        Call("trace_connections", {"asset": id_, "direction": "upstream", **sources})
        for id_ in question.named(_SEVERAL)
    ]


def _downstream(question: Question) -> Sequence[Call]:
    _by_way_of(question, "fed_by")
    return [Call("trace_connections", {"asset": id_, "direction": "downstream"}) for id_ in question.named(_SEVERAL)]


def _by_way_of(question: Question, relation: str) -> None:
    """What is supplied “through the transfer switch” is a list of what is supplied by both. Raises ``Instead``."""
    assets = question.assets()
    if assets is None or assets.through is None:
        return
    way = AssetQuery.model_validate({relation: assets.through})
    both = AssetQuery.model_validate({relation: AssetQuery(ids=list(assets.ids)), "any_of": [way]})
    raise Instead("list", query=both.model_dump_json(by_alias=True, exclude_defaults=True))


def _path(question: Question) -> Sequence[Call]:
    question.all("medium", object)  # the way is that of all that flows
    ids = question.named(2)
    if len(ids) != 2:
        raise Unanswerable(Problem("missing", "other"))
    return [Call("trace_connections", {"asset": ids[0], "direction": "path", "to": ids[1]})]


def _loses(question: Question) -> Sequence[Call]:
    """What has no other supply when an asset stops; only those of the class that was asked about. The medium is that of the supply which is
    lost, and is no other question."""
    question.all("medium", object)
    of_class = _losing(question)
    return [Call("trace_connections", {"asset": _failing(question), "direction": "loses_service", **of_class})]


def _failing(question: Question) -> str:
    """What was named, or where the power comes in. Raises ``Unanswerable`` where the plant has no such place, and where several would fail: what
    is lost with all of them is more than what is lost with each."""
    of = question.said("mains", "of")
    if of is None or question.all("assets", Assets):
        (one,) = question.named(1)
        return one
    ids = mains(str(of), question.lexicon)
    if len(ids) > 1:
        raise Unanswerable(Problem("too_many", of, question.choices(ids)))
    return ids[0]


def _losing(question: Question) -> Mapping[str, Any]:
    """The class of what may lose service; a named asset is looked for in the answer."""
    affected = question.first("affected", Assets)
    if affected is None or affected.is_everything or affected.whole_plant:
        return {}
    if affected.choices:
        raise Unanswerable(Problem("ambiguous", affected.text, affected.choices))
    if affected.restricted or affected.tests or affected.per is not None:
        raise Unanswerable(Problem("left_out", affected.text))
    if affected.ids:
        return {}
    if not Relations(question.lexicon).is_wide(affected):
        return {"of_class": affected.class_}
    if affected.class_ == "Floor" and not question.says("floors"):
        raise Instead("loses", floors="true")
    return {"of_class": _SPACES}


SUPPLY = (
    intent("upstream", _upstream, ["assets"], medium=1),
    intent("downstream", _downstream, ["assets"]),
    intent("path", _path, ["assets"], assets=2, medium=1),
    intent("loses", _loses, assets=1, affected=1, medium=1, mains=1),
)
