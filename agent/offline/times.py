"""Times in a sentence: “last night”, “since Monday 8 am”, “on 3 March between 2pm and 4pm”, “for the last 24 hours”.

Pure functions of the pieces and of the present. Windows are half open, aware and never reach beyond the present unless
they lie in the future altogether, which is said (``kind == "future"``) because nothing is known of it.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from agent.vocabulary.tokens import Piece

TimeKind = Literal["now", "at", "window", "future"]


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Pieces ``first`` up to ``last`` (exclusive) name a moment (``start``), a window, the present or the future (from ``start`` to ``end``, both now
    where it is not said more exactly). ``until`` is where a window that has begun ends.

    ``day`` is true for a whole day or more of the calendar; ``recent`` for a stretch that ends now ("the last hour").
    """

    first: int
    last: int
    kind: TimeKind
    start: datetime
    end: datetime
    label: str = ""
    day: bool = False
    until: datetime | None = None


_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAY = {name: index for index, name in enumerate(_WEEKDAYS)} | {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_MONTH = {name.lower(): index for index, name in enumerate(calendar.month_name) if name} | {
    name.lower(): index for index, name in enumerate(calendar.month_abbr) if name and name.lower() != "may"
} | {"sept": 9}  # fmt: skip
_UNIT = {
    "second": 1, "sec": 1, "s": 1, "minute": 60, "min": 60, "hour": 3600, "hr": 3600, "h": 3600, "day": 86400, "d": 86400,
    "night": 86400, "week": 604800, "wk": 604800, "month": 2592000, "year": 31536000, "fortnight": 1209600,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "couple": 2, "few": 3, "half": 0.5, "fifteen": 15, "twenty": 20, "thirty": 30,
    "ninety": 90, "sixty": 60, "forty": 40, "fifty": 50,
}  # fmt: skip
_PARTS = {
    "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 22), "night": (20, 30), "overnight": (20, 30),
    "lunchtime": (12, 13), "daytime": (8, 18),
}  # fmt: skip
_LAST = {"last", "past", "previous", "preceding", "latest", "recent"}
_NOW = [
    ("right", "now"), ("just", "now"), ("at", "the", "moment"), ("at", "this", "moment"), ("at", "present"), ("as", "we", "speak"),
    ("currently",), ("now",), ("presently",), ("at", "this", "time"), ("at", "this", "point", "in", "time"), ("this", "minute"),
    ("this", "second"), ("this", "instant"), ("at", "this", "very", "moment"), ("these", "day"), ("at", "the", "minute"),
]  # fmt: skip
_FUTURE = [
    ("tomorrow",), ("tonight",), ("in", "the", "future"), ("day", "after", "tomorrow"), ("later", "today"), ("later",), ("soon",),
    ("in", "the", "coming", "day"), ("in", "the", "coming", "week"), ("upcoming",),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """A component: a span of the calendar, a clock time or a stretch of the clock, before they are combined."""

    first: int
    last: int
    kind: Literal["now", "future", "day", "clock", "range", "window", "at"]
    start: datetime | None = None
    end: datetime | None = None
    clock: tuple[int, int] | None = None
    """Seconds of the day, from and to (equal for a single time)."""
    label: str = ""


def find_times(found: Sequence[Piece], now: datetime, start: int = 0) -> list[TimeSpan]:
    """Every time a sentence names from a piece on, in order, the longest reading of each."""
    reader = _Reader([piece.lower for piece in found], [piece.norm for piece in found], found, now)
    spans: list[TimeSpan] = []
    index = start
    while index < len(found):
        span = reader.span(index)
        if span is None:
            index += 1
            continue
        label = _text(found, span)
        spans.append(replace(span, label=label.removeprefix("at ") if span.day else label))  # "peak at yesterday"
        index = span.last
    return spans


_HALVES = {("in", "the", "morning"): 0, ("in", "the", "afternoon"): 12, ("in", "the", "evening"): 12}


def _text(found: Sequence[Piece], span: TimeSpan) -> str:
    parts = [
        (" " if index > span.first and found[index - 1].end < found[index].start else "") + found[index].text
        for index in range(span.first, span.last)
    ]
    return "".join(parts)


class _Reader:
    def __init__(self, lower: list[str], norm: list[str], found: Sequence[Piece], now: datetime) -> None:
        self.lower = lower
        self.norm = norm
        self.found = found
        self.now = now

    # -- the calendar ------------------------------------------------------------------------------------------------

    def _at(self, day: date, seconds: float) -> datetime:
        """Wall-clock time; hours beyond 24 run into the next day."""
        days, rest = divmod(int(seconds), 86400)
        moment = datetime.combine(day + timedelta(days=days), time(), tzinfo=self.now.tzinfo)
        return moment.replace(hour=rest // 3600, minute=rest % 3600 // 60, second=rest % 60)

    def _day(self, day: date, days: int = 1) -> tuple[datetime, datetime]:
        return self._at(day, 0), self._at(day + timedelta(days=days), 0)

    # -- words -------------------------------------------------------------------------------------------------------

    def _is(self, index: int, *words: str) -> bool:
        if index < 0 or index + len(words) > len(self.norm):
            return False
        return all(word in (self.norm[index + offset], self.lower[index + offset]) for offset, word in enumerate(words))

    def _in(self, index: int, words: "frozenset[str] | set[str] | dict[str, int]") -> bool:
        return 0 <= index < len(self.norm) and (self.norm[index] in words or self.lower[index] in words)

    def _number(self, index: int) -> tuple[float, int] | None:
        if not 0 <= index < len(self.found):
            return None
        if self.found[index].kind == "number":
            return float(self.norm[index]), index + 1
        if self._in(index, {"half"}) and self._in(index + 1, {"a", "an"}):
            return 0.5, index + 2
        if self._in(index, {"a"}) and self._in(index + 1, {"couple", "few"}):
            index += 1
        word = self.lower[index]
        if word in _NUMBERS:
            after = index + 1
            if word in ("couple",) and self._is(after, "of"):
                after += 1
            return float(_NUMBERS[word]), after
        return None

    def _skip(self, index: int, words: set[str]) -> int:
        while self._in(index, words):
            index += 1
        return index

    # -- spans -------------------------------------------------------------------------------------------------------

    def span(self, index: int) -> TimeSpan | None:
        return (
            self._fixed(index, _NOW, "now")
            or self._future(index)
            or self._since(index)
            or self._from_to(index)
            or self._combined(index)
        )

    def _fixed(self, index: int, phrases: Sequence[tuple[str, ...]], kind: TimeKind) -> TimeSpan | None:
        for words in sorted(phrases, key=len, reverse=True):
            if self._is(index, *words):
                return TimeSpan(index, index + len(words), kind, self.now, self.now)
        return None

    def _future(self, index: int) -> TimeSpan | None:
        if (fixed := self._fixed(index, _FUTURE, "future")) is not None:
            last, (start, end) = fixed.last, self._coming(self.lower[index : fixed.last])
            clock = self._clock(self._skip(last, {"at"}))
            if clock is not None and clock.clock is not None:
                last, (from_s, to_s) = clock.last, clock.clock
                start, end = self._at(start.date(), from_s), self._at(start.date(), to_s)
            elif self._in(last, set(_PARTS)):
                from_h, to_h = _PARTS[self.norm[last] if self.norm[last] in _PARTS else self.lower[last]]
                start, end = self._at(start.date(), from_h * 3600), self._at(start.date(), to_h * 3600)
                last += 1
            return replace(fixed, last=last, start=start, end=end)
        start = self._skip(index, {"in", "within", "over", "for", "during", "the"})
        if self._in(start, {"next", "coming", "following"}):
            number = self._number(start + 1)
            unit = number[1] if number else start + 1
            if (
                self._in(unit, _UNIT)
                or self._in(unit, _WEEKDAY)
                or self._in(unit, {"weekend", "season", "summer", "winter"})
            ):
                return TimeSpan(index, unit + 1, "future", *self._next(number[0] if number else 1, unit))
        number = self._number(index + 1) if self._is(index, "in") else None
        if (
            number
            and self._in(number[1], _UNIT)
            and not self._is(number[1] + 1, "ago")
            and not self._three_d(index + 1)
        ):
            last = number[1] + 2 if self._is(number[1] + 1, "time") else number[1] + 1
            moment = self.now + timedelta(seconds=number[0] * self._unit_s(number[1]))
            return TimeSpan(index, last, "future", moment, moment)
        return None

    def _coming(self, words: Sequence[str]) -> tuple[datetime, datetime]:
        """What a phrase of the future spans: “tonight” ends in the morning."""
        today = self.now.date()
        if "after" in words:
            return self._day(today + timedelta(days=2))
        if "tomorrow" in words:
            return self._day(today + timedelta(days=1))
        if "tonight" in words:
            from_h, to_h = _PARTS["night"]
            return max(self._at(today, from_h * 3600), self.now), self._at(today, to_h * 3600)
        if "week" in words or "upcoming" in words or "future" in words:
            return self.now, self.now + timedelta(days=7)
        return self.now, self._at(today, 86400)

    def _next(self, count: float, unit: int) -> tuple[datetime, datetime]:
        """“the next 6 hours”, “next Monday”; both now where nobody knows how long it is."""
        if self._in(unit, _WEEKDAY):
            day = _WEEKDAY[self.norm[unit] if self.norm[unit] in _WEEKDAY else self.lower[unit]]
            return self._day(self.now.date() + timedelta(days=(day - self.now.weekday() - 1) % 7 + 1))
        if self._in(unit, _UNIT):
            return self.now, self.now + timedelta(seconds=count * self._unit_s(unit))
        return self.now, self.now

    def _unit_s(self, unit: int) -> int:
        return _UNIT[self.norm[unit] if self.norm[unit] in _UNIT else self.lower[unit]]

    def _three_d(self, index: int) -> bool:
        """“in 3D” is no time."""
        return self._is(index, "3", "d") and self.found[index + 1].glued

    def _since(self, index: int) -> TimeSpan | None:
        """“since Monday”, “after 5pm yesterday”, “before noon”, “until 8 am”."""
        if not self._in(index, {"since", "after", "before", "until", "till", "by"}):
            return None
        word = self.lower[index]
        inner = self._combined(self._skip(index + 1, {"the"}))
        if inner is None or (word == "by" and inner.kind != "at"):
            return None
        if inner.kind == "future":
            return replace(inner, first=index)
        moment = inner.start
        if word == "since":
            start, end = moment, self.now
        elif word == "after":
            start = moment if inner.kind == "at" else inner.end
            end = min(self._at(start.date(), 86400), self.now) if inner.kind == "at" else self.now
        else:
            start, end = self._at(moment.date(), 0), moment
            if start == end:
                start = start - timedelta(days=1)
        if start >= end:
            return TimeSpan(index, inner.last, "future", self.now, self.now)
        return TimeSpan(index, inner.last, "window", start, end)

    def _from_to(self, index: int) -> TimeSpan | None:
        """“from Monday to Wednesday”, “between 3 March and 5 March”; clock ranges are read as part of a day."""
        if not self._in(index, {"from", "between"}):
            return None
        first = self._combined(index + 1)
        if first is None or first.kind in ("now", "future"):
            return None
        middle = self._skip(first.last, {"until", "till", "to", "and", "through"})
        if middle == first.last:
            return None
        second = self._combined(middle) or self._fixed(middle, _NOW, "now")
        if second is None or self._clock_range(index) is not None:
            return None
        end = second.end if second.kind == "window" else second.start
        if first.start >= end:
            return None
        return TimeSpan(index, second.last, "window", first.start, min(end, self.now), day=first.day)

    def _combined(self, index: int) -> TimeSpan | None:
        """Components side by side: “yesterday at 14:00”, “between 2pm and 4pm on 3 March”."""
        parts: list[_Part] = []
        position = index
        while True:
            start = self._skip(
                position,
                {
                    "on",
                    "in",
                    "at",
                    "the",
                    "during",
                    "over",
                    "of",
                    "for",
                    "within",
                    "from",
                    ",",
                    "around",
                    "about",
                    "throughout",
                    "all",
                    "whole",
                    "entire",
                },
            )
            part = self._part(start) or (self._part(position) if start != position else None)
            if part is not None and part.kind == "window" and parts and parts[-1].kind in ("clock", "range"):
                part = self._its_day(part)  # "between 8 and 10 this morning"
            elif part is not None and part.kind in ("clock", "range") and parts and parts[-1].kind == "window":
                parts[-1] = self._its_day(parts[-1])
            if part is None or (parts and (part.kind in ("now", "future") or "window" in (part.kind, parts[-1].kind))):
                break
            if any(_same(part, other) for other in parts):
                break
            parts.append(part)
            position = part.last
            if part.kind in ("at", "now", "future"):
                break
        return self._join(index, parts) if parts else None

    def _its_day(self, part: _Part) -> _Part:
        """The day of a part of a day; a longer window stays what it is."""
        if part.start is None or part.end is None or part.end - part.start > timedelta(hours=12):
            return part
        start, end = self._day(part.start.date())
        return replace(part, kind="day", start=start, end=end)

    def _join(self, first: int, parts: list[_Part]) -> TimeSpan | None:
        last = parts[-1].last
        if parts[0].kind in ("window", "at"):
            part = parts[0]
            assert part.start is not None
            end = part.end or part.start
            kind: TimeKind = "at" if part.kind == "at" else "window"
            return self._bounded(first, last, kind, part.start, end)
        if parts[0].kind in ("now", "future"):
            return TimeSpan(first, last, "now" if parts[0].kind == "now" else "future", self.now, self.now)
        day = next((part for part in parts if part.kind == "day"), None)
        clock = next((part for part in parts if part.kind in ("clock", "range")), None)
        if clock is None:
            assert day is not None
            assert day.start is not None
            assert day.end is not None
            return self._bounded(first, last, "window", day.start, day.end, day=True)
        assert clock.clock is not None
        from_s, to_s = clock.clock
        base = day.start.date() if day is not None and day.start is not None else self.now.date()
        if day is None and self._at(base, from_s) > self.now:
            base -= timedelta(days=1)
        if clock.kind == "clock":
            return self._bounded(first, last, "at", self._at(base, from_s), self._at(base, from_s))
        return self._bounded(first, last, "window", self._at(base, from_s), self._at(base, to_s))

    def _bounded(
        self, first: int, last: int, kind: TimeKind, start: datetime, end: datetime, day: bool = False
    ) -> TimeSpan:
        if start > self.now or (kind == "window" and start >= self.now):
            return TimeSpan(first, last, "future", start, end, day=day)
        until, end = end, min(end, self.now)
        if kind == "window" and start >= end:
            return TimeSpan(first, last, "future", self.now, self.now)
        return TimeSpan(first, last, kind, start, end, day=day, until=until)

    # -- components --------------------------------------------------------------------------------------------------

    def _part(self, index: int) -> _Part | None:
        if index >= len(self.norm):
            return None
        return (
            self._clock_range(index)
            or self._ago(index)
            or self._rolling(index)
            or self._named_day(index)
            or self._date(index)
            or self._part_of_day(index)
            or self._clock(index)
        )

    def _ago(self, index: int) -> _Part | None:
        number = self._number(index)
        if number is None or not self._in(number[1], _UNIT) or not self._in(number[1] + 1, {"ago", "earlier", "back"}):
            return None
        count, unit = number
        seconds = count * _UNIT[self.norm[unit]]
        if self.norm[unit] in ("day", "d"):
            start, end = self._day(self.now.date() - timedelta(days=int(count)))
            return _Part(index, unit + 2, "day", start, end)
        if self.norm[unit] in ("week", "wk", "month", "year"):
            start, end = self._day((self.now - timedelta(seconds=seconds)).date())
            return _Part(index, unit + 2, "day", start, end)
        return _Part(index, unit + 2, "at", self._back(seconds))

    def _back(self, seconds: float) -> datetime:
        """So much absolute time before now (wall clocks may have jumped in between)."""
        return (self.now.astimezone(UTC) - timedelta(seconds=seconds)).astimezone(self.now.tzinfo)

    def _rolling(self, index: int) -> _Part | None:
        """“the last 24 hours”, “past week”, “last week” (the calendar's), “this month”, “24h”."""
        rolling = index > 0 and self._in(index - 1, {"the"})
        if self._in(index, {"this", "current"}) and index + 1 < len(self.norm):
            return self._this(index)
        if self._in(index, _LAST):
            number = self._number(index + 1)
            unit = number[1] if number else index + 1
            if not self._in(unit, _UNIT):
                return None
            name = self.norm[unit]
            if number is None and not rolling and self.lower[index] in ("last", "previous") and name != "hour":
                return self._last(index, unit, name)
            seconds = (number[0] if number else 1) * _UNIT[name]
            return _Part(index, unit + 1, "window", self._back(seconds), self.now)
        return None

    def _this(self, index: int) -> _Part | None:
        unit = self.norm[index + 1]
        today = self.now.date()
        if unit in _PARTS:
            return self._today_part(index, unit)
        if unit == "hour":
            start = self.now.replace(minute=0, second=0, microsecond=0)
        elif unit == "week":
            start = self._at(today - timedelta(days=today.weekday()), 0)
        elif unit == "weekend":
            start = self._at(today - timedelta(days=(today.weekday() - 5) % 7), 0)
        elif unit == "month":
            start = self._at(today.replace(day=1), 0)
        elif unit == "year":
            start = self._at(today.replace(month=1, day=1), 0)
        elif unit in _WEEKDAY:
            return self._weekday(index, index + 2, _WEEKDAY[unit])
        else:
            return None
        return _Part(index, index + 2, "window", start, max(self.now, start + timedelta(seconds=1)))

    def _today_part(self, index: int, unit: str) -> _Part:
        low, high = _PARTS[unit]
        if unit == "morning" and self.now.hour < 6:
            low = 0
        if unit == "evening":
            high = 24
        return _Part(
            index, index + 2, "window", self._at(self.now.date(), low * 3600), self._at(self.now.date(), high * 3600)
        )

    def _last(self, index: int, unit: int, name: str) -> _Part | None:
        today = self.now.date()
        if name == "night":
            return _Part(
                index, unit + 1, "window", self._at(today - timedelta(days=1), 20 * 3600), self._at(today, 6 * 3600)
            )
        if name == "week":
            monday = today - timedelta(days=today.weekday() + 7)
            return _Part(index, unit + 1, "window", *self._day(monday, 7))
        if name == "month":
            end = today.replace(day=1)
            return _Part(
                index, unit + 1, "window", self._at((end - timedelta(days=1)).replace(day=1), 0), self._at(end, 0)
            )
        if name == "year":
            return _Part(
                index, unit + 1, "window", self._at(date(today.year - 1, 1, 1), 0), self._at(date(today.year, 1, 1), 0)
            )
        if name == "day":
            return _Part(index, unit + 1, "window", self._back(86400), self.now)
        return _Part(index, unit + 1, "window", self._back(_UNIT[name]), self.now)

    def _named_day(self, index: int) -> _Part | None:
        today = self.now.date()
        if self._is(index, "day", "before", "yesterday"):
            return _Part(index, index + 3, "day", *self._day(today - timedelta(days=2)))
        if self._is(index, "today") or self._is(index, "so", "far", "today"):
            last = index + (3 if self._is(index, "so") else 1)
            if self._is(last, "so", "far"):
                last += 2
            return _Part(index, last, "day", *self._day(today))
        if self._is(index, "yesterday"):
            start, end = self._day(today - timedelta(days=1))
            if self._in(index + 1, set(_PARTS)):
                low, high = _PARTS[self.norm[index + 1]]
                return _Part(
                    index, index + 2, "window", self._at(start.date(), low * 3600), self._at(start.date(), high * 3600)
                )
            return _Part(index, index + 1, "day", start, end)
        if self._in(index, {"weekend"}) or (self._in(index, _LAST) and self._is(index + 1, "weekend")):
            saturday = today - timedelta(days=(today.weekday() - 5) % 7 or 7)
            last = index + (1 if self._is(index, "weekend") else 2)
            return _Part(index, last, "window", *self._day(saturday, 2))
        if self._in(index, _LAST) and self._in(index + 1, _WEEKDAY):
            return self._weekday(index, index + 2, _WEEKDAY[self.norm[index + 1]])
        if self._in(index, _LAST) and self._in(index + 1, _MONTH):
            return self._date(index + 1)
        if self._in(index, _WEEKDAY) and (
            self.norm[index] not in ("sat", "sun", "wed", "mon") or self._in(index - 1, {"on", "since", "last"})
        ):
            part = self._weekday(index, index + 1, _WEEKDAY[self.norm[index]])
            if self._in(index + 1, set(_PARTS)) and part.start is not None:
                low, high = _PARTS[self.norm[index + 1]]
                base = part.start.date()
                return _Part(index, index + 2, "window", self._at(base, low * 3600), self._at(base, high * 3600))
            return part
        return None

    def _weekday(self, first: int, last: int, weekday: int) -> _Part:
        today = self.now.date()
        back = (today.weekday() - weekday) % 7 or 7
        return _Part(first, last, "day", *self._day(today - timedelta(days=back)))

    def _date(self, index: int) -> _Part | None:
        """“3 March”, “March 3rd”, “the 3rd of March 2026”, “2026-03-03”, “February”, “2025”."""
        if self._iso(index):
            match = re.match(r"(\d{4})-(\d\d?)-(\d\d?)", self._glued_text(index))
            assert match is not None
            return self._checked_day(index, index + 3, int(match[1]), int(match[2]), int(match[3]))
        day_first = self._day_number(index)
        if day_first is not None:
            month = self._skip(day_first[1], {"of"})
            if self._in(month, _MONTH):
                year, last = self._year(month + 1)
                return self._checked_day(index, last, year, _MONTH[self.norm_month(month)], day_first[0])
        if self._in(index, _MONTH):
            number = _MONTH[self.norm_month(index)]
            day = self._day_number(self._skip(index + 1, {"the"}))
            if day is not None:
                year, last = self._year(day[1])
                return self._checked_day(index, last, year, number, day[0])
            if (
                self.norm_month(index) in ("may", "march", "mar", "dec", "sept", "sep", "jan")
                and not self._in(
                    index - 1, {"in", "since", "during", "last", "for", "of", "from", "to", "and", "between"}
                )
                and self.found[index].text[0].islower()
            ):
                return None
            year, last = self._year(index + 1)
            return self._month(index, last, year, number)
        return None

    def norm_month(self, index: int) -> str:
        return self.norm[index] if self.norm[index] in _MONTH else self.lower[index]

    def _month(self, first: int, last: int, year: int | None, month: int) -> _Part:
        today = self.now.date()
        chosen = year or (today.year if month <= today.month else today.year - 1)
        start = date(chosen, month, 1)
        end = date(chosen + (month == 12), month % 12 + 1, 1)
        return _Part(first, last, "window", self._at(start, 0), self._at(end, 0))

    def _year(self, index: int) -> tuple[int | None, int]:
        index_ = self._skip(index, {","}) if self._is(index, ",") else index
        if index_ < len(self.found) and re.fullmatch(r"(?:19|20)\d\d", self.found[index_].text):
            return int(self.found[index_].text), index_ + 1
        return None, index

    def _iso(self, index: int) -> bool:
        return re.match(r"\d{4}-\d\d?-\d\d?(?!\d)", self._glued_text(index)) is not None

    def _glued_text(self, index: int) -> str:
        """The text from a piece to the end of the third piece, joints included."""
        if index + 2 >= len(self.found) or not (self.found[index + 1].glued and self.found[index + 2].glued):
            return ""
        a, b, c = self.found[index : index + 3]
        if not all(piece.kind == "number" for piece in (a, b, c)) or a.end + 1 != b.start or b.end + 1 != c.start:
            return ""
        return f"{a.text}-{b.text}-{c.text}"

    def _day_number(self, index: int) -> tuple[int, int] | None:
        if not 0 <= index < len(self.found) or not re.fullmatch(r"\d\d?", self.found[index].text):
            return None
        last = index + 1
        if self._in(last, {"st", "nd", "rd", "th"}) and self.found[last].glued:
            last += 1
        return int(self.found[index].text), last

    def _checked_day(self, first: int, last: int, year: int | None, month: int, day: int) -> _Part | None:
        try:
            chosen = date(year or self.now.year, month, day)
        except ValueError:
            return None
        if year is None and chosen > self.now.date():
            chosen = chosen.replace(year=chosen.year - 1)
        return _Part(first, last, "day", *self._day(chosen))

    def _part_of_day(self, index: int) -> _Part | None:
        if self._in(index, set(_PARTS)):
            low, high = _PARTS[self.norm[index]]
            return _Part(index, index + 1, "range", clock=(low * 3600, high * 3600))
        return None

    def _clock_range(self, index: int) -> _Part | None:
        """“between 2pm and 4pm”, “from 9 to 11 am”, “14:00 - 16:00”."""
        worded = self._in(index, {"between", "from"})
        first = self._clock(index + 1 if worded else index, bare=worded)
        if first is None:
            return None
        joint = first.last
        if self._in(joint, {"and", "to", "until", "till", "-", "–"}):
            joint += 1
        elif not (joint < len(self.found) and self.found[joint].glued):
            return None
        second = self._clock(joint, bare=worded)
        if second is None or first.clock is None or second.clock is None:
            return None
        start, end = first.clock[0], second.clock[0]
        if self._bare(first) and not self._bare(second) and end >= 43200 > start and start + 43200 < end:
            start += 43200  # "from 2 to 4 pm"
        if self._bare(first) and self._bare(second) and not worded:
            return None
        if end <= start:
            end += 86400
        return _Part(index, second.last, "range", clock=(start, end))

    def _bare(self, part: _Part) -> bool:
        return part.last - part.first == 1 and self.found[part.first].kind == "number"

    def _clock(self, index: int, bare: bool = False) -> _Part | None:
        if not 0 <= index < len(self.found):
            return None
        if self._in(index, {"noon", "midday"}):
            return _Part(index, index + 1, "clock", clock=(43200, 43200))
        if self._in(index, {"midnight"}):
            return _Part(index, index + 1, "clock", clock=(0, 0))
        if self.found[index].kind != "number" or not re.fullmatch(r"\d\d?(?:\.\d\d)?", self.found[index].text):
            return None
        hour = int(self.found[index].text.partition(".")[0])
        minute, last, certain = 0, index + 1, False
        if (
            last < len(self.found)
            and self.found[last].glued
            and re.fullmatch(r"\d\d", self.found[last].text)
            and (self.found[last].start == self.found[index].end + 1)
        ):
            minute, last, certain = int(self.found[last].text), last + 1, True
        if self._in(last, {"am", "pm"}) or (
            self._in(last, {"a", "p"}) and self._is(last + 1, ".") and self._is(last + 2, "m")
        ):
            hour = hour % 12 + (12 if self.lower[last].startswith("p") else 0)
            certain = True
            last += 1 if self.lower[last] in ("am", "pm") else 3
        elif (
            self._is(last, "o", "'", "clock")
            or self._is(last, "o", "’", "clock")
            or self._in(last, {"oclock", "o'clock"})
        ):
            certain = True
            last = last + 1 if self._in(last, {"oclock", "o'clock"}) else last + 3
        half = next((words for words in _HALVES if self._is(last, *words)), None)
        if half is not None and not certain and 0 < hour <= 12:  # "at 3 in the morning"
            hour, certain, last = hour % 12 + _HALVES[half], True, last + len(half)
        at = (
            index > 0
            and self.lower[index - 1] == "at"
            and last < len(self.found) + 1
            and not self._in(last, {"°c", "°f", "%", "kw", "pa"})
        )
        if not (certain or bare or (at and hour < 24 and self._ends(last))) or hour > 24 or minute > 59:
            return None
        if self._in(last, {"hours", "hour", "h"}) and not certain:
            return None
        seconds = hour * 3600 + minute * 60
        return _Part(index, last, "clock", clock=(seconds, seconds))

    def _ends(self, index: int) -> bool:
        return (
            index >= len(self.found)
            or self.found[index].kind == "sign"
            or self._in(index, {"yesterday", "today", "on", "this", "in", "last"})
        )


def _same(part: _Part, other: _Part) -> bool:
    return part.kind == other.kind or {part.kind, other.kind} <= {"clock", "range"}
