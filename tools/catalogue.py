"""The tools of the product, one module each."""

from __future__ import annotations

from tools.data_quality import judging
from tools.describe_asset import describe_asset
from tools.explain_risk import explaining
from tools.find_assets import find_assets
from tools.forecast_failure import forecast_failure
from tools.forecast_telemetry import forecast_telemetry
from tools.highlight import highlight
from tools.query_telemetry import query_telemetry
from tools.rank_risks import ranking
from tools.registry import Registry, Tool
from tools.topologies import Topologies
from tools.trace_connections import tracing


def plant_tools() -> Registry:
    """One registry serves one plant: what it has read of the plant's topology is kept between calls."""
    topologies = Topologies()
    rank_risks = ranking(topologies)
    functions = (
        judging(topologies),
        describe_asset,
        explaining(topologies, rank_risks),
        find_assets,
        forecast_failure,
        forecast_telemetry,
        highlight,
        query_telemetry,
        rank_risks,
        tracing(topologies),
    )
    return Registry([Tool.of(function) for function in functions])
