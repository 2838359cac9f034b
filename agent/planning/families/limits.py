"""Intents about limits: which there are, whether a value keeps to them, and whether it is above or below another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets, Test
from agent.planning.families.jobs import dump, where, window_of
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Comparison, Condition, Window

_LISTED = 60
_SET = "_setpoint"
_DENIED: Mapping[Comparison, Comparison] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_MOMENT = timedelta(seconds=1)
"""What held at a moment is the mean of the second that begins with it."""


def _limits(question: Question) -> Sequence[Call]:
    """Of what is named with its parts, or of the whole plant."""
    assets, quantities = question.assets(), question.all("quantity", Quantity)
    if question.says("setpoints"):
        return [_set_points(question, assets, one) for one in quantities] or [_set_points(question, assets)]
    if question.says("to_set_point"):
        return _to_set_point(question, assets, quantities)
    lacking = {"lacking": True} if question.says("lacking") else {}
    if assets is not None and assets.point and not quantities:
        points = (
            {} if assets.class_ in ("Point", "Sensor") and not assets.restricted else {"assets": dump(assets.query)}
        )
        return [Call("limits", {**points, **lacking, "limit": _LISTED})]
    if not quantities:
        return [Call("limits", {**_whole(question, assets), **lacking, "limit": _LISTED})]
    targets = [question.target(one, assets) for one in quantities]
    return [Call("limits", {"quantity": one.quantity, **where(one), **lacking, "limit": _LISTED}) for one in targets]


def _set_points(question: Question, assets: Assets | None, quantity: Quantity | None = None) -> Call:
    if quantity is not None:
        of = (
            quantity
            if "setpoint" in quantity.tokens
            else replace(quantity, tokens=quantity.tokens | {"setpoint"}, exact=())
        )
        target = question.target(of, assets)
        return Call("query_telemetry", {"quantity": target.quantity, **where(target), "aggregate": "latest"})
    query = {"assets": dump(AssetQuery(has_point=["setpoint"]))}
    return Call(
        "query_telemetry", {"quantity": "setpoint", **(_whole(question, assets) or query), "aggregate": "latest"}
    )


def _to_set_point(question: Question, assets: Assets | None, quantities: Sequence[Quantity]) -> Sequence[Call]:
    """How far what is measured is from its set point: of what was named, else of all that has one. Raises ``Unanswerable`` where nothing has."""
    lexicon = question.lexicon
    named = [
        replace(one, tokens=one.tokens - {"setpoint"}, exact=())
        for one in quantities
        if one.tokens != frozenset({"setpoint"})
    ]
    if not named:
        near = question.resolver.is_place(assets) or assets is None
        classes = ["Terminal_Unit"] if near else question.resolver.classes(assets)
        set_ = sorted(one for one in lexicon.quantities_of(classes) if one.endswith(_SET))
        named = [_of_id(question, one.removesuffix(_SET)) for one in set_]
    if not named:
        raise Unanswerable(Problem("missing", "quantity"))
    targets = [question.target(one, assets) for one in named]
    return [Call("limits", {"quantity": one.quantity, **where(one), "limit": _LISTED}) for one in targets]


def _of_id(question: Question, id_: str) -> Quantity:
    return Quantity(question.lexicon.quantity_tokens.get(id_, frozenset(id_.split("_"))), id_, exact=(id_,))


def _whole(question: Question, assets: Assets | None) -> Mapping[str, Any]:
    """Assets with all that is part of them, or in them."""
    if assets is None or assets.is_everything:
        return {}
    query = AssetQuery(ids=list(assets.ids)) if assets.ids and not assets.restricted else assets.query
    inside = question.resolver.inside(query, question.resolver.is_place(assets))
    return {"assets": dump(AssetQuery(any_of=inside))}


def _excess(question: Question) -> Sequence[Call]:
    """“Too warm”, “within its limits”, “normal”: by the limits of the point, else by its set point; over a time by its extremes."""
    assets = question.assets()
    side = question.said("excess", "side") or question.says("side")
    quantity = _quantity(question, question.said("excess", "of"), assets)
    judged = {} if side is None else {"side": side}
    times = window_of(_window_or_moment(question))
    if quantity is None:
        if times:
            raise Unanswerable(Problem("missing", "quantity"))
        return [Call("limits", {**_whole(question, assets), **judged, "limit": _LISTED})]
    return [Call("limits", {"quantity": quantity.quantity, **where(quantity), **judged, **times, "limit": _LISTED})]


def _quantity(question: Question, implied: str | None, assets: Assets | None) -> Target | None:
    """The one that was named, or that “too warm” is about."""
    named = question.first("quantity", Quantity)
    if named is not None:
        return question.target(named, assets)
    if implied is None:
        return None
    place = assets is None or question.resolver.is_place(assets)
    for of in (*((f"zone_air_{implied}", f"zone_{implied}") if place else ()), implied):
        tokens = question.lexicon.quantity_tokens.get(of, frozenset(of.split("_")))
        target = question.resolver.target(Quantity(tokens, of), assets)
        if target.known:
            return target
    raise Unanswerable(Problem("no_quantity", implied))


def _check(question: Question) -> Sequence[Call]:
    """“Is it above 16 °C”: the values, and which of the assets the comparison holds for; over a time whether it ever or always did."""
    assets, tests = question.assets(), question.all("comparison", Test)
    if any(one.either for one in tests):  # one comparison is checked at a time
        raise Unanswerable(Problem("one_value"))
    quantity = question.first("quantity", Quantity) or question.implied(tests, assets)
    window, throughout = _window_or_moment(question), _throughout(question)
    if throughout == "never":
        tests = [replace(test, comparison=_DENIED.get(test.comparison, test.comparison)) for test in tests]
    conditions = [
        _condition(question, test, quantity, assets, window, _is_of_all_time(question, test, throughout))
        for test in tests
    ]
    on = _measured_on(question, quantity, assets, conditions[0])
    query = AssetQuery(ids=list(on.ids)) if on.ids else on.query or AssetQuery()
    found = query.model_copy(update={"where": [*query.where, *conditions]})
    values = [_values(on, one, window) for one in _kinds(conditions)]
    set_points = [
        Call("query_telemetry", {"quantity": one.than, **where(on), "aggregate": "latest"})
        for one in conditions[:1]
        if one.than is not None
    ]
    return [*values, *set_points, Call("find_assets", {"query": dump(found), "limit": 500})]


def _throughout(question: Question) -> str | None:
    """Whether it was said that it ever, always or never was so."""
    return question.said("throughout", "throughout") or question.says("throughout")


def _is_of_all_time(question: Question, test: Test, throughout: str | None) -> bool:
    """“Not above 24 yesterday” is so all the time, “above 24 yesterday” at some time, “all below 24” again always."""
    if throughout is not None:
        return throughout in ("always", "never")
    return test.comparison in (">=", "<=") or bool(question.says("every") or question.says("lasting"))


def _kinds(conditions: Sequence[Condition]) -> Sequence[Condition]:
    """One of each quantity and aggregate."""
    return list({(one.quantity, one.aggregate): one for one in conditions}.values())


def _condition(
    question: Question,
    test: Test,
    quantity: Quantity | None,
    assets: Assets | None,
    window: Window | None,
    always: bool,
) -> Condition:
    """Raises ``Unanswerable`` where it is not clear what is compared."""
    asked = assets or Assets(AssetQuery(), "")
    known = test if quantity is None or test.quantity is not None else replace(test, quantity=quantity)
    condition = question.resolver.condition(known, asked, window, always)
    if condition is None:
        raise Unanswerable(Problem("missing", "quantity"))
    moment = question.span()
    if moment is not None and moment.kind == "at":
        return condition.model_copy(update={"aggregate": "mean"})
    return condition


def _measured_on(question: Question, quantity: Quantity | None, assets: Assets | None, first: Condition) -> Target:
    """The assets whose points are compared: of a room those of the box that serves it."""
    if quantity is not None:
        return question.target(quantity, assets)
    tokens = question.lexicon.quantity_tokens.get(first.quantity, frozenset({first.quantity}))
    return question.target(Quantity(tokens, first.quantity, exact=(first.quantity,)), assets)


def _values(on: Target, condition: Condition, window: Window | None) -> Call:
    times = {} if window is None else {"start": window.start.isoformat(), "end": window.end.isoformat()}
    return Call("query_telemetry", {"quantity": on.quantity, **where(on), "aggregate": condition.aggregate, **times})


def _window_or_moment(question: Question) -> Window | None:
    span = question.first("time", Span)
    if span is not None and span.kind == "future" and question.all("comparison", Test):
        raise Instead("expected_beyond")
    if span is not None and span.kind == "at":
        return Window(start=span.start, end=span.start + _MOMENT)
    return question.window()


LIMITS = (
    intent("limits", _limits, quantity=2, assets=1),
    intent("excess", _excess, excess=1, assets=1, quantity=1, time=1),
    intent("check", _check, ["comparison"], assets=1, quantity=1, time=1, throughout=1),
)
