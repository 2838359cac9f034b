"""The plant's calendar: its days, weeks, months, and clock times on them. Moments inside are in UTC, so that no jump of the clocks is lost.

A time without a year, a week or a day is the last one that has begun; for what looks ahead it is the next that is not over.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from agent.language.dates import valid_date

Days = tuple[date, date]
"""From a day up to another, which is not in it."""
Hours = tuple[int, int]
"""Seconds of the wall clock from midnight; more than 86,400 runs into the next day. Equal for a moment."""
SHIFT_STARTS = (6, 14, 22)
"""Hours at which the shifts of a plant begin that works around the clock."""
_CLOCK_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_DAYS_OF = {"day": 1.0, "night": 1.0, "week": 7.0, "month": 30.0}
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
_YEARS_AROUND = 8
"""So far a 29 February may be away."""


@dataclass(frozen=True, slots=True)
class PlantCalendar:
    """``now`` is the present; ``anchor`` the moment that times without a year or day are nearest to: before it, or after it when ``ahead``."""

    now: datetime
    zone: tzinfo
    ahead: bool
    anchor: datetime

    def after(self, moment: datetime) -> PlantCalendar:
        """For the end of what begins at a moment."""
        return replace(self, anchor=moment, ahead=True)

    def looking_ahead(self) -> PlantCalendar:
        return replace(self, ahead=True)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def _near(self) -> date:
        return self.anchor.astimezone(self.zone).date()

    def moment(self, day: date, seconds: int = 0) -> datetime:
        """A time of the wall clock; one that the clocks jump over is as much later."""
        days, rest = divmod(seconds, 86400)
        wall = datetime.combine(day + timedelta(days=days), time(rest // 3600, rest % 3600 // 60, rest % 60))
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    # -- which of several --------------------------------------------------------------------------------------------

    def nearest(self, options: Iterable[Days], *, today: bool = True) -> Days | None:
        """Of days in their order, the last that have begun or, ahead, the first that are not over. Without ``today`` those it is in do not count."""
        near = self._near
        fit = [one for one in options if today or not one[0] <= near < one[1]]
        if self.ahead:
            return next((one for one in fit if one[1] > near), None)
        return next((one for one in reversed(fit) if one[0] <= near), None)

    def weekday(self, number: int) -> Days | None:
        """Never today, which would be said so: on a Monday “Monday” is a week away."""
        near = self._near
        first = near - timedelta(days=(near.weekday() - number) % 7)
        options = [_day(first + timedelta(days=7 * week)) for week in (-1, 0, 1)]
        return self.nearest(options, today=False)

    def date_in(self, month: int | None, day: int, year: int | None = None) -> Days | None:
        """A day of a month; of any month, or of any year, where none is said."""
        near = self._near
        years = [year] if year is not None else range(near.year - _YEARS_AROUND, near.year + _YEARS_AROUND + 1)
        months = [month] if month is not None else range(1, 13)
        days = [found for y in years for m in months if (found := valid_date(y, m, day)) is not None]
        if year is not None and month is not None:
            return _day(days[0]) if days else None
        return self.nearest(_day(one) for one in days)

    def yearly(self, of_year: Callable[[int], Days | None], year: int | None, which: str | None) -> Days | None:
        """A month, a quarter or a week of a year. “Last” is over, “next” has not begun, “this” is of this year."""
        near = self._near
        if year is not None or which == "this":
            return of_year(year if year is not None else self.today.year)
        options = [one for y in range(near.year - 2, near.year + 3) if (one := of_year(y)) is not None]
        if which == "last":
            return next((one for one in reversed(options) if one[1] <= self.today), None)
        if which == "next":
            return next((one for one in options if one[0] > self.today), None)
        return self.nearest(options)

    # -- units -------------------------------------------------------------------------------------------------------

    def unit(self, unit: str, offset: int) -> Days | None:
        """The whole day, week, month … so many after the one it is now."""
        today = self.today
        if unit == "day":
            return _day(today + timedelta(days=offset))
        if unit in ("week", "weekend"):
            monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * offset)
            return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=7)
        if (length := _MONTHS_OF.get(unit)) is None:
            return None
        first = months_after(today.replace(day=1), offset * length - (today.month - 1) % length)
        return first, months_after(first, length)

    def moved(self, moment: datetime, count: float, unit: str) -> datetime:
        """Hours and less are absolute; days and more keep the time of the wall clock."""
        if (seconds := _CLOCK_UNITS.get(unit)) is not None:
            return moment + timedelta(seconds=seconds * count)
        months = count * _MONTHS_OF.get(unit, 0)
        local = moment.astimezone(self.zone)
        wall = local.hour * 3600 + local.minute * 60 + local.second
        if months and months == int(months):
            day = months_after(local.date(), int(months))
            return self.moment(day, wall) + timedelta(microseconds=local.microsecond)
        days = count * _DAYS_OF.get(unit, 30.0 * _MONTHS_OF.get(unit, 0))
        if days != int(days):
            return moment + timedelta(days=days)
        return self.moment(local.date() + timedelta(days=int(days)), wall) + timedelta(microseconds=local.microsecond)

    # -- clocks ------------------------------------------------------------------------------------------------------

    def on(self, day: date, hours: Hours) -> tuple[datetime, datetime]:
        return self.moment(day, hours[0]), self.moment(day, hours[1])

    def by_the_clock(self, hours: Hours) -> tuple[datetime, datetime]:
        """The last time that it was so late, or began to be; ahead, the next."""
        near = self._near
        options = [self.on(near + timedelta(days=day), hours) for day in (-2, -1, 0, 1, 2)]
        if self.ahead:
            return next(one for one in options if one[1] > self.anchor)
        return next(one for one in reversed(options) if one[0] <= self.anchor)

    def shift(self, offset: int) -> tuple[datetime, datetime]:
        """The shift that works now, or so many after it."""
        starts = [
            self.moment(self.today + timedelta(days=day), hour * 3600) for day in range(-3, 5) for hour in SHIFT_STARTS
        ]
        current = max(index for index, start in enumerate(starts) if start <= self.now)
        return starts[current + offset], starts[current + offset + 1]

    def repeated(self, weekdays: Sequence[int], hours: Hours | None) -> tuple[datetime, datetime] | None:
        """The last, or next, run of days of these weekdays; with hours, the stretch of one day."""
        near = self._near
        days = [near + timedelta(days=offset) for offset in range(-9, 10)]
        runs = [
            (self.on(day, hours) if hours else (self.moment(day), self.moment(_run_end(day, weekdays))))
            for day in days
            if day.weekday() in weekdays and (hours or (day - timedelta(days=1)).weekday() not in weekdays)
        ]
        if self.ahead:
            return next((one for one in runs if one[1] > self.anchor), None)
        return next((one for one in reversed(runs) if one[0] < self.anchor), None)


def _run_end(day: date, weekdays: Sequence[int]) -> date:
    end = day + timedelta(days=1)
    return _run_end(end, weekdays) if end.weekday() in weekdays else end


def _day(day: date) -> Days:
    return day, day + timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_of(year: int, month: int, count: int = 1) -> Days:
    first = date(year, month, 1)
    return first, months_after(first, count)


def week_of(year: int, number: int) -> Days | None:
    """An ISO week; not every year has a fifty-third."""
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=7)
