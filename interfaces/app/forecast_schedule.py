"""When a served plant looks ahead: every six hours at all that is measured, and once a night with scores, training and forecasts."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from forecasting.jobs.asset_outlooks import LOOK_HOURS
from forecasting.outlook import read_outlooks
from graph_schema.errors import PlantroomError
from interfaces.app.composition import App
from interfaces.app.forecasts import forecast_now, last_night, log_night, log_things, look_now
from interfaces.app.site_clock import SiteClock

log = logging.getLogger(__name__)

AT_NIGHT = time(2)  # when a plant is quiet and the day before is complete
LOOKS = tuple(time((AT_NIGHT.hour + hours) % 24) for hours in range(0, 24, LOOK_HOURS))
_SETTLING_S = 60.0  # a start has more urgent things to do
_AGAIN_S = 600.0

Due = Literal["night", "look"]


async def look_ahead(app: App) -> None:
    """Until cancelled: at two in the morning of the plant's own time the night's run, a look in between, and soon after a start what was missed.

    A run that fails, for whatever reason, is told in the log and tried again: people and readings must not suffer from it.
    """
    wait = _SETTLING_S
    while True:
        await asyncio.sleep(wait)
        try:
            zone = ZoneInfo(await SiteClock(app.graph, app.settings.timezone).timezone())
            looked = max((one.made_at for one in await read_outlooks(app.graph)), default=None)
            match due(await last_night(app), looked, app.clock().astimezone(zone)):
                case "night":
                    log_night(await forecast_now(app))
                case "look":
                    log_things(await look_now(app))
                case None:
                    pass
            now = app.clock().astimezone(zone)
            wait = min(seconds_until(moment, now) for moment in LOOKS)
        except PlantroomError as error:
            log.warning("Looking ahead failed, and is tried again in ten minutes: %s", error)
            wait = _AGAIN_S
        except Exception:  # a fault of ours in here must not end what is served
            log.exception("Looking ahead failed, and is tried again in ten minutes")
            wait = _AGAIN_S


def due(night: datetime | None, looked: datetime | None, now: datetime) -> Due | None:
    """What there is to do ``now`` (in the plant's zone), by when the last night's run and the last look were.

    A night that was missed is made up for at once, and the next one is at its own hour again.
    """
    hours = timedelta(hours=1)
    in_the_night = AT_NIGHT.hour <= now.hour < AT_NIGHT.hour + LOOK_HOURS
    if night is None or now - night > (12 * hours if in_the_night else 30 * hours):
        return "night"
    return "look" if looked is None or now - looked > (LOOK_HOURS - 1) * hours else None


def seconds_until(moment: time, now: datetime) -> float:
    """Until it is next that time of day, in the zone of ``now``; more than nothing."""
    at = datetime.combine(now.date(), moment, now.tzinfo)
    if at <= now:
        at = datetime.combine(now.date() + timedelta(days=1), moment, now.tzinfo)
    return at.timestamp() - now.timestamp()
