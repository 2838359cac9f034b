"""From what an asset's points read to what is ahead of it, in words an operator can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from forecasting.anomalies.detectors import SILENCE, Finding, Looked, is_of_the_machine, look
from forecasting.anomalies.verdict import State, amount
from forecasting.degradation import NEED_DAYS, Prospect, prospect
from forecasting.outlook import HORIZON_DAYS, Outlook
from forecasting.outlook_merge import with_findings
from forecasting.plant_points import Measured
from forecasting.series import NotEnoughData, Series
from graph_schema.condition import is_beyond, sides
from graph_schema.ontology.twin import FailureMode

MODEL = "slow change 1"
COMMUNICATION = "Communication fault"
_LISTEN = "Check the device's supply and its connection. Of the machine nothing can be told while it is not heard."
_LIKELY = 0.2  # from this probability on an asset is flagged


@dataclass(frozen=True, slots=True)
class Watched:
    """A point with what it reads (hourly, weeks of it), series that explain what is no wear (the outdoor temperature), and the least
    change of it that matters, in its unit."""

    point: Measured
    series: Series
    drivers: tuple[Series, ...] = ()
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """An asset to assess: its points, the failure modes its class knows, each with the point classes that reveal it, and whether it ran.

    ``looked`` is the same asset as the detectors see it; ``names`` are the ids and classes of the points behind each name of that window."""

    asset: str
    points: tuple[Watched, ...]
    modes: tuple[tuple[FailureMode, frozenset[str]], ...] = ()
    runs: tuple[Series, ...] = ()
    looked: Looked | None = None
    names: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict[str, tuple[Measured, ...]])


def assess(subject: Subject, now: datetime) -> Outlook:
    """What is wrong with an asset, and what is ahead of it within 30 days; “cannot tell” where neither its limits nor a detector can."""
    ahead = _towards_limits(subject, now)
    if subject.looked is None:
        return ahead
    ids = {name: tuple(point.id for point in points) for name, points in subject.names.items()}
    findings = look(subject.looked)
    outlook = with_findings(ahead, findings, ids, now)
    if outlook.state != "flagged" or ahead.state == "flagged":
        return outlook
    wrong = [one for one in findings if one.state == "flagged"]
    machine = {name for one in wrong if is_of_the_machine(one) for name in one.verdict.quantities}
    if not machine:
        return replace(outlook, mode=COMMUNICATION, advice=_LISTEN) if _is_unheard(findings) else outlook
    mode = _mode(subject, {point.quantity for name in machine for point in subject.names.get(name, ())})
    return replace(outlook, mode=mode.name if mode else None, advice=mode.advice if mode else None)


def _is_unheard(findings: Sequence[Finding]) -> bool:
    """Whether something is silent, or all that is read repeats itself. A single sensor that is stuck is a sensor's fault."""
    wrong = [one for one in findings if one.state == "flagged"]
    return any(one.detector.startswith(SILENCE) for one in wrong) or len(wrong) >= 2


def _towards_limits(subject: Subject, now: datetime) -> Outlook:
    """From slow change alone; “cannot tell” where no point has both a limit and two weeks of readings."""
    ahead: list[tuple[Measured, Prospect]] = []
    short: NotEnoughData | None = None
    for one in subject.points:
        for side, limit in sides(one.point.low, one.point.high, one.point.unit):
            try:
                found = prospect(
                    one.series,
                    side,
                    limit,
                    horizon_days=HORIZON_DAYS,
                    drivers=one.drivers,
                    runs=subject.runs,
                    least=one.least,
                )
                ahead.append((one.point, found))
            except NotEnoughData as error:
                short = error if short is None or error.have_days > short.have_days else short
    if not ahead:
        reason = str(short) if short else f"no point has a limit and {NEED_DAYS} days of readings"
        return _outlook(subject, now, "cannot tell", reasons=(reason,))
    ahead.sort(key=lambda one: (-_danger(one[1]), one[0].id))
    signs = [(point, one) for point, one in ahead if _danger(one) >= _LIKELY]
    if not signs:
        return _outlook(subject, now, "sound", probability=_danger(ahead[0][1]))
    mode = _mode(subject, {point.quantity for point, _ in signs})
    first = signs[0][1]
    return _outlook(
        subject,
        now,
        "flagged",
        probability=_danger(first),
        when=(first.expected_days, first.early_days, first.late_days),
        mode=mode,
        reasons=tuple(_reason(point, one) for point, one in signs),
        points=tuple(point.id for point, _ in signs),
        since=now - timedelta(days=max(one.change.days + one.rested_days for _, one in signs if one.change)),
    )


def _danger(ahead: Prospect) -> float:
    """Of a level that does what it always did nothing is foretold: what is beyond its limit now and then is an alarm, not wear."""
    return ahead.probability if ahead.change is not None else 0.0


def _mode(subject: Subject, quantities: set[str]) -> FailureMode | None:
    """The one that most of the signs reveal; of equals the one that needs the fewest."""
    found = [(len(quantities & revealing), -len(mode.quantities), mode) for mode, revealing in subject.modes]
    best = max(found, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] else None


def _reason(point: Measured, ahead: Prospect) -> str:
    assert ahead.change is not None
    verb = "rises" if ahead.change.per_day > 0 else "falls"
    beyond = is_beyond(ahead.level, ahead.side, ahead.limit)
    limit = f"its {'upper' if ahead.side == 'high' else 'lower'} limit of {amount(ahead.limit, point.unit)}"
    rests = f", as it last ran {_days(ahead.rested_days)} ago" if ahead.rested_days else ""
    days = "" if ahead.expected_days is None else f" in about {_days(ahead.expected_days)}"
    return (
        f"{point.name} is at {amount(ahead.level, point.unit)} and {verb} by {amount(abs(ahead.change.per_day), point.unit)} a day "
        f"for {_days(ahead.change.days)}{rests}; "
        + (f"it is beyond {limit} already" if beyond else f"it passes {limit}{days}")
    )


def _days(days: float) -> str:
    whole = max(1, round(days))
    return "1 day" if whole == 1 else f"{whole} days"


def _outlook(
    subject: Subject,
    now: datetime,
    state: State,
    *,
    probability: float | None = None,
    when: tuple[float | None, float | None, float | None] = (None, None, None),
    mode: FailureMode | None = None,
    reasons: tuple[str, ...] = (),
    points: tuple[str, ...] = (),
    since: datetime | None = None,
) -> Outlook:
    expected, early, late = (now + timedelta(days=one) if one is not None else None for one in when)
    return Outlook(
        asset=subject.asset,
        state=state,
        probability=probability,
        horizon_days=HORIZON_DAYS,
        expected_at=expected,
        earliest_at=early,
        latest_at=late,
        mode=mode.name if mode else None,
        advice=mode.advice if mode else None,
        reasons=reasons,
        points=points,
        model=MODEL,
        made_at=now,
        since=since,
        certainty="certain" if since else None,
    )
