"""From the stream of changes to people: what is to be told is written down as it happens, and a job sends it when it is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from graph_schema.errors import PlantroomError
from ingestion.alarms.incidents import Incidents
from ingestion.changes import Change, deliver
from ingestion.history.history import History
from interfaces.notifications.book import Book, Person
from interfaces.notifications.channels import InSlack, Outcome, send
from interfaces.notifications.incidents import KINDS as OF_INCIDENTS
from interfaces.notifications.incidents import Told, begins, concerned, facts_of, over, subject_of, time_of
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
    incidents: Incidents
    record: Notices
    book: Callable[[], Book]
    accounts: Callable[[], Awaitable[Accounts]]
    zone: Callable[[], Awaitable[tzinfo]]
    clock: Callable[[], datetime]

    async def plan(self, changes: Sequence[Change]) -> int:
        """How many notices are new. A batch that comes again after a crash adds none. Raises ``PlantroomError``."""
        duty = await self._duty()
        incidents = await concerned(changes, self.incidents)
        found = [news for change in changes if (news := await self.troubles.of(change)) is not None]
        return sum(
            [await self._of_incident(one, duty) for one in incidents]
            + [await self._planned(news, duty) for news in found]
        )

    async def _duty(self) -> Duty:
        roles = (await self.accounts()).roles
        return Duty(await self.zone(), roles, await self.record.overrides(self.clock()))

    async def _planned(self, news: News, duty: Duty) -> int:
        now = self.clock()
        if news.trouble is not None and news.facts is not None:
            planned = notices(news.trouble, self.book(), duty)
            return await self.record.plan(news.subject, news.facts.json(), planned, now)
        await self.record.taken_on(news.subject, now)
        return 0

    async def _of_incident(self, incident: int, duty: Duty) -> int:
        now, subject = self.clock(), subject_of(incident)
        standing = await self.incidents.standing(incident, now)
        known = await self.record.newest_time(subject)
        told = None if known is None else Told.of(known)
        if standing.waiting and standing.merged_into is None:
            facts = await facts_of(standing, self.troubles.graph, told)
            at = begins(standing, facts.priority, told, now)
            assets = sorted({one for alarm in standing.waiting for one in alarm.assets if one})
            trouble = await self.troubles.trouble(subject, "alarm", facts, at, assets)
            planned = notices(trouble, self.book(), duty)
            return await self.record.plan_time(
                subject, facts.json(), planned, time_of(standing, facts.priority, told), now
            )
        if known is not None and standing.closed_at is not None and standing.merged_into is None:
            return await self.record.over(subject, over(standing, known.trouble).json(), known.time, now)
        await self.record.taken_on(subject, now)
        return 0


async def keep_planning(history: History, planning: Planning, hurry: Callable[[], Awaitable[None]]) -> None:
    """Until cancelled. ``hurry`` sees to it that the job runs now. With a book that cannot be read nothing is passed over: it waits."""
    while True:
        try:
            async with aclosing(deliver(history, READER, kinds=(*KINDS, *OF_INCIDENTS))) as batches:
                async for batch in batches:
                    if await planning.plan(batch.changes):
                        await hurry()
        except PlantroomError as error:
            log.warning("Who is to be told cannot be decided, and is tried again: %s", error)
        await asyncio.sleep(_AGAIN_S)


class Slack(Protocol):
    async def send(self, address: str, notices: Sequence[Claimed], wording: Wording) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Sending:
    """The job: to each person one message with everything that is due. ``address`` is where people open the plant."""

    record: Notices
    book: Callable[[], Book]
    accounts: Callable[[], Awaitable[Accounts]]
    zone: Callable[[], Awaitable[tzinfo]]
    clock: Callable[[], datetime]
    address: str | None = None
    slack: Slack | None = None

    async def run(self) -> int:
        """How many messages were taken. It looks again until nothing is due: something may have come while it sent."""
        taken = 0
        while (sent := await self._round()) is not None:
            taken += sent
        return taken

    async def _round(self) -> int | None:
        """None where nothing was due."""
        now = self.clock()
        await self.record.rescue(now)
        await self.record.forget(now)
        due = [person for person, lately in (await self.record.due(now)).items() if lately < MOST_A_MINUTE]
        if not due:
            return None
        accounts, zone = await self.accounts(), await self.zone()
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(self._send(person, accounts, zone)) for person in due]
        return sum(one.result() for one in sending)

    async def _send(self, name: str, accounts: Accounts, zone: tzinfo) -> bool:
        claimed = await self.record.claim(name, self.clock())
        if not claimed:
            return False
        person = self.book().people.get(name, Person(name, ()))
        outcome = await self._told(person, claimed, self._wording(person, accounts, zone))
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
        return await self._told(person, [notice], wording)

    async def _told(self, person: Person, claimed: Sequence[Claimed], wording: Wording) -> Outcome:
        slack = self.slack
        in_slack: InSlack | None = None if slack is None else lambda address: slack.send(address, claimed, wording)
        return await send(person.reached_by, wording.message(claimed), in_slack)

    def _wording(self, person: Person, accounts: Accounts, zone: tzinfo) -> Wording:
        own = person.timezone or accounts.timezones.get(person.name)
        language = person.language or accounts.languages.get(person.name, "en")
        return Wording(language, ZoneInfo(own) if own else zone, self.address)
