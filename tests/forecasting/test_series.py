"""Readings on a grid: order, repeats, gaps, and what is too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.series import DAY_S, NotEnoughData, Series, filled, gridded, require


def test_a_step_has_the_mean_of_its_readings_and_none_where_nothing_was_read():
    series = gridded([0, 30, 60, 200], [1.0, 3.0, 5.0, 7.0], 60)
    assert series.start_s == 0
    np.testing.assert_array_equal(series.values, [2.0, 5.0, np.nan, 7.0])


def test_the_last_of_repeated_times_counts_and_the_order_does_not_matter():
    assert gridded([60, 0, 60], [1.0, 4.0, 9.0], 60).values.tolist() == [4.0, 9.0]


def test_what_is_not_finite_is_left_out():
    assert gridded([0, 1, 60], [1.0, np.nan, np.inf], 60).values.tolist() == [1.0]
    with pytest.raises(NotEnoughData, match="nothing was read"):
        gridded([0], [np.nan], 60)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_every_value_lies_between_those_of_its_step(readings: list[tuple[int, float]]):
    newest = dict(readings)
    series = gridded([t for t, _ in readings], [v for _, v in readings], 300)
    for begin, value in zip(series.times_s, series.values, strict=True):
        inside = [v for t, v in newest.items() if begin <= t < begin + 300]
        assert np.isnan(value) == (not inside)
        if inside:
            assert min(inside) - 1e-6 <= value <= max(inside) + 1e-6


def test_short_gaps_are_bridged_and_long_ones_stay():
    series = Series(0, 60, np.array([1.0, np.nan, 3.0, np.nan, np.nan, 9.0]))
    np.testing.assert_array_equal(filled(series, 1).values, [1.0, 2.0, 3.0, np.nan, np.nan, 9.0])


def test_before_knows_only_steps_that_had_ended():
    series = Series(0, 60, np.arange(5.0))
    assert series.before(179).values.tolist() == [0.0, 1.0]
    assert series.before(-5).values.tolist() == []
    assert series.last(2).start_s == 180


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.arange(24.0), "not enough data: 1 days of 7"),
        (np.full(24 * 8, 21.0), "the value was 21 all the time"),
        (np.where(np.arange(24 * 30) % 3, np.nan, np.arange(24 * 30)), "67% of the time nothing was read"),
    ],
)
def test_too_little_is_said_in_words(values: np.ndarray, said: str):
    with pytest.raises(NotEnoughData, match=said):
        require(Series(0, 3600, values), 7)
    assert DAY_S == 24 * 3600
