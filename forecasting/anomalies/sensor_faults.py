"""Whether a sensor can be believed at all: silent, stuck, or a command that is not followed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from forecasting.anomalies.verdict import Verdict, Window, cannot_tell, flagged, missing, plain, sound, span, table
from forecasting.series import Series

HOLD = 3.0
_AT_END = 0.01
_ENDS = (0.0, 100.0)


def judge_silence(series: Series, quantity: str, *, longest: timedelta = timedelta(hours=1)) -> Verdict:
    """Flagged where the newest readings are missing for longer than ``longest``."""
    known = np.flatnonzero(np.isfinite(series.values))
    if not len(known):
        return cannot_tell(f"{plain(quantity)} was never read", [quantity])
    quiet = (len(series) - 1 - int(known[-1])) * series.step_s
    score = quiet / longest.total_seconds()
    if score <= 1:
        return sound(score)
    return flagged(score, [f"{plain(quantity)} has not been read for {span(quiet)}"], [quantity])


def judge_stuck(series: Series, quantity: str, learned: Series, *, least: timedelta = timedelta(hours=6)) -> Verdict:
    """Flagged where the value has not changed for three times the longest rest in ``learned``, and for at least ``least``.

    At the end of its range resting is no fault (a valve that is shut all winter): 0, 100, or the lowest or highest value that was learned, where it was that for a
    hundredth of the time.
    """
    usual, now = rests(learned), rests(series)
    if not usual or not now:
        return cannot_tell(f"{plain(quantity)} was not read for long enough", [quantity])
    if len(usual) == 1:
        return cannot_tell(f"{plain(quantity)} never changed before", [quantity])
    last = series.values[np.isfinite(series.values)][-1]
    lowest, highest = np.nanmin(learned.values), np.nanmax(learned.values)
    often = np.count_nonzero(learned.values == last) >= _AT_END * np.count_nonzero(np.isfinite(learned.values))
    if last in _ENDS or (last in (lowest, highest) and often):
        return sound()
    limit = max(HOLD * max(usual) * learned.step_s, least.total_seconds())
    rest = now[-1] * series.step_s
    if rest <= limit:
        return sound(rest / limit)
    return flagged(
        rest / limit, [f"{plain(quantity)} has read {last:.4g} without a change for {span(rest)}"], [quantity]
    )


def judge_following(
    window: Window, position: str, command: str, *, tolerance: float = 10.0, over: timedelta = timedelta(hours=1)
) -> Verdict:
    """Flagged where a position has been away from its command by more than ``tolerance`` (%) all through ``over``."""
    if lacking := missing(window, (position, command)):
        return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking)
    steps = max(2, round(over.total_seconds() / window[position].step_s))
    rows = table(window, (position, command))[-steps:]
    rows = rows[np.isfinite(rows).all(axis=1)]
    if 2 * len(rows) < steps:
        return cannot_tell(f"{plain(position)} was not read for long enough", (position, command))
    away = rows[:, 0] - rows[:, 1]
    least = float(np.min(np.abs(away)))
    if least <= tolerance or np.sign(away).min() != np.sign(away).max():
        return sound(min(least / tolerance, 1.0))
    return flagged(
        least / tolerance,
        [
            f"{plain(position)} is {rows[-1, 0]:.0f} % where {rows[-1, 1]:.0f} % is asked for, for {span(over.total_seconds())}"
        ],
        [position, command],
    )


def rests(series: Series) -> list[int]:
    """Lengths in steps of the stretches of equal values, gaps left out, in order."""
    values = series.values[np.isfinite(series.values)]
    if not len(values):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(values) != 0) + 1, [len(values)]])
    return [int(one) for one in np.diff(starts)]
