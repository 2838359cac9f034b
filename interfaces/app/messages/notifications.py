"""Notifications of a served plant: their parts put together, what plans, and the job that sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingestion.alarms.incidents import Incidents
from interfaces.app.composition import App
from interfaces.app.messages.slack import slack_notices
from interfaces.app.site_clock import SiteClock
from interfaces.http.auth.account import roles_at
from interfaces.http.auth.identity import Identity
from interfaces.jobs.records import run_soon
from interfaces.notifications.book import Book, read_book
from interfaces.notifications.delivery import Accounts, Planning, Sending, keep_planning
from interfaces.notifications.record import Notices
from interfaces.notifications.troubles import Troubles
from interfaces.progress import Report
from interfaces.settings import Settings
from tools.context import Role, highest

JOB = "notifications"
_FILE = "notify.yaml"
_HURRIES, _HURRY_S = 20, 0.1


def file_of(settings: Settings) -> Path:
    """The notification book."""
    return settings.notify or settings.home / _FILE


@dataclass(slots=True)
class KeptBook:
    """The book of a file, read again when the file has changed. Without a file it is empty: nobody is told anything."""

    file: Path
    _read: tuple[float, Book] | None = None

    def __call__(self) -> Book:
        """Raises ``InvalidInput`` with what is wrong with it."""
        try:
            changed_at = self.file.stat().st_mtime
        except FileNotFoundError:
            return Book({}, {}, ())
        if self._read is None or self._read[0] != changed_at:
            self._read = changed_at, read_book(self.file)
        return self._read[1]


def notices_of(app: App) -> Notices:
    return Notices(app.history)


def sending_of(app: App) -> Sending:
    zone = SiteClock(app.graph, app.settings.timezone).zone
    book = KeptBook(file_of(app.settings))
    return Sending(
        notices_of(app),
        book,
        lambda: accounts_of(app.identity),
        zone,
        app.clock,
        app.settings.public_url,
        slack_notices(app),
    )


async def accounts_of(identity: Identity) -> Accounts:
    """Of people that the database knows; who comes by a login server alone has what the book says."""
    people = [one.account for one in await identity.people.list() if not one.locked]
    held: dict[str, Role | None] = {one.name: highest(roles_at(one.grants, identity.site)) for one in people}
    return Accounts(
        {name: role for name, role in held.items() if role is not None},
        {one.name: one.language for one in people if one.language},
        {one.name: one.timezone for one in people if one.timezone},
    )


async def plan_notifications(app: App) -> None:
    """Until cancelled."""
    troubles = Troubles(app.graph, app.history, app.ontology, app.settings.site)
    zone = SiteClock(app.graph, app.settings.timezone).zone
    book: Callable[[], Book] = KeptBook(file_of(app.settings))
    record = Incidents(app.history)
    planning = Planning(troubles, record, notices_of(app), book, lambda: accounts_of(app.identity), zone, app.clock)
    await keep_planning(app.history, planning, lambda: hurry(app))


async def send_notifications(app: App, report: Report) -> None:
    """The job."""
    report(f"{await sending_of(app).run():,} messages were sent")


async def hurry(app: App) -> None:
    await hurried(app.endpoints.postgres_dsn)


async def hurried(dsn: str) -> None:
    """Have what is due sent now. Where the job runs at this moment it may have looked already, so it is to run once more."""
    for _ in range(_HURRIES):
        if await run_soon(dsn, JOB):
            return
        await asyncio.sleep(_HURRY_S)
