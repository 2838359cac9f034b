"""What changed: one append-only table in PostgreSQL, written in the transaction that makes a change true and read in its order.

Writers go one after the other (the table sees to it), so ``seq`` is the order of the commits: a reader that has come to a position has
missed nothing before it. NOTIFY only wakes readers; what they read is in the table.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import class_row

from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock, wall_clock

log = logging.getLogger(__name__)

CHANNEL = "change"
KEEP = timedelta(days=14)
KEEP_ROWS = 2_000_000
WAIT_FOR_READERS = timedelta(days=7)
"""A reader that has not come for this long is not waited for."""

_SQL = statements("ingestion", "changes.sql")
_BATCH = 500
_LOOK_S = 10.0  # a safety net: a reader is woken by NOTIFY
_ALIVE_S = 3600.0
_AGAIN_S = 1.0
_READER_LOCK = 0x6368  # the first of two keys; the second is the reader's name


@dataclass(frozen=True, slots=True)
class NewChange:
    """``kind`` is a noun and what happened to it (``alarm.raised``), ``subject`` the id of what changed, ``data`` JSON."""

    kind: str
    subject: str
    moment: datetime
    data: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was recorded. ``seq`` grows in the order in which changes became true; it has gaps."""

    seq: int
    kind: str
    subject: str
    moment: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes in order. ``missed``: how many were removed before this reader came to them."""

    changes: Sequence[Change]
    missed: int = 0


async def record(connection: psycopg.AsyncConnection, changes: Sequence[NewChange]) -> None:
    """Write them within the caller's transaction, as its last statement: from here to the commit other writers wait."""
    if changes:
        rows = json.dumps([asdict(change) for change in changes], default=datetime.isoformat)
        await connection.execute(_text("add"), {"changes": rows})


async def newest(history: History) -> int:
    """The position of now. Raises ``Unavailable``."""
    return (await history.fetch(_SQL["newest"]))[0]["seq"]


async def follow(
    history: History, since: int | None = None, *, kinds: Sequence[str] | None = None
) -> AsyncGenerator[Batch]:
    """What comes after a position, for who needs no memory. Outages of the database are waited for.

    Without a position it begins now, and an empty batch says so: what is read elsewhere after that misses nothing.
    """
    while True:
        try:
            async with history.session() as connection:
                await connection.execute(f"listen {CHANNEL}")
                if since is None:
                    since = await _newest(connection)
                    yield Batch([])
                while True:
                    found, since = await _after(connection, since, kinds)
                    if found:
                        yield Batch(found)
                    else:
                        await _woken(connection)
        except Unavailable as error:
            log.warning("Changes cannot be read, and are tried again: %s", error)
        await asyncio.sleep(_AGAIN_S)


async def deliver(history: History, name: str, *, kinds: Sequence[str] | None = None) -> AsyncGenerator[Batch]:
    """All changes to the reader of this name, in order, each at least once, over restarts and whatever process it runs in.

    A batch counts as dealt with when the next one is asked for; what was under way when a process died comes again. Of several
    processes that read under one name one has its turn, the others stand by. A new name begins with what comes from now on.
    Close it when you leave (``contextlib.aclosing``).
    """
    while True:
        try:
            async with history.session() as connection:
                await connection.execute(f"listen {CHANNEL}")
                await _turn(connection, name)
                async with aclosing(_deliver(connection, name, kinds)) as batches:
                    async for batch in batches:
                        yield batch
        except Unavailable as error:
            log.warning("Changes cannot be read by %s, and are tried again: %s", name, error)
        await asyncio.sleep(_AGAIN_S)


async def _deliver(
    connection: psycopg.AsyncConnection, name: str, kinds: Sequence[str] | None
) -> AsyncGenerator[Batch]:
    row = await (await connection.execute(_text("enter"), {"name": name})).fetchone()
    kept, missed = cast(tuple[int, int], row)
    if missed:
        log.warning("%s was away for too long: %d changes were removed before it read them.", name, missed)
    loop = asyncio.get_running_loop()
    seq, kept_at = kept, loop.time()
    while True:
        found, seq = await _after(connection, seq, kinds)
        if found or missed:
            yield Batch(found, missed)
        elif loop.time() - kept_at < _ALIVE_S:
            await _woken(connection)
            continue
        await connection.execute(_text("moved"), {"name": name, "seq": seq})
        missed, kept_at = 0, loop.time()


async def _turn(connection: psycopg.AsyncConnection, name: str) -> None:
    """Wait until no other process reads under this name. The lock goes with the connection, so with the process."""
    while True:
        query = "select pg_try_advisory_lock(%s, hashtext(%s))"
        row = await (await connection.execute(query, [_READER_LOCK, name])).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(_AGAIN_S)


async def _woken(connection: psycopg.AsyncConnection) -> None:
    async for _ in connection.notifies(timeout=_LOOK_S, stop_after=1):
        pass


async def _after(
    connection: psycopg.AsyncConnection, seq: int, kinds: Sequence[str] | None
) -> tuple[list[Change], int]:
    """The next changes of these kinds, and the position that a reader of them has then come to."""
    last = await _newest(connection)
    cursor = connection.cursor(row_factory=class_row(Change))
    given = {"seq": seq, "last": last, "kinds": list(kinds) if kinds else None, "limit": _BATCH}
    await cursor.execute(_text("after"), given)
    found = await cursor.fetchall()
    return found, found[-1].seq if len(found) == _BATCH else max(seq, last)


async def _newest(connection: psycopg.AsyncConnection) -> int:
    row = await (await connection.execute(_text("newest"))).fetchone()
    return cast(tuple[int], row)[0]


async def trim(
    history: History,
    clock: Clock = wall_clock,
    keep: timedelta = KEEP,
    rows: int = KEEP_ROWS,
    wait: timedelta = WAIT_FOR_READERS,
) -> int:
    """Remove what is older than ``keep`` or beyond the newest ``rows``, and return how many went.

    Nothing goes that a reader still needs which came within the last ``wait``. One that has not come for longer is told, when it
    comes again, how many changes it missed.
    """
    now = clock()
    given = {"before": now - keep, "rows": rows, "alive": now - wait}
    return (await history.fetch(_SQL["trim"], given))[0]["removed"]


def _text(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
