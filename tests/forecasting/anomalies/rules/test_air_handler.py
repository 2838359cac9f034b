from dataclasses import replace

import numpy as np
import pytest

from evals.bench.forecast import lbnl
from forecasting.anomalies.rules.air_handler import Allowances, judge_air_handler, longest_breach_s
from forecasting.series import Series

CALM = {
    "supply_air_temperature": 13.0,
    "supply_air_temperature_setpoint": 13.0,
    "mixed_air_temperature": 24.0,
    "return_air_temperature": 23.0,
    "outside_air_temperature": 28.0,
    "cooling_coil.valve_position_command": 50.0,
    "heating_coil.valve_position_command": 0.0,
    "damper_position": 20.0,
    "fan.speed": 70.0,
    "supply_air_static_pressure": 250.0,
    "supply_air_static_pressure_setpoint": 250.0,
    "fan.run_status": 1.0,
}
HEATS = {
    "mixed_air_temperature": 8.0,
    "outside_air_temperature": -5.0,
    "cooling_coil.valve_position_command": 0.0,
    "heating_coil.valve_position_command": 50.0,
}
OUTDOOR = {"mixed_air_temperature": 15.0, "outside_air_temperature": 15.0, "damper_position": 100.0}


def handler(minutes: int = 240, **changes: float) -> dict[str, Series]:
    values = CALM | {key.replace("__", "."): value for key, value in changes.items()}
    return {name: Series(0, 60, np.full(minutes, value)) for name, value in values.items()}


@pytest.mark.parametrize("mode", [{}, HEATS, OUTDOOR])
def test_a_calm_handler_is_sound_in_every_mode(mode):
    assert judge_air_handler(handler(**mode)).state == "sound"


@pytest.mark.parametrize(
    ("mode", "change", "words"),
    [
        ({}, {"supply_air_temperature": 29.0}, "warmer than mixed air although it cools"),
        (
            {},
            {"supply_air_temperature": 16.0, "cooling_coil.valve_position_command": 100.0},
            "cooling valve fully open",
        ),
        ({}, {"heating_coil.valve_position_command": 20.0}, "both coils are open"),
        ({}, {"mixed_air_temperature": 31.0}, "mixed air is warmer than return and outdoor air"),
        ({}, {"mixed_air_temperature": 18.0}, "mixed air is colder than return and outdoor air"),
        ({}, {"fan.speed": 100.0, "supply_air_static_pressure": 150.0}, "duct pressure is below"),
        (HEATS, {"supply_air_temperature": 6.0}, "colder than mixed air although it heats"),
        (
            HEATS,
            {"heating_coil.valve_position_command": 100.0, "supply_air_temperature": 10.0},
            "heating valve fully open",
        ),
        (OUTDOOR, {"mixed_air_temperature": 20.0}, "mixed air differs from outdoor air"),
    ],
)
def test_a_broken_rule_is_told_in_words(mode, change, words):
    verdict = judge_air_handler(handler(**(mode | change)))
    assert verdict.state == "flagged"
    assert any(words in reason for reason in verdict.reasons)


def test_a_breach_shorter_than_the_delay_does_not_count():
    window = handler()
    window["supply_air_temperature"].values[100:120] = 18.0
    assert judge_air_handler(window).state == "sound"
    window["supply_air_temperature"].values[100:150] = 18.0
    assert judge_air_handler(window).state == "flagged"
    assert longest_breach_s(window) == pytest.approx(50 * 60, abs=600)
    assert judge_air_handler(window, replace(Allowances(), alarm_delay_s=7200)).state == "sound"


def test_a_standing_or_switching_handler_cannot_be_told():
    assert judge_air_handler(handler(fan__run_status=0.0, supply_air_temperature=30.0)).state == "cannot tell"
    window = handler(supply_air_temperature=30.0)
    window["cooling_coil.valve_position_command"].values[:] = 50.0 * (np.arange(240) // 15 % 2)
    assert judge_air_handler(window).state == "cannot tell"


def test_missing_signals_are_named():
    window = handler()
    del window["mixed_air_temperature"]
    verdict = judge_air_handler(window)
    assert (verdict.state, verdict.quantities) == ("cannot tell", ("mixed_air_temperature",))


def test_lbnl(shared_data):
    figures = lbnl.run(shared_data)
    assert figures["lbnl_found"] >= 10
    assert figures["lbnl_false"] == 0
