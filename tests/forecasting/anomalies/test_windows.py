"""What a detector learns from, and what it looks at."""

import numpy as np
import pytest

from forecasting.anomalies.expectations import EXPECTATIONS
from forecasting.anomalies.machine.zones import ZONES
from forecasting.anomalies.windows import Spell, learned_until, looked_at
from forecasting.plant_points import Measured, Placed
from forecasting.series import DAY_S, Series
from graph_schema.ontology.ontology import Ontology

NOW = 200 * DAY_S
STEP = 900


def measured(quantity: str, unit: str | None, source: str) -> Measured:
    return Measured(source, source, quantity, unit, source, None, None, "f", "Fan 1", "Supply_Fan")


def level(days: int, value: float) -> Series:
    return Series(NOW - days * DAY_S, STEP, np.full(days * DAY_S // STEP, value))


def test_what_is_learned_ends_two_weeks_ago_or_before_what_is_wrong_began():
    assert learned_until([], NOW) == NOW - 14 * DAY_S
    over = Spell(NOW - 40 * DAY_S, NOW - 30 * DAY_S)
    going_on = Spell(NOW - 20 * DAY_S, NOW - DAY_S)
    usual_by_now = Spell(NOW - 90 * DAY_S, NOW - DAY_S)
    assert learned_until([over, usual_by_now], NOW) == NOW - 14 * DAY_S
    assert learned_until([going_on, over], NOW) == NOW - 27 * DAY_S


def test_windows_have_usual_units_and_the_mean_of_several_points(ontology: Ontology):
    speeds = [measured("speed", "%", "a"), measured("speed", "%", "b")]
    warm = measured("bearing_temperature", "°F", "t")
    series = {"a": level(30, 40.0), "b": level(30, 60.0), "t": level(30, 212.0)}
    series["b"].values[-1] = np.nan
    roles = {"speed": speeds, "bearing_temperature": [warm], "vibration": [measured("vibration", "mm/s", "unread")]}
    looked = looked_at(ontology, Placed("f", "Supply_Fan"), [*speeds, warm], roles, series, [], NOW)
    assert (looked.expectations, looked.rules) == (EXPECTATIONS["Fan"], None)
    assert set(looked.recent) == {"speed", "bearing_temperature"}
    assert looked.recent["speed"].values[-2:].tolist() == [50.0, 40.0]
    assert looked.recent["bearing_temperature"].values[-1] == pytest.approx(100)
    assert looked.learned["speed"].end_s == NOW - 14 * DAY_S
    assert looked.own == ("bearing_temperature", "speed")


def test_of_several_vibration_sensors_the_worst_counts(ontology: Ontology):
    ends = [measured("vibration", "mm/s", "a"), measured("vibration", "in/s", "b")]
    series = {"a": level(30, 2.0), "b": level(30, 0.1)}
    series["b"].values[-1] = np.nan
    looked = looked_at(ontology, Placed("f", "Fan"), ends, {"vibration": ends}, series, [], NOW)
    assert looked.recent["vibration"].values[-2:].tolist() == [pytest.approx(2.54), 2.0]
    assert looked.vibration == ZONES[1, "flexible"]


def test_what_no_class_expects_is_inferred_from_signals_that_move_together(ontology: Ontology):
    load = measured("active_power", "kW", "p")
    current = measured("current", "A", "i")
    days = np.random.default_rng(1).normal(100, 20, 30 * DAY_S // STEP)
    series = {"p": Series(NOW - 30 * DAY_S, STEP, days), "i": Series(NOW - 30 * DAY_S, STEP, days * 1.5)}
    roles = {"active_power": [load], "current": [current]}
    looked = looked_at(ontology, Placed("f", "UPS"), [load, current], roles, series, [], NOW)
    assert [(one.signal, one.drivers, one.unit) for one in looked.expectations] == [
        ("active_power", ("current",), "kW"),
        ("current", ("active_power",), "A"),
    ]
    assert (
        looked_at(ontology, Placed("f", "Weather_Station"), [load, current], roles, series, [], NOW).expectations == ()
    )


def test_faulty_days_are_not_learned_and_hourly_readings_have_no_gaps(ontology: Ontology):
    speed = measured("speed", "%", "a")
    hourly = level(60, 40.0)
    hourly.values[np.arange(len(hourly)) % 4 > 0] = np.nan
    spell = Spell(NOW - 30 * DAY_S, NOW - 20 * DAY_S)
    learned = looked_at(ontology, Placed("f", "Fan"), [speed], {"speed": [speed]}, {"a": hourly}, [spell], NOW).learned[
        "speed"
    ]
    days_ago = (NOW - learned.times_s) / DAY_S
    faulty = (days_ago <= 37) & (days_ago >= 20)
    np.testing.assert_array_equal(np.isnan(learned.values), faulty)
