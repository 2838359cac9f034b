"""The tool that merges two incidents or splits one, once a person has approved it."""

from __future__ import annotations

from typing import Annotated, Any

import psycopg
from pydantic import Field

from graph_schema.errors import InvalidInput, NotFound
from ingestion.alarms.incidents import Incident, number_of
from ingestion.alarms.incidents import Incidents as Record
from tools.alarms.standing import whole_of
from tools.alarms.telling import told
from tools.approvals.terms import Terms
from tools.audit import log as audit_log
from tools.audit.log import Entry
from tools.context import ACTING, ToolContext
from tools.registry.tool import Tool
from tools.results.result import Evidence
from tools.results.work.incidents import IncidentChanged

Number = Annotated[str, Field(max_length=20, description="such as I-12")]


async def change_incident(
    context: ToolContext,
    incident: Number,
    merge: Annotated[str | None, Field(max_length=20, description="another, whose alarms come to it")] = None,
    split: Annotated[
        str | None,
        Field(
            max_length=200, description="an asset, its parts included, or a point, whose alarms become one of their own"
        ),
    ] = None,
) -> IncidentChanged:
    """Merge another incident into one, or split the alarms of an asset off it; what people decide stays so. It becomes a proposal, which waits for a person's approval."""
    record, now, who = Record(context.history), context.clock(), context.caller.name
    number = number_of(incident)
    other = _other(merge, split)

    async def audited(connection: psycopg.AsyncConnection) -> None:
        what = "incident.merged" if other is not None else "incident.split"
        entry = Entry(now, who, what, subject=f"I-{number}", site=context.site, outcome=merge or split)
        await audit_log.record(connection, [entry])

    if other is not None:
        await record.merge(number, other, who, now, audited)
        left = number
    else:
        whole = await whole_of(context, split or "")
        cause = None if whole.is_point else whole.id
        left = await record.split(number, sorted(whole.points), cause, who, now, audited)
    (one,) = await told(context, [await _known(context, left)])
    return IncidentChanged(
        incident=one,
        act="merged" if other is not None else "split",
        evidence=[Evidence(store="history", statement=f"the incident {one.id}")],
    )


def _other(merge: str | None, split: str | None) -> int | None:
    """The number of the one to merge; None where something is to be split off. Raises ``InvalidInput``."""
    if (merge is None) == (split is None):
        raise InvalidInput("Say which incident to merge into it, or of which asset to split the alarms off.")
    return None if merge is None else number_of(merge)


async def _known(context: ToolContext, number: int) -> Incident:
    found = await Record(context.history).list(context.clock(), 1, number)
    if not found:
        raise NotFound(f"There is no incident I-{number}.")
    return found[0]


async def _wished(context: ToolContext, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known = await _known(context, number_of(given["incident"]))
    other = _other(given["merge"], given["split"])
    if other is not None:
        await _known(context, other)
    else:
        await whole_of(context, given["split"])
    return {**given, "incident": known.name}, [known.cause] if known.cause else []


TOOL = Tool.of(
    change_incident,
    effect="write",
    roles=ACTING,
    terms=Terms(own=True),
    group="work",
    brief="Propose to merge incidents, or to split one.",
    wished=_wished,
)
