"""The jobs of a served plant, as an operator meets them: two processes on one home, run on demand, listed, tried again."""

import asyncio
import re
from typing import Any

import pytest

from ingestion.history.history import History
from interfaces.app.forecasts import TURN as FORECASTS
from interfaces.jobs.turn import turn

UNDER_WAY = re.compile(
    r"(Somebody else runs `plantroom forecast` on this plant|The job (first|night|look) \(\d+\) computes the forecasts) at the moment\. "
    r".*`plantroom forecast --wait` begins when it is done\."
)
"""A job of the new plant may be about to compute them as well."""


async def listed(terminal) -> list[dict[str, Any]]:
    finished = await terminal.run("jobs", "--json")
    assert finished.code == 0, finished.err
    return finished.json()


@pytest.mark.slow
async def test_two_served_processes_run_a_job_once_and_do_without_one_that_is_killed(served, served_history: History):
    terminal, _ = served
    async with terminal.running("serve", "--port", "0") as other:
        await other.serving()
        await workers(served_history, 2)
        first = await run_retention(terminal)
        await ended(served_history, first)
        await other.end()
    second = await run_retention(terminal)
    await ended(served_history, second)
    found = {job["id"]: job for job in await listed(terminal)}
    assert [(found[id]["state"], found[id]["error"]) for id in (first, second)] == [("done", None)] * 2
    starts = await served_history.fetch(
        "select count(*) as n from jobs.procrastinate_events where type = 'started' and job_id = any(%s)",
        [[first, second]],
    )
    assert starts[0]["n"] == 2
    told = await terminal.run("jobs", COLUMNS="160")
    assert any(
        line.startswith(f"{second} ") and " retention " in line and " done " in line for line in told.out.splitlines()
    )


async def run_retention(terminal) -> int:
    """The number of the job that is queued, as soon as the schedule has none of its own under way."""
    async with asyncio.timeout(120):
        while True:
            queued = await terminal.run("jobs", "run", "retention")
            if found := re.match(
                r"Job (\d+) \(retention\) is queued\. `plantroom jobs` shows how far it is\.", queued.out
            ):
                return int(found[1])
            assert "runs at the moment" in queued.err


async def test_what_cannot_be_is_said_in_a_sentence(served, served_history: History):
    terminal, _ = served
    await workers(served_history, 1)
    unknown = await terminal.run("jobs", "run", "nigth")
    assert unknown.code == 1
    there = "briefings, look, night, notifications, quality, retention, rollups, webhooks"
    assert f"There is no job “nigth”. There are: {there}." in unknown.err
    missing = await terminal.run("jobs", "retry", "4711")
    assert missing.code == 1
    assert "There is no job 4711." in missing.err


async def workers(history: History, number: int) -> None:
    await reaches(history, "select count(*) as n from jobs.procrastinate_workers", number)


async def ended(history: History, id: int) -> None:
    await reaches(
        history,
        f"select count(*) as n from jobs.procrastinate_jobs where id = {id} and status = 'succeeded'",
        1,
    )


async def reaches(history: History, sql: str, number: int) -> None:
    async with asyncio.timeout(120):
        while (await history.fetch(sql))[0]["n"] < number:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_forecast_at_the_terminal_leaves_one_that_is_under_way_alone_or_waits_for_it(
    served, served_history: History
):
    terminal, _ = served
    async with turn(served_history, FORECASTS, waiting="Waiting"):
        refused = await terminal.run("forecast")
        waiting = asyncio.create_task(terminal.run("forecast", "--wait"))
        done, _ = await asyncio.wait({waiting}, timeout=2)
        assert not done
    assert refused.code == 1
    assert UNDER_WAY.search(refused.err), refused.err
    finished = await waiting
    assert finished.code == 0, finished.err
