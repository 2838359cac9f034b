"""Jobs run once a period, over restarts and beside other workers; what fails or is broken off is done in the end."""

import asyncio
import logging
from dataclasses import replace

import pytest

from graph_schema.errors import InvalidInput, NotFound, Unavailable
from interfaces.jobs.schedule import Once
from interfaces.jobs.worker import Pace
from interfaces.progress import Report

QUICK = Pace(tick_s=0.05, poll_s=0.1, heartbeat_s=0.2, stopping_s=0.05, report_s=0.01, away_s=0.1)


async def test_each_period_runs_once_beside_another_worker_and_over_a_restart(plant):
    async with plant.working(plant.noting()), plant.working(plant.noting()):
        for day in range(1, 6):
            await plant.reaches("done")
            assert (await plant.noted(), len(await plant.jobs())) == (day, day)
            plant.hands.next_day()
            await plant.queued(day + 1)
        await plant.reaches("done")
    async with plant.working(plant.noting(), plant.noting("other")):
        await plant.reaches("done", "other")
        assert (await plant.noted(), len(await plant.jobs())) == (6, 6)


async def test_what_was_missed_while_nobody_served_is_made_up_for_once(plant):
    async with plant.working(plant.noting()):
        await plant.reaches("done")
    for _ in range(3):
        plant.hands.next_day()
    async with plant.working(plant.noting()):
        await plant.queued(2)
        await plant.reaches("done")
    assert await plant.noted() == 2


async def test_jobs_of_one_lock_run_one_after_another(plant):
    running, most = 0, 0

    async def run(report: Report) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1

    jobs = [plant.job(run, name, lock="forecasts") for name in ("night", "look", "other")]
    async with plant.working(*jobs), plant.working(*jobs):
        for job in jobs:
            await plant.reaches("done", job.name)
    assert most == 1


async def test_a_running_job_says_how_far_it_is(plant):
    go_on = asyncio.Event()

    async def run(report: Report) -> None:
        report("Forecasting every point", 0.25)
        await go_on.wait()

    async with plant.working(plant.job(run)):
        record = await plant.reaches("runs")
        async with asyncio.timeout(10):
            while record.sentence is None:
                (record,) = await plant.jobs()
        assert (record.sentence, record.share) == ("Forecasting every point", 0.25)
        go_on.set()
        record = await plant.reaches("done")
        assert (record.sentence, record.error, record.failures) == (None, None, 0)
        assert record.took is not None


async def test_a_failure_is_told_and_tried_again_later(plant, caplog: pytest.LogCaptureFixture):
    failures = 0

    async def run(report: Report) -> None:
        nonlocal failures
        if failures < 2:
            failures += 1
            raise Unavailable("The graph does not answer.")

    with caplog.at_level(logging.WARNING):
        async with plant.working(plant.job(run)):
            await plant.failed(1)
            record = await plant.reaches("waits")
            assert record.error == "The graph does not answer."
            assert await plant.records.retry(record.id) == "night", "whoever does not want to wait a minute need not"
            await plant.failed(2)
            await plant.records.run("night")
            await plant.reaches("done")
    assert len(await plant.jobs()) == 1
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"Job night ({record.id}) failed: The graph does not answer. It is tried again in 1 min.",
        f"Job night ({record.id}) failed: The graph does not answer. It is tried again in 2 min.",
    ]
    assert not any(record.exc_info for record in caplog.records), "a sentence says it all"


async def test_after_five_failures_it_is_given_up_until_somebody_retries_it(plant):
    broken = True

    async def run(report: Report) -> None:
        if broken:
            raise ValueError("a fault of ours")

    async with plant.working(plant.job(run)):
        for attempt in range(1, 5):
            await plant.failed(attempt)
            await plant.records.run("night")
        record = await plant.reaches("failed")
        assert (record.failures, record.error) == (5, "ValueError: a fault of ours.")
        broken = False
        await plant.records.retry(record.id)
        record = await plant.reaches("done")
        assert record.failures == 0


async def test_what_a_shutdown_breaks_off_runs_again_and_costs_no_attempt(plant):
    began: asyncio.Queue[None] = asyncio.Queue()

    async def run(report: Report) -> None:
        began.put_nowait(None)
        await asyncio.sleep(3600)

    for _ in range(6):
        async with plant.working(plant.job(run)):
            await asyncio.wait_for(began.get(), 20)
        assert (await plant.reaches("waits")).failures == 0
    async with plant.working(plant.noting()):
        await plant.reaches("done")
    assert (await plant.noted(), len(await plant.jobs())) == (1, 1)


async def test_a_job_that_swallows_its_cancellation_does_not_hold_up_a_shutdown(plant):
    began = asyncio.Event()

    async def run(report: Report) -> None:
        began.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.sleep(3600)

    async with asyncio.timeout(20):
        async with plant.working(plant.job(run)):
            await began.wait()
        await plant.reaches("waits")


async def test_the_connections_may_break_at_any_time(plant):
    async with plant.working(plant.noting()):
        for day in range(1, 4):
            await plant.reaches("done")
            await plant.break_connections()
            plant.hands.next_day()
            await plant.queued(day + 1)
        await plant.reaches("done")
    assert await plant.noted() == 4


async def test_a_job_is_run_on_demand_where_it_is_known_and_does_not_run(plant):
    with pytest.raises(NotFound, match="No jobs are known yet"):
        await plant.records.run("night")
    go_on = asyncio.Event()

    async def run(report: Report) -> None:
        await go_on.wait()

    async with plant.working(plant.job(run), plant.noting("look")):
        record = await plant.reaches("runs")
        with pytest.raises(InvalidInput, match=f"runs at the moment, as {record.id}"):
            await plant.records.run("night")
        with pytest.raises(InvalidInput, match="runs at the moment"):
            await plant.records.retry(record.id)
        with pytest.raises(NotFound, match="There are: look, night"):
            await plant.records.run("nigth")
        with pytest.raises(NotFound, match="no job 4711"):
            await plant.records.retry(4711)
        go_on.set()
        await plant.reaches("done")
        with pytest.raises(InvalidInput, match="has succeeded"):
            await plant.records.retry(record.id)
        again = await plant.records.run("night")
        assert again != record.id
        await plant.reaches("done")
        assert await plant.records.workers() == 1


async def test_old_jobs_are_forgotten_and_their_period_is_not(plant):
    async with plant.working(plant.noting()):
        await plant.reaches("done")
        await plant.records.forget(0, ["look"])
        assert len(await plant.jobs()) == 1
        await plant.records.forget(0)
        assert await plant.jobs() == []
        await plant.ticks()
    assert await plant.noted() == 1


async def test_what_is_done_once_does_not_wait_until_a_start_has_settled(plant):
    slow = replace(QUICK, settling_s=3600)
    first = replace(plant.noting("first"), when=Once())
    for _ in range(2):
        async with plant.working(first, plant.noting(), pace=slow):
            await plant.reaches("done", "first")
    assert (await plant.noted("first"), len(await plant.jobs("first")), await plant.noted()) == (1, 1, 0)
