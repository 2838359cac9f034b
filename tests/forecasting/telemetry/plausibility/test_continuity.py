"""The newest readings pull the first hours, as far and as long as the errors of a backtest hang together."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.series import Series
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.seasonal_naive import SeasonalNaive

NAIVE = Settings(candidates=(SeasonalNaive("day"),), windows=240)


@pytest.fixture(scope="module")
def naive(make: Callable[..., Series]) -> TelemetryModel:
    return fit([make(42, seed) for seed in range(12)], horizon=24, settings=NAIVE)


def dropped(series: Series, by: float, hours: int) -> Series:
    values = series.values.copy()
    values[-hours:] -= by
    return Series(series.start_s, series.step_s, values)


@pytest.mark.parametrize("kind", ["ar1_model", "naive"])
def test_a_forecast_goes_on_from_the_newest_reading(
    kind: str, make: Callable[..., Series], request: pytest.FixtureRequest
):
    model: TelemetryModel = request.getfixturevalue(kind)
    usual = make(42, 99)
    fallen = dropped(usual, 12, 1)
    first = model.forecast(fallen, 24).median
    before = model.forecast(usual, 24).median
    assert abs(first[0] - fallen.values[-1]) < 0.5 * abs(before[0] - fallen.values[-1])
    assert abs(first[12] - before[12]) < abs(first[0] - before[0])


def test_the_pull_fades_as_the_errors_do_and_lessens_them(naive: TelemetryModel, make: Callable[..., Series]):
    assert naive.continuity.pull >= 0.6
    assert 0.8 < naive.continuity.decay < 0.99  # the errors are an AR(1) process with 0.9
    bare = TelemetryModel(naive.fitted, naive.calibration, 24, 3600, ())
    series = make(300, 5)
    histories = [
        series.last(len(series) - cut) and Series(series.start_s, 3600, series.values[:-cut])
        for cut in range(24, 24 * 200, 37)
    ]
    came = np.stack([series.values[-cut:][:24] for cut in range(24, 24 * 200, 37)])
    pulled, plain = (
        np.abs(np.stack([one.median for one in model.forecast_many(histories, 24)]) - came).mean(axis=0)  # type: ignore[union-attr]
        for model in (naive, bare)
    )
    assert pulled[:6].mean() < 0.75 * plain[:6].mean()
    assert pulled.mean() < plain.mean()


def test_where_errors_do_not_hang_together_a_pull_is_over_within_hours():
    rng = np.random.default_rng(3)
    series = [Series(0, 3600, rng.normal(size=24 * 42)) for _ in range(8)]
    assert fit(series, horizon=24, settings=NAIVE).continuity.decay ** 3 < 0.06
