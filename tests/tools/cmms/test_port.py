"""What every vendor's adapter does alike, over a server that behaves as its documentation says."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from graph_schema.errors import Unavailable
from tests.tools.cmms.conftest import KINDS, NOW, Place
from tests.tools.cmms.loopback.server import BEGIN
from tools.cmms.connection import Timeouts
from tools.cmms.outcomes import AnswerLost, Busy, MissingRight, NoSuchOrder, Refused, WrongAddress, WrongKey
from tools.cmms.port import Amendment, Cmms, Labor, NewOrder, PartUse, VendorOrder, position_at

KEY = "PR-0123ABCD-WO-12"
DUE = datetime(2026, 3, 9, 12, tzinfo=UTC)
LABOUR = Labor("L-1", "Ann Lee", 90, datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture(params=KINDS)
def vendor(request: pytest.FixtureRequest) -> str:
    return request.param


def new(place: Place, key: str = KEY) -> NewOrder:
    return NewOrder(key, "Belt squeaks on AHU-1", "Seen on the round.", "high", place.kind.asset, DUE)


async def changed(cmms: Cmms, position: str) -> tuple[list[VendorOrder], str]:
    """All of what changed since a position, and the next one."""
    found, more = list[VendorOrder](), True
    while more:
        page = await cmms.list_changed_since(position)
        position, more = page.position, page.more
        found += page.orders
    return found, position


async def test_an_order_is_made_with_its_asset_and_found_by_our_key(place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    read = await cmms.get(made.id)
    assert (read.title, read.status, read.priority, read.asset) == (
        "Belt squeaks on AHU-1",
        "open",
        "high",
        place.kind.asset,
    )
    assert read.description == "Seen on the round."
    assert (read.due, read.key) == (DUE, KEY)
    found = await cmms.found_by(KEY, BEGIN)
    assert found is not None
    assert found.id == made.id
    assert await cmms.found_by("PR-0123ABCD-WO-13", BEGIN) is None


async def test_a_status_is_set_and_the_vendors_own_word_stays_beside_it(place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    working = await cmms.set_status(made.id, "in_progress")
    assert working.status == "in_progress"
    done = await cmms.set_status(made.id, "done")
    assert done.status == "done"
    assert done.vendor_status not in ("", "done")
    assert len(place.server.orders) == 1


async def test_what_else_changes_keeps_the_key_and_everything_else(place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    later = DUE + timedelta(days=1)
    await cmms.amend(made.id, Amendment("Belt of AHU-1", "Replace it.", "low", later))
    amended = await cmms.get(made.id)
    assert (amended.title, amended.description, amended.priority) == ("Belt of AHU-1", "Replace it.", "low")
    assert (amended.due, amended.asset, amended.key) == (later, place.kind.asset, KEY)


async def test_what_changed_comes_over_all_pages_and_a_later_change_after_it(place: Place, cmms: Cmms):
    texts = {"maximo": "description", "fiix": "strDescription"}
    title = texts.get(place.access.vendor, "title")
    orders = [place.server.add(**{title: f"Order {number}"}) for number in range(230)]
    found, position = await changed(cmms, position_at(BEGIN))
    assert {one.title for one in found} == {f"Order {number}" for number in range(230)}
    place.server.clock.now = max(place.server.clock.now, NOW)
    place.server.touch(orders[3], **{title: "Order 3, again"})
    assert "Order 3, again" in {one.title for one in (await changed(cmms, position))[0]}


async def test_a_change_between_two_pages_is_not_missed(place: Place, cmms: Cmms):
    texts = {"maximo": "description", "fiix": "strDescription"}
    title = texts.get(place.access.vendor, "title")
    orders = [place.server.add(**{title: f"Order {number}"}) for number in range(230)]
    first = await cmms.list_changed_since(position_at(BEGIN))
    assert first.more
    place.server.touch(orders[0])  # it moves to the end of a list by time, and all others up
    rest, position = await changed(cmms, first.position)
    again, _ = await changed(cmms, position)
    assert {one.title for one in [*first.orders, *rest, *again]} == {f"Order {number}" for number in range(230)}


async def test_orders_of_one_moment_fill_several_pages(place: Place, cmms: Cmms):
    place.server.clock.step = timedelta(0)
    for _ in range(250):
        place.server.add()
    found, _ = await changed(cmms, position_at(BEGIN))
    assert len({one.id for one in found}) == 250


async def test_assets_are_listed(place: Place, cmms: Cmms):
    (asset,) = await cmms.assets()
    assert (asset.id, asset.name) == (place.kind.asset, "AHU-1")
    assert asset.code


async def test_a_wrong_key_is_told_and_named(place: Place):
    async with place.open(key=SecretStr("another")) as cmms:
        with pytest.raises(WrongKey, match="PLANTROOM_CMMS_KEY") as told:
            await cmms.assets()
    assert "another" not in str(told.value)


async def test_a_right_that_is_missing_is_told(place: Place, cmms: Cmms):
    place.server.forbidden = True
    with pytest.raises(MissingRight, match="does not let this key"):
        await cmms.assets()


async def test_an_asset_that_there_is_not_is_told(place: Place, cmms: Cmms):
    order = NewOrder(KEY, "Belt", asset="99")
    with pytest.raises((Refused, NoSuchOrder, AnswerLost), match=r"(?i)asset"):
        await cmms.create(order)


async def test_an_order_that_there_is_not_is_told(place: Place, cmms: Cmms):
    with pytest.raises(NoSuchOrder):
        await cmms.get("99")


async def test_a_login_page_at_the_address_is_told(place: Place, cmms: Cmms):
    place.server.faults.page = True
    with pytest.raises(WrongAddress, match="PLANTROOM_CMMS_URL"):
        await cmms.assets()


async def test_a_request_to_wait_is_followed(place: Place, cmms: Cmms):
    place.server.faults.busy = 2
    assert len(await cmms.assets()) == 1


async def test_a_long_wait_is_for_the_next_run(place: Place, cmms: Cmms):
    await cmms.assets()
    place.server.faults.busy, place.server.faults.retry_after = 1, "300"
    with pytest.raises(Busy) as told:
        await cmms.create(new(place))
    assert told.value.wait_s == 300
    assert place.server.orders == {}


async def test_reading_is_tried_again_three_times(place: Place, cmms: Cmms):
    await cmms.assets()
    place.server.faults.down = 2
    assert len(await cmms.assets()) == 1
    place.server.faults.down = 3
    with pytest.raises(Unavailable):
        await cmms.assets()


async def test_a_creation_whose_answer_is_lost_is_not_sent_again(place: Place, cmms: Cmms):
    await cmms.assets()
    place.server.faults.lost = 1
    with pytest.raises(AnswerLost):
        await cmms.create(new(place))
    assert len(place.server.orders) == 1
    found = await cmms.found_by(KEY, BEGIN)
    assert found is not None
    assert found.id in {one.id for one in [await cmms.get(found.id)]}


async def test_a_creation_that_fails_over_there_may_have_been_carried_out(place: Place, cmms: Cmms):
    await cmms.assets()
    place.server.faults.down = 1
    with pytest.raises(AnswerLost):
        await cmms.create(new(place))
    assert place.server.faults.down == 0


async def test_an_answer_that_does_not_come_in_time_is_lost(place: Place):
    async with place.open(timeouts=Timeouts(5, 0.3)) as cmms:
        if place.access.vendor == "upkeep":
            await cmms.assets()
        place.server.faults.silent = 1
        with pytest.raises(AnswerLost):
            await cmms.create(new(place))


@pytest.mark.parametrize("vendor", ["atlas", "maximo", "maintainx", "upkeep"])
async def test_a_person_is_assigned_by_name(vendor: str, place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    assigned = await cmms.assign(made.id, "Ann Lee")
    assert assigned.assignee in ("Ann Lee", "ALEE")
    with pytest.raises(Refused, match="Nobody Here"):
        await cmms.assign(made.id, "Nobody Here")
    assert (await cmms.get(made.id)).title == "Belt squeaks on AHU-1"


@pytest.mark.parametrize("vendor", ["atlas", "maximo", "maintainx"])
async def test_labour_and_parts_are_added_once_each(vendor: str, place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    assert not await cmms.has_line(made.id, LABOUR)
    await cmms.add_labor(made.id, LABOUR)
    assert await cmms.has_line(made.id, LABOUR)
    await cmms.add_parts(made.id, PartUse("L-2", "V-belt A42", 2))
    assert await cmms.has_line(made.id, PartUse("L-2", "V-belt A42", 2)) is (vendor != "atlas")


@pytest.mark.parametrize("vendor", ["upkeep", "fiix"])
async def test_what_a_description_has_no_call_for_is_refused(vendor: str, place: Place, cmms: Cmms):
    made = await cmms.create(new(place))
    with pytest.raises(Refused, match="no call to add labour"):
        await cmms.add_labor(made.id, LABOUR)
    assert not await cmms.has_line(made.id, LABOUR)
