"""The tools of the product, one module each."""

from __future__ import annotations

from tools.catalogue.data_quality import judging
from tools.catalogue.describe_asset import describe_asset
from tools.catalogue.explain_risk import explaining
from tools.catalogue.find_assets import find_assets
from tools.catalogue.forecast_failure import forecast_failure
from tools.catalogue.forecast_telemetry import forecast_telemetry
from tools.catalogue.highlight import highlight
from tools.catalogue.query_telemetry import query_telemetry
from tools.catalogue.rank_risks import ranking
from tools.catalogue.trace_connections import tracing
from tools.registry.registry import Registry, Tool
from tools.topology.snapshot import Topologies


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
