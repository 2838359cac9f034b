"""Incidents as results tell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from ingestion.alarms.incidents import Incident
from tools.alarms.incidents import Because
from tools.context import ToolContext
from tools.results.assets import EntityRef
from tools.results.work.incidents import IncidentTold

_POINTS = 20


async def told(context: ToolContext, found: Sequence[Incident]) -> list[IncidentTold]:
    """What left the plant goes by its id."""
    causes = sorted({one.cause for one in found if one.cause is not None})
    refs = await context.reader.refs(causes) if causes else {}
    gone = {id_: EntityRef(id=id_, name=id_, kind="Asset") for id_ in causes if id_ not in refs}
    known = {**refs, **gone}
    return [
        IncidentTold(
            id=one.name, cause=known[one.cause] if one.cause is not None else None, because=cast(Because, one.because),
            opened_at=one.opened_at, closed_at=one.closed_at, last_at=one.last_at, alarms=one.alarms, active=one.active,
            waiting=one.waiting, points=[*one.points][:_POINTS], by_people=one.kept,
        )
        for one in found
    ]  # fmt: skip
