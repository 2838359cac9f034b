"""Single values that jump to where the point never is, and back at once (a Hampel filter, with a point's usual range beside it)."""

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.series import FEW, Floats, Past

_HALF = 3
_TO_SIGMA = 1.4826
_SIGMAS = 8.0
_BEYOND = 0.25


def spikes(value: Floats, past: Past) -> NDArray[np.intp]:
    """Where they are in a point's newest readings."""
    if len(value) < FEW or len(past.start) < FEW:
        return np.empty(0, dtype=np.intp)
    usual = np.lib.stride_tricks.sliding_window_view(np.pad(value, _HALF, mode="reflect"), 2 * _HALF + 1)
    middle = np.median(usual, axis=1)
    spread = _TO_SIGMA * np.median(np.abs(usual - middle[:, None]), axis=1)
    steps = np.abs(np.diff(value))
    floor = max(float(np.median(steps)), float(np.quantile(steps, 0.75)), np.finfo(float).tiny)
    away = np.abs(value - middle) > _SIGMAS * np.maximum(spread, floor)
    low, high = _range(past)
    return np.flatnonzero(away & ((value < low) | (value > high)) & _alone(value, middle))


def _range(past: Past) -> tuple[float, float]:
    """What nearly all hours stay within, and a quarter of it beyond; the spikes themselves are among the few."""
    low, high = float(np.quantile(past.low, 0.05)), float(np.quantile(past.high, 0.95))
    margin = max(_BEYOND * (high - low), 1e-9)
    return low - margin, high + margin


def _alone(value: Floats, middle: Floats) -> NDArray[np.bool_]:
    """The values on both sides are back near the middle."""
    jump = np.abs(value - middle)
    back = np.abs(value[:, None] - np.column_stack([np.roll(value, 1), np.roll(value, -1)]))
    return np.all(back > 0.6 * jump[:, None], axis=1)
