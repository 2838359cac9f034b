"""Intents that are whole jobs: how something is doing, what is wrong with it, what happened, what it used, what shutting it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Window

_SEVERAL, _SIDES = 4, 8
_WEEK = timedelta(days=7)


def window_of(window: Window | None) -> Mapping[str, Any]:
    return {} if window is None else {"window": window.model_dump(mode="json")}


def where(target: Target) -> Mapping[str, Any]:
    if target.ids:
        return {"asset": target.ids[0] if len(target.ids) == 1 else list(target.ids)}
    return {"assets": dump(target.query or AssetQuery())}


def dump(query: AssetQuery) -> Mapping[str, Any]:
    return query.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _scope(question: Question) -> Mapping[str, Any]:
    """One place or asset, or the whole plant."""
    assets = question.assets()
    if assets is None or assets.is_everything:
        return {}
    (id_,) = question.named(1)
    return {"asset": id_}


def _status(question: Question) -> Sequence[Call]:
    """Of a few each; of many, or of the plant, what needs attention among them."""
    assets, window = question.assets(), question.window()
    if window is None and question.says("worse"):
        window = Window(start=question.now - _WEEK, end=question.now)  # what wears shows in no day
    if assets is None or assets.is_everything:
        raise Instead("risk" if window is None else "summarize", many="true")
    if question.are_many(1 if question.says("trouble") and window is None else _SEVERAL):
        raise Instead("risk", many="true")
    return [Call("asset_status", {"asset": id_, **window_of(window)}) for id_ in question.named(_SEVERAL)]


def _diagnose(question: Question) -> Sequence[Call]:
    symptom = symptom_of(question)
    if not symptom and question.assets() is None:
        raise Instead("risk", many="true")
    return [Call("diagnose", {"asset": id_, **symptom}) for id_ in question.named(_SEVERAL)]


def symptom_of(question: Question) -> Mapping[str, Any]:
    """What is wrong as it was said: a quantity and a side of it."""
    quantity, side = question.first("quantity", Quantity), question.said("side", "side")
    implied = question.said("side", "of")
    if quantity is not None:
        named = question.target(quantity, question.assets()).quantity
    elif implied is not None:
        tokens = question.lexicon.quantity_tokens.get(implied, frozenset({implied}))
        named = question.target(Quantity(tokens, implied), question.assets()).quantity
    else:
        return {}
    return {"symptom": f"{named} {side}" if side else named}


def _summarize(question: Question) -> Sequence[Call]:
    """“Since eight” is a moment and goes on until now."""
    span = question.span()
    since = span.start if span is not None and span.kind == "at" else None
    window = question.window() if since is None else Window(start=since, end=question.now)
    return [Call("summarize", {**window_of(window), **_scope(question)})]


def _energy(question: Question) -> Sequence[Call]:
    """Of the plant, of a place, of one asset; each one of a class is a row of values."""
    assets, tariff = question.assets(), _tariff(question)
    if question.says("cost_asked") and tariff is None:
        raise Unanswerable(Problem("no_price"))
    if assets is not None and not assets.ids and not assets.is_everything:
        raise Instead("rank" if question.says("most") else "value", of="energy")
    price = {} if tariff is None else {"tariff": tariff}
    return [Call("energy", {**_scope(question), **window_of(question.window()), **price})]


def _tariff(question: Question) -> float | None:
    """The price of a kWh; “30 cents” are hundredths."""
    whole, number = question.first("price", float), question.said("price", "number")
    return whole if number is None else float(number) / 100


def _comfort(question: Question) -> Sequence[Call]:
    """“the zones”, “the rooms” are all that there are."""
    assets = question.assets()
    every = assets is not None and not assets.ids and not assets.restricted and question.resolver.is_place(assets)
    return [Call("comfort", {**({} if every else _scope(question)), **window_of(question.window())})]


def _isolate(question: Question) -> Sequence[Call]:
    """For however long: what has no other supply is without it from the first minute."""
    question.all("spell", object)
    return [Call("isolate", {"asset": id_}) for id_ in question.named(_SEVERAL)]


def _runs(question: Question) -> Sequence[Call]:
    assets, state = question.assets(), question.said("state", "is") or question.says("state") or "on"
    if state not in ("on", "off"):  # “was it in alarm”: not what a run status says
        raise Unanswerable(Problem("left_out", str(state)))
    where: Mapping[str, Any] = {}
    if assets is not None:
        where = {"asset": list(assets.ids)} if assets.ids and not assets.restricted else {"assets": dump(assets.query)}
    return [Call("runs", {**where, **window_of(question.window()), "state": state})]


def _extremes(question: Question) -> Sequence[Call]:
    assets = question.assets()
    if not question.all("quantity", Quantity):
        raise Unanswerable(Problem("missing", "quantity"))
    return [
        Call("extremes", {"quantity": target.quantity, **where(target), **window_of(question.window())})
        for quantity in question.all("quantity", Quantity)
        for target in [question.target(quantity, assets)]
    ]


def _compare(question: Question) -> Sequence[Call]:
    """Several assets over one time, or one at several times."""
    quantities = question.all("quantity", Quantity)
    assets = question.all("assets", Assets)
    ids = question.named(_SIDES)
    windows = question.windows()
    if len(quantities) != 1 or (len(ids) < 2 and len(windows) < 2):
        raise Unanswerable(Problem("missing", "other"))
    if len(question.all("time", Span)) > max(1, len(windows)):
        raise Unanswerable(Problem("moment"))
    target = _of_their_own(question, quantities[0], assets[0])
    used = bool(quantities[0].tokens & {"energy", "usage"})
    how = question.said("statistic", "is") or ("use" if used else "mean" if windows else "latest")
    times = (
        {"windows": [one.model_dump(mode="json") for one in windows]}
        if len(windows) > 1
        else window_of(question.window())
    )
    return [Call("compare", {"quantity": target.quantity, "asset": ids, "aggregate": how, **times})]


def _of_their_own(question: Question, quantity: Quantity, assets: Assets) -> Target:
    """What the assets measure themselves: the power of their fans is that of other assets. Raises ``Unanswerable``."""
    target = question.target(quantity, assets)
    if quantity.owner and not target.ids:
        raise Unanswerable(Problem("no_quantity", quantity.text))
    return target


def _correlate(question: Question) -> Sequence[Call]:
    first, *others = question.all("quantity", Quantity)
    assets = question.all("assets", Assets)
    (asset, *more) = question.named(2)
    target = _of_their_own(question, first, assets[0])
    beside: dict[str, Any] = {"other_quantity": target.quantity, "other_asset": more[0]} if more else {}
    if others:
        other = question.target(others[0], assets[0] if not more else None)
        if not more and asset not in other.ids and (alone := question.target(others[0], None)).single:
            other, more = alone, list(alone.ids)  # measured at one place only, as the weather is
        beside = {"other_quantity": other.quantity, **({"other_asset": more[0]} if more else {})}
    return [Call("correlate", {"quantity": target.quantity, "asset": asset, **beside, **window_of(question.window())})]


def _plot(question: Question) -> Sequence[Call]:
    assets, window = question.assets(), question.window()
    quantities = question.all("quantity", Quantity)
    targets = [_drawn(question, one, assets) for one in quantities]
    if not targets:
        raise Unanswerable(Problem("missing", "quantity"))
    if assets is not None and not any(question.target(one, assets) in targets for one in quantities):
        raise Unanswerable(Problem("no_quantity", quantities[0].text))
    times = {} if window is None else {"start": window.start.isoformat(), "end": window.end.isoformat()}
    return [
        Call("plot", {"quantity": list(dict.fromkeys(one.quantity for one in targets)), **_every(targets), **times})
    ]


def _drawn(question: Question, quantity: Quantity, assets: Assets | None) -> Target:
    """Beside the power of a chiller the temperature outside is that of the weather station."""
    target = question.target(quantity, assets)
    alone = None if assets is None or target.ids else question.target(quantity, None)
    return alone if alone is not None and alone.single else target


def _every(targets: Sequence[Target]) -> Mapping[str, Any]:
    """The assets of all targets."""
    if len(targets) == 1:
        return where(targets[0])
    if all(one.ids for one in targets):
        return {"asset": list(dict.fromkeys(id_ for one in targets for id_ in one.ids))}
    queries = [one.query or AssetQuery(ids=list(one.ids)) for one in targets]
    return {"assets": dump(AssetQuery(any_of=queries))}


def _documents(question: Question) -> Sequence[Call]:
    """What is looked for may be an asset, or a kind of them, alone: “any manuals for the boilers”."""
    words = question.first("words", str)
    assets = question.assets()
    if not words and assets is None:
        raise Unanswerable(Problem("missing", "words"))
    about = {} if assets is None or not assets.ids or assets.restricted else {"asset": question.named(1)[0]}
    words = words or (assets.label or assets.text if assets is not None else "")
    return [Call("documents", {"words": words, **about})]


def _notes(question: Question) -> Sequence[Call]:
    return [Call("notes", {"asset": id_}) for id_ in question.named(_SEVERAL)]


def _leave_note(question: Question) -> Sequence[Call]:
    """It becomes a proposal, as every change does."""
    text = question.first("text", str)
    if not text:
        raise Unanswerable(Problem("missing", "text"))
    (id_,) = question.named(1)
    return [Call("leave_note", {"asset": id_, "text": text.strip()})]


JOBS = (
    intent("asset_status", _status, ["assets"], time=1),
    intent("diagnose", _diagnose, ["assets"], quantity=1, side=1),
    intent("summarize", _summarize, time=1, assets=1),
    intent("energy", _energy, time=1, assets=1, price=1),
    intent("comfort", _comfort, time=1, assets=1),
    intent("isolate", _isolate, ["assets"], spell=1),
    intent("runs", _runs, ["assets"], time=1, state=1),
    intent("extremes", _extremes, ["quantity"], assets=1, time=1),
    intent("compare", _compare, ["assets", "quantity"], assets=4, quantity=2, time=2, statistic=1),
    intent("correlate", _correlate, ["quantity", "assets"], quantity=2, assets=2, time=1),
    intent("plot", _plot, ["quantity"], quantity=4, assets=1, time=1),
    intent("documents", _documents, words=1, assets=1),
    intent("notes", _notes, ["assets"]),
    intent("leave_note", _leave_note, ["assets"], text=1),
)
