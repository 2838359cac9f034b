"""Failing within some days, given how far an asset has come: against truths that are known."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.bench.forecast import azure
from forecasting.failures import survival
from forecasting.failures.minimum_data import TooFewFailures
from forecasting.failures.renewal_intervals import Past, Piece, known_at, pieces, so_far
from forecasting.series import NotEnoughData

SHAPE, SCALE = 2.0, 100.0


def _fleet(assets: int, seed: int = 0) -> list[Past]:
    """Weibull lives of shape 2 and scale 100 days, those of a heavy duty half as long; watched for 400 days."""
    rng = np.random.default_rng(seed)
    fleet: list[Past] = []
    for index in range(assets):
        heavy = float(index % 2)
        ends = np.cumsum(SCALE * (1 - 0.5 * heavy) * rng.weibull(SHAPE, size=40))
        failures = [float(end) for end in ends if end < 400]
        fleet.append(Past(f"p-{index}", [0.0, *failures], failures, 400.0, traits={"heavy": heavy}))
    return fleet


@pytest.fixture(scope="module")
def model() -> survival.SurvivalModel:
    return survival.fit([piece for past in _fleet(60) for piece in pieces(past, 30.0)])


def test_a_spell_ends_with_its_failure_and_the_last_one_is_open():
    past = Past("p-1", [0, 50], [45], 80, events={"alarm": [10, 44, 60]})
    cut = pieces(past, 30, recent_days=7)
    assert [(piece.entry, piece.exit, piece.failed) for piece in cut] == [
        (0, 30, False),
        (30, 45, True),
        (0, 30, False),
    ]
    assert cut[1].at_days == 30
    assert known_at(past, 45, recent_days=7) == {"recent alarm": 1.0}
    assert known_at(past, 10, recent_days=7) == {"recent alarm": 0.0}, "what happens now is not known yet"
    assert so_far(past, 60) == 10
    assert so_far(past, -1) is None


def test_what_was_renewed_in_time_is_no_failure():
    assert not any(piece.failed for piece in pieces(Past("p-1", [0, 20, 40], [], 60), 30))


def test_the_shape_and_the_effect_of_duty_are_found(model: survival.SurvivalModel):
    assert model.shape == pytest.approx(SHAPE, rel=0.15)
    ratio = model.median_days(0, {"heavy": 0}) / model.median_days(0, {"heavy": 1})
    assert ratio == pytest.approx(2.0, rel=0.2)
    assert model.factors({"heavy": 1})["heavy"] > 1 > model.factors({"heavy": 0})["heavy"]


@pytest.mark.parametrize(("so_far", "days"), [(0, 30), (50, 30), (120, 10)])
def test_the_probability_is_the_true_conditional_one(model: survival.SurvivalModel, so_far: float, days: float):
    truth = 1 - np.exp((so_far / SCALE) ** SHAPE - ((so_far + days) / SCALE) ** SHAPE)
    assert model.failing_within(days, so_far, {"heavy": 0}) == pytest.approx(truth, abs=0.06)


@given(st.floats(0, 500), st.floats(0, 200), st.floats(0, 200), st.sampled_from([{}, {"heavy": 1.0}]))
@settings(max_examples=50)
def test_probabilities_are_probabilities_and_grow_with_the_horizon(so_far, days, more, known):
    model = survival.SurvivalModel(["heavy"], np.array([0.5]), np.array([0.5]), np.array([-0.3]), 4.5, 2.0, 90)
    shorter, longer = model.failing_within(days, so_far, known), model.failing_within(days + more, so_far, known)
    assert 0 <= shorter <= longer <= 1


def test_half_of_the_assets_fail_by_the_median(model: survival.SurvivalModel):
    for so_far_days in (0.0, 40.0, 150.0):
        median = model.median_days(so_far_days, {"heavy": 0.0})
        assert model.failing_within(median, so_far_days, {"heavy": 0.0}) == pytest.approx(0.5, abs=1e-6)


def test_few_failures_give_no_number():
    lives = [Piece(f"p-{index}", 0, 50 + index, index < 2, {}, 0) for index in range(40)]
    with pytest.raises(TooFewFailures, match="not enough data: 2 failures of 8"):
        survival.fit(lives)
    with pytest.raises(NotEnoughData):
        survival.fit([])


def test_concordance_is_that_of_a_coin_without_covariates_that_matter(model: survival.SurvivalModel):
    cut = [piece for past in _fleet(60, seed=5) for piece in pieces(past, 30.0)]
    assert 0.65 < survival.concordance(model, cut, 30) < 0.95
    flat = survival.SurvivalModel([], np.zeros(0), np.zeros(0), np.zeros(0), 4.5, 1.0, 90)
    assert survival.concordance(flat, cut, 30) == pytest.approx(0.5, abs=0.02)


def test_machines_of_azure_are_ranked_better_than_by_chance(shared_data: Path):
    pasts = azure.read(shared_data / "azure_pdm")
    cut = [piece for past in pasts[:160] for piece in pieces(past, 7.0, recent_days=2.0)]
    fitted, unseen = ([piece for piece in cut if int(piece.asset.split()[0]) % 2 == odd] for odd in (0, 1))
    model = survival.fit(fitted)
    assert survival.concordance(model, unseen, 7.0) > 0.7
    said = np.mean([model.failing_within(7.0, piece.entry, piece.known) for piece in unseen])
    assert said == pytest.approx(np.mean([piece.failed for piece in unseen]), rel=0.25)
    assert model.shape > 1, "components wear out"
