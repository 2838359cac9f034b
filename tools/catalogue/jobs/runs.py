"""The tool that says when equipment ran: starts, stops, hours, and since when it is in its present state."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from graph_schema.question import AssetQuery, Window
from tools.activity.run_status import RUNS, activities
from tools.activity.running import Switched, runs_of, switched_points
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.selection import history_evidence
from tools.registry.tool import Tool
from tools.results.jobs.runs import AssetRuns, Runs
from tools.results.result import Scene

_SAID = 3
_MOST = 300
"""Of more assets than this the history is not read at once."""


async def runs(
    context: ToolContext,
    asset: Annotated[
        str | list[str] | None,
        Field(description="id or exact name of the asset, or several; everything that reports whether it runs when left out"),
    ] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    window: Annotated[Window | None, Field(description="the last seven days when left out")] = None,
    quantity: Annotated[
        str | None, Field(description="another state than running or not: occupancy_status, operating_mode_status, or what a comparison is about")
    ] = None,
    state: Annotated[str, Field(max_length=60, description="which state counts: on, off, a state's own word, or a comparison with a value (> 24 °C)")] = "on",
    limit: Annotated[int, Field(ge=1, le=100, description="how many to list, those with the most hours first")] = 20,
) -> Runs:  # fmt: skip
    """When equipment ran: starts, stops, hours running and their share of a window, the longest run, whether it runs now and since when. By its run status, else by those of its parts; with ``quantity`` and ``state``, of any state, also of a value beyond another: how often and how long it was above 24."""
    now = context.clock()
    window = window or Window(start=now - timedelta(days=7), end=now)
    everything = asset is None and assets is None
    query = (
        AssetQuery(has_point=[quantity or RUNS]) if everything else await named_or_queried(context.graph, asset, assets)
    )
    selection = await context.reader.select(query)
    switched = await switched_points(context, selection.entities[:_MOST], quantity)
    points, refs = switched.points, switched.refs
    found = await activities(context.history, context.ontology, points, window, now, context.timezone, state)
    rows = sorted((runs_of(refs[id_], one, window, now) for id_, one in found.of.items()), key=_order)
    shown = [row for row in rows if row.hours is not None]
    ids = [point.id for point in points.values()]
    return Runs(
        window=window,
        state=state,
        rows=shown[:limit],
        total=len(shown),
        running=sum(row.in_state is True for row in rows) if window.end >= now else None,
        missing=switched.missing,
        no_data=[refs[id_] for id_ in points if id_ not in {row.asset.id for row in shown}],
        evidence=[
            *selection.evidence,
            *(history_evidence(text, ids, window, found.as_of) for text in (switched.statement, *found.statements)),
        ],
        scene=Scene(
            highlight=[row.asset.id for row in shown[:limit]], focus=shown[0].asset.id if len(shown) == 1 else None
        ),
        notes=[*_notes(len(selection.entities), switched), *found.notes, *selection.notes],
    )


def _order(row: AssetRuns) -> tuple[bool, float, str]:
    return row.hours is None, -(row.hours or 0.0), row.asset.name


def _notes(total: int, switched: Switched) -> list[str]:
    refs = switched.refs
    by_parts = [
        f"{refs[id_].name} reports no run status of its own; {', '.join(refs[one].name for one in some if one in refs)} does."
        for id_, some in list(switched.parts.items())[:_SAID]
    ]
    cut = [f"Only the first {_MOST} of {total:,} assets are looked at; narrow the question down for the others."]
    return [*(cut if total > _MOST else []), *by_parts]


TOOL = Tool.of(
    runs,
    effect="read",
    roles=EVERYBODY,
    past="Names and relations are those of now.",
    group="time",
    brief="When equipment ran: starts, stops, hours, share, longest run, runs now and since when; or of another state.",
    hints={
        "quantity": "another state: occupancy_status",
        "state": "left out: on; “> 24” of a value",
    },
)
