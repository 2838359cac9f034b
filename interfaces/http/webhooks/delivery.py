"""From the stream of changes to other systems: who is to be told is written down as it happens, and a job tells them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from graph_schema.errors import InvalidInput, PlantroomError
from ingestion.changes import deliver
from ingestion.history.history import History
from interfaces.http.webhooks.events import event_of
from interfaces.http.webhooks.sender import GONE, Outcome, Sender
from interfaces.http.webhooks.webhooks import Delivery, Webhooks

log = logging.getLogger(__name__)

READER = "webhooks"
_AT_ONCE = 8
_AGAIN_S = 5.0


async def keep_queueing(
    history: History, webhooks: Webhooks, clock: Callable[[], datetime], hurry: Callable[[], Awaitable[None]]
) -> None:
    """Until cancelled. A batch that was under way when a process died comes again, and is queued once. ``hurry`` sees to it that the
    job runs now."""
    while True:
        try:
            async with aclosing(deliver(history, READER)) as batches:
                async for batch in batches:
                    events = [event for change in batch.changes if (event := event_of(change)) is not None]
                    if events and await webhooks.queue(events, clock()):
                        await hurry()
        except PlantroomError as error:
            log.warning("Webhooks cannot be queued, and are tried again: %s", error)
        await asyncio.sleep(_AGAIN_S)


@dataclass(frozen=True, slots=True)
class Telling:
    """The job: tells all endpoints what is due, several at once, each in order."""

    webhooks: Webhooks
    sender: Sender
    clock: Callable[[], datetime]

    async def run(self) -> int:
        """How many attempts were made. One that is broken off is made again, under the same id."""
        made = 0
        limit = asyncio.Semaphore(_AT_ONCE)
        while due := await self.webhooks.due(self.clock()):
            async with asyncio.TaskGroup() as group:
                telling = [group.create_task(self._tell(one, limit)) for one in due.values()]
            made += sum(one.result() for one in telling)
        await self.webhooks.forget(self.clock())
        return made

    async def _tell(self, deliveries: Sequence[Delivery], limit: asyncio.Semaphore) -> int:
        """Until nobody answers."""
        async with limit:
            for made, one in enumerate(deliveries, 1):
                outcome = await self._attempt(one)
                await self.webhooks.keep(one, outcome, self.clock())
                if outcome.error is not None:
                    log.info("Webhook %d was not told of %s: %s", one.endpoint, one.event, outcome.error)
                if outcome.status is None or outcome.status == GONE:
                    return made
        return len(deliveries)

    async def _attempt(self, one: Delivery) -> Outcome:
        try:
            secret = self.webhooks.secret(one)
        except InvalidInput as error:
            return Outcome(None, str(error))
        return await self.sender.send(one.url, secret, one.event, one.body)
