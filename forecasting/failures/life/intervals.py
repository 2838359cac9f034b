"""Intervals of remaining life that cover what they claim: split by predicted life, and fair to each asset.

What an asset's steps get wrong is alike from step to step, so an asset counts once, however long it ran (its steps share the weight
of one). Far from the end little is known and errors are large; near it they are small: quantiles are taken among
calibration errors of a similar predicted life (Mondrian conformal prediction, Vovk et al. 2005; CV+ errors, Barber et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats

_BANDS = 6


@dataclass(frozen=True)
class Bands:
    """Errors (true − predicted) at 5% and 95% by predicted life: band i lies between ``edges[i − 1]`` and ``edges[i]``."""

    edges: Floats
    low: Floats
    high: Floats

    def around(self, predicted: float) -> tuple[float, float]:
        """The interval around a prediction; life is never below 0."""
        band = int(np.searchsorted(self.edges, predicted))
        return max(0.0, predicted + min(0.0, float(self.low[band]))), predicted + max(0.0, float(self.high[band]))


def bands(predicted: Floats, true: Floats, assets: npt.NDArray[np.int64], coverage: float = 0.9) -> Bands:
    """Bands of equal weight from held-out predictions; all three are ``(n,)``, ``assets`` says which asset each row is of."""
    weights = 1.0 / np.bincount(assets)[assets]
    edges = np.unique(_quantiles(predicted, weights, np.linspace(0, 1, _BANDS + 1)[1:-1]))
    band = np.searchsorted(edges, predicted)
    tails = np.array([(1 - coverage) / 2, (1 + coverage) / 2])
    ends = np.array([_ends(true - predicted, weights, band == index, tails) for index in range(len(edges) + 1)])
    return Bands(edges, ends[:, 0], ends[:, 1])


def _ends(errors: Floats, weights: Floats, inside: npt.NDArray[np.bool_], tails: Floats) -> Floats:
    chosen = inside if inside.any() else np.ones_like(inside)
    return _quantiles(errors[chosen], weights[chosen], tails)


def _quantiles(values: Floats, weights: Floats, at: Floats) -> Floats:
    order = np.argsort(values)
    share = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return np.interp(at, share, values[order])
