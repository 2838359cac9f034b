"""The record of everything that was measured, in PostgreSQL. The SQL is in ``history.sql`` and ``migrations/``."""

import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from graph_schema.answering import Answering
from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from graph_schema.statements import statements
from ingestion.history.connection import ALIVE, LIMIT_S, LimitedConnection, checked, limited
from ingestion.history.dirty_hours import Marks
from ingestion.history.partitions import Parts
from ingestion.history.rows import Rows, rows_of
from ingestion.reading import Reading

Row = dict[str, Any]
Parameters = Mapping[str, Any] | Sequence[Any] | None

_SQL = statements("ingestion.history", "history.sql")
_MIGRATION_LOCK = 0x706C616E74  # "plant"
_UNREACHABLE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)


class RefusedRow(PlantroomError):
    """The database refuses a reading."""


class History:
    """Readings by series. A series is one telemetry address, ``device/key``."""

    def __init__(self, pool: AsyncConnectionPool[Any], answering: Answering) -> None:
        self.answering = answering
        self._pool = pool
        self._ids: dict[str, int] = {}
        self._parts = Parts()
        self._marks = Marks()
        self._meets_known = False

    async def write(self, readings: Iterable[Reading]) -> int:
        """Write in one transaction and return how many rows are new or changed; the same reading twice is one row.

        Raises ``Unavailable`` (nothing was written, try again) or ``RefusedRow`` (at least one of them never fits).
        """
        readings = list(readings)
        if not readings:
            return 0
        try:
            with self._answering():
                async with self._pool.connection() as connection:
                    ids = await self._series_ids(connection, {reading.source for reading in readings})
                    return await self._store(connection, rows_of(readings, ids))
        except Unavailable:
            self._marks.forget()
            raise
        except (psycopg.DataError, psycopg.IntegrityError, OverflowError, UnicodeEncodeError) as error:
            raise RefusedRow(f"The database refuses a reading: {_first_line(error)}") from error

    async def _store(self, connection: psycopg.AsyncConnection, rows: Rows) -> int:
        await self._parts.prepare(connection, rows.days())
        try:
            return await self._add_or_merge(connection, rows)
        except psycopg.errors.CheckViolation:  # no such part any more: retention has dropped it
            self._parts.forget()
            await self._parts.prepare(connection, rows.days())
            return await self._add_or_merge(connection, rows)

    async def _add_or_merge(self, connection: psycopg.AsyncConnection, rows: Rows) -> int:
        """Rows that are all new, as nearly always, cost half as much when they are not compared with what is there.

        Known ones come in a row (what was under way when a connection broke), so the next batches are compared until one
        holds nothing known.
        """
        if not self._meets_known:
            with suppress(psycopg.errors.UniqueViolation):
                return await self._add(connection, rows)
        changed = await _merge(connection, rows)
        self._meets_known = changed < len(rows)
        return changed

    async def _add(self, connection: psycopg.AsyncConnection, rows: Rows) -> int:
        """Raises ``UniqueViolation``, with nothing written, where one of them is there already."""
        async with connection.transaction():
            await _copy(connection, _sql("add"), rows)
            changed = self._marks.missing(rows.hours(), _now_ms())
            if len(changed):
                parameters = {"series": changed.series.tolist(), "hours": changed.hour.tolist()}
                await connection.execute(_sql("mark"), parameters)
        self._marks.committed(changed, _now_ms())
        return len(rows)

    async def fetch(self, sql: str, params: Parameters = None) -> list[Row]:
        """Rows of one statement as dicts; times are aware. Raises ``Unavailable`` when the database does not answer."""
        try:
            with self._answering():
                async with self._pool.connection() as connection:
                    cursor = connection.cursor(row_factory=dict_row)
                    await cursor.execute(cast(LiteralString, sql), params)
                    return await cursor.fetchall() if cursor.description else []
        except psycopg.errors.QueryCanceled as error:
            raise InvalidInput("That question takes the database longer than a minute. Narrow it down.") from error
        except psycopg.errors.NumericValueOutOfRange as error:
            raise InvalidInput("Some of the numbers are too large to be computed with.") from error

    async def probe(self) -> None:
        """Ask for next to nothing. Raises ``Unavailable``; whatever else waits for a database that hangs then fails as well."""
        try:
            await self.fetch("select 1")
        except Unavailable:
            self.answering.hangs()
            raise
        except (InvalidInput, psycopg.Error) as error:
            found = _unavailable(error)
            self.answering.failed(str(found))
            raise found from error

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        """A connection of one's own, for what takes several statements. Raises ``Unavailable`` as ``fetch`` does."""
        with self._answering():
            async with self._pool.connection() as connection:
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        """A connection outside the pool, for who listens for long. Raises ``Unavailable`` as ``fetch`` does."""
        with self._answering():
            settings = cast(Mapping[str, Any], self._pool.kwargs)
            dsn = cast(str, self._pool.conninfo)
            async with await limited(self.answering).connect(dsn, **settings) as connection:
                yield connection

    @contextmanager
    def _answering(self) -> Generator[None]:
        try:
            yield
        except _UNREACHABLE as error:
            found = _unavailable(error)
            self.answering.failed(str(found))
            raise found from error
        self.answering.answered()

    async def last_seen(self, sources: Sequence[str], latest: datetime | None = None) -> list[Row]:
        """``source``, ``at``, ``value``, ``text`` of the newest reading of each of these sources that has any.

        One after ``latest`` (a clock that runs ahead) only where there is none until then.
        """
        return await self.fetch(_SQL["last_seen"], {"sources": list(sources), "latest": latest})

    async def near(
        self, bounds: Sequence[tuple[str, float | None, float | None]], since: datetime, until: datetime
    ) -> list[Row]:
        """``at`` and ``value`` of the readings of a window that are below the low or above the high of their source, with the one before and the
        one after each, in order; ``place`` tells which of the bounds they are of, from 1 on."""
        sources, lows, highs = ([*some] for some in zip(*bounds, strict=True)) if bounds else ([], [], [])
        given = {"sources": sources, "lows": lows, "highs": highs, "since": since, "until": until}
        return await self.fetch(_SQL["near"], given)

    async def series(self) -> list[Row]:
        """``source`` and ``created_at`` of every series."""
        return await self.fetch(_SQL["all_series"])

    async def _series_ids(self, connection: psycopg.AsyncConnection, sources: set[str]) -> dict[str, int]:
        unknown = sorted(sources - self._ids.keys())
        if unknown:
            # Committed on its own: the ids stay true even if the readings are then refused.
            async with connection.transaction():
                await connection.execute(_sql("add_series"), {"sources": unknown})
                cursor = await connection.execute(_sql("known_series"), {"sources": unknown})
                found = cast(list[tuple[str, int]], await cursor.fetchall())
            self._ids.update(found)
        return self._ids


