"""A window of history in the fewest pieces: whole days, hours, quarters and minutes from the rollups, and readings at its edges.

A statement begins with the text of ``segments`` and goes on with what it makes of ``segment``; its answer is what the readings alone
would give. The SQL is in ``segments.sql``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_schema.statements import statements

_WIDTHS = (("1d", 86_400), ("1h", 3_600), ("15m", 900), ("1m", 60))
DAY_S, HOUR_S = 86_400, 3_600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a window that is read from the rollups of one width (``1d``, ``1h``, ``15m``, ``1m``), or ``raw``."""

    width: str
    since: datetime
    until: datetime


def segments() -> str:
    """The beginning of a statement."""
    return statements("ingestion.history", "segments.sql")["segments"]


def parameters(sources: Sequence[str], pieces: Sequence[Piece]) -> dict[str, Any]:
    """What ``segments`` needs. Without pieces there is nothing to ask for."""
    return {
        "sources": list(sources),
        "widths": [piece.width for piece in pieces],
        "sinces": [piece.since for piece in pieces],
        "untils": [piece.until for piece in pieces],
        "first": min(piece.since for piece in pieces),
        "last": max(piece.until for piece in pieces),
    }


def pieces(since: datetime, until: datetime, widest_s: int = DAY_S) -> list[Piece]:
    """The window from the widest rollups inside it, of at most ``widest_s``, outwards to the readings of its edges; in order of time."""
    return _split(since, until, [width for width in _WIDTHS if width[1] <= widest_s])


def widest(edges: Iterable[datetime]) -> int:
    """Seconds of the longest rollup that none of these moments divides; 0 where a minute is too long."""
    found = DAY_S
    for edge in edges:
        while found and (edge - _EPOCH) % timedelta(seconds=found):
            found = next((seconds for _, seconds in _WIDTHS if seconds < found), 0)
    return found


def _split(since: datetime, until: datetime, widths: Sequence[tuple[str, int]]) -> list[Piece]:
    if since >= until:
        return []
    if not widths:
        return [Piece("raw", since, until)]
    (name, seconds), finer = widths[0], widths[1:]
    width = timedelta(seconds=seconds)
    first, last = since + (_EPOCH - since) % width, until - (until - _EPOCH) % width
    if first >= last:
        return _split(since, until, finer)
    return [*_split(since, first, finer), Piece(name, first, last), *_split(last, until, finer)]
