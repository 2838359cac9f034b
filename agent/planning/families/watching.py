"""Intents about trouble: alarms now and before, data that cannot be trusted, what is ahead and what comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets, Test
from agent.planning.families.jobs import dump, symptom_of, where, window_of
from agent.planning.families.measures import powered, quantities_of, quantity_called
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from forecasting.outlook import HORIZON_DAYS
from graph_schema.model import PLACE_KINDS
from graph_schema.question import AssetQuery

_LISTED = 60
_SEVERAL, _FEW = 4, 3
_HOUR_S = 3600
_ALL_FAULTS = 100
_ALL_SPELLS = 200
_EVERY_POINT = ("Point", "Sensor")
_WEEK_H = 168
_DAY = timedelta(days=1)
_SHORT_MONTH = timedelta(days=2)
"""“Within a month”, or four weeks, is all that is forecast."""
_BEYOND = (">", ">=", "<", "<=")
_ANYTHING = Assets(AssetQuery(), "")


def _alarms(question: Question) -> Sequence[Call]:
    """What is in alarm now; over a time that was said what was, and since when. A level that was said is picked by the answer as well."""
    assets, window = _in_view(question), question.window()
    level = question.said("level", "is") or question.says("level")
    if window is not None or question.says("past"):
        every = {} if level is None else {"limit": _ALL_SPELLS}
        return _spells(question, {**window_of(window), **every})
    if question.says("worst"):
        raise Instead("risk")
    status = ["alarm", "warning"] if level is None else [str(level)]
    if assets is None or assets.is_everything:
        query = AssetQuery.model_validate({"class": "Point", "status": status})
    elif assets.ids and not assets.restricted:
        mine = AssetQuery(ids=list(assets.ids))
        query = AssetQuery.model_validate({"class": "Point", "status": status, "within": mine})
    else:
        of_points = {"class_": "Point"} if assets.class_ == "Alarm" else {}  # “any alarm that touches a theatre”
        query = assets.query.model_copy(update={"status": status, **of_points})
    found = Call("find_assets", {"query": dump(query), "limit": _LISTED})
    if _are_many(question, assets):
        return [found]
    return [*(_silent(question, assets) if level is None else ()), found, *_spells(question, {})]


def _silent(question: Question, assets: Assets | None) -> Sequence[Call]:
    """What reports nothing is in no alarm, and is not in order either."""
    if assets is not None and not assets.is_everything:
        return ()
    return [Call("find_assets", {"query": {"class": "Point", "status": ["stale"]}, "limit": _LISTED})]


def _are_many(question: Question, assets: Assets | None) -> bool:
    """“any pump”: too many to tell of each since when."""
    if assets is None or assets.ids or assets.is_everything:
        return False
    return assets.restricted or len(question.lexicon.of_class(assets.class_ or "")) > _SEVERAL


def _in_view(question: Question) -> Assets | None:
    """What is asked about; none for all that there is, of which “list what's in alarm” is as well."""
    assets = question.assets()
    every = assets is None or (assets.class_ == "Alarm" and not assets.restricted)
    return None if every else assets


def _spells(question: Question, window: Mapping[str, Any]) -> Sequence[Call]:
    assets = _in_view(question)
    if assets is None or assets.is_everything:
        return [Call("alarm_history", {**window})]
    return [Call("alarm_history", {"asset": id_, **window}) for id_ in question.named(_SEVERAL)]


def _quality(question: Question) -> Sequence[Call]:
    """The last day, or as many hours as were said."""
    window, assets = question.window(), question.assets()
    length = 0.0 if window is None else (question.now - window.start).total_seconds() / _HOUR_S
    more: dict[str, Any] = {} if window is None else {"hours": max(1, min(336, round(length)))}
    if question.said("fault", "is") is not None:
        more["limit"] = _ALL_FAULTS  # the answer picks those with it
    every = assets is None or assets.is_everything or (assets.class_ in _EVERY_POINT and not assets.restricted)
    if assets is None or every:
        return [Call("data_quality", more)]
    query = AssetQuery(ids=list(assets.ids)) if assets.ids and not assets.restricted else assets.query
    return [Call("data_quality", {"assets": dump(query), **more})]


