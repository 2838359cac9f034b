"""The memory of conversations: LangGraph checkpoints in a schema of their own in PostgreSQL."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import LiteralString, cast

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from graph_schema.answering import Answering
from graph_schema.errors import PlantroomError, Unavailable
from graph_schema.statements import statements
from ingestion.history.connection import ALIVE, LIMIT_S, checked, limited

log = logging.getLogger(__name__)

_SQL = statements("agent.conversation", "memory.sql")
_MIGRATION_LOCK = 0x74616C6B  # "talk"
_LONGEST_MIGRATION_S = 60
_KEPT = timedelta(days=90)
_OPTIONS = "-c search_path=conversation -c statement_timeout=30s -c timezone=UTC"


class MemoryLost(Unavailable):
    """The memory of conversations (PostgreSQL) does not answer. Try again in a moment."""


@contextmanager
def memory_errors() -> Generator[None]:
    """Turns what the database driver raises inside a checkpointer into a sentence for people."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise MemoryLost from error


def thread_id(caller: str, conversation: str) -> str:
    """The thread of a conversation; bound to the caller's name, so that nobody reaches another's by its id."""
    return hashlib.sha256(f"{len(caller)}:{caller}:{conversation}".encode()).hexdigest()


@asynccontextmanager
async def open_memory(
    dsn: str, connections: int = 4, answering: Answering | None = None
) -> AsyncGenerator[AsyncPostgresSaver]:
    """Migrate, forget conversations that nobody went on with for 90 days, and connect.

    A lost connection is replaced by itself. ``answering`` is that of the database, where others use it too. Raises ``Unavailable``
    when it does not answer.
    """
    answering = answering or Answering("The memory of conversations", LIMIT_S)
    with memory_errors():
        await _prepare(dsn)
        pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            dsn,
            connection_class=limited(answering),
            min_size=1,
            max_size=connections,
            timeout=5,
            reconnect_timeout=2,
            kwargs={"autocommit": True, "connect_timeout": 5, "options": _OPTIONS, "row_factory": dict_row, **ALIVE},
            check=checked,
            open=False,
        )
    async with pool:
        saver = AsyncPostgresSaver(pool, serde=plain_values())
        # Made for a single connection, its lock would line up everybody behind one who waits for a database that is away.
        saver.lock = cast(asyncio.Lock, asyncio.Semaphore(connections))
        yield saver


def plain_values() -> JsonPlusSerializer:
    """Reads plain values only: a checkpoint that names a class to import is data, not an instruction."""
    return JsonPlusSerializer(pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=None)


async def prune(saver: AsyncPostgresSaver, thread: str) -> None:
    """Drop all checkpoints of a thread but the newest. A prune that another one got in the way of is left to the next."""
    try:
        await saver.aprune([thread])
    except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
        log.debug("Another prune of the same conversation ran at the same time.")


async def _prepare(dsn: str) -> None:
    async with await AsyncConnection[DictRow].connect(
        dsn, autocommit=True, connect_timeout=10, row_factory=dict_row, prepare_threshold=0
    ) as connection:
        async with _lock(connection):
            await connection.execute(_sql("create_schema"))
            await connection.execute("set search_path to conversation")
            await AsyncPostgresSaver(connection).setup()
        await _forget(connection)


async def forget_conversations(dsn: str) -> None:
    """Those that nobody went on with for 90 days. Raises ``Unavailable``."""
    with memory_errors():
        async with await AsyncConnection[DictRow].connect(
            dsn, autocommit=True, connect_timeout=5, options=_OPTIONS, row_factory=dict_row
        ) as connection:
            await _forget(connection)


async def _forget(connection: AsyncConnection[DictRow]) -> None:
    oldest = (datetime.now(UTC) - _KEPT).isoformat()
    await connection.execute(_sql("forget"), {"oldest": oldest})


@asynccontextmanager
async def _lock(connection: AsyncConnection[DictRow]) -> AsyncGenerator[None]:
    """One migration at a time. Asked for again and again rather than waited for: a waiting statement is an open transaction, and
    ``create index concurrently`` in the other process would wait for it in turn."""
    end = time.monotonic() + _LONGEST_MIGRATION_S
    while not await _locked(connection):
        if time.monotonic() > end:
            raise PlantroomError("Another process has been preparing the memory of conversations for over a minute.")
        await asyncio.sleep(0.1)
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


async def _locked(connection: AsyncConnection[DictRow]) -> bool:
    cursor = await connection.execute("select pg_try_advisory_lock(%s) as locked", [_MIGRATION_LOCK])
    row = await cursor.fetchone()
    return bool(row and row["locked"])


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
