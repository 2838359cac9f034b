from datetime import timedelta

import numpy as np

from forecasting.anomalies.sensor_faults import judge_following, judge_silence, judge_stuck
from forecasting.series import Series

NOISE = np.random.default_rng(0).normal(20, 1, 1000).round(1)


def series(values: np.ndarray) -> Series:
    return Series(0, 900, values.astype(float))


def test_silence_is_flagged_with_how_long_it_has_lasted():
    values = NOISE.copy()
    values[-3:] = np.nan
    assert judge_silence(series(values), "vibration").state == "sound"
    values[-24:] = np.nan
    assert judge_silence(series(values), "vibration").reasons == ("vibration has not been read for 6 hours",)
    assert judge_silence(series(np.full(9, np.nan)), "vibration").state == "cannot tell"


def test_a_sensor_that_repeats_its_value_is_stuck():
    values = NOISE.copy()
    values[-40:] = 20.3
    assert judge_stuck(series(values), "zone_air_temperature", series(NOISE)).state == "flagged"
    assert judge_stuck(series(values[:-20]), "zone_air_temperature", series(NOISE)).state == "sound"


def test_a_valve_that_rests_at_the_end_of_its_range_is_not_stuck():
    learned = np.clip(NOISE - 20, 0, 5)
    values = np.concatenate([learned, np.zeros(300)])
    assert judge_stuck(series(values), "valve_position", series(learned)).state == "sound"


def test_a_sensor_that_is_stuck_at_the_highest_that_it_ever_read_is_stuck():
    highest = float(NOISE.max())
    stuck = series(np.concatenate([NOISE, np.full(40, highest)]))
    assert judge_stuck(stuck, "zone_air_temperature", series(NOISE)).state == "flagged"
    often = series(np.concatenate([NOISE, np.tile([highest, highest - 1], 20)]))
    assert judge_stuck(stuck, "zone_air_temperature", often).state == "sound"


def test_a_signal_that_never_changed_teaches_no_rest():
    assert judge_stuck(series(NOISE), "level", series(np.full(50, 3.0))).state == "cannot tell"


def test_a_valve_that_does_not_follow_is_flagged_and_one_that_lags_is_not():
    command = np.tile([20.0, 60.0], 50)
    lagging = {"valve_position": series(np.roll(command, 1)), "valve_position_command": series(command)}
    stuck = {"valve_position": series(np.full(100, 5.0)), "valve_position_command": series(command)}
    assert judge_following(lagging, "valve_position", "valve_position_command").state == "sound"
    verdict = judge_following(stuck, "valve_position", "valve_position_command", over=timedelta(hours=2))
    assert verdict.state == "flagged"
    assert verdict.reasons == ("valve position is 5 % where 60 % is asked for, for 2 hours",)
    assert judge_following({}, "valve_position", "valve_position_command").state == "cannot tell"
