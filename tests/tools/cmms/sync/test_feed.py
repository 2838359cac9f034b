"""What changes here becomes due there, by the stream of changes; and the way of a finding from its approval to the forecast that it labels."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from forecasting.verification.found import accuracy, settle_by_orders
from ingestion.history.history import History
from ingestion.orders.order import Source, WorkOrder
from ingestion.tasks import end
from tests.tools.catalogue.work.conftest import Works, ago
from tests.tools.catalogue.work.conftest import works as works
from tests.tools.cmms.conftest import Place
from tests.tools.cmms.loopback.atlas import stamp
from tests.tools.cmms.sync.conftest import PLANT, Both
from tools.cmms.matching import AssetBook
from tools.cmms.port import Cmms
from tools.cmms.sync.feed import feed
from tools.cmms.sync.record import SyncRecord
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.sync import Sync

PATIENCE_S = 120
TITLE = "Atlas CMMS"


@asynccontextmanager
async def feeding(history: History) -> AsyncGenerator[asyncio.Event]:
    """The reader of the stream, from its beginning on; the event is set where something became due."""
    await history.fetch("insert into change_reader (name, seq) values ('cmms atlas', 0)")
    news = asyncio.Event()

    async def hurry() -> None:
        news.set()

    reading = asyncio.create_task(feed(history, SyncRecord(history, "atlas"), TITLE, PLANT, hurry))
    try:
        yield news
    finally:
        await end(reading)


@pytest.mark.parametrize(
    ("source", "due"), [("person", True), ("forecast", True), ("alarm", True), ("import", False), ("cmms", False)]
)
async def test_orders_of_ours_become_due_and_those_of_others_do_not(both: Both, source: Source, due: bool):
    async with feeding(both.history) as news:
        await both.orders.create(WorkOrder("X-1", "ahu-1", source=source), "ann", both.sides.clock())
        await both.orders.create(WorkOrder("X-2", "ahu-1", source="person"), "ann", both.sides.clock())
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        while await both.record.of_number("X-2") is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await both.record.of_number("X-1") is not None) is due


async def test_what_came_from_there_does_not_go_back(both: Both):
    order = await both.opened_and_sent()
    both.server.touch(both.there, status="IN_PROGRESS")
    await both.poll()
    before = await both.link(order.number)
    async with feeding(both.history) as news:
        await both.orders.create(WorkOrder("X-2", "ahu-1", source="person"), "ann", both.sides.clock())
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        while await both.record.of_number("X-2") is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await both.link(order.number)).wanted == before.wanted + 1  # by its opening alone


async def test_a_finding_is_approved_sent_completed_there_and_labels_its_forecast(
    works: Works, place: Place, cmms: Cmms
):
    place.server.assets[:] = [{"id": 12, "name": "Chiller 1", "customId": "A12"}]
    record = SyncRecord(works.history, "atlas")
    book = AssetBook(works.graph, None, lambda: works.now)
    sync = Sync(Sides(cmms, works.orders, record, book, TITLE, PLANT, lambda: works.now))
    await works.told(ago(3))
    async with feeding(works.history) as news:
        done = await works.do("create_work_order", asset="chiller 1", text="Clean the condenser", kind="predictive")
        assert done.state == "done"
        await asyncio.wait_for(news.wait(), PATIENCE_S)
    await sync.push()
    (there,) = place.server.orders.values()
    assert (there["title"], there["asset"]["name"]) == ("Clean the condenser", "Chiller 1")
    place.server.touch(there, status="COMPLETE", completedOn=stamp(works.now), feedback="Scaled")
    await sync.poll(ago(1))
    order = await works.orders.get("WO-1")
    assert (order.status, order.vendor_status, order.remark) == ("done", "COMPLETE", "Scaled")
    assert await settle_by_orders(works.history, "WO-1") == {"WO-1": ("mended", 1)}
    assert [(one.model, one.mended, one.lead_days) for one in await accuracy(works.history)] == [("outlook 1", 1, 3.0)]
