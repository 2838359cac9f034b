"""Remaining life: truths that are known, what is censored, what is missing, and NASA's engines."""

from pathlib import Path

import numpy as np
import pytest

from evals.bench.forecast import cmapss
from forecasting.failures.life import baseline, intervals, remaining_life
from forecasting.failures.life.drivers import Driver
from forecasting.failures.life.runs import Run
from forecasting.failures.minimum_data import TooFewFailures
from forecasting.series import NotEnoughData

NAMES = ["vibration", "temperature", "speed"]


def _run(index: int, *, failed: bool = True) -> Run:
    """Vibration doubles over the last 80 steps of a life of 120 to 240, temperature rises a little, speed tells nothing."""
    rng = np.random.default_rng(index)
    length = int(rng.integers(120, 240))
    wear = np.clip(1 - np.arange(length - 1, -1, -1) / 80, 0, None)
    own = np.array([4.0, 50.0, 1480.0]) * rng.normal(1, 0.05, size=3)
    signals = (
        own + np.column_stack([4 * wear**1.5, 2 * wear, 0 * wear]) + rng.normal(size=(length, 3)) * [0.2, 1.0, 5.0]
    )
    return Run(f"pump {index}", signals, failed)


@pytest.fixture(scope="module")
def model() -> remaining_life.LifeModel:
    return remaining_life.fit([_run(index) for index in range(24)], names=NAMES, use_age=False, repeats=1)


def test_life_is_found_and_the_interval_holds_it(model: remaining_life.LifeModel):
    errors: list[float] = []
    inside: list[bool] = []
    for index in range(100, 130):
        run = _run(index)
        left = 10 + index % 50
        found = model.predict(Run(run.asset, run.signals[: len(run) - left], failed=False))
        errors.append(found.expected - left)
        inside.append(found.low90 <= left <= found.high90)
        assert 0 <= found.low90 <= found.expected <= found.high90
    assert np.sqrt(np.mean(np.square(errors))) < 10
    assert np.mean(inside) > 0.75


def test_the_driver_is_the_signal_that_wears_in_words(model: remaining_life.LifeModel):
    run = _run(200)
    found = model.predict(Run(run.asset, run.signals[:-10], failed=False))
    assert found.drivers[0].signal == "vibration"
    assert found.drivers[0].effect > 5
    assert "above its own normal" in found.drivers[0].words
    assert found.drivers[0].spreads > 5


def test_without_age_the_age_changes_nothing(model: remaining_life.LifeModel):
    run = _run(201)
    assert model.predict(run) == model.predict(Run(run.asset, run.signals, age=9_999))


def test_history_short_or_empty_gives_no_number(model: remaining_life.LifeModel):
    with pytest.raises(NotEnoughData, match="not enough data: 12 steps of 30"):
        model.predict(Run("pump", np.ones((12, 3))))
    gappy = _run(202).signals.copy()
    gappy[:, 1] = np.nan
    with pytest.raises(NotEnoughData, match="mostly not read"):
        model.predict(Run("pump", gappy))


def test_short_gaps_hold_the_last_value(model: remaining_life.LifeModel):
    signals = _run(203).signals.copy()
    signals[[0, 50, 51], 0] = np.nan
    assert np.isfinite(model.predict(Run("pump", signals)).expected)
    assert baseline.cleaned(signals)[51, 0] == signals[49, 0]
    assert baseline.cleaned(signals)[0, 0] == signals[1, 0]


def test_few_failures_give_no_model():
    runs = [_run(index, failed=index < 2) for index in range(12)]
    with pytest.raises(TooFewFailures, match="not enough data: 2 failures of 8"):
        remaining_life.fit(runs, names=NAMES)


def test_runs_that_have_not_failed_count_as_far_as_they_are_known():
    lasting = [Run(f"sound {i}", _run(300 + i).signals[:60], failed=False) for i in range(4)]
    failed = [_run(index) for index in range(10)]
    with_them = remaining_life.fit(failed + lasting, names=NAMES, cap=20.0, repeats=1)
    assert with_them.failures == 10
    assert with_them.expected([lasting[0]])[0] > 15


def test_an_interval_covers_what_it_claims_in_every_band():
    rng = np.random.default_rng(0)
    predicted = rng.uniform(0, 120, size=6000)
    true = predicted + rng.normal(size=6000) * (1 + predicted / 5)
    found = intervals.bands(predicted, true, rng.integers(0, 200, size=6000))
    for low, high in ((10, 50), (50, 90), (90, 120)):
        fresh = rng.uniform(low, high, size=3000)
        seen = fresh + rng.normal(size=3000) * (1 + fresh / 5)
        ends = np.array([found.around(float(one)) for one in fresh])
        covered = np.mean((ends[:, 0] <= seen) & ((seen <= ends[:, 1]) | (seen < 0)))
        assert 0.86 < covered < 0.94


@pytest.mark.parametrize(
    ("driver", "words"),
    [
        (Driver("bearing vibration", 12, 2.0, 2.84, 9), "bearing vibration 42% above its own normal"),
        (Driver("core speed", 3, 9050, 9040, -2), "core speed 10 below its own normal of 9050"),
        (Driver("speed", 1, 10, 10.1, 0.2), "speed near its own normal"),
    ],
)
def test_a_driver_speaks_plainly(driver: Driver, words: str):
    assert driver.words == words


def test_engines_of_nasa_without_their_age(shared_data: Path):
    runs, tests, left, names = cmapss.read(shared_data / "cmapss")
    model = remaining_life.fit(runs, names=names, use_age=False, repeats=1, every=4)
    expected = model.expected(tests)
    assert np.sqrt(np.mean((expected - left) ** 2)) < 13.5
    ends = np.array([model.bands.around(float(one)) for one in expected])
    assert 0.84 <= np.mean((ends[:, 0] <= left) & (left <= ends[:, 1])) <= 0.98
