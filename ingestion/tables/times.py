"""Times as people and programs write them: read by one format, with zones by their letters and months in their language."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.core import UnknownLocaleError

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import milliseconds, moment

EXCEL = "excel"
"""Days since 30 December 1899, as a workbook counts them."""
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001
_HALF_OF_DAY = re.compile(r"\b([ap])\.\s?m\.?", re.IGNORECASE)
_OFFSET = re.compile(r"\(?\b(?:UTC|GMT) ?([+−-])(\d{1,2})(?::?(\d{2}))?\)?(?=\s|$)")
_END_OF_DAY = re.compile(r"(?<=[\sT])24(?=:00(?::00)?\b)")
_FINE = re.compile(r"(?<=:\d\d[.,]\d{6})\d+")
_WORD = re.compile(r"[^\W\d_]{3,}\.?")


class Clock:
    """Reads the time of a row. ``zones`` gives letters their offsets, ``language`` is that of names of months and days."""

    def __init__(
        self,
        zone: tzinfo,
        time_format: str | None = None,
        zones: Mapping[str, str] | None = None,
        language: str | None = None,
    ) -> None:
        self._zone = zone
        self._formats = variants(time_format) if time_format else (None,)
        self._months: Mapping[str, str] = months(language) if language else {}
        self._zones = dict(zones or {})
        self._letters = re.compile(rf"\b({'|'.join(sorted(map(re.escape, self._zones), key=len, reverse=True))})\b")
        self._is_plain = time_format is None and not self._zones

    def moment(self, text: str, fold: Literal[0, 1] = 0) -> int:
        """Epoch milliseconds. Raises ``InvalidInput``."""
        if self._is_plain:
            return moment(text, self._zone, fold=fold)
        if self._formats[0] == EXCEL:
            return self._of_serial(text, fold)
        said, is_end = self._normal(text)
        problem: InvalidInput | None = None
        for one in self._formats:
            try:
                at = moment(said, self._zone, one, fold)
                return self._next_day(at) if is_end else at
            except InvalidInput as error:
                problem = problem or error
        assert problem
        raise problem

    def _next_day(self, at: int) -> int:
        """Of 24:00, which was read as 0:00: by the calendar, for a day may have 23 hours."""
        local = datetime.fromtimestamp(at / 1000, self._zone)
        return milliseconds((local + timedelta(days=1)).replace(fold=0))

    def _normal(self, text: str) -> tuple[str, bool]:
        """The same time as the format's directives have it, and whether it was the end of that day."""
        text = _HALF_OF_DAY.sub(r"\1m", " ".join(text.split()))
        text = _OFFSET.sub(lambda found: f"{found[1].replace('−', '-')}{found[2]:0>2}{found[3] or '00'}", text)
        if self._zones:
            text = self._letters.sub(lambda found: self._zones[found[1]].replace(":", ""), text)
        if self._months:
            text = _WORD.sub(lambda found: self._months.get(found[0].lower().rstrip("."), found[0]), text)
        ended, times = _END_OF_DAY.subn("00", _FINE.sub("", text))
        return ended, times > 0

    def _of_serial(self, text: str, fold: Literal[0, 1]) -> int:
        try:
            days = float(text.replace(",", "."))
            local = _EXCEL_FIRST + timedelta(seconds=round(days * 86_400))
        except (ValueError, OverflowError) as error:
            raise InvalidInput(f"The timestamp {text[:40]!r} is no number of days.") from error
        return milliseconds(local.replace(tzinfo=self._zone, fold=fold).astimezone(UTC))


@lru_cache(256)
def variants(time_format: str) -> tuple[str, ...]:
    """The format, and what programs leave out or add in the same column: fractions, seconds, the time of a midnight."""
    given = time_format.replace("%Z", "%z")
    found = [given]
    if "%S" in given and "%f" not in given:
        found.append(given.replace("%S", "%S.%f"))
    found += [given.replace(short, "") for short in (".%f", ",%f", ":%S.%f", ":%S") if short in given]
    date = re.split(r"[ T,]+%[HI]", given)[0]
    return (*found, date) if date != given and "%z" not in given else tuple(found)


@lru_cache(16)
def months(language: str) -> Mapping[str, str]:
    """By each name of a month, in small letters, its English short one; names of days are their English ones likewise."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise InvalidInput(f"There is no language {language!r}; write it as de, fr, es.") from error
    names: dict[str, str] = {
        name.lower().rstrip("."): _ENGLISH[number - 1]
        for context in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for number, name in locale.months[context][width].items()
    }
    return names | {name[:3]: short for name, short in names.items() if name[:3] not in names}
