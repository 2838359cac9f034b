"""Intents that are whole jobs: how something is doing, what is wrong with it, what happened, what it used, what shutting it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.intent import Call, intent
from agent.planning.problems import Instead, Problem, Unanswerable
from agent.planning.resolver import Target
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Window

_SEVERAL = 4
_WEEK = timedelta(days=7)


def window_of(window: Window | None) -> Mapping[str, Any]:
    return {} if window is None else {"window": window.model_dump(mode="json")}


def where(target: Target) -> Mapping[str, Any]:
    if target.ids:
        return {"asset": target.ids[0] if len(target.ids) == 1 else list(target.ids)}
    return {"assets": dump(target.query or AssetQuery())}


def dump(query: AssetQuery) -> Mapping[str, Any]:
    return query.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def scope_of(question: Question) -> Mapping[str, Any]:
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
    """Of the present: “today” is a way to say that."""
    if all(_is_about_now(one, question.now) for one in question.asked.spans()):
        question.all("time", Span)
    symptom = symptom_of(question)
    if not symptom and question.assets() is None:
        raise Instead("risk", many="true")
    return [Call("diagnose", {"asset": id_, **symptom}) for id_ in question.named(_SEVERAL)]


def _is_about_now(span: Span, now: datetime) -> bool:
    end = span.until or span.end
    return span.start <= now <= end and end - span.start <= timedelta(days=1)


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
    """“Since eight” is a moment and goes on until now; of one asset at no time it is how that is doing."""
    span, assets = question.span(), question.assets()
    if span is None and assets is not None and len(assets.ids) == 1 and not question.resolver.is_place(assets):
        raise Instead("asset_status")
    since = span.start if span is not None and span.kind == "at" else None
    window = question.window() if since is None else Window(start=since, end=question.now)
    return [Call("summarize", {**window_of(window), **scope_of(question)})]


def _isolate(question: Question) -> Sequence[Call]:
    """For however long: what has no other supply is without it from the first minute."""
    question.all("spell", object)
    question.all("purpose", object)  # for whatever it is shut
    if question.all("time", Span) and not question.says("at_any_time"):
        raise Instead("isolate", at_any_time="true")
    first, *more = question.named(_SEVERAL)
    return [Call("isolate", {"asset": first, **({"together": more} if more else {})})]


def _runs(question: Question) -> Sequence[Call]:
    assets, state = question.assets(), question.said("state", "is") or question.says("state") or "on"
    if state not in ("on", "off"):  # “was it in alarm”: not what a run status says
        raise Unanswerable(Problem("left_out", str(state)))
    span = question.span()
    if span is not None and span.kind == "at":
        raise Instead("value", of="run_status")  # at a moment it runs or not
    where: Mapping[str, Any] = {}
    if assets is not None:
        named = assets.ids and (not assets.restricted or assets.query.where)  # “since when?” after “is it on?”
        where = {"asset": list(assets.ids)} if named else {"assets": dump(assets.query)}
    return [Call("runs", {**where, **window_of(question.window()), "state": state})]


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
    intent("diagnose", _diagnose, ["assets"], quantity=1, side=1, time=1),
    intent("summarize", _summarize, time=1, assets=1),
    intent("isolate", _isolate, ["assets"], spell=1, purpose=1, time=1),
    intent("runs", _runs, ["assets"], time=1, state=1),
    intent("plot", _plot, ["quantity"], quantity=4, assets=1, time=1),
    intent("documents", _documents, words=1, assets=1),
    intent("notes", _notes, ["assets"]),
    intent("leave_note", _leave_note, ["assets"], text=1),
)
