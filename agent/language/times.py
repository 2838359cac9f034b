"""From a phrase of the kind ``time`` to the moments it means, by the plant's calendar. The words are in ``agent/language/<code>/times.yaml``.

What the constant ``time`` of the phrase's rule asks for:

| time | parts | span |
|---|---|---|
| now | | the present |
| during | when | the day, the window or the moment itself |
| since, after, before, until, by | when | from it, or up to it |
| between | start, end | from the start to the end; the end is the first after the start, and in it where it is a day or longer |
| last, next | duration, or a ``time_unit``, or ``n`` and ``unit`` | a stretch that ends, or begins, now |
| previous | as of last | the same, or the stretch before it: both are choices |
| coming | as of next | the same, for what looks ahead; else unclear ("for 3 days") |
| to_date | ``unit`` | from the first day of this unit until now |
| repeat | repeat, within | "weekends", "during office hours": the last of them, or what they are within; ``only`` says which hours of it count |

Rules where people disagree: a weekday is never today, so that on a Monday "Monday" and "last Monday" are a week ago; "this Monday" is today.
A day of the month, a month or a clock time without a day is the last that has begun ("at 14:30" is yesterday's at noon). For a question that
looks ahead (``ahead``) it is the next that is not over. "3 days ago" is that day (a single value is that of the same time on it),
"3 hours ago" that moment. "Last week" is the calendar's,
from Monday; "the last 7 days" end now. The night from Sunday to Monday is Sunday's. A bare hour from 1 to 6 can be of the morning or of the
afternoon, and a date such as 3/4/2026 of April or of March: both are ``choices``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from agent.language.days import Days, Hours, PlantCalendar, month_of, week_of
from agent.language.phrase import Phrase

SpanKind = Literal["now", "at", "window", "future"]
_HOUR, _HALF_DAY, _DAY = 3600, 43200, 86400
_UNCLEAR_HOURS = range(1, 7 * _HOUR)
"""Bare hours that are said of the afternoon as often as of the night."""
_FAR = timedelta(days=183)
"""A day without a year that is farther away was one that is over: “before 3 February”, said in March."""
_NIGHT_IS_OVER = 6 * _HOUR


@dataclass(frozen=True, slots=True)
class Repeats:
    """Hours of some days of the week, in seconds of the wall clock; all day without ``hours``."""

    weekdays: tuple[int, ...]
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open window, a moment (``at``: both ends are equal), the present, or what lies in the future as a whole; in the plant's zone.

    ``day``: of whole days of the calendar. ``recent``: ends now by its meaning. ``until``: where a window that has begun will end; its ``end`` is
    now. ``only``: of the window nothing else counts; who cannot keep to that says so. ``choices``: all that can be meant, this first, where it is
    not clear. ``moment``: of a day that is so long ago, the same time on it. The difference of two datetimes of one zone is that of the wall clock: see ``length``.
    """

    kind: SpanKind
    start: datetime
    end: datetime
    day: bool = False
    recent: bool = False
    until: datetime | None = None
    only: Repeats | None = None
    choices: tuple[Span, ...] = ()
    moment: datetime | None = None

    def moved(self, count: int, unit: str, now: datetime) -> Span:
        """As long, so many units of the calendar later; ``now`` is in the plant's zone."""
        assert now.tzinfo is not None, "the present has a zone"
        present = now.astimezone(UTC)
        calendar = PlantCalendar(present, now.tzinfo, False, present)
        start, end = (calendar.moved(one, count, unit) for one in (self.start, self.until or self.end))
        return _cut(_Reach(start, end, self.day), calendar)

    @property
    def length(self) -> timedelta:
        """Time that passes from start to end, also where the clocks are put forward in between."""
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Reach:
    """In UTC, not yet cut off at the present."""

    start: datetime
    end: datetime
    day: bool = False
    recent: bool = False
    only: Repeats | None = None
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    seconds: int
    half_known: bool = False
    bare: bool = False

    @property
    def options(self) -> Sequence[int]:
        if self.bare and not self.half_known and self.seconds in _UNCLEAR_HOURS:
            return self.seconds, self.seconds + _HALF_DAY
        return (self.seconds,)

    def within(self, hours: Hours) -> int | None:
        """The first time that the clock shows it from an hour on, up to another that is in it: “at 11 last night”."""
        step = _DAY if self.half_known or self.seconds > _HALF_DAY else _HALF_DAY
        return next((one for one in range(self.seconds % step, hours[1] + 1, step) if one >= hours[0]), None)


