"""Bundles, chance, bounds and what comes next, on sequences that can be told by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tools.work.occurrences import Happened
from tools.work.sequences import Trial, bundles, chance, covered, most_frequent, quantile, steps_after, trial, wilson

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def orders(*days: float, asset: str = "p1", codes: str = "") -> list[Happened]:
    marks = codes or "A" * len(days)
    return [Happened(asset, str(place), at(day), marks[place]) for place, day in enumerate(days)]


def test_a_bundle_reaches_so_far_from_its_first_order_and_has_two_or_more():
    found = [[one.at for one in bundle] for bundle in bundles(orders(0, 10, 20, 60, 61, 100), 14)]
    assert found == [[at(0), at(10)], [at(60), at(61)]]


def test_orders_of_two_assets_are_no_bundle():
    assert list(bundles([*orders(0), *orders(1, asset="p2")], 14)) == []


def test_the_time_after_which_an_order_follows_counts_once():
    assert covered([at(10), at(12)], at(0), at(100), 5) == timedelta(days=7)
    assert covered([at(2)], at(0), at(100), 5) == timedelta(days=2)
    assert covered([], at(0), at(100), 5) == timedelta()


def test_chance_is_weighted_by_the_events_of_each_asset():
    first = [("p1", at(0)), ("p1", at(10)), ("p2", at(0)), ("p2", at(10))]
    assert chance(first, {"p1": [at(10)]}, 5) == 25.0
    assert chance([("p1", at(0))], {}, 5) is None


def test_the_bounds_of_a_share_are_wilsons():
    assert wilson(5, 10) == (23.7, 76.3)
    assert wilson(0, 10) == (0.0, 27.8)
    assert wilson(0, 0) == (0.0, 100.0)


def test_steps_stay_within_an_asset():
    steps = steps_after("A", [*orders(0, 3, 5, codes="ABA"), *orders(9, asset="p2", codes="B")])
    assert (steps.times, steps.days) == (Counter("B"), [3.0])


@pytest.mark.parametrize(("codes", "found"), [("AB" * 12, Trial(9, 14, 7)), ("A" * 5, Trial(0, 0, 0))])
def test_each_order_is_told_from_those_before_it(codes: str, found: Trial):
    assert trial(codes) == found


def test_of_equals_the_first_by_name_is_most_frequent():
    assert most_frequent(Counter("BA")) == "A"
    assert (quantile([3, 1, 2], 0.5), quantile([], 0.5)) == (2, None)
