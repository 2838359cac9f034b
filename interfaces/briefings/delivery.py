"""The job: each person's briefing is made once a local day, kept, and sent once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from graph_schema.errors import PlantroomError
from interfaces.briefings.archive import Claimed
from interfaces.briefings.briefings import Briefings
from interfaces.briefings.message import message_of
from interfaces.notifications.book import Book, BriefingRoute, Person
from interfaces.notifications.channels import send
from interfaces.notifications.delivery import Accounts
from interfaces.notifications.rota import Override
from interfaces.notifications.routing import Duty, readers
from tools.briefing.asking import Wanted
from tools.context import Caller, Role, ToolContext, up_to

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """``book`` and ``accounts`` are read anew each time. ``address`` is where people open the plant."""

    briefings: Briefings
    book: Callable[[], Book]
    accounts: Callable[[], Awaitable[Accounts]]
    overrides: Callable[[datetime], Awaitable[Sequence[Override]]]
    zone: Callable[[], Awaitable[tzinfo]]
    context: Callable[[Caller], Awaitable[ToolContext]]
    clock: Callable[[], datetime]
    address: str | None = None

    async def run(self) -> int:
        """How many were taken. It may be broken off anywhere, and run beside itself: what is made is kept once, what is kept is claimed once."""
        now, archive = self.clock(), self.briefings.archive
        await archive.rescue(now)
        await archive.forget(now)
        await self._make(now)
        taken = 0
        while (claimed := await archive.claim(self.clock())) is not None:
            taken += await self._send(claimed)
        return taken

    async def _make(self, now: datetime) -> None:
        book = self.book()
        if not book.briefings:
            return
        accounts = await self.accounts()
        duty = Duty(await self.zone(), accounts.roles, await self.overrides(now))
        for route in book.briefings:
            for name in readers(route, book, duty, now):
                await self._make_for(book.people[name], route, accounts, duty.zone, now)

    async def _make_for(
        self, person: Person, route: BriefingRoute, accounts: Accounts, zone: tzinfo, now: datetime
    ) -> None:
        own = person.timezone or accounts.timezones.get(person.name)
        day = route.day(ZoneInfo(own) if own else zone, now)
        if day is None or await self.briefings.archive.of_day(day, route.audience, person.name) is not None:
            return
        role: Role = accounts.roles.get(person.name) or person.role or "viewer"
        language = person.language or accounts.languages.get(person.name, "en")
        try:
            await self._keep(Caller(person.name, up_to(role), language, timezone=own), route, day)
        except PlantroomError as error:
            log.warning("The briefing of %s cannot be made, and is tried again: %s", person.name, error)

    async def _keep(self, caller: Caller, route: BriefingRoute, day: date) -> None:
        made = await self.briefings.made(await self.context(caller), Wanted(day, route.audience, route.at))
        await self.briefings.archive.keep(made, caller.language)

    async def _send(self, claimed: Claimed) -> bool:
        person = self.book().people.get(claimed.person, Person(claimed.person, ()))
        message = message_of(claimed.briefing, claimed.language, self.address, repeated=claimed.repeated)
        outcome = await send(person.reached_by, message)
        if outcome.by is not None:
            await self.briefings.archive.sent(claimed.id, self.clock())
            return True
        log.warning("%s was not sent the briefing: %s", claimed.person, outcome.reason)
        await self.briefings.archive.failed(claimed, outcome.reason, self.clock())
        return False
