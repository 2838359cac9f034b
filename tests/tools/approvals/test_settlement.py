"""A person settles a proposal, and what was approved runs once."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from graph_schema.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from tests.tools.approvals.conftest import ANN, BOB, NOW, House
from tools.audit.log import AuditLog, Choice
from tools.context import Caller


async def test_an_approved_note_is_left_in_the_name_of_who_asked(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    done = await house.settlement.approve(1, ANN)
    assert (done.state, done.settled_by, done.outcome) == ("done", "ann", "A note is left at AHU-2")
    assert await house.history.fetch("select asset, author, text from note") == [
        {"asset": "a2", "author": "ann", "text": "Door is open."}
    ]
    kinds = ["proposed", "approved", "running", "done"]
    assert await house.changes() == [(f"proposal.{kind}", "P-1") for kind in kinds]


async def test_one_of_many_settles_it(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    settling = [house.settlement.approve(1, ANN) for _ in range(8)] + [
        house.settlement.reject(1, BOB) for _ in range(8)
    ]
    settled = await asyncio.gather(*settling, return_exceptions=True)
    assert [isinstance(one, NotAllowed) for one in settled].count(False) == 1
    state = (await house.record.get(1)).state
    assert len(await house.notes()) == (state == "done")


async def test_nobody_approves_their_own_wish_where_that_is_not_allowed(house: House) -> None:
    ann = Caller("ann", frozenset({"manager"}))
    await house.call("shut_valve", caller=ann, asset="AHU-2")
    with pytest.raises(NotAllowed, match=r"^P-1 is ann's own wish: somebody else has to approve it\.$"):
        await house.settlement.approve(1, ann)
    assert (house.ran, (await house.record.get(1)).state) == (0, "proposed")
    assert (await house.settlement.approve(1, BOB)).state == "done"
    assert house.ran == 1


async def test_only_its_roles_settle_it(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    for settle in (house.settlement.approve, house.settlement.reject):
        with pytest.raises(NotAllowed, match=r"^P-1 is for the role manager and above to settle\.$"):
            await settle(1, Caller("eve"))
    assert (await house.settlement.reject(1, BOB, "not now")).reason == "not now"
    with pytest.raises(NotAllowed, match=r"^P-1 cannot be settled any more: it is rejected by bob\.$"):
        await house.settlement.approve(1, BOB)
    assert house.ran == 0


async def test_time_passing_is_no_denial_and_no_approval(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    house.now = NOW + timedelta(hours=1)
    with pytest.raises(NotAllowed, match="it is expired"):
        await house.settlement.approve(1, BOB)
    expired = await house.record.get(1)
    assert (expired.state, expired.settled_by, house.ran) == ("expired", None, 0)


async def test_what_has_expired_by_now_is_shown_and_listed_so(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    assert (await house.settlement.shown(1)).state == "proposed"
    house.now = NOW + timedelta(hours=1)
    assert await house.settlement.listed(["proposed"], 10) == ([], 0)
    assert (await house.settlement.shown(1)).state == "expired"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (InvalidInput("No."), "failed"),
        (NotFound("No."), "failed"),
        (Unavailable("Away."), "ambiguous"),
        (ZeroDivisionError(), "ambiguous"),
        (TimeoutError(), "ambiguous"),
    ],
)
async def test_what_is_not_known_to_have_failed_waits_for_a_person(house: House, error: Any, state: str) -> None:
    house.shutting = error
    await house.call("shut_valve", asset="AHU-2")
    assert (await house.settlement.approve(1, BOB)).state == state
    await house.settlement.look_after()
    assert house.ran == 1
    if state == "ambiguous":
        again = await house.call("shut_valve", asset="AHU-2")
        assert (again.new, again.proposal.state) == (False, "ambiguous")
        assert (await house.settlement.close(1, BOB, happened=False)).state == "failed"
    with pytest.raises(NotAllowed, match="nothing to look after"):
        await house.settlement.close(1, BOB, happened=True)


async def test_a_caller_that_goes_away_does_not_stop_the_run(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    house.gate.clear()
    approving = asyncio.create_task(house.settlement.approve(1, BOB))
    await house.entered.wait()
    approving.cancel()
    house.gate.set()
    await house.settlement.aclose()
    assert ((await house.record.get(1)).state, house.ran) == ("done", 1)


async def test_what_was_approved_before_a_crash_runs_later(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    await house.record.approve(1, ANN, NOW)
    await asyncio.gather(*(house.settlement.look_after() for _ in range(4)))
    assert ((await house.record.get(1)).state, await house.notes()) == ("done", ["Door is open."])


async def test_a_run_that_lives_is_left_alone_and_a_lost_one_is_parked(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    await house.record.approve(1, ANN, NOW)
    async with house.record.held(1) as alone:
        assert alone
        await house.record.claim(1, NOW)
        await house.settlement.look_after()
        assert (await house.record.get(1)).state == "running"
    await house.settlement.look_after()
    assert (await house.record.get(1)).state == "ambiguous"
    assert await house.notes() == []
    assert (await house.settlement.close(1, ANN, happened=True)).state == "done"


async def test_the_database_itself_keeps_the_order(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    for change in (
        "state = 'done'",
        "state = 'running'",
        "arguments = '{}'",
        "approvers = '{operator}'",
        "own = false",
    ):
        with pytest.raises(psycopg.errors.RaiseException):
            await house.history.fetch(f"update proposal set {change}")


async def test_each_step_is_in_the_audit_log_with_who_took_it(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    await house.settlement.approve(1, BOB)
    await house.call("leave_note", asset="AHU-1", text="hunter2")
    house.now += timedelta(days=2)
    await house.settlement.look_after()
    kept = list(reversed(await AuditLog(house.history).newest(Choice(what="proposal"), 10)))
    assert [(one.what, one.who, one.proposal) for one in kept] == [
        ("proposal.proposed", "ann", 1),
        ("proposal.approved", "bob", 1),
        ("proposal.running", "bob", 1),
        ("proposal.done", "bob", 1),
        ("proposal.proposed", "ann", 2),
        ("proposal.expired", "nobody", 2),
    ]
    first = kept[0]
    assert (first.tool, first.model, first.conversation, first.evidence) == ("shut_valve", "scripted", "c-1", ["a"])
    assert {one.digest for one in kept[:4]} == {(await house.record.get(1)).wish.digest}
    assert "hunter2" not in str(kept)


async def test_who_tries_what_is_not_theirs_to_settle_is_in_the_audit_log(house: House) -> None:
    await house.call("shut_valve", asset="AHU-2")
    for settle in (house.settlement.approve, house.settlement.reject):
        with pytest.raises(NotAllowed):
            await settle(1, Caller("eve"))
    await house.settlement.reject(1, BOB)
    with pytest.raises(NotAllowed):
        await house.settlement.approve(1, BOB)
    kept = await AuditLog(house.history).newest(Choice(what="proposal.refused"), 10)
    assert [(one.who, one.proposal, one.tool) for one in kept] == [
        (who, 1, "shut_valve") for who in ("bob", "eve", "eve")
    ]
    assert kept[0].outcome == "P-1 cannot be settled any more: it is rejected by bob."
    assert kept[1].outcome == "P-1 is for the role manager and above to settle."
