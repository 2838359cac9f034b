"""What a finished order says of the forecast behind it."""

from datetime import UTC, datetime, timedelta

import pytest

from forecasting.failures.labels import ClosedOrder
from forecasting.jobs.failure_records import closed
from forecasting.verification.found import Accuracy, accuracy, settle_by_orders, what_was_found
from ingestion.history.history import History
from ingestion.orders.order import Kind, WorkOrder
from ingestion.orders.work_orders import WorkOrders

DONE = datetime(2026, 3, 2, 18, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "code", "found"),
    [
        ("corrective", "VIB", "came"), ("corrective", "M005", "came"), ("corrective", "NFF", "false alarm"), ("corrective", "SERVICE", "mended"),
        ("corrective", "Q", None), ("corrective", None, None), ("predictive", "VIB", "mended"), ("predictive", "nff", "false alarm"),
        ("preventive", None, "mended"),
    ],
)  # fmt: skip
def test_the_code_says_how_it_came_out(kind: Kind, code: str | None, found: str | None):
    assert what_was_found(kind, ClosedOrder("a", DONE, kind != "corrective", code)) == found


def test_a_cancelled_order_teaches_nothing():
    assert closed(WorkOrder("1", "a", code="VIB", closed_at=DONE, status="cancelled")) is None


def test_precision_is_of_what_is_known():
    assert Accuracy("m", 5, 1, 2, 1, 1, 0, 0, 0, None).precision == 0.75
    assert Accuracy("m", 1, 1, 0, 0, 0, 0, 0, 0, None).precision is None


async def test_findings_count_once_with_their_lead_and_what_was_missed(history: History):
    rows = [
        ("a", 9, True, "m 1"),
        ("a", 2, True, "m 1"),
        ("b", 5, True, "m 1"),
        ("c", 4, False, "m 1"),
        ("d", 3, True, "m 2"),
    ]
    for asset, days, flagged, model in rows:
        await history.fetch(
            "insert into forecasting.told (asset, what, at, horizon_days, flagged, model) values (%s, 'limits', %s, 30, %s, %s)",
            [asset, DONE - days * DAY, flagged, model],
        )
    orders = [
        WorkOrder("1", "a", opened_at=DONE - DAY, closed_at=DONE, code="VIB"),
        WorkOrder("2", "b", kind="predictive", opened_at=DONE - DAY, closed_at=DONE, code="NFF"),
        WorkOrder("3", "c", opened_at=DONE - DAY, closed_at=DONE, code="VIB"),
        WorkOrder("4", "d", opened_at=DONE - DAY, closed_at=DONE, status="cancelled"),
    ]
    await WorkOrders(history).put(orders, told=["status"])
    assert await settle_by_orders(history) == {"1": ("came", 2), "2": ("false alarm", 1), "3": ("came", 1)}
    assert await settle_by_orders(history) == {}
    first, second = await accuracy(history)
    assert first == Accuracy("m 1", 2, 0, 1, 0, 1, 0, 0, 1, 8.0)
    assert (second.model, second.open, second.precision) == ("m 2", 1, None)
