"""Work orders by number, and what tools tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders
from tools.activity.orders import order_of
from tools.context import ToolContext
from tools.query.names import resolve
from tools.results.assets import EntityRef
from tools.results.jobs.orders import OrderTold
from tools.results.result import Evidence, Scene
from tools.results.work.orders import PartTold

MINE = ("me", "myself")

Number = Annotated[str, Field(min_length=1, max_length=200, description="number of the work order, such as WO-12")]
Text = Annotated[str | None, Field(max_length=4_000)]
Short = Annotated[str | None, Field(max_length=200)]
Minutes = Annotated[
    float | None, Field(gt=0, le=60_000, description="minutes that the person who asks has worked on it")
]
Parts = Annotated[list[PartTold], Field(max_length=50, description="what was used: part number and quantity")]


async def order_known(context: ToolContext, number: str) -> WorkOrder:
    """By its number in any case, or by the number alone of one of ours. Raises ``NotFound``."""
    wanted = f"WO-{number.strip()}" if number.strip().isdecimal() and not await _is_taken(context, number) else number
    return await WorkOrders(context.history).get(wanted)


async def class_of(context: ToolContext, order: WorkOrder) -> str | None:
    """The class of its asset; None where the plant has it no more."""
    found = await context.reader.refs([order.asset])
    return found[order.asset].class_ if order.asset in found else None


async def told(context: ToolContext, order: WorkOrder) -> tuple[OrderTold, Scene, list[Evidence]]:
    """An order with its asset as results have them."""
    refs = await context.reader.refs([order.asset])
    evidence = Evidence(store="history", statement=f"the work order {order.number}", entities=[order.asset])
    return order_of(order, with_missing(refs, [order])), Scene(highlight=[order.asset], focus=order.asset), [evidence]


def with_missing(refs: Mapping[str, EntityRef], orders: list[WorkOrder]) -> Mapping[str, EntityRef]:
    """Assets that the plant has no more go by their ids."""
    gone = {one.asset for one in orders} - refs.keys()
    return {**refs, **{id_: EntityRef(id=id_, name=id_, kind="Asset") for id_ in gone}}


def person(context: ToolContext, assignee: str | None) -> str | None:
    """“me” is who asks."""
    return context.caller.name if assignee is not None and assignee.strip().casefold() in MINE else assignee


async def asset_id(context: ToolContext, asset: str) -> str:
    return await resolve(context.graph, asset)


async def _is_taken(context: ToolContext, number: str) -> bool:
    return bool(await WorkOrders(context.history).some([number.strip()]))
