"""M4 competition, hourly: 414 series of 700 or 960 steps, 48 steps ahead (Makridakis et al. 2020).

The split is the competition's own: the test part is read for scoring alone. Champion and calibration come from a backtest on the last part
of the training part, settings of the boosting model from its last 48 steps. There are no times of day in these files, so the
calendar is left out.

MASE: mean absolute error by that of the daily seasonal naive forecast on the training part, mean over series. Coverage: share of the
values between the 10% and the 90% quantile, of all series and steps. Crossings: of limits at quantiles of the last two training weeks.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.bench.forecast.peers import peer_forecasts
from forecasting.series import Floats, NotEnoughData, Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.crossing import crossings, first_passage
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from graph_schema.condition import Side

HORIZON = 48
_HOUR_S, _DAY = 3600, 24
_LIMITS: tuple[tuple[Side, float], ...] = (("high", 0.9), ("high", 1.0), ("low", 0.1), ("low", 0.0))
_LIMIT_STEPS = 14 * 24  # limits are quantiles of the last two weeks
_PEER_SERIES = 60  # of 414, every seventh: the statistical peers take seconds for one
SETTINGS = Settings(candidates=(SeasonalNaive("day"), SeasonalNaive("week"), Boosting(calendar=False)), windows=1_656)


def run(folder: Path) -> dict[str, float | None]:
    """``m4_mase`` and ``m4_cover80``, and those of peers; ``folder`` holds ``m4_hourly/Hourly-{train,test}.csv.gz``."""
    train, test = (read(folder / "m4_hourly" / f"Hourly-{part}.csv.gz") for part in ("train", "test"))
    series = [Series(0, _HOUR_S, values) for values in train]
    scales = np.array([_naive_error(values) for values in train])
    came = np.stack(test)
    model = fit(series, horizon=HORIZON, settings=SETTINGS)
    found: list[Floats] = []
    for forecast in model.forecast_many(series, HORIZON, (0.1, 0.5, 0.9)):
        if isinstance(forecast, NotEnoughData):
            raise forecast
        found.append(forecast.quantiles)
    figures = _scores("m4", np.stack(found), came, scales)
    figures |= _crossing_scores(model, series, came)
    naive = np.stack([np.tile(values[-_DAY:], HORIZON // _DAY) for values in train])
    figures["m4_mase_seasonal_naive"] = _mase(naive, came, scales)
    few = slice(None, None, -(-len(train) // _PEER_SERIES))
    figures["m4_mase_of_peers_series"] = _mase(np.stack(found)[few, :, 1], came[few], scales[few])
    for name, said in peer_forecasts(train[few], HORIZON, (_DAY, 7 * _DAY)).items():
        figures |= _scores(f"m4_{name}", said, came[few], scales[few])
    return figures


def _crossing_scores(model: TelemetryModel, series: Sequence[Series], came: Floats) -> dict[str, float | None]:
    """How often a limit was crossed against the chance that was told. ``m4_crossing_ece`` is the mean distance of the two over tenths of
    the chance, each by the number of its cases; Brier scores beside those of always telling how often it happens."""
    told: list[float] = []
    crossed: list[float] = []
    for side, share in _LIMITS:
        limits: list[tuple[Side, float]] = [
            (side, float(np.quantile(one.values[-_LIMIT_STEPS:], share))) for one in series
        ]
        for made, (_, limit), values in zip(crossings(model, series, limits, HORIZON), limits, came, strict=True):
            if not isinstance(made, NotEnoughData):
                told.append(made.probability)
                crossed.append(first_passage(values[None], side, limit, _HOUR_S).probability)
    chance, happened = np.array(told), np.array(crossed)
    tenths = np.minimum((chance * 10).astype(np.int64), 9)
    gaps = [abs(float((chance - happened)[tenths == tenth].sum())) for tenth in range(10)]
    return {
        "m4_crossings": float(len(chance)),
        "m4_crossing_ece": sum(gaps) / len(chance),
        "m4_crossing_brier": float(((chance - happened) ** 2).mean()),
        "m4_crossing_brier_of_the_rate": float(happened.var()),
    }


def read(path: Path) -> list[Floats]:
    """One array for each row, as long as its values go."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return [np.array([float(value) for value in row[1:] if value]) for row in rows]


def _naive_error(values: Floats) -> float:
    return float(np.abs(values[_DAY:] - values[:-_DAY]).mean())


def _scores(name: str, quantiles: Floats, came: Floats, scales: Floats) -> dict[str, float | None]:
    inside = (quantiles[:, :, 0] <= came) & (came <= quantiles[:, :, 2])
    key = "m4" if name == "m4" else name
    return {f"{key}_mase": _mase(quantiles[:, :, 1], came, scales), f"{key}_cover80": float(inside.mean())}


def _mase(said: Floats, came: Floats, scales: Floats) -> float:
    return float((np.abs(said - came).mean(axis=1) / scales).mean())
