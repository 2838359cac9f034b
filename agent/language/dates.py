"""Clock times and dates that are written in digits: “14:30”, “14h30”, “2026-03-02”, “3.3.2026”, “3/4/26”. No language is needed to read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from agent.language.phrase import Phrase
from agent.vocabulary.tokens import Piece, singular


class Written(Protocol):
    """What of a lattice is looked at."""

    text: str
    pieces: Sequence[Piece]

    def __len__(self) -> int: ...

    def words(self, at: int) -> frozenset[str]: ...

    def classes(self, at: int) -> Sequence[Phrase]: ...

    def is_unit(self, at: int) -> bool: ...


Read = Callable[[re.Match[str]], Any]
"""The value of what was matched; none where it is no date or time (“25:00”)."""

_COLON = re.compile(r"(?<![\d:.,])(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?![:\d])", re.I)
_POINT = re.compile(r"(?<![\d:.,])(\d{1,2})\.(\d{2})(?![.\d])")
_MILITARY = re.compile(r"(?<![\d:.,/-])(?!19|20[3-9])([01]\d|2[0-3])([0-5]\d)(?![\d.:,/-])")
_ISO = re.compile(r"(?<!\d)(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?!\d)")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.I)
_POINTS = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?![\d:]))?(?!\d)")
_SLASHES = re.compile(r"(?<![\d/])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/])")
_SLASH = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_MONTH_YEAR = re.compile(r"(?<![\d./])(\d{1,2})[./]((?:19|20)\d{2})(?![\d./])")
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})(?![-\d])")
_YEAR = re.compile(r"(?<![\d.,:])((?:19|20)\d{2})(?![\d:%°]|[.,]\d)")
_INTEGER = re.compile(r"(?<![\d.,:/])(\d{1,2})(?![\d:]|[.,]\d)")
_DASHES = ("-", "–", "—")


def _clock(match: re.Match[str]) -> tuple[int, int, int] | None:
    hour, minute = int(match[1]), int(match[2])
    second = int(match[3] or 0) if match.re.groups > 2 else 0
    valid = hour < 24 or (hour == 24 and minute == second == 0)
    return (hour, minute, second) if valid and minute < 60 and second < 60 else None


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) + (2000 if len(text) == 2 else 0)


def _iso(match: re.Match[str]) -> date | None:
    return valid_date(int(match[1]), int(match[3]), int(match[4]))


def valid_date(year: int, month: int, day: int) -> date | None:
    """None for a day that no calendar has."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(match: re.Match[str]) -> datetime | None:
    try:
        return datetime.fromisoformat(match[0].upper().replace("Z", "+00:00"))
    except ValueError:
        return None


def _pair(match: re.Match[str]) -> tuple[int, int] | None:
    """Day and month, or month and day; none where they are neither."""
    first, second = int(match[1]), int(match[2])
    return (
        (first, second) if min(first, second) >= 1 and min(first, second) <= 12 and max(first, second) <= 31 else None
    )


