"""No jump at now: how far the newest reading pulls the first hours of a forecast.

A kind of forecast looks at days; where the newest reading lies beside what it expects, the next hours lie beside it too. The gap is the newest
reading plus the step that is usual at this time of day (the median of the last two weeks), less the first step of the guess. Each step ahead is
shifted by ``pull * gap * decay ** steps``. Both are learnt from the backtest of a class: ``decay`` from the autocorrelation of its errors, ``pull``
as the share at which they are smallest, so that a kind that follows the newest reading by itself is left alone. A gap larger than ninety-nine of
a hundred in the backtest is news that nothing learnt has met: what lies beyond that size is carried over as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.seasonal_naive import smallest
from forecasting.telemetry.windows import Windows

_PULLS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_WILD = 5.0  # times the usual error of a window
_WORTH = 0.002  # of the error a pull has to save, not to be chance
_USUAL = 0.99
_DAYS = 14  # whose steps at this time of day make the usual one
_FADED = float(np.exp(-1))


@dataclass(frozen=True)
class Continuity:
    """``usual`` is the largest gap that is usual, in units of the change from day to day; ``decay`` is by step."""

    pull: float = 0.0
    decay: float = 0.0
    usual: float = np.inf

    def joined(self, guess: Guess, windows: Windows) -> Guess:
        """The guess, pulled towards the newest readings."""
        if self.pull == 0 and self.usual == np.inf:
            return guess
        gap, scale = gaps(guess, windows), _scale(windows)
        usual = np.clip(gap, -self.usual * scale, self.usual * scale)
        fading = _fading(self.decay, guess.middle.shape[1])
        shift: Floats = (self.pull * usual + (gap - usual))[:, None] * fading
        return Guess(guess.middle + shift, guess.below, guess.above)


NO_PULL = Continuity()


def learn_continuity(guess: Guess, windows: Windows, came: Floats) -> Continuity:
    """From a backtest's guesses and what came, ``(windows, horizon)``."""
    scale = _scale(windows)
    errors, gap = (came - guess.middle) / scale[:, None], gaps(guess, windows) / scale
    tame = _tame(errors)
    errors, gap = errors[tame], gap[tame]
    decay = _decay(errors)
    usual = float(np.quantile(np.abs(gap), _USUAL))
    within = np.clip(gap, -usual, usual)
    first = errors[:, : windows.day]
    fading = _fading(decay, first.shape[1])
    lost = [float(np.nanmean(np.abs(first - pull * within[:, None] * fading))) for pull in _PULLS]
    best = int(np.argmin(lost))
    return Continuity(_PULLS[best] if lost[best] < (1 - _WORTH) * lost[0] else 0.0, decay, usual)


def _fading(decay: float, steps: int) -> Floats:
    """What is left of a gap at each step ahead."""
    return np.power(decay, np.arange(steps, dtype=np.float64))


def gaps(guess: Guess, windows: Windows) -> Floats:
    """How far the newest reading lies beside where the guess begins, shape ``(n,)``; 0 where the newest step was not read, and where a
    regressor is known ahead: it may explain a step that the newest reading knows nothing of."""
    day, values = windows.day, windows.values
    days = range(1, min(_DAYS, values.shape[1] // day - 1) + 1)
    usual_step = np.median(np.stack([values[:, -day * back] - values[:, -day * back - 1] for back in days]), axis=0)
    gap = values[:, -1] + usual_step - guess.middle[:, 0]
    foreseen = np.isfinite(windows.drivers[:, :, values.shape[1] :]).any(axis=(1, 2))
    return np.where(windows.read[:, -1] & ~foreseen, gap, 0.0)


def _tame(errors: Floats) -> npt.NDArray[np.bool_]:
    """Which windows count: a few wild ones say nothing of the others."""
    sizes: Floats = np.nanmean(np.abs(errors), axis=1)
    return np.asarray(sizes <= _WILD * np.median(sizes), dtype=np.bool_)


def _decay(errors: Floats) -> float:
    """By step: such that an error has faded to a third where the autocorrelation of the backtest's errors with the first has."""
    held = np.nan_to_num(errors)
    first = held[:, :1]
    power = float((first**2).mean())
    if power == 0:
        return 0.0
    together = (held * first).mean(axis=0) / power
    below = np.flatnonzero(together < _FADED)
    steps = int(below[0]) if len(below) else held.shape[1]
    return float(np.exp(-1 / max(steps, 1)))


def _scale(windows: Windows) -> Floats:
    """The mean change from day to day, shape ``(n,)``."""
    day = windows.day
    return np.maximum(np.abs(windows.values[:, day:] - windows.values[:, :-day]).mean(axis=1), smallest(windows))
