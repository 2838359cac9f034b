"""ETTh1: the oil temperature of a transformer, hourly over two years (Zhou et al. 2021), 24 and 168 steps ahead.

The split: 16 origins, one a week, the last 168 steps before the end of the file. Every eight weeks the model is fitted anew (champion,
calibration and all), each time on what lies before the first origin it is used for; a forecast takes the history up to its own origin.
Settings were chosen on the 16 weeks before the first origin, and on those of the same season a year earlier. Only the oil temperature
itself is used, none of the load columns.

MASE: mean absolute error of a forecast's median by the mean absolute change from day to day (the daily seasonal naive error) over the
90 days before its origin; the mean over origins. ``daily`` figures are of the same weeks with an origin every day, less left to
chance.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from evals.bench.forecast.peers import peer_forecasts
from forecasting.series import Floats, NotEnoughData, Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.prophet_model import FlatProphet
from forecasting.telemetry.seasonal_naive import SeasonalNaive

HORIZONS = (24, 168)
ORIGINS = 16
_HOUR_S, _DAY, _WEEK = 3600, 24, 168
_SCALE_DAYS = 90
_PEER_DAYS = 60
_REFIT_WEEKS = 8
_BOOSTING = Boosting(iterations=60, leaves=15, leaf_days=7, history_days=730)
SETTINGS = Settings(
    candidates=(SeasonalNaive("day"), SeasonalNaive("week"), _BOOSTING, FlatProphet()), windows=600, span_days=180
)


def run(folder: Path) -> dict[str, float | None]:
    """``etth1_mase_24`` and ``etth1_mase_168``, coverage, and peers; ``folder`` holds ``ett/ETTh1.csv``."""
    series = read(folder / "ett" / "ETTh1.csv")
    origins = weekly_origins(len(series))
    figures: dict[str, float | None] = {}
    weekly = {"seasonal_naive": _naive(series, origins)}
    weekly |= peer_forecasts([series.values[o - _PEER_DAYS * _DAY : o] for o in origins], _WEEK, (_DAY,))
    for horizon in HORIZONS:
        every_day = range(origins[0], origins[-1] + 1, _DAY)
        daily = _forecasts(series, every_day, horizon)
        figures[f"etth1_mase_{horizon}"] = _mase(daily[:: _WEEK // _DAY], series, origins)
        figures[f"etth1_daily_mase_{horizon}"] = _mase(daily, series, every_day)
        figures[f"etth1_daily_cover80_{horizon}"] = _cover(daily, series, every_day)
        for name, all_steps in weekly.items():
            figures[f"etth1_{name}_mase_{horizon}"] = _mase(all_steps[:, :horizon], series, origins)
    return figures


def read(path: Path) -> Series:
    """The oil temperature in °C; the file's times are taken for UTC."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    start = datetime.fromisoformat(rows[0]["date"]).replace(tzinfo=UTC)
    return Series(int(start.timestamp()), _HOUR_S, np.array([float(row["OT"]) for row in rows]))


def weekly_origins(length: int) -> list[int]:
    """The index of the first step of each forecast, in order."""
    return [length - _WEEK * (ORIGINS - index) for index in range(ORIGINS)]


def _forecasts(series: Series, origins: Sequence[int], horizon: int) -> Floats:
    """The 10%, 50% and 90% quantiles, shape ``(origins, horizon, 3)``; origins in order, a day apart."""
    found: list[Floats] = []
    each = _REFIT_WEEKS * _WEEK // _DAY
    for first in range(0, len(origins), each):
        histories = [Series(series.start_s, series.step_s, series.values[:o]) for o in origins[first : first + each]]
        model = fit([histories[0]], horizon=horizon, settings=SETTINGS)
        for forecast in model.forecast_many(histories, horizon, (0.1, 0.5, 0.9)):
            if isinstance(forecast, NotEnoughData):
                raise forecast
            found.append(forecast.quantiles)
    return np.stack(found)


def _naive(series: Series, origins: Sequence[int]) -> Floats:
    said = np.stack([np.tile(series.values[origin - _DAY : origin], _WEEK // _DAY) for origin in origins])
    return np.repeat(said[:, :, None], 3, axis=2)


def _came(series: Series, origins: Sequence[int], horizon: int) -> Floats:
    return np.stack([series.values[origin : origin + horizon] for origin in origins])


def _mase(said: Floats, series: Series, origins: Sequence[int]) -> float:
    came = _came(series, origins, said.shape[1])
    values, back = series.values, _SCALE_DAYS * _DAY
    scales = [np.abs(values[o - back : o] - values[o - back - _DAY : o - _DAY]).mean() for o in origins]
    return float((np.abs(said[:, :, 1] - came).mean(axis=1) / np.array(scales)).mean())


def _cover(said: Floats, series: Series, origins: Sequence[int]) -> float:
    came = _came(series, origins, said.shape[1])
    return float(((said[:, :, 0] <= came) & (came <= said[:, :, 2])).mean())
