"""The graph over Bolt: every read and every write of the product goes through here.

Neo4j and ArcadeDB differ in what an auto-commit write leaves behind, so every write is a managed transaction; both may
answer a concurrent MERGE with a constraint error, so that is retried as well. Times are stored as epoch milliseconds:
handing a ``ZoneInfo`` datetime to the driver crashes or shifts it (python/cpython#125318).
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, cast

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, AsyncSession, Record
from neo4j.exceptions import AuthError, ConstraintError, DriverError, Neo4jError, ServiceUnavailable
from neo4j.graph import Node, Path, Relationship

from graph_schema.answering import Answering
from graph_schema.errors import Unavailable

Row = dict[str, Any]
_ATTEMPTS = 5

LIMIT_S = 30.0
"""Seconds that a statement, or a batch in one transaction, may take. ArcadeDB gives up on a statement after as long."""
PROBE_S = 5.0
"""Seconds in which a graph that is well has answered the least of questions."""


class GraphStore:
    """Reads and writes by statement text and parameters; rows are plain dicts.

    Every call raises ``Unavailable`` when the graph has not answered within the limit of ``answering``.
    """

    def __init__(self, driver: AsyncDriver, database: str = "neo4j", limit_s: float = LIMIT_S) -> None:
        self.driver = driver
        self.database = database
        self.answering = Answering("The graph", limit_s)

    async def read(self, statement: str, **parameters: Any) -> list[Row]:
        async with self._answering():
            return await self._read(statement, parameters)

    async def write(self, statement: str, **parameters: Any) -> list[Row]:
        return (await self.write_all([(statement, parameters)]))[-1]

    async def write_all(self, batch: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[Row]]:
        """Run several statements in one transaction, all or nothing."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._answering(), self.driver.session(database=self.database) as session:
                    return await session.execute_write(_run_all, batch)
            except ConstraintError:
                # Two writers merged the same id at once; the second finds it on the next attempt.
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.02 * 2**attempt * random.random())  # noqa: S311
        raise AssertionError("unreachable")

    async def probe(self, limit_s: float = PROBE_S) -> None:
        """Ask for next to nothing. Raises ``Unavailable``; whatever else waits for a graph that hangs then fails as well."""
        try:
            async with self._limited(limit_s):
                await self._read("RETURN 1 AS one", {})
        except TimeoutError as error:
            self.answering.failed(_silent(limit_s))
            self.answering.hangs()
            raise Unavailable(_silent(limit_s)) from error
        except Neo4jError as error:
            self.answering.failed(f"The graph does not answer: {error}")
            raise Unavailable(f"The graph does not answer: {error}") from error
        self.answering.answered()

    async def _read(self, statement: str, parameters: Mapping[str, Any]) -> list[Row]:
        """By itself, which takes one round trip to the server where a managed transaction takes three; that is for the second attempt."""
        try:
            async with self._reading() as session:
                return await _run(session, statement, parameters)
        except (DriverError, Neo4jError) as error:
            if not error.is_retryable():
                raise
        async with self._reading() as session:
            return await session.execute_read(_run, statement, parameters)

    def _reading(self) -> AsyncSession:
        return self.driver.session(database=self.database, default_access_mode="READ")

    @asynccontextmanager
    async def _answering(self) -> AsyncGenerator[None]:
        """A graph that was away is first asked for next to nothing: nobody waits out the whole limit again and again."""
        if self.answering.away:
            await self.probe(min(PROBE_S, self.answering.limit_s))
        try:
            async with self._limited(self.answering.limit_s):
                yield
        except TimeoutError as error:
            why = _silent(self.answering.limit_s)
            self.answering.failed(why)
            raise Unavailable(why) from error
        self.answering.answered()

    @asynccontextmanager
    async def _limited(self, limit_s: float) -> AsyncGenerator[None]:
        """Raises ``TimeoutError`` after so long, or at once where the graph is found to hang. The session that is left in
        the middle closes its connection, so that no later call meets it.
        """
        try:
            async with asyncio.timeout(None) as limit:
                with self.answering.waited_for(lambda: _end(limit), limit_s):
                    yield
        except (ServiceUnavailable, DriverError) as error:
            self.answering.failed(f"The graph does not answer: {error}")
            raise Unavailable(f"The graph does not answer: {error}") from error


def _end(limit: asyncio.Timeout) -> None:
    """Now. One that has run out ends by itself, and would take no other time."""
    if not limit.expired():
        limit.reschedule(0)


def _silent(limit_s: float) -> str:
    return f"The graph does not answer: it has said nothing for {limit_s:.0f} seconds."


async def _run(
    runner: AsyncSession | AsyncManagedTransaction, statement: str, parameters: Mapping[str, Any]
) -> list[Row]:
    result = await runner.run(cast(LiteralString, statement), dict(parameters))
    return [_row(record) async for record in result]


def _row(record: Record) -> Row:
    """The record's own ``data`` looks into every list, a microsecond for each value; only graph objects need that."""
    row: Row = dict(zip(record.keys(), record.values(), strict=True))
    return record.data() if any(_holds_graph_objects(value) for value in row.values()) else row


def _holds_graph_objects(value: object) -> bool:
    first = next(iter(cast(list[object], value)), None) if isinstance(value, list) else value
    return isinstance(first, Node | Relationship | Path)


async def _run_all(
    transaction: AsyncManagedTransaction, batch: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[list[Row]]:
    return [await _run(transaction, statement, parameters) for statement, parameters in batch]


@asynccontextmanager
async def open_graph(
    uri: str, user: str, password: str, database: str = "neo4j", limit_s: float = LIMIT_S
) -> AsyncGenerator[GraphStore]:
    """Connect and verify; raises ``Unavailable`` with a sentence for people when that fails."""
    driver = AsyncGraphDatabase.driver(
        uri,
        auth=(user, password),
        notifications_min_severity="OFF",
        initial_retry_delay=0.02,
        max_transaction_retry_time=15,
        connection_timeout=5,
    )
    async with driver:
        try:
            async with asyncio.timeout(limit_s):
                await driver.verify_connectivity()
        except AuthError as error:
            raise Unavailable(f"The graph at {uri} refuses user “{user}”. Check the password.") from error
        except (ServiceUnavailable, DriverError, Neo4jError, OSError) as error:  # TimeoutError too
            raise Unavailable(
                f"The graph at {uri} does not answer. Is it running, and is the address right?"
            ) from error
        yield GraphStore(driver, database, limit_s)
