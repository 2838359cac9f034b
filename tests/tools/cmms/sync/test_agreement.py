"""What changes on one side comes to the other; what changes on both is shown, and nothing is overwritten."""

from datetime import timedelta

import pytest

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Labour, PartUsed
from tests.tools.cmms.conftest import NOW
from tests.tools.cmms.sync.conftest import Both
from tools.cmms.sync.settlement import settle


async def test_what_changes_here_goes_there(both: Both):
    order = await both.opened_and_sent()
    await both.change(order.number, status="in_progress", priority="low", text="Belt of AHU-1", assignee="Bo Sun")
    await both.sync.push()
    there = both.there
    assert (there["status"], there["priority"], there["title"]) == ("IN_PROGRESS", "LOW", "Belt of AHU-1")
    assert there["primaryUser"]["firstName"] == "Bo"
    assert there["asset"]["id"] == 12  # what was not changed is still there


async def test_what_changes_there_comes_here_with_its_own_word(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, status="COMPLETE", feedback="New belt", completedOn="2026-03-02T19:00:00.000+00:00")
    await both.poll()
    done = await both.orders.get(order.number)
    assert (done.status, done.vendor_status, done.remark) == ("done", "COMPLETE", "New belt")
    assert done.closed_at == NOW + timedelta(hours=1)
    assert [one.who for one in await both.orders.events(order.number)][-1] == "Atlas CMMS"


async def test_a_priority_that_the_vendor_does_not_know_stays_ours(both: Both):
    order = await both.opened_and_sent(priority="urgent")
    assert both.there["priority"] == "HIGH"
    await both.poll()
    assert (await both.orders.get(order.number)).priority == "urgent"


async def test_both_changed_is_a_conflict_and_neither_is_overwritten(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, priority="LOW", status="IN_PROGRESS")
    await both.change(order.number, priority="high")
    await both.sync.push()
    (conflict,) = await both.record.conflicts()
    assert (conflict.field, conflict.before, conflict.ours, conflict.theirs) == ("priority", "medium", "high", "low")
    assert both.there["priority"] == "LOW"
    kept = await both.orders.get(order.number)
    assert (kept.priority, kept.status) == ("high", "in_progress")  # the rest goes on
    await both.poll()
    assert len(await both.record.conflicts()) == 1


@pytest.mark.parametrize(("keep", "here", "there"), [("ours", "high", "HIGH"), ("theirs", "low", "LOW")])
async def test_a_person_settles_it(both: Both, keep: str, here: str, there: str):
    order = await both.opened_and_sent()
    both.server.touch(both.there, priority="LOW")
    await both.change(order.number, priority="high")
    await both.sync.push()
    (conflict,) = await both.record.conflicts()
    await settle(both.sync, conflict.id, keep, "ann")  # pyright: ignore[reportArgumentType]
    assert ((await both.orders.get(order.number)).priority, both.there["priority"]) == (here, there)
    assert await both.record.conflicts() == []
    with pytest.raises(InvalidInput, match="settled by ann"):
        await settle(both.sync, conflict.id, "ours", "bo")


async def test_a_conflict_ends_when_both_come_to_the_same(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, priority="LOW")
    await both.change(order.number, priority="high")
    await both.sync.push()
    both.server.touch(both.there, priority="HIGH")
    await both.poll()
    assert await both.record.conflicts() == []
    (one,) = await both.record.conflicts(every=True)
    assert one.kept == "same"


async def test_a_conflict_ends_when_one_side_goes_back(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, priority="LOW")
    await both.change(order.number, priority="high")
    await both.sync.push()
    both.server.touch(both.there, priority="MEDIUM")
    await both.poll()
    assert await both.record.conflicts() == []
    assert both.there["priority"] == "HIGH"
    assert (await both.orders.get(order.number)).priority == "high"


async def test_what_the_vendor_does_not_take_is_told_and_not_sent_again(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, requiredSignature=True)
    await both.poll()
    await both.change(order.number, status="done")
    await both.sync.push()
    link = await both.link(order.number)
    assert "signature" in (link.problem or "")
    asked = len(both.server.seen)
    await both.again()
    assert len(both.server.seen) == asked
    assert both.there["status"] == "OPEN"


async def test_a_status_that_the_vendor_has_no_word_for_is_told(both: Both):
    order = await both.opened_and_sent()
    await both.change(order.number, status="cancelled")
    await both.sync.push()
    assert "means cancelled" in ((await both.link(order.number)).problem or "")


async def test_a_person_whom_the_vendor_does_not_know_holds_up_nothing_else(both: Both):
    order = await both.opened_and_sent(assignee="Somebody Else")
    assert "Somebody Else" in ((await both.link(order.number)).problem or "")
    await both.change(order.number, status="in_progress")
    await both.sync.push()
    assert both.there["status"] == "IN_PROGRESS"


async def test_an_order_that_was_deleted_there_is_told(both: Both):
    order = await both.opened_and_sent()
    both.server.orders.clear()
    await both.change(order.number, priority="high")
    await both.sync.push()
    link = await both.link(order.number)
    assert (link.state, "deleted" in (link.problem or "")) == ("gone", True)


async def test_labour_and_parts_go_once(both: Both):
    order = await both.opened_and_sent()
    labour = (Labour("Ann Lee", 90, NOW),)
    await both.change(order.number, labour=labour, parts=(PartUsed("V-belt A42", 2), PartUsed("V-belt A42", 2)))
    await both.sync.push()
    await both.change(order.number, priority="high")
    await both.sync.push()
    assert [one["duration"] for one in both.server.lines if "duration" in one] == [5400]  # seconds
    assert [one["quantity"] for one in both.server.lines if "quantity" in one] == [2, 2]


async def test_labour_whose_answer_is_lost_is_looked_for(both: Both):
    order = await both.opened_and_sent()
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/labors"
    await both.change(order.number, labour=(Labour("Ann Lee", 90, NOW),))
    await both.sync.push()
    assert [one.state for one in await both.record.lines(order.number)] == ["sent"]
    assert len(both.server.lines) == 1


async def test_a_part_whose_answer_is_lost_waits_for_a_person(both: Both):
    order = await both.opened_and_sent()
    both.server.faults.lost = 1
    both.server.faults.picks = lambda scope: scope["path"] == "/part-quantities"
    await both.change(order.number, parts=(PartUsed("V-belt A42", 2),))
    await both.sync.push()
    await both.again()
    (line,) = await both.record.lines(order.number)
    assert (line.state, line.said) == ("lost", "2 × V-belt A42")
    assert len(both.server.lines) == 1


async def test_a_part_that_there_is_not_is_told(both: Both):
    order = await both.opened_and_sent()
    await both.change(order.number, parts=(PartUsed("Gearbox", 1),))
    await both.sync.push()
    (line,) = await both.record.lines(order.number)
    assert (line.state, "Gearbox" in (line.problem or "")) == ("refused", True)
