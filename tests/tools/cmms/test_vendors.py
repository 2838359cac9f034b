"""What is odd about each vendor, and what an adapter makes of it."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from graph_schema.errors import InvalidInput
from tests.tools.cmms.conftest import KINDS, Place
from tests.tools.cmms.loopback.server import BEGIN
from tools.cmms.access import Access
from tools.cmms.outcomes import CannotExpress, MissingRight, NoSuchOrder, NotMade, Refused, WrongKey
from tools.cmms.port import Amendment, Cmms, Labor, NewOrder, PartUse
from tools.cmms.vendors import vendor_of

KEY = "PR-0123ABCD-WO-12"
NEW = NewOrder(KEY, "Belt squeaks")
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


# Atlas CMMS


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_counts_labour_in_seconds(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    await cmms.add_labor(made.id, Labor("L-1", "Ann Lee", 90, AT))
    (line,) = place.server.lines
    assert (line["duration"], line["assignedTo"], line["startedAt"]) == (5400, {"id": 7}, "2026-03-02T09:30:00.000Z")


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_is_never_sent_a_status_of_nothing(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    with pytest.raises(CannotExpress, match="PLANTROOM_CMMS_STATUSES"):
        await cmms.set_status(made.id, "cancelled")
    assert place.server.requests("PATCH", "/work-orders") == []


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_wants_a_signature(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    place.server.orders[made.id]["requiredSignature"] = True
    with pytest.raises(Refused, match="signature"):
        await cmms.set_status(made.id, "done")
    assert (await cmms.set_status(made.id, "in_progress")).status == "in_progress"


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_without_a_licence_says_so(place: Place, cmms: Cmms):
    place.server.licensed = False
    with pytest.raises(MissingRight, match="license"):
        await cmms.create(NEW)


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_patches_keep_what_they_do_not_name(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    order = place.server.orders[made.id]
    order.update(location={"id": 4, "name": "Roof"}, assignedTo=[{"id": 8}], files=[{"id": 9}], estimatedDuration=2.5)
    await cmms.amend(made.id, Amendment(priority="high"))
    assert (order["location"], order["assignedTo"], order["files"]) == ({"id": 4}, [{"id": 8}], [{"id": 9}])
    assert (order["title"], order["estimatedDuration"]) == ("Belt squeaks", 2.5)


@pytest.mark.parametrize("vendor", ["atlas"])
async def test_atlas_carries_the_key_in_a_custom_field(place: Place):
    async with place.open(key_field="21") as cmms:
        made = await cmms.create(NewOrder(KEY, "Belt squeaks", "Seen."))
        assert place.server.orders[made.id]["description"] == "Seen."
        found = await cmms.found_by(KEY, BEGIN)
    assert found is not None
    assert found.id == made.id


# IBM Maximo


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_goes_from_rung_to_rung(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    done = await cmms.set_status(made.id, "done")
    assert (done.status, done.vendor_status) == ("done", "COMP")
    assert [body["status"] for body in place.server.requests("POST", "/maximo/api/os/mxapiwodetail/")] == [
        "APPR",
        "INPRG",
        "COMP",
    ]


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_rules_that_undo_a_change_in_silence_are_noticed(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    place.server.silent_rule = "INPRG"
    with pytest.raises(NotMade, match="APPR") as told:
        await cmms.set_status(made.id, "done")
    assert "without an error" in str(told.value)
    assert place.server.orders[made.id]["status"] == "APPR"


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_says_which_change_of_status_it_does_not_allow(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    place.server.orders[made.id].update(status="CLOSE", status_maxvalue="CLOSE")
    with pytest.raises(Refused, match="BMXAA4590E"):
        await cmms.set_status(made.id, "in_progress")


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_knows_a_sites_own_word_by_what_it_stands_for(place: Place, cmms: Cmms):
    order = place.server.add(description="x", status="WAITPART", status_maxvalue="WMATL")
    found = await cmms.get(order["href"].rpartition("/")[2])
    assert (found.status, found.vendor_status) == ("on_hold", "WAITPART")


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_lines_are_added_and_not_replaced(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    await cmms.add_labor(made.id, Labor("L-1", "Ann Lee", 90, AT))
    await cmms.add_labor(made.id, Labor("L-2", "ALEE", 30, AT))
    await cmms.add_parts(made.id, PartUse("L-3", "V-A42", 2))
    order = place.server.orders[made.id]
    assert [(one["laborcode"], one["regularhrs"]) for one in order["labtrans"]] == [("ALEE", 1.5), ("ALEE", 0.5)]
    assert order["matusetrans"][0]["itemnum"] == "V-A42"


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_keeps_the_key_within_a_short_description(place: Place, cmms: Cmms):
    made = await cmms.create(NewOrder(KEY, "A belt that squeaks " * 10))
    assert len(place.server.orders[made.id]["description"]) <= 100
    assert (await cmms.get(made.id)).key == KEY


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_needs_a_site(place: Place):
    with pytest.raises(InvalidInput, match="PLANTROOM_CMMS_SITE"):
        async with place.open(site=""):
            pass


@pytest.mark.parametrize("vendor", ["maximo"])
async def test_maximo_where_clauses_cannot_be_broken_out_of(place: Place, cmms: Cmms):
    with pytest.raises(Refused, match="no person"):
        await cmms.assign((await cmms.create(NEW)).id, 'X" or personid="ALEE')


@pytest.mark.parametrize("vendor", ["maximo"])
@pytest.mark.parametrize("id_", ["../mxapiasset", "_A/../../x", "a?b=c"])
async def test_maximo_ids_lead_nowhere_else(place: Place, cmms: Cmms, id_: str):
    with pytest.raises(Refused):
        await cmms.get(id_)
    assert place.server.seen == []


# MaintainX


@pytest.mark.parametrize("vendor", ["maintainx"])
async def test_maintainx_is_gone_through_by_its_cursor(place: Place, cmms: Cmms):
    place.server.most = 7
    for number in range(20):
        place.server.add(title=f"Order {number}")
    made = await cmms.create(NEW)
    found = await cmms.found_by(KEY, BEGIN)
    assert found is not None
    assert found.id == made.id
    cursors = [path for _, path, _ in place.server.seen if path.endswith("/workorders")]
    assert len(cursors) >= 4


@pytest.mark.parametrize("vendor", ["maintainx"])
async def test_maintainx_gets_labour_and_parts_as_comments_with_their_keys(place: Place, cmms: Cmms):
    made = await cmms.create(NEW)
    await cmms.add_labor(made.id, Labor("L-1", "Ann Lee", 90, AT))
    await cmms.add_parts(made.id, PartUse("L-2", "V-belt", 2))
    told = [one["content"] for one in place.server.lines]
    assert told == ["Labour by Ann Lee: 90 min from 2026-03-02 09:30 UTC [L-1]", "Part V-belt: 2 [L-2]"]


# Descriptions


@pytest.mark.parametrize("vendor", ["upkeep"])
async def test_upkeep_logs_in_anew_when_its_session_runs_out(place: Place, cmms: Cmms):
    await cmms.assets()
    place.server.expire()
    assert len(await cmms.assets()) == 1
    assert place.server.logins == 2


@pytest.mark.parametrize("vendor", ["fiix"])
async def test_fiix_errors_come_with_a_code_of_success(place: Place, cmms: Cmms):
    await cmms.create(NEW)
    async with place.open(app_key=SecretStr("macmmsackp2")) as other:
        with pytest.raises(WrongKey, match="PLANTROOM_CMMS_KEY"):
            await other.assets()


@pytest.mark.parametrize("vendor", ["fiix"])
async def test_fiix_joins_the_asset_to_the_order(place: Place, cmms: Cmms):
    made = await cmms.create(NewOrder(KEY, "Belt squeaks", asset="12"))
    assert place.server.orders[made.id]["strAssetIds"] == "12"
    assert [body["className"] for body in place.server.requests("POST", "/api/") if body["_maCn"] == "AddRequest"] == [
        "WorkOrder",
        "WorkOrderAsset",
    ]


@pytest.mark.parametrize("vendor", ["upkeep"])
@pytest.mark.parametrize("id_", ["..", "../users", "a/b"])
async def test_ids_of_described_vendors_lead_nowhere_else(place: Place, cmms: Cmms, id_: str):
    with pytest.raises((Refused, NoSuchOrder)):
        await cmms.get(id_)
    assert all(path.startswith(("/api/v2/auth", "/api/v2/work-orders/")) for _, path, _ in place.server.seen)


def test_no_secret_shows_in_what_is_printed():
    access = Access("atlas", "http://x", SecretStr("very-secret"), app_key=SecretStr("also-secret"))
    assert "secret" not in repr(access).replace("SecretStr", "")
    assert all(vendor_of(Access(one, "http://x")).cannot for one in KINDS)
