"""The rows of an order book, and how it writes times: text in any encoding, or a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from graph_schema.importers.tables import named_rows, read_rows
from ingestion.tables.file import dialect_of, is_moment, lines
from ingestion.tables.guess import guess_times
from ingestion.tables.times import Clock

Rows = Sequence[tuple[int, Mapping[str, str]]]
_MOST_LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class Times:
    """Without a ``clock`` times are in ISO 8601. ``unsure`` says what may be otherwise."""

    clock: Clock | None = None
    form: str | None = None
    unsure: str | None = None

    def moment(self, cell: str) -> datetime:
        """Raises ``ValueError`` or ``InvalidInput``."""
        if self.clock is None:
            return datetime.fromisoformat(cell)
        return datetime.fromtimestamp(self.clock.moment(cell) / 1000, UTC)


def order_rows(path: Path) -> Rows:
    """Rows by line number. Raises ``InvalidInput``."""
    if _is_utf8(path):
        return list(read_rows(path))
    return list(named_rows(path, lines(path, dialect_of(path))))


def times_of(rows: Rows, columns: Sequence[str], zone: ZoneInfo) -> Times:
    """One form for all columns, for one program wrote them: ISO 8601 where most cells are in it."""
    cells = [cells[name] for name in columns for _, cells in rows if name in cells]
    dated = [cell for cell in cells if is_moment(cell)]
    plain = sum(_is_iso(cell) for cell in dated)
    if 2 * plain >= len(dated):
        return Times()
    others = [cell for cell in dated if not _is_iso(cell)]
    guess = guess_times(others[:: max(1, len(others) // _MOST_LOOKED_AT)], {})
    return Times(guess.clock(zone), guess.time_format, guess.unsure) if guess else Times()


def _is_utf8(path: Path) -> bool:
    """Also of a file that cannot be read: its reader says why."""
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    except OSError:
        return True
    return True


def _is_iso(cell: str) -> bool:
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True
