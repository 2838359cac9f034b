"""From probabilities and stated costs to costs by day; what is not stated is unknown."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from tools.maintenance.costs import costs_of, failure_by_day, late_by_day, read_costs

BOOK = costs_of(
    {
        "currency": "EUR",
        "assets": [
            {"class": "Chiller", "failure": 20_000, "downtime_per_hour": 90},
            {"asset": "Chiller 1", "failure": 50_000},
        ],
    },
    "costs.yaml",
)


def test_the_risk_curve_meets_the_forecast_at_its_horizon():
    cost = failure_by_day(0.3, 30, 1_000_000, 31)
    assert cost[0] == 0
    assert cost[30] == pytest.approx(300_000, abs=1)
    assert list(cost) == sorted(cost)


def test_wear_waits_longer_before_it_costs():
    even, worn = failure_by_day(0.3, 30, 1_000_000, 20), failure_by_day(0.3, 30, 1_000_000, 20, shape=2.0)
    assert worn[5] < even[5]


def test_late_costs_from_the_day_after_it_was_due():
    assert late_by_day(1, 500, 3)[:3] == (0, 0, 500)
    assert late_by_day(-2, 500, 3)[0] == 1_000
    assert set(late_by_day(None, 500, 3)) == {0}


def test_an_asset_goes_before_its_class_and_what_nobody_states_is_unknown():
    assert BOOK.failure_of("c1", "Chiller 1", ["Chiller"]) == 50_000
    assert BOOK.downtime_of("c1", "Chiller 1", ["Chiller"]) == 90
    assert BOOK.failure_of("p1", "Pump 1", ["Pump"]) is None


def test_a_book_that_cannot_be_used_says_where(tmp_path: Path):
    (tmp_path / "costs.yaml").write_text("assets: [{class: Chiller, failure: -1}]")
    with pytest.raises(InvalidInput, match=r"costs.yaml cannot be used: assets.0.failure"):
        read_costs(tmp_path / "costs.yaml")
    (tmp_path / "costs.yaml").write_text("assets: [")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_costs(tmp_path / "costs.yaml")


def test_no_book_states_nothing(tmp_path: Path):
    assert read_costs(tmp_path / "costs.yaml").labour_per_hour is None