def _forecast(question: Question) -> Sequence[Call]:
    span = question.span()
    quantities = quantities_of(question)
    targets = [_ahead_of(question, quantity) for quantity in quantities]
    if question.assets() is None and not all(target.single for target in targets):
        raise Unanswerable(Problem("missing", "assets"))
    ahead = _ahead(question, span)
    different = [one for at, one in enumerate(targets) if one not in targets[:at]]
    return [Call("forecast_telemetry", {"quantity": one.quantity, **where(one), **ahead}) for one in different]


def _ahead_of(question: Question, quantity: Quantity) -> Target:
    """What is used is foretold as the power that is drawn."""
    assets = question.assets()
    drawn = quantity_called(question, "power", assets) if "energy" in quantity.tokens else quantity
    return powered(question, drawn, assets) if "power" in drawn.tokens else question.target(drawn, assets)


def _expected_beyond(question: Question) -> Sequence[Call]:
    """The forecast of what a value is compared with; the answer says whether it is expected to hold."""
    tests, assets = question.all("comparison", Test), question.assets()
    if len(tests) != 1 or tests[0].value is None or tests[0].comparison not in _BEYOND:
        raise Unanswerable(Problem("one_value"))
    quantity = question.first("quantity", Quantity) or question.implied(tests, assets) or tests[0].quantity
    if quantity is None:
        quantity = _compared(question, tests[0], assets)
    target = question.target(quantity, assets)
    if assets is None and not target.single:
        raise Unanswerable(Problem("missing", "assets"))
    question.resolver.condition(replace(tests[0], quantity=quantity), assets or _ANYTHING, None, False)  # its unit
    ahead = _ahead(question, question.span())
    return [Call("forecast_telemetry", {"quantity": target.quantity, **where(target), **ahead})]


def _compared(question: Question, test: Test, assets: Assets | None) -> Quantity:
    """What is measured in the unit of a value. Raises ``Unanswerable`` where that is not clear."""
    condition = question.resolver.condition(test, assets or _ANYTHING, None, False)
    if condition is None:
        raise Unanswerable(Problem("missing", "quantity"))
    tokens = question.lexicon.quantity_tokens.get(condition.quantity, frozenset({condition.quantity}))
    return Quantity(tokens, condition.quantity, exact=(condition.quantity,))


def _ahead(question: Question, span: Span | None) -> Mapping[str, Any]:
    """Where nothing was said the next 24 hours; the past is not foretold."""
    if span is None or span.kind == "now":
        return {}
    if span.kind == "at" and not span.day and span.end < question.now < span.end + _DAY:
        return {"at": (span.start + _DAY).isoformat()}  # “at 3 pm” of what is to come
    end = span.until or span.end
    if end < question.now:
        raise Unanswerable(Problem("too_late"))
    if span.start == end:
        return {"at": span.start.isoformat()}
    start = max(span.start, question.now)
    hours = max(1, min(_WEEK_H, round((end - start).total_seconds() / _HOUR_S)))
    return {"hours": hours} if start == question.now else {"start": start.isoformat(), "hours": hours}


def _failure(question: Question) -> Sequence[Call]:
    """Of the days ahead as a whole; the answer says how they go with a time that was asked about."""
    reach = _reach(question.span(), question.now)
    if reach is not None and question.says("reach") is None:
        raise Instead("failure", reach=reach)
    assets = question.assets()
    if assets is None or assets.is_everything:
        return [Call("forecast_failure", {})]
    query = AssetQuery(ids=list(assets.ids)) if assets.ids and not assets.restricted else assets.query
    return [Call("forecast_failure", {"assets": dump(query), "limit": 12})]


