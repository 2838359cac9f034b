"""The tools and records that a briefing is made of, each asked once, all beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from graph_schema.errors import NotAllowed, PlantroomError
from graph_schema.question import AssetQuery, Window
from ingestion.notes.notes import Note, Notes
from tools.approvals.proposal import Proposal
from tools.approvals.record import ProposalRecord
from tools.briefing.briefing import Audience, Missing, Source
from tools.context import ToolContext
from tools.query.names import resolve
from tools.registry.registry import Registry
from tools.results.result import Evidence, ToolResult

Found = TypeVar("Found")
AT = time(7)
"""When a day's briefing is, where nobody says."""
_MONTH = timedelta(days=30)
_SOON_DAYS = 7
_MOST = 200
_OF_THE_PRESENT = frozenset({"alarms", "incidents", "risks", "orders", "due", "data", "approvals"})
"""What can be told of this moment alone."""
_EVIDENCE_IDS = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """A briefing of a local day. ``at`` is when that day's is, ``place`` the id of the site or building that it is about."""

    day: date
    audience: Audience
    at: time = AT
    place: str | None = None

    def window(self, zone: ZoneInfo, now: datetime) -> Window:
        """From the briefing of the day before; until now on the day itself."""
        begin, end = (
            datetime.combine(day, self.at, zone).astimezone(now.tzinfo)
            for day in (self.day - timedelta(days=1), self.day)
        )
        return Window(start=begin, end=now if now.astimezone(zone).date() == self.day and now > begin else end)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found, by the name of its source. ``inside`` are the ids within the place that was asked about, None for the whole plant."""

    results: Mapping[str, ToolResult | Sequence[Proposal] | Sequence[Note] | Missing]
    sources: Mapping[str, Source]
    window: Window
    inside: Collection[str] | None = None

    def get(self, source: str, kind: type[Found]) -> Found | Missing:
        found = self.results[source]
        assert isinstance(found, kind | Missing)
        return found

    @property
    def notes(self) -> Sequence[Note] | Missing:
        """Those that people left in the window, the newest first."""
        found = self.results["notes"]
        if isinstance(found, Missing):
            return found
        assert not isinstance(found, ToolResult)
        return [one for one in found if isinstance(one, Note)]

    @property
    def approvals(self) -> Sequence[Proposal] | Missing:
        found = self.results["approvals"]
        if isinstance(found, Missing):
            return found
        assert not isinstance(found, ToolResult)
        return [one for one in found if isinstance(one, Proposal)]

    def holds(self, *ids: str) -> bool:
        return self.inside is None or any(id_ in self.inside for id_ in ids)


async def ask(registry: Registry, context: ToolContext, wanted: Wanted) -> Asked:
    """Raises ``NotFound`` for a place that there is not; what one tool cannot tell is ``Missing``, and leaves the others as they are."""
    zone, now = ZoneInfo(context.timezone), context.clock()
    window = wanted.window(zone, now)
    place = await resolve(context.graph, wanted.place) if wanted.place else None
    is_past = window.end < now
    calls = {
        source: call
        for source, call in _calls(wanted.day, zone, window, place).items()
        if not (is_past and source in _OF_THE_PRESENT)
    }
    async with asyncio.TaskGroup() as group:
        asked = {
            source: group.create_task(_answer(registry, source, tool, arguments, context))
            for source, (tool, arguments) in calls.items()
        }
        waiting = None if is_past else group.create_task(_approvals(context))
        notes = group.create_task(_notes(context, window))
        inside = group.create_task(_inside(context, place))
    results = {source: task.result() for source, task in asked.items()}
    sources = {
        source: Source(asked=tool, arguments=dict(arguments), evidence=_evidence(results[source]))
        for source, (tool, arguments) in calls.items()
    }
    written = {"notes": notes.result()}
    past = {source: Missing(why="past", source=source) for source in _OF_THE_PRESENT if is_past}
    approvals = {} if waiting is None else {"approvals": waiting.result()}
    sources |= {
        "approvals": Source(
            asked="approvals", evidence=[Evidence(store="history", statement="proposals that wait for an approval")]
        ),
        "notes": Source(
            asked="notes", evidence=[Evidence(store="history", statement="notes left in the window", window=window)]
        ),
        "earlier": Source(
            asked="briefings", evidence=[Evidence(store="history", statement="the briefing of the day before")]
        ),
    }
    return Asked({**past, **results, **approvals, **written}, sources, window, inside.result())


def _calls(day: date, zone: ZoneInfo, window: Window, place: str | None) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    midnight = datetime.combine(day, time(), zone)
    yesterday = _json(Window(start=datetime.combine(day - timedelta(days=1), time(), zone), end=midnight))
    month = _json(Window(start=window.end - _MONTH, end=window.end))
    of = {"asset": place} if place else {}
    within = {"assets": {"within": {"ids": [place]}}} if place else {}
    return {
        "alarms": ("alarm_states", {"which": "waiting", "limit": _MOST}),
        "happened": ("summarize", {"window": _json(window), "limit": 50, **of}),
        "incidents": ("incidents", {"hours": (window.end - window.start) / timedelta(hours=1), "limit": _MOST}),
        "risks": ("rank_risks", {"limit": 100, **within}),
        "orders": ("list_work_orders", {"which": "waiting", "limit": _MOST, **of}),
        "due": ("maintenance_due", {"days": _SOON_DAYS, **of}),
        "energy": ("energy", {"window": yesterday, **of}),
        "comfort": ("comfort", {"window": _json(window), **of}),
        "data": ("data_quality", {"limit": 100, **within}),
        "accuracy": ("forecast_accuracy", {"window": month}),
    }


def _json(window: Window) -> Mapping[str, str]:
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}


async def _answer(
    registry: Registry, source: str, tool: str, arguments: Mapping[str, Any], context: ToolContext
) -> ToolResult | Missing:
    try:
        return await registry.call(tool, {**arguments}, context)
    except NotAllowed:
        raise
    except PlantroomError as error:
        return Missing(why="failed", source=source, said=str(error))


async def _approvals(context: ToolContext) -> Sequence[Proposal] | Missing:
    """Those that this caller may settle."""
    record, caller = ProposalRecord(context.history), context.caller
    try:
        found, _ = await record.list(["proposed"], _MOST)
    except PlantroomError as error:
        return Missing(why="failed", source="approvals", said=str(error))
    now = context.clock()
    return [one for one in found if one.wish.expires_at > now and _may_settle(one, caller.name, caller.roles)]


def _may_settle(one: Proposal, name: str, roles: Collection[str]) -> bool:
    return bool(one.wish.approvers & set(roles)) and (one.wish.own or one.wish.caller.name != name)


async def _notes(context: ToolContext, window: Window) -> Sequence[Note] | Missing:
    try:
        found, _ = await Notes(context.history).between(window.start, window.end, _MOST)
    except PlantroomError as error:
        return Missing(why="failed", source="notes", said=str(error))
    return found


async def _inside(context: ToolContext, place: str | None) -> Collection[str] | None:
    if place is None:
        return None
    return set((await context.reader.select(AssetQuery(within=AssetQuery(ids=[place])))).ids) | {place}


def _evidence(found: ToolResult | Missing) -> list[Evidence]:
    """As the tool has it, with the first ids of long lists."""
    if isinstance(found, Missing):
        return []
    return [
        one.model_copy(update={"entities": one.entities[:_EVIDENCE_IDS], "points": one.points[:_EVIDENCE_IDS]})
        for one in found.evidence
    ]
