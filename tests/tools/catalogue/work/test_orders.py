"""From a finding to finished work: an order is proposed, approved, changed and closed, and says how the forecast came out."""

from datetime import timedelta

import pytest

from forecasting.outlook import Outlook, put_outlooks
from graph_schema.errors import InvalidInput, NotAllowed, NotFound
from tests.tools.catalogue.work.conftest import ANN, NOW, Works, ago
from tools.context import Caller

VIEWER = Caller("olga", frozenset({"viewer"}))


async def test_an_order_is_only_opened_by_approval(works: Works):
    proposed = await works.ask("create_work_order", asset="chiller 1", text="Look at the oil", priority="high")
    assert (
        proposed.proposal.what
        == "open a work order for Chiller 1: “Look at the oil” (kind: corrective; priority: high)"
    )
    assert (await works.ask("list_work_orders")).orders == []
    done = await works.settlement.approve(1, ANN)
    assert (done.state, done.outcome) == ("done", "WO-1 is open for Chiller 1")
    (order,) = (await works.ask("list_work_orders", asset="plant hall")).orders
    assert (order.number, order.status, order.priority, order.planned, order.opened_at) == (
        "WO-1",
        "open",
        "high",
        False,
        NOW,
    )


async def test_viewers_may_read_and_not_ask_for_changes(works: Works):
    with pytest.raises(NotAllowed, match="create_work_order is for"):
        await works.ask("create_work_order", VIEWER, asset="c1", text="x")
    assert (await works.ask("list_work_orders", VIEWER)).total == 0


async def test_an_order_is_changed_with_labour_parts_and_its_checklist(works: Works):
    await works.do("create_work_order", asset="c1", text="Service", kind="preventive", checklist=["Isolate", "Grease"])
    wanted = {
        "status": "in_progress",
        "assignee": "me",
        "minutes": 30,
        "parts": [{"part": "G-1", "quantity": 2}],
        "ticked": ["1", "grease"],
    }
    proposed = await works.ask("update_work_order", number="wo-1", **wanted)
    assert proposed.proposal.what.startswith(
        "change WO-1: status: in progress; for: ann; minutes: 30.0; parts: G-1 2.0"
    )
    assert [one.id for one in proposed.proposal.assets] == ["c1"]
    await works.settlement.approve(2, ANN)
    told = (await works.ask("list_work_orders", number="1")).details
    assert [(one.who, one.minutes) for one in told.labour] == [("ann", 30)]
    assert [(one.text, one.by) for one in told.checklist] == [("Isolate", "ann"), ("Grease", "ann")]
    assert {one.what for one in told.history} == {
        "created",
        "status",
        "started_at",
        "assignee",
        "labour",
        "parts",
        "checklist",
    }


async def test_what_could_never_be_done_is_not_proposed(works: Works):
    await works.do("create_work_order", asset="c1", text="Service")
    with pytest.raises(NotFound, match="There is no work order WO-7"):
        await works.ask("update_work_order", number="7", priority="high")
    with pytest.raises(InvalidInput, match="Say what of WO-1 to change"):
        await works.ask("update_work_order", number="1")
    with pytest.raises(InvalidInput, match="The checklist of WO-1 has no “oil”; it has nothing"):
        await works.ask("update_work_order", number="1", ticked=["oil"])
    with pytest.raises(InvalidInput, match="cannot have been closed"):
        await works.do("close_work_order", number="1", code="VIB", closed_at="2026-03-05T00:00Z")


async def test_closing_asks_for_a_code_and_says_which_are_likely(works: Works):
    await works.do("create_work_order", asset="c1", text="Trips")
    with pytest.raises(
        InvalidInput, match=r"Closing WO-1 needs the code .* Likely here: [A-Z]{3} \(.*\).* NFF where nothing was wrong"
    ):
        await works.ask("close_work_order", number="WO-1")
    with pytest.raises(InvalidInput, match="“gremlins” is no code that is known"):
        await works.ask("close_work_order", number="WO-1", code="gremlins")
    done = await works.do("close_work_order", number="WO-1", code="vib", remark="Coupling aligned")
    assert done.wish.arguments["code"] == "VIB"
    works.now = NOW + timedelta(hours=1)
    (order,) = (await works.ask("list_work_orders", which="done", window="P7D")).orders
    assert (order.status, order.code, order.remark, order.closed_at) == ("done", "VIB", "Coupling aligned", NOW)
    with pytest.raises(InvalidInput, match="WO-1 is done already"):
        await works.ask("close_work_order", number="WO-1", code="VIB")


