"""How good forecasts were, once their day is over: live models and shadows on the same points and hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from forecasting.jobs.point_forecasts import mark_scored, matured
from forecasting.jobs.training import STEP_S, classes_of_points, model_name
from forecasting.plant_points import read_series
from forecasting.registry.drift import Drift, loss_drift
from forecasting.registry.store import ModelRegistry
from forecasting.series import DAY_S, Floats, Series
from forecasting.telemetry.result import Forecast
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

_DAY = DAY_S // STEP_S
_OLDEST = timedelta(days=7)  # what an outage left unscored longer than this is let go
_ENOUGH = 0.5  # of a day's hours


@dataclass(frozen=True, slots=True)
class DayScore:
    """Of one forecast's first day: the pinball loss and that of the day before repeated, both in the point's unit, and the share of
    hours inside the 80% interval."""

    loss: float
    naive: float
    coverage: float


async def score_yesterday(
    graph: GraphStore, history: History, registry: ModelRegistry, now: datetime
) -> dict[str, Drift]:
    """Score the forecasts whose day is over; by model name, what the live version's losses say of drift where they say something."""
    drifts: dict[str, Drift] = {}
    before = now - timedelta(days=1)
    for quantity, points in (await classes_of_points(graph)).items():
        name = model_name(quantity)
        due = await matured(history, name, before, now - _OLDEST)
        if due:
            sources = {point.id: point.source for point in points}
            series = await read_series(history, list(sources.values()), now - _OLDEST - timedelta(days=2), now, STEP_S)
            read = {id_: series[source] for id_, source in sources.items() if source in series}
            await _record(registry, name, due, read)
            await mark_scored(history, name, before)
        live, _ = await registry.running(name)
        drift = loss_drift(await registry.recent_losses(live)) if live else None
        if drift is not None:
            drifts[name] = drift
    return drifts


def day_score(forecast: Forecast, read: Series) -> DayScore | None:
    """None where less than half of the day, or of the day before it, was read."""
    first = (forecast.start_s - read.start_s) // STEP_S
    if first < _DAY or first + _DAY > len(read) or len(forecast) < _DAY:
        return None
    came, naive = read.values[first : first + _DAY], read.values[first - _DAY : first]
    known = np.isfinite(came) & np.isfinite(naive)
    if known.sum() < _ENOUGH * _DAY:
        return None
    came, naive = came[known], naive[known]
    quantiles = forecast.quantiles[:_DAY][known]
    levels = np.asarray(forecast.levels)
    low, high = (one[:_DAY][known] for one in forecast.interval(0.8))
    inside = (came >= low) & (came <= high)
    return DayScore(_pinball(quantiles, came, levels), _pinball(naive[:, None], came, levels), float(inside.mean()))


def _pinball(quantiles: Floats, came: Floats, levels: Floats) -> float:
    """Mean over levels and hours (Koenker & Bassett 1978), in the point's unit."""
    apart = came[:, None] - quantiles
    return float(np.maximum(levels * apart, (levels - 1) * apart).mean())


async def _record(
    registry: ModelRegistry, name: str, due: Sequence[tuple[str, int, Forecast]], read: Mapping[str, Series]
) -> None:
    """By day and version: the sum of the losses over that of the naive ones, so that points of little change weigh little."""
    found: defaultdict[tuple[date, int], list[DayScore]] = defaultdict(list)
    for point, version, forecast in due:
        score = day_score(forecast, read[point]) if point in read else None
        if score is not None:
            day = datetime.fromtimestamp(forecast.start_s, UTC).date()
            found[day, version].append(score)
    for (day, version), scores in found.items():
        naive = sum(one.naive for one in scores)
        if naive > 0:
            coverage = float(np.mean([one.coverage for one in scores]))
            row = {
                "version": version,
                "subjects": len(scores),
                "loss": sum(one.loss for one in scores) / naive,
                "coverage": coverage,
            }
            await registry.put_scores(name, day, [row])
