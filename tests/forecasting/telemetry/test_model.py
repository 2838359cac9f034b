"""A model's forecasts: coverage, batches, regressors, and what it refuses."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.registry.artifacts import dumped, loaded
from forecasting.series import DAY_S, NotEnoughData, Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.result import Forecast
from forecasting.telemetry.seasonal_naive import SeasonalNaive

HOUR_S = 3600


def _ahead(series: Series, every: int) -> tuple[list[Series], np.ndarray]:
    origins = range(24 * 40, len(series) - 24, every)
    histories = [Series(series.start_s, HOUR_S, series.values[:origin]) for origin in origins]
    return histories, np.stack([series.values[origin : origin + 24] for origin in origins])


def test_intervals_cover_what_they_claim_on_series_never_seen(ar1_model: TelemetryModel, make: Callable[..., Series]):
    histories, came = _ahead(make(400, 77), 31)
    forecasts = ar1_model.forecast_many(histories, 24)
    quantiles = np.stack([one.quantiles for one in forecasts if isinstance(one, Forecast)])
    assert len(quantiles) == len(histories)
    for low, high, share in ((1, 5, 0.8), (0, 6, 0.9), (2, 4, 0.5)):
        inside = (quantiles[:, :, low] <= came) & (came <= quantiles[:, :, high])
        assert abs(inside.mean() - share) < 0.06
    assert ar1_model.name == "boosting"


def test_a_batch_says_what_each_alone_says(ar1_model: TelemetryModel, make: Callable[..., Series]):
    series = [make(30, 5), Series(0, HOUR_S, np.arange(10.0)), make(20, 6)]
    first, short, last = ar1_model.forecast_many(series, 12)
    assert isinstance(short, NotEnoughData)
    assert isinstance(first, Forecast)
    assert isinstance(last, Forecast)
    np.testing.assert_allclose(first.quantiles, ar1_model.forecast(series[0], 12).quantiles)
    assert last.start_s == series[2].end_s
    assert last.quantiles.shape == (12, 7)


def test_a_regressor_that_explains_is_used_and_its_future_more_so(make: Callable[..., Series]):
    rng = np.random.default_rng(0)
    pairs: list[tuple[Series, Series]] = []
    for seed in range(6):
        occupied = np.repeat(rng.integers(0, 2, size=60), 24).astype(np.float64)
        noise = make(60, seed, rho=0.5, rhythm=1.0).values
        pairs.append((Series(0, HOUR_S, noise + 15 * occupied), Series(0, HOUR_S, occupied)))
    settings = Settings(candidates=(SeasonalNaive("day"), Boosting(iterations=50, leaves=15)), windows=120)
    model = fit(
        [one.before(50 * DAY_S) for one, _ in pairs], [[two] for _, two in pairs], horizon=24, settings=settings
    )
    known, unknown = [], []
    for day in range(50, 59):
        for series, occupied in pairs:
            came = series.values[24 * day : 24 * day + 24]
            history = series.before(day * DAY_S)
            with_future = model.forecast(history, 24, regressors=[occupied])
            without = model.forecast(history, 24, regressors=[occupied.before(day * DAY_S)])
            known.append(np.abs(with_future.median - came).mean())
            unknown.append(np.abs(without.median - came).mean())
    assert np.mean(known) < 0.5 * np.mean(unknown)


def test_what_a_model_cannot_tell_it_refuses(ar1_model: TelemetryModel, make: Callable[..., Series]):
    history = make(20, 1)
    with pytest.raises(ValueError, match="1 to 24 steps, not 25"):
        ar1_model.forecast(history, 25)
    with pytest.raises(ValueError, match="steps of 3600 s, not 900 s"):
        ar1_model.forecast(Series(0, 900, np.arange(2_000.0)), 4)
    with pytest.raises(ValueError, match="a backtest of 240 windows tells levels from"):
        ar1_model.forecast(history, 24, (0.001, 0.5))
    with pytest.raises(NotEnoughData, match="not enough data: 3 days of 7"):
        ar1_model.forecast(history.last(72), 24)


@pytest.mark.parametrize("model", ["boosted", "naive"])
def test_a_model_is_stored_and_loaded_without_running_code(
    model: str, ar1_model: TelemetryModel, make: Callable[..., Series]
):
    history = make(30, 3)
    naive = Settings(candidates=(SeasonalNaive("week"),), windows=40)
    kept = ar1_model if model == "boosted" else fit([make(40, 4)], horizon=24, settings=naive)
    again = loaded(dumped(kept))
    np.testing.assert_array_equal(again.forecast(history, 24).quantiles, kept.forecast(history, 24).quantiles)
    assert again.scores == kept.scores
