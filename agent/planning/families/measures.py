"""Intents about what is measured: values now, at a moment and over a time, statistics, rankings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.families.jobs import dump, where
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.relations import Relations
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery

_RANKED, _TWO = 5, 2
_CONSUMING = AssetQuery(has_point=["electric_power"], excluding=AssetQuery.model_validate({"class": "Meter"}))
"""What draws power itself: a meter only counts what others draw."""
_SHORT = timedelta(days=2, hours=2)
_USED = frozenset({"energy", "usage"})
_OVER_ALL = ("mean", "min", "max", "sum")


def _value(question: Question) -> Sequence[Call]:
    spans = question.all("time", Span) or (None,)
    if any(span is not None and span.kind == "future" for span in spans):
        raise Instead("forecast")
    question.said("wanted", "unit")  # the answer looks at it
    question.said("state", "is")  # “was it on at three” is told by what it was
    group = question.said("group", "by") or _rows_of(question, spans[0])
    return [
        Call("query_telemetry", {"quantity": target.quantity, **where(target), **measured, **_grouped(group, measured)})
        for quantity, target in _targets(question)
        for span in spans
        for measured in _with_total(question, target, _measured(question, quantity, target, span))
    ]


def _rows_of(question: Question, span: Span | None) -> str | None:
    """A table of a stretch of time has a row for each hour, of more than two days for each day."""
    if not question.says("table") or span is None or span.kind != "window" or _statistic(question) is not None:
        return None
    return "hour" if span.length <= _SHORT else "day"


def _with_total(question: Question, target: Target, measured: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What “all pumps” used is told of them together and of each."""
    every = any(one.every and not one.each for one in question.all("assets", Assets))
    if not every or target.single or measured.get("aggregate") != "use" or "across" in measured:
        return [measured]
    return [{**measured, "across": "sum"}, measured]


def _grouped(group: str | None, measured: Mapping[str, Any]) -> Mapping[str, Any]:
    if group in ("hour", "day") and "start" not in measured:
        raise Unanswerable(Problem("missing", "time"))
    return {} if group is None else {"group_by": group}


def _targets(question: Question) -> Iterator[tuple[Quantity, Target]]:
    for assets in placed(question) or (None,):
        for quantity in (*_named_beside(question, assets), *quantities_of(question)):
            yield quantity, powered(question, quantity, assets)


def _named_beside(question: Question, assets: Assets | None) -> Sequence[Quantity]:
    """“All chillers with power and temperature”: what they are to have is told as well; not where it only says which are counted."""
    if assets is None or _statistic(question) is not None or not question.all("quantity", Quantity):
        return []
    return [quantity_called(question, one, assets) for one in assets.query.has_point]


def quantities_of(question: Question) -> Sequence[Quantity]:
    """Those that were named, or the one that “how warm” and “the hottest” are about; of no place the weather's."""
    named = question.all("quantity", Quantity)
    of = question.said("quantity", "of") or question.says("of")
    if question.says("weather") and not question.all("assets", Assets):
        of = f"outside_air_{of}"
    stream = question.said("stream", "stream")  # “how warm is the supply air”
    implied = str(of) if stream is None else f"{stream}_{of}"
    if not named and of is None:
        raise Unanswerable(Problem("missing", "quantity"))
    if named and stream is not None:
        return [replace(one, tokens=one.tokens | set(str(stream).split("_")), exact=()) for one in named]
    return named or [quantity_called(question, implied, next(iter(question.each_assets()), None))]


def quantity_called(question: Question, called: str, assets: Assets | None) -> Quantity:
    """By its id; of several (“flow power”, what something puts out) the first that the assets measure."""
    named = [
        Quantity(question.lexicon.quantity_tokens.get(one, frozenset(one.split("_"))), one) for one in called.split()
    ]
    own = (one for one in named if assets is not None and measured_by(question, one, assets))
    return next(own, named[0])


