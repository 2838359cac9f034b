"""The record of incidents: alarms that belong together. What belongs together is decided elsewhere; here it is kept, each step one transaction with
its changes (``incident.opened``, ``.grown``, ``.merged``, ``.split``, ``.closed``). An alarm that is lost between two steps is placed by the next one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import dict_row

from graph_schema.condition import Level, Side
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.changes import NewChange, record
from ingestion.history.history import History

_SQL = statements("ingestion.alarms", "incidents.sql")

OVER = timedelta(hours=1)
"""An incident whose alarms have been over for so long is closed."""


@dataclass(frozen=True, slots=True)
class RecentAlarm:
    """``incident`` is where it belongs by now; ``kept`` whether people have had a hand in that."""

    id: int
    point: str
    assets: Sequence[str]
    level: str
    raised_at: datetime
    incident: int | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Alarms that go into an incident, a new one where ``incident`` is None, and the incidents that it swallows."""

    incident: int | None
    cause: str | None
    because: str
    opened_at: datetime
    alarms: Sequence[int]
    swallows: Sequence[int] = ()
    assets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """``active`` counts alarms that are not cleared, ``waiting`` those that nobody acknowledged."""

    id: int
    cause: str | None
    because: str
    opened_at: datetime
    closed_at: datetime | None
    kept: bool
    alarms: int
    active: int
    waiting: int
    last_at: datetime
    points: Sequence[str]

    @property
    def name(self) -> str:
        return name_of(self.id)


@dataclass(frozen=True, slots=True)
class WaitingAlarm:
    """An active alarm that nobody has acknowledged and nothing holds; ``since`` is when it was raised, or when its last hold ended."""

    id: int
    point: str
    assets: Sequence[str]
    level: Level
    side: Side | None
    value: float | None
    limit_value: float | None
    raised_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class IncidentStanding:
    """An incident as it stands, with the alarms that wait; ``taken_on_at`` is the last act that acknowledged or held one of its points."""

    id: int
    cause: str | None
    because: str
    opened_at: datetime
    closed_at: datetime | None
    merged_into: int | None
    alarms: int
    points: int
    taken_on_at: datetime | None
    waiting: Sequence[WaitingAlarm]

    @property
    def name(self) -> str:
        return name_of(self.id)


Decide = Callable[[Sequence[RecentAlarm]], Sequence[Placement]]
AlsoIncident = Callable[[psycopg.AsyncConnection], Awaitable[None]]


class Incidents:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def fold(self, decide: Decide, since: datetime, now: datetime) -> int:
        """Place the alarms raised since a moment as is decided of them, and close what is over; how many placements there were."""
        async with self._alone() as connection:
            rows = await _rows(connection, "recent", since=since)
            placements = decide([RecentAlarm(**row) for row in rows])
            told = [change for one in placements for change in await _placed(connection, one, now)]
            closed = await _rows(connection, "close", since=now - OVER)
            told += [_change("closed", row["id"], row["closed_at"], {"cause": row["cause"]}) for row in closed]
            await record(connection, told)
        return len(placements)

    async def list(self, since: datetime, limit: int = 50, id_: int | None = None) -> Sequence[Incident]:
        """Open ones and those closed since a moment, the largest first; or one by its number."""
        given = {"since": since, "limit": limit, "id": id_}
        return [Incident(**row) for row in await self._history.fetch(_SQL["list"], given)]

    async def of(self, alarms: Sequence[int]) -> Sequence[int]:
        """The incidents to which these alarms belong by now."""
        return [row["incident"] for row in await self._history.fetch(_SQL["of"], {"alarms": [*alarms]})]

    async def standing(self, incident: int, now: datetime) -> IncidentStanding:
        """Raises ``NotFound``."""
        async with self._history.connection() as connection, connection.transaction():
            rows = await _rows(connection, "counted", incident=incident)
            if not rows:
                raise NotFound(f"There is no incident {name_of(incident)}.")
            waiting = await _rows(connection, "waiting", incident=incident, now=now)
        return IncidentStanding(**rows[0], waiting=[WaitingAlarm(**row) for row in waiting])

    async def points(self, incident: int) -> Mapping[str, Sequence[str]]:
        """Those whose newest alarm is in it, each with whose it is."""
        rows = await self._history.fetch(_SQL["points"], {"incident": incident})
        return {row["point"]: row["assets"] for row in rows}

    async def merge(self, into: int, other: int, who: str, now: datetime, also: AlsoIncident | None = None) -> None:
        """Raises ``NotFound`` or ``InvalidInput``."""
        if into == other:
            raise InvalidInput(f"{name_of(into)} is one already.")
        async with self._alone() as connection:
            for one in (into, other):
                await _open(connection, one)
            await _run(connection, "merge", into=into, incident=other, now=now)
            await _run(connection, "keep", incidents=[into])
            await _also(connection, also)
            await record(connection, [_change("merged", other, now, {"into": name_of(into), "who": who})])

    async def split(
        self,
        incident: int,
        points: Sequence[str],
        cause: str | None,
        who: str,
        now: datetime,
        also: AlsoIncident | None = None,
    ) -> int:
        """The alarms of these points become an incident of their own; its number. Raises ``NotFound`` or ``InvalidInput``."""
        async with self._alone() as connection:
            await _open(connection, incident)
            rows = await _rows(connection, "alarms_of", incident=incident)
            going = [row["id"] for row in rows if row["point"] in points]
            if not going or len(going) == len(rows):
                raise InvalidInput(
                    f"{name_of(incident)} has {'only' if going else 'none of'} these alarms: nothing to split."
                )
            made = (await _rows(connection, "open", cause=cause, because="person", at=now, kept=True))[0]["id"]
            await _run(connection, "place", alarms=going, incident=made)
            await _run(connection, "keep", incidents=[incident])
            await _also(connection, also)
            data = {"into": name_of(made), "alarms": len(going), "who": who}
            await record(connection, [_change("split", incident, now, data)])
        return made

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        async with self._history.connection() as connection, connection.transaction():
            await connection.execute(cast(LiteralString, _SQL["alone"]))
            yield connection


