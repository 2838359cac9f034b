"""The tool that acknowledges the alarms of an asset or a point, once a person has approved it."""

from __future__ import annotations

from typing import Any

from ingestion.alarms.incidents import is_name
from tools.alarms.acting import acted, wished
from tools.alarms.arguments import Named, Why
from tools.approvals.terms import Terms
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.alarm_states import AlarmsActed


async def acknowledge_alarm(context: ToolContext, asset: Named, why: Why = None) -> AlarmsActed:
    """Acknowledge the alarms of an asset, its parts included, or of a point: somebody has seen them and takes care. It becomes a proposal, which waits for a person's approval."""
    return await acted(context, asset, "acknowledged", why)


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    return await wished(context, given, "acknowledged")


TOOL = Tool.of(
    acknowledge_alarm,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose to acknowledge alarms.",
    hints={"why": None},
    wished=_wished,
    besides=is_name,
)
