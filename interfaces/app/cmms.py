"""The plant's maintenance system, as the settings name it: its port, its jobs, its webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from forecasting.verification.found import settle_by_orders
from graph_schema.errors import InvalidInput, NotFound, PlantroomError
from ingestion.history.history import History
from ingestion.orders.order import Priority, Status
from ingestion.orders.work_orders import WorkOrders
from ingestion.reading import Clock
from interfaces.app.composition import App
from interfaces.embedded.home import Home
from interfaces.jobs.job import Job
from interfaces.jobs.records import open_records
from interfaces.jobs.schedule import Every
from interfaces.progress import Report
from interfaces.settings import Settings, pairs_of
from tools.cmms.access import Access
from tools.cmms.connection import Timeouts
from tools.cmms.matching import AssetBook
from tools.cmms.sync.feed import feed
from tools.cmms.sync.record import SyncRecord
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.sync import Done, Sync
from tools.cmms.vendors import Vendor, vendor_of

if TYPE_CHECKING:
    from fastapi import APIRouter

log = logging.getLogger(__name__)

PUSH, POLL = "cmms-push", "cmms-poll"
_LOCK = "cmms"
_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Maintenance:
    """``plant`` is the home's identity."""

    access: Access
    vendor: Vendor
    record: SyncRecord
    book: AssetBook
    history: History
    orders: WorkOrders
    plant: str
    dsn: str
    clock: Clock
    since: timedelta

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Sync]:
        async with self.vendor.open(self.access) as cmms:
            yield Sync(Sides(cmms, self.orders, self.record, self.book, self.vendor.title, self.plant, self.clock))

    async def hurry(self) -> None:
        """Have what is due done at once, rather than within a minute. Where it runs already, the next run follows soon."""
        try:
            async with open_records(self.dsn) as records:
                await records.run(PUSH)
        except (InvalidInput, NotFound):
            return
        except PlantroomError as error:
            log.warning("The maintenance system is told within a minute, and not at once: %s", error)


def access_of(settings: Settings, clock: Clock) -> Access | None:
    """None where no maintenance system is set."""
    if settings.cmms is None or settings.cmms_url is None:
        return None
    return Access(
        vendor=settings.cmms,
        url=settings.cmms_url,
        key=settings.cmms_key,
        user=settings.cmms_user or "",
        app_key=settings.cmms_app_key,
        site=settings.cmms_site or "",
        key_field=settings.cmms_key_field or "",
        statuses=cast(dict[Status, str], pairs_of(settings.cmms_statuses)),
        priorities=cast(dict[Priority, str], pairs_of(settings.cmms_priorities)),
        ca_file=settings.cmms_ca_file,
        file=settings.cmms_file,
        timeouts=Timeouts(answer_s=settings.cmms_timeout_s),
        clock=clock,
    )


def maintenance_of(app: App) -> Maintenance | None:
    """None where no maintenance system is set. Raises ``InvalidInput`` for a description of one with a mistake."""
    access = access_of(app.settings, app.clock)
    if access is None:
        return None
    return Maintenance(
        access=access,
        vendor=vendor_of(access),
        record=SyncRecord(app.history, access.vendor),
        book=AssetBook(app.graph, app.settings.cmms_assets, app.clock),
        history=app.history,
        orders=WorkOrders(app.history),
        plant=Home(app.settings.home).identity(),
        dsn=app.endpoints.postgres_dsn,
        clock=app.clock,
        since=timedelta(days=app.settings.cmms_since_days),
    )


def cmms_jobs(app: App) -> tuple[Job, ...]:
    """What is due goes there each minute, or at once where something changes; what changed there comes by polls, webhooks or not."""
    maintenance = maintenance_of(app)
    if maintenance is None:
        return ()
    every = timedelta(seconds=app.settings.cmms_poll_s)
    title = maintenance.vendor.title
    return (
        Job(PUSH, f"Work orders to {title}", _run(maintenance, push), Every(timedelta(minutes=1)), _LOCK),
        Job(POLL, f"Work orders from {title}", _run(maintenance, poll), Every(every), _LOCK),
    )


async def push(sync: Sync, since: timedelta) -> Done:
    """What webhooks told of, then what is due of ours."""
    del since
    return await sync.hooks() + await sync.push()


async def poll(sync: Sync, since: timedelta) -> Done:
    """What changed there since the last time, or the first time since so long ago."""
    now = sync.sides.clock()
    await sync.sides.record.trim(now)
    return await sync.poll(now - since)


async def keep_feeding(maintenance: Maintenance) -> None:
    """Orders of ours that change become due, until cancelled."""
    title, plant = maintenance.vendor.title, maintenance.plant
    while True:
        try:
            await feed(maintenance.history, maintenance.record, title, plant, maintenance.hurry)
        except PlantroomError as error:
            log.warning("What is due for %s cannot be marked, and is tried again: %s", title, error)
        await asyncio.sleep(_AGAIN_S)


def hooks_of(app: App) -> APIRouter | None:
    """None where no maintenance system is set."""
    from interfaces.http.cmms_hooks import (
        cmms_hook_routes,
    )  # takes as long as the web app, which most commands do without

    maintenance, secret = maintenance_of(app), app.settings.cmms_webhook_secret
    if maintenance is None:
        return None
    told = secret.get_secret_value() if secret else None
    return cmms_hook_routes(maintenance.vendor.hook, told, maintenance.record, maintenance.hurry, maintenance.clock)


def _run(
    maintenance: Maintenance, work: Callable[[Sync, timedelta], Awaitable[Done]]
) -> Callable[[Report], Awaitable[None]]:
    async def run(report: Report) -> None:
        async with maintenance.opened() as sync:
            done = await work(sync, maintenance.since)
        if done.orders:
            await settle_by_orders(maintenance.history)
            log.info(
                "%s: %d work orders, %d with something in the way.",
                maintenance.vendor.title,
                done.orders,
                done.troubled,
            )

    return run
