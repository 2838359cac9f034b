"""The intent that compares two sides: two assets, two quantities of one, or one at two times: “is the mixed air warmer than the return air”."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.families.jobs import where, window_of
from agent.planning.families.measures import bounds, newest_or_mean, powered
from agent.planning.intent import Call, intent
from agent.planning.problems import Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import Window

_USED = frozenset({"energy", "usage"})
_POWER = "power"
_OUTSIDE = "outside"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Said:
    """What one side says of itself; the rest is that of the other."""

    assets: Assets | None
    quantity: Quantity | None
    air: str | None
    span: Span | None

    @property
    def is_empty(self) -> bool:
        return self.assets is None and self.quantity is None and self.air is None

    @property
    def is_outside(self) -> bool:
        return self.air is not None and _OUTSIDE in self.air


@dataclass(frozen=True, slots=True)
class _Side:
    assets: Assets | None
    target: Target
    span: Span | None
    measured: Mapping[str, Any]

    @property
    def one(self) -> str | None:
        """The one asset or place that it is of."""
        if self.target.single:
            return self.target.ids[0]
        return self.assets.ids[0] if self.assets is not None else None


def _sides(question: Question) -> Sequence[Call]:
    """By the tool that compares where the sides differ in one thing that it knows; else the value of each."""
    question.said("than", "is")
    question.said("superlative", "order")
    one, two = _said(question, ""), _said(question, "other_")
    spans = _spans(question, one, two)
    first, other = _side(question, one, two, spans[0]), _side(question, two, one, spans[1])
    if first.target == other.target and first.measured == other.measured:
        raise Unanswerable(Problem("missing", "other"))
    return [_compared(first, other)] if _are_comparable(first, other) else [_value_of(first), _value_of(other)]


def _said(question: Question, side: str) -> _Said:
    """Raises ``Unanswerable`` where a side says two of what it can have one, or is of no asset by its name."""
    quantities = question.all(f"{side}quantity", Quantity)
    spans, air = question.all(f"{side}time", Span), question.every(f"{side}air", "stream")
    assets = question.each_assets(f"{side}assets")
    if max(len(quantities), len(spans), len(air), len(assets)) > 1:
        raise Unanswerable(Problem("missing", "other"))
    for one in assets:
        if len(one.ids) > 1:
            raise Unanswerable(Problem("too_many", one.text, question.choices(one.ids)))
        if not one.ids or one.restricted:
            raise Unanswerable(Problem("not_named", one.text))
    return _Said(_only(assets), _only(quantities), _only(air), _only(spans))


def _only(some: Sequence[_T]) -> _T | None:
    return some[0] if some else None


def _spans(question: Question, first: _Said, other: _Said) -> tuple[Span | None, Span | None]:
    """A time that is said once is that of both, and where the sides differ in nothing else the other is the present. Raises ``Unanswerable``."""
    spans = first.span, other.span
    if any(one is not None and one.kind == "future" for one in spans):
        raise Unanswerable(Problem("too_early"))
    if None not in spans:
        return spans
    if not other.is_empty:
        return spans[0] or spans[1], spans[1] or spans[0]
    if spans == (None, None) or (spans[0] is None and question.says("was")):
        raise Unanswerable(Problem("missing", "other"))
    return spans


def _side(question: Question, own: _Said, other: _Said, span: Span | None) -> _Side:
    quantity = _quantity(question, own, other)
    assets = own.assets
    if assets is None and not own.is_outside and not (other.is_outside and other.assets is None and own.is_empty):
        assets = other.assets
    target = powered(question, quantity, assets)
    if own.assets is None and not target.ids:
        alone = question.target(quantity, None)  # what is measured at one place only, as the weather is
        target = alone if alone.single else target
    if assets is None and not target.single:
        raise Unanswerable(Problem("missing", "assets"))
    return _Side(assets, target, span, _measured(question, quantity, target, span))


def _quantity(question: Question, own: _Said, other: _Said) -> Quantity:
    """The one that is said of this side, or what “warmer” is about; else that of the other side."""
    of = question.said("quantity", "of") or (None if own.quantity or other.quantity else question.says("of"))
    if of is not None and question.says("weather") and own.is_empty and other.is_empty:
        of = f"outside_air_{of}"
    same_air = own.quantity is None and own.air is None and not (other.is_outside and own.assets is not None)
    air = other.air if same_air else own.air
    quantity = own.quantity or (None if of is not None else other.quantity)
    if quantity is None and of is None:
        raise Unanswerable(Problem("missing", "quantity"))
    if quantity is None:
        implied = str(of) if air is None else f"{air}_{of}"
        return Quantity(question.lexicon.quantity_tokens.get(implied, frozenset(implied.split("_"))), implied)
    return quantity if air is None else replace(quantity, tokens=quantity.tokens | set(air.split("_")), exact=())


def _measured(question: Question, quantity: Quantity, target: Target, span: Span | None) -> Mapping[str, Any]:
    said, windowed = question.said("statistic", "is"), span is not None and span.kind == "window"
    if quantity.tokens & _USED and windowed:
        return {"aggregate": "use", **bounds(question, span)}
    if said is not None and (windowed or span is None):
        return {"aggregate": said, **bounds(question, span)}
    return newest_or_mean(question, span)


def _are_comparable(first: _Side, other: _Side) -> bool:
    """Two assets over one time, or one over two."""
    if first.one is None or other.one is None or first.target.quantity != other.target.quantity:
        return False
    if first.one != other.one:
        return first.measured == other.measured and first.measured["aggregate"] != "at"
    both = all(side.span is not None and "start" in side.measured for side in (first, other))
    return both and first.measured["aggregate"] == other.measured["aggregate"]


def _compared(first: _Side, other: _Side) -> Call:
    sides = {"quantity": first.target.quantity, "aggregate": first.measured["aggregate"]}
    windows = [_window(side) for side in (first, other)]
    if first.one == other.one:
        return Call("compare", {**sides, "asset": first.one, "windows": [window_of(one)["window"] for one in windows]})
    return Call("compare", {**sides, "asset": [first.one, other.one], **window_of(windows[0])})


def _window(side: _Side) -> Window | None:
    times = {name: side.measured[name] for name in ("start", "end") if name in side.measured}
    return Window.model_validate(times) if times else None


def _value_of(side: _Side) -> Call:
    """That of several points is their mean, of power and of what is used the sum."""
    across = {} if side.target.single else {"across": "sum" if _adds_up(side) else "mean"}
    return Call("query_telemetry", {"quantity": side.target.quantity, **where(side.target), **side.measured, **across})


def _adds_up(side: _Side) -> bool:
    return side.measured["aggregate"] == "use" or _POWER in side.target.quantity.split("_")


SIDES = (
    intent("sides", _sides, ["quantity", "than"], quantity=3, assets=4, time=2, air=2, statistic=1, superlative=1),
)
