"""Forecasts of the whole plant: at once for a command, every night for a plant that is served."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from forecasting.fleet.executors import open_executor
from forecasting.night.things import Night, assess_plant
from forecasting.outlook import read_outlooks
from graph_schema.errors import PlantroomError
from interfaces.app import App
from interfaces.progress import Report, silent
from interfaces.site import SiteClock

log = logging.getLogger(__name__)

AT_NIGHT = time(2)  # when a plant is quiet and the day before is complete
_SETTLING_S = 60.0  # a start has more urgent things to do


async def forecast_now(app: App, report: Report = silent) -> Night:
    """Assess everything now, on the processes or the Dask workers that the settings name."""
    settings = app.settings
    report("Looking ahead", 0)
    with open_executor(settings.forecast_processes, settings.dask_url) as (executor, width):
        return await assess_plant(
            app.graph, app.history, app.ontology, app.clock(), executor, width,
            lambda done, total: report("Looking ahead", done / max(total, 1)),
        )  # fmt: skip


async def forecast_every_night(app: App) -> None:
    """Until cancelled: at two in the morning of the plant's own time, and soon after a start that finds no forecast of the day.

    A run that fails is told in the log, and the next night tries again.
    """
    await asyncio.sleep(_SETTLING_S)
    if await _is_due(app):
        await _night(app)
    while True:
        zone = ZoneInfo(await SiteClock(app.graph, app.settings.timezone).timezone())
        await asyncio.sleep(seconds_until(AT_NIGHT, app.clock().astimezone(zone)))
        await _night(app)


def seconds_until(moment: time, now: datetime) -> float:
    """Until it is next that time of day, in the zone of ``now``; more than nothing."""
    at = datetime.combine(now.date(), moment, now.tzinfo)
    if at <= now:
        at = datetime.combine(now.date() + timedelta(days=1), moment, now.tzinfo)
    return at.timestamp() - now.timestamp()


async def _is_due(app: App) -> bool:
    newest = max((one.made_at for one in await read_outlooks(app.graph)), default=None)
    return newest is None or app.clock() - newest > timedelta(days=1)


async def _night(app: App) -> None:
    try:
        night = await forecast_now(app)
    except PlantroomError as error:
        log.warning("The forecasts of this night failed: %s", error)
    else:
        log.info(
            "Forecasts: %d things are flagged, %d are sound, of %d it cannot be told",
            night.flagged, night.sound, night.cannot_tell,
        )  # fmt: skip
