"""What a served plant does by itself, and when: the jobs of a plant."""

import logging
from collections.abc import Awaitable, Callable
from datetime import time, timedelta, tzinfo

from agent.conversation.memory import forget_conversations
from forecasting.jobs.asset_outlooks import LOOK_HOURS
from ingestion.changes import trim
from ingestion.quality.watch import EVERY_S, SHARE, Watch
from interfaces.app.cmms import cmms_jobs
from interfaces.app.composition import App
from interfaces.app.forecasts import first_forecasts, forecast_now, forecasts_turn, log_assets, log_night, look_now
from interfaces.app.messages.briefings import JOB as BRIEF
from interfaces.app.messages.briefings import send_briefings
from interfaces.app.messages.notifications import JOB as NOTIFY
from interfaces.app.messages.notifications import send_notifications
from interfaces.app.messages.webhooks import JOB, tell_webhooks
from interfaces.app.retention import remove_expired
from interfaces.app.site_clock import SiteClock
from interfaces.jobs.job import Job
from interfaces.jobs.records import open_records
from interfaces.jobs.schedule import Daily, Every, Once
from interfaces.jobs.worker import work
from interfaces.progress import Report

log = logging.getLogger(__name__)

_NIGHT = time(2)  # when a plant is quiet and the day before is complete
_LOOKS = tuple(time((_NIGHT.hour + hours) % 24) for hours in range(LOOK_HOURS, 24, LOOK_HOURS))
_RETENTION = time(4)
_FREQUENT = ("quality", "rollups", "cmms-push", "cmms-poll", JOB, NOTIFY, BRIEF)
_RECORDS_DAYS, _FREQUENT_RECORDS_DAYS = 30, 1


async def work_for(app: App, *, has_a_past: bool = False) -> None:
    """Do the plant's jobs until cancelled, beside whatever other processes do. A plant that comes with its past is looked at at once."""
    await work(app.endpoints.postgres_dsn, plant_jobs(app, has_a_past=has_a_past), _zone_of(app), app.clock)


def plant_jobs(app: App, *, has_a_past: bool = False) -> tuple[Job, ...]:
    """What shares a lock would only wait for the same processors, or the same rows."""
    look_hours = timedelta(hours=LOOK_HOURS)
    quality_span = timedelta(seconds=EVERY_S)
    forecasts, history, quality = "forecasts", "history", "quality"
    first = (Job("first", "The first look and forecasts", _first(app), Once(), forecasts),) if has_a_past else ()
    return (
        *first,
        Job("night", "Scores, training and forecasts", _night(app), Daily((_NIGHT,), 2 * look_hours), forecasts),
        Job("look", "A look at every asset", _look(app), Daily(_LOOKS, look_hours / 2), forecasts),
        Job("quality", "The data's quality", _quality(app), Every(quality_span, SHARE), quality),
        Job("rollups", "Sums of long windows", _rollups(app), Every(timedelta(minutes=1)), history),
        Job(JOB, "Other systems are told", _webhooks(app), Every(timedelta(minutes=1)), JOB),
        Job(BRIEF, "Briefings are sent", _briefings(app), Every(timedelta(minutes=1)), BRIEF),
        Job(NOTIFY, "People are told", _notifications(app), Every(timedelta(minutes=1)), NOTIFY),
        Job("retention", "What has been kept for long enough goes", _retention(app), Daily((_RETENTION,)), history),
        *cmms_jobs(app),
    )


def _zone_of(app: App) -> Callable[[], Awaitable[tzinfo]]:
    return SiteClock(app.graph, app.settings.timezone).zone


Run = Callable[[Report], Awaitable[None]]


def _first(app: App) -> Run:
    async def first(report: Report) -> None:
        async with forecasts_turn(app, report):
            assets, points = await first_forecasts(app, report)
        log_assets(assets)
        log.info("Forecasts: %d points", points.points)

    return first


def _night(app: App) -> Run:
    async def night(report: Report) -> None:
        async with forecasts_turn(app, report):
            log_night(await forecast_now(app, report))

    return night


def _look(app: App) -> Run:
    async def look(report: Report) -> None:
        async with forecasts_turn(app, report):
            log_assets(await look_now(app, report))

    return look


def _quality(app: App) -> Run:
    watch = Watch(app.graph, app.history, _zone_of(app), app.clock)
    app.ingestion.meter.watch_quality(lambda: watch.counts)

    async def quality(report: Report) -> None:
        await watch.round(lambda done, total: report("Judging every point", done / max(total, 1)))

    return quality


def _rollups(app: App) -> Run:
    async def rollups(report: Report) -> None:
        await app.ingestion.rollups.catch_up(
            breath=1.0, progress=lambda done, total: report("Summing up hours", done / max(total, 1))
        )

    return rollups


def _webhooks(app: App) -> Run:
    async def tell(report: Report) -> None:
        await tell_webhooks(app, report)

    return tell


def _notifications(app: App) -> Run:
    async def notify(report: Report) -> None:
        await send_notifications(app, report)

    return notify


def _briefings(app: App) -> Run:
    async def brief(report: Report) -> None:
        await send_briefings(app, report)

    return brief


def _retention(app: App) -> Run:
    async def retention(report: Report) -> None:
        gone = await remove_expired(app, report)
        log.info("Retention: %s readings were removed.", f"{gone:,}")
        log.info("Retention: %s changes were removed.", f"{await trim(app.history, app.clock):,}")
        log.info("Retention: %s dead letters were removed.", f"{await app.ingestion.dead_letters.trim():,}")
        await forget_conversations(app.endpoints.postgres_dsn)
        async with open_records(app.endpoints.postgres_dsn) as records:
            await records.forget(_FREQUENT_RECORDS_DAYS, _FREQUENT)
            await records.forget(_RECORDS_DAYS)

    return retention
