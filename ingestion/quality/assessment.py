"""The verdict on each point of a set: what is amiss with its data, since when, and how much of the window it spoils."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np

from graph_schema.condition import is_too_old
from ingestion.quality import drift, pace
from ingestion.quality.series import DAY_S, FEW, HOUR_S, MINUTE_S, Floats, Issue, Record, Sensor, Verdict
from ingestion.quality.spikes import spikes
from ingestion.quality.stuck import stuck_since, varies

_TOLERATED_AHEAD_S = 300.0
_GAPS_SHARE = 0.02
_FEW_SPIKES = 3
_DRIFT_SPOILS = 0.5
_DRIFT_DAYS = 28
_MATTERS = {"°C": 0.8, "K": 0.8, "°F": 1.5, "%": 5.0, "ppm": 80.0}
"""Sensors of the trade are not better than that, so less is no drift."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """``outages`` (shape (n, 2), epoch seconds) are when most points were silent at once, which no point is blamed for."""

    verdicts: tuple[Verdict, ...]
    outages: Floats


def assess(
    records: Sequence[Record],
    now: float,
    window_s: float = DAY_S,
    zone: tzinfo = UTC,
    siblings: Mapping[str, Sequence[Record]] | None = None,
) -> Assessment:
    """Judge the last ``window_s`` seconds. ``siblings`` are further records of the like of each, by point id; without them
    the records of the set are each other's."""
    since = now - window_s
    paces = [pace.pace(record.at) for record in records]
    found = [
        pace.holes(r.past.since(since - HOUR_S), p, since, now) if p else np.empty((0, 2))
        for r, p in zip(records, paces, strict=True)
    ]
    outages = pace.shared(found, since, now)
    alike = _alike(records) if siblings is None else siblings
    drifted = _drifted(records, alike, now)
    verdicts = tuple(
        _verdict(
            record,
            usual,
            pace.without(own, outages, usual) if usual else own,
            any(varies(other.past) for other in alike.get(record.sensor.id, ()) if other is not record),
            drifted.get(record.sensor.id),
            _Span(since, now, zone),
        )
        for record, usual, own in zip(records, paces, found, strict=True)
    )
    return Assessment(verdicts, outages)


@dataclass(frozen=True, slots=True)
class _Span:
    since: float
    now: float
    zone: tzinfo

    def moment(self, at: float) -> str:
        there = datetime.fromtimestamp(at, self.zone)
        today = datetime.fromtimestamp(self.now, self.zone).date()
        return f"{there:%H:%M}" if there.date() == today else f"{there.day} {there:%b %H:%M}"

    def share(self, since: float) -> float:
        return min(1.0, max(0.0, (self.now - max(since, self.since)) / (self.now - self.since)))


def _verdict(
    record: Record, usual: pace.Pace | None, holes: Floats, others_vary: bool, away: drift.Away | None, span: _Span
) -> Verdict:
    issues = [
        *_silent(record, usual, span),
        *_gaps(holes, usual, span),
        *_clock(record, span),
        *_rejected(record, span),
    ]
    if record.sensor.is_measured and not any(issue.kind == "silent" for issue in issues):
        issues += [*_stuck(record, others_vary, span), *_spikes(record, span)]
    if away and not any(issue.kind == "stuck" for issue in issues):
        issues.append(_drift(record.sensor, away, span))
    heard = len(record.at) >= FEW or bool(issues)
    score = round(max(0.0, 1.0 - sum(issue.share for issue in issues)), 3) if heard else None
    return Verdict(record.sensor, score, tuple(issues), usual.step if usual else None)


def _silent(record: Record, usual: pace.Pace | None, span: _Span) -> list[Issue]:
    if not len(record.past.last) or usual is None:
        return []
    last = float(record.past.last[-1])
    silence = span.now - last
    if silence <= usual.hole or not is_too_old(silence, record.sensor.stale_after_s):
        return []
    sentence = f"Nothing since {span.moment(last)}; it usually reports every {_span(usual.step)}."
    return [Issue("silent", sentence, last, span.share(last))]


def _gaps(holes: Floats, usual: pace.Pace | None, span: _Span) -> list[Issue]:
    holes = holes[holes[:, 1] < span.now] if len(holes) else holes
    if usual is None or not len(holes):
        return []
    missing = pace.missing_s(holes, usual)
    share = missing / (span.now - span.since)
    if share < _GAPS_SHARE:
        return []
    begin, end = holes[np.argmax(holes[:, 1] - holes[:, 0])]
    how_many = "1 gap" if len(holes) == 1 else f"{len(holes)} gaps"
    sentence = (
        f"{how_many} in the last {(span.now - span.since) / HOUR_S:.0f} hours, {_span(missing)} in all; "
        f"{'it lasted' if len(holes) == 1 else 'the longest'} from {span.moment(float(begin))} to {span.moment(float(end))}."
    )
    return [Issue("gaps", sentence, float(holes[0, 0]), share)]