def span_of(phrase: Phrase, now: datetime, *, ahead: bool = False) -> Span | None:
    """``now`` is aware, in the plant's zone. ``ahead``: the question is about what is to come. None where there is no such time (31 February)
    or nobody can know where it begins (“until yesterday”)."""
    assert now.tzinfo is not None, "the present has a zone"
    present = now.astimezone(UTC)
    calendar = PlantCalendar(present, now.tzinfo, ahead, present)
    try:
        reaches = [one for one in _TIMES[phrase.says["time"]](phrase, calendar) if one.start <= one.end]
        spans = tuple(dict.fromkeys(_cut(one, calendar) for one in reaches))
    except (OverflowError, ValueError):  # beyond the calendar of Python
        return None
    if len(spans) < 2:
        return spans[0] if spans else None
    return replace(spans[0], choices=spans)


def _cut(reach: _Reach, calendar: PlantCalendar) -> Span:
    """Nothing is known beyond the present."""
    now, zone = calendar.now, calendar.zone
    start, end = reach.start.astimezone(zone), reach.end.astimezone(zone)
    moment = None if reach.moment is None else reach.moment.astimezone(zone)
    whole = Span("window", start, end, reach.day, reach.recent, only=reach.only, moment=moment)
    if reach.start == reach.end:
        return replace(whole, kind="at" if reach.start < now else "now" if reach.start == now else "future")
    if reach.start >= now:
        return replace(whole, kind="future")
    return replace(whole, end=now.astimezone(zone), until=end) if reach.end > now else whole


# -- times with their prepositions ---------------------------------------------------------------------------------------


