"""Readings whose moment nobody knows: a broker delivers what it retains whenever somebody subscribes, and the message states no time.

Such a value is kept once, at the moment when it was first seen, and marked: the present does not take it for fresh.
"""

from collections.abc import Sequence
from datetime import timedelta

from graph_schema.statements import statements
from ingestion.decoding.clock_skew import TOLERATED_MS
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Clock, Reading, wall_clock

_SQL = statements("ingestion.live", "undated.sql")


class Undated:
    """The marks, beside history. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History, clock: Clock = wall_clock) -> None:
        self._history = history
        self._clock = clock

    async def first_seen(self, readings: Sequence[Reading]) -> list[Reading]:
        """Those that say something new, marked. A value that is the newest of its series, or that was kept in this way before, does not."""
        sources = sorted({reading.source for reading in readings})
        latest = self._clock() + timedelta(milliseconds=TOLERATED_MS)
        known = {
            row["source"]: row
            for row in await self._history.fetch(_SQL["known"], {"sources": sources, "latest": latest})
        }
        new = [reading for reading in readings if not _is_known(reading, known.get(reading.source))]
        if new:
            marks = {"sources": [reading.source for reading in new], "moments": [reading.at for reading in new]}
            await self._history.fetch(_SQL["mark"], marks)
        return new

    async def among(self, readings: Sequence[Reading]) -> list[Reading]:
        """Those of them that are marked."""
        rows = await self._history.fetch(_SQL["marks"], {"sources": [reading.source for reading in readings]})
        marked = {(row["source"], milliseconds(row["at"])) for row in rows}
        return [reading for reading in readings if (reading.source, reading.at) in marked]


def _is_known(reading: Reading, row: dict[str, object] | None) -> bool:
    if row is None:
        return False
    newest, undated = (row["value"], row["text"]), (row["undated_value"], row["undated_text"])
    return (reading.value, reading.text) in (newest, undated)
