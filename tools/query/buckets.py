"""Hours and days of a window in the plant's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from graph_schema.question import Window

_MOST = 10_000


def edges(window: Window, unit: Literal["hour", "day"] | None, timezone: str) -> list[datetime]:
    """Where each bucket begins, in UTC; the first may begin before the window. Without a unit the window is one bucket.

    A day is as long as the clock makes it: 23 or 25 hours where daylight saving time begins or ends.
    """
    if unit is None:
        return [window.start.astimezone(UTC)]
    if window.end - window.start > timedelta(hours=1 if unit == "hour" else 24) * _MOST:
        raise InvalidInput(f"That are more than {_MOST:,} {unit}s. Narrow the time down.")
    zone = ZoneInfo(timezone)
    begun = window.start.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    found: list[datetime] = []
    if unit == "hour":
        current = begun.astimezone(UTC)
        while current < window.end:
            found.append(current)
            current += timedelta(hours=1)
        return found
    day = begun.replace(hour=0, fold=0)
    while day.astimezone(UTC) < window.end:
        found.append(day.astimezone(UTC))
        day = (day.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return found
