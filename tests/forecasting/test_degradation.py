"""Slow change: it is found when it is there, dated right, and not found in noise, weeks and weather."""

import numpy as np
import pytest

from forecasting.degradation import prospect
from forecasting.series import DAY_S, Floats, NotEnoughData, Series

HOURS = 24
DAYS = 28
MONDAY = 20_521 * DAY_S  # 2026-03-09


def noise(rng: np.random.Generator, days: int, rho: float, scale: float) -> Floats:
    """Correlated from day to day, standard deviation ``scale``."""
    state, found = rng.normal() * scale, np.empty(days)
    for day in range(days):
        state = rho * state + np.sqrt(1 - rho**2) * scale * rng.normal()
        found[day] = state
    return found


def hourly(levels: Floats, rng: np.random.Generator, swing: float = 1.0) -> Series:
    hours = np.arange(len(levels) * HOURS)
    values = np.repeat(levels, HOURS) + swing * np.sin(2 * np.pi * hours / HOURS) + 0.05 * rng.normal(size=len(hours))
    return Series(MONDAY, 3600, values)


def test_a_steady_rise_is_found_and_its_passage_dated():
    rng = np.random.default_rng(1)
    rise = np.maximum(0.0, np.arange(DAYS) - 16) * 10.0
    ahead = prospect(hourly(100 + rise + noise(rng, DAYS, 0.3, 3.0), rng), "high", 300.0, seed=2)
    assert ahead.change
    assert ahead.change.per_day == pytest.approx(10, abs=1.5)
    assert ahead.change.days == pytest.approx(11, abs=3)
    assert ahead.probability > 0.95
    assert ahead.expected_days == pytest.approx(9, abs=2.5)  # 211 on the last day, 10 a day
    assert ahead.early_days is not None
    assert ahead.late_days is not None
    assert 0 <= ahead.late_days - ahead.early_days < 4


def test_a_fall_towards_a_lower_limit_is_the_same_in_the_mirror():
    rng = np.random.default_rng(1)
    fall = np.maximum(0.0, np.arange(DAYS) - 16) * 10.0
    ahead = prospect(hourly(500 - fall + noise(rng, DAYS, 0.3, 3.0), rng), "low", 300.0, seed=2)
    assert ahead.change
    assert ahead.change.per_day == pytest.approx(-10, abs=1.5)
    assert ahead.probability > 0.95


def test_a_rise_away_from_the_limit_is_no_danger():
    rng = np.random.default_rng(4)
    rise = np.maximum(0.0, np.arange(DAYS) - 14) * 10.0
    assert prospect(hourly(100 + rise, rng), "low", 50.0).probability < 0.01


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_noise_that_is_correlated_from_day_to_day_is_no_change(rho: float):
    rng = np.random.default_rng(5)
    found = 0
    for trial in range(200):
        weekend = np.where(np.arange(DAYS) % 7 >= 5, -4.0, 0.0)
        ahead = prospect(hourly(100 + weekend + noise(rng, DAYS, rho, 3.0), rng), "high", 140.0, seed=trial)
        found += ahead.change is not None
    assert found <= 200 * (0.02 if rho < 0.6 else 0.06)


def test_weather_is_no_wear_when_it_is_known():
    rng = np.random.default_rng(6)
    outside = 10 + np.maximum(0.0, np.arange(DAYS) - 15) * 1.2 + noise(rng, DAYS, 0.6, 1.0)
    level = 50 + 3 * outside + rng.normal(size=DAYS)
    series, weather = hourly(level, rng), hourly(outside, rng, 4.0)
    assert prospect(series, "high", 170.0).change is not None
    assert prospect(series, "high", 170.0, drivers=[weather]).change is None


def test_probabilities_mean_what_they_say():
    """Of all that were called p, about p come true: levels that rise or not, with limits near and far."""
    rng = np.random.default_rng(7)
    said, came = [], []
    for trial in range(400):
        slope = rng.choice([0.0, 4.0, 10.0])
        begin = rng.integers(10, 22)
        days = np.arange(DAYS + 30)
        levels = 100 + slope * np.maximum(0, days - begin) + noise(rng, DAYS + 30, 0.4, 4.0)
        limit = levels[DAYS - 1] + rng.uniform(5, 250)
        said.append(prospect(hourly(levels[:DAYS], rng), "high", limit + 0.95, seed=trial).probability)
        came.append(bool((levels[DAYS:] >= limit).any()))
    said_, came_ = np.array(said), np.array(came)
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = (said_ >= low) & (said_ < high)
        if inside.sum() >= 15:
            assert came_[inside].mean() == pytest.approx(said_[inside].mean(), abs=0.17)
    assert np.mean((said_ - came_) ** 2) < 0.5 * came_.mean() * (1 - came_.mean())


def test_too_few_days_are_told():
    rng = np.random.default_rng(8)
    with pytest.raises(NotEnoughData, match="13 days of 14"):
        prospect(hourly(np.full(13, 20.0), rng), "high", 30.0)
    sparse = hourly(np.full(40, 20.0), rng)
    holes = np.where(np.arange(len(sparse)) % 24 < 14, np.nan, sparse.values)
    with pytest.raises(NotEnoughData, match="0 days of 14"):
        prospect(Series(MONDAY, 3600, holes), "high", 30.0)


