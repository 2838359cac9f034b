"""How a map reads a file, before anything is sent: the first rows, and what cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.decoding.values import is_no_value
from ingestion.sources.replay.recording import BadRow, Cell, Recording, Row

_SHOWN = 10
_CELLS = 6
_MOST = 100_000
"""Rows that are read; a longer file is judged by them."""


@dataclass(slots=True)
class Preview:
    """``values`` are those that say something, ``not_good`` those that the file itself marks, ``other_lines`` are no rows."""

    first: Sequence[Row]
    rows: int = 0
    values: int = 0
    not_good: int = 0
    other_lines: int = 0
    bad: list[BadRow] = field(default_factory=list[BadRow])

    @property
    def lines(self) -> list[str]:
        """A line for each of the first rows."""
        return [_line(row) for row in self.first]


def preview(path: Path, telemetry_map: TelemetryMap) -> Preview:
    """Raises ``InvalidInput`` for a file that does not fit the map."""
    found = Preview(first := [])
    for row in islice(Recording(path, telemetry_map).rows(), _MOST):
        if isinstance(row, Row):
            found.rows += 1
            found.values += sum(1 for cell in row.cells if _says_something(cell) and not cell.bad)
            found.not_good += sum(1 for cell in row.cells if cell.bad)
            if len(first) < _SHOWN:
                first.append(row)
        elif row.fault:
            found.bad.append(row)
        else:
            found.other_lines += 1
    return found


def _says_something(cell: Cell) -> bool:
    return cell.value is not None and not (isinstance(cell.value, str) and is_no_value(cell.value))


def _line(row: Row) -> str:
    at = datetime.fromtimestamp(row.at / 1000, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
    more = f", {len(row.cells) - _CELLS} more" if len(row.cells) > _CELLS else ""
    return f"{at}Z  {row.device}: {', '.join(map(_told, row.cells[:_CELLS]))}{more}"


def _told(cell: Cell) -> str:
    if cell.bad or not _says_something(cell):
        return f"{cell.key} no value"
    number = f"{cell.value:g}" if isinstance(cell.value, float) else str(cell.value)
    return f"{cell.key} {number}{f' {cell.unit}' if cell.unit else ''}"