def _now(_: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    yield _Reach(calendar.now, calendar.now)


def _during(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    return _when(_part(phrase, "when"), calendar)


def _since(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    for one in _when(_part(phrase, "when"), replace(calendar, ahead=False)):
        if one.start < calendar.now:
            yield _Reach(one.start, calendar.now, recent=True)


def _after(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """After a moment, until its day is over; after a day, until now."""
    for one in _when(_part(phrase, "when"), calendar):
        if one.start == one.end:
            yield _Reach(one.start, calendar.moment(one.start.astimezone(calendar.zone).date() + timedelta(days=1)))
        elif one.end < calendar.now:
            yield _Reach(one.end, calendar.now, recent=True)


def _before(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    return _up_to(phrase, calendar, lambda reach: reach.start)


def _until(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    return _up_to(phrase, calendar, lambda reach: reach.end)


def _up_to(phrase: Phrase, calendar: PlantCalendar, limit: Callable[[_Reach], datetime]) -> Iterator[_Reach]:
    """Up to a moment from the beginning of its day; up to a day, from now. What is over has no known beginning."""
    when = _part(phrase, "when")
    before = tuple(_when(when, calendar))
    if _is_moment(when):
        for one in before:
            ahead = calendar.ahead and limit(one) > calendar.now
            yield _Reach(calendar.now if ahead else _day_before(limit(one), calendar), limit(one))
        return
    for one in _when(when, calendar.looking_ahead()):
        unclear = one not in before and limit(one) - calendar.now > _FAR
        if limit(one) > calendar.now and not unclear:
            yield _Reach(calendar.now, limit(one))


def _is_moment(when: Phrase) -> bool:
    inner = _slot(when, "when")
    return _is_moment(inner) if inner is not None else _slot(when, "clock") is not None


def _day_before(moment: datetime, calendar: PlantCalendar) -> datetime:
    """Midnight; for a midnight the one before."""
    return calendar.moment((moment - timedelta(microseconds=1)).astimezone(calendar.zone).date())


def _by(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """A deadline."""
    for one in _when(_part(phrase, "when"), calendar.looking_ahead()):
        if one.end > calendar.now:
            yield _Reach(calendar.now, one.end)


def _between(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    for start in _when(_part(phrase, "start"), calendar):
        for end in _when(_part(phrase, "end"), calendar.after(start.start)):
            if start.start < end.end:
                yield _Reach(start.start, end.end, day=start.day and end.day)


def _last(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    if (start := _moved(phrase, calendar, -1)) is not None:
        yield _Reach(start, calendar.now, recent=True)


def _previous(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """“The previous 7 days” end now, or before the last 7."""
    if (start := _moved(phrase, calendar, -1)) is not None:
        yield _Reach(start, calendar.now, recent=True)
        before = _moved(phrase, replace(calendar, now=start), -1)
        yield _Reach(before or start, start)


def _next(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    if (end := _moved(phrase, calendar, 1)) is not None:
        yield _Reach(calendar.now, end)


def _coming(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """“For 3 days”: of what has been, nobody knows which."""
    return _next(phrase, calendar) if calendar.ahead else iter(())


def _to_date(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    if (days := calendar.unit(phrase.says["unit"], 0)) is not None:
        yield _Reach(calendar.moment(days[0]), calendar.now, recent=True)


def _repeat(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    repeats = _repeats(_part(phrase, "repeat"))
    within = _slot(phrase, "within")
    if within is not None:
        reaches = _TIMES[within.says["time"]](within, calendar) if within.kind == "time" else _when(within, calendar)
        yield from (replace(one, only=repeats) for one in reaches if one.only is None)
        return
    if (found := calendar.repeated(repeats.weekdays, repeats.hours)) is not None:
        yield _Reach(*found, day=repeats.hours is None, only=repeats)


def _repeats(phrase: Phrase) -> Repeats:
    if (weekday := _slot(phrase, "weekday")) is not None:
        hours = _slot(phrase, "part_of_day")
        return Repeats((int(weekday.says["weekday"]),), _hours_of(hours) if hours is not None else None)
    said = _slot(phrase, "part_of_day") or phrase
    weekdays = tuple(int(one) for one in phrase.says.get("weekdays", "0123456"))
    if _slot(phrase, "hours") is not None:
        return Repeats(weekdays, _hours(phrase)[0])
    return Repeats(weekdays, _hours_of(said) if "from" in said.says else None)


_TIMES: Mapping[str, Callable[[Phrase, PlantCalendar], Iterator[_Reach]]] = {
    "now": _now,
    "during": _during,
    "since": _since,
    "after": _after,
    "before": _before,
    "until": _until,
    "by": _by,
    "between": _between,
    "last": _last,
    "previous": _previous,
    "next": _next,
    "coming": _coming,
    "to_date": _to_date,
    "repeat": _repeat,
}


# -- days with their hours -----------------------------------------------------------------------------------------------


def _when(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """Every reading, the likeliest first."""
    if (inner := _slot(phrase, "when")) is not None:
        yield from _when(inner, calendar)
    elif (read := next((read for name, read in _WHENS.items() if name in phrase.says), None)) is not None:
        yield from read(phrase, calendar)
    elif (day_part := _slot(phrase, "day_part")) is not None:
        yield from _in_day_part(phrase, day_part, calendar)
    elif (moment := _slot(phrase, "iso_moment")) is not None:
        value: datetime = moment.value
        exact = (value if value.tzinfo else value.replace(tzinfo=calendar.zone)).astimezone(UTC)
        yield _Reach(exact, exact)
    else:
        yield from _on_days(phrase, calendar)


def _on_days(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    days, hours = _slot(phrase, "day") or _slot(phrase, "period"), _hours(phrase)
    if days is None:
        yield from (_Reach(*calendar.by_the_clock(one)) for one in hours)
        return
    for first, last in _days(days, calendar):
        if hours:
            yield from (_Reach(*calendar.on(first, one)) for one in hours)
        else:
            yield _Reach(calendar.moment(first), calendar.moment(last), day=True, moment=_ago_exactly(days, calendar))


def _ago_exactly(days: Phrase, calendar: PlantCalendar) -> datetime | None:
    return _moved(days, calendar, -1) if days.get("away") == "-1" else None


def _in_day_part(phrase: Phrase, day_part: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """“Last night”, “at 11 last night”, “between 8 and 10 this morning”."""
    said = _slot(day_part, "part_of_day") or day_part
    hours = _hours_of(said)
    said_from, said_to = (int(said.says.get(f"clock_{end}", said.says[end])) for end in ("from", "to"))
    allowed = said_from * _HOUR, said_to * _HOUR
    for day in _days_of_part(day_part, calendar):
        if (clocks := _slot(phrase, "hours")) is not None:
            start, end = _clock(_part(clocks, "start")), _clock(_part(clocks, "end"))
            first = start.within(allowed) if start and end else None
            last = end.within((first + 1, allowed[1])) if end and first is not None else None
            if first is not None and last is not None:
                yield _Reach(*calendar.on(day, (first, last)))
        elif (said_clock := _slot(phrase, "clock")) is not None:
            clock = _clock(said_clock)
            if clock is not None and (second := clock.within(allowed)) is not None:
                yield _Reach(*calendar.on(day, (second, second)))
        else:
            yield _Reach(*calendar.on(day, hours))


def _days_of_part(day_part: Phrase, calendar: PlantCalendar) -> Iterator[date]:
    if (day := _slot(day_part, "day")) is not None:
        yield from (first for first, _ in _days(day, calendar))
    elif (weekday := _slot(day_part, "weekday")) is not None or "weekday" in day_part.says:
        number = int((weekday or day_part).says["weekday"])
        yield from (first for first, _ in _found(calendar.weekday(number)))
    else:
        yield _day_of_night(day_part, calendar)


def _day_of_night(day_part: Phrase, calendar: PlantCalendar) -> date:
    """“Tonight” is the night that it is, or comes next. ``night: nearest`` is the last night too, for what has happened."""
    local = calendar.now.astimezone(calendar.zone)
    early = local.hour * _HOUR < _NIGHT_IS_OVER
    night = day_part.get("night")
    over = night == "nearest" and not calendar.ahead and local.hour < int(day_part.says["from"])
    if over or (night is not None and early):
        return calendar.today - timedelta(days=1)
    return calendar.today + timedelta(days=int(day_part.says.get("offset", "0")))


def _ago(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """A moment so long ago, or ahead: ``away`` is -1 or 1."""
    if (moment := _moved(phrase, calendar, int(phrase.says["away"]))) is not None:
        yield _Reach(moment, moment)


def _present(_: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    yield _Reach(calendar.now, calendar.now)


def _shift(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    yield _Reach(*calendar.shift(int(phrase.says["shift"])))


def _edge(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """The first or the last moment of a day or a longer period."""
    for first, last in _days(_part(phrase, "period"), calendar):
        moment = calendar.moment(first if phrase.says["edge"] == "start" else last)
        yield _Reach(moment, moment)


def _rest_of_day(phrase: Phrase, calendar: PlantCalendar) -> Iterator[_Reach]:
    """“Earlier today” and “later today”."""
    today = calendar.moment(calendar.today)
    if phrase.says["today"] == "before":
        yield _Reach(today, calendar.now)
    else:
        yield _Reach(calendar.now, calendar.moment(calendar.today, _DAY))


_WHENS: Mapping[str, Callable[[Phrase, PlantCalendar], Iterator[_Reach]]] = {
    "present": _present,
    "away": _ago,
    "shift": _shift,
    "edge": _edge,
    "today": _rest_of_day,
}


# -- days ----------------------------------------------------------------------------------------------------------------


def _days(phrase: Phrase, calendar: PlantCalendar) -> Sequence[Days]:
    """Every reading of a day or a longer period."""
    if (inner := _slot(phrase, "day") or _slot(phrase, "period")) is not None and "first" not in dict(phrase.parts):
        return _days(inner, calendar)
    if "away" in phrase.says:
        return _days_away(phrase, calendar)
    if "nearest" in phrase.says:
        if (which := phrase.get("which")) is not None:
            calendar = replace(calendar, ahead=which == "next")
        return _found(
            calendar.nearest(one for offset in (-1, 0, 1) if (one := calendar.unit(phrase.says["nearest"], offset)))
        )
    if "offset" in phrase.says:
        said = _slot(phrase, "calendar_unit")
        unit = said.says["unit"] if said is not None else phrase.says.get("unit", "day")
        offsets = (int(one) for one in phrase.says["offset"].split())  # two for "next weekend"
        return [days for offset in offsets if (days := calendar.unit(unit, offset)) is not None]
    if (written := _slot(phrase, "date")) is not None:
        return _dates_on(_slot(phrase, "weekday"), _dates(written, calendar))
    if (weekday := _slot(phrase, "weekday")) is not None:
        return _found(_weekday(int(weekday.says["weekday"]), phrase, calendar))
    return _dates(phrase, calendar)


def _dates_on(weekday: Phrase | None, dates: Sequence[Days]) -> Sequence[Days]:
    """None of another day of the week than the one that is said with it."""
    return [one for one in dates if weekday is None or one[0].weekday() == int(weekday.says["weekday"])]


def _days_away(phrase: Phrase, calendar: PlantCalendar) -> Sequence[Days]:
    moment = _moved(phrase, calendar, int(phrase.says["away"]))
    if moment is None:
        return ()
    day = moment.astimezone(calendar.zone).date()
    return ((day, day + timedelta(days=1)),)


def _weekday(number: int, phrase: Phrase, calendar: PlantCalendar) -> Days | None:
    """``week``: that of this week, or of so many weeks after. ``which``: last, next."""
    if (week := phrase.get("week")) is not None:
        monday = calendar.today - timedelta(days=calendar.today.weekday()) + timedelta(days=7 * int(week))
        day = monday + timedelta(days=number)
        return day, day + timedelta(days=1)
    which = phrase.get("which")
    return (replace(calendar, ahead=which == "next") if which else calendar).weekday(number)


def _dates(phrase: Phrase, calendar: PlantCalendar) -> Sequence[Days]:
    if (iso := _slot(phrase, "iso_date")) is not None:
        return ((iso.value, iso.value + timedelta(days=1)),)
    for kind in ("point_date", "slash_date", "slash_day"):
        if (written := _slot(phrase, kind)) is not None:
            return _written_date(written, phrase.get("order") or "day_first", calendar)
    if (first := _slot(phrase, "first")) is not None:
        return _day_range(_monthday(first), _monthday(_part(phrase, "last")), phrase, calendar)
    if "months" in phrase.says:
        return _day_of_month(phrase, calendar)
    if "quarter" not in phrase.says and (day := _slot(phrase, "monthday") or _slot(phrase, "ordinal")) is not None:
        return _found(calendar.date_in(_month(phrase), _monthday(day), _said_year(phrase, calendar)))
    return _found(_part_of_year(phrase, calendar))


def _day_of_month(phrase: Phrase, calendar: PlantCalendar) -> Sequence[Days]:
    """“The 15th of last month”."""
    month = calendar.unit("month", int(phrase.says["months"]))
    return _found(calendar.date_in(month[0].month, _monthday(phrase), month[0].year)) if month is not None else ()


def _written_date(written: Phrase, order: str, calendar: PlantCalendar) -> Sequence[Days]:
    """A day before a month, or after it; both where the language writes either and both are dates."""
    one, other, year = written.value
    orders = {"day_first": [(other, one)], "month_first": [(one, other)], "either": [(other, one), (one, other)]}[order]
    found = [calendar.date_in(month, day, year) for month, day in dict.fromkeys(orders) if month <= 12]
    return sorted((one for one in found if one), key=lambda days: days[0] > calendar.today)


def _day_range(first: int, last: int, phrase: Phrase, calendar: PlantCalendar) -> Sequence[Days]:
    """“3 to 5 March”."""
    start = calendar.date_in(_month(phrase), first, _said_year(phrase, calendar))
    end = calendar.date_in(_month(phrase), last, start[0].year) if start else None
    return ((start[0], end[1]),) if start and end and start[0] <= end[0] else ()


def _part_of_year(phrase: Phrase, calendar: PlantCalendar) -> Days | None:
    year = _said_year(phrase, calendar)
    if (written := _slot(phrase, "month_year") or _slot(phrase, "year_month")) is not None:
        return month_of(*written.value)
    if (month := _month(phrase)) is not None:
        return calendar.yearly(lambda one: month_of(one, month), year, phrase.get("which"))
    if (quarter := _slot(phrase, "quarter_number") or _slot(phrase, "ordinal")) is not None:
        return _quarter(int(quarter.value), year, phrase, calendar)
    if (week := _slot(phrase, "week_number")) is not None:
        return calendar.yearly(lambda one: week_of(one, week.value), year, phrase.get("which"))
    return month_of(year, 1, 12) if year is not None else None


def _quarter(number: int, year: int | None, phrase: Phrase, calendar: PlantCalendar) -> Days | None:
    """A quarter, or with ``quarter: half`` a half of a year."""
    length = 6 if phrase.get("quarter") == "half" else 3
    if not 1 <= number <= 12 // length:
        return None
    return calendar.yearly(lambda one: month_of(one, (number - 1) * length + 1, length), year, phrase.get("which"))


def _month(phrase: Phrase) -> int | None:
    month = _slot(phrase, "month")
    return int(month.says["month"]) if month is not None else None


def _said_year(phrase: Phrase, calendar: PlantCalendar) -> int | None:
    """“2025”, or “of last year” (``years: "-1"``)."""
    said = _slot(phrase, "in_year") or phrase
    if (year := _slot(said, "year")) is not None:
        return year.value
    return calendar.today.year + int(said.says["years"]) if "years" in said.says else None


def _monthday(phrase: Phrase) -> int:
    inner = _slot(phrase, "monthday") or _slot(phrase, "ordinal")
    return inner.value if inner is not None else phrase.value


def _found(days: Days | None) -> Sequence[Days]:
    return () if days is None else (days,)


# -- hours ---------------------------------------------------------------------------------------------------------------


def _hours(phrase: Phrase) -> Sequence[Hours]:
    """The stretch of a day, or its moment; none where no hour is said."""
    if (clock := _slot(phrase, "clock")) is not None:
        read = _clock(clock)
        if read is None:
            raise ValueError("There is no such clock time.")
        return [(one, one) for one in read.options]
    if (part := _slot(phrase, "part_of_day")) is not None:
        return [_hours_of(part)]
    if (hours := _slot(phrase, "hours")) is None:
        return ()
    start, end = _clock(_part(hours, "start")), _clock(_part(hours, "end"))
    if start is None or end is None:
        raise ValueError("There is no such clock time.")
    return _range(start, end)


def _hours_of(phrase: Phrase) -> Hours:
    return int(phrase.says["from"]) * _HOUR, int(phrase.says["to"]) * _HOUR


def _range(start: _Clock, end: _Clock) -> Sequence[Hours]:
    first, last = start.seconds, end.seconds
    if end.half_known and not start.half_known and first + _HALF_DAY < last:
        first += _HALF_DAY  # "from 2 to 4 pm"
    elif (
        not end.half_known
        and last <= first < last + _HALF_DAY <= _DAY
        and (start.half_known or (start.bare and end.bare))
    ):
        last += _HALF_DAY  # "from 2 pm to 4", "from 9 to 5"
    elif end.bare and not end.half_known and len(start.options) > 1 and first < last <= _HALF_DAY:
        return (first, last), (first + _HALF_DAY, last + _HALF_DAY)  # "between 2 and 4"
    return ((first, last if last > first else last + _DAY),)


def _clock(phrase: Phrase) -> _Clock | None:
    """None for a time that no clock shows (“13 pm”)."""
    if (inner := _slot(phrase, "clock")) is not None:
        return _halved(_clock(inner), phrase)
    bare = "bare" in phrase.says
    if (digits := next((one for name, one in phrase.parts if name in _DIGITS), None)) is not None:
        hour, minute, second = digits.value
        return _halved(_Clock(hour * 3600 + minute * 60 + second), phrase)
    hour, minute = _slot(phrase, "hour"), _slot(phrase, "minute")
    hours = _whole(hour.value if hour is not None else phrase.says["hour"], 24)
    minutes = _whole(minute.value if minute is not None else phrase.says.get("add", "0"), 59)
    if hours is None or minutes is None:
        return None
    seconds = hours * _HOUR + int(phrase.says.get("sign", "1")) * minutes * 60
    named = hour is None and hours % 12 == 0  # noon, midnight
    return _halved(_Clock(seconds if seconds in (0, _DAY) else seconds % _DAY, named, bare), phrase)


def _whole(value: float | str, most: int) -> int | None:
    number = float(value)
    return int(number) if number == int(number) and -most <= number <= most else None


_DIGITS = ("clock_digits", "clock_point", "military")


def _halved(clock: _Clock | None, phrase: Phrase) -> _Clock | None:
    half = _slot(phrase, "half_day")
    if clock is None or half is None:
        return clock
    said, seconds = half.says["half"], clock.seconds
    if seconds > _HALF_DAY + _HOUR - 1:  # "14 Uhr nachmittags" says it twice
        return replace(clock, half_known=True) if said != "am" else None
    late = said == "pm" or (said == "night" and seconds % _HALF_DAY >= _NIGHT_IS_OVER)
    return _Clock(seconds % _HALF_DAY + _HALF_DAY * late, half_known=True)


# -- durations -----------------------------------------------------------------------------------------------------------


def _moved(phrase: Phrase, calendar: PlantCalendar, direction: int) -> datetime | None:
    """The present so much later (1) or earlier (-1); none where nothing, or less, is said."""
    moment = calendar.now
    for count, unit in _measures(phrase):
        if count <= 0:
            return None
        moment = calendar.moved(moment, direction * count, unit)
    return moment if moment != calendar.now else None


def _measures(phrase: Phrase) -> Iterator[tuple[float, str]]:
    """How many of which unit, the largest first as it is said."""
    if "n" in phrase.says and "unit" in phrase.says:
        yield float(phrase.says["n"]), phrase.says["unit"]
        return
    inner = [one for _, one in phrase.parts if one.kind in _MEASURES]
    unit = _slot(phrase, "calendar_unit") or _slot(phrase, "clock_unit")
    if unit is not None:
        many = _slot(phrase, "many")
        count = _many(many) if many is not None else float(phrase.says.get("n", "1"))
        yield count * float(unit.says.get("times", "1")), unit.says["unit"]
    for one in inner:
        yield from _measures(one)


_MEASURES = ("duration", "clock_duration", "calendar_duration", "measure", "calendar_measure", "day_measure")


def _many(phrase: Phrase) -> float:
    """“3”, “a couple of”, “twenty four”."""
    said = float(phrase.says.get("n", "0"))
    return said + sum(_many(one) if one.kind in ("many", "tens") else float(one.value) for _, one in phrase.parts)


def _slot(phrase: Phrase, slot: str) -> Phrase | None:
    """What fills a slot; a rule may wrap what it is made of in a slot of the same name."""
    found = phrase.part(slot)
    return found if found is None else _slot(found, slot) or found


def _part(phrase: Phrase, slot: str) -> Phrase:
    found = dict(phrase.parts)[slot]
    return _slot(found, slot) or found
