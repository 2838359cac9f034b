"""An asset against others that should be alike: needs no learning, so a plant that was connected days ago can be judged.

Levels are compared by what makes them comparable: a zone's temperature by how far it is from its own set point, not as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecasting.anomalies.sensor_faults import HOLD, rests
from forecasting.anomalies.verdict import Verdict, Window, amount, cannot_tell, flagged, missing, plain, sound, span

_NORMAL = 1.4826
_LIMIT = 6.0  # median absolute deviations
_LEAST = 0.25  # of the stretch has to be read
_REST_S = 43_200
_ENOUGH = 5  # with the asset itself: of fewer nobody can say which is the odd one


@dataclass(frozen=True, slots=True)
class Likeness:
    """A signal that siblings share, or how far it is above another of their signals. ``tolerance`` is the least distance from the
    median of all that matters, in the signal's unit; it is judged by the median over a stretch of time."""

    signal: str
    tolerance: float
    unit: str = ""
    above: str | None = None
    over: timedelta = timedelta(hours=24)

    @property
    def needed(self) -> tuple[str, ...]:
        return (self.signal, self.above) if self.above else (self.signal,)


@dataclass(frozen=True, slots=True)
class Siblings:
    """Assets of one class are siblings where the same asset of class ``fed_by`` feeds them. ``moving`` are signals
    that rest in none of them for long, unless they do in all."""

    fed_by: str
    alike: tuple[Likeness, ...]
    moving: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([name for one in self.alike for name in one.needed] + list(self.moving)))


def judge_level(alike: Likeness, own: Window, others: Sequence[Window]) -> Verdict:
    """The asset's level against the median of all, in median absolute deviations (times 1.4826) of all."""
    level = _level(alike, own)
    if level is None:
        return cannot_tell(f"{plain(alike.signal)} was not read for long enough", alike.needed)
    levels = [level, *(one for other in others if (one := _level(alike, other)) is not None)]
    if len(levels) < _ENOUGH:
        return _too_few(len(levels), alike.signal)
    centre = float(np.median(levels))
    away = level - centre
    allowed = max(_LIMIT * _NORMAL * float(np.median(np.abs(np.array(levels) - centre))), alike.tolerance)
    score = abs(away) / allowed
    if score <= 1:
        return sound(score)
    side = "above" if away > 0 else "below"
    said = f"{plain(alike.signal)} is {amount(level, alike.unit)}"
    if alike.above:
        said = f"{plain(alike.signal)} is {amount(abs(level), alike.unit)} {'above' if level > 0 else 'below'} {plain(alike.above)}"
    distance = amount(abs(away), alike.unit)
    return flagged(score, [f"{said}, {distance} {side} the median of {len(levels)} like it"], alike.needed)


def judge_rest(signal: str, own: Window, others: Sequence[Window]) -> Verdict:
    """Flagged where it has not changed for three times as long as its siblings, or itself before, rested in the same days, and for half a day."""
    if missing(own, [signal]):
        return cannot_tell(f"{plain(signal)} was not read for long enough", [signal])
    reading = [other[signal] for other in others if not missing(other, [signal])]
    if len(reading) + 1 < _ENOUGH:
        return _too_few(len(reading) + 1, signal)
    read = own[signal]
    *earlier, now = rests(read)
    theirs = float(np.median([max(rests(one)) for one in reading]))
    rest, limit = now * read.step_s, max(HOLD * max(theirs, *earlier, 0) * read.step_s, _REST_S)
    if rest <= limit:
        return sound(rest / limit)
    last = read.values[np.isfinite(read.values)][-1]
    said = f"{plain(signal)} has read {last:.4g} without a change for {span(rest)}; {len(reading)} like it rest for {span(theirs * read.step_s)} at most"
    return flagged(rest / limit, [said], [signal])


def until(windows: Sequence[Window], end_s: int) -> list[Window]:
    """What was read of them before."""
    return [{name: one.before(end_s) for name, one in window.items()} for window in windows]


def _level(alike: Likeness, window: Window) -> float | None:
    if missing(window, alike.needed):
        return None
    read = window[alike.signal]
    values = read.values - window[alike.above].values if alike.above else read.values
    recent = values[-max(1, round(alike.over.total_seconds() / read.step_s)) :]
    known = recent[np.isfinite(recent)]
    return float(np.median(known)) if len(known) >= _LEAST * len(recent) else None


def _too_few(count: int, signal: str) -> Verdict:
    return cannot_tell(f"only {count} siblings read {plain(signal)}, of {_ENOUGH} that it takes", [signal])
