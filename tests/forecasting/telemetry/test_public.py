"""A small share of M4's hourly series: better than the naive forecast, and covered as claimed, on the competition's own test part."""

from pathlib import Path

import numpy as np
import pytest

from evals.bench.forecast.m4 import HORIZON, read
from forecasting.series import Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.result import Forecast
from forecasting.telemetry.seasonal_naive import SeasonalNaive


@pytest.mark.slow
def test_m4_hourly_is_forecast_better_than_by_the_day_before(shared_data: Path):
    train, test = (read(shared_data / "m4_hourly" / f"Hourly-{part}.csv.gz")[::7] for part in ("train", "test"))
    boosting = Boosting(calendar=False, iterations=25, leaves=15)
    settings = Settings(candidates=(SeasonalNaive("day"), SeasonalNaive("week"), boosting), windows=240)
    series = [Series(0, 3600, values) for values in train]
    model = fit(series, horizon=HORIZON, settings=settings)
    found = [one for one in model.forecast_many(series, HORIZON, (0.1, 0.5, 0.9)) if isinstance(one, Forecast)]
    said, came = np.stack([one.quantiles for one in found]), np.stack(test)
    scale = np.array([np.abs(values[24:] - values[:-24]).mean() for values in train])
    error, naive = (
        (np.abs(middle - came).mean(axis=1) / scale).mean()
        for middle in (said[:, :, 1], np.stack([np.tile(values[-24:], 2) for values in train]))
    )
    assert error < 0.85 * naive
    assert 0.72 < ((said[:, :, 0] <= came) & (came <= said[:, :, 2])).mean() < 0.88
