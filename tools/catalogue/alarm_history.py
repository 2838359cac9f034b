"""The tool that says since when something is in alarm, how often it was, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from ingestion.alarms.alarms import Alarm, Alarms
from tools.context import EVERYBODY, ToolContext
from tools.query.contents import contents
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.alarms import AlarmSpell, spells_table
from tools.results.result import Evidence, Scene, ToolResult
from tools.results.table import NAME, STATUS, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary

_CYPHER = statements("tools.catalogue", "alarm_history.cypher")
_MOST = 10_000


class PointAlarms(Value):
    """``count`` spells of one point in the window; ``minutes`` of it were in alarm or warning; ``since`` where it still is."""

    point: str
    name: str
    count: int
    minutes: float
    since: AwareDatetime | None = None


class Standing(Value):
    """A point that is beyond its limits now and of which no alarm is recorded, or, where an asset was asked about, that is silent: ``since`` is then
    its last reading."""

    point: str
    name: str
    level: Literal["alarm", "warning", "stale"]
    since: AwareDatetime | None = None


class AlarmHistory(ToolResult):
    """``spells`` are the newest, at most the limit; ``total`` and ``points`` count all of the window. ``standing`` is of now."""

    window: Window
    total: int
    active: int = Field(description="how many are open now")
    points: list[PointAlarms] = Field(description="those with the most spells first, at most the limit")
    spells: list[AlarmSpell]
    standing: list[Standing] = Field(
        default=[], description="beyond their limits now without a record; stale: last read then"
    )
    about: str | None = Field(default=None, description="id of what was asked about")

    def summary(self) -> Summary[Literal["counted"]]:
        return Summary("counted", {"alarms": Count(self.total, "alarm"), "active": self.active})

    def tables(self) -> Sequence[Table]:
        of = [self.about] if self.about else []
        total = record(
            "alarms", (Column("total", "count"), self.total), (Column("active", "count"), self.active), of=of, window=self.window
        )  # fmt: skip
        often = tuple(
            TableRow(tuple(dict.fromkeys([*of, one.point])), (one.name, one.count, one.minutes, one.since)) for one in self.points
        )  # fmt: skip
        each = (NAME, Column("times", "count"), Column("lasted", "count", "min"), Column("since", "time"))
        tables = [
            spells_table(self.spells, self.window, of, self.total),
            Table("points", each, often, tuple(of), window=self.window),
            Table("standing", (NAME, STATUS, Column("since", "time")), self._standing(of), tuple(of)),
        ]
        return [total, *(one for one in tables if one.rows)]

    def _standing(self, of: Sequence[str]) -> tuple[TableRow, ...]:
        return tuple(
            TableRow(tuple(dict.fromkeys([*of, one.point])), (one.name, one.level, one.since)) for one in self.standing
        )

    def subjects(self) -> list[str]:
        return [self.about] if self.about else []


async def alarm_history(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(
            description="id or exact name of an asset or a place with what is in it, or of a point; all when left out"
        ),
    ] = None,
    window: Annotated[Window | None, Field(description="the last seven days when left out")] = None,
    limit: Annotated[int, Field(ge=1, le=200, description="how many to list")] = 20,
) -> AlarmHistory:
    """Since when something is beyond its limits, how often it was in a window of time and for how long: alarms and warnings as they were raised and cleared, with value, limit and worst value."""
    now = context.clock()
    window = window or Window(start=now - timedelta(days=7), end=now)
    id_ = await resolve(context.graph, asset) if asset else None
    ids = await contents(context.graph, id_) if id_ else None
    found = await Alarms(context.history).known_at(now, window.start, window.end, ids, _MOST)
    names = await named(context.graph, found)
    standing = await _standing(context, ids, {one.point for one in found if one.cleared_at is None}, window)
    points = _points(found, names, window, now)
    shown = [spell_of(alarm, names, now) for alarm in found[:limit]]
    evidence = Evidence(
        store="history",
        statement="alarms that were open in the window",
        points=[one.point for one in points[:limit]],
        window=window,
        as_of=max((alarm.cleared_at or alarm.raised_at for alarm in found), default=None),
    )
    return AlarmHistory(
        window=window,
        total=len(found),
        active=sum(alarm.cleared_at is None for alarm in found),
        points=points[:limit],
        spells=shown,
        standing=standing[:limit],
        about=id_,
        evidence=[evidence],
        scene=Scene(highlight=[id_], focus=id_) if id_ else None,
        notes=[f"Only the newest {_MOST:,} alarms of the window are counted."] if len(found) == _MOST else [],
    )


async def _standing(
    context: ToolContext, ids: Sequence[str] | None, recorded: Collection[str], window: Window
) -> list[Standing]:
    """Those of now, where the window reaches it; the longest first."""
    if context.as_of is not None or window.end < context.clock():
        return []
    rows = await context.graph.read(_CYPHER["standing"], ids=None if ids is None else list(ids))
    mine = {row["id"]: row for row in rows if row["id"] not in recorded}
    found = [
        Standing(point=id_, name=_name(row), level=row["status"], since=_moment(row["since"]))
        for id_, row in mine.items()
    ]
    return sorted(found, key=lambda one: (one.since is None, one.since or context.clock(), one.name))


def _moment(ms: float | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


async def named(graph: GraphStore, alarms: Sequence[Alarm]) -> dict[str, tuple[str, str | None]]:
    """What their points are called ("AHU-2 supply air temperature"), and their units."""
    return await names_of(graph, sorted({alarm.point for alarm in alarms}))


async def names_of(graph: GraphStore, ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """The same of points; one that left the plant goes by its id."""
    rows = await graph.read(_CYPHER["points"], ids=[*ids]) if ids else []
    known = {row["id"]: (_name(row), row["unit"]) for row in rows}
    return {id_: known.get(id_, (id_, None)) for id_ in ids}


def _name(row: Row) -> str:
    quantity = str(row["quantity"] or row["id"]).replace("_", " ")
    return f"{row['owners'][0]} {quantity}" if row["owners"] else quantity


def spell_of(alarm: Alarm, names: Mapping[str, tuple[str, str | None]], now: datetime) -> AlarmSpell:
    """As a result; ``names`` are those of the points, with their units."""
    name, unit = names[alarm.point]
    return AlarmSpell(
        point=alarm.point, assets=[*alarm.assets], name=name, level=alarm.worst_level, raised_at=alarm.raised_at, cleared_at=alarm.cleared_at,
        minutes=_minutes(alarm, alarm.raised_at, now), value=alarm.value, worst=alarm.worst, limit=alarm.limit_value,
        side=alarm.side, unit=unit, reason=alarm.reason,
    )  # fmt: skip


def _points(
    alarms: Sequence[Alarm], names: Mapping[str, tuple[str, str | None]], window: Window, now: datetime
) -> list[PointAlarms]:
    by_point: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_point.setdefault(alarm.point, []).append(alarm)
    found = [
        PointAlarms(
            point=point,
            name=names[point][0],
            count=len(some),
            minutes=round(sum(_minutes(one, window.start, min(now, window.end)) for one in some), 1),
            since=next((one.raised_at for one in some if one.cleared_at is None), None),
        )
        for point, some in by_point.items()
    ]
    return sorted(found, key=lambda one: (-one.count, -one.minutes, one.name))


def _minutes(alarm: Alarm, start: datetime, end: datetime) -> float:
    """Of its time between two moments."""
    lasted = min(alarm.cleared_at or end, end) - max(alarm.raised_at, start)
    return round(max(lasted, timedelta(0)).total_seconds() / 60, 1)


TOOL = Tool.of(
    alarm_history,
    effect="read",
    roles=EVERYBODY,
    past="The level of an alarm is the worst that it has come to by now.",
    brief="Alarms and warnings of a window: since when, how often, how long, worst value.",
)
