"""The tool that says what points are going to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
from pydantic import AwareDatetime, Field

from forecasting.jobs.point_forecasts import Newest, newest_forecasts, newest_statement, within
from forecasting.plant_points import measured_points, read_series
from forecasting.series import Series
from forecasting.telemetry.plausibility.familiarity import unfamiliar
from forecasting.telemetry.result import Forecast
from forecasting.telemetry.windows import CONTEXT_DAYS
from graph_schema.compiler.quantities import Quantities
from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.points import Point, read_points
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.charts import line
from tools.results.forecasts import CannotForecast, ForecastRow, ForecastStep, TelemetryForecast
from tools.results.result import Chart, Evidence, Scene
from tools.risk.outlooks import age_notes

_INTERVAL = 0.8
_MOST_STEPS = 24
_MOST_LOOKED_AT = 100  # points whose newest readings are compared with what was before
_HOUR_S = 3600
_BEFORE = timedelta(days=3)  # what a chart shows of the past


async def forecast_telemetry(
    context: ToolContext,
    quantity: Annotated[
        str, Field(description="what is measured, in snake case: zone_air_temperature, electric_power")
    ],
    asset: Annotated[str | list[str] | None, Field(description="id or exact name of the asset, or several")] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    at: Annotated[
        AwareDatetime | None,
        Field(description="the moment asked about, at most a week ahead; left out: the next hours"),
    ] = None,
    hours: Annotated[int, Field(ge=1, le=168, description="how many hours, where no moment is asked about")] = 24,
    start: Annotated[
        AwareDatetime | None, Field(description="when those hours begin, at most a week ahead; left out: now")
    ] = None,
    limit: Annotated[int, Field(ge=1, le=100, description="how many points")] = 10,
) -> TelemetryForecast:
    """Foretell what is going to be measured, up to a week ahead: the expected value with the interval that holds 80% of what comes. Forecasts are made every night from the last weeks. ``missing`` have no such point, ``no_forecast`` have too little history or no model yet, and of ``cannot_tell`` the newest readings are unlike anything before: say so instead of guessing."""
    now = context.clock()
    if any(one is not None and not now <= one <= now + timedelta(days=7) for one in (at, start)):
        raise InvalidInput("A forecast reaches from now to a week ahead. Ask query_telemetry for the past.")
    selection = await context.reader.select(await named_or_queried(context.graph, asset, assets))
    points, statement = await read_points(context.graph, selection.ids, Quantities.of(context.ontology, quantity))
    found = [(asset, point) for asset in selection.ids for point in points.get(asset, ())]
    newest = await newest_forecasts(context.history, [point.id for _, point in found], context.as_of)
    strange = await _unfamiliar(context, [point for _, point in found][:_MOST_LOOKED_AT], now)
    told = [(asset, point) for asset, point in found if point.id in newest and point.id not in strange][:limit]
    refs = await context.reader.refs(selection.ids)
    rows = [_row(refs[asset], point, newest[point.id], at, start or now, hours) for asset, point in told]
    sound = [row for row in rows if row.steps]
    known = {row.entity.id for row in sound}
    cannot = [
        CannotForecast(entity=refs[asset], point=point.id, reason=strange[point.id])
        for asset, point in found
        if point.id in strange
    ]
    unsaid = known | {one.entity.id for one in cannot}
    with_points = {asset for asset, own in points.items() if own}
    made = [newest[point.id].made_at for _, point in told]
    return TelemetryForecast(
        quantity=quantity,
        rows=sound,
        total=len([one for one in found if one[1].id in newest and one[1].id not in strange]),
        missing=[refs[id_] for id_ in selection.ids if id_ not in with_points],
        no_forecast=[refs[id_] for id_ in selection.ids if id_ in with_points and id_ not in unsaid],
        cannot_tell=cannot[:limit],
        charts=await _charts(context, told[:3], newest, now),
        scene=Scene(highlight=sorted(known), focus=next(iter(known)) if len(known) == 1 else None),
        evidence=[
            *selection.evidence,
            Evidence(store="graph", statement=statement, entities=sorted(with_points), points=[p.id for _, p in told]),
            Evidence(
                store="history", statement=newest_statement(), points=[p.id for _, p in told],
                as_of=max(made, default=None), model=", ".join(sorted({newest[p.id].model for _, p in told})) or None,
            ),
        ],
        notes=age_notes(made, now),
    )  # fmt: skip


async def _unfamiliar(context: ToolContext, points: Sequence[Point], now: datetime) -> dict[str, str]:
    """By point, why its forecast would be an invention: asked anew, as what is read may have changed since the night."""
    sources = [point.source for point in points if point.source]
    if not sources:
        return {}
    hour = now.replace(minute=0, second=0, microsecond=0)
    read = await read_series(context.history, sources, hour - timedelta(days=CONTEXT_DAYS), hour, _HOUR_S)
    measured = {one.id: one for one in await measured_points(context.graph, [point.id for point in points])}
    found: dict[str, str] = {}
    for point in points:
        if point.source in read and point.id in measured:
            reason = unfamiliar(read[point.source], within(measured[point.id]))
            if reason:
                found[point.id] = reason
    return found


def _row(
    entity: EntityRef, point: Point, newest: Newest, at: datetime | None, start: datetime, hours: int
) -> ForecastRow:
    forecast = newest.forecast
    first = int((start.timestamp() - forecast.start_s) // forecast.step_s)
    if at is not None:
        steps = [int((at.timestamp() - forecast.start_s) // forecast.step_s)]
    else:
        count = min(_MOST_STEPS, hours)
        steps = [first + int(one) for one in np.linspace(0, hours - 1, count).round()]
    low, high = forecast.interval(_INTERVAL)
    median = forecast.median
    return ForecastRow(
        entity=entity,
        point=point.id,
        quantity=point.quantity,
        unit=point.unit,
        model=newest.model,
        made_at=newest.made_at,
        steps=[
            ForecastStep(
                at=_moment(forecast, step), expected=_told(median[step]), low=_told(low[step]), high=_told(high[step])
            )
            for step in steps
            if 0 <= step < len(forecast)
        ],
    )


async def _charts(
    context: ToolContext, told: Sequence[tuple[str, Point]], newest: Mapping[str, Newest], now: datetime
) -> list[Chart]:
    sources = [point.source for _, point in told if point.source]
    read = await read_series(context.history, sources, now - _BEFORE, now, 3600) if sources else {}
    limits = {one.id: one for one in await measured_points(context.graph, [point.id for _, point in told])}
    charts: list[Chart] = []
    for _, point in told:
        forecast = newest[point.id].forecast
        low, high = forecast.interval(_INTERVAL)
        lines = [line("read", read[point.source])] if point.source in read else []
        for name, values in (("expected", forecast.median), ("low", low), ("high", high)):
            lines.append(line(name, Series(forecast.start_s, forecast.step_s, values)))
        known = limits.get(point.id)
        low_limit, high_limit = (known.low, known.high) if known else (None, None)
        charts.append(Chart(title=point.name, unit=point.unit, low=low_limit, high=high_limit, lines=lines))
    return charts


def _moment(forecast: Forecast, step: int) -> datetime:
    return datetime.fromtimestamp(forecast.start_s + step * forecast.step_s, UTC)


def _told(value: float) -> float:
    return float(f"{value:.4g}")


TOOL = Tool.of(
    forecast_telemetry,
    effect="read",
    roles=EVERYBODY,
    past="Forecasts are those that had been made by then and are still kept.",
    group="time",
    brief="What will be measured, up to a week ahead, with its 80% interval.",
    hints={
        "start": "left out: now",
    },
)