def measured_by(question: Question, quantity: Quantity, assets: Assets) -> bool:
    """Whether the assets have such points themselves."""
    owned = owned_by(question, assets)
    wide = any(question.lexicon.includes(one, other) for one in quantity.exact for other in owned)
    return wide or bool(question.lexicon.quantities_named(quantity.tokens, owned))


def powered(question: Question, quantity: Quantity, assets: Assets | None) -> Target:
    """Energy without a meter of its own is the integral of power; that of everything is what the meter of the whole plant reads."""
    if (whole := _whole_supply(question, quantity, assets)) is not None:
        return whole
    if "energy" not in quantity.tokens or assets is None or _own_energy(question, assets):
        return question.target(quantity, assets)
    power = replace(quantity, tokens=frozenset({"power"}), exact=(), owner=(), text="power")
    drawn = question.resolver.target(power, assets)
    own = owned_by(question, assets)
    return drawn if drawn.known and drawn.quantity in own else question.target(quantity, assets)


def _whole_supply(question: Question, quantity: Quantity, assets: Assets | None) -> Target | None:
    """A sum of all meters would count what they measure twice."""
    root = question.lexicon.root
    if not quantity.tokens & {"power", "energy"} or root is None or (assets is not None and not assets.whole_plant):
        return None
    target = question.resolver.target(quantity, Assets(AssetQuery(ids=[root]), "", (root,)))
    metered = target.single and question.lexicon.is_a(question.lexicon.things[target.ids[0]].class_, "Meter")
    return target if metered else None


def _own_energy(question: Question, assets: Assets) -> bool:
    return any("energy" in question.lexicon.quantity_tokens.get(one, frozenset()) for one in owned_by(question, assets))


def owned_by(question: Question, assets: Assets) -> frozenset[str]:
    return question.lexicon.quantities_of(question.resolver.classes(assets))


def _measured(question: Question, quantity: Quantity, target: Target, span: Span | None) -> Mapping[str, Any]:
    """The statistic and its time: of one asset over a time that was not named the last 24 hours, of several across them, now."""
    windowed = span is not None and span.kind == "window"
    said = _statistic(question) or ("min" if windowed and question.said("quantity", "cold") else None)
    apart = target.single or any(one.each for one in question.all("assets", Assets))
    if quantity.tokens & _USED and (windowed or said == "sum"):
        across = {"across": "sum"} if said == "sum" and not apart else {}
        return {"aggregate": "use", **bounds(question, span), **across}
    if said is None or (said == "sum" and apart and not windowed):
        return newest_or_mean(question, span)
    if windowed or apart or said not in _OVER_ALL:
        across = {"across": said} if not apart and said in _OVER_ALL else {}
        over_time = "mean" if said == "sum" else said
        return {"aggregate": over_time, **bounds(question, span), **across}
    return {**newest_or_mean(question, span), "across": said}


def _statistic(question: Question) -> str | None:
    """That was named; “the highest power of chiller 1” is its maximum."""
    order = question.said("superlative", "order") or question.said("quantity", "order") or question.says("order")
    return question.said("statistic", "is") or {"desc": "max", "asc": "min"}.get(order)


def newest_or_mean(question: Question, span: Span | None) -> Mapping[str, Any]:
    """Without a statistic: the newest value, that of a moment, or the mean of a time."""
    if span is None or span.kind == "now":
        return {"aggregate": "latest"}
    if (moment := span.moment or (span.start if span.kind == "at" else None)) is not None:
        return {"aggregate": "at", "at": moment.isoformat()}
    return {"aggregate": "mean", **bounds(question, span)}


def bounds(question: Question, span: Span | None) -> Mapping[str, Any]:
    if span is None or span.kind != "window":
        return {"start": (question.now - timedelta(hours=24)).isoformat(), "end": question.now.isoformat()}
    return {"start": span.start.isoformat(), "end": span.end.isoformat()}


