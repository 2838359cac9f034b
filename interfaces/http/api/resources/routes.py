"""The resources over HTTP: a page at a time, one by its id, each with an ETag."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from forecasting.anomalies.verdict import State
from graph_schema.errors import NotFound
from graph_schema.model import Status
from interfaces.http.api.cursors import Cursor, Limit, Page, link, moment_of, page_of, position_of
from interfaces.http.api.etags import resource
from interfaces.http.api.resources import reads
from interfaces.http.api.resources.exports import export_routes
from interfaces.http.api.resources.kpis import AlarmKpis, alarm_kpis
from interfaces.http.api.resources.models import Alarm, Asset, Order, Point, Reading
from interfaces.http.api.resources.tables import FORMATS, MEDIA_TYPES, Format, wanted, written
from interfaces.http.api.served import Served
from tools.alarms.rationalisation import as_csv, rationalisation
from tools.context import ToolContext
from tools.query.names import resolve_all
from tools.results.assets import AssetDescription
from tools.results.forecasts import FailureForecast

Named = Annotated[list[str] | None, Query(max_length=50, description="ids or exact names; all when left out")]
Text = Annotated[str | None, Query(min_length=1, max_length=200)]
_MOST_READINGS = 10_000
_STORED = 2**63


def resource_routes(served: Served) -> APIRouter:
    """Assets, points, readings, alarms, work orders, forecasts and exports."""
    routes = APIRouter(tags=["resources"])
    for add in (_assets, _points, _readings, _alarms, _work_orders, _forecasts, export_routes):
        add(routes, served)
    return routes


async def _context(served: Served, request: Request) -> ToolContext:
    return (await served.context(await served.reader(request))).at_one_moment()


def _assets(routes: APIRouter, served: Served) -> None:
    @routes.get("/assets", operation_id="list_assets", response_model=Page[Asset])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        kind: Annotated[reads.AssetKind, Query(description="equipment, or places")] = "asset",
        class_: Annotated[
            str | None, Query(alias="class", max_length=200, description="Brick class with subclasses")
        ] = None,
        status: Status | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """Equipment or places, by id."""
        context = await _context(served, request)
        (after,) = position_of(cursor, str) or ("",)
        found = await reads.assets(context, kind, class_, status, str(after), limit)
        page = page_of(found, limit, [found[min(limit, len(found)) - 1].id] if found else [])
        return resource(request, page, link(request, page.next))

    @routes.get("/assets/{asset:path}", operation_id="show_asset", response_model=AssetDescription)
    async def _show(request: Request, asset: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """All about one: where it is, its parts, supply, points with their newest values, failure modes and maintenance."""
        context = await _context(served, request)
        found = await served.registry.call("describe_asset", {"asset": asset}, context)
        assert isinstance(found, AssetDescription)
        points = [
            one.model_copy(update={"age_s": None}) for one in found.points
        ]  # it would be another answer every second
        return resource(request, found.model_copy(update={"points": points, "evidence": []}))


def _points(routes: APIRouter, served: Served) -> None:
    @routes.get("/points", operation_id="list_points", response_model=Page[Point])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request, asset: Named = None, quantity: Text = None, limit: Limit = 100, cursor: Cursor = None
    ) -> Response:
        """Points with their newest values, by id."""
        context = await _context(served, request)
        (after,) = position_of(cursor, str) or ("",)
        found = await reads.points(context, asset or None, quantity, str(after), limit)
        page = page_of(found, limit, [found[min(limit, len(found)) - 1].id] if found else [])
        return resource(request, page, link(request, page.next))

    @routes.get("/points/{point:path}", operation_id="show_point", response_model=Point)
    async def _show(request: Request, point: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        (found,) = await reads.points_of(await _context(served, request), [point])
        return resource(request, found)


def _readings(routes: APIRouter, served: Served) -> None:
    @routes.get("/readings", operation_id="list_readings", response_model=Page[Reading], responses=FORMATS)
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        point: Annotated[list[str], Query(min_length=1, max_length=50, description="ids of points")],
        start: Annotated[AwareDatetime | None, Query(description="a day before the end when left out")] = None,
        end: Annotated[AwareDatetime | None, Query(description="now when left out")] = None,
        format_: Annotated[
            Format | None, Query(alias="format", description="else by Accept; JSON when neither says")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_READINGS)] = 1000,
        cursor: Cursor = None,
    ) -> Response:
        """What points read in a window, from its start until before its end: point after point, of each the oldest first."""
        form = wanted(format_, request.headers.get("accept", ""))
        context = await _context(served, request)
        measured = await reads.points_of(context, list(dict.fromkeys(point)))
        span = reads.span_of(start, end, context.clock(), cursor)
        found = await reads.readings(context, measured, span, limit)
        last = found[min(limit, len(found)) - 1] if found else None
        page = page_of(found, limit, reads.position_in(measured, last, span) if last else [])
        headers = link(request, page.next)
        if form == "json":
            return resource(request, page, headers)
        return resource(request, written(form, page.items), headers, MEDIA_TYPES[form])


def _alarms(routes: APIRouter, served: Served) -> None:
    @routes.get("/alarms", operation_id="list_alarms", response_model=Page[Alarm])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        state: reads.Open = "open",
        asset: Named = None,
        since: Annotated[AwareDatetime | None, Query(description="open at that moment or later")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """Alarms of points, the newest first; of assets or points, or all."""
        context = await _context(served, request)
        ids = await resolve_all(context.graph, asset) if asset else None
        position = position_of(cursor, str, int)
        after = (moment_of(position[0]), _number(position[1])) if position else None
        found = await reads.alarms(context, state, ids, since, after, limit)
        last = found[min(limit, len(found)) - 1] if found else None
        page = page_of(found, limit, [last.raised_at.isoformat(), last.id] if last else [])
        return resource(request, page, link(request, page.next))

    @routes.get("/alarms/kpis", operation_id="show_alarm_kpis", response_model=AlarmKpis)
    async def _kpis(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        since: Annotated[AwareDatetime | None, Query(description="seven days ago when left out")] = None,
        operators: Annotated[int, Query(ge=1, le=1_000, description="how many people are on duty at once")] = 1,
    ) -> Response:
        """How much the alarms ask of operators, from then until now: rate, floods, chattering and standing alarms, the busiest points."""
        return resource(request, await alarm_kpis(await _context(served, request), since, operators))

    @routes.get(
        "/alarms/rationalisation",
        operation_id="list_rationalised_alarms",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def _rationalisation(  # pyright: ignore[reportUnusedFunction]
        request: Request, asset: Text = None
    ) -> Response:
        """The master list of alarms as CSV: each limit with its priority and why, cause, consequence, action and minutes to act; of an asset with its parts, or all."""
        found = await rationalisation(await _context(served, request), asset)
        return resource(request, as_csv(found).encode(), media_type="text/csv; charset=utf-8")

    @routes.get("/alarms/{alarm}", operation_id="show_alarm", response_model=Alarm)
    async def _show(request: Request, alarm: int) -> Response:  # pyright: ignore[reportUnusedFunction]
        return resource(request, await reads.alarm(await _context(served, request), _number(alarm)))


def _number(given: object) -> int:
    found = int(str(given))
    if not 0 <= found < _STORED:
        raise NotFound("There is no alarm of that number; /api/v1/alarms lists those that there are.")
    return found


def _work_orders(routes: APIRouter, served: Served) -> None:
    @routes.get("/work-orders", operation_id="list_orders", response_model=Page[Order])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        state: reads.Open = "open",
        asset: Named = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """Work orders, the newest first; of some assets or all."""
        context = await _context(served, request)
        owners = await resolve_all(context.graph, asset) if asset else None
        position = position_of(cursor, str, str)
        after = (moment_of(position[0]), str(position[1])) if position else None
        found = await reads.work_orders(context, state, owners, after, limit)
        last = found[min(limit, len(found)) - 1] if found else None
        items = [Order(order) for order, _ in found]
        page = page_of(items, limit, [last[1].isoformat(), last[0].number] if last else [])
        return resource(request, page, link(request, page.next))

    @routes.get("/work-orders/{number}", operation_id="show_work_order", response_model=Order)
    async def _show(request: Request, number: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        return resource(request, Order(await reads.work_order(await _context(served, request), number)))


def _forecasts(routes: APIRouter, served: Served) -> None:
    @routes.get("/forecasts", operation_id="list_forecasts", response_model=Page[FailureForecast])
    async def _list(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        asset: Named = None,
        state: Annotated[list[State] | None, Query(max_length=len(get_args(State)))] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """What is wrong with each asset, or ahead of it, by the asset's id."""
        context = await _context(served, request)
        ids = await resolve_all(context.graph, asset) if asset else None
        (after,) = position_of(cursor, str) or ("",)
        found = await reads.forecasts(context, ids, state, str(after), limit)
        page = page_of(found, limit, [found[min(limit, len(found)) - 1].asset.id] if found else [])
        return resource(request, page, link(request, page.next))
