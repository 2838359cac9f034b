"""What Slack told us, kept in PostgreSQL, so that the same told again does nothing, also after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("interfaces.slack", "slack.sql")

_KEEP = timedelta(days=7)
_CUT_OFF_WITHIN = timedelta(hours=1)
"""Older questions nobody waits for any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A thread of a channel, by the time of its first message."""

    channel: str
    thread: str


class Events:
    """The ``slack_event`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def take(self, id_: str, now: datetime) -> bool:
        """Whether it is told for the first time."""
        given = {"id": id_, "now": now, "channel": None, "message": None, "thread": None, "state": "done"}
        return bool(await self._history.fetch(_SQL["take"], given))

    async def begin(self, id_: str, place: Place, message: str, now: datetime) -> bool:
        """Whether the question in this message is told for the first time."""
        given = {"id": id_, "now": now, "channel": place.channel, "message": message, "thread": place.thread}
        return bool(await self._history.fetch(_SQL["take"], {**given, "state": "begun"}))

    async def done(self, id_: str) -> None:
        await self._history.fetch(_SQL["done"], {"id": id_})

    async def cut_off(self, now: datetime) -> Sequence[Place]:
        """Where questions of the last hour were not answered because the process ended; each is given once."""
        rows = await self._history.fetch(_SQL["cut_off"], {"after": now - _CUT_OFF_WITHIN, "before": now})
        return [Place(row["channel"], row["thread"]) for row in rows]

    async def forget(self, now: datetime) -> None:
        await self._history.fetch(_SQL["forget"], {"before": now - _KEEP})