def resting_and_running(*days: int) -> tuple[Floats, Series]:
    """1 on days on which it ran, beginning with a rest; and what its run status read."""
    ran = np.repeat(np.arange(len(days)) % 2 * 1.0, days)
    return ran, Series(MONDAY, 3600, np.repeat(ran, HOURS))


@pytest.mark.parametrize(("side", "limit", "sign"), [("high", 120.0, 1.0), ("low", -120.0, -1.0)])
def test_a_machine_that_runs_more_often_than_it_did_is_not_on_its_way_anywhere(side, limit, sign):
    rng = np.random.default_rng(6)
    ran, runs = resting_and_running(14, 1, 3, 1, 1, 8)
    series = hourly(sign * (30 + 45 * ran + noise(rng, DAYS, 0.3, 1.0)), rng)
    assert prospect(series, side, limit).change is not None
    assert prospect(series, side, limit, runs=[runs]).change is None


def test_wear_of_a_machine_that_takes_turns_is_found():
    rng = np.random.default_rng(7)
    rise = np.maximum(0.0, np.arange(DAYS) - 12) * 3.0
    ran, runs = resting_and_running(6, 8, 6, 8)
    series = hourly(30 + (45 + rise) * ran + noise(rng, DAYS, 0.3, 1.0), rng)
    ahead = prospect(series, "high", 150.0, runs=[runs])
    assert ahead.change is not None
    assert ahead.probability > 0.5


def test_a_change_of_a_few_days_is_not_followed_for_a_month():
    rng = np.random.default_rng(8)
    rise = np.maximum(0.0, np.arange(DAYS) - 23) * 3.0
    series = hourly(100 + rise + noise(rng, DAYS, 0.3, 0.5), rng)
    near = prospect(series, "high", 130.0)
    assert near.change is not None
    assert near.change.days <= 5
    assert near.probability > 0.9
    assert prospect(series, "high", 112 + 3.0 * 29).probability < 0.05


def test_two_days_of_running_after_a_rest_are_no_change():
    rng = np.random.default_rng(9)
    ran, runs = resting_and_running(4, 8, 14, 2)
    warming = np.where(np.arange(DAYS) >= DAYS - 2, 3.0 * (np.arange(DAYS) - DAYS + 3), 0.0)
    series = hourly(30 + 45 * ran + warming + noise(rng, DAYS, 0.3, 0.3), rng)
    assert prospect(series, "high", 100.0, runs=[runs]).change is None


def test_what_was_seen_before_a_rest_is_still_told_while_it_stands():
    rng = np.random.default_rng(9)
    ran, runs = resting_and_running(1, 23, 4)
    wear = np.maximum(0.0, np.arange(DAYS) - 14) * 3.0
    series = hourly(np.where(ran > 0, 60 + wear, 20) + noise(rng, DAYS, 0.3, 1.0), rng)
    ahead = prospect(series, "high", 120.0, runs=[runs])
    assert ahead.change
    assert ahead.change.per_day == pytest.approx(3, abs=0.5)
    assert ahead.rested_days == 4
    assert ahead.level == pytest.approx(60 + 9 * 3, abs=4)


def test_a_standing_machine_that_warms_with_the_room_is_not_wearing():
    rng = np.random.default_rng(10)
    ran, runs = resting_and_running(1, 20, 7)
    warming = np.where(ran > 0, 60.0, 20 + 1.5 * np.maximum(0, np.arange(DAYS) - 20))
    assert prospect(hourly(warming + noise(rng, DAYS, 0.3, 0.5), rng), "high", 80.0, runs=[runs]).change is None


def test_a_machine_that_never_ran_before_has_nothing_to_rise_from():
    rng = np.random.default_rng(15)
    ran, runs = resting_and_running(20, 8)
    level = np.where(ran > 0, 50 + 2.0 * np.maximum(0, np.arange(DAYS) - 20), 20.0)
    assert prospect(hourly(level + noise(rng, DAYS, 0.3, 0.3), rng), "high", 90.0, runs=[runs]).change is None


def test_a_change_too_small_to_matter_is_none():
    rng = np.random.default_rng(11)
    series = hourly(23 + np.maximum(0.0, np.arange(DAYS) - 23) * 0.2 + noise(rng, DAYS, 0.0, 0.02), rng)
    assert prospect(series, "high", 27.0).change is not None
    assert prospect(series, "high", 27.0, least=1.25).change is None


def test_a_rise_that_only_weather_could_have_hidden_is_none():
    """Falling heat is said to hide a rise: nothing has risen that anyone could see."""
    rng = np.random.default_rng(12)
    outside = 20 + noise(rng, DAYS, 0.6, 2.0)
    outside[-4:] = outside[:-4].min() + np.array([1.0, 0.6, 0.3, 0.1])
    level = np.where(np.arange(DAYS) < DAYS - 4, 50 + 3 * (outside - 20), 50.0) + 0.1 * rng.normal(size=DAYS)
    ahead = prospect(hourly(level, rng), "high", 90.0, drivers=[hourly(outside, rng, 4.0)])
    assert ahead.change is None


def test_a_step_to_another_level_is_not_on_its_way_anywhere():
    rng = np.random.default_rng(13)
    ran, runs = resting_and_running(1, 17, 6, 4)
    level = np.where(ran > 0, 24.0, 0.0)
    level[-4:] = 29.0
    levels = [hourly(level + noise(rng, DAYS, 0.0, 0.3), rng) for _ in range(20)]
    assert sum(prospect(one, "high", 65.0, runs=[runs]).change is not None for one in levels) <= 2
