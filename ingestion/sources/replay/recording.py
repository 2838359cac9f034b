"""A recorded file in CSV, read row by row as its map says."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import moment
from ingestion.decoding.telemetry_map import Csv, TelemetryMap, Value, filled
from ingestion.decoding.values import DecimalSign

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row under its key; ``unit`` is the one that the map states."""

    key: str
    value: Any
    unit: str | None = None


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
    """A row that cannot be read."""

    line: int
    why: str


class Recording:
    """A file and what the map says of it. Raises ``InvalidInput`` for a file that does not fit the map."""

    def __init__(self, path: Path, telemetry_map: TelemetryMap) -> None:
        if telemetry_map.csv is None:
            raise InvalidInput("The map has no csv section, so it does not say what the columns are.")
        self.path = path
        self._spec = telemetry_map.csv
        self._zone = telemetry_map.zone
        self._decimal: DecimalSign | None = telemetry_map.csv.decimal or telemetry_map.decimal
        self.header: list[str] = []

    def count(self) -> int:
        """How many rows there are."""
        try:
            with self.path.open("rb") as file:
                return max(0, sum(1 for line in file if line.strip()) - 1)
        except OSError as error:
            raise InvalidInput(f"The file {self.path} cannot be read: {error.strerror}.") from error

    def rows(self) -> Iterator[Row | BadRow]:
        """In the file's order. Raises ``InvalidInput``."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(csv.reader(file))
        except OSError as error:
            raise InvalidInput(f"The file {self.path} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise InvalidInput(f"The file {self.path} is not CSV in UTF-8: {error}") from error

    def telling_apart(self, one: Row, other: Row) -> list[str]:
        """The columns in which two rows differ, but for their times and values."""
        used = {self._spec.time.strip(), *self._spec.columns}
        pairs = zip(self.header, one.fields, other.fields, strict=False)
        return [name for name, a, b in pairs if a != b and name not in used]

    def _rows(self, reader: Iterator[list[str]]) -> Iterator[Row | BadRow]:
        self.header = header = [name.strip() for name in next(reader, list[str]())]
        self._check(header)
        columns = [(header.index(name), value) for name, value in self._spec.columns.items()]
        clock = _LocalTime(self._spec, self._zone)
        for line, fields in enumerate(reader, start=2):
            if not any(fields):
                continue
            if len(fields) < len(header):
                yield BadRow(line, f"has {len(fields)} of {len(header)} columns")
                continue
            try:
                yield self._row(line, fields, columns, clock)
            except InvalidInput as error:
                yield BadRow(line, str(error))

    def _check(self, header: Sequence[str]) -> None:
        wanted = [self._spec.time.strip(), *self._spec.columns, *(part.strip() for part in self._spec.parts)]
        if missing := [name for name in wanted if name not in header]:
            raise InvalidInput(f"The file {self.path} has no column “{missing[0]}”. It has: {', '.join(header)}.")

    def _row(self, line: int, fields: list[str], columns: Sequence[tuple[int, Value]], clock: "_LocalTime") -> Row:
        named = dict(zip(self.header, fields, strict=False)) if self._spec.parts else {}
        device = filled(self._spec.device, named).replace("/", ":") if named else self._spec.device
        at = clock.moment(fields[self.header.index(self._spec.time.strip())], device)
        cells = [
            Cell(
                filled(value.key, named) if named else value.key,
                value.convert(fields[place], self._decimal),
                value.unit,
            )
            for place, value in columns
        ]
        if not device:
            raise InvalidInput("The device has no name.")
        return Row(line, device, at, cells, fields)


class _LocalTime:
    """In the hour that comes twice in autumn, local times of a device go on: the second 1:30 is an hour after the first."""

    def __init__(self, spec: Csv, zone: ZoneInfo) -> None:
        self._spec = spec
        self._zone = zone
        self._before: dict[str, int] = {}

    def moment(self, text: str, device: str) -> int:
        before = self._before.get(device, 0)
        at = moment(text, self._zone, self._spec.time_format)
        if at <= before < at + _HOUR_MS:
            late = moment(text, self._zone, self._spec.time_format, fold=1)
            at = late if late > before else at
        self._before[device] = at
        return at
