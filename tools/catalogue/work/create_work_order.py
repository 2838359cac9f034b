"""The tool that opens a work order, once a person has approved it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from forecasting.outlook import read_outlooks
from graph_schema.errors import InvalidInput
from ingestion.orders.order import Check, Kind, Priority, Source, WorkOrder
from ingestion.orders.plans import Plan
from ingestion.orders.work_orders import OrderFilter, WorkOrders
from tools.approvals.terms import Terms
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.orders import OrderOpened
from tools.work.due import plan_of
from tools.work.orders import Short, Text, asset_id, person, told

_KIND_OF: dict[Source, Kind] = {"forecast": "predictive", "plan": "preventive", "alarm": "corrective"}


async def create_work_order(
    context: ToolContext,
    asset: Annotated[str, Field(max_length=200, description="id or exact name of a piece of equipment or a place")],
    text: Annotated[
        str, Field(min_length=1, max_length=200, pattern=r"\S", description="what is to be done, in one line")
    ],
    kind: Annotated[Kind | None, Field(description="by what it is because of when left out, else corrective")] = None,
    priority: Annotated[Priority | None, Field(description="medium when left out, or as the plan says")] = None,
    due: Annotated[AwareDatetime | None, Field(description="when it has to be done")] = None,
    assignee: Annotated[Short, Field(description="who is to do it; “me” is who asks")] = None,
    description: Text = None,
    checklist: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=100)] = [],  # noqa: B006 - pydantic copies it
    planned_h: Annotated[float | None, Field(ge=0, le=10_000, description="hours that it is planned to take")] = None,
    because: Annotated[
        Literal["forecast", "alarm", "plan"] | None, Field(description="what asks for it, where it is not a person")
    ] = None,
    reference: Annotated[Short, Field(description="which alarm, or the id of the plan")] = None,
) -> OrderOpened:
    """Open a work order for an asset. Because of a forecast, it settles how that forecast came out when it is closed; a finding that has an order, or one that was worked on and shows nothing new, gets no second one. Because of a plan, it takes what the plan says of it. It becomes a proposal, which waits for a person's approval."""
    id_ = await asset_id(context, asset)
    source: Source = because or "person"
    await _check_finding(context, id_, source, reference)
    order = WorkOrder(
        "", id_, kind or _KIND_OF.get(source, "corrective"), text=text.strip(), priority=priority or "medium", due_at=due, planned_h=planned_h,
        description=description, assignee=person(context, assignee), source=source, source_ref=reference or (id_ if because else None),
        checklist=tuple(Check(one.strip()) for one in checklist),
    )  # fmt: skip
    opened = await WorkOrders(context.history).create(order, context.caller.name, context.clock())
    one, scene, evidence = await told(context, opened)
    return OrderOpened(order=one, scene=scene, evidence=evidence)


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    source: Source = given["because"] or "person"
    if source == "plan":
        given = _as_planned(given, await plan_of(context, given["reference"], given["asset"]))
    await _check_finding(context, given["asset"], source, given["reference"])
    usual = {"kind": _KIND_OF.get(source, "corrective"), "priority": "medium"}
    return {**_with(given, usual), "assignee": person(context, given["assignee"])}, []


def _as_planned(given: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """What is not said otherwise is as the plan has it."""
    told = {
        "kind": plan.kind,
        "priority": plan.priority,
        "assignee": plan.assignee,
        "planned_h": plan.hours,
        "checklist": plan.checklist,
    }
    return {**_with(given, told), "reference": plan.id}


def _with(given: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return {**given, **{name: value for name, value in usual.items() if given[name] in (None, [])}}


async def _check_finding(context: ToolContext, asset: str, source: Source, reference: str | None) -> None:
    """A finding has one order, and comes back after that only on new evidence; a plan has to be there. Raises ``InvalidInput``."""
    if source == "person":
        return
    if source == "plan":
        await plan_of(context, reference, asset)
    which = OrderFilter([asset], source=source, source_ref=reference or asset)
    known, _ = await WorkOrders(context.history).find(which)
    if waiting := next((one for one in known if not one.is_over), None):
        raise InvalidInput(f"{waiting.number} is open for this {source} already; change that one instead.")
    done = next((one for one in known if one.status == "done"), None)
    if source != "forecast" or done is None or done.closed_at is None:
        return
    outlook = next(iter(await read_outlooks(context.graph, [asset])), None)
    if outlook is None or outlook.state != "flagged" or (outlook.since is not None and outlook.since <= done.closed_at):
        raise InvalidInput(
            f"{done.number} has dealt with this finding on {done.closed_at:%-d %b %Y}, and no new sign has been seen since. "
            "Open the order in a person's name where it is needed all the same."
        )


TOOL = Tool.of(
    create_work_order,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose a work order for an asset.",
    hints={"description": None, "reference": None, "planned_h": None, "checklist": None, "due": "moment"},
    wished=_wished,
)
