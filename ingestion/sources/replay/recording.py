"""A recorded file, a table in text or in a workbook, read row by row as its map says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from graph_schema.units import unit_name
from ingestion.decoding.telemetry_map import FILE, TITLE, Csv, TelemetryMap, Value, filled
from ingestion.decoding.values import DecimalSign
from ingestion.tables.columns import Header, header_with, is_remark, title_of
from ingestion.tables.file import Line, dialect_of, lines
from ingestion.tables.times import Clock

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row under its key; ``unit`` is the one that the map states, ``bad`` why the file itself calls it no good."""

    key: str
    value: Any
    unit: str | None = None
    bad: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """``at`` is epoch milliseconds; ``fields`` are all the row's fields."""

    line: int
    device: str
    at: int
    cells: Sequence[Cell]
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, or, without a fault, a line that is none."""

    line: int
    why: str
    fault: bool = True


class Recording:
    """A file and what the map says of it. Raises ``InvalidInput`` for a file that does not fit the map."""

    def __init__(self, path: Path, telemetry_map: TelemetryMap) -> None:
        if not telemetry_map.csv:
            raise InvalidInput("The map has no csv section, so it does not say what the columns are.")
        self.path = path
        self._zone = telemetry_map.zone
        self._spec = self._fitting(telemetry_map.csv)
        self._decimal: DecimalSign | None = self._spec.decimal or telemetry_map.decimal
        self.header: list[str] = []

    def count(self) -> int:
        """How many rows there are, or a few more."""
        return max(0, sum(1 for _, cells in self._lines(self._spec) if any(cells)) - 1)

    def rows(self) -> Iterator[Row | BadRow]:
        """In the file's order. Raises ``InvalidInput``."""
        lines = self._lines(self._spec)
        header = self._header_of(lines, self._spec)
        self.header = header.names
        reader = _RowReader(self._spec, header, self.path.stem, self._decimal, self._zone)
        for line, fields in lines if self._spec.header else self._lines(self._spec):
            if any(cell.strip() for cell in fields) and (row := reader.row(line, fields)):
                yield row

    def telling_apart(self, one: Row, other: Row) -> list[str]:
        """The columns in which two rows differ, but for their times and values."""
        used = {*self._spec.times, *self._spec.columns}
        pairs = zip(self.header, one.fields, other.fields, strict=False)
        return [name for name, a, b in pairs if a != b and name not in used]

    def _lines(self, spec: Csv) -> Iterator[Line]:
        return lines(self.path, dialect_of(self.path, spec.encoding, spec.separator, spec.sheet))

    def _fitting(self, specs: Sequence[Csv]) -> Csv:
        """The first whose columns the file has; a single one is judged when the file is read."""
        for spec in specs[:-1]:
            with suppress(InvalidInput):
                self._header_of(self._lines(spec), spec)
                return spec
        return specs[-1]

    def _header_of(self, lines: Iterator[Line], spec: Csv) -> Header:
        wanted = spec.wanted
        if not spec.header:
            widths = Counter(len(cells) for _, cells in islice(lines, 100) if len(cells) > 1)
            width = widths.most_common(1)[0][0] if widths else 0
            found, seen = Header([str(number) for number in range(1, width + 1)]), [str(width)]
            if missing := [name for name in wanted if name not in found.names]:
                raise InvalidInput(f"The file {self.path} has no column “{missing[0]}”. It has {seen[0]}.")
            return found
        found, seen = header_with(lines, wanted)
        if found is None:
            missing = next((name for name in wanted if name not in seen), wanted[0])
            raise InvalidInput(f"The file {self.path} has no column “{missing}”. It has: {', '.join(seen)}.")
        return found


