"""Webhooks of a served plant: their parts put together, what queues, and the job that tells."""

from __future__ import annotations

from interfaces.app.composition import App
from interfaces.http.webhooks.delivery import Telling, keep_queueing
from interfaces.http.webhooks.destinations import Destinations
from interfaces.http.webhooks.secrets import Secrets
from interfaces.http.webhooks.sender import Sender
from interfaces.http.webhooks.webhooks import Webhooks
from interfaces.jobs.records import run_soon
from interfaces.progress import Report

JOB = "webhooks"


def open_webhooks(app: App) -> Webhooks:
    return Webhooks(app.history, Secrets.in_home(app.settings.home))


def sender_of(app: App) -> Sender:
    return Sender(Destinations.within(app.settings.webhook_networks), app.clock)


async def queue_webhooks(app: App) -> None:
    """Until cancelled."""

    async def now() -> None:
        await hurry(app)

    await keep_queueing(app.history, open_webhooks(app), app.clock, now)


async def tell_webhooks(app: App, report: Report) -> None:
    """The job."""
    made = await Telling(open_webhooks(app), sender_of(app), app.clock).run()
    report(f"Told {made:,} times")


async def hurry(app: App) -> None:
    await run_soon(app.endpoints.postgres_dsn, JOB)
