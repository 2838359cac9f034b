"""Intents that weigh what was measured: what was used, comfort, peaks, comparisons, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.families.jobs import scope_of, where, window_of
from agent.planning.families.measures import measured_by, owned_by, powered, quantity_called
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Window

_SIDES, _PAIRS, _COMPARED = 8, 4, 4
_TELLING = (
    "electric_power", "active_power", "natural_gas_flow", "water_flow", "supply_air_flow", "coefficient_of_performance",
    "leaving_chilled_water_temperature", "leaving_hot_water_temperature", "supply_air_temperature", "zone_air_temperature",
    "vibration", "speed", "water_level",
)  # fmt: skip
"""What assets are compared by where nothing was said, the most telling first."""


def _energy(question: Question) -> Sequence[Call]:
    """Of the plant, of a place, of one asset; each one of a class is a row of values."""
    assets, tariff, span = question.assets(), _tariff(question), question.span()
    if question.says("cost_asked") and tariff is None:
        raise Unanswerable(Problem("no_price"))
    if span is not None and span.kind == "now":
        raise _drawn_now(question, assets)
    if assets is not None and not assets.ids and not assets.is_everything:
        raise Instead("rank" if question.says("most") else "value", of="energy")
    price = {} if tariff is None else {"tariff": tariff}
    limit = question.first("limit", float)
    most = {} if limit is None else {"limit": max(1, min(50, int(limit)))}
    return [Call("energy", {**scope_of(question), **window_of(question.window()), **price, **most})]


def _drawn_now(question: Question, assets: Assets | None) -> Instead:
    """Now there is no energy but power."""
    whole = assets is None or assets.is_everything
    if not question.says("most"):
        return Instead("value", of="power")
    return Instead("rank", of="power", **({"consumers": "true"} if whole else {}))


def _tariff(question: Question) -> float | None:
    """The price of a kWh; “30 cents” are hundredths."""
    whole, number = question.first("price", float), question.said("price", "number")
    return whole if number is None else float(number) / 100


def _comfort(question: Question) -> Sequence[Call]:
    """“the zones”, “the rooms” are all that there are."""
    assets = question.assets()
    every = assets is not None and not assets.ids and not assets.restricted and question.resolver.is_place(assets)
    return [Call("comfort", {**({} if every else scope_of(question)), **window_of(question.window())})]


def _extremes(question: Question) -> Sequence[Call]:
    """The highest and the lowest value, each with its moment; “the peak” of nothing that was named is that of power."""
    assets, quantities, span = question.assets(), question.all("quantity", Quantity), question.span()
    if span is not None and span.kind == "future":
        raise Instead("forecast", of=str(question.says("of") or "power"))
    if not quantities and not question.says("of"):
        raise Unanswerable(Problem("missing", "quantity"))
    named = quantities or [quantity_called(question, str(question.says("of")), assets)]
    return [
        Call("extremes", {"quantity": target.quantity, **where(target), **window_of(question.window())})
        for quantity in named
        for target in [_peaking(question, quantity, assets)]
    ]


def _peaking(question: Question, quantity: Quantity, assets: Assets | None) -> Target:
    """The peak of energy is that of power."""
    if "energy" in quantity.tokens:
        quantity = quantity_called(question, "power", assets)
    return powered(question, quantity, assets) if "power" in quantity.tokens else question.target(quantity, assets)


# -- comparisons -----------------------------------------------------------------------------------------------------------


def _compare(question: Question) -> Sequence[Call]:
    """Several assets over one time, or one at several times; without a quantity by the most telling ones that all of them have."""
    quantities, assets = question.all("quantity", Quantity), question.all("assets", Assets)
    if len(quantities) > 1:
        raise Unanswerable(Problem("missing", "other"))
    sides: Sequence[str] = question.named(_SIDES) if assets and not all(one.is_everything for one in assets) else []
    if not quantities:
        return [_compared(question, one, sides) for one in _telling(question, sides)]
    if sides:
        target = _of_their_own(question, quantities[0], assets[0])
        return [_compared(question, target.quantity, sides, used=_is_used(quantities[0]))]
    target = powered(question, quantities[0], None)
    if not target.single:
        raise Unanswerable(Problem("missing", "assets"))
    return [_compared(question, target.quantity, target.ids, used=_is_used(quantities[0]))]


def _is_used(quantity: Quantity) -> bool:
    return bool(quantity.tokens & {"energy", "usage"})


def _compared(question: Question, quantity: str, ids: Sequence[str], *, used: bool = False) -> Call:
    windows = question.windows()
    if len(ids) < 2 and len(windows) < 2:
        raise Unanswerable(Problem("missing", "other"))
    if len(question.all("time", Span)) > max(1, len(windows)):
        raise Unanswerable(Problem("moment"))
    if used and not windows:
        windows = [Window(start=question.now - timedelta(days=7), end=question.now)]
    how = question.said("statistic", "is") or ("use" if used else "mean" if windows else "latest")
    several = {"windows": [one.model_dump(mode="json") for one in windows]}
    times = several if len(windows) > 1 else window_of(windows[0] if windows else None)
    return Call("compare", {"quantity": quantity, "asset": list(ids), "aggregate": how, **times})


def _telling(question: Question, ids: Sequence[str]) -> Sequence[str]:
    """What all of them measure, a place by what serves it. Raises ``Unanswerable`` where that is nothing."""
    if not ids:
        raise Unanswerable(Problem("missing", "assets"))
    lexicon = question.lexicon
    owned = [owned_by(question, Assets(AssetQuery(ids=[id_]), "", (id_,), lexicon.things[id_].class_)) for id_ in ids]
    both = owned[0].intersection(*owned[1:])
    found = [one for one in _TELLING if one in both]
    if not found and all(lexicon.kind_of(lexicon.things[id_].class_ or "") == "place" for id_ in ids):
        found = ["zone_air_temperature"]
    if not found:
        raise Unanswerable(Problem("missing", "quantity"))
    return found[:_COMPARED]


def _of_their_own(question: Question, quantity: Quantity, assets: Assets) -> Target:
    """What the assets measure themselves: the power of their fans is that of other assets. Raises ``Unanswerable``."""
    target = question.target(quantity, assets)
    if quantity.owner and not target.ids:
        raise Unanswerable(Problem("no_quantity", quantity.text))
    return target


# -- what goes together ----------------------------------------------------------------------------------------------------


def _correlate(question: Question) -> Sequence[Call]:
    """Two quantities, or one of two assets; of a class each one that there is, as far as they are few."""
    quantities, assets = question.all("quantity", Quantity), question.each_assets()
    if not quantities:
        raise Unanswerable(Problem("missing", "quantity"))
    if len(quantities) == 1:
        return _of_two(question, quantities[0], assets)
    first, other = (list(_measuring(question, one, assets)) for one in quantities[:2])
    pairs = [(one, two) for one in first for two in other if one != two and (one[1] == two[1] or _differ(first, other))]
    if not pairs:
        raise Unanswerable(Problem("missing", "assets"))
    return [_correlated(question, one, two) for one, two in islice(dict.fromkeys(pairs), _PAIRS)]


_Measured = tuple[str, str]
"""A quantity and the asset that it is of."""


def _differ(first: Sequence[_Measured], other: Sequence[_Measured]) -> bool:
    """Whether no asset measures both: else each is paired with itself."""
    return {asset for _, asset in first}.isdisjoint(asset for _, asset in other)


def _of_two(question: Question, quantity: Quantity, assets: Sequence[Assets]) -> Sequence[Call]:
    if not assets:
        raise Unanswerable(Problem("missing", "assets"))
    target = _of_their_own(question, quantity, assets[0])
    one, *more = question.named(2)
    if not more:
        raise Unanswerable(Problem("missing", "other"))
    return [_correlated(question, (target.quantity, one), (target.quantity, more[0]))]


def _measuring(question: Question, quantity: Quantity, assets: Sequence[Assets]) -> Iterator[_Measured]:
    """Of the assets that measure it themselves; else at the one place where it is measured, as the weather is."""
    own = [one for one in assets if measured_by(question, quantity, one)]
    for one in own:
        target = _of_their_own(question, quantity, one)
        yield from ((target.quantity, id_) for id_ in target.ids or question.lexicon.of_class(one.class_ or ""))
    if own:
        return
    alone = powered(question, quantity, None)
    for target in (alone, *(question.target(quantity, one) for one in assets)):
        if target.single:
            yield target.quantity, target.ids[0]
            return
    if assets and not alone.single:
        raise Unanswerable(Problem("not_on", assets[0].text))


def _correlated(question: Question, one: _Measured, two: _Measured) -> Call:
    sides: dict[str, Any] = {"quantity": one[0], "asset": one[1], "other_quantity": two[0]}
    beside = {} if two[1] == one[1] else {"other_asset": two[1]}
    return Call("correlate", {**sides, **beside, **window_of(question.window())})


ANALYSIS = (
    intent("energy", _energy, time=1, assets=1, price=1, limit=1),
    intent("comfort", _comfort, time=1, assets=1),
    intent("extremes", _extremes, quantity=2, assets=1, time=1),
    intent("compare", _compare, assets=4, quantity=2, time=2, statistic=1, moved=1),
    intent("correlate", _correlate, ["quantity"], quantity=2, assets=2, time=1),
)
