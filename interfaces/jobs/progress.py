"""How far a running job is, written for whoever asks; and why it failed."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, LiteralString, cast

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from graph_schema.statements import statements
from ingestion.tasks import end
from interfaces.progress import Report

log = logging.getLogger(__name__)

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
"""What the database's absence looks like."""

_SQL = statements("interfaces.jobs", "jobs.sql")


class Progress:
    """Of the jobs that this process runs."""

    def __init__(self, pool: AsyncConnectionPool[Any], every_s: float) -> None:
        self._pool = pool
        self._every_s = every_s

    @asynccontextmanager
    async def reporting(self, id: int) -> AsyncGenerator[Report]:
        """What is reported within is written at most every ``every_s`` seconds, the newest alone."""
        await self._write("begin", id=id)
        news = asyncio.Event()
        newest: tuple[str, float | None] = ("", None)

        def report(sentence: str, share: float | None = None) -> None:
            nonlocal newest
            newest = (sentence, share)
            news.set()

        async def follow() -> None:
            while True:
                await news.wait()
                news.clear()
                sentence, share = newest
                await self._write("report", id=id, sentence=sentence, share=share)
                await asyncio.sleep(self._every_s)

        following = asyncio.create_task(follow(), name=f"progress of job {id}")
        try:
            yield report
        finally:
            await end(following)

    async def failed(self, id: int, sentence: str) -> int:
        """How often it has failed, this time included."""
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(_sql("fail"), {"id": id, "error": sentence})
                row = await cursor.fetchone()
        except AWAY as error:
            log.debug("The failure of job %d could not be written: %s", id, error)
            return 1
        assert row
        return row[0]

    async def _write(self, statement: str, /, **parameters: Any) -> None:
        """A job goes on where its progress cannot be told."""
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_sql(statement), parameters)
        except AWAY as error:
            log.debug("The progress of job %s could not be written: %s", parameters["id"], error)


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
