"""Intents about work: orders that wait and what was done, opening, changing and closing them, what is due, parts, how forecasts came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from agent.language.frame import IntentSlots
from agent.language.times import Span
from agent.planning.asked import Question
from agent.planning.families.jobs import window_of
from agent.planning.intent import Call, Intent, intent
from agent.planning.problems import Instead, Problem, Unanswerable

_SEVERAL = 4
_LATEST = 20
_PERSON_WORDS = 3
_DAY = timedelta(days=1)
_MOST_DAYS = 730
_MINE = "me"
_STANDBY = "Emergency_Generator"


def _orders(question: Question) -> Sequence[Call]:
    """Those that wait; those that were done where the question is about what was done; all with a time."""
    window, which = question.window(), question.says("which")
    person = _MINE if question.says("mine") else None
    wanted: dict[str, Any] = {**window_of(window), **({"which": which} if which else {})}
    wanted |= {"assignee": person} if person else {}
    wanted |= {"unassigned": True} if question.says("unassigned") else {}
    return [Call("list_work_orders", {**asset, **wanted}) for asset in _assets(question)]


def _order(question: Question) -> Sequence[Call]:
    return [Call("list_work_orders", {"number": _number(question)})]


def _last_serviced(question: Question) -> Sequence[Call]:
    """What stands by is tested by running it."""
    if question.says("tested") and all(_stands_by(question, id_) for id_ in question.named(_SEVERAL)):
        raise Instead("runs", since="true")
    return [
        Call("list_work_orders", {"asset": id_, "which": "done", "limit": _LATEST}) for id_ in question.named(_SEVERAL)
    ]


def _stands_by(question: Question, id_: str) -> bool:
    return question.lexicon.is_a(question.lexicon.things[id_].class_, _STANDBY)


def _due(question: Question) -> Sequence[Call]:
    """Within the days until the end of the time that is said."""
    span = question.span()
    days = {} if span is None else {"days": _days_until(span, question)}
    return [Call("maintenance_due", {**asset, **days}) for asset in _assets(question)]


def _days_until(span: Span, question: Question) -> int:
    """“This week” goes on until now where it is looked back on; here its rest is meant."""
    end = span.until or span.end
    if end > question.now:
        return min(_MOST_DAYS, -(-(end - question.now) // _DAY))
    return next((days for days in (7, 31, 366) if question.now - span.start <= days * _DAY), _MOST_DAYS)


def _create(question: Question) -> Sequence[Call]:
    text = question.first("text", str)
    if not text:
        raise Unanswerable(Problem("missing", "text"))
    (id_,) = question.named(1)
    because = question.said("because", "is")
    given: dict[str, Any] = {"asset": id_, "text": text.strip(), **_priority(question), **_when_due(question)}
    return [Call("create_work_order", {**given, **({"because": because} if because else {})})]


def _change(question: Question) -> Sequence[Call]:
    changes: dict[str, Any] = {**_priority(question), **_when_due(question)}
    if status := question.says("status"):
        changes["status"] = status
    if question.says("assigns"):
        changes["assignee"] = _person(question)
    if not changes:
        raise Unanswerable(Problem("missing", "change"))
    return [Call("update_work_order", {"number": _number(question), **changes})]


def _close(question: Question) -> Sequence[Call]:
    """Without a code the tool says which are likely."""
    code, remark = question.first("code", str), question.first("text", str)
    more = {**({"code": code} if code else {}), **({"remark": remark.strip()} if remark else {})}
    return [Call("close_work_order", {"number": _number(question), **more})]


def _parts(question: Question) -> Sequence[Call]:
    words = question.first("words", str)
    return [Call("spare_parts", {"words": words.strip()} if words else {})]


def _accuracy(question: Question) -> Sequence[Call]:
    return [Call("forecast_accuracy", window_of(question.window()))]


def _settle(question: Question) -> Sequence[Call]:
    """No word that is said here approves or rejects anything."""
    del question
    return ()


def _assets(question: Question) -> Sequence[Mapping[str, Any]]:
    """Each asset that is named, or none for the whole plant."""
    assets = question.assets()
    if assets is None or assets.is_everything:
        return [{}]
    return [{"asset": id_} for id_ in question.named(_SEVERAL)]


def _number(question: Question) -> str:
    number = question.first("order", float)
    if number is None:
        raise Unanswerable(Problem("missing", "order"))
    return f"{number:g}" if number < 1e6 else str(int(number))


def _person(question: Question) -> str:
    if _MINE in (question.says("who"), question.said("person", "is")):
        return _MINE
    name = question.first("person", str)
    if not name:
        raise Unanswerable(Problem("missing", "person"))
    if len(name.split()) > _PERSON_WORDS:
        raise Unanswerable(Problem("left_out", name))
    return name.strip()


def _priority(question: Question) -> Mapping[str, Any]:
    priority = question.said("priority", "is") or question.says("priority")
    return {"priority": priority} if priority else {}


def _when_due(question: Question) -> Mapping[str, Any]:
    """The end of the time that is said: what is due on Friday may be done on Friday, until its last minute."""
    span = question.span()
    if span is None or span.kind == "now":
        return {}
    end = span.until or span.end
    return {"due": (end - timedelta(minutes=1) if end.time() == time() else end).isoformat()}


WORK = (
    intent("work_orders", _orders, assets=1, time=1),
    intent("work_order", _order, ["order"], order=1),
    intent("last_serviced", _last_serviced, ["assets"]),
    intent("work_due", _due, time=1, assets=1),
    intent("create_order", _create, ["assets"], assets=1, text=1, time=1, priority=1, because=1),
    intent("change_order", _change, ["order"], order=1, time=1, priority=1, person=1),
    intent("close_order", _close, ["order"], order=1, code=1, text=1),
    intent("parts_needed", _parts, words=1),
    intent("forecast_accuracy", _accuracy, time=1),
    Intent(IntentSlots("settle_proposal", (), {}), _settle, regardless=True, aside=True),
)
"""``create_order``, ``change_order`` and ``work_due`` are of what is to come: their “Friday” is the next."""
