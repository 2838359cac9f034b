"""Which closed work orders are failures."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecasting.failures.labels import ClosedOrder, Failure, Verdict, failures, verdict

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "planned", "expected"),
    [
        ("M013b", False, (Verdict.FAILURE, "PLU")),
        ("M013b", True, (Verdict.PLANNED, None)),
        ("MT001a", False, (Verdict.WORK, None)),
        ("M017a", False, (Verdict.WORK, None)),
        ("M001a", False, (Verdict.FAILURE, "BRD")),
        ("CS002a", False, (Verdict.FAILURE, "AIR")),
        ("C003", False, (Verdict.FAILURE, "STD")),
        ("VIB", False, (Verdict.FAILURE, "VIB")),
        ("REPLACEMENT", False, (Verdict.WORK, None)),
        ("MX1", False, (Verdict.UNCLEAR, None)),
        (None, False, (Verdict.UNCLEAR, None)),
    ],
)
def test_an_order_is_a_failure_when_it_was_not_planned_and_its_code_names_one(code, planned, expected):
    assert verdict(ClosedOrder("ch-1", DAY, planned, code)) == expected


def test_a_replacement_and_an_overhaul_make_a_asset_as_good_as_new():
    codes = ["Replacement", "OVERHAUL", "M018a", "MT006", "MT001a", "VIB", None]
    assert [ClosedOrder("ch-1", DAY, True, code).renews for code in codes] == [True] * 4 + [False] * 3


def test_orders_close_to_each_other_are_one_failure():
    days = [0, 5, 11, 30]  # each within a week of the one before, but for the last
    orders = [ClosedOrder("ch-1", DAY + timedelta(days=day), False, "M013a") for day in reversed(days)]
    other = ClosedOrder("ch-2", DAY, False, "M013a", failed_at=DAY - timedelta(days=1))
    assert failures([*orders, other]) == [
        Failure("ch-2", DAY - timedelta(days=1), "PLU", 1),
        Failure("ch-1", DAY, "PLU", 3),
        Failure("ch-1", DAY + timedelta(days=30), "PLU", 1),
    ]


def test_a_site_brings_its_own_codes():
    order = ClosedOrder("p-1", DAY, False, "SEAL-2")
    assert failures([order], {"SEAL": "ELP"})[0].mode == "ELP"
    assert failures([order]) == []


def test_most_work_on_real_chillers_is_no_failure(shared_data: Path):
    with (shared_data / "assetops" / "all_wo_with_code_component_events.csv").open(encoding="utf-8-sig") as file:
        orders = [
            ClosedOrder(
                row["equipment_id"],
                datetime.strptime(row["actual_finish"], "%m/%d/%y %H:%M").replace(tzinfo=UTC),
                row["preventive"] == "TRUE",
                row["secondary_code"] or row["primary_code"],
            )
            for row in csv.DictReader(file)
            if row["actual_finish"]
        ]
    verdicts = Counter(verdict(order)[0] for order in orders)
    found = failures(orders)
    assert verdicts[Verdict.UNCLEAR] == 0
    assert verdicts[Verdict.PLANNED] > 3000
    assert 50 < len(found) <= verdicts[Verdict.FAILURE] < 300
    assert {one.mode for one in found} >= {"PLU", "AIR", "ELP"}
