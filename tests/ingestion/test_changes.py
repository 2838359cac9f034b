"""The stream of changes, on real PostgreSQL: its order, its readers, and what it forgets."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from ingestion.changes import Batch, Change, NewChange, deliver, follow, newest, record, trim
from ingestion.history.history import History

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PATIENCE_S = 30

READER = """
import asyncio, sys
from contextlib import aclosing
from ingestion.changes import deliver
from ingestion.history.history import open_history

async def main(dsn, pause):
    async with open_history(dsn, 1) as history, aclosing(deliver(history, "slow reader")) as batches:
        async for batch in batches:
            for change in batch.changes:
                print(change.seq, flush=True)
                await asyncio.sleep(pause)

asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


async def write(history: History, *subjects: str, kind: str = "test") -> None:
    async with history.connection() as connection, connection.transaction():
        await record(connection, [NewChange(kind, subject, NOW) for subject in subjects])


async def take(batches: AsyncGenerator[Batch], count: int) -> list[Change]:
    found: list[Change] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(found) < count:
            found += (await anext(batches)).changes
    return found


def subjects(changes: Sequence[Change]) -> list[str]:
    return [change.subject for change in changes]


async def test_a_change_is_told_with_what_it_is_about_once_its_transaction_is_committed(history: History):
    async with aclosing(follow(history, await newest(history))) as batches:
        async with history.connection() as connection, connection.transaction(force_rollback=True):
            await record(connection, [NewChange("alarm.raised", "never", NOW)])
        async with history.connection() as connection, connection.transaction():
            await record(connection, [NewChange("alarm.raised", "ahu-2.t", NOW, {"value": 31.5})])
        (change,) = await take(batches, 1)
    assert (change.kind, change.subject, change.moment, change.data) == (
        "alarm.raised",
        "ahu-2.t",
        NOW,
        {"value": 31.5},
    )


async def test_what_is_written_together_keeps_its_order(history: History):
    names = [f"point-{number}" for number in range(300)]
    async with aclosing(follow(history, 0)) as batches:
        await write(history, *names)
        assert subjects(await take(batches, 300)) == names


async def test_four_writers_at_once_and_a_reader_misses_none_and_doubles_none(history: History, postgres_dsn: str):
    each = 100

    async def writer(number: int) -> None:
        chance = random.Random(number)
        async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as connection:
            for turn in range(each):
                async with connection.transaction():
                    await record(connection, [NewChange("test", f"{number}", NOW, {"turn": turn})])
                    if chance.random() < 0.3:
                        await asyncio.sleep(0.005 * chance.random())

    async with aclosing(follow(history, await newest(history))) as batches, asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(writer(number))
        found = await take(batches, 4 * each)
    seqs = [change.seq for change in found]
    assert seqs == sorted(set(seqs))
    for number in range(4):
        assert [one.data["turn"] for one in found if one.subject == str(number)] == list(range(each))


async def test_a_named_reader_goes_on_where_it_was(history: History):
    await write(history, "before it was known")
    async with aclosing(deliver(history, "slack")) as batches:
        first = asyncio.create_task(take(batches, 1))
        await known(history, "slack")
        await write(history, "a")
        assert subjects(await first) == ["a"]
    await write(history, "b")
    async with aclosing(deliver(history, "slack")) as batches:
        assert subjects(await take(batches, 2)) == ["a", "b"]  # nobody asked for what comes after a: it comes again
        await write(history, "c")
        assert subjects(await take(batches, 1)) == ["c"]
    async with aclosing(deliver(history, "slack")) as batches:
        assert subjects(await take(batches, 1)) == ["c"]


async def test_a_reader_of_some_kinds_does_not_hold_back_what_it_does_not_read(history: History):
    async with aclosing(deliver(history, "alarms", kinds=["alarm.raised"])) as batches:
        waiting = asyncio.create_task(take(batches, 1))
        await known(history, "alarms")
        await write(history, "x", "y", kind="status")
        await write(history, "a", kind="alarm.raised")
        await write(history, "z", kind="status")
        assert subjects(await waiting) == ["a"]
        waiting = asyncio.create_task(take(batches, 1))
        await write(history, "b", kind="alarm.raised")
        assert subjects(await waiting) == ["b"]
    (row,) = await history.fetch("select seq from change_reader where name = 'alarms'")
    (status,) = await history.fetch("select max(seq) as seq from change where kind = 'status'")
    assert row["seq"] >= status["seq"] - 1


