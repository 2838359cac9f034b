"""Plans that come due by the calendar, by hours run and by a reading, and the parts that they and failures will take."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from forecasting.failure_forecast import Failing, put_failing
from graph_schema.errors import InvalidInput
from ingestion.orders.plans import MaintenancePlans, read_plans
from ingestion.reading import Reading
from tests.tools.catalogue.work.conftest import NOW, Works

UTC = ZoneInfo("UTC")
PLANS = """
plans:
  - {id: oil, task: Change the oil, class: Chiller, every: {days: 180}, last_done: 2025-09-01, parts: [{part: O-1, quantity: 8}]}
  - {id: bearing, task: Grease the bearings, assets: [Chiller 1], every: {hours: 100}, last_done: 2026-02-20}
  - {id: strainer, task: Clean the strainer, assets: [c2], when: {quantity: run_status, above: 0.5}}
parts:
  - {number: O-1, name: Oil, unit: l, stock: 10, lead_days: 14, supplier: Oilworks}
  - {number: B-1, name: Bearing, stock: 1, lead_days: 30, fits: [{class: Chiller}]}
"""


@pytest.fixture
async def planned(works: Works, tmp_path: Path) -> Works:
    path = tmp_path / "plans.yaml"
    path.write_text(PLANS, "utf-8")
    await MaintenancePlans(works.history).put(read_plans(path, UTC))
    return works


async def test_what_is_due_by_the_calendar_by_hours_and_what_cannot_be_told(planned: Works):
    start = NOW - timedelta(days=10)
    hours = [
        Reading("c1/run", round((start + timedelta(hours=n)).timestamp() * 1000), value=float(n % 2))
        for n in range(240)
    ]
    await planned.history.write(hours)
    found = await planned.ask("maintenance_due")
    assert [(one.plan, one.asset.id, one.state) for one in found.tasks] == [
        ("oil", "c1", "overdue"), ("oil", "c2", "overdue"), ("bearing", "c1", "due"),
    ]  # fmt: skip
    assert (found.overdue, found.total, found.tasks[2].hours_run) == (2, 3, 120.0)
    assert found.notes == [
        "Of 1 tasks it cannot be told when they are due: nothing says how long the assets ran, or what they read."
    ]
    assert [one.plan for one in (await planned.ask("maintenance_due", asset="Chiller 2")).tasks] == ["oil"]


async def test_an_order_of_a_plan_that_is_done_moves_it_on(planned: Works):
    await planned.do("create_work_order", asset="c1", text="Change the oil", because="plan", reference="oil")
    assert {one.asset.id: one.order for one in (await planned.ask("maintenance_due")).tasks} == {
        "c1": "WO-1",
        "c2": None,
    }
    await planned.do("close_work_order", number="WO-1")
    assert [one.asset.id for one in (await planned.ask("maintenance_due")).tasks] == ["c2"]


async def test_parts_that_plans_and_failures_will_take(planned: Works):
    await put_failing(planned.graph, [Failing("c1", 30, NOW, 0.5), Failing("c2", 30, NOW, 0.9)])
    found = await planned.ask("spare_parts", days=60)
    assert [(one.number, one.of_plans, one.of_failures, one.in_lead_time, one.to_order) for one in found.parts] == [
        ("O-1", 16, 0, 16, 6), ("B-1", 0, 2.0, 1.4, 0.4),
    ]  # fmt: skip
    assert (found.short, (await planned.ask("spare_parts", words="bear")).total) == (2, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("plans: [{id: a, task: b, class: AHU}]", "needs every"),
        ("plans: [{id: a, task: b, every: {days: 3}}]", "needs assets or a class"),
        ("plans: [{id: a, task: b, class: AHU, every: {days: -3}}]", "plans.0.every.days"),
        ("plans: [{id: a, task: b, class: AHU, every: {weeks: 3}}]", "plans.0.every.weeks"),
        (
            "plans: [{id: a, task: b, class: A, every: {days: 1}}, {id: a, task: b, class: A, every: {days: 1}}]",
            "plan a more than once",
        ),
        ("- 1", "must hold the sections plans and parts"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, why: str):
    path = tmp_path / "plans.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=why):
        read_plans(path, UTC)
