"""From the stream of changes to people: what is to be told is written down as it happens, and a job sends it when it is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from graph_schema.errors import PlantroomError
from ingestion.changes import Change, deliver
from ingestion.history.history import History
from interfaces.notifications.book import Book, Person
from interfaces.notifications.channels import Outcome, send
from interfaces.notifications.message import Wording
from interfaces.notifications.record import Claimed, Notices
from interfaces.notifications.routing import Duty, notices
from interfaces.notifications.troubles import KINDS, News, Troubles
from tools.context import Role

log = logging.getLogger(__name__)

READER = "notifications"
MOST_A_MINUTE = 3
"""Messages to one person; what is due beyond that comes together in the next."""
_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Accounts:
    """What is known of people with an account: the role at this site, and the language."""

    roles: Mapping[str, Role]
    languages: Mapping[str, str]
    timezones: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Planning:
    """Writes down who is to be told. ``book`` and ``accounts`` are read anew each time: operators change them while the plant runs."""

    troubles: Troubles
    record: Notices
    book: Callable[[], Book]
    accounts: Callable[[], Awaitable[Accounts]]
    zone: Callable[[], Awaitable[tzinfo]]
    clock: Callable[[], datetime]

    async def plan(self, changes: Sequence[Change]) -> int:
        """How many notices are new. A batch that comes again after a crash adds none. Raises ``PlantroomError``."""
        duty = await self._duty()
        return sum(
            [
                await self._planned(news, duty)
                for change in changes
                if (news := await self.troubles.of(change)) is not None
            ]
        )

    async def _duty(self) -> Duty:
        roles = (await self.accounts()).roles
        return Duty(await self.zone(), roles, await self.record.overrides(self.clock()))

    async def _planned(self, news: News, duty: Duty) -> int:
        now = self.clock()
        if news.trouble is not None and news.facts is not None:
            planned = [replace(one, turn=one.turn + news.turn) for one in notices(news.trouble, self.book(), duty)]
            return await self.record.plan(news.subject, news.facts.json(), planned, now)
        if news.over and news.facts is not None:
            return await self.record.over(news.subject, news.facts.json(), now)
        await self.record.taken_on(news.subject, now)
        return 0


async def keep_planning(history: History, planning: Planning, hurry: Callable[[], Awaitable[None]]) -> None:
    """Until cancelled. ``hurry`` sees to it that the job runs now. With a book that cannot be read nothing is passed over: it waits."""
    while True:
        try:
            async with aclosing(deliver(history, READER, kinds=KINDS)) as batches:
                async for batch in batches:
                    if await planning.plan(batch.changes):
                        await hurry()
        except PlantroomError as error:
            log.warning("Who is to be told cannot be decided, and is tried again: %s", error)
        await asyncio.sleep(_AGAIN_S)


@dataclass(frozen=True, slots=True)
class Sending:
    """The job: to each person one message with everything that is due. ``address`` is where people open the plant."""

    record: Notices
    book: Callable[[], Book]
    accounts: Callable[[], Awaitable[Accounts]]
    zone: Callable[[], Awaitable[tzinfo]]
    clock: Callable[[], datetime]
    address: str | None = None

    async def run(self) -> int:
        """How many messages were taken."""
        now = self.clock()
        await self.record.rescue(now)
        await self.record.forget(now)
        due = [person for person, lately in (await self.record.due(now)).items() if lately < MOST_A_MINUTE]
        if not due:
            return 0
        accounts, zone = await self.accounts(), await self.zone()
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(self._send(person, accounts, zone)) for person in due]
        return sum(one.result() for one in sending)

    async def _send(self, name: str, accounts: Accounts, zone: tzinfo) -> bool:
        claimed = await self.record.claim(name, self.clock())
        if not claimed:
            return False
        person = self.book().people.get(name, Person(name, ()))
        outcome = await send(person.reached_by, self._wording(person, accounts, zone).message(claimed))
        if outcome.by is not None:
            await self.record.sent([one.id for one in claimed], self.clock())
            return True
        log.warning("%s was not told of %s: %s", name, ", ".join(one.subject for one in claimed[:5]), outcome.reason)
        await self.record.failed(claimed, outcome.reason, self.clock())
        return False

    async def try_out(self, person: Person) -> Outcome:
        """A message that says what it is."""
        now = self.clock()
        trouble = {"what": "test", "priority": "low", "at": now.isoformat(), "name": person.name}
        notice = Claimed(0, "test", person.name, "raised", 0, now, "", trouble, 0, repeated=False)
        wording = self._wording(person, await self.accounts(), await self.zone())
        return await send(person.reached_by, wording.message([notice]))

    def _wording(self, person: Person, accounts: Accounts, zone: tzinfo) -> Wording:
        own = person.timezone or accounts.timezones.get(person.name)
        language = person.language or accounts.languages.get(person.name, "en")
        return Wording(language, ZoneInfo(own) if own else zone, self.address)
