"""The tool that sums up what happened since a moment, and what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from forecasting.outlook import Outlook, read_flagged
from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery, Measure, Window
from graph_schema.statements import statements
from ingestion.alarms.alarms import Alarm, Alarms
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from tools.activity.orders import order_of
from tools.activity.run_status import RUNS, activities
from tools.activity.running import runs_of, switched_points
from tools.catalogue.alarm_history import named, spell_of
from tools.catalogue.rank_risks import ranking
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.query.points import moment
from tools.query.selection import Selection, graph_evidence, history_evidence
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.jobs.happened import Consumer, Happened, PointEvent
from tools.results.jobs.runs import AssetRuns
from tools.results.result import Evidence, Scene
from tools.results.risks import RankedRisks
from tools.risk.outlooks import forecast_of, outlook_evidence
from tools.topology.snapshot import Topologies

_CYPHER = statements("tools.catalogue.jobs", "summarize.cypher")
_MOST = 10_000
_LONGEST = timedelta(days=92)
_FEW = 100
_READ = 60
"""Of more assets than this neither runs nor uses are read: by name the first count."""
_ENERGY = "electric_energy"


def summarizing(
    topologies: Topologies, rank_risks: Callable[..., Awaitable[RankedRisks]]
) -> Callable[..., Awaitable[Happened]]:
    """The tool, over this judgement of the present."""

    async def summarize(
        context: ToolContext,
        window: Annotated[Window | None, Field(description="the last 24 hours when left out")] = None,
        asset: Annotated[
            str | None, Field(description="id or exact name of a place or an asset; the whole plant when left out")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=50, description="how many of each kind to list")] = 5,
    ) -> Happened:
        """What happened in a window of time, and what waits now: alarms raised, cleared and still open, points that went silent or came back, what ran, energy used and its top consumers, newly flagged outlooks, work orders opened and closed, new doubts about data, and what needs attention first. For a shift's start, a morning round, "what is new"."""
        now = context.clock()
        window = _until_now(window, now)
        scope = await _scope(context, topologies, asset)
        ((alarms, orders), points, flagged, (runs, run_notes), (consumers, energy_notes), risks) = await asyncio.gather(
            _recorded(context, scope, window),
            context.graph.read(_CYPHER["points"], since=round(1000 * window.start.timestamp())),
            read_flagged(context.graph),
            _runs(context, scope, window, now),
            _consumers(context, scope, window),
            rank_risks(context, AssetQuery(ids=list(scope.ids)) if scope.ids is not None else None, limit),
        )
        open_first = sorted(alarms, key=lambda one: (one.cleared_at is not None, one.level != "alarm"))[:limit]
        names = await named(context.graph, open_first)
        outlooks = [one for one in flagged if scope.holds(one.asset)]
        begun = [one for one in outlooks if _is_within(one.since, window)]
        refs = await context.reader.refs(
            list({*(one.asset for one in begun[:limit]), *(one.asset for one in orders[:limit])})
        )
        events = _events([one for found in points for one in found["rows"]], scope, window)
        return Happened(
            window=window,
            about=scope.about,
            raised=sum(_is_within(one.raised_at, window) for one in alarms),
            cleared=sum(_is_within(one.cleared_at, window) for one in alarms),
            active=sum(one.cleared_at is None for one in alarms),
            alarms=[spell_of(one, names, now) for one in open_first],
            alarms_total=len(alarms),
            went_silent=events.went_silent[:limit],
            went_silent_total=len(events.went_silent),
            came_back=events.came_back[:limit],
            came_back_total=len(events.came_back),
            silent_now=events.silent_now,
            doubted=events.doubted[:limit],
            doubted_total=len(events.doubted),
            runs=runs[:limit],
            runs_total=len(runs),
            consumers=consumers[:limit],
            consumers_total=len(consumers),
            flagged=[forecast_of(one, refs[one.asset], now) for one in begun[:limit] if one.asset in refs],
            flagged_total=len(begun),
            flagged_now=len(outlooks),
            orders=[order_of(one, refs) for one in orders[:limit] if one.asset in refs],
            orders_opened=sum(_is_within(one.opened_at, window) for one in orders),
            orders_closed=sum(_is_within(one.closed_at, window) for one in orders),
            orders_total=len(orders),
            waiting=risks.risks,
            waiting_total=risks.total,
            evidence=_evidence(alarms, orders, outlooks, window, risks),
            scene=_scene(scope, risks),
            notes=[*_cut(alarms), *run_notes, *energy_notes, *risks.notes],
        )

    return summarize