async def test_two_processes_read_under_one_name_and_either_may_be_killed(history: History, postgres_dsn: str):
    """Each change arrives at least once; within a process, and over the change from one to the other, in order."""
    async with reading(postgres_dsn) as first, reading(postgres_dsn) as second:
        await known(history, "slow reader")
        await write(history, *[str(number) for number in range(40)])
        arrived: list[int] = []
        before, after, told = await one_that_reads(first, second)
        arrived.append(int(told))
        for _ in range(5):
            arrived.append(int(await line(before)))
        before.send_signal(signal.SIGKILL)
        arrived += [int(text) for text in (await rest(before)).split()]
        resumed: list[int] = []
        last = await newest(history)
        while not resumed or resumed[-1] < last:
            resumed.append(int(await line(after)))
    every = [row["seq"] for row in await history.fetch("select seq from change order by seq")]
    assert set(arrived) | set(resumed) == set(every)
    assert arrived == sorted(set(arrived))
    assert resumed == sorted(set(resumed))
    assert resumed[0] <= arrived[-1] + 1


async def test_what_is_old_goes_and_what_a_reader_still_needs_stays(history: History):
    await write(history, *"abcdef")
    first, *_ = [row["seq"] for row in await history.fetch("select seq from change order by seq")]
    later = lambda: datetime.now(UTC) + timedelta(days=20)  # noqa: E731
    await history.fetch(
        "insert into change_reader (name, seq, read_at) values ('alive', %s, %s)", [first + 2, later() - timedelta(1)]
    )
    assert await trim(history, later) == 3
    assert subjects(await read_all(history)) == ["d", "e", "f"]


async def test_a_reader_that_was_away_for_too_long_is_told_how_much_it_missed(history: History):
    await write(history, *"abcdef")
    first, *_ = [row["seq"] for row in await history.fetch("select seq from change order by seq")]
    await history.fetch("insert into change_reader (name, seq) values ('late', %s)", [first + 1])
    assert await trim(history, lambda: datetime.now(UTC) + timedelta(days=20)) == 6
    async with aclosing(deliver(history, "late")) as batches, asyncio.timeout(PATIENCE_S):
        assert await anext(batches) == Batch([], 4)
        await write(history, "g")
        batch = await anext(batches)
        assert (subjects(batch.changes), batch.missed) == (["g"], 0)


async def test_only_so_many_rows_are_kept(history: History):
    await write(history, *"abcdef")
    assert await trim(history, rows=2) == 4
    assert subjects(await read_all(history)) == ["e", "f"]


async def read_all(history: History) -> list[Change]:
    async with aclosing(follow(history, 0)) as batches, asyncio.timeout(PATIENCE_S):
        return list((await anext(batches)).changes)


async def known(history: History, name: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await history.fetch("select 1 from change_reader where name = %s", [name]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@asynccontextmanager
async def reading(dsn: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READER, dsn, "0.005", stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def one_that_reads(
    first: asyncio.subprocess.Process, second: asyncio.subprocess.Process
) -> tuple[asyncio.subprocess.Process, asyncio.subprocess.Process, str]:
    """The process whose turn it is, the other, and the first line."""
    tasks = {asyncio.create_task(line(one)): one for one in (first, second)}
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    (task,) = done
    mine = tasks[task]
    return mine, second if mine is first else first, task.result()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(PATIENCE_S):
        return (await process.stdout.readline()).decode()


async def rest(process: asyncio.subprocess.Process) -> str:
    """What it had printed before it died; half a line does not count."""
    assert process.stdout
    text = (await process.stdout.read()).decode()
    return text[: text.rfind("\n") + 1]
