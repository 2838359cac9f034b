"""The tool that tells which alarms are one incident, and where it most likely began."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from graph_schema.errors import NotFound
from ingestion.alarms.incidents import Incidents as Record
from ingestion.alarms.incidents import number_of
from tools.alarms.telling import told
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.result import Evidence
from tools.results.work.incidents import Incidents


async def incidents(
    context: ToolContext,
    incident: Annotated[str | None, Field(max_length=20, description="one alone, such as I-12; closed as well")] = None,
    hours: Annotated[float, Field(ge=0, le=8_760, description="also those that were closed within these hours")] = 0,
    limit: Annotated[int, Field(ge=1, le=200, description="how many to list")] = 20,
) -> Incidents:
    """Alarms that belong together as incidents, each under its most likely upstream cause: by supply, order in time and shared supply. The largest first."""
    since, number = context.clock() - timedelta(hours=hours), None if incident is None else number_of(incident)
    found = await Record(context.history).list(since, 1_000, number)
    if number is not None and not found:
        raise NotFound(f"There is no incident I-{number}.")
    return Incidents(
        incidents=await told(context, found[:limit]),
        total=len(found),
        alarms=sum(one.alarms for one in found),
        evidence=[Evidence(store="history", statement="incidents that are open, or were within the time")],
    )


TOOL = Tool.of(
    incidents,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Alarms that belong together, under their likely cause.",
)
