"""The tool that says what is likely to fail."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from forecasting.outlook import read_outlooks
from graph_schema.question import AssetQuery
from tools.context import ToolContext
from tools.outlooks import by_danger, forecast_of, outlook_evidence, outlook_notes
from tools.results import FailureForecasts, Scene


async def forecast_failure(
    context: ToolContext,
    assets: Annotated[AssetQuery | None, Field(description="which things; the whole plant when left out")] = None,
    limit: Annotated[int, Field(ge=1, le=100, description="how many to list")] = 5,
) -> FailureForecasts:
    """What is likely to fail or to leave its limits within 30 days, likeliest first: probability, when, failure mode, what to do and why. Things whose readings are too few are counted as “cannot tell”. Runs every night; says nothing about sudden failures without signs."""
    outlooks = {one.asset: one for one in await read_outlooks(context.graph)}
    selection = await context.reader.select(assets) if assets is not None else None
    if selection is not None:
        chosen = {ref.id for ref in selection.entities}
        outlooks = {id_: one for id_, one in outlooks.items() if id_ in chosen}
    ranked = by_danger(outlooks)
    flagged = [one for one in ranked if one.state == "flagged"]
    # Of a few things that were asked for each is told, of a whole plant only what is wrong.
    listed = (flagged or (ranked if selection is not None else []))[:limit]
    refs = await context.reader.refs([one.asset for one in listed])
    now = context.clock()
    unknown = len(selection.entities) - len(outlooks) if selection is not None else 0
    return FailureForecasts(
        forecasts=[forecast_of(one, refs[one.asset], now) for one in listed if one.asset in refs],
        flagged=len(flagged),
        sound=sum(one.state == "sound" for one in outlooks.values()),
        cannot_tell=sum(one.state == "cannot tell" for one in outlooks.values()) + unknown,
        evidence=[outlook_evidence(listed), *(selection.evidence if selection else ())],
        scene=Scene(highlight=[one.asset for one in listed], focus=listed[0].asset if listed else None),
        notes=outlook_notes(ranked, now),
    )
