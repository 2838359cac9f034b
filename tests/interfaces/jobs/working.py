"""A process that runs jobs, for tests that end processes: ``python working.py DSN (hang|finish) SPAN_S STALLED_S``.

Each run of the job ``night`` writes ``began``, and ``night`` when it ends, which it does not where it hangs.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo

import psycopg

from interfaces.jobs.job import Job
from interfaces.jobs.schedule import Every
from interfaces.jobs.worker import Pace, work
from interfaces.progress import Report

QUICK = Pace(settling_s=0, tick_s=0.05, poll_s=0.1, heartbeat_s=0.2, stopping_s=5, report_s=0.01)


async def utc() -> tzinfo:
    return UTC


async def main(dsn: str, how: str, span_s: str, stalled_s: str) -> None:
    async def note(name: str) -> None:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute("insert into noted (name) values (%s)", [name])

    async def run(report: Report) -> None:
        await note("began")
        if how == "hang":
            await asyncio.sleep(3600)
        await note("night")

    night = Job("night", "a job", run, Every(timedelta(seconds=float(span_s))), "night")
    await work(dsn, [night], utc, pace=replace(QUICK, stalled_s=float(stalled_s)))


with suppress(KeyboardInterrupt):
    asyncio.run(main(*sys.argv[1:]))
