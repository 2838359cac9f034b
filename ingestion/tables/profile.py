"""What each column of a table holds: a time or a part of one, a value, a name, a unit, a word on how good a value is."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from graph_schema.errors import InvalidInput
from ingestion.decoding.values import Ambiguous, DecimalSign, Number, is_no_value, known_unit, number_in
from ingestion.tables.columns import Header, title_of
from ingestion.tables.file import Dialect, Line, dialect_of, is_moment, lines
from ingestion.tables.guess import TimeGuess, guess_times
from ingestion.tables.layout import first_row, header_above, legend_in, padded, units_below
from ingestion.tables.row_columns import (
    CLOCK,
    TIME_NAME,
    coded_good,
    common_unit,
    is_another_time,
    numbers_rows,
    stated_offset,
)
from ingestion.tables.words import words

Role = Literal["value", "name", "device", "unit", "status", "nothing"]

_MOST_ROWS = 50_000
_JUDGED = 2_000
"""Cells of a column that are looked at; times, and what a comma is, are decided from all of them."""
_UNIT_AT_END = re.compile(r"(.*?)[\s_]*[\[(]\s*([^\[\]()]+?)\s*[\])]\s*$")
_ZONE = re.compile(r"[A-Z]{1,5}|[+-]\d{1,2}:?(?:\d{2})?|(?:UTC|GMT) ?[+-]\d{1,2}(?::?\d{2})?")
_HOURS = re.compile(r"\d[:h]\d\d")
_MOSTLY = 0.9
_CLOCKS_ACROSS = 12
"""Columns that are called as times of the day are."""
_NUMBERED = re.compile(r"(.*?)\d{1,3}")
_INTERVALS = (24, 48, 96)
_REMARK_AT_END = re.compile(r"\s*\([^()]*:[^()]*\)$")
"""Of a logger: ``(LGR S/N: 20123456)``."""
_AGAIN = re.compile(r" \(\d+\)$")
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./:-]{6,}")


@dataclass(frozen=True, slots=True)
class Column:
    """``what`` is its name without a unit. ``why`` is a remark on a column that is left out."""

    name: str
    what: str
    role: Role
    unit: str | None = None
    why: str | None = None
    numbers: int = 0
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Profile:
    """``legend`` says what point a column's name stands for, ``tells_apart`` which columns name what a row is of, ``utc_offset`` what the
    heading of the times says of them."""

    path: Path
    dialect: Dialect
    header: Header
    times: Sequence[str]
    when: TimeGuess
    columns: Sequence[Column]
    decimal: DecimalSign | None
    tells_apart: Sequence[Column] = ()
    legend: Mapping[str, str] = field(default_factory=dict[str, str])
    unsure: Sequence[str] = ()
    titles: Sequence[str] = ()
    first: Sequence[str] = ()
    utc_offset: str | None = None


def profile_of(path: Path) -> Profile:
    """Raises ``InvalidInput`` that says what is lacking in a file that cannot be understood."""
    dialect = dialect_of(path)
    found = list(islice(lines(path, dialect), _MOST_ROWS))
    if not any(any(cells) for _, cells in found):
        raise InvalidInput(f"The file {path} is empty.")
    if any(cells[:2] in (["100", "NEM12"], ["100", "NEM13"]) for _, cells in found[:3]):
        raise _across(path)
    start = first_row(found)
    if start is None:
        raise InvalidInput(_no_times(path, found))
    width = Counter(len(cells) for _, cells in found[start : start + 50]).most_common(1)[0][0]
    header, has_names = header_above(found, start, width)
    rows = [padded(cells, width) for _, cells in found[start:] if _is_row(cells, header, has_names)]
    return _profiled(path, dialect, header, has_names, rows, found[:start], found)


def _across(path: Path) -> InvalidInput:
    return InvalidInput(f"The file {path} has a column for each time of the day. Write a row for each time instead.")


def _no_times(path: Path, found: Sequence[Line]) -> str:
    first = next(cells for _, cells in found if any(cells))
    return (
        f"The file {path} has no column of times that are understood: its first line is “{' | '.join(first)[:120]}”, "
        "and readings need a date, or seconds since 1970, in each row."
    )


def _is_row(cells: Sequence[str], header: Header, has_names: bool) -> bool:
    if has_names and header.is_again(cells):
        return False
    return any(is_moment(cell) for cell in cells) and sum(1 for cell in cells if cell.strip()) > 1


# What the columns are


def _profiled(
    path: Path, dialect: Dialect, header: Header, has_names: bool, rows: Sequence[Sequence[str]], above: Sequence[Line],
    found: Sequence[Line],
) -> Profile:  # fmt: skip
    names = header.names
    cells = {name: [row[place].strip() if place < len(row) else "" for row in rows] for place, name in enumerate(names)}
    is_comma = dialect.separator == ";"
    if sum(1 for name in names if CLOCK.fullmatch(name)) >= _CLOCKS_ACROSS:
        raise _across(path)
    times, when = _times(path, cells, is_comma)
    if _has_intervals_across(names, when):
        raise _across(path)
    units = units_below(found, len(above), header) if has_names else {}
    decimal, unsure = _decimal([texts for name, texts in cells.items() if name not in times], is_comma)
    before = names[: names.index(times[0])]
    columns = [
        _column(name, texts, units.get(name), decimal, is_first=name in before)
        for name, texts in cells.items()
        if name not in times
    ]
    moments = list(zip(*(cells[name] for name in times), strict=True))
    columns, apart = _told_apart(columns, cells, moments)
    offset, letters = _offset_of(times, when)
    said = [*([when.unsure] if when.unsure else []), *unsure, *_doubtful_zones(when)]
    if letters:
        said.append(
            f"The times are called {letters} and are taken for {offset} the whole year; say otherwise if clocks change."
        )
    titles = _titles(found, header) if has_names else []
    return Profile(
        path,
        dialect,
        header,
        times,
        when,
        columns,
        decimal,
        apart,
        legend_in(header.above, header),
        said,
        titles,
        rows[0],
        offset,
    )


def _offset_of(times: Sequence[str], when: TimeGuess) -> tuple[str | None, str | None]:
    """What the heading says, where the times themselves say nothing."""
    if when.time_format and re.search("%[zZ]", when.time_format):
        return None, None
    return next((found for name in times if (found := stated_offset(name, words()["zones"]))[0]), (None, None))


def _has_intervals_across(names: Sequence[str], when: TimeGuess) -> bool:
    """Whether rows are days and as many columns as a day has intervals are called alike but for a number."""
    if when.time_format is None or re.search("%[HI]|excel", when.time_format):
        return False
    alike = Counter(found[1] for name in names if (found := _NUMBERED.fullmatch(name)))
    return any(intervals <= count <= intervals + 4 for count in alike.values() for intervals in _INTERVALS)


def _titles(found: Sequence[Line], header: Header) -> list[str]:
    """Of the pages of a file: one, or as many as there are tables below each other."""
    titles, above = list[str](), list[Line]()
    for line in found:
        if header.is_again(line[1]):
            titles.append(title_of(above))
            above = []
        elif sum(1 for cell in line[1] if cell.strip()) <= 1:
            above.append(line)
        else:
            above = []
    return list(dict.fromkeys(title for title in titles if title))


def _doubtful_zones(when: TimeGuess) -> list[str]:
    doubtful = [one for one in when.zones if one in words()["ambiguous_zones"]]
    return [f"{one} stands for more than one time zone; taken for {when.zones[one]}." for one in doubtful]


def _times(path: Path, cells: Mapping[str, Sequence[str]], is_comma: bool) -> tuple[list[str], TimeGuess]:
    """The column of times, with its clock and its zone where those are columns of their own."""
    likely = [name for name, texts in cells.items() if _share(texts, is_moment) >= _MOSTLY]
    if not likely:
        raise InvalidInput(f"The file {path} has no column in which every row has a time.")
    for name in sorted(likely, key=lambda name: (not TIME_NAME.search(name), list(cells).index(name))):
        for times in _with_others(name, cells):
            texts = [" ".join(part) for part in zip(*(cells[one] for one in times), strict=True)]
            if when := guess_times(_sample(texts), words()["zones"], is_comma):
                if unknown := [one for one in when.letters if one not in when.zones]:
                    raise InvalidInput(f"The file {path} has times in a zone {unknown[0]}, which is not known.")
                return times, when
    shown = cells[likely[0]][0]
    raise InvalidInput(
        f"The file {path} has times in “{likely[0]}” such as “{shown}”, in no single format that is known."
    )


def _with_others(name: str, cells: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """With the time of day, and with the zone, where they are columns; else alone."""
    others = [one for one in cells if one != name]
    has_clock = _share(cells[name], _HOURS.search) > 0.5 or bool(
        re.fullmatch(r"\d{9,}(\.\d+)?", next(filter(None, cells[name]), ""))
    )
    clock = None if has_clock else next((one for one in others if _share(cells[one], CLOCK.fullmatch) >= _MOSTLY), None)
    zone = next((one for one in others if one != clock and _is_zone_column(one, cells[one])), None)
    found = [
        [name, *([clock] if clock else []), *([zone] if zone else [])],
        [name, *([clock] if clock else [])],
        [name],
    ]
    return [times for place, times in enumerate(found) if times not in found[:place]]


def _is_zone_column(name: str, texts: Sequence[str]) -> bool:
    said = {text for text in texts if text}
    known = words()["zones"]
    is_zone = all(text in known or (_ZONE.fullmatch(text) and text[0] in "+-UG") for text in said)
    return bool(said) and len(said) <= 4 and is_zone and (any(text in known or len(text) > 2 for text in said))


def _sample(texts: Sequence[str]) -> list[str]:
    """The first of each hour-less beginning, and the first hundreds: every date is among them."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(text[:11], text)
    spread = list(first.values())
    return [*texts[:300], *(spread if len(spread) <= 2_000 else spread[:: len(spread) // 2_000 + 1]), *texts[-100:]]


def _share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    said = [text for text in texts[:2_000] if text]
    return sum(1 for text in said if fits(text)) / len(said) if said else 0.0


def _decimal(columns: Sequence[Sequence[str]], is_comma: bool) -> tuple[DecimalSign | None, list[str]]:
    """What a comma is, from every cell; a file that leaves it open is told."""
    doubtful = ""
    for texts in columns:
        for text in set(texts):
            found = number_in(text) if "," in text else None
            if isinstance(found, Number) and text.rfind(",") > text.rfind("."):
                return ",", []
            if isinstance(found, Number):
                return ".", []
            doubtful = doubtful or (text if isinstance(found, Ambiguous) else "")
    if not doubtful:
        return None, []
    meant = "," if is_comma else "."
    return meant, [
        f'“{doubtful}” may have decimals or thousands: every comma stands before three digits. Read with decimal: "{meant}".'
    ]


def _column(
    name: str, texts: Sequence[str], unit: str | None, decimal: DecimalSign | None, *, is_first: bool
) -> Column:
    what, own = _name_and_unit(name)
    said = [text for text in texts if text]
    if numbers_rows(name, said, is_first=is_first):
        return Column(name, name, "nothing", why="counts the rows")
    if is_another_time(name, said[:_JUDGED]):
        return Column(name, what, "nothing", why="is another time of the row")
    said = said if len(said) <= _JUDGED else [*said[:500], *said[:: len(said) // _JUDGED + 1]]
    numbers = sum(1 for text in said if isinstance(number_in(text, decimal), Number))
    distinct = frozenset(list(dict.fromkeys(said))[:200])
    role, why = _role(what, said, numbers, distinct)
    own = own or unit or common_unit(distinct, decimal)
    return Column(name, what, role, own, why, numbers, distinct)


def _name_and_unit(name: str) -> tuple[str, str | None]:
    """``Value (°F)``, ``Vorlauf [°C]``, ``power_kW``, ``Temp °C``, ``Temp, °C (LGR S/N: 20123456)``."""
    name = _REMARK_AT_END.sub("", name) or name
    bracketed = _UNIT_AT_END.fullmatch(name)
    if bracketed and (unit := known_unit(bracketed[2])):
        return bracketed[1].strip() or name, unit
    before, _, last = name.replace("_", " ").rpartition(" ")
    unit = known_unit(last) if before and last not in ("C", "F", "A", "V", "h", "m", "s", "d", "g", "t", "in") else None
    return (name[: len(before)].rstrip(" ,"), unit) if unit else (name, known_unit(name) if len(name) > 1 else None)


def _role(what: str, said: Sequence[str], numbers: int, distinct: frozenset[str]) -> tuple[Role, str | None]:
    plain, known = _AGAIN.sub("", what.strip().lower()), words()
    if not said:
        return "nothing", "is empty"
    if plain in known["ignored_columns"]:
        return "nothing", "tells of the row, not of the plant"
    if {word.lower() for word in distinct} <= {*known["marks"]}:
        return "nothing", "has marks of the logger"
    if plain in known["labels"]:
        return "nothing", "looks like a label, not like a measurement"
    if plain in known["unit_columns"]:
        return "unit", None
    if _is_status(plain, distinct):
        return "status", None
    if plain in known["device_columns"]:
        return "device", None
    if plain in known["description_columns"] and not numbers:
        return "name", None
    if plain in known["name_columns"] and (len(said) > numbers or plain.endswith(("id", "meter", "register"))):
        return "name", None
    if len(distinct) == 1 and not numbers and _CODE.fullmatch(said[0]):
        return "nothing", f"is the same code in every row, {said[0]}"
    return "value", None


def _is_status(plain: str, distinct: frozenset[str]) -> bool:
    """By its name and its words: a pump's status of On and Off is a value."""
    known = words()
    if coded_good(plain, distinct):
        return True
    vocabulary = {*known["good"], *known["bad"]}
    named_so = any(
        plain == name or plain.endswith((f" {name}", f".{name}", f"_{name}")) for name in known["status_names"]
    )
    judged = {word.lower() for word in distinct}
    if any(word.startswith("{") for word in judged):
        return named_so or judged <= vocabulary
    return named_so and judged <= vocabulary and not judged <= {"0", "1", "true", "false", "normal"}


def _told_apart(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], moments: Sequence[tuple[str, ...]]
) -> tuple[list[Column], list[Column]]:
    """Columns that say what a row is of: named so, or, where moments come more than once, those that tell the rows apart."""
    repeats = len(set(moments)) < len(moments) * _MOSTLY
    naming = [one for one in columns if one.role in ("device", "name") and (repeats or len(one.words) <= 20)]
    if not any(one.role == "value" for one in columns if one not in naming):
        naming = [one for one in naming if not one.numbers]
    if len(naming) > 1:  # a description beside the name of a point tells nothing more
        naming = [one for one in naming if one.what.lower() not in words()["description_columns"]] or naming
    if repeats and not naming:
        naming = _few(columns, cells, moments)
    roles = {one.name: _as_naming(one) for one in naming}
    plain = [roles.get(one.name, _as_value(one)) for one in columns]
    return plain, [one for one in plain if one.name in roles]


def _few(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], moments: Sequence[tuple[str, ...]]
) -> list[Column]:
    texts = [one for one in columns if one.role == "value" and 1 < len(one.words) < 200 and not one.numbers]
    for one in texts:
        if len(set(zip(moments, cells[one.name], strict=True))) >= len(moments) * 0.99:
            return [one]
    return []


def _as_naming(one: Column) -> Column:
    return one if one.role == "device" else Column(one.name, one.what, "name", numbers=one.numbers, words=one.words)


def _as_value(one: Column) -> Column:
    """A description that never changes, or one that names nothing, tells of the row."""
    if one.role not in ("name", "device"):
        return one
    is_text = not one.numbers
    return Column(
        one.name, one.what, "nothing" if is_text else "value", one.unit, "names nothing that tells rows apart" if is_text else None,
        one.numbers, one.words,
    )  # fmt: skip


def says_nothing(column: Column) -> bool:
    """Whether all of its words say that there is no value."""
    return bool(column.words) and all(is_no_value(word) for word in column.words)
