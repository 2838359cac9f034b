"""A call of a tool that changes something is written down, once."""

import asyncio
from datetime import timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from tests.tools.approvals.conftest import NOW, House
from tools.approvals.proposal import Found, id_of
from tools.context import Caller


async def test_a_wish_is_a_row_with_all_that_is_needed_to_settle_it(house: House) -> None:
    found = await house.call("leave_note", asset="ahu-2", text="Door is open.")
    assert (found.new, found.proposal.state, found.proposal.asked_by) == (True, "proposed", "ann")
    assert found.notes == [
        "I propose to leave this note on AHU-2: “Door is open.”. It waits for approval (proposal P-1)."
    ]
    row = await house.record.get(1)
    wish = row.wish
    assert (wish.tool, wish.arguments) == ("leave_note", {"asset": "a2", "text": "Door is open."})
    assert (wish.model, wish.conversation, wish.evidence) == ("scripted", "c-1", [Found("a", "AHU-2 is at 13.2 °C")])
    assert (wish.assets, wish.expires_at - wish.proposed_at) == (["a2"], timedelta(days=1))
    assert await house.notes() == []
    assert await house.changes() == [("proposal.proposed", "P-1")]


async def test_the_same_wish_in_one_conversation_is_one_row(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    again = await house.call("leave_note", asset="a2", text="Door is open.")
    assert (again.new, again.proposal.id) == (False, "P-1")
    others = [
        await house.call("leave_note", asset="a2", text="Door is open.", conversation="c-2"),
        await house.call("leave_note", asset="a2", text="Door is open!"),
        await house.call("leave_note", asset="a1", text="Door is open."),
        await house.call("leave_note", asset="a2", text="Door is open.", caller=Caller("eve")),
    ]
    assert len({one.proposal.id for one in others} | {"P-1"}) == 5


async def test_many_at_once_are_one_row(house: House) -> None:
    wishes = [house.call("leave_note", asset="AHU-2", text="Door is open.") for _ in range(12)]
    found = await asyncio.gather(*wishes)
    assert len({one.proposal.id for one in found}) == 1
    assert [one.new for one in found].count(True) == 1


async def test_a_wish_that_was_rejected_is_not_asked_for_again_in_its_conversation(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    await house.settlement.reject(1, Caller("bob"), "no")
    again = await house.call("leave_note", asset="AHU-2", text="Door is open.")
    assert (again.proposal.id, again.proposal.state) == ("P-1", "rejected")
    assert again.notes == ["The proposal P-1 to leave this note on AHU-2: “Door is open.” was rejected."]


async def test_what_was_done_is_a_new_wish_in_a_later_question_alone(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    await house.settlement.approve(1, Caller("bob"))
    assert await house.notes() == ["Door is open."]
    within = await house.call("leave_note", asset="AHU-2", text="Door is open.", asked_at=NOW - timedelta(minutes=1))
    assert (within.new, within.proposal.id, within.proposal.state) == (False, "P-1", "done")
    later = await house.call("leave_note", asset="AHU-2", text="Door is open.", asked_at=NOW + timedelta(minutes=1))
    assert (later.new, later.proposal.state) == (True, "proposed")


async def test_what_expired_may_be_asked_for_again(house: House) -> None:
    await house.call("leave_note", asset="AHU-2", text="Door is open.")
    house.now = NOW + timedelta(days=2)
    again = await house.call("leave_note", asset="AHU-2", text="Door is open.")
    assert again.new
    assert (await house.record.get(1)).state == "expired"
    assert ("proposal.expired", "P-1") in await house.changes()


async def test_what_could_never_be_done_is_no_proposal(house: House) -> None:
    with pytest.raises(NotFound, match="nothing called “AHU-9”"):
        await house.call("leave_note", asset="AHU-9", text="Hello.")
    with pytest.raises(InvalidInput, match="“text”"):
        await house.call("leave_note", asset="AHU-2", text="x" * 2001)
    assert await house.changes() == []


async def test_what_is_shown_leads_nowhere_and_what_is_kept_is_whole(house: House) -> None:
    text = "Call +49 170 1234567\nor see <b>https://evil.example/x</b> and [this](http://evil.example)."
    found = await house.call("leave_note", asset="AHU-2", text=text)
    assert found.proposal.what == "leave this note on AHU-2: “Call … or see …… and ….”"
    assert (await house.record.get(1)).wish.arguments["text"] == text


@pytest.mark.parametrize(("name", "id_"), [("P-12", 12), ("p-12", 12), (" 12 ", 12)])
def test_a_proposal_goes_by_its_number(name: str, id_: int) -> None:
    assert id_of(name) == id_


def test_what_is_no_proposal_is_said() -> None:
    with pytest.raises(InvalidInput, match="they go by P- and a number"):
        id_of("the pump")
