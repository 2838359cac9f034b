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
  - {id: oil, task: Change the oil, class: Chiller, every: {days: 180}, last_done: 2025-09-01, parts: [{part: O-1, quantity: 8}],
     priority: high, assignee: bob, checklist: [Drain, Fill]}
  - {id: bearing, task: Grease the bearings, assets: [Chiller 1], every: {hours: 100}, last_done: 2026-02-20, parts: [{part: B-1}]}
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
    await _runs(planned)
    found = await planned.ask("maintenance_due")
    assert [(one.plan, one.asset.id, one.state) for one in found.tasks] == [
        ("oil", "c1", "overdue"), ("oil", "c2", "overdue"), ("bearing", "c1", "due"),
    ]  # fmt: skip
    assert (found.overdue, found.total, found.tasks[2].hours_run) == (2, 3, 120.0)
    assert found.notes == [
        "Of 1 tasks it cannot be told when they are due: nothing says how long the assets ran, or what they read."
    ]
    assert [one.plan for one in (await planned.ask("maintenance_due", asset="Chiller 2")).tasks] == ["oil"]


async def test_what_a_plan_names_and_the_plant_has_no_more_is_told_and_the_rest_is_due(planned: Works, tmp_path: Path):
    path = tmp_path / "more.yaml"
    path.write_text(
        "plans:\n"
        "  - {id: belts, task: Change the belts, assets: [Fan 9, Chiller 1], every: {days: 1}, last_done: 2025-09-01}\n"
        "  - {id: filters, task: Change the filters, class: Zeppelin, every: {days: 1}, last_done: 2025-09-01}\n",
        "utf-8",
    )
    await MaintenancePlans(planned.history).put(read_plans(path, UTC))
    found = await planned.ask("maintenance_due")
    assert [one.asset.id for one in found.tasks if one.plan == "belts"] == ["c1"]
    assert any("“belts”" in note and "Fan 9" in note for note in found.notes)
    assert any("“filters”" in note and "Zeppelin" in note for note in found.notes)
    assert any("“belts”" in note for note in (await planned.ask("spare_parts")).notes)


async def _runs(works: Works) -> None:
    """Every other hour of ten days."""
    start = NOW - timedelta(days=10)
    await works.history.write([
        Reading("c1/run", round((start + timedelta(hours=n)).timestamp() * 1000), value=float(n % 2))
        for n in range(240)
    ])  # fmt: skip


async def test_an_order_of_a_plan_takes_what_the_plan_says_of_it(planned: Works):
    wish = {"text": "Change the oil", "because": "plan"}
    await planned.do("create_work_order", asset="c1", reference="oil", **wish)
    found = await planned.ask("list_work_orders", number="1")
    (order,) = found.orders
    assert (order.kind, order.priority, order.assignee) == ("preventive", "high", "bob")
    assert [one.text for one in found.details.checklist] == ["Drain", "Fill"]
    with pytest.raises(InvalidInput, match="c2 has no plan “bearing”"):
        await planned.ask("create_work_order", asset="c2", reference="bearing", **wish)
    with pytest.raises(InvalidInput, match=r"Say which plan .* of c1 it is: bearing, oil"):
        await planned.ask("create_work_order", asset="c1", **wish)


async def test_parts_of_a_plan_by_hours_run_are_needed_as_often_as_it_comes_due(planned: Works):
    await _runs(planned)
    parts = {one.number: one for one in (await planned.ask("spare_parts", days=60)).parts}
    assert parts["B-1"].of_plans == 3  # now, and after each 25 days at 4 hours a day


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
