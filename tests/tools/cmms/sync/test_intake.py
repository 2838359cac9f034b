"""Orders that somebody made there come here, by polls and webhooks, in whatever order they are told."""

import random

from ingestion.orders.order import WorkOrder
from tests.tools.cmms.conftest import NOW
from tests.tools.cmms.sync.conftest import PLANT, Both
from tools.cmms.port import key_of

AHU_1 = {"id": 12, "name": "AHU-1"}


async def test_an_order_that_was_made_there_comes_in_under_its_number(both: Both):
    both.server.add(
        title="Filter", asset=AHU_1, priority="HIGH", status="IN_PROGRESS", parentPreventiveMaintenance={"id": 3}
    )
    await both.poll()
    order = await both.orders.get("WO001001")
    assert (order.asset, order.text, order.kind) == ("ahu-1", "Filter", "preventive")
    assert (order.priority, order.status, order.source) == ("high", "in_progress", "cmms")
    await both.poll()
    await both.poll()
    assert len(await both.orders.list()) == 1


async def test_one_of_an_asset_that_is_none_of_ours_waits_until_it_is_matched(both: Both):
    both.server.assets.append({"id": 77, "name": "Old name", "customId": "A77"})
    both.server.add(title="Filter", asset={"id": 77, "name": "Old name"})
    await both.poll()
    assert await both.orders.list() == []
    (left,) = await both.record.left_out()
    assert (left.vendor_number, left.asset) == ("WO001001", "77")
    both.server.assets[:] = [{"id": 77, "name": "AHU-1", "customId": "A77"}]
    await both.sides.assets.matches(both.sides.cmms, anew=True)
    await both.poll()
    assert [one.number for one in await both.orders.list()] == ["WO001001"]
    assert await both.record.left_out() == []


async def test_one_that_a_file_brought_in_before_is_the_same(both: Both):
    await both.orders.put([WorkOrder("WO001001", "ahu-1", text="Filter", opened_at=NOW)])
    both.server.add(title="Filter", asset=AHU_1)
    await both.poll()
    (order,) = await both.orders.list()
    assert (order.vendor, order.source) == ("atlas", "import")


async def test_a_number_that_is_taken_by_something_else_gets_one_of_ours(both: Both):
    await both.orders.put([WorkOrder("WO001001", "ahu-2", text="Another", opened_at=NOW)])
    both.server.add(title="Filter", asset=AHU_1)
    await both.poll()
    order = await both.orders.of_vendor("atlas", "WO001001")
    assert order is not None
    assert order.number.startswith("WO-")


async def test_an_order_of_another_plant_with_the_same_number_is_not_taken_for_ours(both: Both):
    ours = await both.opened_and_sent()
    foreign = key_of("ffffffffffffffff", ours.number)
    both.server.add(title="Of another", description=f"x [{foreign}]", asset=AHU_1)
    await both.poll()
    assert (await both.orders.get(ours.number)).text == "Belt squeaks"
    assert len(await both.orders.list()) == 2


async def test_a_poll_goes_on_where_it_came_to(both: Both):
    for _ in range(130):
        both.server.add(title="Filter", asset=AHU_1)
    await both.poll()
    before = len(both.server.requests("POST", "/work-orders/search"))
    both.server.touch(next(iter(both.server.orders.values())), title="Filter, again")
    await both.poll()
    assert len(both.server.requests("POST", "/work-orders/search")) - before <= 3
    assert (await both.orders.get("WO001001")).text == "Filter, again"


async def test_webhooks_in_any_order_and_again_come_to_what_is_there(both: Both):
    order = await both.opened_and_sent()
    bodies = [f'{{"workOrderId": {both.there["id"]}, "n": {number}}}'.encode() for number in range(6)]
    both.server.touch(both.there, status="COMPLETE")
    for body in random.Random(4).sample([*bodies, *bodies], 12):
        await both.record.receive(body, str(both.there["id"]), both.sides.clock())
    assert await both.record.waiting_hooks() == 6
    asked = len(both.server.seen)
    await both.sync.hooks()
    assert (await both.orders.get(order.number)).status == "done"
    assert len(both.server.seen) == asked + 1  # one reading for all of them
    await both.sync.hooks()
    assert len(both.server.seen) == asked + 1
    for body in bodies:  # replayed
        assert not await both.record.receive(body, str(both.there["id"]), both.sides.clock())
    assert await both.record.waiting_hooks() == 0


async def test_a_webhook_of_an_order_that_there_is_not_is_over(both: Both):
    await both.record.receive(b"{}", "4711", both.sides.clock())
    await both.sync.hooks()
    assert await both.record.waiting_hooks() == 0


async def test_an_order_with_a_fault_holds_up_no_other(both: Both):
    both.server.add(title="Filter", asset=AHU_1, status="OPEN", dueDate="no date")
    good = both.server.add(title="Belt", asset=AHU_1)
    both.server.orders["1001"]["updatedAt"] = both.server.orders["1001"]["updatedAt"]
    await both.record.receive(b"1", "1001", both.sides.clock())
    await both.record.receive(b"2", str(good["id"]), both.sides.clock())
    await both.sync.hooks()
    assert [one.text for one in await both.orders.list()] == ["Belt"]
    assert await both.record.waiting_hooks() == 1


async def test_an_order_of_ours_that_was_lost_is_joined_when_it_is_seen(both: Both):
    order = await both.open()
    await both.sides.assets.matches(both.sides.cmms)
    await both.record.claim(order.number, {"status": "open"}, both.sides.clock())
    both.server.add(title="Belt squeaks", description=f"[{key_of(PLANT, order.number)}]", asset=AHU_1)
    await both.poll()
    assert (await both.link(order.number)).state == "linked"
    assert len(await both.orders.list()) == 1


async def test_what_a_person_writes_behind_the_key_comes_here_without_it(both: Both):
    order = await both.opened_and_sent(description="On the round.")
    both.server.touch(both.there, description=f"{both.there['description']} Ordered a belt.")
    await both.poll()
    assert (await both.orders.get(order.number)).description == "On the round. Ordered a belt."


async def test_an_order_of_ours_whose_link_is_gone_is_not_taken_for_a_new_one(both: Both):
    order = await both.orders.create(WorkOrder("", "ahu-1", text="Belt", source="person"), "ann", both.sides.clock())
    both.server.add(title="Belt", description=f"[{key_of(PLANT, order.number)}]", asset=AHU_1, status="ON_HOLD")
    await both.poll()
    assert [one.number for one in await both.orders.list()] == [order.number]
    assert (await both.link(order.number)).vendor_id == "1001"


async def test_the_order_of_a_check_stays_there(both: Both):
    both.server.add(title="Plantroom tries", description=f"[{key_of(PLANT, 'check-20260302')}]", asset=AHU_1)
    await both.poll()
    assert await both.orders.list() == []
