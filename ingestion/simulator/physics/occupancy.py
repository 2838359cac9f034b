"""Local time and who is in: hours of the day, days of the week and occupancy for each moment."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from ingestion.simulator.physics.noise import Floats, Times

_OFFICE = ([0, 6, 7.5, 9, 12, 12.7, 13.5, 17, 19, 21, 24], [0, 0, 0.2, 0.95, 0.95, 0.65, 0.95, 0.9, 0.25, 0, 0])
_LABORATORY = ([0, 6, 8.5, 18, 22, 24], [0.25, 0.25, 0.9, 0.85, 0.3, 0.25])
_RESIDENTIAL = ([0, 4, 7, 9, 13, 17, 20, 23, 24], [0.25, 0.15, 1.0, 0.7, 0.55, 0.6, 0.95, 0.45, 0.25])


@dataclass(frozen=True, slots=True)
class Calendar:
    """For each moment: local hour (0 to 24), weekday (Monday 0), number of the week, and occupancy as a share of full."""

    hour: Floats
    weekday: Floats
    week: Floats
    office: Floats
    laboratory: Floats
    water_use: Floats
    open: Floats
    """1 while the buildings run their occupied programme."""


def calendar(timezone: str, at: Times) -> Calendar:
    zone = ZoneInfo(timezone)
    local = [datetime.fromtimestamp(moment, zone) for moment in (at / 1000).tolist()]
    hour = np.array([t.hour + t.minute / 60 + t.second / 3600 for t in local])
    weekday = np.array([float(t.weekday()) for t in local])
    week = np.array([float((t.toordinal() - 1) // 7) for t in local])
    working = weekday < 5
    return Calendar(
        hour=hour,
        weekday=weekday,
        week=week,
        office=np.interp(hour, *_OFFICE) * np.where(working, 1.0, 0.06),
        laboratory=np.interp(hour, *_LABORATORY) * np.where(working, 1.0, 0.5),
        water_use=np.interp(hour, *_RESIDENTIAL) * np.where(working, 1.0, 0.7),
        open=((hour >= 6) & (hour < 20) & working).astype(np.float64),
    )
