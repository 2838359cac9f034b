"""Times as a model writes them: ISO 8601 in the plant's time, windows as ``start/end``, a day or a length until now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput

_LENGTH = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?", re.IGNORECASE)
_DAY = timedelta(days=1)


def with_times(
    given: Mapping[str, Any], parameters: Mapping[str, Any], clock: Callable[[], datetime], timezone: str
) -> dict[str, Any]:
    """The arguments with aware moments, and with windows as start and end. Raises ``InvalidInput`` for a window that is none.

    What is no moment at all stays as it is: the check of the arguments says what is wrong with it.
    """
    times = _Times(clock, ZoneInfo(timezone), parameters.get("$defs", {}))
    properties = parameters.get("properties", {})
    return {name: times.read(value, properties.get(name, {})) for name, value in given.items()}


class _Times:
    def __init__(self, clock: Callable[[], datetime], zone: ZoneInfo, definitions: Mapping[str, Any]) -> None:
        self._clock, self._zone, self._definitions = clock, zone, definitions

    def read(self, value: object, schema: Mapping[str, Any]) -> object:
        """The value, by what the schema says it is."""
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name == "Window" and isinstance(value, str):
            return self._window(value)
        if isinstance(value, str):
            return self._moment(value) if schema.get("format") == "date-time" else value
        if isinstance(value, list) and schema.get("type") == "array":
            return [self.read(one, schema.get("items", {})) for one in cast(list[object], value)]
        if isinstance(value, Mapping) and name in self._definitions:
            properties = self._definitions[name].get("properties", {})
            fields = cast(Mapping[str, object], value)
            return {key: self.read(one, properties.get(key, {})) for key, one in fields.items()}
        return cast(object, value)

    def _moment(self, text: str) -> str:
        at = _moment(text)
        return text if at is None or at.tzinfo is not None else at.replace(tzinfo=self._zone).isoformat()

    def _window(self, text: str) -> Mapping[str, str]:
        first, between, last = text.strip().partition("/")
        try:
            start, end = self._bounds(first.strip(), last.strip()) if between else self._one(first)
        except OverflowError as error:
            raise InvalidInput(f"The window {text[:40]} lies beyond what there are dates for.") from error
        return {"start": start.isoformat(), "end": end.isoformat()}

    def _one(self, text: str) -> tuple[datetime, datetime]:
        """A length until now, a day, or from a moment until now."""
        if (length := _length(text)) is not None:
            return length.before(now := self._clock().astimezone(self._zone)), now
        if (day := _day(text)) is not None:
            return self._midnight(day), self._midnight(day + _DAY)
        return self._at(text), self._clock()

    def _bounds(self, first: str, last: str) -> tuple[datetime, datetime]:
        """A day as the end is meant with all its hours only where it is the start as well."""
        length = _length(first)
        if length is not None:
            end = self._at(last)
            return length.before(end), end
        start = self._at(first)
        if (length := _length(last)) is not None:
            return start, length.after(start)
        end = self._at(last)
        return start, end + _DAY if start == end and _day(last) else end

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def _at(self, text: str) -> datetime:
        at = _moment(text)
        if at is None:
            raise InvalidInput(
                f"“{text[:40]}” is no time: a window is start/end, such as 2026-03-01T06:00/2026-03-01T18:00, a day, such as "
                "2026-03-01, or a length until now, such as PT24H or P7D."
            )
        return at if at.tzinfo is not None else at.replace(tzinfo=self._zone)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Length:
    """Days are of the calendar, hours pass: where the clocks change, a day has 23 or 25 of them."""

    days: timedelta
    hours: timedelta

    def after(self, at: datetime) -> datetime:
        return _passed(at + self.days, self.hours)

    def before(self, at: datetime) -> datetime:
        return _passed(at - self.days, -self.hours)


def _passed(at: datetime, hours: timedelta) -> datetime:
    return (at.astimezone(UTC) + hours).astimezone(at.tzinfo)


def _length(text: str) -> _Length | None:
    """Weeks, days, hours and minutes, at least one of them."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups())
    return _Length(timedelta(weeks=weeks, days=days), timedelta(hours=hours, minutes=minutes))
