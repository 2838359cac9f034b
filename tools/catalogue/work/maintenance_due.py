"""The tool that says which maintenance is due."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tools.context import EVERYBODY, ToolContext
from tools.query.contents import contents
from tools.registry.tool import Tool
from tools.results.result import Evidence, Scene
from tools.results.work.due import MaintenanceDue
from tools.work.due import tasks_due
from tools.work.orders import asset_id

_UNKNOWN = (
    "Of {count} tasks it cannot be told when they are due: nothing says how long the assets ran, or what they read."
)


async def maintenance_due(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(max_length=200, description="id or exact name of an asset or a place; what is in it counts as well"),
    ] = None,
    days: Annotated[int, Field(ge=0, le=730, description="due within so many days")] = 30,
    limit: Annotated[int, Field(ge=1, le=200)] = 20,
) -> MaintenanceDue:
    """Maintenance that is overdue or comes due by the plant's plans: by the calendar, by hours run since it was last done, or by a reading beyond its bound; with the work order that waits for it, if there is one."""
    id_ = await asset_id(context, asset) if asset is not None else None
    within = None if id_ is None else await contents(context.graph, id_)
    due = await tasks_due(context, within, days)
    tasks = due.tasks
    pressing = [one for one in tasks if one.state in ("overdue", "due", "soon")]
    shown = pressing[:limit]
    ids = list(dict.fromkeys(one.asset.id for one in shown))
    unknown = sum(one.state == "unknown" for one in tasks)
    return MaintenanceDue(
        tasks=shown,
        total=len(pressing),
        overdue=sum(one.state == "overdue" for one in tasks),
        plans=due.plans,
        days=days,
        asset=None if id_ is None else (await context.reader.refs([id_])).get(id_),
        scene=Scene(highlight=ids, focus=ids[0]) if ids else None,
        evidence=[
            Evidence(
                store="history", statement="maintenance plans and the work orders that were done of them", entities=ids
            )
        ],
        notes=[*([_UNKNOWN.format(count=unknown)] if unknown else []), *due.left_out],
    )


TOOL = Tool.of(
    maintenance_due,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Maintenance overdue or due within days, by plans: calendar, hours run, readings.",
    hints={},
)
