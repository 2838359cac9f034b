"""Runs over a fleet: on processes and on Dask, gone on with after an interruption, and a failure of one is not one of all."""

import asyncio
import os
import sys
import time
from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster

from forecasting.jobs.executors import open_executor
from forecasting.jobs.runs import Report, RunLog, Work, run_units
from forecasting.series import NotEnoughData
from graph_schema.errors import Unavailable
from ingestion.history.history import History
from tests.conftest import ROOT

UNITS = [f"unit {n}" for n in range(12)]


def square(value: int) -> int:
    if value == 3:
        raise NotEnoughData(1, 7)
    if value == 5:
        raise ZeroDivisionError("of no use")
    if value == 7:
        os._exit(1)
    return value * value


class Plant:
    """Reads numbers and keeps their squares; ``half`` is set when half of them are kept."""

    def __init__(self, values: dict[str, int]) -> None:
        self.values = values
        self.kept: dict[str, int] = {}
        self.half = asyncio.Event()
        self.reading = self.most_reading = 0

    async def read(self, unit: str) -> int:
        self.reading += 1
        self.most_reading = max(self.most_reading, self.reading)
        return self.values[unit]

    async def keep(self, unit: str, made: int) -> dict[str, int]:
        self.reading -= 1
        self.kept[unit] = made
        if len(self.kept) * 2 >= len(self.values):
            self.half.set()
        return {"square": made}

    async def run(self, history: History, executor: Executor, width: int) -> Report:
        work = Work(self.read, square, self.keep)
        return await run_units("squares 2026-03-02", list(self.values), work, executor, width, RunLog(history))


@contextmanager
def opened(kind: str) -> Generator[tuple[Executor, int]]:
    if kind == "processes":
        with open_executor(2) as found:
            yield found
        return
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1")
    with cluster, open_executor(2, cluster.scheduler_address) as found:
        yield found


@pytest.mark.parametrize("kind", ["processes", "dask"])
async def test_every_unit_is_done_and_failures_are_told_in_words(history: History, kind: str):
    plant = Plant({unit: n for n, unit in enumerate(UNITS) if n != 7})
    with opened(kind) as (executor, width):
        report = await plant.run(history, executor, width)
    assert plant.kept == {unit: n * n for n, unit in enumerate(UNITS) if n not in (3, 5, 7)}
    assert report.failures == {
        "unit 3": "not enough data: 1 days of 7",
        "unit 5": "ZeroDivisionError: of no use",
    }
    assert plant.most_reading <= width + 1 + len(report.failures)


async def test_an_interrupted_run_goes_on_where_it_stopped(history: History):
    values = {unit: n + 10 for n, unit in enumerate(UNITS)}
    first, second = Plant(values), Plant(values)
    with open_executor(2) as (executor, width):
        running = asyncio.create_task(first.run(history, executor, width))
        await first.half.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        recorded = await RunLog(history).finished("squares 2026-03-02")
        assert 0 < len(recorded) < len(UNITS)
        report = await second.run(history, executor, width)
    assert set(second.kept) == set(UNITS) - set(recorded)
    assert {unit: one["square"] for unit, one in report.outcomes.items()} == {u: v * v for u, v in values.items()}


async def test_a_process_that_dies_is_told_and_the_next_run_does_the_rest(history: History):
    plant = Plant({"unit 7": 7, "unit 8": 8})
    with open_executor(1) as (executor, width):
        report = await plant.run(history, executor, width)
    assert report.failures["unit 7"].startswith("the process that computed it ended")
    again = Plant({"unit 8": 8})
    with open_executor(1) as (executor, width):
        assert (await again.run(history, executor, width)).failures == {}


async def test_old_records_are_forgotten(history: History):
    runs = RunLog(history)
    await runs.record("old", "unit", {})
    await history.fetch("update forecasting.run set done_at = now() - interval '40 days'")
    await runs.record("new", "unit", {"n": 1})
    await runs.forget(days=30)
    assert await runs.finished("old") == {}
    assert await runs.finished("new") == {"unit": {"n": 1}}


def test_a_scheduler_that_does_not_answer_is_named(unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("forecasting.jobs.executors.PATIENCE", "1s")
    with (
        pytest.raises(Unavailable, match=f"No Dask scheduler answers at tcp://127.0.0.1:{unused_tcp_port}"),
        open_executor(1, f"tcp://127.0.0.1:{unused_tcp_port}"),
    ):
        raise AssertionError("opened")


async def test_who_is_cancelled_does_not_wait_for_what_is_being_computed():
    async def work() -> None:
        with open_executor(1) as (executor, _):
            await asyncio.wrap_future(executor.submit(os.getpid))
            begun.set()
            await asyncio.wrap_future(executor.submit(time.sleep, 300))

    begun = asyncio.Event()
    working = asyncio.create_task(work())
    await begun.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(working, 30)


PARENT = """
import os, time
from forecasting.jobs.executors import open_executor

if __name__ == "__main__":
    with open_executor(1) as (executor, _):
        print(executor.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


async def test_processes_end_with_the_one_that_was_killed(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert parent.stdout
    worker = psutil.Process(int(await asyncio.wait_for(parent.stdout.readline(), 60)))
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(psutil.wait_procs, [worker], timeout=30)
    assert not worker.is_running()
