"""How a table lies in its file: where rows begin, which line above names the columns, and which gives their units."""

import re
from collections.abc import Sequence

from ingestion.decoding.values import known_unit
from ingestion.tables.columns import Header, named, title_of
from ingestion.tables.file import Line, is_moment
from ingestion.tables.row_columns import TIME_NAME
from ingestion.tables.words import words

_HEADER_WITHIN = 200
_DATE_PATTERN = re.compile(
    r"(?i)\[?(?:[dmyjau]{2,4}[-./: ]?){2,}(?:h{2}|s{2}|m{2}|u{2})?(?:[:.][hmsu]{2})*\]?|h{1,2}:mm(?::ss)?"
)


def padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]


def first_row(found: Sequence[Line]) -> int | None:
    """The first line with a moment that others follow, of its width and with a moment in the same column."""
    for place, (_, cells) in enumerate(found[:_HEADER_WITHIN]):
        after = [other for _, other in found[place + 1 : place + 6] if len(other) > 1]
        if len(cells) > 1 and (moments := _moments_in(cells)) and _goes_on(moments, len(cells), after):
            return place
    return None


def _goes_on(moments: frozenset[int], width: int, after: Sequence[Sequence[str]]) -> bool:
    """Whether half of the next lines of that width have a moment in the same column, or there is none in any line."""
    alike = [other for other in after if len(other) == width]
    going_on = sum(1 for other in alike if moments & _moments_in(other))
    return 2 * going_on >= len(alike) > 0 or not any(map(_moments_in, after))


def _moments_in(cells: Sequence[str]) -> frozenset[int]:
    return frozenset(column for column, cell in enumerate(cells) if is_moment(cell))


def header_above(found: Sequence[Line], start: int, width: int) -> tuple[Header, bool]:
    """The nearest line above that names as many columns as there are; units may stand between."""
    near = [place for place in range(start - 1, max(-1, start - 6), -1) if _names_columns(found[place][1], width)]
    best = next((place for place in near if not _is_line_of_units(found[place][1])), None)
    place = best if best is not None else next((one for one in near if not _is_all_units(found[one][1])), None)
    if place is not None:
        number, cells = found[place]
        above = list(found[:place])
        return Header(named(padded(cells, max(width, len(cells)))), number, title_of(above), above), True
    return Header(
        [str(number) for number in range(1, width + 1)], 0, title_of(found[:start]), list(found[:start])
    ), False


def _names_columns(cells: Sequence[str], width: int) -> bool:
    """More than half of them, and none beyond."""
    said = sum(1 for cell in cells if cell.strip())
    return said * 2 > width and said > 1 and not any(cell.strip() for cell in cells[width:])


def _is_line_of_units(cells: Sequence[str]) -> bool:
    """Half of it are units, and nothing in it is called a time."""
    said = [cell for cell in cells if cell.strip()]
    others = [cell for cell in said if not _is_unit(cell)]
    return len(others) * 2 <= len(said) and not any(TIME_NAME.search(cell) for cell in others)


def _is_all_units(cells: Sequence[str]) -> bool:
    return all(_is_unit(cell) for cell in cells if cell.strip())


def _is_unit(cell: str) -> bool:
    """A unit, or what stands in a line of units: how the date is written, how a value was made."""
    plain = cell.strip().strip("[]()").strip()
    known = {*words()["unit_columns"], *words()["unit_marks"], "-", "–", ""}
    return known_unit(plain) is not None or plain.lower() in known or _DATE_PATTERN.fullmatch(plain) is not None


def units_below(found: Sequence[Line], start: int, header: Header) -> dict[str, str]:
    """Of a line of units between header and rows."""
    for number, cells in found[max(0, start - 3) : start]:
        said = [cell for cell in cells if cell.strip()]
        if number > header.line and said and sum(1 for cell in said if _is_unit(cell)) * 2 >= len(said):
            units = {
                name: known_unit(cell.strip().strip("[]()").strip())
                for name, cell in zip(header.names, cells, strict=False)
            }
            if known := {name: unit for name, unit in units.items() if unit}:
                return known
    return {}


def legend_in(above: Sequence[Line], header: Header) -> dict[str, str]:
    """A block such as ``Point_1: AHU9.SAT`` above the header says what the columns are."""
    names = {name.strip("<> :"): name for name in header.names}
    found: dict[str, str] = {}
    for _, cells in above:
        said = [cell.strip() for cell in cells if cell.strip()]
        name = names.get(said[0].rstrip(":").strip()) if len(said) > 1 else None
        if name and said[1].rstrip(":") != name:
            found[name] = said[1]
    return found
