"""Intervals of remaining life that cover what they claim: split by predicted life, and fair to each asset.

What an asset's steps get wrong is alike from step to step, so an asset counts once, however long it ran (its steps share the weight
of one). Far from the end little is known and errors are large; near it they are small: quantiles are taken among
calibration errors of a similar predicted life (Mondrian conformal prediction, Vovk et al. 2005; CV+ errors, Barber et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats

_BANDS = 6


@dataclass(frozen=True)
class Bands:
    """Errors (true − predicted) at 5% and 95% by predicted life; ``centres`` (b,) rise. Between the centres they are interpolated."""

    centres: Floats
    low: Floats
    high: Floats

    def around(self, predicted: float) -> tuple[float, float]:
        """The interval around a prediction; life is never below 0."""
        low = predicted + float(np.interp(predicted, self.centres, self.low))
        high = predicted + float(np.interp(predicted, self.centres, self.high))
        return max(0.0, min(low, predicted)), max(predicted, high)


def bands(predicted: Floats, true: Floats, assets: npt.NDArray[np.int64], coverage: float = 0.9) -> Bands:
    """Bands of equal weight from held-out predictions; all three are ``(n,)``, ``assets`` says which asset each row is of.

    Ends are at the (n+1)-corrected quantiles, n the number of assets in the band.
    """
    weights = 1.0 / np.bincount(assets)[assets]
    edges = _quantiles(predicted, weights, np.linspace(0, 1, _BANDS + 1))
    centres: list[float] = []
    lows: list[float] = []
    highs: list[float] = []
    for left, right in pairwise(edges):
        inside = (predicted >= left) & (predicted <= right)
        count = len(np.unique(assets[inside]))
        centre = float(np.average(predicted[inside], weights=weights[inside]))
        if centres and centre <= centres[-1]:
            continue
        tail = max(0.0, ((1 - coverage) / 2 * (count + 1) - 0.5) / count)
        low, high = _quantiles((true - predicted)[inside], weights[inside], np.array([tail, 1 - tail]))
        centres.append(centre)
        lows.append(float(low))
        highs.append(float(high))
    return Bands(np.array(centres), np.array(lows), np.array(highs))


def _quantiles(values: Floats, weights: Floats, at: Floats) -> Floats:
    order = np.argsort(values)
    share = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return np.interp(at, share, values[order])
