"""A database with the tables of the jobs, workers at a quick pace, and a plant whose jobs write down that they ran."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta, tzinfo

import psycopg
import pytest

from ingestion.tasks import end
from interfaces.jobs.job import Job
from interfaces.jobs.records import JobRecord, JobRecords, open_records
from interfaces.jobs.schedule import Daily
from interfaces.jobs.schema import migrate_jobs
from interfaces.jobs.worker import APPLICATION, Pace, work
from interfaces.progress import Report
from tests.interfaces.waiting import until

QUICK = Pace(settling_s=0, tick_s=0.05, poll_s=0.1, heartbeat_s=0.2, stopping_s=0.05, report_s=0.01, away_s=0.1)
PATIENCE_S = 20
EVERY_S = 0.02
NOON = Daily((time(12),))


async def utc() -> tzinfo:
    return UTC


class Hands:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def next_day(self) -> None:
        self.now += timedelta(days=1)


class Plant:
    """``runs`` are the jobs that ended, in the table that all processes share."""

    def __init__(self, dsn: str, records: JobRecords) -> None:
        self.dsn = dsn
        self.records = records
        self.hands = Hands()

    def noting(self, name: str = "night") -> Job:
        async def run(report: Report) -> None:
            await self.note(name)

        return self.job(run, name)

    def job(self, run: Callable[[Report], Awaitable[None]], name: str = "night", lock: str | None = None) -> Job:
        return Job(name, "a job", run, NOON, lock or name)

    async def note(self, name: str) -> None:
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            await connection.execute("insert into noted (name) values (%s)", [name])

    async def noted(self, name: str = "night") -> int:
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            row = await (await connection.execute("select count(*) from noted where name = %s", [name])).fetchone()
            return row[0] if row else 0

    @asynccontextmanager
    async def working(self, *jobs: Job, pace: Pace = QUICK) -> AsyncGenerator[None]:
        """A process's worker, beside the block."""
        task = asyncio.create_task(work(self.dsn, jobs, utc, self.hands, pace))
        try:
            yield
        finally:
            await end(task)

    async def break_connections(self) -> None:
        """Those of the workers."""
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s", [APPLICATION]
            )

    async def workers(self, number: int) -> None:
        """Wait for that many."""

        async def enough() -> bool:
            return await self.records.workers() >= number

        await until(enough, PATIENCE_S, EVERY_S)

    async def queued(self, number: int, name: str = "night") -> None:
        """Wait for that many jobs, whatever became of them."""

        async def enough() -> bool:
            return len(await self.jobs(name)) >= number

        await until(enough, PATIENCE_S, EVERY_S)

    async def ran(self, times: int, name: str = "night") -> None:
        async def enough() -> bool:
            return await self.noted(name) >= times

        await until(enough, PATIENCE_S, EVERY_S)

    async def failed(self, times: int, name: str = "night") -> None:
        """Wait until the newest has failed so often and waits for another attempt."""

        async def enough() -> bool:
            newest = next(iter(await self.jobs(name)), None)
            return newest is not None and newest.failures >= times and newest.state == "waits"

        await until(enough, PATIENCE_S, EVERY_S)

    async def ticks(self, times: int = 3) -> None:
        """Long enough for the schedule to have been looked at."""
        await asyncio.sleep(times * QUICK.tick_s)

    async def jobs(self, name: str = "night") -> list[JobRecord]:
        return [one for one in await self.records.list(datetime.now(UTC), each=100) if one.name == name]

    async def reaches(self, state: str, name: str = "night") -> JobRecord:
        """The newest job of that name, once it is in that state."""

        async def found() -> JobRecord | None:
            newest = next(iter(await self.jobs(name)), None)
            return newest if newest and newest.state == state else None

        return await until(found, PATIENCE_S, EVERY_S)


@pytest.fixture
async def plant(postgres_dsn: str) -> AsyncGenerator[Plant]:
    await migrate_jobs(postgres_dsn)
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as connection:
        await connection.execute("create table noted (name text not null)")
    async with open_records(postgres_dsn) as records:
        yield Plant(postgres_dsn, records)
