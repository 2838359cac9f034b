"""What an incident means for people: one thing to tell, whatever number of alarms it has. It is read as it stands and not as it came to be, so
that a change that comes again, or of which one was passed over, leads to the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from graph_schema.ontology.responses import PRIORITIES, Priority, priority_of, response_of
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.alarms.incidents import Incidents, IncidentStanding, WaitingAlarm, number_of
from ingestion.changes import Change
from interfaces.notifications.facts import Facts
from interfaces.notifications.record import ToldTime
from tools.alarms.incidents import FLOOD

_CYPHER = statements("interfaces.notifications", "troubles.cypher")

GATHERED = timedelta(minutes=1)
"""What is more than was told waits for so long for what else there is, and each time twice as long; what is urgent now does not wait."""
_NAMED = 8
_ALARM_KINDS = (
    "alarm.changed", "alarm.cleared", "alarm.acknowledged", "alarm.shelved", "alarm.unshelved", "alarm.suppressed",
    "alarm.unsuppressed", "alarm.out_of_service", "alarm.in_service",
)  # fmt: skip
_INCIDENT_KINDS = ("incident.opened", "incident.grown", "incident.merged", "incident.split", "incident.closed")
KINDS = (*_INCIDENT_KINDS, *_ALARM_KINDS)


@dataclass(frozen=True, slots=True)
class Told:
    """The newest time that an incident was planned to be told: its number, when that was, what of it, and whether all of it still waits."""

    time: int
    at: datetime
    priority: Priority
    points: int
    waits: bool

    @classmethod
    def of(cls, known: ToldTime) -> Told:
        return cls(known.time, known.at, known.trouble["priority"], known.trouble["points"], known.waits)


def subject_of(incident: int) -> str:
    return f"incident:{incident}"


async def concerned(changes: Sequence[Change], record: Incidents) -> Sequence[int]:
    """The incidents that these changes are about, each once. What is in none yet is told when it is. Raises ``Unavailable``."""
    names = [one.subject for one in changes if one.kind in _INCIDENT_KINDS]
    names += [one.data["into"] for one in changes if one.kind in _INCIDENT_KINDS and "into" in one.data]
    alarms = [one.data["alarm"] for one in changes if one.kind in _ALARM_KINDS and one.data.get("alarm") is not None]
    found = {number_of(one) for one in names} | set(await record.of(alarms) if alarms else ())
    return sorted(found)


def time_of(standing: IncidentStanding, priority: Priority, told: Told | None) -> int:
    """Which time of telling this is: another one where it has become more pressing, or is a flood of more points, or where all that waits
    came after somebody had taken on what was told."""
    if told is None:
        return 0
    return told.time + (_is_worse(standing, priority, told) or _is_new(standing, told))


def begins(standing: IncidentStanding, priority: Priority, told: Told | None, now: datetime) -> datetime:
    """When people may be told at the earliest."""
    since = min(one.since for one in standing.waiting)
    if told is None or not _is_worse(standing, priority, told):
        return since
    return (
        now
        if _is_more_pressing(priority, told) and priority == "urgent"
        else max(since, told.at + GATHERED * 2**told.time)
    )


def _is_worse(standing: IncidentStanding, priority: Priority, told: Told) -> bool:
    grown = standing.points >= FLOOD and standing.points > told.points and not told.waits
    return grown or _is_more_pressing(priority, told)


def _is_more_pressing(priority: Priority, told: Told) -> bool:
    return PRIORITIES.index(priority) > PRIORITIES.index(told.priority)


def _is_new(standing: IncidentStanding, told: Told) -> bool:
    taken = standing.taken_on_at
    return taken is not None and taken > told.at and all(one.since >= taken for one in standing.waiting)


async def facts_of(standing: IncidentStanding, graph: GraphStore, told: Told | None) -> Facts:
    """Of the most pressing alarm that waits, and what else there is. Raises ``Unavailable``."""
    rows = await graph.read(_CYPHER["points"], ids=sorted({one.point for one in standing.waiting}))
    known = {row["id"]: row for row in rows}
    all_ = [_alarm_facts(one, known.get(one.point, {})) for one in standing.waiting]
    lead = max(all_, key=lambda one: PRIORITIES.index(one.priority))
    names = dict.fromkeys(f"{one.name} ({one.asset})" if one.asset else one.name for one in all_ if one is not lead)
    facts = replace(
        lead, id=standing.name, alarms=standing.alarms, points=standing.points, also=[*names][:_NAMED],
        cause=await _cause(standing, graph),
    )  # fmt: skip
    return replace(facts, worse=told is not None and _is_worse(standing, lead.priority, told))


def over(standing: IncidentStanding, told: Mapping[str, Any]) -> Facts:
    """Of what was told, that it has ended."""
    known = Facts(**told)
    at = (standing.closed_at or standing.opened_at).isoformat()
    return replace(known, at=at, alarms=standing.alarms, points=standing.points, worse=False)


async def _cause(standing: IncidentStanding, graph: GraphStore) -> str:
    if standing.cause is None:
        return ""
    rows = await graph.read(_CYPHER["asset"], ids=[standing.cause])
    return (rows[0]["name"] if rows else None) or standing.cause


def _alarm_facts(alarm: WaitingAlarm, row: Mapping[str, Any]) -> Facts:
    quantity = row.get("quantity") or ""
    response = response_of(quantity, alarm.side)
    return Facts(
        what=alarm.level,
        priority=priority_of(alarm.level, row.get("criticality"), response.at_stake, response.minutes).priority,
        at=alarm.raised_at.isoformat(),
        name=row.get("name") or alarm.point,
        quantity=quantity,
        asset=row.get("asset") or "",
        place=row.get("place") or "",
        value=alarm.value,
        limit=alarm.limit_value,
        unit=row.get("unit") or "",
        side=alarm.side,
        minutes=response.minutes,
    )
