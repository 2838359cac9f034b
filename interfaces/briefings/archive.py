"""The ``briefing`` table: each person's briefing of a day, once, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from graph_schema.statements import statements
from ingestion.history.history import History
from interfaces.notifications.record import SENDING_FOR, again_at
from tools.briefing.briefing import Audience, Briefing

_SQL = statements("interfaces.briefings", "archive.sql")
_KEEP = timedelta(days=400)
_COMPARED = timedelta(days=7)
"""What is older is no “yesterday”."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A briefing of the archive. ``state`` is whether it was sent."""

    id: int
    person: str
    audience: Audience
    day: date
    language: str
    state: str
    briefing: Briefing


@dataclass(frozen=True, slots=True)
class Claimed:
    """One that is being sent. ``repeated``: it may have come already."""

    id: int
    person: str
    language: str
    briefing: Briefing
    attempts: int
    repeated: bool


class Archive:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def keep(self, made: Briefing, language: str) -> bool:
        """Whether it is new: of two processes that made the same one, one has its own kept."""
        given = {
            "person": made.person,
            "audience": made.audience,
            "day": made.day,
            "language": language,
            "made_at": made.made_at,
            "briefing": Jsonb(made.model_dump(mode="json")),
        }
        return bool(await self._history.fetch(_SQL["keep"], given))

    async def of_day(self, day: date, audience: Audience, person: str) -> Kept | None:
        rows = await self._history.fetch(_SQL["of_day"], {"day": day, "audience": audience, "person": person})
        return _kept(rows[0]) if rows else None

    async def earlier(self, day: date, audience: Audience, person: str) -> Briefing | None:
        given = {"day": day, "audience": audience, "person": person, "since": day - _COMPARED}
        rows = await self._history.fetch(_SQL["earlier"], given)
        return Briefing.model_validate(rows[0]["briefing"]) if rows else None

    async def newest(self, person: str, limit: int) -> Sequence[Kept]:
        """A person's, the newest day first."""
        return [_kept(row) for row in await self._history.fetch(_SQL["newest"], {"person": person, "limit": limit})]

    async def rescue(self, now: datetime) -> None:
        """What a dead process was sending is sent again, and says that it may have come already."""
        await self._history.fetch(_SQL["found"], {"before": now - SENDING_FOR})

    async def claim(self, now: datetime) -> Claimed | None:
        rows = await self._history.fetch(_SQL["claim"], {"now": now})
        return Claimed(**_read(rows[0])) if rows else None

    async def sent(self, id_: int, now: datetime) -> None:
        await self._history.fetch(_SQL["sent"], {"id": id_, "now": now})

    async def failed(self, claimed: Claimed, error: str, now: datetime) -> None:
        due_at = again_at(claimed.attempts, now)
        await self._history.fetch(
            _SQL["failed"], {"id": claimed.id, "error": error[:500], "due_at": due_at, "now": now}
        )

    async def forget(self, now: datetime) -> None:
        await self._history.fetch(_SQL["forget"], {"before": (now - _KEEP).date()})


def _kept(row: dict[str, Any]) -> Kept:
    return Kept(**_read(row))


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "briefing": Briefing.model_validate(row["briefing"])}
