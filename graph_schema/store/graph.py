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

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, Record
from neo4j.exceptions import AuthError, ConstraintError, DriverError, Neo4jError, ServiceUnavailable
from neo4j.graph import Node, Path, Relationship

from graph_schema.errors import Unavailable

Row = dict[str, Any]
_ATTEMPTS = 5


class GraphStore:
    """Reads and writes by statement text and parameters; rows are plain dicts."""

    def __init__(self, driver: AsyncDriver, database: str = "neo4j") -> None:
        self.driver = driver
        self.database = database

    async def read(self, statement: str, **parameters: Any) -> list[Row]:
        try:
            async with self.driver.session(database=self.database, default_access_mode="READ") as session:
                return await session.execute_read(_run, statement, parameters)
        except (ServiceUnavailable, DriverError) as error:
            raise Unavailable(f"The graph does not answer: {error}") from error

    async def write(self, statement: str, **parameters: Any) -> list[Row]:
        return (await self.write_all([(statement, parameters)]))[-1]

    async def write_all(self, batch: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[Row]]:
        """Run several statements in one transaction, all or nothing."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self.driver.session(database=self.database) as session:
                    return await session.execute_write(_run_all, batch)
            except ConstraintError:
                # Two writers merged the same id at once; the second finds it on the next attempt.
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.02 * 2**attempt * random.random())  # noqa: S311
            except (ServiceUnavailable, DriverError) as error:
                raise Unavailable(f"The graph does not answer: {error}") from error
        raise AssertionError("unreachable")


async def _run(transaction: AsyncManagedTransaction, statement: str, parameters: Mapping[str, Any]) -> list[Row]:
    result = await transaction.run(cast(LiteralString, statement), dict(parameters))
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
async def open_graph(uri: str, user: str, password: str, database: str = "neo4j") -> AsyncGenerator[GraphStore]:
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
            await driver.verify_connectivity()
        except AuthError as error:
            raise Unavailable(f"The graph at {uri} refuses user “{user}”. Check the password.") from error
        except (ServiceUnavailable, DriverError, Neo4jError, OSError) as error:
            raise Unavailable(
                f"The graph at {uri} does not answer. Is it running, and is the address right?"
            ) from error
        yield GraphStore(driver, database)
