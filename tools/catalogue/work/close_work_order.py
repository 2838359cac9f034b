"""The tool that closes a work order with what was found, which settles how the forecast behind it came out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from forecasting.verification.found import settle_by_orders
from graph_schema.errors import InvalidInput
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders
from tools.approvals.terms import Terms
from tools.catalogue.work.update_work_order import added
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.orders import OrderClosed
from tools.work.failure_codes import asks_for_code, choices, code_of
from tools.work.orders import Minutes, Number, Parts, Short, Text, class_of, order_known, told


async def close_work_order(
    context: ToolContext,
    number: Number,
    code: Annotated[
        Short, Field(description="failure mode (ISO 14224) by code or name; NFF where nothing was wrong")
    ] = None,
    cause: Annotated[Text, Field(description="why it failed")] = None,
    remark: Annotated[Text, Field(description="what was done")] = None,
    minutes: Minutes = None,
    parts: Parts = [],  # noqa: B006 - pydantic copies it
    failed_at: Annotated[AwareDatetime | None, Field(description="when the asset broke down, where it did")] = None,
    closed_at: Annotated[AwareDatetime | None, Field(description="when it was done; left out: now")] = None,
) -> OrderClosed:
    """Close a work order as done, with the failure mode that was found. The code settles the forecasts of that time: the failure came, was mended before, or was a false alarm. Without a code it answers with those that are likely. It becomes a proposal, which waits for a person's approval."""
    order = await order_known(context, number)
    found = await _code(context, order, code)
    now = context.clock()
    given = {"code": found, "cause": cause, "remark": remark, "failed_at": failed_at}

    def changes(as_it_is: WorkOrder) -> dict[str, object]:
        _check(as_it_is, closed_at, failed_at, now)
        said = {name: value for name, value in given.items() if value is not None}
        return {**said, "status": "done", "closed_at": closed_at or now, **added(context, as_it_is, minutes, parts)}

    closed = await WorkOrders(context.history).change(order.number, changes, context.caller.name, now)
    came, count = (await settle_by_orders(context.history, closed.number)).get(closed.number, (None, 0))
    one, scene, evidence = await told(context, closed)
    return OrderClosed(order=one, labelled=count, came=came, scene=scene, evidence=evidence)


async def _code(context: ToolContext, order: WorkOrder, code: str | None) -> str | None:
    """Raises ``InvalidInput`` with the likely codes, where one is needed or is not known."""
    if code:
        return code_of(code, context.ontology, await class_of(context, order))
    if order.code is None and asks_for_code(order):
        raise InvalidInput(
            f"Closing {order.number} needs the code of what was found. {choices(context.ontology, await class_of(context, order))}"
        )
    return None


def _check(order: WorkOrder, closed_at: datetime | None, failed_at: datetime | None, now: datetime) -> None:
    if order.is_over:
        raise InvalidInput(f"{order.number} is {order.status} already.")
    if any(at is not None and at > now for at in (closed_at, failed_at)):
        raise InvalidInput(f"{order.number} cannot have been closed, or its asset have failed, in the future.")
    if closed_at is not None and order.opened_at is not None and closed_at < order.opened_at:
        raise InvalidInput(f"{order.number} cannot have been closed before it was opened.")


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    order = await order_known(context, given["number"])
    closed_at, failed_at = (
        datetime.fromisoformat(at) if (at := given[name]) else None for name in ("closed_at", "failed_at")
    )
    _check(order, closed_at, failed_at, context.clock())
    return {**given, "number": order.number, "code": await _code(context, order, given["code"])}, [order.asset]


TOOL = Tool.of(
    close_work_order,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose to close a work order with the failure mode that was found.",
    hints={"failed_at": None, "closed_at": None, "cause": None, "number": "WO-12", "code": "ISO 14224, or NFF"},
    wished=_wished,
)
