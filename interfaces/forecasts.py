"""Forecasts of the whole plant: at once for a command, every night for a plant that is served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from forecasting.fleet.executors import open_executor
from forecasting.night.failing import FailuresForetold, foretell_failures, train_failures
from forecasting.night.points import Foretold, forecast_points
from forecasting.night.scoring import score_yesterday
from forecasting.night.things import Assessed, assess_plant
from forecasting.night.training import model_name, train_what_is_due
from forecasting.outlook import read_outlooks
from forecasting.registry.drift import Drift
from forecasting.registry.store import ModelRegistry
from graph_schema.errors import PlantroomError
from interfaces.app import App
from interfaces.progress import Report, silent
from interfaces.site import SiteClock

log = logging.getLogger(__name__)

AT_NIGHT = time(2)  # when a plant is quiet and the day before is complete
_SETTLING_S = 60.0  # a start has more urgent things to do
_AGAIN_S = 600.0
_FRESH = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Night:
    """What a night's run did: outlooks of things, how likely they fail, forecasts of points, and models that drift, by name."""

    things: Assessed
    failures: FailuresForetold
    points: Foretold
    drifts: Mapping[str, Drift]
    untrained: str | None
    """Why there are no models of points yet."""


async def forecast_now(app: App, report: Report = silent) -> Night:
    """Score what is over, assess every thing, learn from its failures, train the classes of points that are due and forecast every point,
    on the processes or Dask workers that the settings name.
    """
    settings, now = app.settings, app.clock()
    registry = ModelRegistry(app.history)
    report("Scoring yesterday's forecasts")
    drifts = await score_yesterday(app.graph, app.history, registry, now)
    with open_executor(settings.forecast_processes, settings.dask_url) as (executor, width):
        things = await assess_plant(
            app.graph, app.history, app.ontology, now, executor, width,
            lambda done, total: report("Looking ahead for every thing", done / max(total, 1)),
        )  # fmt: skip
        await train_failures(app.graph, app.history, app.ontology, registry, now, executor, progress=report)
        failures = await foretell_failures(
            app.graph, app.history, app.ontology, registry, now, executor, width,
            lambda done, total: report("Telling how likely things fail", done / max(total, 1)),
        )  # fmt: skip
        trained = await train_what_is_due(
            app.graph, app.history, registry, now, executor, width,
            after=timedelta(days=settings.retrain_days) if settings.retrain_days else None,
            most_s=60 * settings.retrain_minutes, progress=report,
        )  # fmt: skip
        untrained: str | None = None
        if trained.left_out and not any(one.name.startswith(model_name("")) for one in await registry.versions()):
            untrained = f"No class of points can be forecast yet: {next(iter(trained.left_out.values()))}."
        points = await forecast_points(
            app.graph, app.history, registry, now, executor, width,
            lambda done, total: report("Forecasting every point", done / max(total, 1)),
        )  # fmt: skip
    return Night(things, failures, points, drifts, untrained)


async def forecast_every_night(app: App) -> None:
    """Until cancelled: at two in the morning of the plant's own time, and soon after a start that finds no forecast of the day.

    A run that fails, for whatever reason, is told in the log and tried again: people and readings must not suffer from it.
    """
    wait = _SETTLING_S
    while True:
        await asyncio.sleep(wait)
        try:
            if await _is_due(app):
                _log_night(await forecast_now(app))
            zone = ZoneInfo(await SiteClock(app.graph, app.settings.timezone).timezone())
            wait = seconds_until(AT_NIGHT, app.clock().astimezone(zone))
        except PlantroomError as error:
            log.warning("The forecasts failed, and are tried again in ten minutes: %s", error)
            wait = _AGAIN_S
        except Exception:  # a fault of ours in here must not end what is served
            log.exception("The forecasts failed, and are tried again in ten minutes")
            wait = _AGAIN_S


def seconds_until(moment: time, now: datetime) -> float:
    """Until it is next that time of day, in the zone of ``now``; more than nothing."""
    at = datetime.combine(now.date(), moment, now.tzinfo)
    if at <= now:
        at = datetime.combine(now.date() + timedelta(days=1), moment, now.tzinfo)
    return at.timestamp() - now.timestamp()


async def _is_due(app: App) -> bool:
    newest = max((one.made_at for one in await read_outlooks(app.graph)), default=None)
    return newest is None or app.clock() - newest > _FRESH


def _log_night(night: Night) -> None:
    things, points = night.things, night.points
    log.info(
        "Forecasts: %d things are flagged, %d are sound, of %d it cannot be told; %d points are forecast",
        things.flagged, things.sound, things.cannot_tell, points.points,
    )  # fmt: skip
    log.info("Failures: %d things have a probability", night.failures.told)
    for name, drift in night.drifts.items():
        if drift.drifted:
            log.warning("%s drifts: %s", name, drift.reason)
