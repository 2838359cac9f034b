"""Readings summed up over minutes, quarters of an hour, hours and days, so that long windows are read quickly.

Every writer marks the hours whose readings it changes (``changed_hour``) in its own transaction; here they are summed up from the readings
and the marks removed, in one transaction as well. Whoever reads takes marked hours from the readings, so that a rollup that is behind,
or a process that is killed at any moment, never changes an answer. The SQL is in ``rollups.sql``.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, LiteralString, cast

import psycopg

from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock, wall_clock

log = logging.getLogger(__name__)

_SQL = statements("ingestion.history", "rollups.sql")
KEY = 0x726F6C6C757073  # "rollups"
DENSE = 180
"""Readings of an hour from which on its minutes are summed up too."""
_ROLLUPS = (
    ("quarters", "of_readings", {"width": timedelta(minutes=15)}),
    ("hours", "of_rollups", {"dense": DENSE}),
    ("minutes", "of_readings", {"width": timedelta(minutes=1)}),
    ("days", "of_rollups", {"dense": DENSE}),
)
_SETTLING = timedelta(minutes=62)
"""From the beginning of an hour until it is summed up: it is over, and what is usually late has come."""

_FIRST_BATCH, _SMALLEST_BATCH, _LARGEST_BATCH = 100, 4, 5_000
_BATCH_S = 1.0
_PATIENCE_S = 30.0


class Rollups:
    """Keeps the rollups of one history. Of several, in whatever processes, one works and the others find nothing to do."""

    def __init__(self, history: History, clock: Clock = wall_clock) -> None:
        self._history = history
        self._clock = clock
        self._most = _FIRST_BATCH

    async def catch_up(self, *, breath: float = 0.0, progress: Callable[[int, int], None] | None = None) -> int:
        """Sum up all hours that are over and changed, and return how many. Between batches it rests for ``breath`` times their time.

        ``progress`` is told how many of how many are done.
        """
        try:
            async with exclusively(self._history) as connection:
                return await self._all(connection, breath, progress) if connection else 0
        except (Unavailable, psycopg.Error):
            self._most = max(_SMALLEST_BATCH, self._most // 4)
            raise

    async def _all(
        self, connection: psycopg.AsyncConnection, breath: float, progress: Callable[[int, int], None] | None
    ) -> int:
        total = 0
        waiting = (await _row(connection, "waiting", {"before": self._before()}))[0] if progress else 0
        began = monotonic()
        while done := await self._batch(connection):
            total += done
            if progress:
                progress(total, max(waiting, total))
            await asyncio.sleep(breath * (monotonic() - began))
            began = monotonic()
        return total

    def _before(self) -> datetime:
        return self._clock() - _SETTLING

    async def _batch(self, connection: psycopg.AsyncConnection) -> int:
        if not (await _row(connection, "is_claimed"))[0]:
            claimed = await connection.execute(_sql("claim"), {"before": self._before(), "most": self._most})
            if not claimed.rowcount:
                return 0
        if not await _writers_are_done(connection):
            return 0
        await connection.execute(_sql("make_parts"))
        began = monotonic()
        done = await _sum_up(connection, self._most)
        wished = int(self._most * _BATCH_S / max(monotonic() - began, 0.001))
        self._most = min(max(wished, self._most // 4, _SMALLEST_BATCH), self._most * 2, _LARGEST_BATCH)
        return done


@asynccontextmanager
async def exclusively(history: History) -> AsyncGenerator[psycopg.AsyncConnection | None]:
    """A connection for the only one who sums up or removes readings; None where somebody else is at it."""
    async with history.connection() as connection:
        if not (await _row(connection, "try_lock", {"key": KEY}))[0]:
            yield None
            return
        try:
            yield connection
        finally:
            if not connection.closed:
                await connection.execute(_sql("unlock"), {"key": KEY})


async def _writers_are_done(connection: psycopg.AsyncConnection) -> bool:
    """Wait for those who may have found a mark from before it was claimed, and so left none of their own."""
    moment = (await _row(connection, "moment"))[0]
    patience = monotonic() + _PATIENCE_S
    while not (await _row(connection, "is_over", {"moment": moment}))[0]:
        if monotonic() > patience:
            log.info("A transaction on the history database has been open for long; the rollups wait for it.")
            return False
        await asyncio.sleep(0.05)
    return True


async def _sum_up(connection: psycopg.AsyncConnection, most: int) -> int:
    """Some of the claimed hours, in one transaction: its end is the moment from which on they count."""
    await connection.execute(_sql("create_batch"))
    async with connection.transaction():
        await connection.execute(_sql("plan"))
        taken = await connection.execute(_sql("take"), {"most": most})
        if taken.rowcount:
            await connection.execute(_sql("clear"))
            for name, source, parameters in _ROLLUPS:
                await connection.execute(cast(LiteralString, f"{_SQL[name]}\n{_SQL[source]}"), parameters)
            await connection.execute(_sql("mark_unfit"))
        return taken.rowcount


async def _row(
    connection: psycopg.AsyncConnection, name: str, parameters: dict[str, Any] | None = None
) -> tuple[Any, ...]:
    row = await (await connection.execute(_sql(name), parameters)).fetchone()
    assert row
    return row


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
