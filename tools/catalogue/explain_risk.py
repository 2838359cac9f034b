"""The tool that says why an asset is at risk: what is wrong now, what is ahead, and what hangs on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from forecasting.failure_forecast import read_failing
from forecasting.outlook import Outlook, read_outlooks
from forecasting.plant_points import Measured, measured_points, read_series
from graph_schema.question import AssetQuery
from tools.catalogue.rank_risks import ranking
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.charts import chart_of
from tools.results.result import Chart, Scene
from tools.results.risks import RankedRisks, RiskExplained
from tools.risk.outlooks import by_danger, failing_evidence, is_likely, outlook_evidence, outlook_notes, told_of
from tools.topology.snapshot import Topologies

_DAYS = 28
_STEP_S = 6 * 3600
_CHARTS = 3


def explaining(
    topologies: Topologies, rank_risks: Callable[..., Awaitable[RankedRisks]]
) -> Callable[..., Awaitable[RiskExplained]]:
    """The tool, over these topologies and this judgement of the present."""

    async def explain_risk(
        context: ToolContext,
        asset: Annotated[str, Field(description="id or exact name of a piece of equipment")],
    ) -> RiskExplained:
        """Why one asset is at risk: what is wrong with it now, what is likely within 30 days and which signals say so, how likely it breaks down by its work orders, the failure mode, what to do, and how much depends on it. Its parts count. Charts of the signals come with it."""
        id_ = await resolve(context.graph, asset)
        topology = await topologies.current(context.graph, context.ontology)
        own = topology.inside(id_) if id_ in topology.nodes else {id_}
        known = await read_outlooks(context.graph)
        outlooks = by_danger({one.asset: one for one in known if one.asset in own})
        by_id = {one.asset: one for one in outlooks}
        failing = {one.asset: one for one in await read_failing(context.graph) if one.asset in own}
        told = [one.asset for one in outlooks if one.state == "flagged" or one.asset == id_]
        told += sorted(
            one.asset for one in failing.values() if one.asset not in told and (one.asset == id_ or is_likely(one))
        )
        listed = [by_id[one] for one in told if one in by_id]
        refs = await context.reader.refs(list(dict.fromkeys([id_, *told])))
        present = await rank_risks(context, AssetQuery(ids=[id_]), 1)
        risk = next((one for one in present.risks if one.asset.id == id_), None)
        now = context.clock()
        return RiskExplained(
            asset=refs[id_],
            forecasts=[told_of(by_id.get(one), failing.get(one), refs[one], now) for one in told],
            score=risk.score if risk else 0.0,
            reasons=risk.reasons if risk else [],
            dependents=topology.dependents(id_) if id_ in topology.nodes else 0,
            charts=await _charts(context, outlooks),
            evidence=[
                outlook_evidence(listed),
                *([failing_evidence([failing[one] for one in told if one in failing])] if failing else []),
                *present.evidence,
            ],
            scene=Scene(highlight=[id_, *(one for one in told if one != id_)], focus=id_),
            notes=outlook_notes(outlooks, now)
            if outlooks or not known
            else [f"No forecast covers {refs[id_].name}: none of its points has readings."],
        )

    return explain_risk


async def _charts(context: ToolContext, outlooks: list[Outlook]) -> list[Chart]:
    """Of the weightiest signals: four weeks with their limits."""
    wanted = [point for one in outlooks if one.state == "flagged" for point in one.points][:_CHARTS]
    if not wanted:
        return []
    points: dict[str, Measured] = {one.id: one for one in await measured_points(context.graph, wanted)}
    now = context.clock()
    series = await read_series(
        context.history, [one.source for one in points.values()], now - timedelta(days=_DAYS), now, _STEP_S
    )
    return [
        chart_of(points[id_], series[points[id_].source])
        for id_ in wanted
        if id_ in points and points[id_].source in series
    ]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        explaining(topologies, ranking(topologies)),
        effect="read",
        roles=EVERYBODY,
        group="faults",
        brief="Why an asset is at risk: wrong now, likely within 30 days, signals, failure mode, what to do, dependents.",
    )
