"""An asset's own normal, and what its signals do against it.

Machines of one kind differ from the day they are built, so a reading means little by itself. Normal is the asset's own first
``STEPS`` steps; a deviation is counted in the fleet's noise, the spread of healthy readings around their own normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecasting.series import Floats, NotEnoughData

STEPS = 30
_WINDOWS = (5, 15, 30)
_SLOPES = (10, 20, 30)
_LONG = (60, 90)
_AGO = (15, 30, 45, 60, 90)
_REACH = 90  # steps; the longest of these


@dataclass(frozen=True)
class Noise:
    """The spread of each signal around its asset's normal; shape ``(signals,)``, in the signal's unit."""

    spread: Floats

    def deviations(self, signals: Floats) -> Floats:
        """How far each reading is from the asset's own normal, in spreads; shape (n, signals)."""
        return (signals - normal(signals)) / self.spread


def normal(signals: Floats) -> Floats:
    """An asset's own normal: the mean of its first steps; shape ``(signals,)``."""
    return signals[:STEPS].mean(axis=0)


def noise(histories: Sequence[Floats]) -> Noise:
    """The fleet's noise from the first steps of every asset. A signal that never moves has a spread of one."""
    spread = np.sqrt(np.mean([history[:STEPS].var(axis=0) for history in histories], axis=0))
    return Noise(np.where(spread > 1e-12, spread, 1.0))


def cleaned(signals: Floats) -> Floats:
    """Gaps hold the last value (the first one, at the start).

    Raises ``NotEnoughData`` under 30 steps, or where a signal was not read in half of them.
    """
    read = np.isfinite(signals)
    if len(signals) < STEPS:
        raise NotEnoughSteps(len(signals), STEPS)
    if read.mean(axis=0).min() < 0.5:
        raise NotEnoughSteps(int(read.sum(axis=0).min()), len(signals) // 2 + 1, "a signal was mostly not read")
    if read.all():
        return np.asarray(signals, dtype=np.float64)
    held = np.where(read, np.arange(len(signals))[:, None], 0)
    held = np.maximum.accumulate(held, axis=0)
    first = read.argmax(axis=0)
    held = np.maximum(held, first)
    return np.asarray(np.take_along_axis(signals, held, axis=0), dtype=np.float64)


class NotEnoughSteps(NotEnoughData):
    """There are too few steps of history."""

    def __init__(self, have: int, need: int, why: str = "") -> None:
        super().__init__(0, 0)
        self.have = have
        self.need = need
        self.args = (f"not enough data: {have} steps of {need}{f' ({why})' if why else ''}",)


def features(signals: Floats, fleet: Noise) -> Floats:
    """What is known of each signal at every step from the 30th on; shape (n − 29, 5 · signals).

    In this order: deviation over 5, 15 and 30 steps, slope over 30, level over 30; all in spreads. The age is in none of them.
    """
    away = fleet.deviations(signals)
    parts = [_mean(away, window) for window in _WINDOWS]
    return np.hstack([*parts, _slope(away, 30), _mean(signals / fleet.spread, 30)])[STEPS - 1 :]


def index_features(index: Floats) -> Floats:
    """The course of a health index ``(n,)`` that is 0 at normal; shape (n − 29, 15).

    Level over 5, 15 and 30 steps and slope over 10, 20 and 30; level and slope over 60 and 90; level 15 to 90 steps ago.
    Before its first step the asset is taken to have been as in its first 30 (mirrored, noise and all), so that long windows
    know the course but not the count of steps.
    """
    one = index[:, None]
    longer = np.vstack([_before(one), one])
    level = _mean(longer, 15)
    parts = [
        *(_mean(one, window) for window in _WINDOWS),
        *(_slope(one, window) for window in _SLOPES),
        *(_mean(longer, window)[_REACH:] for window in _LONG),
        *(_slope(longer, window)[_REACH:] for window in _LONG),
        *(level[_REACH - ago : len(longer) - ago] for ago in _AGO),
    ]
    return np.hstack(parts)[STEPS - 1 :]


def _before(values: Floats) -> Floats:
    """The 90 steps before the first: the first 30 backwards, forwards and backwards again."""
    early = values[:STEPS]
    return np.vstack([early[::-1], early, early[::-1]])


def _mean(values: Floats, window: int) -> Floats:
    """Of the last ``window`` steps at each step, or of those that there are."""
    sums = np.cumsum(np.vstack([np.zeros(values.shape[1]), values]), axis=0)
    end = np.arange(1, len(values) + 1)
    begin = np.maximum(0, end - window)
    return np.asarray((sums[end] - sums[begin]) / (end - begin)[:, None], dtype=np.float64)


def _slope(values: Floats, window: int) -> Floats:
    """Least squares over the last ``window`` steps, per step; 0 before there are as many."""
    weights = np.arange(window) - (window - 1) / 2
    slopes = np.zeros_like(values)
    if len(values) >= window:
        slopes[window - 1 :] = sliding_window_view(values, window, axis=0) @ (weights / (weights @ weights))
    return slopes