def name_of(id_: int) -> str:
    return f"I-{id_}"


def is_name(text: str) -> bool:
    """Whether it is written as incidents are: I-12."""
    return re.fullmatch(r"\s*[Ii]-[0-9]{1,18}\s*", text) is not None


def number_of(name: str) -> int:
    """From “I-12” or “12”. Raises ``InvalidInput``."""
    digits = name.strip().upper().removeprefix("I-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        raise InvalidInput(f"“{name[:40]}” is no incident; they go by I- and a number, as I-12.")
    return int(digits)


async def _placed(connection: psycopg.AsyncConnection, one: Placement, now: datetime) -> list[NewChange]:
    incident, told = one.incident, list[NewChange]()
    if incident is None:
        given = {"cause": one.cause, "because": one.because, "at": one.opened_at, "kept": False}
        incident = (await _rows(connection, "open", **given))[0]["id"]
    else:
        await _run(connection, "cause", incident=incident, cause=one.cause, because=one.because)
    for other in one.swallows:
        await _run(connection, "merge", into=incident, incident=other, now=now)
        told.append(_change("merged", other, now, {"into": name_of(incident), "who": "plantroom"}))
    if one.alarms:
        await _run(connection, "place", alarms=[*one.alarms], incident=incident)
        await _run(connection, "reopen", incident=incident)
    data = {"cause": one.cause, "because": one.because, "new": len(one.alarms), "assets": [*one.assets]}
    return [*told, _change("opened" if one.incident is None else "grown", incident, now, data)]


async def _open(connection: psycopg.AsyncConnection, incident: int) -> None:
    cursor = await connection.execute("select closed_at, merged_into from incident where id = %s", [incident])
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no incident {name_of(incident)}.")
    if row[0] is not None:
        raise InvalidInput(f"{name_of(incident)} is {f'part of {name_of(row[1])}' if row[1] else 'closed'}.")


async def _also(connection: psycopg.AsyncConnection, also: AlsoIncident | None) -> None:
    if also is not None:
        await also(connection)


def _change(verb: str, incident: int, at: datetime, data: Mapping[str, Any]) -> NewChange:
    return NewChange(f"incident.{verb}", name_of(incident), at, {**data})


async def _rows(connection: psycopg.AsyncConnection, statement: str, **given: Any) -> list[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(cast(LiteralString, _SQL[statement]), given)
    return await cursor.fetchall()


async def _run(connection: psycopg.AsyncConnection, statement: str, **given: Any) -> None:
    await connection.execute(cast(LiteralString, _SQL[statement]), given)
