"""The chance and the time of crossing a limit, against processes whose truth can be simulated."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.crossing import crossing, crossings, first_passage
from forecasting.telemetry.model import TelemetryModel

HOUR_S = 3600


def test_the_first_step_beyond_the_limit_is_the_passage():
    paths = np.array([[1.0, 5.0, 1.0], [1.0, 1.0, 1.0], [1.0, 2.0, 5.0], [5.0, 1.0, 1.0]] * 10)
    found = first_passage(paths, "high", 4.0, HOUR_S)
    assert found.probability == 0.75
    assert (found.early_s, found.expected_s, found.late_s) == (0.0, 3600.0, 7200.0)
    assert first_passage(paths, "low", 0.0, HOUR_S).probability == 0
    assert first_passage(paths, "low", 0.0, HOUR_S).expected_s is None


def test_paths_cross_more_often_than_any_single_step_is_beyond():
    """The trap of marginal quantiles: of independent steps each beyond with 10%, 24 make a crossing nearly sure."""
    paths = np.random.default_rng(0).normal(size=(4_000, 24))
    assert first_passage(paths, "high", 1.2816, HOUR_S).probability == pytest.approx(1 - 0.9**24, abs=0.02)


def _passages(history: Series, rho: float, rhythm: float, limit: float) -> np.ndarray:
    """When (in steps) the limit is passed, NaN where it is not, by simulating the process itself."""
    rng = np.random.default_rng(0)
    ahead = len(history) + np.arange(24)
    day = 20 + rhythm * np.sin(2 * np.pi * ahead / 24)
    now = history.values[-1] - 20 - rhythm * np.sin(2 * np.pi * (len(history) - 1) / 24)
    state, paths = np.full(4_000, now), np.empty((4_000, 24))
    for step in range(24):
        state = rho * state + rng.normal(size=4_000)
        paths[:, step] = day[step] + state
    beyond = paths > limit
    return np.where(beyond.any(axis=1), beyond.argmax(axis=1), np.nan)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "rho", "rhythm"), [("ar1_model", 0.9, 3.0), ("walk_model", 1.0, 0.0)])
def test_probabilities_are_those_of_the_process(
    kind: str, rho: float, rhythm: float, request: pytest.FixtureRequest, make: Callable[..., Series]
):
    model: TelemetryModel = request.getfixturevalue(kind)
    said, true, between = [], [], []
    for seed in range(100, 130):
        series = make(40, seed, rho=rho, rhythm=rhythm)
        for origin, above in ((24 * 36 + 5, 3.0), (24 * 38 + 15, 6.0)):
            history = Series(series.start_s, HOUR_S, series.values[:origin])
            limit = float(history.values[-1]) + above
            found = crossing(model, history, "high", limit, 24)
            times = _passages(history, rho, rhythm, limit)
            said.append(found.probability)
            true.append(np.isfinite(times).mean())
            if found.early_s is not None and found.late_s is not None and true[-1] > 0.1:
                after = times[np.isfinite(times)] * HOUR_S
                between.append(((found.early_s <= after) & (after <= found.late_s)).mean())
    apart = np.array(said) - np.array(true)
    assert abs(apart.mean()) < 0.07
    assert np.abs(apart).mean() < 0.13
    assert 0.7 < np.mean(between) < 0.95  # 80%, and more where several share a step
    # Those said to be likely were picked by what was said, so a small model's own error is in their mean.
    likely = np.array(said) > np.median(said)
    assert abs(np.array(said)[likely].mean() - np.array(true)[likely].mean()) < 0.12


def test_below_is_the_mirror_of_above_and_the_present_is_told(ar1_model: TelemetryModel, make: Callable[..., Series]):
    history = make(30, 8)
    now = float(history.values[-1])
    found = crossing(ar1_model, history, "low", now + 1, 24)
    assert found.beyond_now
    assert found.probability > 0.9
    assert found.horizon_s == 24 * HOUR_S
    assert not crossing(ar1_model, history, "high", now + 1, 24).beyond_now
    chances = [crossing(ar1_model, history, "high", now + d, 24).probability for d in (0, 2, 4, 8, 16)]
    assert chances == sorted(chances, reverse=True)
    with pytest.raises(NotEnoughData, match="days of 7"):
        crossing(ar1_model, history.last(20), "high", 30, 24)


def test_a_batch_says_what_each_alone_says(ar1_model: TelemetryModel, make: Callable[..., Series]):
    histories = [make(30, 8), make(3, 9), make(20, 10)]
    first, short, last = crossings(ar1_model, histories, [("high", 24.0), ("high", 24.0), ("low", 17.0)], 12)
    assert first == crossing(ar1_model, histories[0], "high", 24.0, 12)
    assert isinstance(short, NotEnoughData)
    assert last == crossing(ar1_model, histories[2], "low", 17.0, 12)
