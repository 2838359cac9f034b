"""What the last days of an asset say: one row for each moment, from telemetry, alarms, age and maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.failures.renewal_intervals import YEAR_DAYS, Past, so_far
from forecasting.series import DAY_S, Floats, NotEnoughData, Series

_LEAST = 6  # readings of a signal in a window


@dataclass(frozen=True, slots=True)
class Watched:
    """An asset's signals by name, and its past on the same clock (days since the Unix epoch)."""

    signals: Sequence[tuple[str, Series]]
    past: Past


def names(watched: Watched) -> list[str]:
    """The columns of ``row``."""
    of_signals = [f"{name} {what}" for name, _ in watched.signals for what in ("level", "slope", "spread", "deviation")]
    return [*of_signals, "recent alarms", "days since renewal", "age in years"]


def row(watched: Watched, at_s: float, *, window_days: float = 7.0, normal_days: float = 30.0) -> Floats:
    """Features as of a moment (Unix time): of each signal the mean, the slope a day, the spread and the deviation from its own normal
    (in spreads of the first ``normal_days`` that were read); how many alarms; days since the last renewal; age. NaN where it is not known.

    Raises ``NotEnoughData`` where no signal was read often enough.
    """
    found = [_of(series.before(at_s), window_days, normal_days) for _, series in watched.signals]
    if not any(np.isfinite(one[0]) for one in found):
        raise NotEnoughData(0, window_days, "no signal was read in the window")
    at_days = at_s / DAY_S
    past = watched.past
    alarms = sum(at_days - window_days <= time < at_days for times in past.events.values() for time in times)
    since, born = so_far(past, at_days), past.born_days
    age = np.nan if born is None else (at_days - born) / YEAR_DAYS
    return np.array([*np.ravel(found), alarms, np.nan if since is None else since, age], dtype=np.float64)


def fails_within(past: Past, at_days: float, days: float) -> bool | None:
    """Whether a failure follows within ``days``; None where the asset was not watched for that long and had not failed yet."""
    if any(at_days < time <= at_days + days for time in past.failures):
        return True
    return False if at_days + days <= past.until_days else None


def _of(series: Series, window_days: float, normal_days: float) -> tuple[float, float, float, float]:
    window = series.last(round(window_days * DAY_S / series.step_s))
    known = np.isfinite(window.values)
    values, times = window.values[known], window.times_s[known] / DAY_S
    if len(values) < _LEAST:
        return np.nan, np.nan, np.nan, np.nan
    early = series.values[np.isfinite(series.values)][: round(normal_days * DAY_S / series.step_s)]
    centred = times - times.mean()
    slope = float(centred @ values / max(float(centred @ centred), 1e-12))
    spread = float(early.std())
    away = (float(values.mean()) - float(early.mean())) / spread if spread > 1e-12 else np.nan
    return float(values.mean()), slope, float(values.std()), away
