"""A process that runs jobs: of all processes on one database each period's job is run by one, once."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, LiteralString, cast

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from psycopg.rows import DictRow, dict_row

from graph_schema.answering import Answering
from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from ingestion.history.connection import ALIVE, LIMIT_S, limited
from ingestion.reading import Clock, wall_clock
from ingestion.tasks import end
from interfaces.jobs.attempts import Attempts, JobFailed, again_in
from interfaces.jobs.job import Job
from interfaces.jobs.progress import AWAY, Progress
from interfaces.jobs.queue import put
from interfaces.jobs.schedule import Once, Past
from interfaces.jobs.schema import OPTIONS, TURN
from interfaces.progress import Report

log = logging.getLogger(__name__)

_SQL = statements("interfaces.jobs", "jobs.sql")
_AT_ONCE = 4
APPLICATION = "plantroom jobs"
"""What PostgreSQL calls our connections."""
_DIED = "The process that ran it ended without a word."


@dataclass(frozen=True, slots=True)
class Pace:
    """How often assets are looked at, in seconds."""

    settling_s: float = 60.0
    """From a start until anything is queued: a start has more urgent work."""
    tick_s: float = 15.0
    poll_s: float = 10.0
    """Until a job that waits for another attempt is found; new ones are announced."""
    heartbeat_s: float = 10.0
    stalled_s: float = 30.0
    """Without a heartbeat for so long, a process counts as dead and its jobs are taken by others."""
    stopping_s: float = 1.0
    """What a running job has to end by itself when the process stops."""
    report_s: float = 1.0
    away_s: float = 5.0


NORMAL = Pace()


async def work(
    dsn: str,
    jobs: Sequence[Job],
    zone: Callable[[], Awaitable[tzinfo]],
    clock: Clock = wall_clock,
    pace: Pace = NORMAL,
) -> None:
    """Queue what is due by the plant's own time (``zone``), and run what is queued, until cancelled. The tables must be there.

    A database that is away is waited for. A job that fails is told in the log and tried again, later each time.
    """
    _leave_telling_to_us()
    while True:
        try:
            async with _Worker(dsn, jobs, zone, clock, pace).running() as worker:
                await worker.until_it_stops()
            log.warning("The database of the jobs did not answer; they go on as soon as it does.")
        except (*AWAY, ProcrastinateException) as error:
            log.warning("The database of the jobs does not answer, and is tried again: %s", error)
        await asyncio.sleep(pace.away_s)


def _leave_telling_to_us() -> None:
    """procrastinate logs a failure with its traceback each time; ours are sentences."""
    if not log.isEnabledFor(logging.DEBUG):
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)


class _Worker:
    def __init__(
        self,
        dsn: str,
        jobs: Sequence[Job],
        zone: Callable[[], Awaitable[tzinfo]],
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._zone, self._clock, self._pace = zone, clock, pace
        self._connector = PsycopgConnector(
            conninfo=dsn, min_size=1, max_size=3, timeout=5, reconnect_timeout=2,
            connection_class=limited(Answering("The database of the jobs", LIMIT_S)),
            kwargs={"options": OPTIONS, "connect_timeout": 5, "application_name": APPLICATION, **ALIVE},
        )  # fmt: skip
        self._app = App(connector=self._connector)
        for job in jobs:
            self._add(job)
        self._mine: set[int] = set()

    def _add(self, job: Job) -> None:
        retry = Attempts(round(self._pace.settling_s))

        @self._app.task(name=job.name, pass_context=True, retry=retry)
        async def perform(context: JobContext) -> None:  # pyright: ignore[reportUnusedFunction]
            assert context.job.id is not None
            await self._perform(job, context.job.id)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["_Worker"]:
        async with self._app.open_async():
            self._progress = Progress(self._connector.pool, self._pace.report_s)
            async with self._connector.pool.connection() as connection:
                for job in self._jobs.values():
                    named = {"name": job.name, "title": job.title, "lock": job.lock}
                    await connection.execute(_sql("know"), named)
            yield self

    async def until_it_stops(self) -> None:
        """Which it does when the database goes away, or when it is cancelled."""
        pace = self._pace
        ticking = asyncio.create_task(self._keep_ticking(), name="schedule of the jobs")
        try:
            await self._app.run_worker_async(
                concurrency=_AT_ONCE,
                fetch_job_polling_interval=pace.poll_s,
                abort_job_polling_interval=pace.poll_s,
                update_heartbeat_interval=pace.heartbeat_s,
                stalled_worker_timeout=pace.stalled_s,
                shutdown_graceful_timeout=pace.stopping_s,
                install_signal_handlers=False,  # it would take SIGTERM from the one who stops everything in order
            )
        finally:
            await end(ticking)

    # What is due

    async def _keep_ticking(self) -> None:
        """What is done once in a plant's life is what people wait for: it is queued before the start has settled."""
        once = [job.name for job in self._jobs.values() if isinstance(job.when, Once)]
        if once:
            await self._try_to_tick(once)
        await asyncio.sleep(self._pace.settling_s)
        while True:
            await self._try_to_tick(self._jobs)
            await asyncio.sleep(self._pace.tick_s)

    async def _try_to_tick(self, names: Collection[str]) -> None:
        try:
            await self._tick(names)
        except AlreadyEnqueued:
            log.debug("Somebody has queued a job in the same moment; the next look finds it.")
        except (PlantroomError, *AWAY, ProcrastinateException) as error:
            log.warning("What is due could not be looked up, and is tried again: %s", error)
        except Exception:  # a fault of ours in here must not end the jobs for good
            log.exception("What is due could not be looked up, and is tried again")

    async def _tick(self, names: Collection[str]) -> None:
        """Take over what the dead left, and queue what is due of these: in one transaction, by one process at a time."""
        now = self._clock().astimezone(await self._zone())
        async with self._connector.pool.connection() as connection, connection.transaction():
            if (await _rows(connection, "turn", key=TURN))[0]["mine"]:
                await self._rescue(connection)
                await self._queue_due(connection, now, names)

    async def _rescue(self, connection: psycopg.AsyncConnection[Any]) -> None:
        stalled = {"running": list(self._mine), "stalled_s": self._pace.stalled_s}
        for row in await _rows(connection, "rescue", **stalled):
            (told,) = await _rows(connection, "fail", id=row["id"], error=_DIED)
            if again_in(told["failures"]) is None:
                await _rows(connection, "give_up", id=row["id"])
            log.warning(
                "Job %s (%d): the process that ran it has died. %s", row["name"], row["id"], _next(told["failures"])
            )

    async def _queue_due(self, connection: psycopg.AsyncConnection[Any], now: datetime, names: Collection[str]) -> None:
        for row in await _rows(connection, "pasts"):
            job = self._jobs.get(row["name"]) if row["name"] in names else None
            past = Past(row["period"], row["active"], row["began_at"], row["ended_at"])
            if job and (period := job.when.due(past, now)):
                await _rows(connection, "advance", name=job.name, period=period)
                await put(self._app, connection, job.name, job.lock)

    # What runs

    async def _perform(self, job: Job, id: int) -> None:
        self._mine.add(id)
        try:
            async with self._progress.reporting(id) as report:
                await _to_its_end(job, report)
        except asyncio.CancelledError:
            log.info("Job %s (%d) is broken off and goes on later.", job.name, id)
            raise
        except Exception as error:  # whatever it is, it must be told, and must not end what is served
            failures = await self._progress.failed(id, _sentence(error))
            log.warning(
                "Job %s (%d) failed: %s %s", job.name, id, _sentence(error), _next(failures), exc_info=_fault(error)
            )
            raise JobFailed(_sentence(error), again_in(failures)) from error
        finally:
            self._mine.discard(id)


async def _to_its_end(job: Job, report: Report) -> None:
    """In a task of its own, so that a cancellation that it swallows does not hold up a shutdown."""
    running = asyncio.create_task(cast(Any, job.run(report)), name=f"job {job.name}")
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        await end(running)
        raise
    running.result()


def _fault(error: Exception) -> Exception | None:
    """What is a fault of ours is told with where it happened."""
    return None if isinstance(error, (PlantroomError, *AWAY)) else error


def _sentence(error: Exception) -> str:
    words = str(error).strip().partition("\n")[0]
    return words if isinstance(error, PlantroomError) else f"{type(error).__name__}: {words}."


def _next(failures: int) -> str:
    seconds = again_in(failures)
    if seconds is None:
        return f"After {failures} failures it is given up; `plantroom jobs retry` tries it again."
    return f"It is tried again in {timedelta(seconds=seconds).total_seconds() / 60:.0f} min."


async def _rows(connection: psycopg.AsyncConnection[Any], statement: str, /, **parameters: Any) -> list[DictRow]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_sql(statement), parameters)
        return await cursor.fetchall() if cursor.description else []


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
