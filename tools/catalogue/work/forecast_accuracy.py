"""The tool that says how right forecasts have been, by what finished work orders found."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from forecasting.verification.found import Accuracy, accuracy
from graph_schema.question import Window
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.result import Evidence
from tools.results.work.due import ForecastAccuracy, ModelAccuracy


async def forecast_accuracy(
    context: ToolContext,
    window: Annotated[Window | None, Field(description="told since its start; all that is kept when left out")] = None,
) -> ForecastAccuracy:
    """How right each version of a model has been: what it flagged, how much of it came or was mended before, false alarms, precision, lead time in days, and failures that it missed. By the codes of finished work orders and by what was read afterwards."""
    found = await accuracy(context.history, window.start if window else None)
    return ForecastAccuracy(
        models=[_told(one) for one in found],
        findings=sum(one.findings for one in found),
        false_alarms=sum(one.false_alarms for one in found),
        evidence=[Evidence(store="history", statement="what was told of assets, and what came of it", window=window)],
    )


def _told(one: Accuracy) -> ModelAccuracy:
    return ModelAccuracy(
        model=one.model,
        findings=one.findings,
        open=one.open,
        came=one.came,
        mended=one.mended,
        false_alarms=one.false_alarms,
        stayed_away=one.stayed_away,
        missed=one.missed,
        precision=None if one.precision is None else round(100 * one.precision, 1),
        lead_days=None if one.lead_days is None else round(one.lead_days, 1),
    )


TOOL = Tool.of(
    forecast_accuracy,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="How right forecasts were, by model version: precision, lead time, false alarms, missed.",
    hints={},
)
