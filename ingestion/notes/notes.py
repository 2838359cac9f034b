"""Notes that people leave at assets: who, when, what. They are added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph_schema.errors import InvalidInput
from graph_schema.statements import statements
from ingestion.history.history import History, Row

LONGEST = 2_000
"""Characters of a note."""
_LONGEST_AUTHOR = 200
_SQL = statements("ingestion.notes", "notes.sql")


@dataclass(frozen=True, slots=True)
class Note:
    """``asset`` is an id of the graph; ``text`` is what somebody wrote, and is only ever shown."""

    id: int
    asset: str
    author: str
    at: datetime
    text: str


class Notes:
    """The ``note`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def add(self, asset: str, author: str, at: datetime, text: str) -> Note:
        """Raises ``InvalidInput`` for a text that is empty or too long."""
        text = text.strip()
        if not text:
            raise InvalidInput("A note needs a text.")
        if len(text) > LONGEST:
            raise InvalidInput(f"A note has at most {LONGEST:,} characters; this one has {len(text):,}.")
        if "\0" in text:
            raise InvalidInput("The text of the note holds characters that cannot be stored.")
        given = {"asset": asset, "author": author.strip()[:_LONGEST_AUTHOR] or "unknown", "at": at, "text": text}
        (row,) = await self._history.fetch(_SQL["add"], given)
        return Note(**row)

    async def of(self, assets: Sequence[str], now: datetime, limit: int) -> tuple[list[Note], int]:
        """Those of these assets until ``now``, the newest first, and how many there are."""
        return _found(await self._history.fetch(_SQL["of_assets"], {"assets": [*assets], "now": now, "limit": limit}))

    async def between(self, start: datetime, end: datetime, limit: int) -> tuple[list[Note], int]:
        """Those that were left in a window, the newest first, and how many there are."""
        return _found(await self._history.fetch(_SQL["between"], {"start": start, "end": end, "limit": limit}))


def _found(rows: Sequence[Row]) -> tuple[list[Note], int]:
    found = [Note(row["id"], row["asset"], row["author"], row["at"], row["text"]) for row in rows]
    return found, rows[0]["total"] if rows else 0
