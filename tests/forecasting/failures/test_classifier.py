"""Failure probabilities from windows: calibrated, with causes, and silent where failures are few."""

import numpy as np
import pytest

from forecasting.failures import classifier, windows
from forecasting.failures.minimum_data import TooFewFailures
from forecasting.failures.renewal_intervals import Past
from forecasting.failures.scores import average_precision, calibration_gap
from forecasting.series import DAY_S, NotEnoughData, Series

NAMES = ["vibration deviation", "noise", "days since renewal"]


def _rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The true probability rises with vibration alone."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 3))
    chance = 1 / (1 + np.exp(3.5 - 2.0 * rows[:, 0]))
    return rows, rng.random(count) < chance, chance


@pytest.fixture(scope="module")
def model() -> classifier.FailureModel:
    rows, failed, _ = _rows(1500, 0)
    return classifier.fit(rows, failed, [f"p-{i % 50}" for i in range(1500)], names=NAMES, folds=4)


def test_probabilities_are_those_of_the_truth(model: classifier.FailureModel):
    rows, failed, chance = _rows(4000, 1)
    said = model.probability(rows)
    assert calibration_gap(failed.astype(float), said) < 0.03
    assert np.abs(said - chance).mean() < 0.05
    best = average_precision(failed.astype(float), chance)
    assert average_precision(failed.astype(float), said) > 0.8 * best > 2 * failed.mean()


def test_the_cause_is_the_feature_that_matters(model: classifier.FailureModel):
    causes = model.causes(np.array([2.5, 1.0, 0.0]))
    assert causes[0].feature == "vibration deviation"
    assert causes[0].effect > 0.3 > max((cause.effect for cause in causes[1:]), default=0)
    assert causes[0].words.startswith("vibration deviation 2.5, usually ")
    assert model.causes(model.usual) == []


def test_few_failures_or_failures_of_one_asset_give_no_model():
    rows, _, _ = _rows(100, 0)
    few = np.arange(100) < 3
    with pytest.raises(TooFewFailures, match="3 failures of 8"):
        classifier.fit(rows, few, ["p-1"] * 100, names=NAMES)
    with pytest.raises(TooFewFailures, match="assets that have failed"):
        classifier.fit(rows, np.arange(100) < 20, ["p-1"] * 100, names=NAMES)


def test_a_window_says_level_slope_spread_and_deviation():
    hours = np.arange(24 * 60)
    values = 2 + 0.1 * np.sin(hours) + np.where(hours > 24 * 53, (hours - 24 * 53) / 24 * 0.5, 0)
    past = Past("p-1", [0.0, 40.0], [40.0], 60.0, events={"alarm": [20, 57, 59.5]}, born_days=-365.25)
    watched = windows.Watched([("vibration", Series(0, 3600, values))], past)
    row = dict(zip(windows.names(watched), windows.row(watched, 60 * DAY_S), strict=True))
    assert row["vibration slope"] == pytest.approx(0.5, rel=0.1)
    assert row["vibration level"] == pytest.approx(2 + 0.5 * 3.5, rel=0.05)
    assert row["vibration deviation"] > 10
    assert row["recent alarms"] == 2
    assert row["days since renewal"] == 20
    assert row["age in years"] == pytest.approx(1 + 60 / 365.25)


def test_a_window_knows_nothing_of_what_comes_after():
    values = np.random.default_rng(0).normal(size=24 * 60)
    past = Past("p-1", [0.0], [], 60.0, events={"alarm": [20.0, 51.0]})
    early = windows.row(windows.Watched([("x", Series(0, 3600, values[: 24 * 50]))], past), 50 * DAY_S)
    whole = windows.row(windows.Watched([("x", Series(0, 3600, values))], past), 50 * DAY_S)
    np.testing.assert_array_equal(early, whole)


def test_a_window_without_readings_gives_no_row():
    watched = windows.Watched([("x", Series(0, 3600, np.full(24 * 60, np.nan)))], Past("p-1", [], [], 60.0))
    with pytest.raises(NotEnoughData, match="no signal was read"):
        windows.row(watched, 60 * DAY_S)


def test_what_was_not_watched_to_the_end_of_the_horizon_is_not_known():
    past = Past("p-1", [0.0], [45.0], 60.0)
    assert windows.fails_within(past, 40, 10) is True
    assert windows.fails_within(past, 46, 10) is False
    assert windows.fails_within(past, 55, 10) is None
