"""Kinds of forecast side by side on one backtest of rolling origins."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.backtest import Trial, foretold, guess, pinball, trial
from forecasting.telemetry.candidates import CandidateFailed, Fitted, Guess
from forecasting.telemetry.conformal import FEWEST
from forecasting.telemetry.result import LEVELS
from forecasting.telemetry.windows import NEED_DAYS, check, steps_of_a_day

_LOW, _MEDIAN, _HIGH = (LEVELS.index(level) for level in (0.1, 0.5, 0.9))


@dataclass(frozen=True)
class Measure:
    """Of ``windows`` windows: the mean pinball loss and the MASE, both in units of the change from day to day, and the share of what came
    that is inside the 80% interval. Intervals of each quarter of the time are calibrated on the other three.
    """

    loss: float
    mase: float
    coverage: float
    windows: int
    seconds: float


@dataclass(frozen=True)
class Comparison:
    """``measures`` by name; of those that failed the reason is in ``failures``. ``said`` and ``tried`` are for a calibration."""

    measures: Mapping[str, Measure]
    failures: Mapping[str, str]
    said: Mapping[str, Guess]
    tried: Trial


def sound(series: Sequence[Series], horizon: int) -> list[Series]:
    """Those that say enough for a backtest, from their first reading on. Raises ``NotEnoughData`` where none does."""
    kept: list[Series] = []
    short: NotEnoughData | None = None
    for one in series:
        try:
            check(one)
            need = NEED_DAYS + (2 * FEWEST + horizon) / steps_of_a_day(one.step_s)
            if one.days < need:
                raise NotEnoughData(one.days, need, "for a backtest")
            kept.append(one.last(len(one) - int(np.flatnonzero(np.isfinite(one.values))[0])))
        except NotEnoughData as error:
            short = short if short and short.have_days >= error.have_days else error
    if not kept:
        raise short or NotEnoughData(0, NEED_DAYS, "nothing was read")
    return kept


def compared(
    contenders: Mapping[str, tuple[Fitted, Sequence[Series]]], series: Sequence[Series], horizon: int, count: int
) -> Comparison:
    """On about ``count`` windows. Beside each contender stand its regressors (the same for every series).

    Raises ``NotEnoughData`` where the series hold no backtest.
    """
    bare = trial(series, horizon, None, count=count)
    if len(bare) < FEWEST:
        raise NotEnoughData(
            max(one.days for one in series),
            NEED_DAYS + (2 * FEWEST + horizon) / steps_of_a_day(series[0].step_s),
            "for a backtest",
        )
    measures: dict[str, Measure] = {}
    failures: dict[str, str] = {}
    said: dict[str, Guess] = {}
    for name, (fitted, regressors) in contenders.items():
        drivers = [regressors] * len(series) if regressors else None
        tried = trial(series, horizon, drivers, count=count) if drivers else bare
        began = time.perf_counter()
        try:
            said[name] = guess(fitted, tried)
        except CandidateFailed as error:
            failures[name] = str(error)
            continue
        measures[name] = measured(said[name], tried, time.perf_counter() - began)
    return Comparison(measures, failures, said, bare)


def measured(said: Guess, tried: Trial, seconds: float = 0.0) -> Measure:
    """What came against what was said."""
    quantiles, came = foretold(said, tried), tried.came
    apart = np.abs(came - quantiles[:, :, _MEDIAN]) / tried.scale[:, None]
    inside = (came >= quantiles[:, :, _LOW]) & (came <= quantiles[:, :, _HIGH])
    return Measure(
        float((pinball(quantiles, came, LEVELS) / tried.scale).mean()),
        float(np.nanmean(apart)),
        float(inside[np.isfinite(came)].mean()),
        len(tried),
        seconds,
    )
