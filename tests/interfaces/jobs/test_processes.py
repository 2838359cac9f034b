"""Processes on one database: each period's job is run by one of them, and what a killed one leaves is finished by another."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

SCRIPT, ROOT = Path(__file__).parent / "working.py", Path(__file__).parents[3]
FOREVER_S, OFTEN_S = 1e9, 0.25
SOON_S, LATE_S = 1.5, 60.0
"""Without a heartbeat until a process counts as dead: on a busy machine a living one may be late."""

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(plant) -> AsyncGenerator[Start]:
    started: list[Process] = []

    async def begin(how: str, span_s: float, stalled_s: float = SOON_S) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, SCRIPT, plant.dsn, how, str(span_s), str(stalled_s), cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_two_processes_run_each_period_once(plant, start: Start):
    began = time.time()
    processes = [await start("finish", OFTEN_S, LATE_S) for _ in range(2)]
    await plant.workers(2)
    await plant.ran(await plant.noted() + 6, "night")
    for process in processes:
        process.send_signal(signal.SIGINT)
        await process.wait()
    done = [job for job in await plant.jobs() if job.state == "done"]
    assert len(done) == await plant.noted("night") == await plant.noted("began")
    assert len(done) <= (time.time() - began) / OFTEN_S + 1


async def test_what_a_killed_process_was_at_is_finished_by_the_other(plant, start: Start):
    hanging = await start("hang", FOREVER_S)
    await plant.ran(1, "began")
    await start("finish", FOREVER_S)
    await plant.workers(2)
    hanging.send_signal(signal.SIGKILL)
    job = await plant.reaches("done")
    assert await plant.noted("night") == 1
    assert await plant.noted("began") == 2
    assert job.failures == 1, "a job that kills its process is not tried for ever"
    assert len(await plant.jobs()) == 1


async def test_a_process_that_starts_again_finishes_its_own(plant, start: Start):
    hanging = await start("hang", FOREVER_S)
    await plant.ran(1, "began")
    hanging.send_signal(signal.SIGKILL)
    await hanging.wait()
    await start("finish", FOREVER_S)
    await plant.reaches("done")
    assert (await plant.noted("night"), len(await plant.jobs())) == (1, 1)
