"""The table of histories: gaps, what was known when, and what is too little."""

import numpy as np
import pytest

from forecasting.series import DAY_S, NotEnoughData, Series
from forecasting.telemetry.windows import CONTEXT_DAYS, check, current, outcomes, steps_of_a_day, windows

HOUR_S = 3600


def test_a_window_holds_nothing_from_its_origin_on():
    series = Series(0, HOUR_S, np.arange(24 * 50.0))
    table = windows([series], [[24 * 40, 24 * 45]], 24)
    assert table.values[:, -1].tolist() == [24 * 40 - 1, 24 * 45 - 1]
    assert table.ends_s.tolist() == [40 * DAY_S, 45 * DAY_S]
    came = outcomes([series], [[24 * 40, 24 * 50 - 2]], 3)
    np.testing.assert_array_equal(came, [[960, 961, 962], [1198, 1199, np.nan]])


def test_gaps_hold_what_was_read_at_that_time_of_the_week():
    values = np.tile(np.arange(168.0), 5)
    values[300:340] = np.nan
    table = current([Series(0, HOUR_S, values)], 24)
    np.testing.assert_array_equal(table.values[0], np.tile(np.arange(168.0), 5))
    assert table.read[0].sum() == len(values) - 40


def test_a_short_history_is_continued_backwards_by_its_own_days():
    table = current([Series(0, HOUR_S, np.tile(np.arange(24.0), 9))], 24)
    assert table.values.shape == (1, CONTEXT_DAYS * 24)
    np.testing.assert_array_equal(table.values[0], np.tile(np.arange(24.0), CONTEXT_DAYS))
    assert table.read[0].sum() == 9 * 24


def test_drivers_are_known_as_far_as_they_reach():
    history = Series(0, HOUR_S, np.arange(24 * 10.0))
    driver = Series(0, HOUR_S, np.arange(24 * 10.0 + 6))
    table = current([history], 24, [[driver]])
    ahead = table.drivers[0, 0, -24:]
    assert ahead[:6].tolist() == [240, 241, 242, 243, 244, 245]
    assert np.isnan(ahead[6:]).all()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.arange(24 * 5.0), "not enough data: 5 days of 7"),
        (np.full(24 * 20, 100.0), "the value was 100 all the time"),
        (np.append(np.arange(24 * 20.0), np.full(60, np.nan)), "nothing was read in the last 2.5 days"),
        (np.where(np.arange(24 * 35) % 4, np.nan, np.arange(24 * 35)), "75% of the time nothing was read"),
        (np.full(24 * 20, np.nan), "not enough data: 0 days of 7 .nothing was read"),
        (np.empty(0), "not enough data: 0 days of 7 .nothing was read"),
    ],
)
def test_too_little_is_said_in_words(values: np.ndarray, said: str):
    with pytest.raises(NotEnoughData, match=said):
        check(Series(0, HOUR_S, values))


def test_a_step_has_to_divide_a_day():
    assert steps_of_a_day(300) == 288
    with pytest.raises(ValueError, match="does not divide"):
        steps_of_a_day(7 * 60)
