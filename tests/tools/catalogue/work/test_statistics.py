"""Counts of work orders and events, bundles, what follows what, the next order, failure modes."""

from datetime import timedelta

import pytest

from graph_schema.errors import NotFound
from ingestion.orders.order import WorkOrder
from ingestion.records.event import CodeName, PlantEvent, StatedMode
from ingestion.records.plant_records import PlantRecords
from tests.tools.catalogue.work.conftest import Works, ago


async def recorded(works: Works) -> None:
    """An order every ten days at chiller 1, oil and vibration by turns, each an hour after an alert; one at chiller 2 and at the motor of chiller 1."""
    orders = [
        WorkOrder(
            f"A-{n}",
            "c1",
            "preventive" if n % 2 else "corrective",
            closed_at=ago(10 * n),
            code="OIL" if n % 2 else "VIB",
        )
        for n in range(1, 25)
    ]
    orders += [
        WorkOrder("B-1", "c2", closed_at=ago(5), code="OIL"),
        WorkOrder("M-1", "m1", closed_at=ago(10), code="VIB"),
    ]
    await works.orders.put(orders)
    records = PlantRecords(works.history)
    alerts = [PlantEvent("c1", "alert", "R-7", ago(10 * n) - timedelta(hours=1)) for n in range(1, 25)]
    await records.put_events([*alerts, PlantEvent("c2", "anomaly", "K", ago(3))])
    await records.put_codes([CodeName("OIL", "Oil analysis")])


async def test_orders_are_counted_by_code_and_kind_with_what_is_part_of_the_asset(works: Works):
    await recorded(works)
    found = await works.ask("order_statistics", asset="chiller 1")
    assert [(one.key, one.called, one.count, one.share) for one in found.rows] == [
        ("VIB", None, 13, 52.0), ("OIL", "Oil analysis", 12, 48.0),
    ]  # fmt: skip
    assert (found.total, found.kinds) == (25, {"corrective": 13, "preventive": 12})
    by_asset = await works.ask("order_statistics", by="asset", window="P30D")
    assert [(one.called, one.count) for one in by_asset.rows] == [("Chiller 1", 3), ("Chiller 2", 1), ("Motor 1", 1)]


async def test_events_are_counted_by_group_and_day_and_groups_without_any_are_told(works: Works):
    await recorded(works)
    groups = await works.ask("order_statistics", asset="c2", by="group")
    assert groups.groups == {"order": 1, "alert": 0, "anomaly": 1}
    days = await works.ask("order_statistics", asset="c1", by="day", groups=["alert", "anomaly"], window="P25D")
    assert [(one.key, one.count) for one in days.rows] == [("2026-02-10", 1), ("2026-02-20", 1)]


async def test_orders_close_together_are_bundles(works: Works):
    await recorded(works)
    found = await works.ask("order_statistics", asset="c1", by="bundle", window="P32D", days=14)
    assert [(one.first, one.numbers) for one in found.bundles] == [(ago(30), ["A-3", "A-2"])]
    assert (found.total, found.bundled) == (4, 2)


async def test_orders_follow_alerts_more_often_than_chance(works: Works):
    await recorded(works)
    found = await works.ask("order_sequences", asset="c1", after="alert", days=1)
    assert (found.first, found.followed, found.share) == (24, 24, 100.0)
    assert found.chance is not None
    assert found.chance < 15
    assert [(one.key, one.count) for one in found.then] == [("OIL", 12), ("VIB", 12)]
    nothing = await works.ask("order_sequences", asset="c2", after="alert")
    assert (nothing.first, nothing.share, nothing.chance) == (0, None, None)


async def test_the_next_order_is_what_followed_the_newest_code_and_says_how_sure(works: Works):
    await recorded(works)
    found = await works.ask("next_order", asset="c1")
    best = found.candidates[0]
    assert (found.last_number, found.last_code, best.code, best.count, best.of, best.share) == (
        "A-1", "OIL", "VIB", 11, 11, 100.0,
    )  # fmt: skip
    assert best.low < 100
    assert (found.basis, found.median_days, found.expected_at) == ("own", 10.0, ago(0))
    assert (found.right, found.tried, found.usual) == (3, 14, 0)
    alone = await works.ask("next_order", asset="c2")
    assert (alone.basis, [one.code for one in alone.candidates]) == ("alike", ["VIB"])
    with pytest.raises(NotFound):
        await works.ask("next_order", asset="c9")


async def test_failure_modes_are_the_sites_own_and_the_librarys(works: Works):
    await PlantRecords(works.history).put_modes([StatedMode("Chiller", "Condenser", "fouling")])
    found = await works.ask("failure_modes", asset="chiller 1")
    assert [one.mode for one in found.stated] == ["Condenser: fouling"]
    assert found.typical
    assert (await works.ask("failure_modes", asset="Chiller")).class_ == "Chiller"
