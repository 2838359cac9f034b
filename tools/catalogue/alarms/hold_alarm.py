"""The tool that takes alarms out of service or suppresses them by design, and ends any hold, once a person has approved it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ingestion.alarms.incidents import is_name
from tools.alarms.acting import acted, wished
from tools.alarms.arguments import Named, Why
from tools.approvals.terms import Terms
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.alarm_states import AlarmsActed

Step = Literal["unshelved", "suppressed", "unsuppressed", "out_of_service", "in_service"]


async def hold_alarm(
    context: ToolContext, asset: Named, act: Annotated[Step, Field(description="what becomes of it")], why: Why = None
) -> AlarmsActed:
    """Take the alarms of an asset, its parts included, or of a point out of service while they are worked on, or suppress them by design; or end that, or a shelf. It becomes a proposal, which waits for a person's approval."""
    return await acted(context, asset, act, why)


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    return await wished(context, given, given["act"])


TOOL = Tool.of(
    hold_alarm,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose to take alarms out of service, or to end a hold or shelf.",
    hints={"why": None, "act": None},
    wished=_wished,
    besides=is_name,
)
