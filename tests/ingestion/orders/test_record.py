"""A work order from its opening to its end: every change with who, when and what, in one transaction with its change in the stream."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from graph_schema.compiler import compile_query
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.orders.mirror import keep_mirrored, mirror_missing
from ingestion.orders.order import Check, Labour, PartUsed, WorkOrder
from ingestion.orders.work_orders import OrderFilter, WorkOrders

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
NODE = "MATCH (o:WorkOrder) OPTIONAL MATCH (o)-[:ABOUT]->(a) RETURN o.number AS number, o.open AS open, a.id AS asset"


@pytest.fixture
def orders(history: History) -> WorkOrders:
    return WorkOrders(history)


async def changes(history: History) -> list[tuple[str, str, str]]:
    rows = await history.fetch("select kind, subject, data->>'status' as status from change order by seq")
    return [(row["kind"], row["subject"], row["status"]) for row in rows]


async def test_our_own_orders_are_numbered_and_skip_numbers_that_an_import_took(orders: WorkOrders):
    await orders.put([WorkOrder("WO-2", "p-1", opened_at=NOW)])
    opened = [await orders.create(WorkOrder("", "p-1", text=text, source="person"), "ann", NOW) for text in "ab"]
    assert [one.number for one in opened] == ["WO-1", "WO-3"]
    assert (opened[0].opened_at, opened[0].opened_by, opened[0].status, opened[0].planned) == (
        NOW,
        "ann",
        "open",
        False,
    )
    with pytest.raises(InvalidInput, match="There is a work order WO-3 already"):
        await orders.create(WorkOrder("WO-3", "p-1"), "ann", NOW)


async def test_what_becomes_of_an_order_is_written_down_with_who_and_when(orders: WorkOrders, history: History):
    number = (await orders.create(WorkOrder("", "p-1", kind="inspection", source="person"), "ann", NOW)).number
    begun = await orders.change(number, {"status": "in_progress", "assignee": "bob"}, "ann", LATER)
    assert (begun.started_at, begun.planned) == (LATER, True)
    await orders.change(number, {"status": "in_progress"}, "eve", LATER)  # as it is already
    done = await orders.change(number, {"status": "done", "code": "VIB"}, "bob", LATER)
    assert (done.status, done.closed_at, await orders.get(number.lower())) == ("done", LATER, done)
    assert [(one.who, one.what, one.old, one.new) for one in await orders.events(number)] == [
        ("ann", "created", None, "open"), ("ann", "status", "open", "in_progress"), ("ann", "started_at", None, LATER.isoformat()),
        ("ann", "assignee", None, "bob"), ("bob", "closed_at", None, LATER.isoformat()), ("bob", "code", None, "VIB"),
        ("bob", "status", "in_progress", "done"),
    ]  # fmt: skip
    assert await changes(history) == [
        ("order.opened", number, "open"), ("order.changed", number, "in_progress"), ("order.closed", number, "done"),
    ]  # fmt: skip
    again = await orders.change(number, {"status": "open"}, "bob", LATER)
    assert (again.closed_at, (await changes(history))[-1][0]) == (None, "order.reopened")


async def test_what_happened_cannot_be_changed(orders: WorkOrders, history: History):
    await orders.create(WorkOrder("", "p-1"), "ann", NOW)
    for statement in ("update work_order_event set who = 'eve'", "delete from work_order_event"):
        with pytest.raises(psycopg.errors.RaiseException, match="cannot be changed"):
            await history.fetch(statement)


async def test_labour_parts_and_checklist_come_back_as_they_were(orders: WorkOrders):
    order = WorkOrder(
        "", "p-1", labour=(Labour("bob", 90, NOW, "alone"),), parts=(PartUsed("B-1", 2),),
        checklist=(Check("Isolate", True, "bob", NOW), Check("Grease")), due_at=LATER, planned_h=1.5,
    )  # fmt: skip
    stored = await orders.create(order, "ann", NOW)
    assert (stored.labour, stored.parts, stored.checklist) == (order.labour, order.parts, order.checklist)
    assert (stored.labour_h, stored.is_overdue(NOW), stored.is_overdue(LATER + timedelta(1))) == (1.5, False, True)


async def test_refused_changes_leave_the_order_as_it_was(orders: WorkOrders):
    number = (await orders.create(WorkOrder("", "p-1"), "ann", NOW)).number
    with pytest.raises(InvalidInput, match="has no colour to change"):
        await orders.change(number, {"colour": "red"}, "ann", NOW)
    with pytest.raises(InvalidInput, match="at most 4,000 characters"):
        await orders.change(number, {"text": "x" * 5000}, "ann", NOW)
    with pytest.raises(NotFound, match="no work order WO-9"):
        await orders.change("WO-9", {"text": "x"}, "ann", NOW)
    assert len(await orders.events(number)) == 1


async def test_two_people_at_once_lose_nothing(orders: WorkOrders):
    number = (await orders.create(WorkOrder("", "p-1"), "ann", NOW)).number
    wishes = [{"assignee": "bob"}, {"priority": "high"}, {"due_at": LATER}, {"remark": "x"}]
    await asyncio.gather(*(orders.change(number, one, "ann", NOW) for one in wishes))
    found = await orders.get(number)
    assert (found.assignee, found.priority, found.due_at, found.remark) == ("bob", "high", LATER, "x")
    assert len(await orders.events(number)) == 5


async def test_orders_are_found_by_what_is_asked(orders: WorkOrders):
    for asset, priority, due in (("a", "low", NOW), ("b", "urgent", LATER), ("c", "medium", None)):
        await orders.create(WorkOrder("", asset, priority=priority, due_at=due), "ann", NOW)
    await orders.change("WO-3", {"status": "done", "assignee": "Bob"}, "bob", LATER)

    async def found(**which: object) -> list[str]:
        return [one.number for one in (await orders.find(OrderFilter(**which)))[0]]  # pyright: ignore[reportArgumentType]

    assert await found() == ["WO-2", "WO-1", "WO-3"]
    assert await found(statuses=["open"], assets=["a", "c"]) == ["WO-1"]
    assert await found(due_before=LATER) == ["WO-1"]
    assert await found(assignee="bob") == ["WO-3"]
    assert await found(closed=(LATER, None)) == ["WO-3"]
    assert await found(closed=(None, LATER)) == []
    assert (await orders.find(OrderFilter(unassigned=True), limit=1))[1] == 2


async def test_an_import_keeps_what_it_does_not_tell(orders: WorkOrders, history: History):
    await orders.put([WorkOrder("7", "p-1", opened_at=NOW)])
    await orders.change("7", {"priority": "high", "status": "in_progress"}, "ann", LATER)
    assert (await orders.put([WorkOrder("7", "p-1", opened_at=NOW)])).changed == 0
    await orders.put([WorkOrder("7", "p-1", opened_at=NOW, text="leak")])
    known = await orders.get("7")
    assert (known.priority, known.status, known.text) == ("high", "in_progress", "leak")
    await orders.put([WorkOrder("7", "p-1", opened_at=NOW, closed_at=LATER, priority="low")], told=["priority"])
    known = await orders.get("7")
    assert (known.priority, known.status) == ("low", "done")
    assert [kind for kind, _, _ in await changes(history)].count("orders.imported") == 3


async def test_the_graph_has_each_order_at_its_asset(orders: WorkOrders, history: History, graph: GraphStore):
    await graph.write("CREATE (:Entity:Asset {id: 'p-1', name: 'Pump 1'}), (:Entity:Asset {id: 'p-2', name: 'Pump 2'})")
    await orders.put([WorkOrder("7", "p-1", opened_at=NOW), WorkOrder("8", "gone", closed_at=NOW)])
    assert await mirror_missing(graph, history) == 2
    assert {(row["number"], row["open"], row["asset"]) for row in await graph.read(NODE)} == {
        ("7", True, "p-1"), ("8", False, None),
    }  # fmt: skip
    following = asyncio.create_task(keep_mirrored(graph, history))
    try:
        await orders.change("7", {"asset": "p-2", "status": "cancelled"}, "ann", LATER)
        async with asyncio.timeout(30):
            while ("7", False, "p-2") not in {(r["number"], r["open"], r["asset"]) for r in await graph.read(NODE)}:  # noqa: ASYNC110 - the graph tells nobody
                await asyncio.sleep(0.05)
    finally:
        following.cancel()


async def test_questions_about_assets_can_ask_for_their_work(
    orders: WorkOrders, history: History, graph: GraphStore, ontology: Ontology
):
    await graph.write("UNWIND ['p-1', 'p-2', 'p-3'] AS id CREATE (:Entity:Asset {id: id, name: id, class: 'Pump'})")
    await orders.put([WorkOrder("7", "p-1", opened_at=NOW), WorkOrder("8", "p-2", closed_at=NOW)])
    await mirror_missing(graph, history)

    async def found(**query: list[str]) -> list[str]:
        statement = compile_query(AssetQuery(**query), ontology)  # pyright: ignore[reportArgumentType]
        (row,) = await graph.read(statement.text, **statement.parameters)
        return sorted(row["ids"])

    assert await found(has=["work_order"]) == ["p-1", "p-2"]
    assert await found(has=["open_work_order"]) == ["p-1"]
    assert await found(lacks=["work_order"]) == ["p-3"]


async def test_what_several_add_at_once_is_all_there(orders: WorkOrders):
    number = (await orders.create(WorkOrder("", "p-1", source="person"), "ann", NOW)).number

    def adding(who: str):
        return lambda order: {"labour": (*order.labour, Labour(who, 30, LATER))}

    people = [f"person {n}" for n in range(8)]
    await asyncio.gather(*(orders.change(number, adding(who), who, LATER) for who in people))
    assert sorted(one.who for one in (await orders.get(number)).labour) == people
