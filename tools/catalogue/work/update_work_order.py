"""The tool that changes a work order, once a person has approved it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Check, Labour, PartUsed, Priority, WorkOrder
from ingestion.orders.work_orders import WorkOrders
from tools.approvals.terms import Terms
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.orders import OrderChanged, PartTold
from tools.work.orders import Minutes, Number, Parts, Short, Text, order_known, person, told

_NEEDED = "status, assignee, priority, due, minutes, parts, ticked, checks, remark or text"


async def update_work_order(
    context: ToolContext,
    number: Number,
    status: Annotated[
        Literal["open", "in_progress", "on_hold", "cancelled"] | None, Field(description="done is what closing is for")
    ] = None,
    assignee: Annotated[Short, Field(description="who is to do it; “me” is who asks")] = None,
    priority: Priority | None = None,
    due: AwareDatetime | None = None,
    planned_at: Annotated[AwareDatetime | None, Field(description="when work is planned to begin")] = None,
    planned_h: Annotated[float | None, Field(ge=0, le=10_000)] = None,
    text: Annotated[Short, Field(description="its title")] = None,
    remark: Text = None,
    minutes: Minutes = None,
    parts: Parts = [],  # noqa: B006 - pydantic copies it
    ticked: Annotated[
        list[str], Field(max_length=100, description="lines of the checklist that are done, by text or number")
    ] = [],  # noqa: B006
    checks: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]],
        Field(max_length=100, description="lines to add to the checklist"),
    ] = [],  # noqa: B006
) -> OrderChanged:
    """Change a work order: who does it, its status, priority and dates; add labour, parts and lines of its checklist, or tick lines off. It becomes a proposal, which waits for a person's approval."""
    order = await order_known(context, number)
    plain = {
        "status": status, "assignee": person(context, assignee), "priority": priority, "due_at": due, "planned_at": planned_at,
        "planned_h": planned_h, "text": text, "remark": remark,
    }  # fmt: skip

    def changes(now: WorkOrder) -> dict[str, object]:
        given: dict[str, object] = {name: value for name, value in plain.items() if value is not None}
        given |= added(context, now, minutes, parts)
        if ticked or checks:
            given["checklist"] = (*_ticked(context, now, ticked), *(Check(one) for one in checks))
        _check(now, given)
        return given

    changed = await WorkOrders(context.history).change(order.number, changes, context.caller.name, context.clock())
    one, scene, evidence = await told(context, changed)
    return OrderChanged(order=one, scene=scene, evidence=evidence)


def added(context: ToolContext, order: WorkOrder, minutes: float | None, parts: list[PartTold]) -> dict[str, object]:
    """Labour of who asks, and parts, beside those that are written down."""
    work = (Labour(context.caller.name, minutes, context.clock()),) if minutes is not None else ()
    used = tuple(PartUsed(one.part, one.quantity) for one in parts)
    return {
        **({"labour": (*order.labour, *work)} if work else {}),
        **({"parts": (*order.parts, *used)} if used else {}),
    }


def _ticked(context: ToolContext, order: WorkOrder, ticked: list[str]) -> tuple[Check, ...]:
    lines = list(order.checklist)
    for told_ in ticked:
        wanted = told_.strip().casefold()
        place = next((n for n, one in enumerate(lines) if wanted in (str(n + 1), one.text.casefold())), None)
        if place is None:
            known = "; ".join(f"{n + 1} {one.text}" for n, one in enumerate(lines)) or "nothing"
            raise InvalidInput(f"The checklist of {order.number} has no “{told_[:60]}”; it has {known}.")
        lines[place] = Check(lines[place].text, done=True, by=context.caller.name, at=context.clock())
    return tuple(lines)


def _check(order: WorkOrder, changes: dict[str, object]) -> None:
    if not changes:
        raise InvalidInput(f"Say what of {order.number} to change: {_NEEDED}.")
    if order.is_over and changes.get("status") is None and not changes.keys() <= {"labour", "parts", "remark"}:
        raise InvalidInput(f"{order.number} is {order.status}. Open it again (status open) before it is changed.")


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    order = await order_known(context, given["number"])
    settled = {**given, "number": order.number, "assignee": person(context, given["assignee"])}
    wanted = {name: value for name, value in settled.items() if name != "number" and value not in (None, [])}
    _check(order, {"labour" if name == "minutes" else name: value for name, value in wanted.items()})
    _ticked(context, order, given["ticked"])
    return settled, [order.asset]


TOOL = Tool.of(
    update_work_order,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose a change of a work order.",
    hints={"text": None, "planned_at": None, "planned_h": None, "checks": None, "number": "WO-12", "due": "moment"},
    wished=_wished,
)
