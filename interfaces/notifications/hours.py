"""Hours of the week by the clock of a place: pure decisions that hold on the days on which clocks change too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from graph_schema.errors import InvalidInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
_SPAN = re.compile(r"(\d+)\s*(min|h|d|w)")
_SPANS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AHEAD = 400
"""Days that are looked through for the next opening: more than a year of holidays would be a mistake."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``begin`` to ``end`` by the clock on these ``days`` (0 is Monday), without the dates of ``but``. Where ``end`` is not after
    ``begin`` it is on the day after."""

    begin: time
    end: time
    days: frozenset[int] = EVERY_DAY
    but: frozenset[date] = frozenset()

    def holds(self, moment: datetime, zone: tzinfo) -> bool:
        return any(begin <= moment < end for begin, end in self._around(moment, zone, range(-1, 1)))

    def next(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself where it is within; otherwise the next beginning, in UTC. Raises ``InvalidInput`` where there is none."""
        if self.holds(moment, zone):
            return moment
        coming = (begin for begin, _ in self._around(moment, zone, range(_AHEAD)) if begin > moment)
        if (found := next(coming, None)) is None:
            raise InvalidInput("There is no day within a year on which these hours begin.")
        return found

    def end_of(self, moment: datetime, zone: tzinfo) -> datetime:
        """The end of the hours that hold at this moment, in UTC; the moment itself where none hold."""
        return max(
            (end for begin, end in self._around(moment, zone, range(-1, 1)) if begin <= moment < end), default=moment
        )

    def _around(self, moment: datetime, zone: tzinfo, offsets: range) -> Sequence[tuple[datetime, datetime]]:
        today = moment.astimezone(zone).date()
        days = (today + timedelta(days=offset) for offset in offsets)
        return [self._on(day, zone) for day in days if day.weekday() in self.days and day not in self.but]

    def _on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        last = day + timedelta(days=1) if self.end <= self.begin else day
        return moment_of(day, self.begin, zone), moment_of(last, self.end, zone)


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """By the clock of that zone, in UTC: an hour that the night lacks comes an hour later, of one that it has twice the first counts."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def hours_of(text: str) -> tuple[time, time]:
    """From “22:00-06:00”. Raises ``ValueError`` with a sentence."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}” are no hours; they look like 22:00-06:00.")
    return clock_of(match[1]), clock_of(match[2])


def clock_of(text: str) -> time:
    """From “7:30”; 24:00 is midnight. Raises ``ValueError`` with a sentence."""
    hour, _, minute = text.strip().partition(":")
    if (
        not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2)
        or (int(hour), int(minute)) > (24, 0)
        or int(minute) > 59
    ):
        raise ValueError(f"“{text}” is no time of day; they look like 07:30.")
    return time(int(hour) % 24, int(minute))


def days_of(text: str) -> frozenset[int]:
    """From “mon-fri, sun”. Raises ``ValueError`` with a sentence."""
    found: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = (one.strip() for one in part.partition("-"))
        begin, end = day_of(first), day_of(last or first)
        found |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return frozenset(found)


def day_of(text: str) -> int:
    """From “mon”. Raises ``ValueError`` with a sentence."""
    if text not in DAYS:
        raise ValueError(f"“{text}” is no day; they are {', '.join(DAYS)}.")
    return DAYS.index(text)


def span_of(text: str) -> timedelta:
    """From “15 min”, “4 h”, “1 d” or “2 w”. Raises ``ValueError`` with a sentence."""
    match = _SPAN.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"“{text}” is no span of time; they look like 15 min, 4 h, 1 d or 2 w.")
    return timedelta(**{_SPANS[match[2]]: int(match[1])})


def growing(spans: Sequence[timedelta]) -> bool:
    return all(a < b for a, b in pairwise(spans))