async def test_planned_work_is_closed_without_a_code(works: Works):
    await works.do("create_work_order", asset="c1", text="Service", kind="preventive")
    assert (await works.do("close_work_order", number="WO-1")).state == "done"


@pytest.mark.parametrize(
    ("kind", "code", "came", "precision"),
    [
        ("corrective", "VIB", "came", 100.0),
        ("predictive", "VIB", "mended", 100.0),
        ("predictive", "NFF", "false alarm", 0.0),
    ],
)
async def test_the_code_settles_the_forecast_behind_the_order(
    works: Works, kind: str, code: str, came: str, precision: float
):
    await works.told(ago(10))
    await works.told(ago(3))
    await works.told(ago(3), asset="c2")
    await works.do("create_work_order", asset="c1", text="Vibration rises", kind=kind, because="forecast")
    await works.do("close_work_order", number="WO-1", code=code)
    rows = await works.history.fetch("select asset, came, settled_by from forecasting.told order by asset, at")
    assert [(row["asset"], row["came"], row["settled_by"]) for row in rows] == [
        ("c1", came, "WO-1"), ("c1", came, "WO-1"), ("c2", None, None),
    ]  # fmt: skip
    (model,) = (await works.ask("forecast_accuracy")).models
    assert (model.model, model.findings, model.open, model.precision) == ("outlook 1", 2, 1, precision)
    assert (model.lead_days, model.false_alarms) == ((None, 1) if code == "NFF" else (10.0, 0))


async def test_an_order_that_is_opened_again_says_nothing_of_the_forecast(works: Works):
    await works.told(ago(3))
    await works.do("create_work_order", asset="c1", text="x", because="forecast")
    await works.do("close_work_order", number="WO-1", code="NFF")
    await works.do("update_work_order", number="WO-1", status="open")
    await works.do("close_work_order", number="WO-1", code="VIB")
    (row,) = await works.history.fetch("select came from forecasting.told")
    assert row["came"] == "mended"


async def test_a_finding_has_one_order_and_comes_back_only_on_new_evidence(works: Works):
    await put_outlooks(works.graph, [_flagged(ago(5))])
    await works.do("create_work_order", asset="c1", text="Bearing", because="forecast")
    with pytest.raises(InvalidInput, match="WO-1 is open for this forecast already"):
        await works.ask("create_work_order", asset="c1", text="Bearing again", because="forecast")
    await works.do("close_work_order", number="WO-1", code="VIB")
    with pytest.raises(InvalidInput, match="WO-1 has dealt with this finding on 2 Mar 2026, and no new sign"):
        await works.ask("create_work_order", asset="c1", text="Bearing again", because="forecast")
    works.now = NOW + timedelta(days=9)
    await put_outlooks(works.graph, [_flagged(NOW + timedelta(days=8))])
    assert (await works.do("create_work_order", asset="c1", text="Bearing again", because="forecast")).state == "done"


async def test_orders_are_found_by_person_due_date_and_window(works: Works):
    await works.do("create_work_order", asset="c1", text="a", due="2026-03-03", assignee="me")
    await works.do("create_work_order", asset="m1", text="b", priority="urgent")
    await works.do("close_work_order", number="WO-2", code="VIB", closed_at=NOW.isoformat())
    works.now = NOW + timedelta(days=4)
    assert [one.number for one in (await works.ask("list_work_orders", assignee="me")).orders] == ["WO-1"]
    overdue = await works.ask("list_work_orders", which="overdue")
    assert ([one.number for one in overdue.orders], overdue.overdue) == (["WO-1"], 1)
    year = await works.ask("list_work_orders", asset="Chiller 1", window="2026-01-01/2026-12-31")
    assert ([one.number for one in year.orders], year.open, year.subjects()) == (["WO-1", "WO-2"], 1, ["c1", "m1"])
    assert (await works.ask("list_work_orders", asset="c2", which="all")).orders == []


def _flagged(since: object) -> Outlook:
    return Outlook(
        "c1", "flagged", 0.6, 30, None, None, None, "Bearing wear", None, ("vibration rises",), (), "outlook 1", NOW, since, "likely",  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
