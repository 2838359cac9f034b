"""Columns that tell of the row and not of the plant: its number, another of its times, the unit beside each value, the offset of its clock."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from ingestion.decoding.values import DecimalSign, Number, number_in
from ingestion.tables.file import is_moment
from ingestion.tables.words import words

TIME_NAME = re.compile(
    r"(?i)time|date|zeit|datum|heure|horodat|hora|fecha|\bts\b|orario|\bdata\b|tijd|stamp|epoch|unix|moment"
)
CLOCK = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:[:.m]\d{2}(?:[.,]\d+)?)?s?(?:\s*[AaPp]\.?\s?[Mm]\.?)?(?:\s*(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2}))?"
)
_STATED_OFFSET = re.compile(r"(?<![^\W\d_])(?:UTC|GMT)\s*(?:([+−-])\s*(\d{1,2})(?::?(\d{2}))?)?(?![^\W\d_])")
_LETTERS = re.compile(r"(?<=[\s(\[,])([A-Z]{3,4})(?=[)\]]|$)")
_FEWEST = 3
_GREAT = 1e9
"""Milliseconds, microdays and the like are beyond it; hours run and energies of the same name are not."""
_MOSTLY = 0.9


def numbers_rows(name: str, texts: Sequence[str], *, is_first: bool) -> bool:
    """Whether it counts by one from row to row, and stands before the time or is called as such a column is.

    An hourly counter of hours run counts by one as well, and stands elsewhere.
    """
    if not is_first and name.strip().lower() not in words()["counters"]:
        return False
    if len(texts) < _FEWEST or not all(text.isdecimal() for text in texts):
        return False
    return all(int(after) - int(before) == 1 for before, after in pairwise(texts))


def is_another_time(name: str, texts: Sequence[str]) -> bool:
    """The end of an interval, a clock, a serial number of days. Numbers have to be called a time, for a meter reads 46293.938 too."""
    said = [text for text in texts if text]
    if not said:
        return False
    fits = [_is_time(name, text) for text in said]
    return sum(fits) >= _MOSTLY * len(fits)


def _is_time(name: str, text: str) -> bool:
    found = number_in(text)
    if not isinstance(found, Number):
        return is_moment(text) or CLOCK.fullmatch(text) is not None
    return bool(TIME_NAME.search(name)) and (is_moment(text) or found.value >= _GREAT)


def coded_good(name: str, said: Collection[str]) -> Sequence[str]:
    """The good words of a column such as ``Validity`` that says with numbers, or with true and false, how good a value is."""
    is_coded = all(word.isdecimal() or word.lower() in ("true", "false") for word in said)
    return words()["good_by_name"].get(name.strip().lower(), ()) if is_coded else ()


def common_unit(texts: Collection[str], decimal: DecimalSign | None) -> str | None:
    """The one that stands beside every number."""
    units = {found.unit for text in texts if isinstance(found := number_in(text, decimal), Number)}
    return units.pop() if len(units) == 1 else None


def stated_offset(name: str, zones: Mapping[str, str]) -> tuple[str | None, str | None]:
    """What a heading such as ``Date Time, GMT-04:00`` or ``Zeit (MEZ)`` says of its times, and the letters that may be otherwise."""
    if found := _STATED_OFFSET.search(name):
        sign, hours, minutes = found.groups()
        return f"{(sign or '+').replace('−', '-')}{hours or 0:0>2}:{minutes or '00'}", None
    letters = _LETTERS.search(name)
    return (zones[letters[1]], letters[1]) if letters and letters[1] in zones else (None, None)