class _RowReader:
    """Makes rows of lines below a header; a header that comes again begins the next page, under its own title."""

    def __init__(self, spec: Csv, header: Header, file: str, decimal: DecimalSign | None, zone: ZoneInfo) -> None:
        self._spec = spec
        self._header = header
        self._decimal: DecimalSign | None = decimal
        self._clock = _LocalTime(spec, zone)
        self._columns = [(header.names.index(name), value) for name, value in spec.columns.items()]
        self._times = [header.names.index(name) for name in spec.times]
        self._around = {FILE: file, TITLE: header.title}
        self._is_named = any("{" in text for text in (spec.device, *map(_templates, spec.columns.values())))
        self._needs_title = any(
            f"{{{TITLE}}}" in text for text in (spec.device, *map(_templates, spec.columns.values()))
        )
        self._place = {name: header.names.index(name) for name in spec.statuses}
        self._good = {word.strip().casefold() for word in spec.good}
        self._above: list[Line] = []
        self._is_first = True

    def row(self, line: int, fields: list[str]) -> Row | BadRow | None:
        """None for a header that comes again."""
        names = self._header.names
        if self._header.is_again(fields):
            return self._next_page(line)
        time = " ".join(fields[place].strip() for place in self._times if place < len(fields)).strip()
        try:
            at = self._clock.moment(time, self._device(fields)) if len(fields) >= len(names) else None
            return self._read(line, fields, at)
        except InvalidInput as error:
            if is_remark(fields, time, self._is_first):
                self._above.append((line, fields))
                return BadRow(line, "is no row of the table", fault=False)
            return BadRow(line, str(error))

    def _read(self, line: int, fields: list[str], at: int | None) -> Row:
        names = self._header.names
        if at is None:
            raise InvalidInput(f"has {len(fields)} of {len(names)} columns")
        if extra := [cell for cell in fields[len(names) :] if cell.strip()]:
            raise InvalidInput(f"has {len(names) + len(extra)} columns, and the header {len(names)}")
        self._is_first, self._above = False, []
        device = self._device(fields)
        if not device:
            raise InvalidInput("The device has no name.")
        return Row(line, device, at, [self._cell(fields, place, value) for place, value in self._columns], fields)

    def _next_page(self, line: int) -> BadRow | None:
        title = title_of(self._above)
        self._is_first, self._above = True, []
        if not title or title == self._around[TITLE]:
            return None
        if not self._needs_title:
            raise InvalidInput(
                f"At line {line} another table begins, “{title}”, after “{self._around[TITLE]}”. Say in the map's device or key which is which, with {{title}}."
            )
        self._around[TITLE] = title
        return None

    def _device(self, fields: Sequence[str]) -> str:
        return self._filled(self._spec.device, fields).replace("/", ":") if self._is_named else self._spec.device

    def _cell(self, fields: Sequence[str], place: int, value: Value) -> Cell:
        status = value.status or self._spec.status
        word = fields[self._place[status]].strip() if status else ""
        bad = f"“{word}” in {status} is not among the map's good words." if status and not self._is_good(word) else None
        unit = self._filled(value.unit, fields) or None if value.unit and self._is_named else value.unit
        key = self._filled(value.key, fields) if self._is_named else value.key
        return Cell(key, value.convert(fields[place], self._decimal), unit and unit_name(unit), bad)

    def _is_good(self, word: str) -> bool:
        return word.casefold() in self._good

    def _filled(self, template: str, fields: Sequence[str]) -> str:
        return filled(template, self._around | dict(zip(self._header.names, fields, strict=False)))


def _templates(value: Value) -> str:
    return value.key + (value.unit or "")


class _LocalTime:
    """In the hour that comes twice in autumn, local times of a device go on: the second 1:30 is an hour after the first."""

    def __init__(self, spec: Csv, zone: ZoneInfo) -> None:
        self._clock = Clock(spec.zone(zone), spec.time_format, spec.zones, spec.language)
        self._before: dict[str, int] = {}

    def moment(self, text: str, device: str) -> int:
        before = self._before.get(device, 0)
        at = self._clock.moment(text)
        if at <= before < at + _HOUR_MS:
            late = self._clock.moment(text, fold=1)
            at = late if late > before else at
        self._before[device] = at
        return at