def _reach(span: Span | None, now: datetime) -> str | None:
    """Whether a time lies within the days that failures are forecast for, is the whole of them, lies partly or beyond; none where it was not said.
    Raises ``Unanswerable`` for one that is over."""
    if span is None or span.kind == "now":
        return None
    end, horizon = span.until or span.end, now + timedelta(days=HORIZON_DAYS)
    if end <= now:
        raise Unanswerable(Problem("too_late"))
    if span.start >= horizon:
        return "beyond"
    if end > horizon + _DAY:
        return "partly"
    is_all = span.start <= now + _DAY and end >= horizon - _SHORT_MONTH
    return "whole" if is_all else "within"


_OF_LATE = timedelta(days=8)
"""“This week” is a way to say now; a month is not."""


def _is_long(span: Span) -> bool:
    return (span.until or span.end) - span.start > _OF_LATE


def _risk(question: Question) -> Sequence[Call]:
    """Of one asset why; of several, or of the plant, what comes first."""
    assets, span = question.assets(), question.span()
    if span is not None and (span.kind in ("at", "future") or span.end < question.now or _is_long(span)):
        raise Unanswerable(Problem("no_past_risk"))
    limit = question.first("limit", float)
    most = {} if limit is None else {"limit": max(1, int(limit))}
    if assets is None or assets.is_everything or _are_points(question, assets):
        return [Call("rank_risks", most)]
    if len(assets.ids) == 1 and not assets.restricted and not question.resolver.is_place(assets):
        raise Instead("risk_of")
    if assets.joined and assets.ids and not any(question.lexicon.things[id_].kind in PLACE_KINDS for id_ in assets.ids):
        return [Call("rank_risks", {"assets": dump(AssetQuery(ids=list(assets.ids))), **most})]
    query = AssetQuery(within=AssetQuery(ids=list(assets.ids))) if assets.ids else assets.query
    return [Call("rank_risks", {"assets": dump(query), **most})]


def _are_points(question: Question, assets: Assets) -> bool:
    """“Which one is worst” after a list of points in alarm: what is urgent are the assets that they are of."""
    return bool(assets.ids) and all(question.lexicon.things[id_].kind == "Point" for id_ in assets.ids)


def _risk_of(question: Question) -> Sequence[Call]:
    return [Call("explain_risk", {"asset": id_}) for id_ in question.named(_SEVERAL)]


def _advice(question: Question) -> Sequence[Call]:
    """What to do about one thing: what to check by its likely causes, and what is ahead of it; about nothing in particular, what comes first."""
    assets = question.assets()
    symptom: Mapping[str, Any] = {} if _says_nothing(question) else symptom_of(question)
    if assets is None or assets.is_everything or question.are_many(_FEW):
        raise Instead("risk", many="true")
    ids = question.named(_FEW)
    found = [Call("diagnose", {"asset": id_, **symptom}) for id_ in ids]
    return [*found, *(Call("explain_risk", {"asset": id_}) for id_ in ids)]


def _says_nothing(question: Question) -> bool:
    """“Any more” alone is no side of anything: it is left unread, which is told."""
    return any(isinstance(one, Mapping) and not one for one in question.asked.values.get("side", ()))


def _worsening(question: Question) -> Sequence[Call]:
    """Of a quantity its trend; of an asset how what is beyond its limits moves; of nothing in particular what comes first."""
    if question.all("quantity", Quantity):
        raise Instead("trend", direction="rising")
    if question.assets() is None:
        raise Instead("risk", many="true")
    raise Instead("asset_status", worse="true")


WATCHING = (
    intent("alarms", _alarms, assets=1, time=1, level=1),
    intent("quality", _quality, assets=1, time=1, fault=1),
    intent("forecast", _forecast, ["quantity"], quantity=2, assets=1, time=1),
    intent("expected_beyond", _expected_beyond, ["comparison"], quantity=1, assets=1, time=1),
    intent("failure", _failure, assets=1, time=1),
    intent("risk", _risk, assets=1, limit=1, time=1),
    intent("risk_of", _risk_of, ["assets"]),
    intent("advice", _advice, assets=2, quantity=1, side=1),
    intent("worsening", _worsening, assets=2, quantity=1, time=1),
)
