"""What is expected to be read, to leave its limits and to fail."""

from collections.abc import Sequence
from datetime import datetime

from agent.offline.answers.one_thing import say_wrong
from agent.offline.answers.outcomes import Outcome, first, results_of
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, joined, with_unit
from agent.offline.words import TOPICS
from agent.planning.assets import Test
from graph_schema.condition import is_beyond
from tools.results.assets import AssetDescription
from tools.results.forecasts import (
    FailureForecast,
    FailureForecasts,
    FailureProbability,
    ForecastRow,
    TelemetryForecast,
)
from tools.sentences.notation import number, words


def say_foretold(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    ahead = first(outcomes, FailureForecasts)
    said = [_ahead(speaker, one) for one in ahead.forecasts]
    if not said and ahead.flagged + ahead.sound == 0:
        said = [TOPICS["forecast"].says]
    elif not said and not ahead.likely:
        known = ahead.sound + ahead.cannot_tell
        said = [f"Nothing shows signs of failing within 30 days; {ahead.sound} of {known} things could be assessed."]
    if len(said) > 1:
        said = [f"- {one}" for one in said]
    if ahead.flagged > len(ahead.forecasts):
        said.append(f"{ahead.flagged - len(ahead.forecasts)} more are flagged.")
    if results_of(outcomes, AssetDescription):
        said.append(say_wrong(speaker, intent, outcomes))
    return "\n".join(said)


def say_expected(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    """What is going to be read, with the interval; of a limit, whether it is going to be passed."""
    tables = results_of(outcomes, TelemetryForecast)
    if not tables:
        return TOPICS["forecast"].says
    test = next((t for t in intent.tests if isinstance(t.value, int | float)), None)
    said: list[str] = []
    for table in tables:
        for row in table.rows:
            said.append(_passing(speaker, row, test) if test is not None else _going(speaker, row, intent.aggregate))
        quantity = words(table.quantity)
        if table.missing and not table.rows:
            said.append(f"{joined([speaker.name(ref) for ref in table.missing[:4]])} has no {quantity} point.")
        if table.no_forecast:
            names = joined([speaker.name(ref) for ref in table.no_forecast[:4]])
            said.append(f"There is no forecast of the {quantity} of {names}: too little history, or no model yet.")
        said += [
            f"I cannot tell how the {quantity} of {speaker.name(one.entity)} goes on: {one.reason}."
            for one in table.cannot_tell
        ]
        if table.total > len(table.rows):
            said.append(f"{table.total - len(table.rows)} more are forecast.")
    said = list(dict.fromkeys(said)) or ["There is no such measurement to forecast."]
    return said[0] if len(said) == 1 else "\n".join(f"- {one}" for one in said)


def _going(speaker: Speaker, row: ForecastRow, aggregate: str | None) -> str:
    what = f"{speaker.name(row.entity)} {words(row.quantity)}"
    if len(row.steps) == 1:
        (step,) = row.steps
        return (
            f"{what} is forecast to be {with_unit(step.expected, None, row.unit)} {_moment(speaker, step.at)} "
            f"(80% interval {with_unit(step.low, None, None)} to {with_unit(step.high, None, row.unit)})."
        )
    low, high = min(row.steps, key=lambda one: one.expected), max(row.steps, key=lambda one: one.expected)
    ends = [high] if aggregate == "max" else [low] if aggregate == "min" else [low, high]
    spoken = " and ".join(
        f"{'highest' if one is high else 'lowest'} at {with_unit(one.expected, None, row.unit)} {_moment(speaker, one.at)}"
        for one in ends
    )
    return (
        f"{what} is forecast to be {spoken}; 80% of what comes lies between "
        f"{with_unit(min(one.low for one in row.steps), None, None)} and {with_unit(max(one.high for one in row.steps), None, row.unit)}."
    )


def _passing(speaker: Speaker, row: ForecastRow, test: Test) -> str:
    above = test.comparison.startswith(">")
    assert isinstance(test.value, int | float)
    limit = test.value
    what = f"{speaker.name(row.entity)} {words(row.quantity)}"
    best = max(row.steps, key=lambda one: one.expected if above else -one.expected)
    edge = max(one.high for one in row.steps) if above else min(one.low for one in row.steps)
    side, extreme = ("above", "highest") if above else ("below", "lowest")
    first = next((one for one in row.steps if is_beyond(one.expected, "high" if above else "low", limit)), None)
    stands = f"{with_unit(best.expected, None, row.unit)} {_moment(speaker, best.at)} is the {extreme} that is expected"
    bound = with_unit(limit, None, row.unit)
    if first is not None:
        return f"Yes, {what} is expected {side} {bound} from {_moment(speaker, first.at)}: {stands}."
    if is_beyond(edge, "high" if above else "low", limit):
        return f"Probably not, but {what} may go {side} {bound}: {stands}, and the 80% interval reaches {with_unit(edge, None, row.unit)}."
    return f"No, {what} is not expected {side} {bound}: {stands}, and the 80% interval ends at {with_unit(edge, None, row.unit)}."


def _moment(speaker: Speaker, moment: datetime) -> str:
    local = moment.astimezone(speaker.now.tzinfo)
    days = (local.date() - speaker.now.date()).days
    day = "today" if days == 0 else "tomorrow" if days == 1 else f"on {local.day} {local:%B}"
    return f"{day} at {local:%H:%M}"


def _ahead(speaker: Speaker, one: FailureForecast) -> str:
    """How likely it leaves its limits, when, why, what to do; and how likely it breaks down."""
    if one.failing is None:
        return _outlook(speaker, one)
    silent = one.state == "cannot tell" and one.failing.unknown is None
    return " ".join([_breaks(speaker, one, one.failing), *([] if silent else [_outlook(speaker, one)])])


def _breaks(speaker: Speaker, one: FailureForecast, failing: FailureProbability) -> str:
    """By its work orders: probability, what is usual, when, how long it lasts, and why."""
    name = speaker.name(one.asset)
    if failing.probability_percent is None:
        return f"How likely {name} fails cannot be told: {failing.unknown}."
    usual = "" if failing.usual_percent is None else f" ({number(failing.usual_percent)}% is usual for its kind)"
    said = [
        f"{name} is {number(failing.probability_percent)}% likely to fail within {failing.horizon_days} days{usual}: {'; '.join(failing.reasons[:3])}."
    ]
    if (life := failing.remaining_life) is not None:
        why = f": {'; '.join(life.reasons[:2])}" if life.reasons else ""
        said.append(
            f"It has about {number(life.expected_days)} days left, with 90% certainty between {number(life.low_days)} and {number(life.high_days)}{why}."
        )
    elif failing.expected_at is not None:
        said.append(
            f"Half of those like it have failed by {_day(speaker, failing.expected_at)} {failing.expected_at.year}."
        )
    return " ".join(said)


def _outlook(speaker: Speaker, one: FailureForecast) -> str:
    """One outlook: how likely, when, why, what to do."""
    name = speaker.name(one.asset)
    if one.state == "cannot tell":
        return f"{name}: what is ahead cannot be told, {one.reasons[0]}."
    if one.state == "sound":
        return f"{name} shows no signs of failing within {one.horizon_days} days."
    when = f", about {_day(speaker, one.expected_at)}" if one.expected_at else ""
    if one.probability_percent is not None:
        chance = f"{number(one.probability_percent)}% likely"
        lead = f"{name} is {chance} to leave its limits within {one.horizon_days} days{when}: {'; '.join(one.reasons[:2])}."
    else:
        since = f" since {_day(speaker, one.since)}" if one.since else ""
        sure = f" ({one.certainty})" if one.certainty else ""
        lead = f"{name} does not behave as it should{since}{sure}: {'; '.join(one.reasons[:2])}."
    cause = f" This points to {one.mode.lower()}: {one.advice}" if one.mode and one.advice else ""
    return lead + cause


def _day(speaker: Speaker, moment: datetime) -> str:
    local = moment.astimezone(speaker.now.tzinfo)
    return f"{local.day} {local:%B}"
