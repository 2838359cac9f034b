"""The tool that lists work orders: what waits, what was done, and all of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from graph_schema.question import Window
from ingestion.orders.files import OrderFiles
from ingestion.orders.order import Kind, Status, WorkOrder
from ingestion.orders.work_orders import OrderFilter, WorkOrders
from tools.activity.orders import order_of
from tools.context import EVERYBODY, ToolContext
from tools.query.contents import contents
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene
from tools.results.work.orders import CheckTold, FoundOrders, LabourTold, OrderDetails, OrderEventTold, PartTold
from tools.work.orders import asset_id, order_known, person, told, with_missing

_MOST = 2_000
_WAITING: Sequence[Status] = ("open", "in_progress", "on_hold")
Which = Literal["waiting", "overdue", "done", "all"]


async def list_work_orders(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(
            max_length=200,
            description="id or exact name of an asset or a place; its parts and what is in it count as well",
        ),
    ] = None,
    which: Annotated[
        Which | None, Field(description="waiting when left out; all with a window or an asset's number")
    ] = None,
    assignee: Annotated[str | None, Field(max_length=200, description="“me” is who asks")] = None,
    unassigned: bool = False,
    kind: Kind | None = None,
    window: Annotated[Window | None, Field(description="opened in it or, of done ones, closed in it")] = None,
    number: Annotated[str | None, Field(max_length=200, description="one order with all that it holds")] = None,
    limit: Annotated[int, Field(ge=1, le=200)] = 20,
) -> FoundOrders:
    """Work orders, those that wait by priority and due date first, then what was done, the newest first: of an asset with all that is in it, of a person, overdue, done in a window. With a number, one order with its checklist, labour, parts, files and history."""
    if number is not None:
        return await _one(context, number)
    id_ = await asset_id(context, asset) if asset is not None else None
    ids = None if id_ is None else await contents(context.graph, id_)
    wanted = which or ("all" if window is not None else "waiting")
    found = await _found(context, wanted, ids, person(context, assignee), unassigned, kind, window)
    refs = await context.reader.refs(
        list(dict.fromkeys([*([id_] if id_ else []), *(one.asset for one in found[:limit])]))
    )
    now = context.clock()
    return FoundOrders(
        orders=[order_of(one, with_missing(refs, found)) for one in found[:limit]],
        total=len(found),
        open=sum(not one.is_over for one in found),
        overdue=sum(one.is_overdue(now) for one in found),
        asset=None if id_ is None else refs[id_],
        window=window,
        scene=_scene(refs, id_),
        evidence=[Evidence(store="history", statement="the record of work orders", entities=list(refs), window=window)],
        notes=[f"{len(found)} work orders; the first {limit} are listed."] if len(found) > limit else [],
    )


async def _found(
    context: ToolContext,
    which: Which,
    ids: Sequence[str] | None,
    assignee: str | None,
    unassigned: bool,
    kind: Kind | None,
    window: Window | None,
) -> list[WorkOrder]:
    record, now = WorkOrders(context.history), context.clock()
    shared = OrderFilter(ids, kinds=[kind] if kind else None, assignee=assignee, unassigned=unassigned)
    span = (window.start, window.end) if window else (None, None)
    if which == "done":
        return await _all(record, shared, statuses=["done"], closed=span)
    if which == "overdue":
        return await _all(record, shared, statuses=_WAITING, due_before=now, opened=span)
    if which == "waiting":
        return await _all(record, shared, statuses=_WAITING, opened=span)
    opened = await _all(record, shared, opened=span)
    closed = await _all(record, shared, closed=span) if window else []
    return [*opened, *(one for one in closed if one not in opened)]


async def _all(record: WorkOrders, shared: OrderFilter, **more: object) -> list[WorkOrder]:
    found, _ = await record.find(replace(shared, **more), _MOST)  # pyright: ignore[reportArgumentType]
    return list(found)


async def _one(context: ToolContext, number: str) -> FoundOrders:
    order = await order_known(context, number)
    one, scene, evidence = await told(context, order)
    return FoundOrders(
        orders=[one],
        total=1,
        open=int(not order.is_over),
        overdue=int(order.is_overdue(context.clock())),
        details=await _details(context, order),
        scene=scene,
        evidence=evidence,
    )


async def _details(context: ToolContext, order: WorkOrder) -> OrderDetails:
    events = await WorkOrders(context.history).events(order.number)
    files = await OrderFiles(context.history).of(order.number)
    return OrderDetails(
        **{name: getattr(order, name) for name in _SHOWN},
        labour=[LabourTold(who=one.who, minutes=one.minutes, note=one.note) for one in order.labour],
        parts=[PartTold(part=one.part, quantity=one.quantity) for one in order.parts],
        checklist=[CheckTold(text=one.text, done=one.done, by=one.by, at=one.at) for one in order.checklist],
        files=[one.name for one in files],
        history=[OrderEventTold(at=one.at, who=one.who, what=one.what, old=one.old, new=one.new) for one in events],
    )


_SHOWN = (
    "description", "opened_by", "source", "source_ref", "planned_at", "planned_h", "vendor", "vendor_number", "vendor_status",
)  # fmt: skip


def _scene(refs: dict[str, EntityRef], asset: str | None) -> Scene | None:
    return Scene(highlight=list(refs), focus=asset or next(iter(refs), None)) if refs else None


TOOL = Tool.of(
    list_work_orders,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Work orders: waiting, overdue, done in a window, of an asset or person; one by number with all of it.",
    hints={},
)
