"""The tool that shelves the alarms of an asset or a point until a moment, once a person has approved it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from graph_schema.errors import InvalidInput
from ingestion.alarms.incidents import is_name
from tools.alarms.acting import acted, wished
from tools.alarms.arguments import Named, Why
from tools.approvals.terms import Terms
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.work.alarm_states import AlarmsActed


async def shelve_alarm(
    context: ToolContext,
    asset: Named,
    until: Annotated[AwareDatetime | None, Field(description="when it returns by itself, within 14 days")] = None,
    hours: Annotated[float | None, Field(gt=0, le=336, description="or how many hours from now")] = None,
    why: Why = None,
) -> AlarmsActed:
    """Shelve the alarms of an asset, its parts included, or of a point: quiet until a moment, when they return by themselves. It becomes a proposal, which waits for a person's approval."""
    return await acted(context, asset, "shelved", why, _end(until, hours, context.clock()))


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    until = datetime.fromisoformat(given["until"]) if given["until"] else None
    end = _end(until, given["hours"], context.clock())
    return await wished(context, {**given, "until": end.isoformat(), "hours": None}, "shelved", end)


def _end(until: datetime | None, hours: float | None, now: datetime) -> datetime:
    """Raises ``InvalidInput`` where there is none, or two."""
    if (until is None) == (hours is None):
        raise InvalidInput("Say until when the alarm is to be shelved, or for how many hours.")
    return until if until is not None else now + timedelta(hours=hours or 0)


TOOL = Tool.of(
    shelve_alarm,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose to shelve alarms until a moment.",
    hints={"why": None, "hours": None},
    wished=_wished,
    besides=is_name,
)