def _points(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    pair = _pair(match)
    return (*pair, _year(match[3])) if pair else None


def _slashes(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    first, second = int(match[1]), int(match[3])
    fits = 1 <= min(first, second) <= 12 and max(first, second) <= 31
    return (first, second, _year(match[4])) if fits else None


def _slash(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    pair = _pair(match)
    return (*pair, None) if pair else None


def _month_year(match: re.Match[str]) -> tuple[int, int] | None:
    return (int(match[2]), int(match[1])) if 1 <= int(match[1]) <= 12 else None


def _year_month(match: re.Match[str]) -> tuple[int, int] | None:
    return (int(match[1]), int(match[2])) if 1 <= int(match[2]) <= 12 else None


def _written(kind: str, pattern: re.Pattern[str], read: Read) -> Callable[[Written, int], Sequence[Phrase]]:
    """Digits that match where a piece begins, and end where one ends."""

    def phrases(lattice: Written, at: int) -> Sequence[Phrase]:
        piece = lattice.pieces[at]
        match = pattern.match(lattice.text, piece.start) if piece.kind == "number" else None
        value = read(match) if match is not None and not _of_a_name(lattice, at) else None
        if match is None or value is None:
            return ()
        end = next((i for i in range(at, len(lattice)) if lattice.pieces[i].start >= match.end()), len(lattice))
        return [Phrase(kind, at, end, value=value)] if lattice.pieces[end - 1].end == match.end() else ()

    return phrases


def _of_a_name(lattice: Written, at: int) -> bool:
    """“AHU-2”, “P3”: digits joined to the letters before them."""
    return lattice.pieces[at].glued and at > 0 and lattice.pieces[at - 1].kind == "word" and not _dashed(lattice, at)


def _dashed(lattice: Written, at: int) -> bool:
    """“2pm-4”: a clock time before a dash is no name."""
    return _joint(lattice, at) in _DASHES and at > 1 and lattice.pieces[at - 2].kind == "number"


def _integer(
    kind: str, low: int, high: int, *, alone: bool = False, named: bool = True
) -> Callable[[Written, int], Sequence[Phrase]]:
    """A whole number within bounds. ``alone``: not before a unit or a class, of which it would be the amount; without ``named`` not joined to
    letters before it."""

    def phrases(lattice: Written, at: int) -> Sequence[Phrase]:
        piece = lattice.pieces[at]
        if piece.kind != "number" or _INTEGER.match(lattice.text, piece.start) is None:
            return ()
        if (not named and _of_a_name(lattice, at)) or (alone and _amount(lattice, at + 1)):
            return ()
        return [Phrase(kind, at, at + 1, value=int(piece.text))] if low <= int(piece.text) <= high else ()

    return phrases


def _amount(lattice: Written, after: int) -> bool:
    if after >= len(lattice) or _joint(lattice, after) in _DASHES:
        return False
    piece = lattice.pieces[after]
    if piece.kind == "sign":
        return piece.text in "%°€$£<>="
    if len(piece.text) == 1 and after + 1 < len(lattice) and lattice.pieces[after + 1].kind == "number":
        return False  # "de 9 a 17"
    return lattice.is_unit(after) or bool(lattice.classes(after))


def _years(lattice: Written, at: int) -> Sequence[Phrase]:
    return () if _amount(lattice, at + 1) else _ANY_YEAR(lattice, at)


_ANY_YEAR = _written("year", _YEAR, lambda match: int(match[1]))


def _dash(lattice: Written, at: int) -> Sequence[Phrase]:
    """A dash between two pieces, which is a piece itself or, between digits, none."""
    piece = lattice.pieces[at]
    if piece.text in _DASHES:
        return [Phrase("dash", at, at + 1)]
    return [Phrase("dash", at, at)] if _joint(lattice, at) in _DASHES else ()


def _joint(lattice: Written, at: int) -> str:
    """What stands between a piece and the one before it."""
    return lattice.text[lattice.pieces[at - 1].end : lattice.pieces[at].start].strip() if at else ""


def _free(lattice: Written, at: int) -> Sequence[Phrase]:
    """Stands before a number, with or without its ending, that counts nothing (“the 3rd”, not “the 3rd floor”), and covers nothing."""
    after = at + 2 if at + 1 < len(lattice) and lattice.pieces[at + 1].glued else at + 1
    return () if lattice.pieces[at].kind != "number" or _amount(lattice, after) else [Phrase("free", at, at)]


def _plural(lattice: Written, at: int) -> Sequence[Phrase]:
    """Stands before a word with an ending that is not compared (“Mondays”, “abends”), and covers nothing."""
    return [Phrase("plural", at, at)] if _has_ending(lattice.pieces[at]) else ()


def _singular(lattice: Written, at: int) -> Sequence[Phrase]:
    return () if _has_ending(lattice.pieces[at]) else [Phrase("singular", at, at)]


def _has_ending(piece: Piece) -> bool:
    return piece.kind == "word" and singular(piece.lower) != piece.lower


TERMINALS: Mapping[str, Callable[[Written, int], Sequence[Phrase]]] = {
    "clock_digits": _written("clock_digits", _COLON, _clock),
    "clock_point": _written("clock_point", _POINT, _clock),
    "military": _written("military", _MILITARY, _clock),
    "iso_date": _written("iso_date", _ISO, _iso),
    "iso_moment": _written("iso_moment", _ISO_MOMENT, _moment),
    "point_date": _written("point_date", _POINTS, _points),
    "slash_date": _written("slash_date", _SLASHES, _slashes),
    "slash_day": _written("slash_day", _SLASH, _slash),
    "month_year": _written("month_year", _MONTH_YEAR, _month_year),
    "year_month": _written("year_month", _YEAR_MONTH, _year_month),
    "year": _years,
    "hour": _integer("hour", 0, 24, named=False),
    "bare_hour": _integer("bare_hour", 0, 24, alone=True, named=False),
    "minute": _integer("minute", 0, 59, named=False),
    "monthday": _integer("monthday", 1, 31, alone=True, named=False),
    "week_number": _integer("week_number", 1, 53),
    "quarter_number": _integer("quarter_number", 1, 4),
    "dash": _dash,
    "free": _free,
    "plural": _plural,
    "singular": _singular,
}
"""By the kind of the phrase that each reads."""

DIGITS = "0-9"
"""Stands for any number among the words that a phrase can begin with."""
_NO_WORDS = frozenset({"dash", "plural", "singular", "free"})
FIRST_WORDS: Mapping[str, frozenset[str]] = {
    kind: frozenset() if kind in _NO_WORDS else frozenset({DIGITS}) for kind in TERMINALS
}
"""With which words each begins; those that cover nothing with none of their own."""
