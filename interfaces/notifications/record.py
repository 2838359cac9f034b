"""What each person is to be told, and what became of it, in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from graph_schema.errors import NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from interfaces.notifications.rota import Override
from interfaces.notifications.routing import MOST_REMINDERS, Notice, Stage

_SQL = statements("interfaces.notifications", "notices.sql")

SENDING_FOR = timedelta(minutes=2)
"""Longer than a message can take: whoever was sending it is dead."""
WAITS_S = (30, 120, 600, 3_600, 4 * 3_600)
"""After each attempt that failed; after one more a notice is given up."""
LATELY = timedelta(minutes=1)
_KEEP = timedelta(days=90)
_MOST_IN_ONE = 200

TURNS = MOST_REMINDERS + 1
"""Numbers of turns that one time of telling has to itself: its reminders count on from there."""

NoticeState = Literal["waiting", "sending", "sent", "dead", "dropped"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is being sent. ``trouble`` is what it was when it was told; ``repeated``: it may have come already."""

    id: int
    subject: str
    person: str
    stage: Stage
    turn: int
    due_at: datetime
    why: str
    trouble: Mapping[str, Any]
    attempts: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Kept(Claimed):
    """A notice as the record has it."""

    state: NoticeState
    error: str | None
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldTime:
    """One of several times that a trouble is told: its number, when it was planned, the least that is told of it, and whether all of it
    still waits."""

    time: int
    at: datetime
    trouble: Mapping[str, Any]
    waits: bool


class Notices:
    """The ``notice`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def plan(self, subject: str, trouble: Mapping[str, Any], notices: Sequence[Notice], now: datetime) -> int:
        """How many are new: what was planned before is planned once."""
        given = {"subject": subject, "trouble": Jsonb(trouble), "rows": _rows(notices), "now": now}
        return len(await self._history.fetch(_SQL["plan"], given))

    async def plan_time(
        self, subject: str, trouble: Mapping[str, Any], notices: Sequence[Notice], time: int, now: datetime
    ) -> int:
        """One of several times that the same is told: it takes the place of those before. How many notices are new, or wait anew; what waited
        already says from now on how things stand."""
        planned = [replace(one, turn=one.turn + time * TURNS) for one in notices]
        given = {"subject": subject, "trouble": Jsonb(trouble), "turn": time * TURNS, "now": now}
        await self._history.fetch(_SQL["outdated"], given)
        await self._history.fetch(_SQL["refresh"], given)
        revived = await self._history.fetch(_SQL["revive"], {**given, "rows": _rows(planned)})
        return len(revived) + await self.plan(subject, trouble, planned, now)

    async def newest_time(self, subject: str) -> ToldTime | None:
        """None where it never was."""
        rows = await self._history.fetch(_SQL["newest_time"], {"subject": subject, "turns": TURNS})
        return ToldTime(**rows[0]) if rows else None

    async def taken_on(self, subject: str, now: datetime) -> None:
        """Somebody has: nobody else is asked for it, nor anybody reminded."""
        stages: list[Stage] = ["raised", "escalated", "reminder"]
        await self._history.fetch(_SQL["drop"], {"subject": subject, "stages": stages, "now": now})

    async def over(self, subject: str, trouble: Mapping[str, Any], time: int, now: datetime) -> int:
        """What has not been told is not told any more; who knows of it is told, once for each time of telling, that it is over. How many
        these are."""
        await self.taken_on(subject, now)
        told = [row["person"] for row in await self._history.fetch(_SQL["told"], {"subject": subject})]
        return await self.plan(
            subject, trouble, [Notice(name, "over", now, "told before", time * TURNS) for name in told], now
        )

    async def rescue(self, now: datetime) -> int:
        """What a dead process was sending is sent again, and says that it may have come already."""
        return len(await self._history.fetch(_SQL["found"], {"before": now - SENDING_FOR}))

    async def due(self, now: datetime) -> Mapping[str, int]:
        """To whom something is due, with the number of messages within the last minute."""
        rows = await self._history.fetch(_SQL["due"], {"now": now, "since": now - LATELY})
        return {row["person"]: row["lately"] for row in rows}

    async def claim(self, person: str, now: datetime) -> Sequence[Claimed]:
        rows = await self._history.fetch(_SQL["claim"], {"person": person, "now": now, "limit": _MOST_IN_ONE})
        return sorted((Claimed(**row) for row in rows), key=lambda one: (one.due_at, one.id))

    async def sent(self, ids: Sequence[int], now: datetime) -> None:
        await self._history.fetch(_SQL["sent"], {"ids": list(ids), "now": now})

    async def failed(self, claimed: Sequence[Claimed], error: str, now: datetime) -> None:
        for one in claimed:
            given = {"ids": [one.id], "error": error[:500], "due_at": again_at(one.attempts, now), "now": now}
            await self._history.fetch(_SQL["failed"], given)

    async def newest(self, person: str | None, states: Sequence[NoticeState] | None, limit: int) -> Sequence[Kept]:
        given = {"person": person, "states": None if states is None else list(states), "limit": limit}
        return [Kept(**row) for row in await self._history.fetch(_SQL["newest"], given)]

    async def again(self, ids: Sequence[int] | None, now: datetime) -> int:
        """Of those that were given up, all or these; how many."""
        given = {"ids": None if ids is None else list(ids), "now": now}
        return len(await self._history.fetch(_SQL["again"], given))

    async def forget(self, now: datetime) -> None:
        await self._history.fetch(_SQL["forget"], {"before": now - _KEEP})

    async def override(self, one: Override, by: str, now: datetime) -> int:
        """Its number."""
        given = {"rota": one.rota, "person": one.person, "start": one.start, "end": one.end, "by": by, "now": now}
        return (await self._history.fetch(_SQL["override"], given))[0]["id"]

    async def overrides(self, after: datetime) -> Sequence[Override]:
        return [Override(**row) for row in await self._history.fetch(_SQL["overrides"], {"after": after})]

    async def withdraw(self, id_: int) -> str:
        """Of which rota it was. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["withdraw"], {"id": id_})
        if not rows:
            raise NotFound(f"There is no override {id_}. See: plantroom oncall list")
        return rows[0]["rota"]


def _rows(notices: Sequence[Notice]) -> str:
    return json.dumps([asdict(one) for one in notices], default=datetime.isoformat)


def again_at(attempts: int, now: datetime) -> datetime | None:
    """When it is tried again after so many attempts and one more; None where it is given up."""
    return now + timedelta(seconds=WAITS_S[attempts]) if attempts < len(WAITS_S) else None
