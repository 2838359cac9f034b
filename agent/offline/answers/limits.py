"""What a thing may read, and what is beyond that."""

from collections.abc import Sequence
from dataclasses import replace

from agent.offline.answers.measures import say_measures
from agent.offline.answers.outcomes import Outcome, first, results_of
from agent.offline.answers.states import owner_name, with_status
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, listed, plural, with_unit
from graph_schema.condition import passed
from tools.results.assets import AssetDescription, FoundAssets, PointNow
from tools.results.telemetry import Telemetry
from tools.sentences.notation import words


def say_limits(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return " ".join(_limits(speaker, intent, about) for about in results_of(outcomes, AssetDescription))


def _limits(speaker: Speaker, intent: Intent, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    points = [p for p in about.points if _asked(speaker, intent, p)]
    limited = [p for p in points if p.low is not None or p.high is not None]
    if not limited:
        what = f"the {words(points[0].quantity)} of {name}" if intent.quantities and points else name
        return f"The plant model has no limits for {what}."
    if not intent.yes_no:
        return " ".join(_bounds(p, name) for p in limited[:8])
    outside = [p for p in limited if passed(p.value, p.low, p.high)]
    unread = [p for p in limited if p.value is None]
    if len(unread) == len(limited):
        return f"I cannot tell: there are no readings. {' '.join(_bounds(p, name) for p in limited[:4])}"
    yes = bool(outside) == (intent.state == "beyond")
    return f"{'Yes' if yes else 'No'}. {' '.join(_bounds(p, name) for p in (outside or limited)[:4])}"


def _asked(speaker: Speaker, intent: Intent, point: PointNow) -> bool:
    tokens = speaker.lexicon.quantity_tokens.get(point.quantity, frozenset())
    return not intent.quantities or any(point.quantity in q.exact or q.tokens <= tokens for q in intent.quantities)


def _bounds(p: PointNow, name: str) -> str:
    low, high = with_unit(p.low, None, p.unit), with_unit(p.high, None, p.unit)
    limits = (
        f"between {low} and {high}"
        if p.low is not None and p.high is not None
        else f"at most {high}"
        if p.high is not None
        else f"at least {low}"
    )
    now = f" and is {with_unit(p.value, p.text, p.unit)}" if p.value is not None or p.text else " and has no reading"
    return f"The {words(p.quantity)} of {name} should be {limits}{now}."


def say_excess(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    """“which rooms are too warm”: none or those beyond their limits, and the furthest reading."""
    table, beyond = first(outcomes, Telemetry), first(outcomes, FoundAssets)
    read = [row for row in table.rows if row.value is not None]
    if not read:
        return say_measures(speaker, replace(intent, act="value"), [table])
    what = words(table.quantity)
    worst = f"{owner_name(speaker, read[0])} has the {'lowest' if intent.order == 'asc' else 'highest'}: {speaker.reading(read[0])}."
    if beyond.total == 0:
        return f"{'No, no' if intent.yes_no else 'No'} {what} is beyond its limits. {worst}"
    names = listed([with_status(speaker, ref) for ref in beyond.assets], beyond.total)
    are = "is" if beyond.total == 1 else "are"
    return f"{'Yes: ' if intent.yes_no else ''}{beyond.total} {plural(what, beyond.total)} {are} beyond {'its' if beyond.total == 1 else 'their'} limits: {names}. {worst}"
