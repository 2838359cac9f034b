"""The record of alarms in PostgreSQL. An alarm and its change (``alarm.raised``, ``.changed``, ``.cleared``) are one transaction.

A point has at most one open alarm. Two processes that judge the same point at once record it once: what the database already has is
neither written nor told again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString, cast

import psycopg
from psycopg.rows import class_row

from graph_schema.condition import Level, Side
from graph_schema.errors import NotFound
from graph_schema.model import Status
from graph_schema.statements import statements
from ingestion.alarms.states import Hold
from ingestion.changes import NewChange, record
from ingestion.history.history import History

ALARMS_SQL = _SQL = statements("ingestion.alarms", "alarms.sql")

AlarmVerb = Literal["raised", "changed", "cleared"]
_STATEMENTS: dict[AlarmVerb, str] = {"raised": "raise", "changed": "change", "cleared": "clear"}


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """What happens to a point's alarm. Moments are epoch milliseconds; ``since`` is when the level became what it is, where
    that is known; ``assets`` are whose point it is."""

    verb: AlarmVerb
    point: str
    source: str
    assets: Sequence[str]
    level: Level
    at: int
    since: int | None = None
    value: float | None = None
    side: Side | None = None
    limit_value: float | None = None
    worst: float | None = None
    worst_at: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """An alarm that history tells of, as ``AlarmChange`` and ``Alarm`` have it; moments are epoch milliseconds."""

    level: Level
    worst_level: Level
    raised_at: int
    since: int | None = None
    value: float | None = None
    side: Side | None = None
    limit_value: float | None = None
    worst: float | None = None
    worst_at: int | None = None
    cleared_at: int | None = None
    cleared_value: float | None = None

    def as_raised(self, point: str, source: str, assets: Sequence[str]) -> AlarmChange:
        """One that goes on, as it is raised, at the worst it came to."""
        return AlarmChange(
            "raised", point, source, assets, self.worst_level, self.raised_at, self.since, self.value, self.side, self.limit_value,
            self.worst, self.worst_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A point's status became another."""

    point: str
    assets: Sequence[str]
    status: Status
    before: Status | None
    at: int
    value: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Worst:
    """The furthest value of an open alarm so far."""

    point: str
    worst: float | None
    worst_at: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One time that a point was beyond its limits. ``worst_level`` is the worst it came to; open while ``cleared_at`` is None.

    ``since`` is when it came to its level, None where it was so when the point was first judged.
    """

    id: int
    point: str
    source: str
    assets: Sequence[str]
    level: Level
    worst_level: Level
    raised_at: datetime
    since: datetime | None
    value: float | None
    side: Side | None
    limit_value: float | None
    worst: float | None
    worst_at: datetime | None
    cleared_at: datetime | None
    cleared_value: float | None
    reason: str | None
    duration: timedelta | None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None

    def at(self, moment: datetime) -> Alarm:
        """As it stood then: open before it was cleared, without a worst value or an acknowledgement that came later."""
        known = self if self.worst_at is None or self.worst_at <= moment else replace(self, worst=None, worst_at=None)
        if known.acknowledged_at is not None and known.acknowledged_at > moment:
            known = replace(known, acknowledged_at=None, acknowledged_by=None)
        if self.cleared_at is None or self.cleared_at <= moment:
            return known
        return replace(known, cleared_at=None, cleared_value=None, reason=None, duration=None)


@dataclass(frozen=True, slots=True)
class HoldOn:
    """That the alarm of a point is held: ``id`` is the act that did it, ``until`` the end of a shelf."""

    id: int
    point: str
    hold: Hold
    until: datetime | None
    at: datetime
    who: str
    why: str | None

    def kind_at(self, moment: datetime) -> Hold | None:
        """None where it is a shelf that has run out by then."""
        return None if self.until is not None and self.until <= moment else self.hold


class Alarms:
    """The ``alarm`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def write(self, alarms: Sequence[AlarmChange], statuses: Sequence[StatusChange] = ()) -> None:
        """Record what happened, with its changes, in one transaction. Repeating it changes and tells nothing of an alarm."""
        if not alarms and not statuses:
            return
        async with self._history.connection() as connection, connection.transaction():
            told: list[NewChange] = []
            known: set[str] = set()
            holds = await holds_of(connection, sorted({one.point for one in alarms}))
            for verb in _STATEMENTS:
                wanted = {one.point: one for one in alarms if one.verb == verb}
                for row in await _rows(connection, _STATEMENTS[verb], list(wanted.values())):
                    told.append(_alarm_change(verb, row, wanted.pop(row.point), holds.get(row.point)))
                known |= wanted.keys()
            told += [_status_change(one) for one in statuses if one.point not in known]
            await record(connection, told)

    async def keep_past(self, point: str, source: str, assets: Sequence[str], alarms: Sequence[PastAlarm]) -> None:
        """Record alarms of a point that were over before it was first judged. Nobody is told, and nobody has to acknowledge them."""
        of_it = {"point": point, "source": source, "assets": [*assets]}
        if alarms:
            await self._history.fetch(_SQL["keep_past"], {**of_it, "rows": _json(alarms)})

    async def worsen(self, found: Sequence[Worst]) -> None:
        """Keep the furthest values of open alarms: no change that anybody is told of."""
        if found:
            await self._history.fetch(_SQL["worsen"], {"rows": _json(found)})

    async def open(self) -> list[Alarm]:
        """Those that are not cleared, the newest first."""
        return _alarms(await self._history.fetch(_SQL["open"]))

    async def last(self, points: Sequence[str]) -> dict[str, Alarm]:
        """The newest alarm of each of these points that ever had one."""
        found = _alarms(await self._history.fetch(_SQL["last"], {"points": list(points)})) if points else []
        return {alarm.point: alarm for alarm in found}

    async def between(
        self, start: datetime, end: datetime, ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> list[Alarm]:
        """Those that were open at some time of a window, the newest first; ``ids`` are of points, or of whose points they are."""
        given = {"start": start, "end": end, "ids": None if ids is None else list(ids), "limit": limit}
        return _alarms(await self._history.fetch(_SQL["overlapping"], given))

    async def known_at(
        self, moment: datetime, start: datetime, end: datetime, ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> list[Alarm]:
        """Those of a window as they stood at a moment."""
        return [alarm.at(moment) for alarm in await self.between(start, min(end, moment), ids, limit)]

    async def reset(self, points: Sequence[str], at: datetime, by: str) -> int:
        """Clear open alarms by hand, latched ones above all, and return how many. What is still beyond its limit is raised again
        after its delay. Raises ``NotFound`` where a point has no open alarm."""
        known = {alarm.point: alarm for alarm in await self.open()}
        if missing := [point for point in points if point not in known]:
            raise NotFound(f"There is no open alarm of {', '.join(missing)}.")
        moment = round(at.timestamp() * 1000)
        found = [known[point] for point in dict.fromkeys(points)]
        await self.write([cleared(alarm, moment, f"Reset by {by}.") for alarm in found])
        return len(found)


def cleared(alarm: Alarm, at: int, reason: str) -> AlarmChange:
    """An open alarm that ends for another reason than its value."""
    return AlarmChange("cleared", alarm.point, alarm.source, alarm.assets, alarm.level, at, reason=reason)


async def _rows(connection: psycopg.AsyncConnection, statement: str, rows: Sequence[AlarmChange]) -> list[Alarm]:
    if not rows:
        return []
    cursor = connection.cursor(row_factory=class_row(Alarm))
    await cursor.execute(cast(LiteralString, _SQL[statement]), {"rows": _json(rows)})
    return await cursor.fetchall()


async def holds_of(connection: psycopg.AsyncConnection, points: Sequence[str]) -> dict[str, HoldOn]:
    """Those that nothing has ended, by point; a shelf that has run out may be among them."""
    if not points:
        return {}
    cursor = connection.cursor(row_factory=class_row(HoldOn))
    await cursor.execute(cast(LiteralString, _SQL["holds"]), {"points": [*points]})
    return {hold.point: hold for hold in await cursor.fetchall()}


def _alarm_change(verb: AlarmVerb, alarm: Alarm, wanted: AlarmChange, hold: HoldOn | None) -> NewChange:
    held = hold.kind_at(_moment(wanted.at)) if hold else None
    data: dict[str, Any] = {
        "alarm": alarm.id, "source": alarm.source, "assets": alarm.assets, "level": alarm.level,
        "worst_level": alarm.worst_level, "value": wanted.value, "side": alarm.side, "limit": alarm.limit_value,
        "worst": alarm.worst, "raised_at": alarm.raised_at.isoformat(), "held": held,
    }  # fmt: skip
    if alarm.duration is not None:
        data |= {"duration_s": alarm.duration.total_seconds(), "reason": alarm.reason}
    return NewChange(f"alarm.{verb}", alarm.point, _moment(wanted.at), data)


def _status_change(one: StatusChange) -> NewChange:
    data = {
        "status": one.status,
        "before": one.before,
        "assets": list(one.assets),
        "value": one.value,
        "text": one.text,
    }
    return NewChange("status.changed", one.point, _moment(one.at), data)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _json(rows: Sequence[AlarmChange] | Sequence[PastAlarm] | Sequence[Worst]) -> str:
    return json.dumps([asdict(row) for row in rows])


def _alarms(rows: Sequence[dict[str, Any]]) -> list[Alarm]:
    return [Alarm(**row) for row in rows]
