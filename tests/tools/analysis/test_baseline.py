"""What the weeks before let expect: exact where the rule is exact, silent where they are too few."""

from itertools import pairwise

import pytest

from tools.analysis.baseline import Day, baseline


def use(weekday: int, outside: float) -> float:
    return (200.0 if weekday < 5 else 80.0) + 4.0 * outside


def before(days: int) -> list[Day]:
    return [Day(n % 7, use(n % 7, 10.0 + (n * 5) % 13), 10.0 + (n * 5) % 13) for n in range(days)]


def test_weekdays_and_outside_temperature_are_found_again():
    found = baseline(before(28), [(0, 30.0), (6, 5.0)])
    assert found
    assert found.rule == "weekday and outside temperature"
    assert found.expected == pytest.approx((320.0, 100.0))
    assert (found.days, found.r2) == (28, pytest.approx(1.0))
    assert found.per_kelvin == pytest.approx(4.0)
    assert found.error_percent == pytest.approx(0.0, abs=1e-6)


def test_without_outside_temperature_it_is_the_weekdays_mean():
    found = baseline([Day(n % 7, 100.0 + n % 7) for n in range(21)], [(2, None)])
    assert found
    assert (found.rule, found.expected, found.per_kelvin) == ("weekday", pytest.approx((102.0,)), None)


def test_too_few_days_or_a_weekday_that_never_was_expect_nothing():
    assert baseline(before(13), [(0, 20.0)]) is None
    weekdays = [day for day in before(28) if day.weekday != 6]
    assert baseline(weekdays, [(6, 20.0)]) is None
    assert baseline(weekdays, [(5, 20.0)]) is not None


def test_what_is_expected_is_never_below_zero_and_grows_with_the_temperature():
    found = baseline(before(28), [(6, outside) for outside in (-60.0, -40.0, 0.0, 20.0)])
    assert found
    assert found.expected[0] == 0.0
    assert all(one <= other for one, other in pairwise(found.expected))
