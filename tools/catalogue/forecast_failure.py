"""The tool that says what is likely to fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from forecasting.failure_forecast import Failing, read_failing
from forecasting.outlook import HORIZON_DAYS, Outlook, read_outlooks
from graph_schema.question import AssetQuery
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.forecasts import FailureForecasts
from tools.results.result import Scene
from tools.risk.outlooks import by_danger, danger, failing_evidence, is_likely, outlook_evidence, outlook_notes, told_of


async def forecast_failure(
    context: ToolContext,
    assets: Annotated[AssetQuery | None, Field(description="which assets; the whole plant when left out")] = None,
    limit: Annotated[int, Field(ge=1, le=100, description="how many to list")] = 5,
) -> FailureForecasts:
    """What is likely to fail or to leave its limits within 30 days, likeliest first: probability, when, failure mode, what to do and why. Where work orders are kept, `failing` says how likely each asset breaks down, compared with its kind, and what life it has left. Assets whose readings are too few are counted as “cannot tell”. Looked at every six hours."""
    outlooks = {one.asset: one for one in await read_outlooks(context.graph)}
    failing = {one.asset: one for one in await read_failing(context.graph)}
    selection = await context.reader.select(assets) if assets is not None else None
    if selection is not None:
        chosen = {ref.id for ref in selection.entities}
        outlooks = {id_: one for id_, one in outlooks.items() if id_ in chosen}
        failing = {id_: one for id_, one in failing.items() if id_ in chosen}
    ranked = by_danger(outlooks)
    flagged = [one for one in ranked if one.state == "flagged"]
    likely = [one for one in failing.values() if is_likely(one)]
    listed = _listed(outlooks, failing, everything=selection is not None)[:limit]
    refs = await context.reader.refs(listed)
    now = context.clock()
    unknown = len(selection.entities) - len(outlooks) if selection is not None else 0
    return FailureForecasts(
        forecasts=[told_of(outlooks.get(id_), failing.get(id_), refs[id_], now) for id_ in listed if id_ in refs],
        horizon_days=HORIZON_DAYS,
        flagged=len(flagged),
        sound=sum(one.state == "sound" for one in outlooks.values()),
        cannot_tell=sum(one.state == "cannot tell" for one in outlooks.values()) + unknown,
        likely=len(likely),
        evidence=[
            outlook_evidence([outlooks[id_] for id_ in listed if id_ in outlooks]),
            *([failing_evidence([failing[id_] for id_ in listed if id_ in failing])] if failing else []),
            *(selection.evidence if selection else ()),
        ],
        scene=Scene(highlight=listed, focus=listed[0] if listed else None),
        notes=outlook_notes(ranked, now) if outlooks or not failing else [],
    )


def _listed(outlooks: Mapping[str, Outlook], failing: Mapping[str, Failing], *, everything: bool) -> list[str]:
    """The likeliest first. Of a few assets that were asked for each is told, of a whole plant only what is wrong or likely to fail."""
    wrong = {id_ for id_, one in outlooks.items() if one.state == "flagged"}
    wrong |= {id_ for id_, one in failing.items() if is_likely(one)}
    order = {one.asset: place for place, one in enumerate(by_danger(outlooks))}
    chosen = wrong or ({*outlooks, *failing} if everything else set[str]())

    def first(id_: str) -> tuple[float, int, str]:
        breaks = failing[id_].probability if id_ in failing else None
        leaves = danger(outlooks[id_]) if id_ in outlooks and outlooks[id_].state == "flagged" else -1.0
        return -max(leaves, breaks or -1.0), order.get(id_, len(order)), id_

    return sorted(chosen, key=first)


TOOL = Tool.of(
    forecast_failure,
    effect="read",
    roles=EVERYBODY,
    group="faults",
    brief="What is likely to fail or leave its limits within 30 days: probability, when, failure mode, what to do; remaining life by work orders.",
)
