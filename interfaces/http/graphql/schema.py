"""The schema: five lists, and what hangs together with each asset and point."""

# Strawberry reads the annotations when the schema is made: they are no strings.
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar, cast, get_args

import strawberry
from graphql import GraphQLError
from strawberry.extensions import AddValidationRules, MaskErrors, MaxTokensLimiter
from strawberry.types import Info

from graph_schema.errors import InvalidInput, PlantroomError
from graph_schema.model import Status
from ingestion.orders.order import WorkOrder
from interfaces.http.api.cursors import cursor_of, moment_of, position_of
from interfaces.http.api.resources import models, reads
from interfaces.http.graphql.cost import FIRST, MOST_FIRST, CostRule
from interfaces.http.graphql.loaders import Loaders
from tools.query.names import resolve, resolve_all

log = logging.getLogger(__name__)

TOKENS = 1_000
First = Annotated[int, strawberry.argument(description=f"how many, at most {MOST_FIRST}")]


@strawberry.type
class Reading:
    point: str
    at: datetime
    value: float | None
    text: str | None
    unit: str | None


@strawberry.type
class Alarm:
    id: strawberry.ID
    point: str
    assets: list[str]
    level: str
    worst_level: str
    raised_at: datetime
    cleared_at: datetime | None
    value: float | None
    side: str | None
    limit_value: float | None
    worst: float | None
    reason: str | None


@strawberry.type
class Order:
    number: str
    asset_id: strawberry.Private[str]
    kind: str
    priority: str
    status: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime | None
    failed_at: datetime | None
    closed_at: datetime | None
    code: str | None
    text: str | None
    vendor: str | None
    vendor_number: str | None
    vendor_status: str | None

    @strawberry.field
    async def asset(self, info: Info[Loaders, None]) -> "Asset | None":
        found = await info.context.assets.load(self.asset_id)
        return _asset(found) if found else None


@strawberry.type
class Point:
    id: strawberry.ID
    name: str
    quantity: str
    unit: str | None
    value: float | None
    text: str | None
    at: datetime | None
    status: str
    low: float | None
    high: float | None
    source: strawberry.Private[str | None]

    @strawberry.field(description="the newest first")
    async def readings(self, info: Info[Loaders, None], first: First = FIRST) -> list[Reading]:
        if self.source is None:
            return []
        found = await info.context.readings.load((str(self.id), self.source, self.unit))
        return [_reading(one) for one in found[: _first(first)]]


@strawberry.type
class Asset:
    id: strawberry.ID
    name: str
    kind: str
    class_: str | None = strawberry.field(name="class")
    place: str | None
    status: str | None

    @strawberry.field
    async def points(self, info: Info[Loaders, None], first: First = FIRST) -> list[Point]:
        ids = await info.context.related["points"].load(str(self.id))
        found = await info.context.points.load_many(ids[: _first(first)])
        return [_point(one) for one in found if one]

    @strawberry.field
    async def parts(self, info: Info[Loaders, None], first: First = FIRST) -> list["Asset"]:
        return await _related(info, "parts", self.id, first)

    @strawberry.field
    async def feeds(self, info: Info[Loaders, None], first: First = FIRST) -> list["Asset"]:
        return await _related(info, "feeds", self.id, first)

    @strawberry.field
    async def fed_by(self, info: Info[Loaders, None], first: First = FIRST) -> list["Asset"]:
        return await _related(info, "fed_by", self.id, first)

    @strawberry.field(description="open ones, the newest first")
    async def alarms(self, info: Info[Loaders, None], first: First = FIRST) -> list[Alarm]:
        return [_alarm(one) for one in (await info.context.alarms.load(str(self.id)))[: _first(first)]]

    @strawberry.field(description="open ones, the newest first")
    async def orders(self, info: Info[Loaders, None], first: First = FIRST) -> list[Order]:
        return [_order(one) for one in (await info.context.orders.load(str(self.id)))[: _first(first)]]


@strawberry.type
class AssetPage:
    items: list[Asset]
    next: str | None


@strawberry.type
class PointPage:
    items: list[Point]
    next: str | None


@strawberry.type
class ReadingPage:
    items: list[Reading]
    next: str | None


@strawberry.type
class AlarmPage:
    items: list[Alarm]
    next: str | None


@strawberry.type
class OrderPage:
    items: list[Order]
    next: str | None


