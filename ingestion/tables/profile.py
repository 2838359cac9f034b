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
from ingestion.tables.columns import Header, named, title_of
from ingestion.tables.file import Dialect, Line, dialect_of, is_moment, lines
from ingestion.tables.guess import TimeGuess, guess_times
from ingestion.tables.words import words

Role = Literal["value", "name", "device", "unit", "status", "nothing"]

_MOST_ROWS = 50_000
_HEADER_WITHIN = 200
_JUDGED = 2_000
"""Cells of a column that are looked at; times, and what a comma is, are decided from all of them."""
_UNIT_AT_END = re.compile(r"(.*?)[\s_]*[\[(]\s*([^\[\]()]+?)\s*[\])]\s*$")
_CLOCK = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:[:.m]\d{2}(?:[.,]\d+)?)?s?(?:\s*[AaPp]\.?\s?[Mm]\.?)?(?:\s*(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2}))?"
)
_ZONE = re.compile(r"[A-Z]{1,5}|[+-]\d{1,2}:?(?:\d{2})?|(?:UTC|GMT) ?[+-]\d{1,2}(?::?\d{2})?")
_TIME_NAME = re.compile(
    r"(?i)time|date|zeit|datum|heure|horodat|hora|fecha|\bts\b|orario|\bdata\b|tijd|stamp|epoch|unix|moment"
)
_HOURS = re.compile(r"\d[:h]\d\d")
_MOSTLY = 0.9
_CLOCKS_ACROSS = 12
"""Columns that are called as times of the day are."""


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
    """``legend`` says what point a column's name stands for, ``tells_apart`` which columns name what a row is of."""

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


def profile_of(path: Path) -> Profile:
    """Raises ``InvalidInput`` that says what is lacking in a file that cannot be understood."""
    dialect = dialect_of(path)
    found = list(islice(lines(path, dialect), _MOST_ROWS))
    if not any(any(cells) for _, cells in found):
        raise InvalidInput(f"The file {path} is empty.")
    start = _first_row(found)
    if start is None:
        raise InvalidInput(_no_times(path, found))
    width = Counter(len(cells) for _, cells in found[start : start + 50]).most_common(1)[0][0]
    header, has_names = _header(found, start, width)
    rows = [_padded(cells, width) for _, cells in found[start:] if _is_row(cells, header, has_names)]
    return _profiled(path, dialect, header, has_names, rows, found[:start], found)


def _no_times(path: Path, found: Sequence[Line]) -> str:
    first = next(cells for _, cells in found if any(cells))
    return (
        f"The file {path} has no column of times that are understood: its first line is “{' | '.join(first)[:120]}”, "
        "and readings need a date, or seconds since 1970, in each row."
    )


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]


def _is_row(cells: Sequence[str], header: Header, has_names: bool) -> bool:
    if has_names and header.is_again(cells):
        return False
    return any(is_moment(cell) for cell in cells) and sum(1 for cell in cells if cell.strip()) > 1


# Where rows begin, and what stands above them


def _first_row(found: Sequence[Line]) -> int | None:
    """The first line with a moment that others of its width follow."""
    timed = [len(cells) if len(cells) > 1 and any(map(is_moment, cells)) else 0 for _, cells in found]
    for place, width in enumerate(timed[:_HEADER_WITHIN]):
        after = timed[place + 1 : place + 6]
        if width and (width in after or not any(after)):
            return place
    return None


def _header(found: Sequence[Line], start: int, width: int) -> tuple[Header, bool]:
    """The nearest line above that names as many columns as there are; units may stand between."""
    for place in range(start - 1, max(-1, start - 6), -1):
        number, cells = found[place]
        said = [cell for cell in cells if cell.strip()]
        if len(said) * 2 > width and len(said) > 1 and not all(_is_unit(cell) for cell in said):
            above = list(found[:place])
            return Header(named(_padded(cells, max(width, len(cells)))), number, title_of(above), above), True
    return Header(
        [str(number) for number in range(1, width + 1)], 0, title_of(found[:start]), list(found[:start])
    ), False


def _is_unit(cell: str) -> bool:
    plain = cell.strip().strip("[]()").strip()
    return known_unit(plain) is not None or plain in ("-", "–", "") or plain.lower() in words()["unit_columns"]


def _units_below(found: Sequence[Line], start: int, header: Header) -> dict[str, str]:
    """Of a line of units between header and rows."""
    for number, cells in found[max(0, start - 3) : start]:
        said = [cell for cell in cells if cell.strip()]
        if number > header.line and said and sum(1 for cell in said if _is_unit(cell)) * 2 >= len(said):
            units = {
                name: known_unit(cell.strip().strip("[]()").strip())
                for name, cell in zip(header.names, cells, strict=False)
            }
            return {name: unit for name, unit in units.items() if unit}
    return {}


