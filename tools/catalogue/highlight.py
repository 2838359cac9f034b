"""The tool that points at assets in the 3D pane."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from graph_schema.statements import statements
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve_all
from tools.registry.tool import Tool
from tools.results.assets import Highlighted
from tools.results.result import Evidence, Scene


async def highlight(
    context: ToolContext,
    assets: Annotated[
        list[str], Field(min_length=1, max_length=500, description="ids or exact names of the assets to show")
    ],
) -> Highlighted:
    """Highlight assets in the 3D view and fly to the first. For showing only: other tools highlight what they answer about."""
    ids = list(dict.fromkeys(await resolve_all(context.graph, assets)))
    refs = await context.reader.refs(ids)
    found = [refs[id_] for id_ in ids if id_ in refs]
    statement = statements("graph_schema.store", "names.cypher")["named"]
    return Highlighted(
        assets=found,
        evidence=[Evidence(store="graph", statement=statement, entities=[ref.id for ref in found])],
        scene=Scene(highlight=[ref.id for ref in found], focus=found[0].id if found else None),
    )


TOOL = Tool.of(
    highlight,
    effect="read",
    roles=EVERYBODY,
    group="plant",
    brief="Show in the 3D view, where just that is asked.",
)
