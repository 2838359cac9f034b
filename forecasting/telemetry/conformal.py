"""From a guess to quantiles that hold what they claim, and to sample paths.

A backtest tells where in its own spread each outcome fell: ``share = (came - middle) / above``, or ``/ below`` where it is negative. The
quantile of a level at a step ahead is the middle plus that level's quantile of the shares at this step, in units of the spread:
split conformal prediction (Vovk et al. 2005) on normalised residuals, one step ahead and one tail at a time. A path is the middle plus
one backtest window's own shares from its first step to its last, so paths move from step to step as errors really did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.series import Floats, NotEnoughData
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.windows import NEED_DAYS

FEWEST = 19  # windows; with fewer, 90% of the outcomes cannot be told from all of them
MOST = 2_000
_WHOLE = 0.8  # of a window's steps have to be read for it to make a path


@dataclass(frozen=True)
class Calibration:
    """``shares`` has shape ``(windows, horizon)``, NaN where nothing was read."""

    shares: Floats

    def __len__(self) -> int:
        return len(self.shares)

    def quantiles(self, guess: Guess, levels: tuple[float, ...]) -> Floats:
        """Shape ``(n, horizon, levels)``. The rank of a level among ``m`` windows is ``level * (m + 1)``, as conformal prediction asks."""
        horizon = guess.middle.shape[1]
        found = np.nanquantile(self.shares[:, :horizon], levels, axis=0, method="weibull")
        return np.stack([guess.middle + spread(guess, one[None, :]) for one in found], axis=2)

    def paths(self, guess: Guess, count: int, seed: int) -> Floats:
        """What may come of the single window of a guess, shape ``(count, horizon)``."""
        horizon = guess.middle.shape[1]
        rng = np.random.default_rng(seed)
        whole = _whole(self.shares[:, :horizon])
        # Each window the same number of times, give or take one: less left to chance than free draws.
        turns = np.concatenate([rng.permutation(len(whole)) for _ in range(-(-count // len(whole)))])[:count]
        return guess.middle + spread(guess, whole[turns])


def spread(guess: Guess, shares: Floats) -> Floats:
    """Shares in the points' units; ``shares`` has shape ``(n or 1, horizon)``."""
    return shares * np.where(shares < 0, guess.below, guess.above)


def calibrated(guess: Guess, came: Floats, seed: int = 0) -> Calibration:
    """From a backtest's guesses and what came, ``(windows, horizon)``; of more than 2,000 windows a sample."""
    apart = came - guess.middle
    shares = apart / np.where(apart < 0, guess.below, guess.above)
    shares = shares[np.isfinite(shares).any(axis=1)]
    if len(shares) > MOST:
        shares = shares[np.sort(np.random.default_rng(seed).choice(len(shares), MOST, replace=False))]
    return Calibration(_every_step(shares))


def _every_step(shares: Floats) -> Floats:
    """A step ahead at which nothing was ever read has the shares of the nearest one that was."""
    known = np.flatnonzero(np.isfinite(shares).any(axis=0))
    if not len(known):
        raise NotEnoughData(0, NEED_DAYS, "nothing was read after any origin of the backtest")
    steps = np.arange(shares.shape[1], dtype=np.int64)
    nearest = known[np.abs(steps[:, None] - known[None, :]).argmin(axis=1)]
    return shares[:, nearest]


def _whole(shares: Floats) -> Floats:
    """The windows that were read well enough, gaps bridged; all of them where none was."""
    read = np.isfinite(shares)
    enough = read.mean(axis=1) >= _WHOLE
    rows = shares[enough if enough.any() else read.any(axis=1)].copy()
    steps = np.arange(shares.shape[1], dtype=np.float64)
    for row in rows:
        known = np.isfinite(row)
        if not known.all():
            row[:] = np.interp(steps, steps[known], row[known])
    return rows