async def _merge(connection: psycopg.AsyncConnection, rows: Rows) -> int:
    async with connection.transaction():
        await connection.execute(_sql("create_staging"))
        await _copy(connection, _sql("copy"), rows)
        merged = await (await connection.execute(_sql("merge"))).fetchone()
        return cast(tuple[int], merged)[0]


async def _copy(connection: psycopg.AsyncConnection, statement: LiteralString, rows: Rows) -> None:
    async with connection.cursor().copy(statement) as copy:
        for data in rows.copy_data():
            await copy.write(data)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step forward; its name is kept, so that it is taken once."""

    name: str
    text: str


async def migrate(dsn: str, package: str = "ingestion") -> list[str]:
    """Bring a package's tables up to date and return the names of the migrations that ran. Safe to run from many at once.

    A package keeps its migrations in ``migrations/``; their names differ over all packages.
    """
    return await apply_migrations(dsn, lambda _: migrations_of(package))


async def apply_migrations(dsn: str, wanted: Callable[[set[str]], Sequence[Migration]]) -> list[str]:
    """Take those steps that have not been taken, one process at a time; ``wanted`` gets the names of those that have.

    Raises ``Unavailable`` where the database does not answer.
    """
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, connect_timeout=10) as connection:
            await connection.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            await connection.execute(
                "create table if not exists migration "
                "(name text primary key, applied_at timestamptz not null default now())"
            )
            cursor = await connection.execute("select name from migration")
            done = {name for (name,) in await cursor.fetchall()}
            pending = [one for one in wanted(done) if one.name not in done]
            for one in pending:
                await _apply(connection, one)
            return [one.name for one in pending]
    except psycopg.OperationalError as error:
        raise _unavailable(error) from error


async def _apply(connection: psycopg.AsyncConnection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(cast(LiteralString, migration.text))
        await connection.execute("insert into migration (name) values (%s)", [migration.name])


def migrations_of(package: str) -> list[Migration]:
    """What a package keeps in ``migrations/``, in order."""
    folder = files(package).joinpath("migrations")
    found = [Migration(file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql")]
    return sorted(found, key=lambda one: one.name)


@asynccontextmanager
async def open_history(dsn: str, connections: int = 8, limit_s: float = LIMIT_S) -> AsyncGenerator[History]:
    """Migrate and connect. Raises ``Unavailable`` with a sentence for people when the database does not answer.

    A lost connection is replaced by itself; a database that is away is tried again within two seconds of each use.
    """
    await migrate(dsn)
    answering = Answering("The history database", limit_s)
    pool: AsyncConnectionPool[LimitedConnection] = AsyncConnectionPool(
        dsn,
        connection_class=limited(answering),
        min_size=1,
        max_size=connections,
        timeout=5,
        reconnect_timeout=2,
        kwargs={
            "autocommit": True,
            "connect_timeout": 5,
            "options": "-c statement_timeout=60s -c timezone=UTC -c jit=off",
            **ALIVE,
        },
        check=checked,
        open=False,
    )
    async with pool:
        yield History(pool, answering)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"The history database does not answer: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
