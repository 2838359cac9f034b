"""Scores and signals smoothed without a look ahead."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecasting.series import Floats


def trailing_mean(values: Floats, steps: int) -> Floats:
    """The mean of those of the last ``steps`` values that are known, shape ``(n,)``; a step up is half there after half of them."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - steps, 0)
    count = (counts[ends] - counts[starts]).astype(np.float64)
    return np.divide(sums[ends] - sums[starts], count, out=np.full(len(values), np.nan), where=count > 0)


def trailing_median(values: Floats, steps: int) -> Floats:
    """The median of those of the last ``steps`` values that are known, shape ``(n,)``; NaN where none is, or before there are ``steps``."""
    found = np.full(len(values), np.nan)
    if len(values) < steps:
        return found
    windows = sliding_window_view(values, steps)
    some = np.isfinite(windows).any(axis=1)
    found[steps - 1 :][some] = np.nanmedian(windows[some], axis=1)
    return found
