import numpy as np
import pytest

from forecasting.anomalies.rules.chiller import R134A, Allowances, judge_chiller, usual_allowances
from forecasting.series import Series

SOUND = {
    "run_status": 1.0,
    "leaving_chilled_water_temperature": 6.7,
    "leaving_chilled_water_temperature_setpoint": 6.7,
    "entering_chilled_water_temperature": 12.0,
    "leaving_condenser_water_temperature": 32.0,
    "refrigerant_suction_pressure": 250.0,
    "refrigerant_discharge_pressure": 760.0,
}


def chiller(**changes: float) -> dict[str, Series]:
    return {name: Series(0, 900, np.full(96, value)) for name, value in (SOUND | changes).items()}


@pytest.mark.parametrize(("pressure", "temperature"), [(191.5, 0.0), (668.9, 30.0), (385.0, 14.9)])
def test_saturation_follows_the_tables_of_the_refrigerant(pressure, temperature):
    assert R134A.saturation(pressure) == pytest.approx(temperature, abs=0.3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"refrigerant_suction_pressure": 150.0}, "refrigerant loss"),
        ({"refrigerant_discharge_pressure": 950.0}, "condenser fouling"),
        ({"entering_chilled_water_temperature": 7.5}, "chilled water comes back only 0.8 K"),
        ({"leaving_chilled_water_temperature": 9.0}, "chilled water leaves at 9.0 °C, 2.3 K above"),
    ],
)
def test_what_is_wrong_is_told_in_kelvin(change, words):
    verdict = judge_chiller(chiller(**change))
    assert verdict.state == "flagged"
    assert any(reason.startswith(words) for reason in verdict.reasons)


def test_a_sound_chiller_is_sound_and_one_that_stands_cannot_be_told():
    assert judge_chiller(chiller()).state == "sound"
    assert judge_chiller(chiller(run_status=0.0, refrigerant_suction_pressure=500.0)).state == "cannot tell"


def test_missing_gauges_leave_the_other_rules():
    window = chiller(leaving_chilled_water_temperature=9.0)
    del window["refrigerant_suction_pressure"]
    assert judge_chiller(window).state == "flagged"
    assert judge_chiller({"run_status": window["run_status"]}).state == "cannot tell"


def test_water_may_gain_as_little_as_it_did_while_all_was_well():
    weekend = np.tile(np.repeat([12.0, 8.7], [5 * 96, 2 * 96]), 5)
    learned = {name: Series(0, 900, np.full(len(weekend), value)) for name, value in SOUND.items()}
    learned["entering_chilled_water_temperature"] = Series(0, 900, weekend)
    allowed = usual_allowances(learned)
    assert allowed.least_rise == pytest.approx(1.6)
    assert judge_chiller(chiller(entering_chilled_water_temperature=8.5), allowances=allowed).state == "sound"
    assert judge_chiller(chiller(entering_chilled_water_temperature=8.1), allowances=allowed).state == "flagged"


def test_who_hardly_ever_ran_has_the_usual_allowances():
    rested = {name: Series(0, 900, np.full(35 * 96, value)) for name, value in (SOUND | {"run_status": 0.0}).items()}
    assert usual_allowances(rested) == usual_allowances({}) == Allowances()
