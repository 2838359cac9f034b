"""The tool that finds, counts and groups assets."""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, Literal

from pydantic import Field

from graph_schema.question import AssetQuery, Order, Related
from graph_schema.statements import statements
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.assets import FoundAssets
from tools.results.result import Scene

_CYPHER = statements("tools.catalogue", "find_assets.cypher")
_HIGHLIGHTED = 500


async def find_assets(
    context: ToolContext,
    query: Annotated[AssetQuery, Field(description="which assets")],
    group_by: Annotated[
        Literal["class", "floor", "parent"] | None,
        Field(description="count per class, per floor or per asset they belong to"),
    ] = None,
    related: Annotated[
        Related | None,
        Field(
            description="for each asset found, count what stands in this relation to it: which AHU feeds the most VAVs"
        ),
    ] = None,
    order: Annotated[Order | None, Field(description="order of the related counts")] = None,
    limit: Annotated[int, Field(ge=1, le=1000, description="how many assets to list; the total counts all")] = 50,
) -> FoundAssets:
    """Find assets of the plant (equipment, rooms, zones, floors, points) and count them.

    Use it for which, how many, where in general, what is in alarm or stale, what lacks a sensor, what is above a value, and for
    “which X has the most Y” (related). ``total`` is the count; ``assets`` lists the first of them in name order.
    """
    reader = context.reader
    selection = await reader.select(query)
    evidence, notes = list(selection.evidence), list(selection.notes)
    if query == AssetQuery.model_validate({"class": "Device"}):
        notes += await _devices_of_points(context, {entity.id for entity in selection.entities})
    groups = counts = None
    if group_by:
        groups, more = await reader.group(selection, group_by)
        notes += more
    listed = selection.entities[:limit]
    if related:
        every, told = await reader.related(selection, related, order)
        counts = every[:limit]
        listed = [one.entity for one in counts]
        evidence.append(told)
    refs = await reader.refs([entity.id for entity in listed])
    listed = [refs.get(entity.id, entity) for entity in listed]
    shown = [entity.id for entity in (listed if related else selection.entities)[:_HIGHLIGHTED]]
    return FoundAssets(
        query=query,
        total=len(selection.entities),
        assets=listed,
        groups=groups,
        related=counts,
        all_ids=[one.entity.id for one in counts] if counts is not None else selection.ids,
        evidence=evidence,
        notes=notes,
        scene=Scene(highlight=shown, focus=shown[0] if len(shown) == 1 else None) if shown else None,
    )


async def _devices_of_points(context: ToolContext, listed: Set[str]) -> list[str]:
    """Devices whose points the plant describes are no entities of their own."""
    (row,) = await context.graph.read(_CYPHER["reporting"])
    count = len({f"device:{name}" for name in row["names"]} - listed)
    more = "more " if listed else ""
    one = f"1 {more}device reports points of the plant's assets."
    return [one if count == 1 else f"{count} {more}devices report points of the plant's assets."] if count else []


TOOL = Tool.of(find_assets, effect="read", roles=EVERYBODY)