def _until_now(window: Window | None, now: datetime) -> Window:
    if window is None:
        return Window(start=now - timedelta(days=1), end=now)
    if window.start >= now:
        raise InvalidInput("Nothing has happened since then: name a time that is over.")
    if window.end - window.start > _LONGEST:
        raise InvalidInput("That is longer than three months: choose a shorter time.")
    return Window(start=window.start, end=min(window.end, now))


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is looked at; ``ids`` is None for the whole plant."""

    about: EntityRef | None
    ids: Collection[str] | None

    def holds(self, id_: str) -> bool:
        return self.ids is None or id_ in self.ids

    async def having(self, context: ToolContext, quantity: str) -> tuple[Selection, int]:
        """Those in it that have such a point, the first of them, and how many there are. Of many ids it costs less to look at all that have one."""
        few = None if self.ids is None or len(self.ids) > _FEW else sorted(self.ids)
        found = await context.reader.select(AssetQuery(ids=few, has_point=[quantity]))
        chosen = [ref for ref in found.entities if self.holds(ref.id)]
        return Selection(found.query, chosen[:_READ], found.evidence, []), len(chosen)


async def _scope(context: ToolContext, topologies: Topologies, asset: str | None) -> _Scope:
    """An asset or a place with its parts, and what stands in them."""
    if asset is None:
        return _Scope(None, None)
    id_ = await resolve(context.graph, asset)
    topology = await topologies.current(context.graph, context.ontology)
    parts = topology.inside(id_) if id_ in topology.nodes else {id_}
    placed = {one for part in parts for one in topology.contents.get(part, ())}
    inside = {one for placed_one in placed for one in topology.inside(placed_one)}
    return _Scope((await context.reader.refs([id_]))[id_], frozenset(parts | inside))


async def _recorded(context: ToolContext, scope: _Scope, window: Window) -> tuple[Sequence[Alarm], Sequence[WorkOrder]]:
    ids = None if scope.ids is None else sorted(scope.ids)
    alarms = await Alarms(context.history).between(window.start, window.end, ids, _MOST)
    orders = await WorkOrders(context.history).between(window.start, window.end, ids, _MOST)
    return alarms, orders


@dataclass(frozen=True, slots=True)
class _Events:
    went_silent: list[PointEvent]
    came_back: list[PointEvent]
    doubted: list[PointEvent]
    silent_now: int


def _events(rows: Sequence[Sequence[Any]], scope: _Scope, window: Window) -> _Events:
    """Of each point its last change, as the graph has it; the newest first."""
    start, end = (round(1000 * moment.timestamp()) for moment in (window.start, window.end))
    silent: dict[str, PointEvent] = {}
    back: dict[str, PointEvent] = {}
    doubted: dict[str, PointEvent] = {}
    silent_now: set[str] = set()
    for owner, owner_name, id_, name, status, since, before, doubted_since, kinds, issues in rows:
        if not scope.holds(owner):
            continue
        new = since is not None and start <= since <= end
        event = PointEvent(
            point=id_,
            name=name or id_,
            owner=owner,
            owner_name=owner_name or owner,
            since=_moment(since) if new else None,
        )
        if status == "stale":
            silent_now.add(id_)
        if new and (status == "stale" or before == "stale"):
            (silent if status == "stale" else back).setdefault(id_, event)
        said = [text for kind, text in zip(kinds or (), issues or (), strict=True) if kind != "silent"]
        if said and doubted_since is not None and start <= doubted_since <= end:
            doubted.setdefault(id_, event.model_copy(update={"since": _moment(doubted_since), "doubts": said}))
    return _Events(_newest(silent), _newest(back), _newest(doubted), len(silent_now))


def _newest(found: Mapping[str, PointEvent]) -> list[PointEvent]:
    return sorted(found.values(), key=lambda one: one.since or datetime.min.replace(tzinfo=UTC), reverse=True)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)


async def _runs(
    context: ToolContext, scope: _Scope, window: Window, now: datetime
) -> tuple[list[AssetRuns], list[str]]:
    """What ran, that which switched most often before the rest."""
    selection, total = await scope.having(context, RUNS)
    switched = await switched_points(context, selection.entities, None)
    found = await activities(context.history, context.ontology, switched.points, window, now, context.timezone)
    rows = [runs_of(switched.refs[id_], one, window, now) for id_, one in found.of.items()]
    ran = [row for row in rows if row.hours]
    ran.sort(key=lambda row: (-(row.starts or 0) - (row.stops or 0), -(row.hours or 0.0), row.asset.name))
    return ran, _left_out("report whether they run", "runs", total)


async def _consumers(context: ToolContext, scope: _Scope, window: Window) -> tuple[list[Consumer], list[str]]:
    """By meters alone, those that counted most first."""
    selection, total = await scope.having(context, _ENERGY)
    measure = Measure(quantity=_ENERGY, aggregate="use", window=window, order="desc")
    told = await context.reader.measure(selection, measure, context.timezone)
    rows = [
        Consumer(asset=row.entity, quantity=row.quantity, used=row.value, unit=row.unit)
        for row in told.rows
        if row.entity is not None and row.value is not None
    ]
    return rows, [*told.notes, *_left_out("have a meter", "uses", total)]


def _left_out(what: str, of: str, total: int) -> list[str]:
    return [f"{total:,} assets {what}; the {of} are of the first {_READ} by name."] if total > _READ else []


def _is_within(at: datetime | None, window: Window) -> bool:
    return at is not None and window.start <= at < window.end


def _cut(alarms: Sequence[Alarm]) -> list[str]:
    return [f"Only the newest {_MOST:,} alarms are counted."] if len(alarms) == _MOST else []


def _scene(scope: _Scope, risks: RankedRisks) -> Scene | None:
    ids = [one.asset.id for one in risks.risks]
    focus = scope.about.id if scope.about else None
    return Scene(highlight=ids or ([focus] if focus else []), focus=focus) if ids or focus else None


def _evidence(
    alarms: Sequence[Alarm],
    orders: Sequence[WorkOrder],
    outlooks: Sequence[Outlook],
    window: Window,
    risks: RankedRisks,
) -> list[Evidence]:
    newest = max((one.cleared_at or one.raised_at for one in alarms), default=None)
    return [
        history_evidence("alarms that were open in the window", sorted({one.point for one in alarms}), window, newest),
        history_evidence("work orders that were opened or closed in the window", [], window, None).model_copy(
            update={"entities": sorted({one.asset for one in orders})[:_READ]}
        ),
        graph_evidence(_CYPHER["points"], []),
        *([outlook_evidence(outlooks[:_READ])] if outlooks else []),
        *risks.evidence,
    ]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        summarizing(topologies, ranking(topologies)),
        effect="read",
        roles=EVERYBODY,
        group="time",
        brief="What happened, and waits now: alarms, silent points, runs, energy, outlooks, work orders, doubtful data.",
    )