def _legend(above: Sequence[Line], header: Header) -> dict[str, str]:
    """A block such as ``Point_1: AHU9.SAT`` above the header says what the columns are."""
    names = {name.strip("<> :"): name for name in header.names}
    found: dict[str, str] = {}
    for _, cells in above:
        said = [cell.strip() for cell in cells if cell.strip()]
        name = names.get(said[0].rstrip(":").strip()) if len(said) > 1 else None
        if name and said[1].rstrip(":") != name:
            found[name] = said[1]
    return found


# What the columns are


def _profiled(
    path: Path, dialect: Dialect, header: Header, has_names: bool, rows: Sequence[Sequence[str]], above: Sequence[Line],
    found: Sequence[Line],
) -> Profile:  # fmt: skip
    names = header.names
    cells = {name: [row[place].strip() if place < len(row) else "" for row in rows] for place, name in enumerate(names)}
    is_comma = dialect.separator == ";"
    if sum(1 for name in names if _CLOCK.fullmatch(name)) >= _CLOCKS_ACROSS:
        raise InvalidInput(f"The file {path} has a column for each time of the day. Write a row for each time instead.")
    times, when = _times(path, cells, is_comma)
    units = _units_below(found, len(above), header) if has_names else {}
    decimal, unsure = _decimal([texts for name, texts in cells.items() if name not in times], is_comma)
    columns = [_column(name, texts, units.get(name), decimal) for name, texts in cells.items() if name not in times]
    moments = list(zip(*(cells[name] for name in times), strict=True))
    columns, apart = _told_apart(columns, cells, moments)
    said = [*([when.unsure] if when.unsure else []), *unsure, *_doubtful_zones(when)]
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
        _legend(header.above, header),
        said,
        titles,
        rows[0],
    )


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
    for name in sorted(likely, key=lambda name: (not _TIME_NAME.search(name), list(cells).index(name))):
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
    clock = (
        None if has_clock else next((one for one in others if _share(cells[one], _CLOCK.fullmatch) >= _MOSTLY), None)
    )
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


def _column(name: str, texts: Sequence[str], unit: str | None, decimal: DecimalSign | None) -> Column:
    what, own = _name_and_unit(name)
    said = [text for text in texts if text]
    if re.fullmatch(r"\d+", name) and said[:50] in (
        [str(n) for n in range(len(said[:50]))],
        [str(n + 1) for n in range(len(said[:50]))],
    ):
        return Column(name, name, "nothing", why="counts the rows")
    said = said if len(said) <= _JUDGED else [*said[:500], *said[:: len(said) // _JUDGED + 1]]
    numbers = sum(1 for text in said if isinstance(number_in(text, decimal), Number))
    distinct = frozenset(list(dict.fromkeys(said))[:200])
    role, why = _role(what, said, numbers, distinct)
    return Column(name, what, role, own or unit, why, numbers, distinct)


def _name_and_unit(name: str) -> tuple[str, str | None]:
    """``Value (°F)``, ``Vorlauf [°C]``, ``power_kW``, ``Temp °C``."""
    bracketed = _UNIT_AT_END.fullmatch(name)
    if bracketed and (unit := known_unit(bracketed[2])):
        return bracketed[1].strip() or name, unit
    before, _, last = name.replace("_", " ").rpartition(" ")
    unit = known_unit(last) if before and last not in ("C", "F", "A", "V", "h", "m", "s", "d", "g", "t", "in") else None
    return (name[: len(before)], unit) if unit else (name, known_unit(name) if len(name) > 1 else None)


def _role(what: str, said: Sequence[str], numbers: int, distinct: frozenset[str]) -> tuple[Role, str | None]:
    plain, known = what.strip().lower(), words()
    if not said:
        return "nothing", "is empty"
    if plain in known["ignored_columns"]:
        return "nothing", "tells of the row, not of the plant"
    if plain in known["labels"]:
        return "nothing", "looks like a label, not like a measurement"
    if plain in known["unit_columns"]:
        return "unit", None
    if _is_status(plain, distinct):
        return "status", None
    if plain in known["device_columns"]:
        return "device", None
    if plain in known["name_columns"] and (len(said) > numbers or plain.endswith(("id", "meter", "register"))):
        return "name", None
    return "value", None


def _is_status(plain: str, distinct: frozenset[str]) -> bool:
    """By its name and its words: a pump's status of On and Off is a value."""
    known = words()
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
