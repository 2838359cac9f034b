"""Assets of a class that nobody described: what of them moves together."""

import numpy as np
import pytest

from forecasting.anomalies.detectors import Looked, look
from forecasting.anomalies.inferred import inferred
from forecasting.series import DAY_S, Series

STEP_S = 900
PER_DAY = DAY_S // STEP_S
UNITS = {"active_power": "kW", "battery_temperature": "°C", "electric_energy": "kWh", "operating_mode_status": None}


def supply(days: int, seed: int, first_day: int = 0, warmer: float = 0.0) -> dict[str, Series]:
    """An uninterruptible supply: its battery warms with its load, in the last two days by more."""
    noise = np.random.default_rng(seed)
    day = np.sin(2 * np.pi * np.arange(days * PER_DAY) / PER_DAY)
    load = 20 + 6 * day + noise.normal(0, 1, len(day))
    warm = 18 + 0.5 * load + noise.normal(0, 0.4, len(day))
    warm[-2 * PER_DAY :] += warmer
    columns = {
        "active_power": load,
        "battery_temperature": warm,
        "electric_energy": np.cumsum(load) / 4,
        "operating_mode_status": (load > 20).astype(float),
        "outside_air_temperature": 15 + 8 * day + noise.normal(0, 0.1, len(day)),
    }
    return {name: Series(first_day * DAY_S, STEP_S, values) for name, values in columns.items()}


def test_signals_that_move_together_are_expected_of_each_other():
    found = {one.signal: one for one in inferred(supply(30, 1), UNITS)}
    assert set(found) == {"active_power", "battery_temperature"}, "energy only rises, a state has few values"
    warm = found["battery_temperature"]
    assert set(warm.drivers) == {"active_power", "outside_air_temperature"}
    assert warm.unit == "°C"
    assert warm.tolerance == pytest.approx(0.15 * 6.5, rel=0.2)


def test_what_only_follows_the_weather_or_nothing_is_left_alone():
    alone = supply(30, 1)
    del alone["active_power"]
    assert inferred(alone, UNITS) == ()
    noise = np.random.default_rng(3)
    apart = {name: Series(0, STEP_S, noise.normal(20, 3, 30 * PER_DAY)) for name in UNITS}
    assert inferred(apart, UNITS) == ()
    assert inferred({}, UNITS) == ()


def test_of_a_machine_only_the_time_it_ran_counts():
    noise = np.random.default_rng(4)
    runs = (np.arange(30 * PER_DAY) // 48 % 2).astype(float)
    speed = runs * noise.uniform(40, 90, len(runs))
    apart = runs * noise.uniform(2, 4, len(runs))  # both are 0 while it stands, which is no likeness
    learned = {
        name: Series(0, STEP_S, values) for name, values in (("run_status", runs), ("speed", speed), ("wear", apart))
    }
    assert inferred(learned, {"speed": "%", "wear": "mm"}) == ()
    learned["wear"] = Series(0, STEP_S, speed / 30 + noise.normal(0, 0.05, len(speed)))
    assert {one.running for one in inferred(learned, {"speed": "%", "wear": "mm"})} == {"run_status"}


def test_one_that_leaves_the_others_is_flagged_and_a_usual_day_is_not():
    learned = supply(35, 1)
    expectations = inferred(learned, UNITS)
    own = ("active_power", "battery_temperature")
    usual = look(Looked(expectations, None, learned, supply(15, 2, first_day=35), own))
    assert {one.state for one in usual if one.detector.startswith("own past")} == {"sound"}
    hot = look(Looked(expectations, None, learned, supply(15, 2, first_day=35, warmer=6.0), own))
    reasons = [reason for one in hot if one.state == "flagged" for reason in one.verdict.reasons]
    assert any(
        reason.startswith("battery temperature is ") and "°C above what it used to be" in reason for reason in reasons
    )
