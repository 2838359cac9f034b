"""Reads of the resources, a page at a time: REST and GraphQL answer from the same ones.

Each takes one row more than the page has (``limit`` + 1), by which the caller sees whether there is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from forecasting.failure_forecast import read_failing
from forecasting.outlook import read_outlooks
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Status
from graph_schema.statements import statements
from ingestion.orders.order import WorkOrder, order_of
from ingestion.orders.work_orders import WorkOrders
from interfaces.http.api.cursors import moment_of, position_of
from interfaces.http.api.resources.models import Alarm, Asset, Point, Reading, point_of
from tools.context import ToolContext
from tools.query.names import resolve_all
from tools.results.forecasts import FailureForecast
from tools.risk.outlooks import told_of

_CYPHER = statements("interfaces.http.api.resources", "resources.cypher")
_SQL = statements("interfaces.http.api.resources", "resources.sql")
_DAY = timedelta(days=1)

AssetKind = Literal["asset", "place"]
Open = Literal["open", "closed", "all"]


async def assets(
    context: ToolContext, kind: AssetKind, class_: str | None, status: Status | None, after: str, limit: int
) -> list[Asset]:
    """Equipment or places, by id. Raises ``InvalidInput`` for a class that there is not."""
    given: dict[str, Any] = {
        "classes": _classes(context, class_),
        "status": status,
        "after": after,
        "limit": limit + 1,
    }
    rows = await context.graph.read(_CYPHER["assets" if kind == "asset" else "places"], **given)
    return await assets_of(context, [row["id"] for row in rows])


async def assets_of(context: ToolContext, ids: Sequence[str]) -> list[Asset]:
    """Those of these ids that there are, in their order."""
    refs = await context.reader.refs(ids) if ids else {}
    return [Asset.model_validate(one.model_dump(by_alias=True)) for one in refs.values()]


async def points(
    context: ToolContext, owners: Sequence[str] | None, quantity: str | None, after: str, limit: int
) -> list[Point]:
    """Of these assets or all, by id. Raises ``NotFound`` for an asset that there is not."""
    given: dict[str, Any] = {"quantity": quantity, "after": after, "limit": limit + 1}
    if owners is None:
        rows = await context.graph.read(_CYPHER["points"], **given)
    else:
        ids = await resolve_all(context.graph, owners)
        rows = await context.graph.read(_CYPHER["points_of"], ids=ids, **given)
    return [point_of(row["owners"], row["point"]) for row in rows]


async def points_of(context: ToolContext, ids: Sequence[str]) -> list[Point]:
    """These points, in their order. Raises ``NotFound``."""
    rows = await context.graph.read(_CYPHER["points_named"], ids=list(dict.fromkeys(ids)))
    found = {row["point"]["id"]: point_of(row["owners"], row["point"]) for row in rows}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise NotFound(f"There is no point {missing[0][:60]}; /api/v1/points lists those that there are.")
    return [found[id_] for id_ in ids]


@dataclass(frozen=True, slots=True)
class Span:
    """Readings from ``start`` until before ``end``, a page after the reading of ``after`` (a point's place, and when)."""

    start: datetime
    end: datetime
    after: tuple[int, datetime] | None = None


def span_of(start: datetime | None, end: datetime | None, now: datetime, cursor: str | None) -> Span:
    """The window of the first page is that of all: a cursor brings it along. Raises ``InvalidInput``."""
    position = position_of(cursor, int, str, str, str)
    if position is not None:
        place, at, first, last = position
        return Span(moment_of(first), moment_of(last), (int(place or 0), moment_of(at)))
    begin, until = (one and _aware(one) for one in (start, end))
    until = until or now
    try:
        return Span(begin or until - _DAY, until)
    except OverflowError:
        return Span(until, until)


def position_in(measured: Sequence[Point], last: Reading, span: Span) -> list[str | int | None]:
    """Where the page after a reading begins."""
    place = next(place for place, one in enumerate(measured) if one.id == last.point)
    return [place, last.at.isoformat(), span.start.isoformat(), span.end.isoformat()]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput("A moment needs its offset: 2026-03-01T06:00:00Z.")
    return moment


async def readings(context: ToolContext, measured: Sequence[Point], span: Span, limit: int) -> list[Reading]:
    """Point after point, of each the oldest first. Raises ``InvalidInput`` for a window that ends before it begins."""
    if span.start >= span.end:
        raise InvalidInput("The window ends before it begins: give start before end.")
    found: list[Reading] = []
    first = span.after[0] if span.after else 0
    for place, point in enumerate(measured):
        if place < first or point.source is None or len(found) > limit:
            continue
        after = span.after[1] if span.after and place == first else None
        given = {"source": point.source, "start": span.start, "end": span.end, "after": after}
        rows = await context.history.fetch(_SQL["readings"], {**given, "limit": limit + 1 - len(found)})
        found += [Reading(point=point.id, unit=point.unit, **row) for row in rows]
    return found


async def alarms(
    context: ToolContext,
    state: Open,
    ids: Sequence[str] | None,
    since: datetime | None,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[Alarm]:
    """Of these points or assets or all, the newest first."""
    given = {
        "open": _open(state),
        "ids": None if ids is None else list(ids),
        "since": since,
        "at": after and after[0],
        "id": after and after[1],
        "limit": limit + 1,
    }
    return [Alarm.model_validate(row) for row in await context.history.fetch(_SQL["alarms"], given)]


async def alarm(context: ToolContext, id_: int) -> Alarm:
    """Raises ``NotFound``."""
    for row in await context.history.fetch(_SQL["alarm"], {"id": id_}):
        return Alarm.model_validate(row)
    raise NotFound(f"There is no alarm {id_}; /api/v1/alarms lists those that there are.")


async def work_orders(
    context: ToolContext,
    state: Open,
    owners: Sequence[str] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[tuple[WorkOrder, datetime]]:
    """Of these assets or all, the newest first, each with the moment that it is sorted by."""
    given = {
        "open": _open(state),
        "assets": None if owners is None else list(owners),
        "at": after and after[0],
        "number": after and after[1],
        "limit": limit + 1,
    }
    rows = await context.history.fetch(_SQL["work_orders"], given)
    return [(order_of(row), row["sorted_at"]) for row in rows]


async def work_order(context: ToolContext, number: str) -> WorkOrder:
    """Raises ``NotFound``."""
    return await WorkOrders(context.history).get(number)


async def forecasts(
    context: ToolContext, ids: Sequence[str] | None, states: Sequence[str] | None, after: str, limit: int
) -> list[FailureForecast]:
    """What is wrong with each asset or ahead of it, by the asset's id."""
    outlooks = {one.asset: one for one in await read_outlooks(context.graph, ids)}
    failing = {one.asset: one for one in await read_failing(context.graph, ids)}
    known = sorted({*outlooks, *failing})
    chosen = [
        id_
        for id_ in known
        if id_ > after and (not states or (outlooks[id_].state if id_ in outlooks else "cannot tell") in states)
    ]
    refs = await context.reader.refs(chosen[: limit + 1]) if chosen else {}
    now = context.clock()
    return [told_of(outlooks.get(id_), failing.get(id_), ref, now) for id_, ref in refs.items()]


def _classes(context: ToolContext, class_: str | None) -> list[str] | None:
    if class_ is None:
        return None
    below = context.ontology.descendants(class_)
    if not below:
        raise InvalidInput(f"There is no class “{class_[:60]}”. Classes are Brick's: AHU, Pump, Room.")
    return sorted(below)


def _open(state: Open) -> bool | None:
    return None if state == "all" else state == "open"
