"""Dates and times of day as people write them, and whether one is a moment of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.evidence.words import Words


def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ](?P<H>\d{2}):(?P<M>\d{2})(?::\d{2}(?:\.\d+)?)?)?(?:Z|\s?[+-]\d{2}:?\d{2})?(?!\w)"
)
_DOTTED = re.compile(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4}|\d{2})?(?![\w])")
_TIME = re.compile(
    r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::\d{2})?(?:\s?(?:Uhr|h)\b|\s?(?P<half>[ap])(?:\.m\.?|m\b))?(?!\w)", re.IGNORECASE
)
_HOUR = re.compile(r"(?P<H>\d{1,2})\s?(?:(?P<half>[ap])(?:\.m\.?|m\b)|Uhr\b)", re.IGNORECASE)
_DAY = re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º)?\s(?:of\s|de\s)?")
_UTC = re.compile(r"\s?(?:UTC|GMT)\b")
_YEAR = re.compile(r"\.?,?\s(?:de\s)?(?P<y>\d{4})(?!\w)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time of day, or both."""

    day: int | None = None
    month: int | None = None
    year: int | None = None
    hour: int | None = None
    minute: int = 0
    utc: bool = False

    def is_day(self, day: date) -> bool:
        return (
            (self.day is None or self.day == day.day)
            and (self.month is None or self.month == day.month)
            and (self.year is None or self.year == day.year)
        )

    def is_moment(self, at: datetime, zone: tzinfo) -> bool:
        """In the plant's time, in UTC where that is written; a second that rounds to the next minute counts."""
        local = at.astimezone(UTC if self.utc else zone)
        return any(self._is(one) for one in (local, local + timedelta(seconds=30)))

    def _is(self, local: datetime) -> bool:
        same = self.hour is None or (self.hour % 24, self.minute) == (local.hour, local.minute)
        return same and (self.month is None or self.is_day(local.date()))

    def is_one_of(self, moments: Iterable[datetime], days: Iterable[date], zone: tzinfo) -> bool:
        if self.hour is None:
            return any(self.is_day(day) for day in days)
        return any(self.is_moment(at, zone) for at in moments)


def moment_at(text: str, at: int, words: Words) -> tuple[Moment, int] | None:
    """The moment that is written at a place in a text, and where it ends."""
    if not (at < len(text) and text[at].isalnum()) or (at and (text[at - 1].isalnum() or text[at - 1] in "_.")):
        return None
    if not text[at].isdigit():
        return _named_day(text, at, words) if text[at : at + 2].lower() in words.month_beginnings else None
    if match := _ISO.match(text, at):
        hour = None if match["H"] is None else int(match["H"])
        return _checked(
            Moment(
                int(match["d"]), int(match["m"]), int(match["y"]), hour, int(match["M"] or 0), match[0].endswith("Z")
            ),
            match.end(),
        )
    if match := _DOTTED.match(text, at):
        year = None if match["y"] is None else int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        return _checked(Moment(int(match["d"]), int(match["m"]), year), match.end())
    return _clock(text, at) or _named_day(text, at, words)


def _clock(text: str, at: int) -> tuple[Moment, int] | None:
    match = _TIME.match(text, at) or _HOUR.match(text, at)
    if match is None:
        return None
    hour, minute = int(match["H"]), int(match.groupdict().get("M") or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    utc = _UTC.match(text, match.end()) is not None
    return (Moment(hour=hour, minute=minute, utc=utc), match.end()) if hour <= 24 and minute < 60 else None


def _named_day(text: str, at: int, words: Words) -> tuple[Moment, int] | None:
    """“2 March 2026”, “March 2nd”, “2. März”, “2 de marzo”."""
    day = _DAY.match(text, at) if text[at].isdigit() else None
    if day is not None and (month := words.month.match(text, day.end())) is not None:
        return _with_year(text, int(day["d"]), _month(month), month.end())
    if (month := words.month.match(text, at)) is not None:
        follows = re.compile(r"\.?\s(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\w:])").match(text, month.end())
        if follows is not None:
            return _with_year(text, int(follows["d"]), _month(month), follows.end())
    return None


def _with_year(text: str, day: int, month: int, end: int) -> tuple[Moment, int] | None:
    year = _YEAR.match(text, end)
    return _checked(Moment(day, month, int(year["y"]) if year else None), year.end() if year else end)


def _month(match: re.Match[str]) -> int:
    return int(str(match.lastgroup).removeprefix("m"))


def _checked(moment: Moment, end: int) -> tuple[Moment, int] | None:
    possible = 1 <= (moment.day or 1) <= 31 and 1 <= (moment.month or 1) <= 12
    return (moment, end) if possible else None
