"""All messages that show something which changes: posted, kept, and written anew from the stream of changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, cast

from psycopg.types.json import Jsonb
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from ingestion.alarms.incidents import Incidents
from ingestion.changes import Change, deliver
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.notifications.incidents import KINDS as OF_INCIDENTS
from interfaces.notifications.incidents import concerned, subject_of
from interfaces.slack.calls import ERRORS, passes, reason
from interfaces.slack.views.standing import Standings
from interfaces.slack.views.view import View, rendered

log = logging.getLogger(__name__)

READER = "slack"
_OF_PROPOSALS = (
    "proposal.approved", "proposal.running", "proposal.rejected", "proposal.expired", "proposal.done", "proposal.failed",
    "proposal.ambiguous",
)  # fmt: skip
KINDS = (*OF_INCIDENTS, *_OF_PROPOSALS)
_SQL = statements("interfaces.slack", "slack.sql")
_KEEP = timedelta(days=60)
_REWRITTEN_FOR = timedelta(days=14)
_AT_ONCE = 50
_LOOK_S = 30.0


class Board:
    """``keep`` runs beside the plant."""

    def __init__(self, client: AsyncWebClient, history: History, clock: Clock) -> None:
        self._client = client
        self._history = history
        self._standings = Standings(history)
        self._incidents = Incidents(history)
        self._clock = clock
        self._news = asyncio.Event()

    async def post(self, channel: str, view: View, thread: str | None = None) -> None:
        """Raises what Slack's client raises, or ``Unavailable``. What changes while it is posted is seen afterwards."""
        now = self._clock()
        made = rendered(view, await self._standings.of(view.subjects, now))
        said = await self._client.chat_postMessage(
            channel=channel, thread_ts=thread, text=made.text, blocks=list(made.blocks), unfurl_links=False
        )
        posted = cast(Mapping[str, Any], said.data)
        place = {"channel": posted["channel"], "ts": posted["ts"], "subject": view.subjects[0]}
        await self._history.fetch(_SQL["post"], {**place, "view": Jsonb({**view.json(), "place": channel}), "now": now})

    async def shows(self, channel: str, subject: str) -> bool:
        """Whether a message there shows it, and will say what becomes of it."""
        given = {"channel": channel, "subject": subject, "after": self._clock() - _REWRITTEN_FOR}
        return bool((await self._history.fetch(_SQL["shows"], given))[0]["shown"])

    async def keep(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_reading())
            group.create_task(self._keep_writing())

    async def note(self, changes: Sequence[Change]) -> None:
        """Messages that show what changed are to be written anew."""
        now = self._clock()
        incidents = await concerned(changes, self._incidents)
        proposals = [f"proposal:{one.subject}" for one in changes if one.kind in _OF_PROPOSALS]
        for subject in dict.fromkeys([*map(subject_of, incidents), *proposals]):
            given = {"subject": subject, "now": now, "after": now - _REWRITTEN_FOR}
            await self._history.fetch(_SQL["changed"], given)
        self._news.set()

    async def write(self) -> int:
        """Those that are stale, anew; how many were. While Slack is away they stay so."""
        written = 0
        for row in await self._history.fetch(_SQL["stale"], {"limit": _AT_ONCE}):
            if not await self._written(row):
                break
            await self._history.fetch(_SQL["fresh"], {name: row[name] for name in ("channel", "ts", "stale_since")})
            written += 1
        return written

    async def _written(self, row: dict[str, Any]) -> bool:
        """Whether there is nothing left to do; a message that somebody deleted is done with."""
        try:
            view = View.of(row["view"])
            made = rendered(view, await self._standings.of(view.subjects, self._clock()))
        except (KeyError, TypeError, ValueError):
            log.exception("A message in Slack is kept in a form that cannot be read, and stays as it is")
            return True
        try:
            await self._client.chat_update(
                channel=row["channel"], ts=row["ts"], text=made.text, blocks=list(made.blocks)
            )
        except ERRORS as error:
            log.info("A message in Slack could not be written anew: %s", reason(error))
            return isinstance(error, SlackApiError) and not passes(error)
        return True

    async def _keep_reading(self) -> None:
        while True:
            try:
                async with aclosing(deliver(self._history, READER, kinds=KINDS)) as batches:
                    async for batch in batches:
                        await self.note(batch.changes)
            except PlantroomError as error:
                log.warning("What changed cannot be shown in Slack, and is tried again: %s", error)
            await asyncio.sleep(_LOOK_S)

    async def _keep_writing(self) -> None:
        while True:
            self._news.clear()
            try:
                while await self.write() == _AT_ONCE:
                    pass
                await self._forget(self._clock())
            except PlantroomError as error:
                log.warning("Messages in Slack cannot be written anew, and are tried again: %s", error)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _forget(self, now: datetime) -> None:
        await self._history.fetch(_SQL["forget_messages"], {"before": now - _KEEP})
