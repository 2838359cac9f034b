"""Briefings of a served plant: their parts put together, and the job that makes and sends them."""

from __future__ import annotations

from interfaces.app.composition import App
from interfaces.app.messages.notifications import KeptBook, accounts_of, file_of, notices_of
from interfaces.app.site_clock import SiteClock
from interfaces.briefings.archive import Archive
from interfaces.briefings.briefings import Briefings
from interfaces.briefings.delivery import Delivery
from interfaces.progress import Report

JOB = "briefings"


def briefings_of(app: App) -> Briefings:
    return Briefings(app.registry, Archive(app.history))


async def send_briefings(app: App, report: Report) -> None:
    """The job."""
    delivery = Delivery(
        briefings=briefings_of(app),
        book=KeptBook(file_of(app.settings)),
        accounts=lambda: accounts_of(app.identity),
        overrides=notices_of(app).overrides,
        zone=SiteClock(app.graph, app.settings.timezone).zone,
        context=app.context,
        clock=app.clock,
        address=app.settings.public_url,
    )
    report(f"{await delivery.run():,} briefings were sent")
