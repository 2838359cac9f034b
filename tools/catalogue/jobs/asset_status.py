"""The tool that says how an asset has been doing: what it reads, its alarms, when it ran, what is ahead, what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from forecasting.failure_forecast import read_failing
from forecasting.outlook import read_outlooks
from forecasting.plant_points import Measured, read_series
from graph_schema.question import Window
from graph_schema.statements import statements
from graph_schema.store.graph import Row
from ingestion.alarms.alarms import Alarm, Alarms
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from tools.activity.orders import order_of
from tools.activity.run_status import activities
from tools.activity.running import runs_of, switched_points
from tools.activity.trend import trends
from tools.catalogue.alarm_history import named, spell_of
from tools.catalogue.describe_asset import point_now
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.query.past.points import points_at
from tools.query.points import Point
from tools.query.selection import graph_evidence, history_evidence
from tools.query.serving import NEAREST as SERVING
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.charts import chart_of
from tools.results.forecasts import FailureForecast
from tools.results.jobs.asset_status import AssetStatus, PointStatus, Trend
from tools.results.jobs.runs import AssetRuns
from tools.results.result import Chart, Evidence, Scene
from tools.risk.outlooks import age_notes, failing_evidence, is_likely, outlook_evidence, told_of

_CYPHER = statements("tools.catalogue.jobs", "asset_status.cypher")
_MOST_POINTS = 80
"""Of more points than this the trends are not read."""
_ALARMS = 10_000
_ALARMS_LISTED = 10
_RUNS_LISTED = 10
_ORDERS = 500
_ORDERS_LISTED = 10
_CHARTS, _CHARTS_BEYOND = 2, 4
_STEPS = 200
_SERVING_OWNERS = 3
"""Of more that stand in a place, or supply it, none tells how it is."""
_WORST = ("alarm", "warning", "stale", "unknown", "normal")


async def asset_status(
    context: ToolContext,
    asset: Annotated[str, Field(description="id or exact name of a piece of equipment or a place")],
    window: Annotated[Window | None, Field(description="the last 24 hours when left out")] = None,
    limit: Annotated[int, Field(ge=1, le=100, description="how many points to list, the worst first")] = 20,
) -> AssetStatus:
    """How an asset is and has been doing, in one answer: its points with value, status, since when and trend (rising, falling, steady) over a window, its alarms, hours running and whether it runs now, its outlook, open work orders and the last work, doubts about its data; its parts count as well. With charts of what is beyond its limits."""
    now = context.clock()
    window = window or Window(start=now - timedelta(days=1), end=now)
    id_ = await resolve(context.graph, asset)
    rows, inside = await asyncio.gather(
        context.graph.read(_CYPHER["points"], id=id_), context.graph.read(_CYPHER["inside"], id=id_)
    )
    rows, served = (rows, None) if rows else await _serving(context, id_)
    if context.as_of is not None:
        rows = await points_at(context.history, rows, now)
    ids: list[str] = inside[0]["ids"]
    refs = await context.reader.refs(list(dict.fromkeys([id_, *(row["owner"] for row in rows)])))
    read = [_point(row) for row in rows[:_MOST_POINTS]]
    (told, said), (alarms, names), (runs, run_evidence, run_notes), (forecasts, ahead), orders = await asyncio.gather(
        trends(context.history, context.ontology, read, window, now),
        _alarms(context, [*ids, *(row["id"] for row in rows)], window),
        _runs(context, refs[id_], window, now),
        _forecasts(context, id_, ids, now),
        WorkOrders(context.history).list(ids, _ORDERS),
    )
    orders = [known for one in orders if (known := one.at(now)) is not None]
    points = sorted((_status(row, refs, told, now) for row in rows), key=lambda one: _WORST.index(one.status))
    listed, order_refs = await _listed_orders(context, orders)
    return AssetStatus(
        asset=refs[id_],
        window=window,
        points=points[:limit],
        points_total=len(points),
        beyond=sum(one.status in ("alarm", "warning") for one in points),
        stale=sum(one.status == "stale" for one in points),
        alarms=[spell_of(alarm, names, now) for alarm in alarms[:_ALARMS_LISTED]],
        alarms_total=len(alarms),
        alarms_active=sum(alarm.cleared_at is None for alarm in alarms),
        forecasts=forecasts,
        runs=runs,
        orders=[order_of(one, order_refs) for one in listed],
        charts=await _charts(context, points, rows, window, now),
        evidence=[
            graph_evidence(_CYPHER["points"], [id_], [one.id for one in points], max((p.at for p in points if p.at), default=None)),
            *(history_evidence(text, [one.id for one in read], window, None) for text in said),
            *run_evidence,
            *ahead,
        ],
        scene=Scene(highlight=[id_, *dict.fromkeys(one.of.id for one in points if one.status == "alarm" and one.of.id != id_)], focus=id_),
        notes=[*([f"{refs[id_].name} {served}"] if served else []), *_notes(refs[id_], points, limit, forecasts, now), *run_notes],
    )  # fmt: skip


async def _serving(context: ToolContext, id_: str) -> tuple[list[Row], str | None]:
    """The points that tell of a room without any of its own, by the nearest rule of few enough owners, and a note that says whose they are."""
    rows = await context.graph.read(_CYPHER["serving"], id=id_)
    for rule in SERVING:
        some = [row for row in rows if row["rule"] == rule]
        owners = dict.fromkeys(row["owner_name"] for row in some)
        if 0 < len(owners) <= _SERVING_OWNERS:
            stands = rule if len(owners) == 1 else rule.replace("stands", "stand").replace("feeds", "feed")
            return some, f"has no points of its own; these are of {', '.join(owners)}, which {stands}."
    return [], None


def _point(row: Row) -> Point:
    return Point(
        row["owner"], row["id"], row["name"], row["quantity"] or "unknown", row["unit"], row["source"], row["value"], row["text"],
        row["at"], row["status"], row["stale_after_s"], row["series_kind"],
    )  # fmt: skip


def _status(row: Row, refs: Mapping[str, EntityRef], told: Mapping[str, Trend], now: datetime) -> PointStatus:
    known = point_now(row, now)
    return PointStatus(**dict(known), of=refs[row["owner"]], trend=told.get(known.id))


async def _alarms(
    context: ToolContext, ids: Sequence[str], window: Window
) -> tuple[list[Alarm], dict[str, tuple[str, str | None]]]:
    found = await Alarms(context.history).known_at(context.clock(), window.start, window.end, ids, _ALARMS)
    return found, await named(context.graph, found[:_ALARMS_LISTED])


async def _runs(
    context: ToolContext, ref: EntityRef, window: Window, now: datetime
) -> tuple[list[AssetRuns], list[Evidence], list[str]]:
    """Of the asset, else of its first parts."""
    switched = await switched_points(context, [ref], None)
    points = dict(list(switched.points.items())[:_RUNS_LISTED])
    found = await activities(context.history, context.ontology, points, window, now, context.timezone)
    rows = [runs_of(switched.refs[id_], one, window, now) for id_, one in found.of.items()]
    ids = [point.id for point in points.values()]
    evidence = [history_evidence(text, ids, window, found.as_of) for text in found.statements if text]
    return [row for row in rows if row.hours is not None], evidence, list(found.notes)


async def _forecasts(
    context: ToolContext, id_: str, ids: Sequence[str], now: datetime
) -> tuple[list[FailureForecast], list[Evidence]]:
    """Its own outlook, and those of parts that are flagged or likely to fail."""
    outlooks = {one.asset: one for one in await read_outlooks(context.graph, ids) if one.made_at <= now}
    failing = {one.asset: one for one in await read_failing(context.graph, ids) if one.made_at <= now}
    told = [
        one
        for one in ids
        if (one == id_ and (one in outlooks or one in failing))
        or (one in outlooks and outlooks[one].state == "flagged")
        or (one in failing and is_likely(failing[one]))
    ]
    refs = await context.reader.refs(told) if told else {}
    evidence = [
        *([outlook_evidence([outlooks[one] for one in told if one in outlooks])] if outlooks else []),
        *([failing_evidence([failing[one] for one in told if one in failing])] if failing else []),
    ]
    return [told_of(outlooks.get(one), failing.get(one), refs[one], now) for one in told if one in refs], evidence


async def _listed_orders(
    context: ToolContext, orders: Sequence[WorkOrder]
) -> tuple[list[WorkOrder], Mapping[str, EntityRef]]:
    """The open ones, and the last one that was closed."""
    opened = [one for one in orders if one.closed_at is None][:_ORDERS_LISTED]
    closed = [one for one in orders if one.closed_at is not None][:1]
    listed = [*opened, *closed]
    return listed, await context.reader.refs([one.asset for one in listed]) if listed else {}


async def _charts(
    context: ToolContext, points: Sequence[PointStatus], rows: Sequence[Row], window: Window, now: datetime
) -> list[Chart]:
    """Of the points beyond their limits, else of the two that tell most: what rises or falls goes before what is steady."""
    numeric = [one for one in points if one.value is not None and one.trend is not None]
    beyond = [one for one in numeric if one.status in ("alarm", "warning")][:_CHARTS_BEYOND]
    wanted = beyond or sorted(numeric, key=lambda one: one.trend == "steady")[:_CHARTS]
    by_id: dict[str, dict[str, Any]] = {row["id"]: row for row in rows}
    measured = [_measured(one, by_id[one.id]["source"]) for one in wanted if by_id[one.id]["source"]]
    end = min(window.end, now)
    step_s = max(60, round((end - window.start).total_seconds() / _STEPS / 60) * 60)
    series = await read_series(context.history, [one.source for one in measured], window.start, end, step_s)
    return [chart_of(one, series[one.source]) for one in measured if one.source in series]


def _measured(one: PointStatus, source: str) -> Measured:
    return Measured(
        one.id, one.name, one.quantity, one.unit, source, one.low, one.high, one.of.id, one.of.name, one.of.class_
    )


def _notes(
    asset: EntityRef, points: Sequence[PointStatus], limit: int, forecasts: Sequence[FailureForecast], now: datetime
) -> list[str]:
    stale = sum(one.status == "stale" for one in points)
    doubted = [one for one in points if one.doubts]
    more = f"{len(points)} points; the first {limit} are listed, those beyond their limits and silent ones first."
    return [
        *([f"{asset.name} has no points."] if not points else []),
        *([f"{stale} of {len(points)} readings of {asset.name} are stale."] if stale else []),
        *([more] if len(points) > limit else []),
        *(f"{one.name} needs a look: {' '.join(one.doubts)}" for one in doubted[:3]),
        *(
            age_notes([one.made_at for one in forecasts], now)
            if forecasts
            else ["No forecast has been made for it yet."]
        ),
    ]


TOOL = Tool.of(
    asset_status,
    effect="read",
    roles=EVERYBODY,
    past="Limits are those of now, and status is judged by them; of outlooks only the newest are kept, and the level of an alarm is its worst by now.",
    brief="How an asset or place is and was: points with status, since when and trend, alarms, hours run, outlook, work orders.",
)
