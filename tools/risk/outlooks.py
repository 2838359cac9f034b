"""From outlooks in the graph to what tools return of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from forecasting.failure_forecast import Failing
from forecasting.failure_forecast import statement as failing_statement
from forecasting.outlook import Outlook, statement
from tools.results.assets import EntityRef
from tools.results.forecasts import FailureForecast, FailureProbability, RemainingLife
from tools.results.result import Evidence

_OLD = timedelta(hours=36)
_WORTH, _ABOVE_USUAL = 0.1, 1.5


def told_of(outlook: Outlook | None, failing: Failing | None, ref: EntityRef, now: datetime) -> FailureForecast:
    """What is known of one asset: its outlook, and how likely it fails. One of the two is there."""
    if outlook is not None:
        forecast = forecast_of(outlook, ref, now)
        return forecast.model_copy(update={"failing": probability_of(failing)}) if failing else forecast
    assert failing is not None
    return FailureForecast(
        asset=ref,
        state="cannot tell",
        horizon_days=failing.horizon_days,
        reasons=["none of its points has readings"],
        model=failing.model or "none",
        made_at=failing.made_at,
        age_h=round((now - failing.made_at) / timedelta(hours=1), 1),
        failing=probability_of(failing),
    )


def probability_of(failing: Failing) -> FailureProbability:
    """How likely an asset fails, as a result."""
    life = None
    if failing.life_days is not None and failing.life_model is not None:
        life = RemainingLife(
            expected_days=round(failing.life_days),
            low_days=round(failing.life_low or 0.0),
            high_days=round(failing.life_high or failing.life_days),
            reasons=list(failing.life_reasons),
            model=failing.life_model,
        )
    return FailureProbability(
        probability_percent=percent(failing.probability),
        usual_percent=percent(failing.usual),
        horizon_days=failing.horizon_days,
        expected_at=failing.expected_at,
        earliest_at=failing.earliest_at,
        latest_at=failing.latest_at,
        remaining_life=life,
        reasons=list(failing.reasons),
        model=failing.model,
        made_at=failing.made_at,
        unknown=failing.unknown,
    )


def is_likely(failing: Failing) -> bool:
    """Whether an asset is worth a look because of its failures: a tenth at least, and half as likely again as its kind."""
    if failing.probability is None:
        return False
    return failing.probability >= _WORTH and failing.probability >= _ABOVE_USUAL * (failing.usual or 0.0)


def failing_evidence(failing: Collection[Failing]) -> Evidence:
    """Where probabilities of failing come from."""
    models = {one for some in failing for one in (some.model, some.life_model) if one}
    return Evidence(
        store="graph",
        statement=failing_statement(),
        entities=sorted(one.asset for one in failing),
        as_of=max((one.made_at for one in failing), default=None),
        model=", ".join(sorted(models)) or None,
    )


def forecast_of(outlook: Outlook, ref: EntityRef, now: datetime) -> FailureForecast:
    """One outlook as a result; its age is that of the run which made it."""
    return FailureForecast(
        asset=ref,
        state=outlook.state,
        probability_percent=percent(outlook.probability),
        horizon_days=outlook.horizon_days,
        expected_at=outlook.expected_at,
        earliest_at=outlook.earliest_at,
        latest_at=outlook.latest_at,
        mode=outlook.mode,
        advice=outlook.advice,
        reasons=list(outlook.reasons),
        points=list(outlook.points),
        model=outlook.model,
        made_at=outlook.made_at,
        since=outlook.since,
        certainty=outlook.certainty,
        unknown=list(outlook.unknown),
        age_h=round((now - outlook.made_at) / timedelta(hours=1), 1),
    )


def outlook_evidence(outlooks: Collection[Outlook]) -> Evidence:
    """Where outlooks come from."""
    return Evidence(
        store="graph",
        statement=statement(),
        entities=sorted(one.asset for one in outlooks),
        points=sorted({point for one in outlooks for point in one.points}),
        as_of=max((one.made_at for one in outlooks), default=None),
        model=", ".join(sorted({one.model for one in outlooks})) or None,
    )


def outlook_notes(outlooks: Sequence[Outlook], now: datetime) -> list[str]:
    """What an answer must not leave out."""
    if not outlooks:
        return [
            "Nothing was assessed yet: a served plant is looked at by itself, and at once with `plantroom forecast`."
        ]
    return age_notes([one.made_at for one in outlooks], now)


def age_notes(made: Collection[datetime], now: datetime) -> list[str]:
    """That forecasts made at these moments are old, where they are."""
    newest = max(made, default=now)
    return [f"The forecasts are of {newest:%d %B}; no run has finished since."] if now - newest > _OLD else []


def by_danger(outlooks: Mapping[str, Outlook]) -> list[Outlook]:
    """The flagged ones first, by probability and by how soon."""
    return sorted(
        outlooks.values(),
        key=lambda one: (
            one.state != "flagged",
            -danger(one),
            one.expected_at.timestamp() if one.expected_at else float("inf"),
            one.asset,
        ),
    )


def danger(outlook: Outlook) -> float:
    """For ranking: what is wrong now without a date stands among the probabilities by how sure that is."""
    if outlook.probability is not None:
        return outlook.probability
    return {"possible": 0.3, "likely": 0.6, "certain": 0.9}[outlook.certainty] if outlook.certainty else -1.0


def percent(probability: float | None) -> float | None:
    """Whole percents, and never more certain than a thousand paths allow."""
    return None if probability is None else float(min(max(round(100 * probability), 0), 99))