@strawberry.type
class Query:
    @strawberry.field(description="one piece of equipment or place, by id or exact name")
    async def asset(self, info: Info[Loaders, None], id: str) -> Asset | None:
        found = await info.context.assets.load(await resolve(info.context.context.graph, id))
        return _asset(found) if found else None

    @strawberry.field(description="equipment, or places, by id")
    async def assets(
        self,
        info: Info[Loaders, None],
        class_: Annotated[str | None, strawberry.argument(name="class")] = None,
        status: str | None = None,
        places: bool = False,
        first: First = FIRST,
        after: str | None = None,
    ) -> AssetPage:
        (last,) = position_of(after, str) or ("",)
        limit = _first(first)
        found = await reads.assets(
            info.context.context, "place" if places else "asset", class_, _status(status), str(last), limit
        )
        return AssetPage(items=[_asset(one) for one in found[:limit]], next=_next(found, limit, lambda one: [one.id]))

    @strawberry.field(description="points with their newest values, by id")
    async def points(
        self,
        info: Info[Loaders, None],
        assets: list[str] | None = None,
        quantity: str | None = None,
        first: First = FIRST,
        after: str | None = None,
    ) -> PointPage:
        (last,) = position_of(after, str) or ("",)
        limit = _first(first)
        found = await reads.points(info.context.context, assets, quantity, str(last), limit)
        return PointPage(items=[_point(one) for one in found[:limit]], next=_next(found, limit, lambda one: [one.id]))

    @strawberry.field(
        description="what points read from start (a day ago) until before end (now): point after point, the oldest first"
    )
    async def readings(
        self,
        info: Info[Loaders, None],
        points: list[str],
        start: datetime | None = None,
        end: datetime | None = None,
        first: First = FIRST,
        after: str | None = None,
    ) -> ReadingPage:
        if not 0 < len(points) <= _MOST_POINTS:
            raise InvalidInput(f"Name 1 to {_MOST_POINTS} points.")
        limit, context = _first(first), info.context.context
        measured = await reads.points_of(context, list(dict.fromkeys(points)))
        span = reads.span_of(start, end, context.clock(), after)
        found = await reads.readings(context, measured, span, limit)
        return ReadingPage(
            items=[_reading(one) for one in found[:limit]],
            next=_next(found, limit, lambda one: reads.position_in(measured, one, span)),
        )

    @strawberry.field(
        description="alarms of assets or points or all, the newest first; open ones unless cleared ones are asked for"
    )
    async def alarms(
        self,
        info: Info[Loaders, None],
        assets: list[str] | None = None,
        cleared: bool = False,
        first: First = FIRST,
        after: str | None = None,
    ) -> AlarmPage:
        limit, context = _first(first), info.context.context
        ids = await resolve_all(context.graph, assets) if assets else None
        position = position_of(after, str, int)
        last = (moment_of(position[0]), int(position[1] or 0)) if position else None
        found = await reads.alarms(context, "closed" if cleared else "open", ids, None, last, limit)
        return AlarmPage(
            items=[_alarm(one) for one in found[:limit]],
            next=_next(found, limit, lambda one: [one.raised_at.isoformat(), one.id]),
        )

    @strawberry.field(
        description="work orders of assets or all, the newest first; open ones unless closed ones are asked for"
    )
    async def orders(
        self,
        info: Info[Loaders, None],
        assets: list[str] | None = None,
        closed: bool = False,
        first: First = FIRST,
        after: str | None = None,
    ) -> OrderPage:
        limit, context = _first(first), info.context.context
        ids = await resolve_all(context.graph, assets) if assets else None
        position = position_of(after, str, str)
        last = (moment_of(position[0]), str(position[1])) if position else None
        found = await reads.work_orders(context, "closed" if closed else "open", ids, last, limit)
        return OrderPage(
            items=[_order(one) for one, _ in found[:limit]],
            next=_next(found, limit, lambda one: [one[1].isoformat(), one[0].number]),
        )


def plant_schema() -> strawberry.Schema:
    """With limits of depth, aliases, tokens and cost; what is not our own sentence is not told."""
    logging.getLogger("strawberry.execution").setLevel(
        logging.CRITICAL
    )  # it logs a traceback for what a query says wrong
    return strawberry.Schema(
        Query,
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=TOKENS),
            lambda: AddValidationRules([CostRule]),
            lambda: MaskErrors(
                should_mask_error=_is_ours_to_hide, error_message="The server made a mistake; its log says more."
            ),
        ],
    )


_MOST_POINTS = 50
Item = TypeVar("Item")


def _is_ours_to_hide(error: GraphQLError) -> bool:
    hidden = error.original_error is not None and not isinstance(error.original_error, PlantroomError)
    if hidden:
        log.error("GraphQL: %s", error.message, exc_info=error.original_error)
    return hidden


def _first(given: int) -> int:
    if not 0 < given <= MOST_FIRST:
        raise InvalidInput(f"first is 1 to {MOST_FIRST}.")
    return given


def _status(given: str | None) -> Status | None:
    if given is not None and given not in get_args(Status):
        raise InvalidInput(f"There is no status “{given[:40]}”; there are {', '.join(get_args(Status))}.")
    return cast(Status | None, given)


def _next(found: Sequence[Item], limit: int, position: Callable[[Item], Sequence[str | int | None]]) -> str | None:
    return cursor_of(position(found[limit - 1])) if len(found) > limit else None


async def _related(info: Info[Loaders, None], relation: str, id_: str, first: int) -> list[Asset]:
    ids = await info.context.related[relation].load(str(id_))
    return [_asset(one) for one in await info.context.assets.load_many(ids[: _first(first)]) if one]


def _asset(one: models.Asset) -> Asset:
    return Asset(
        id=strawberry.ID(one.id), name=one.name, kind=one.kind, class_=one.class_, place=one.place, status=one.status
    )


def _point(one: models.Point) -> Point:
    return Point(
        id=strawberry.ID(one.id), name=one.name, quantity=one.quantity, unit=one.unit, value=one.value, text=one.text, at=one.at,
        status=one.status, low=one.low, high=one.high, source=one.source,
    )  # fmt: skip


def _reading(one: models.Reading) -> Reading:
    return Reading(point=one.point, at=one.at, value=one.value, text=one.text, unit=one.unit)


def _alarm(one: models.Alarm) -> Alarm:
    return Alarm(
        id=strawberry.ID(str(one.id)), point=one.point, assets=one.assets, level=one.level, worst_level=one.worst_level,
        raised_at=one.raised_at, cleared_at=one.cleared_at, value=one.value, side=one.side, limit_value=one.limit_value, worst=one.worst,
        reason=one.reason,
    )  # fmt: skip


def _order(one: WorkOrder) -> Order:
    return Order(
        number=one.number, asset_id=one.asset, kind=one.kind, priority=one.priority, status=one.status, assignee=one.assignee,
        due_at=one.due_at, opened_at=one.opened_at, failed_at=one.failed_at, closed_at=one.closed_at, code=one.code, text=one.text,
        vendor=one.vendor, vendor_number=one.vendor_number, vendor_status=one.vendor_status,
    )  # fmt: skip
