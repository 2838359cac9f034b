"""Forecasts of the whole plant: all that a night does, or a look at its assets alone."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from forecasting.jobs.asset_outlooks import Assessed, assess_plant
from forecasting.jobs.executors import open_executor
from forecasting.jobs.failure_forecasts import FailuresForetold, foretell_failures, train_failures
from forecasting.jobs.forecast_scores import score_yesterday
from forecasting.jobs.forecast_verification import look_back, note_what_is_told
from forecasting.jobs.point_forecasts import Foretold, forecast_points
from forecasting.jobs.training import model_name, train_what_is_due
from forecasting.registry.drift import Drift
from forecasting.registry.store import ModelRegistry
from interfaces.app.composition import App
from interfaces.jobs.records import open_records
from interfaces.jobs.turn import Taken, turn
from interfaces.progress import Report, silent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Night:
    """What a night's run did: outlooks of assets, how likely they fail, forecasts of points, and models that drift, by name."""

    assets: Assessed
    failures: FailuresForetold
    points: Foretold
    drifts: Mapping[str, Drift]
    untrained: str | None
    """Why there are no models of points yet."""


async def forecast_now(app: App, report: Report = silent) -> Night:
    """Score what is over, assess every asset, learn from its failures, train the classes of points that are due and forecast every point,
    on the processes or Dask workers that the settings name; and look back at what was told a month ago.
    """
    settings, now = app.settings, app.clock()
    registry = ModelRegistry(app.history)
    report("Scoring yesterday's forecasts")
    drifts = await score_yesterday(app.graph, app.history, registry, now)
    with open_executor(settings.forecast_processes, settings.dask_url) as (executor, width):
        assets = await assess_plant(
            app.graph, app.history, app.ontology, now, executor, width,
            lambda done, total: report("Looking ahead for every asset", done / max(total, 1)),
        )  # fmt: skip
        await train_failures(app.graph, app.history, app.ontology, registry, now, executor, progress=report)
        failures = await foretell_failures(
            app.graph, app.history, app.ontology, registry, now, executor, width,
            lambda done, total: report("Telling how likely assets fail", done / max(total, 1)),
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
    report("Looking back at what was told")
    await note_what_is_told(app.graph, app.history, now)
    await look_back(app.graph, app.history, now)
    return Night(assets, failures, points, drifts, untrained)


async def first_forecasts(app: App, report: Report = silent) -> tuple[Assessed, Foretold]:
    """What a person asks a plant first, within a minute: a look at every asset, and forecasts of the plain kinds, which the next night's
    training measures the others against.
    """
    settings, now = app.settings, app.clock()
    registry = ModelRegistry(app.history)
    with open_executor(settings.forecast_processes, settings.dask_url) as (executor, width):
        assets = await assess_plant(
            app.graph, app.history, app.ontology, now, executor, width,
            lambda done, total: report("Looking ahead for every asset", done / max(total, 1)),
        )  # fmt: skip
        await train_what_is_due(
            app.graph, app.history, registry, now, executor, width,
            after=None, most_s=60 * settings.retrain_minutes, plain=True, progress=report,
        )  # fmt: skip
        points = await forecast_points(
            app.graph, app.history, registry, now, executor, width,
            lambda done, total: report("Forecasting every point", done / max(total, 1)),
        )  # fmt: skip
    return assets, points


TURN = 0x666F7265  # "fore"
JOBS = ("first", "night", "look")
"""The jobs that compute forecasts too."""


@asynccontextmanager
async def forecasts_turn(app: App, report: Report) -> AsyncGenerator[None]:
    """One process at a time computes forecasts; whoever waits is told until the others are done."""
    async with turn(app.history, TURN, waiting="Waiting for other forecasts of this plant", report=report):
        yield


@asynccontextmanager
async def forecasts_turn_of_a_person(app: App) -> AsyncGenerator[None]:
    """The same for somebody at a terminal, who need not wait. Raises ``Taken`` with what is under way."""
    try:
        async with turn(app.history, TURN):
            yield
    except Taken as error:
        raise Taken(await _under_way(app)) from error


async def _under_way(app: App) -> str:
    async with open_records(app.endpoints.postgres_dsn) as records:
        running = [job for job in await records.list(app.clock()) if job.state == "runs" and job.name in JOBS]
    if not running:
        return "Somebody else runs `plantroom forecast` on this plant at the moment. `plantroom forecast --wait` begins when it is done."
    return (
        f"The job {running[0].name} ({running[0].id}) computes the forecasts at the moment. "
        "`plantroom jobs` shows how far it is; `plantroom forecast --wait` begins when it is done."
    )


async def look_now(app: App, report: Report = silent) -> Assessed:
    """Assess every asset, and no more."""
    with open_executor(app.settings.forecast_processes, app.settings.dask_url) as (executor, width):
        return await assess_plant(
            app.graph, app.history, app.ontology, app.clock(), executor, width,
            lambda done, total: report("Looking ahead for every asset", done / max(total, 1)),
        )  # fmt: skip


def log_assets(assets: Assessed) -> None:
    """A look, in one line for the log."""
    log.info(
        "Assets: %d are flagged, %d are sound, of %d it cannot be told",
        assets.flagged, assets.sound, assets.cannot_tell,
    )  # fmt: skip


def log_night(night: Night) -> None:
    """A night, in a few lines for the log."""
    log_assets(night.assets)
    log.info("Forecasts: %d points, and of %d assets how likely they fail", night.points.points, night.failures.told)
    for name, drift in night.drifts.items():
        if drift.drifted:
            log.warning("%s drifts: %s", name, drift.reason)
