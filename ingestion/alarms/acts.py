"""What people do to alarms, each act one transaction: the alarm, the act with who, when and why, its change in the stream, and what the caller
adds (the audit log). Two who act at once go one after the other, and the second is told how things stand by then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg.rows import class_row

from graph_schema.errors import InvalidInput
from graph_schema.statements import statements
from ingestion.alarms.alarms import ALARMS_SQL, Alarm, HoldOn, holds_of
from ingestion.alarms.states import Act, Standing, State, done
from ingestion.changes import NewChange, record
from ingestion.history.history import History

_SQL = statements("ingestion.alarms", "acts.sql")

NOBODY = "plantroom"
"""Who ends a shelf that has run out."""
Also = Callable[[psycopg.AsyncConnection, "AlarmAct"], Awaitable[None]]
_LONGEST = 1_000
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class AlarmAct:
    """``alarm`` is the newest alarm of the point, where it has one; ``ends`` the act whose hold this one ends."""

    id: int
    point: str
    alarm: int | None
    act: Act
    at: datetime
    who: str
    why: str | None
    until: datetime | None
    ends: int | None
    state_before: State
    state_after: State


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """How the alarm of a point stands: its newest ``alarm`` that is open or not acknowledged, and the ``hold`` on it."""

    point: str
    alarm: Alarm | None
    hold: HoldOn | None

    def standing(self, at: datetime) -> Standing:
        alarm, hold = self.alarm, self.hold
        active = alarm is not None and alarm.cleared_at is None
        known = alarm is None or alarm.acknowledged_at is not None
        return Standing(active, known, hold.hold if hold else None, hold.until if hold else None).at(at)


class AlarmActs:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def act(
        self,
        point: str,
        act: Act,
        who: str,
        at: datetime,
        why: str | None = None,
        until: datetime | None = None,
        assets: Sequence[str] = (),
        also: Also | None = None,
    ) -> AlarmAct:
        """``assets`` are whose point it is, where it has no alarm that tells. Raises ``InvalidInput`` with a sentence where the alarm does not stand so that it can be done."""
        async with self._history.connection() as connection, connection.transaction():
            known, ended = await _in_turn(connection, point, at)
            try:
                after = done(known.standing(at), act, at, until)
            except InvalidInput as error:
                raise InvalidInput(f"{point}: {error}") from error
            made = await _add(connection, known, act, who, at, _plain(why), until, after)
            if also is not None:
                await also(connection, made)
            await record(connection, [*ended, _change(made, assets or _assets(known))])
        return made

    async def lapse(self, now: datetime) -> int:
        """End the shelves that have run out, each once, whoever else does so too; how many that were."""
        rows = await self._history.fetch(_SQL["ran_out"], {"now": now})
        return sum([await self._ran_out(row["point"], now) for row in rows])

    async def _ran_out(self, point: str, now: datetime) -> bool:
        async with self._history.connection() as connection, connection.transaction():
            _, ended = await _in_turn(connection, point, now)
            await record(connection, ended)
        return bool(ended)

    async def standing(self, points: Sequence[str] | None = None) -> list[StandingAlarm]:
        """Of these points or of all: those whose alarm is open, not acknowledged or held, the newest first."""
        given = {"points": None if points is None else [*points]}
        async with self._history.connection() as connection, connection.transaction():
            alarms = {one.point: one for one in await _fetch(connection, Alarm, ALARMS_SQL["unsettled"], given)}
            holds = {one.point: one for one in await _fetch(connection, HoldOn, ALARMS_SQL["holds"], given)}
        found = [StandingAlarm(point, alarms.get(point), holds.get(point)) for point in alarms.keys() | holds.keys()]
        return sorted(found, key=lambda one: (_began(one), one.point), reverse=True)

    async def acts(
        self, start: datetime, end: datetime, points: Sequence[str] | None = None, limit: int = 1_000
    ) -> list[AlarmAct]:
        """Within a window, the newest first."""
        given = {"points": None if points is None else [*points], "start": start, "end": end, "limit": limit}
        return [AlarmAct(**row) for row in await self._history.fetch(_SQL["newest"], given)]


async def _in_turn(
    connection: psycopg.AsyncConnection, point: str, at: datetime
) -> tuple[StandingAlarm, list[NewChange]]:
    """How it stands when nobody else acts on it; a shelf that has run out ends first, and its change is to be recorded."""
    await connection.execute(cast(LiteralString, _SQL["turn"]), {"point": point})
    alarms = await _fetch(connection, Alarm, ALARMS_SQL["unsettled"], {"points": [point]})
    known = StandingAlarm(point, alarms[0] if alarms else None, (await holds_of(connection, [point])).get(point))
    if known.hold is None or known.hold.until is None or known.hold.until > at:
        return known, []
    made = await _add(connection, known, "unshelved", NOBODY, known.hold.until, None, None, known.standing(at))
    return replace(known, hold=None), [_change(made, _assets(known))]


async def _add(
    connection: psycopg.AsyncConnection,
    known: StandingAlarm,
    act: Act,
    who: str,
    at: datetime,
    why: str | None,
    until: datetime | None,
    after: Standing,
) -> AlarmAct:
    alarm = known.alarm.id if known.alarm else None
    before = "shelved" if who == NOBODY else known.standing(at).state
    given = {
        "point": known.point, "alarm": alarm, "act": act, "at": at, "who": who, "why": why, "until": until,
        "ends": known.hold.id if known.hold and act != "acknowledged" else None,
        "state_before": before, "state_after": after.state,
    }  # fmt: skip
    if act == "acknowledged":
        await connection.execute(cast(LiteralString, _SQL["acknowledge"]), given)
    return (await _fetch(connection, AlarmAct, _SQL["add"], given))[0]


def _assets(known: StandingAlarm) -> Sequence[str]:
    return known.alarm.assets if known.alarm else []


def _change(made: AlarmAct, assets: Sequence[str]) -> NewChange:
    data = {
        "alarm": made.alarm, "assets": [*assets], "who": made.who, "why": made.why,
        "until": made.until and made.until.isoformat(), "state": made.state_after, "before": made.state_before,
    }  # fmt: skip
    return NewChange(f"alarm.{made.act}", made.point, made.at, data)


async def _fetch(
    connection: psycopg.AsyncConnection, row: type[Row], statement: str, given: dict[str, Any]
) -> list[Row]:
    cursor = connection.cursor(row_factory=class_row(row))
    await cursor.execute(cast(LiteralString, statement), given)
    return await cursor.fetchall()


def _began(one: StandingAlarm) -> datetime:
    if one.alarm is not None:
        return one.alarm.raised_at
    assert one.hold is not None
    return one.hold.at


def _plain(why: str | None) -> str | None:
    told = " ".join((why or "").replace("\0", "").split())
    return told[:_LONGEST] or None
