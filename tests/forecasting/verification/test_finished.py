"""A finding that was worked on comes back only on new evidence."""

from datetime import UTC, datetime, timedelta

from forecasting.outlook import Outlook
from forecasting.verification.finished import Finished, after_work, finished_findings
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders

DONE = datetime(2026, 3, 2, 18, tzinfo=UTC)
DAY = timedelta(days=1)
FINISHED = {"c1": Finished("c1", "WO-1", DONE)}


def flagged(since: datetime) -> Outlook:
    return Outlook(
        "c1",
        "flagged",
        0.6,
        30,
        None,
        None,
        None,
        "Bearing wear",
        None,
        ("It vibrates",),
        (),
        "m 1",
        DONE,
        since,
        "likely",
    )


def test_old_signs_tell_nothing_until_they_have_gone_on_after_the_work():
    (soon,) = after_work([flagged(DONE - 5 * DAY)], FINISHED, DONE + DAY)
    assert (soon.state, soon.probability, soon.since) == ("cannot tell", None, None)
    assert soon.unknown == ("WO-1 was done on 2 Mar 2026, and too little has been read since to say whether it helped",)
    (later,) = after_work([flagged(DONE - 5 * DAY)], FINISHED, DONE + 3 * DAY)
    assert (later.state, later.reasons[-1]) == ("flagged", "It goes on after WO-1, which was done on 2 Mar 2026")


def test_new_signs_count_at_once_and_other_assets_are_as_they_were():
    new = flagged(DONE + DAY)
    assert after_work([new], FINISHED, DONE + DAY) == [new]
    assert after_work([new], {}, DONE + DAY) == [new]


async def test_only_work_that_dealt_with_a_finding_finishes_it(history: History):
    orders = [
        WorkOrder("1", "c1", "corrective", closed_at=DONE), WorkOrder("2", "c1", "corrective", closed_at=DONE - DAY),
        WorkOrder("3", "c2", "preventive", closed_at=DONE), WorkOrder("4", "c3", "corrective", closed_at=DONE, status="cancelled"),
    ]  # fmt: skip
    await WorkOrders(history).put(orders)
    assert await finished_findings(history, ["c1", "c2", "c3"]) == {"c1": Finished("c1", "1", DONE)}