def _rank(question: Question) -> Sequence[Call]:
    """The first few in order; of what is measured on one asset alone it is its extreme."""
    order = (
        question.said("superlative", "order") or question.said("quantity", "order") or question.says("order") or "desc"
    )
    span = question.span()
    (quantity, *_) = quantities_of(question)
    if question.says("consumers"):
        question.all("assets", Assets)
        ordered = {"order": order, "limit": _limit(question)}
        return [
            Call(
                "query_telemetry",
                {"quantity": "electric_power", "assets": dump(_CONSUMING), **newest_or_mean(question, span), **ordered},
            )
        ]
    assets = _ranked(question)
    if "energy" in quantity.tokens and span is not None and span.kind == "now":
        raise Instead("rank", of="power", **({"consumers": "true"} if assets is None or assets.is_everything else {}))
    if question.says("choice") and (assets is None or len(assets.ids) < _TWO):
        raise Unanswerable(Problem("missing", "other"))
    if "energy" in quantity.tokens and (assets is None or assets.is_everything):
        raise Instead("energy")  # meters of the whole would come before what they feed
    target = powered(question, quantity, assets)
    if assets is not None and _has_many_zones(question, assets, target):
        raise Unanswerable(Problem("left_out", assets.text))
    if target.single:
        raise Instead("value")
    measured = _extreme(question, quantity, order, span)
    said = question.said("statistic", "is")
    if said is None and question.says("choice") and measured["aggregate"] in ("min", "max"):
        said = "mean"  # “did A or B draw more power yesterday” is not about one moment
    if said is not None:
        measured = {"aggregate": said, **bounds(question, span)}
    ordered = {"order": order, "limit": _limit(question)}
    return [Call("query_telemetry", {"quantity": target.quantity, **where(target), **measured, **ordered})]


def _has_many_zones(question: Question, assets: Assets, target: Target) -> bool:
    """“Which floor is the warmest”: a floor has many zones, and no temperature of its own."""
    wide = not assets.ids and Relations(question.lexicon).is_wide(assets)
    return wide and target.quantity.startswith("zone_")


def _ranked(question: Question) -> Assets | None:
    """“Which pump, CHWP-1 or CHWP-2”: those that are named of a class. Raises ``Unanswerable`` where they are not of it."""
    wide, *named = placed(question) or (None,)
    if not named or wide is None:
        return wide
    (one,) = named
    is_choice = len(one.ids) > 1 and not one.restricted and wide.class_ is not None and not wide.ids
    if not is_choice or wide.restricted or not all(_is_one(question, id_, str(wide.class_)) for id_ in one.ids):
        raise Unanswerable(Problem("left_out", one.text))
    return one


def placed(question: Question) -> Sequence[Assets]:
    """What is named, with “the rooms … on the third floor” as one: a kind and a place that is not said of it alone."""
    found = question.each_assets()
    if len(found) != _TWO:
        return found
    kind, place = sorted(found, key=lambda one: bool(one.ids))
    apart = kind.class_ is not None and not kind.ids and not kind.restricted and len(place.ids) == 1
    if not apart or place.restricted or not question.resolver.is_place(place):
        return found
    return [Relations(question.lexicon).within(kind, place)]


def _is_one(question: Question, id_: str, class_: str) -> bool:
    return question.lexicon.is_a(question.lexicon.things[id_].class_, class_)


def _limit(question: Question) -> int:
    number = question.first("limit", float)
    if number is not None and (number < 1 or number != int(number)):
        raise Unanswerable(Problem("left_out", f"{number:g}"))
    return int(number or _RANKED)


def _extreme(question: Question, quantity: Quantity, order: str, span: Span | None) -> Mapping[str, Any]:
    if quantity.tokens & _USED:
        return {"aggregate": "use", **bounds(question, span)}
    if span is not None and span.kind == "window":
        return {"aggregate": "max" if order == "desc" else "min", **bounds(question, span)}
    return newest_or_mean(question, span)


MEASURES = (
    intent("value", _value, ["quantity"], quantity=4, assets=4, time=2, statistic=1, group=1, wanted=1, stream=1),
    intent("rank", _rank, ["quantity"], assets=2, time=1, limit=1, statistic=1),
)
