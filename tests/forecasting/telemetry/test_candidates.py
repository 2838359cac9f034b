"""The kinds of forecast, each on what it is meant for."""

import logging
from collections.abc import Callable

import numpy as np
import pytest

from forecasting.series import Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.candidates import CandidateFailed
from forecasting.telemetry.experts import consult
from forecasting.telemetry.prophet_model import FlatProphet
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from forecasting.telemetry.windows import current

HOUR_S = 3600


@pytest.mark.parametrize(("season", "lag"), [("day", 24), ("week", 168)])
def test_the_naive_forecast_repeats_the_last_season(season: str, lag: int):
    values = np.random.default_rng(0).normal(size=24 * 40)
    guess = SeasonalNaive(season).guess(current([Series(0, HOUR_S, values)], 200), 200)  # pyright: ignore[reportArgumentType]
    np.testing.assert_array_equal(guess.middle[0], np.tile(values[-lag:], 9)[:200])
    assert (guess.above > 0).all()


def test_the_blend_of_plain_forecasts_is_exact_where_weeks_repeat():
    week = np.random.default_rng(1).normal(size=168)
    experts = consult(current([Series(0, HOUR_S, np.tile(week, 6))], 168), 168)
    np.testing.assert_allclose(experts.blend[0], week, atol=0.02)


@pytest.mark.parametrize("days", [8, 10, 13])
def test_no_expert_looks_perfect_for_what_was_filled_in(days):
    """Weeks before the first reading are filled with the first week, which repeats itself."""
    rng = np.random.default_rng(days)
    noise = np.sin(np.arange(days * 24) / 24 * 2 * np.pi) + rng.normal(size=days * 24)
    whole = np.concatenate(
        [np.sin(np.arange((35 - days) * 24) / 24 * 2 * np.pi) + rng.normal(size=(35 - days) * 24), noise]
    )
    short, long = (consult(current([Series(0, HOUR_S, values)], 24), 24) for values in (noise, whole))
    assert short.errors.min() > 0.7 * long.errors.min()
    assert short.scale[0] > 0.7 * long.scale[0]


def test_prophet_follows_a_daily_rhythm_with_a_flat_trend(caplog: pytest.LogCaptureFixture):
    hours = np.arange(24 * 21)
    rng = np.random.default_rng(2)
    noisy = 10 + np.sin(2 * np.pi * hours / 24) + 0.02 * hours * (hours > 24 * 19) + 0.1 * rng.normal(size=len(hours))
    with caplog.at_level(logging.DEBUG):
        guess = FlatProphet().guess(current([Series(0, HOUR_S, noisy)], 24 * 7), 24 * 7)
    days = guess.middle[0].reshape(7, 24)
    np.testing.assert_allclose(days, np.broadcast_to(days[0], (7, 24)), atol=1e-6)
    assert np.corrcoef(days[0], np.sin(2 * np.pi * np.arange(24) / 24))[0, 1] > 0.95
    assert not [one for one in caplog.records if one.name.startswith("cmdstanpy")]


def test_where_the_optimiser_of_prophet_fails_newtons_method_is_not_tried(monkeypatch: pytest.MonkeyPatch):
    from prophet.models import CmdStanPyBackend

    asked: list[str] = []

    class Model:
        def optimize(self, **given: object) -> None:
            asked.append(str(given["algorithm"]))
            raise RuntimeError("line search failed")

    monkeypatch.setattr(CmdStanPyBackend, "load_model", lambda self: Model())
    table = current([Series(0, HOUR_S, np.random.default_rng(3).normal(size=24 * 20))], 24)
    with pytest.raises(CandidateFailed, match="line search failed"):
        FlatProphet().guess(table, 24)
    assert asked == ["LBFGS"]


def test_boosting_learns_that_a_deviation_fades(make: Callable[..., Series]):
    """The best forecast of an AR(1) process is rho to the power of the steps times its last deviation; persistence is worse."""
    fitted = Boosting(iterations=60, leaves=15).fit([make(40, seed, rhythm=0.0) for seed in range(6)], 24, None, 0)
    fresh = make(400, 99, rhythm=0.0)
    histories = [Series(fresh.start_s, HOUR_S, fresh.values[:o]) for o in range(24 * 40, 24 * 395, 24 * 3)]
    came = np.stack([fresh.values[len(one) : len(one) + 24] for one in histories])
    best = 20 + (0.9 ** np.arange(1, 25)) * np.array([one.values[-1] - 20 for one in histories])[:, None]
    lost, least = (np.abs(said - came).mean() for said in (fitted.guess(current(histories, 24), 24).middle, best))
    assert lost < 1.15 * least


def test_boosting_needs_a_week_and_a_horizon():
    with pytest.raises(CandidateFailed, match="no series is long enough"):
        Boosting().fit([Series(0, HOUR_S, np.arange(24.0 * 7))], 24, None, 0)


def test_what_lies_before_the_first_reading_teaches_the_boosting_model_nothing(make: Callable[..., Series]):
    """A plant of 30 days is read over 60: the days without readings must not set the unit of errors."""
    known = make(30, 1)
    start = known.start_s - 30 * 24 * HOUR_S
    padded = Series(start, HOUR_S, np.concatenate([np.full(30 * 24, np.nan), known.values]))
    fitted = Boosting(iterations=20).fit([padded], 24, None, 0)
    said = fitted.guess(current([known], 24), 24)
    assert np.abs(said.middle - known.values.mean()).max() < 15
    assert said.above.max() < 30
