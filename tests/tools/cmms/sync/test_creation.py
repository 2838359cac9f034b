"""An order of ours is made there once, whatever becomes of the answers."""

import asyncio

import pytest

from graph_schema.errors import Unavailable
from tests.tools.cmms.sync.conftest import Both
from tools.cmms.outcomes import WrongKey
from tools.cmms.sync.record import SyncRecord


async def test_an_order_of_ours_is_made_there(both: Both):
    order = await both.opened_and_sent(priority="urgent", description="On the round.", assignee="Ann Lee")
    assert both.there["title"] == "Belt squeaks"
    assert both.there["asset"]["id"] == 12
    assert both.there["primaryUser"]["lastName"] == "Lee"
    assert f"[PR-0123ABCD-{order.number}]" in both.there["description"]
    assert (order.vendor, order.vendor_number, order.vendor_status) == ("atlas", "WO001001", "OPEN")
    link = await both.link(order.number)
    assert (link.state, link.problem, link.done) == ("linked", None, link.wanted)


async def test_it_is_made_once_over_several_runs_at_once(both: Both):
    await both.open()
    await asyncio.gather(*(both.sync.push() for _ in range(5)))
    await both.sync.push()
    assert (
        len(both.server.requests("POST", "/work-orders")) - len(both.server.requests("POST", "/work-orders/search"))
        == 1
    )


async def test_an_answer_that_is_lost_is_looked_up_and_the_order_joined(both: Both):
    order = await both.open()
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/work-orders"
    await both.sync.push()
    assert (await both.link(order.number)).state == "linked"
    assert both.there["title"] == "Belt squeaks"


async def test_what_cannot_be_found_after_a_lost_answer_waits_for_a_person_and_is_never_sent_again(both: Both):
    order = await both.open()
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/work-orders"
    kept = both.server.orders
    both.server.add = lambda **_: {"id": 1}  # it was not made  # pyright: ignore[reportAttributeAccessIssue]
    await both.sync.push()
    link = await both.link(order.number)
    assert link.state == "lost"
    assert "--not-made" in (link.problem or "")
    await both.again()
    await both.again()
    assert len([body for body in both.server.requests("POST", "/work-orders") if "title" in body]) == 1
    assert kept == {}


async def test_a_lost_order_that_turns_up_later_is_joined(both: Both):
    order = await both.open()
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/work-orders"
    add, held = both.server.add, list[dict[str, object]]()
    both.server.add = lambda **fields: held.append(fields) or {"id": 1}  # pyright: ignore[reportAttributeAccessIssue]
    await both.sync.push()
    assert (await both.link(order.number)).state == "lost"
    add(**held[0])
    await both.again()
    assert (await both.link(order.number)).state == "linked"


async def test_a_person_says_that_it_was_not_made(both: Both):
    order = await both.open()
    both.server.faults.down = 1
    both.server.faults.picks = lambda scope: True
    await both.sides.assets.matches(both.sides.cmms)
    both.server.faults.down = 0
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/work-orders"
    add = both.server.add
    both.server.add = lambda **_: {"id": 1}  # pyright: ignore[reportAttributeAccessIssue]
    await both.sync.push()
    both.server.add = add
    await both.record.unmake(order.number)
    await both.sync.push()
    assert (await both.link(order.number)).state == "linked"
    assert len(both.server.orders) == 1


async def test_a_process_that_died_while_it_made_one_is_looked_after(both: Both):
    order = await both.open()
    await both.sides.assets.matches(both.sides.cmms)
    await both.record.claim(order.number, {}, both.sides.clock())  # and then it died, before it sent anything
    await both.sync.push()
    assert (await both.link(order.number)).state == "lost"
    assert both.server.orders == {}


async def test_a_vendor_that_is_away_is_waited_for(both: Both):
    order = await both.open()
    await both.sides.assets.matches(both.sides.cmms)
    both.server.faults.busy, both.server.faults.retry_after = 1, "300"
    with pytest.raises(Unavailable):
        await both.sync.push()
    assert (await both.link(order.number)).state == "waiting"
    await both.again()
    assert (await both.link(order.number)).state == "linked"


async def test_a_wrong_key_ends_the_run_and_keeps_what_waits(both: Both):
    order = await both.open()
    await both.sides.assets.matches(both.sides.cmms)
    both.server.faults.picks = lambda scope: False
    async with both.place.open(key=type(both.place.access.key)("wrong")) as cmms:
        with pytest.raises(WrongKey):
            await both.with_cmms(cmms).push()
    assert (await both.link(order.number)).state == "waiting"


async def test_an_asset_without_a_match_waits_and_is_named(both: Both):
    both.server.assets[:] = [one for one in both.server.assets if one["id"] != 12]
    order = await both.open()
    await both.sync.push()
    link = await both.link(order.number)
    assert link.state == "waiting"
    assert "ahu-1" in (link.problem or "")
    assert both.server.orders == {}


async def test_an_order_without_a_licence_is_refused_and_tried_again_when_it_changes(both: Both):
    both.server.licensed = False
    order = await both.open()
    await both.sync.push()
    link = await both.link(order.number)
    assert link.state == "refused"
    assert "license" in (link.problem or "")
    both.server.licensed = True
    await both.again()
    assert both.server.orders == {}
    await both.change(order.number, priority="high")
    await both.sync.push()
    assert both.there["priority"] == "HIGH"


async def test_one_that_was_cancelled_before_is_not_made(both: Both):
    order = await both.open()
    await both.change(order.number, status="cancelled")
    await both.sync.push()
    assert both.server.orders == {}
    assert (await both.link(order.number)).state == "refused"


async def test_an_order_that_another_system_had_is_made_in_the_new_one(both: Both):
    order = await both.open()
    await SyncRecord(both.history, "maximo").wish(order.number, both.sides.key(order.number))
    await both.sync.push()
    assert both.server.orders == {}
    await both.wish(order.number)
    await both.sync.push()
    assert (await both.link(order.number)).state == "linked"
