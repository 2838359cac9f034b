"""Rolling origins: what each kind of forecast would have said in the past, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats, Series
from forecasting.telemetry.candidates import Fitted, Guess
from forecasting.telemetry.conformal import calibrated
from forecasting.telemetry.result import LEVELS
from forecasting.telemetry.windows import NEED_DAYS, Windows, common_step, outcomes, steps_of_a_day, windows

_SHARE = 0.5  # of what is left behind the first week: as much is for learning
_FOLDS = 4
_SHORTEST_DAYS = 28.0
_HORIZONS = 8  # the span of the origins, in horizons, where that is longer


@dataclass(frozen=True)
class Trial:
    """Windows before rolling origins. ``came`` ``(n, horizon)`` is what was read after; ``fold`` ``(n,)`` is 0 to 3 along the time.

    ``scale`` ``(n,)`` is each window's mean change from day to day, the unit of losses that are compared across series.
    """

    windows: Windows
    came: Floats
    fold: npt.NDArray[np.int64]
    scale: Floats

    def __len__(self) -> int:
        return len(self.came)

    def take(self, rows: npt.NDArray[np.intp]) -> Trial:
        return Trial(self.windows.take(rows), self.came[rows], self.fold[rows], self.scale[rows])


def first_origin(length: int, horizon: int, day: int, span_days: float | None) -> int:
    """Where the backtest of a series begins; what comes before it is for learning. ``length`` where there is no room for any."""
    need = int(NEED_DAYS * day)
    room = length - horizon - need
    if room < 1:
        return length
    span = int(span_days * day) if span_days else max(int(_SHORTEST_DAYS * day), _HORIZONS * horizon)
    return length - horizon - min(span, int(_SHARE * room))


def trial(
    series: Sequence[Series],
    horizon: int,
    drivers: Sequence[Sequence[Series]] | None,
    *,
    count: int,
    span_days: float | None = None,
) -> Trial:
    """About ``count`` windows of all series together (fewer where there is no room), evenly spread over each one's backtest.

    Drivers end at each origin: what a forecast will not know, a backtest must not.
    """
    day = steps_of_a_day(common_step(series))
    each = max(1, round(count / len(series)))
    origins: list[list[int]] = []
    for one in series:
        first = first_origin(len(one), horizon, day, span_days)
        last = len(one) - horizon
        few = min(each, max(0, last - first + 1))
        origins.append([int(o) for o in np.linspace(last, first, few).round()][::-1] if few else [])
    seen = windows(series, origins, horizon, drivers)
    seen.drivers[:, :, seen.values.shape[1] :] = np.nan
    folds = [np.arange(len(one)) * _FOLDS // max(1, len(one)) for one in origins]
    if each < _FOLDS:  # too few a series for folds along its own time: deal whole series out
        folds = [np.full(len(one), index % _FOLDS) for index, one in enumerate(origins)]
    scale = np.abs(seen.values[:, day:] - seen.values[:, :-day]).mean(axis=1)
    came = outcomes(series, origins, horizon)
    told = np.isfinite(came).any(axis=1) & (scale > 0) & (seen.read.sum(axis=1) >= NEED_DAYS * day / 2)
    whole = Trial(seen, came, np.concatenate(folds).astype(np.int64), scale)
    return whole.take(np.flatnonzero(told))


def guess(fitted: Fitted, tried: Trial) -> Guess:
    """What was said before each origin."""
    return fitted.guess(tried.windows, tried.came.shape[1])


def losses(said: Guess, tried: Trial) -> Floats:
    """Mean pinball loss of each window in units of its scale, shape ``(n,)``, each fold calibrated on the other three."""
    return pinball(foretold(said, tried), tried.came, LEVELS) / tried.scale


def foretold(said: Guess, tried: Trial) -> Floats:
    """The quantiles at ``LEVELS``, shape ``(n, horizon, levels)``, each fold calibrated on the other three."""
    found = np.empty((*tried.came.shape, len(LEVELS)))
    for fold in np.unique(tried.fold):
        own = np.flatnonzero(tried.fold == fold)
        rest = np.flatnonzero(tried.fold != fold)
        if not len(rest):
            rest = own
        calibration = calibrated(_rows(said, rest), tried.came[rest])
        found[own] = calibration.quantiles(_rows(said, own), LEVELS)
    return found


def pinball(quantiles: Floats, came: Floats, levels: Sequence[float]) -> Floats:
    """Mean over steps and levels, shape ``(n,)``; of ``quantiles`` ``(n, horizon, levels)`` and ``came`` ``(n, horizon)``."""
    apart = came[:, :, None] - quantiles
    at = np.asarray(levels)
    return np.nanmean(np.maximum(at * apart, (at - 1) * apart), axis=(1, 2))


def _rows(said: Guess, rows: npt.NDArray[np.intp]) -> Guess:
    return Guess(said.middle[rows], said.below[rows], said.above[rows])
