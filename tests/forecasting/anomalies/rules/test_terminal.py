import numpy as np
import pytest

from forecasting.anomalies.rules.terminal import Allowances, judge_terminal, usual_allowances
from forecasting.series import Series

STEP_S = 900
SOUND = {
    "zone_air_temperature": 22.8,
    "zone_air_temperature_setpoint": 22.5,
    "zone_co2_level": 700.0,
    "damper_position": 40.0,
    "supply_air_flow": 600.0,
    "valve_position": 0.0,
}


def box(steps: int = 96, last: int = 96, **changes: float) -> dict[str, Series]:
    """A sound day of a box, with changes in its last steps."""
    window: dict[str, Series] = {}
    for name, value in SOUND.items():
        values = np.full(steps, value)
        values[steps - last :] = changes.get(name, value)
        window[name] = Series(0, STEP_S, values)
    return window


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"zone_co2_level": 1300.0, "damper_position": 12.0},
            "its room is short of air: CO₂ rose to 1300 ppm with the damper 12 % open for 2 hours",
        ),
        (
            {"zone_air_temperature": 25.0, "valve_position": 40.0},
            "it heats a room that is 2.5 K above its set point, with the reheat valve 40 % open for 2 hours",
        ),
        (
            {"damper_position": 0.0, "supply_air_flow": 150.0},
            "25% of its largest flow passes the damper although it is shut, for 2 hours",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_values(changes, words):
    allowances = usual_allowances(box())
    verdict = judge_terminal(box(last=8, **changes), allowances)
    assert verdict.state == "flagged"
    assert verdict.reasons == (words,)
    assert verdict.score == pytest.approx(2.0)
    assert judge_terminal(box(last=3, **changes), allowances).state == "sound", "rooms fill and empty"


def test_crowded_rooms_with_open_dampers_and_cold_rooms_that_are_heated_are_sound():
    assert judge_terminal(box()).state == "sound"
    assert judge_terminal(box(zone_co2_level=1300.0, damper_position=90.0)).state == "sound"
    assert judge_terminal(box(zone_air_temperature=21.0, valve_position=80.0)).state == "sound"


def test_what_a_room_always_did_is_no_fault():
    filled = box(zone_co2_level=1250.0, damper_position=20.0)
    assert usual_allowances(filled).co2_ppm == pytest.approx(1250.0)
    assert usual_allowances(box()).co2_ppm == Allowances().co2_ppm
    assert judge_terminal(filled, usual_allowances(filled)).state == "sound"
    assert judge_terminal(filled).state == "flagged"


def test_without_carbon_dioxide_the_other_rules_are_left_and_without_any_it_cannot_be_told():
    window = box(zone_air_temperature=25.0, valve_position=40.0)
    del window["zone_co2_level"]
    assert judge_terminal(window).state == "flagged"
    assert judge_terminal({"zone_air_temperature": window["zone_air_temperature"]}).state == "cannot tell"
    silent = {name: Series(0, STEP_S, np.full(96, np.nan)) for name in SOUND}
    assert judge_terminal(silent).state == "cannot tell"


def test_gaps_break_no_rule():
    window = box(zone_co2_level=1300.0, damper_position=12.0)
    values = window["zone_co2_level"].values.copy()
    values[::3] = np.nan
    assert judge_terminal(window | {"zone_co2_level": Series(0, STEP_S, values)}).state == "sound"
