"""Intents about alarms as people deal with them: acknowledged, shelved, out of service, suppressed, how they stand, and incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from agent.planning.asked import Question
from agent.planning.assets import Assets
from agent.planning.intent import Call, intent
from agent.planning.problems import Problem, Unanswerable

_SEVERAL = 4
_ALARM = "Alarm"
_HOUR = timedelta(hours=1)


def _acknowledge(question: Question) -> Sequence[Call]:
    return _acts(question, "acknowledge_alarm")


def _shelve(question: Question) -> Sequence[Call]:
    """Until the end of the time that is said. A shelf begins at once, so “the weekend” that is still to come asks back."""
    span = question.span()
    if span is None or span.kind == "now" or span.start > question.now:
        raise Unanswerable(Problem("missing", "until"))
    end = span.until or span.end
    if end <= question.now:
        raise Unanswerable(Problem("too_late"))
    return _acts(question, "shelve_alarm", until=end.isoformat())


def _hold(question: Question) -> Sequence[Call]:
    return _acts(question, "hold_alarm", act=question.says("act"))


def _acts(question: Question, tool: str, **more: Any) -> Sequence[Call]:
    """On each asset that is named, or on an incident. It becomes a proposal, as every change does."""
    why = question.first("why", str)
    given = {**more, **({"why": why.strip()} if why else {})}
    incident = _incident(question)
    names = [incident] if incident is not None else _named(question)
    if not names:
        raise Unanswerable(Problem("missing", "assets"))
    return [Call(tool, {"asset": name, **given}) for name in names]


def _incident(question: Question) -> str | None:
    number = question.first("incident", float)
    return None if number is None else f"I-{number:.0f}"


def _named(question: Question) -> Sequence[str]:
    """Whose alarms are meant; none for all that there are. Raises ``Unanswerable`` for what is described by values."""
    found = [one for one in question.all("assets", Assets) if not _is_all(one)]
    for one in found:
        if one.tests:
            raise Unanswerable(Problem("not_named", one.text))
    return [id_ for one in found for id_ in _whose(one)] or (question.named(_SEVERAL) if found else [])


def _is_all(assets: Assets) -> bool:
    """“All alarms”, or the plant as a whole."""
    is_plain = not assets.restricted and not assets.tests and not assets.choices
    return assets.whole_plant or assets.is_everything or (assets.class_ == _ALARM and is_plain)


def _whose(assets: Assets) -> Sequence[str]:
    """Of “the alarm of chiller 1” the chiller."""
    within = assets.query.within
    is_simple = assets.class_ == _ALARM and set(assets.query.model_dump(exclude_defaults=True)) == {"class_", "within"}
    if not is_simple or assets.choices or within is None or set(within.model_dump(exclude_defaults=True)) != {"ids"}:
        return ()
    return within.ids or ()


def _states(question: Question) -> Sequence[Call]:
    named, which = _named(question), question.says("which")
    return [Call("alarm_states", {**asset, "which": which}) for asset in ([{"asset": id_} for id_ in named] or [{}])]


def _incidents(question: Question) -> Sequence[Call]:
    """The one that is named; else those that are open, with a time also what was closed since it began."""
    number, window = _incident(question), question.window()
    if number is not None:
        return [Call("incidents", {"incident": number})]
    if window is None:
        return [Call("incidents")]
    return [Call("incidents", {"hours": round((question.now - window.start) / _HOUR, 2)})]


ALARMS = (
    intent("acknowledge_alarm", _acknowledge, assets=4, incident=1, why=1),
    intent("shelve_alarm", _shelve, assets=4, incident=1, why=1, time=1),
    intent("hold_alarm", _hold, assets=4, incident=1, why=1),
    intent("alarm_states", _states, assets=1),
    intent("incidents", _incidents, incident=1, time=1),
)
"""``shelve_alarm`` is of what is to come: its “Friday” is the next."""
