"""The tool that finds, counts and groups assets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set
from typing import Annotated, Literal

from pydantic import Field

from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery, Order, Related
from graph_schema.statements import statements
from tools.context import EVERYBODY, ToolContext
from tools.listing.columns import read_columns
from tools.query.selection import graph_evidence
from tools.registry.tool import Tool
from tools.results.assets import FoundAssets
from tools.results.result import Scene
from tools.topology.snapshot import Topologies

_CYPHER = statements("tools.catalogue", "find_assets.cypher")
_HIGHLIGHTED = 500
_ALWAYS = ("name", "class", "place", "status")


def finding(topologies: Topologies) -> Callable[..., Awaitable[FoundAssets]]:
    """The tool, over these topologies."""

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
        columns: Annotated[
            list[Annotated[str, Field(min_length=1, max_length=80)]],
            Field(
                max_length=8,
                description="for a table, more of each asset: equipment, zone, source, reference, an attribute such as rated_power_kw, a quantity for its newest value, or a class for those of it that hang together with it",
            ),
        ] = [],  # noqa: B006
        limit: Annotated[int, Field(ge=1, le=1000, description="how many assets to list; the total counts all")] = 50,
    ) -> FoundAssets:
        """Find assets of the plant (equipment, rooms, zones, floors, points) and count them.

        Use it for which, how many, where in general, what is in alarm or stale, what lacks a sensor, what is above a value, and for
        “which X has the most Y” (related). ``total`` is the count; ``assets`` lists the first of them in name order; with ``columns`` the list is
        a table (each point with its equipment and address, each pump with its rated power and speed).
        """
        if columns and (group_by or related):
            raise InvalidInput("Columns belong to a list of assets: leave out group_by and related.")
        reader = context.reader
        selection = await reader.select(query)
        evidence, notes = list(selection.evidence), list(selection.notes)
        if query == AssetQuery.model_validate({"class": "Device"}):
            notes += await _devices_of_points(context, {entity.id for entity in selection.entities})
        groups = counts = None
        if group_by:
            groups, left_out = await reader.group(selection, group_by)
            notes += left_out
        listed = selection.entities[:limit]
        if related:
            every, told = await reader.related(selection, related, order)
            counts = every[:limit]
            listed = [one.entity for one in counts]
            evidence.append(told)
        refs = await reader.refs([entity.id for entity in listed])
        listed = [refs.get(entity.id, entity) for entity in listed]
        wanted = [one for one in dict.fromkeys(columns) if one not in _ALWAYS]
        more = await read_columns(
            context.graph, context.ontology, topologies, [one.id for one in listed], wanted, context.clock()
        )
        notes += more.notes
        if context.as_of and (measured := [one.key for one in more.columns if one.quantity]):
            raise InvalidInput(
                f"The columns {', '.join(measured)} hold newest values: query_telemetry reads what they were."
            )
        shown = [entity.id for entity in (listed if related else selection.entities)[:_HIGHLIGHTED]]
        return FoundAssets(
            query=query,
            total=len(selection.entities),
            assets=listed,
            groups=groups,
            related=counts,
            all_ids=[one.entity.id for one in counts] if counts is not None else selection.ids,
            columns=more.columns,
            stale=sorted(more.stale),
            evidence=[*evidence, *(graph_evidence(text, [one.id for one in listed]) for text in more.statements)],
            notes=notes,
            scene=Scene(highlight=shown, focus=shown[0] if len(shown) == 1 else None) if shown else None,
        )

    return find_assets


async def _devices_of_points(context: ToolContext, listed: Set[str]) -> list[str]:
    """Devices whose points the plant describes are no entities of their own."""
    (row,) = await context.graph.read(_CYPHER["reporting"])
    count = len({f"device:{name}" for name in row["names"]} - listed)
    more = "more " if listed else ""
    one = f"1 {more}device reports points of the plant's assets."
    return [one if count == 1 else f"{count} {more}devices report points of the plant's assets."] if count else []


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        finding(topologies),
        effect="read",
        roles=EVERYBODY,
        past="Names, relations and attributes are those of now.",
        brief="Find and count equipment, places and points: which, how many, where, in alarm, stale, without a sensor; “which AHU feeds most VAVs” (related).",
        hints={
            "group_by": "count",
            "columns": "equipment, zone, source, reference, an attribute (rated_power_kw), quantity or class",
        },
    )
