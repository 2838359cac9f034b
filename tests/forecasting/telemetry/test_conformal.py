"""Quantiles that hold what they claim, whatever the guess, and paths that agree with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.series import NotEnoughData
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.conformal import calibrated

LEVELS = (0.05, 0.1, 0.5, 0.9, 0.95)


def _guesses(rng: np.random.Generator, count: int, horizon: int, bias: float, wrong: float):
    """Guesses that are off by ``bias`` and whose spreads are ``wrong`` times too wide, of skewed outcomes of unequal size."""
    size = rng.uniform(1, 10, size=(count, 1)) * np.sqrt(1 + np.arange(horizon))
    came = size * (rng.gamma(2.0, size=(count, horizon)) - 2)
    spread = wrong * size
    return Guess(np.full((count, horizon), bias) * size, spread, spread), came


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-2, 2), st.floats(0.1, 10))
def test_each_level_holds_its_share_at_each_step_though_the_guess_is_biased(seed: int, bias: float, wrong: float):
    rng = np.random.default_rng(seed)
    calibration = calibrated(*_guesses(rng, 800, 3, bias, wrong))
    guess, came = _guesses(rng, 4_000, 3, bias, wrong)
    below = (came[:, :, None] <= calibration.quantiles(guess, LEVELS)).mean(axis=0)
    np.testing.assert_allclose(below, np.broadcast_to(LEVELS, (3, 5)), atol=0.07)


def test_quantiles_never_cross():
    rng = np.random.default_rng(1)
    guess, came = _guesses(rng, 200, 24, 0.5, 2.0)
    quantiles = calibrated(guess, came).quantiles(guess, LEVELS)
    assert (np.diff(quantiles, axis=2) >= 0).all()


def test_few_windows_claim_no_less_than_they_can_tell():
    """Of 19 windows the 5% and the 95% quantile are the least and the most that was seen."""
    rng = np.random.default_rng(2)
    guess, came = _guesses(rng, 19, 4, 0.0, 1.0)
    calibration = calibrated(guess, came)
    said = calibration.quantiles(Guess(np.zeros((1, 4)), np.ones((1, 4)), np.ones((1, 4))), (0.05, 0.95))
    np.testing.assert_allclose(said[0, :, 0], calibration.shares.min(axis=0))
    np.testing.assert_allclose(said[0, :, 1], calibration.shares.max(axis=0))


def test_paths_are_spread_as_the_quantiles_are_and_move_as_errors_do():
    rng = np.random.default_rng(3)
    walks = rng.normal(size=(1_000, 24)).cumsum(axis=1)
    guess = Guess(np.zeros_like(walks), np.ones_like(walks), np.ones_like(walks))
    calibration = calibrated(guess, walks)
    one = Guess(guess.middle[:1], guess.below[:1], guess.above[:1])
    paths = calibration.paths(one, 3_000, seed=0)
    np.testing.assert_allclose(np.quantile(paths, 0.9, axis=0), calibration.quantiles(one, (0.9,))[0, :, 0], atol=0.15)
    assert np.corrcoef(paths[:, 22], paths[:, 23])[0, 1] > 0.95
    np.testing.assert_array_equal(paths, calibration.paths(one, 3_000, seed=0))


def test_steps_that_were_never_read_are_spread_as_their_neighbours():
    came = np.random.default_rng(4).normal(size=(50, 3))
    came[:, 2] = np.nan
    guess = Guess(np.zeros((50, 3)), np.ones((50, 3)), np.ones((50, 3)))
    shares = calibrated(guess, came).shares
    np.testing.assert_array_equal(shares[:, 2], shares[:, 1])
    with pytest.raises(NotEnoughData, match="nothing was read after any origin"):
        calibrated(guess, np.full((50, 3), np.nan))