def _clock(record: Record, span: _Span) -> list[Issue]:
    newest = float(record.at[-1]) if len(record.at) else span.now
    ahead = record.ahead_s if abs(record.ahead_s) > _TOLERATED_AHEAD_S else newest - span.now
    if ahead > _TOLERATED_AHEAD_S:
        return [Issue("clock", f"The clock of its device is {_span(ahead)} ahead.", span.now, 1.0)]
    if ahead < -_TOLERATED_AHEAD_S and record.ahead_s:
        sentence = (
            f"Its readings come {_span(-ahead)} late: the clock of its device is slow, or they wait on their way."
        )
        return [Issue("clock", sentence, span.now, 0.5)]
    return []


def _rejected(record: Record, span: _Span) -> list[Issue]:
    if not record.rejected:
        return []
    times = "1 message" if record.rejected == 1 else f"{record.rejected:,} messages"
    share = record.rejected / max(record.rejected + float(record.past.since(span.since).samples.sum()), 1.0)
    return [Issue("rejected", f"{times} could not give its value, the newest: {record.objection}", span.since, share)]


def _stuck(record: Record, others_vary: bool, span: _Span) -> list[Issue]:
    since = stuck_since(record.past, others_vary)
    if since is None:
        return []
    shown = _value(float(record.past.low[-1]), record.sensor.unit)
    sentence = f"Shows {shown} unchanged since {span.moment(since)}, much longer than it ever did."
    return [Issue("stuck", sentence, since, span.share(since))]


def _spikes(record: Record, span: _Span) -> list[Issue]:
    where = spikes(record.value, record.past)
    where = where[record.at[where] >= span.since]
    if len(where) < _FEW_SPIKES:
        return []
    at, value = float(record.at[where[-1]]), float(record.value[where[-1]])
    sentence = f"{len(where)} values jump away and back at once, the newest to {_value(value, record.sensor.unit)} at {span.moment(at)}."
    return [Issue("spikes", sentence, float(record.at[where[0]]), len(where) / max(len(record.value), 1))]


def _drift(sensor: Sensor, away: drift.Away, span: _Span) -> Issue:
    way = "above" if away.by > 0 else "below"
    sentence = f"Has moved {_value(abs(away.by), sensor.unit)} {way} its {away.siblings} siblings since {span.moment(away.since)}."
    return Issue("drift", sentence, away.since, _DRIFT_SPOILS)


def _alike(records: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    groups: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        if record.sensor.like:
            groups[record.sensor.like].append(record)
    return {record.sensor.id: group for group in groups.values() for record in group}


def _drifted(records: Sequence[Record], alike: Mapping[str, Sequence[Record]], now: float) -> dict[str, drift.Away]:
    """Of sensors of one group at once; where several of an asset drift together, it is the asset that changes."""
    wanted = {record.sensor.id: record for record in records}
    found: dict[str, drift.Away] = {}
    for group in {id(group): group for group in alike.values()}.values():
        if len(group) <= drift.LEAST_SIBLINGS or not drift.comparable(group[0].sensor.quantity):
            continue
        first = min((float(record.past.start[0]) for record in group if len(record.past.start)), default=now)
        days = min(_DRIFT_DAYS, max(1, int((now - first) // DAY_S)))
        for record, away in zip(group, drift.drifts([one.past for one in group], now, days), strict=True):
            sensor = record.sensor
            if away and sensor.id in wanted and abs(away.by) >= _MATTERS.get(sensor.unit or "", 0.0):
                found[sensor.id] = away
    owners = [wanted[id_].sensor.owner for id_ in found]
    return {id_: away for id_, away in found.items() if owners.count(wanted[id_].sensor.owner) == 1}


def _value(value: float, unit: str | None) -> str:
    return f"{value:,.4g} {unit}" if unit else f"{value:,.4g}"


def _span(seconds: float) -> str:
    """In the unit that people would use."""
    for size, name in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute")):
        if seconds >= 1.5 * size or round(seconds) == size:
            amount = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{amount} {name}{'' if amount == '1' else 's'}"
    return f"{seconds:.0f} seconds"
