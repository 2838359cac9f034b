"""Rollups on a real PostgreSQL: what they hold, what a late reading does to them, who keeps them, and being killed."""

import asyncio
import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from graph_schema.errors import Unavailable
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History, Row, open_history
from ingestion.history.rollups import DENSE, KEY, Rollups, exclusively
from ingestion.reading import Reading

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LATER = DAY + timedelta(days=30)


def reading(minutes: float, value: float | str, source: str = "d/t") -> Reading:
    at = milliseconds(DAY + timedelta(minutes=minutes))
    return Reading(source, at, text=value) if isinstance(value, str) else Reading(source, at, value)


@pytest.fixture
def rollups(history: History) -> Rollups:
    return Rollups(history, lambda: LATER)


async def rows(history: History, width: str) -> list[Row]:
    return await history.fetch(f"select * from reading_{width} order by series, at")


async def marks(history: History) -> int:
    return (await history.fetch("select count(*) as n from changed_hour"))[0]["n"]


async def test_an_hour_is_summed_up(history: History, rollups: Rollups):
    await history.write([reading(0, 10.0), reading(10, 20.0), reading(40, 60.0), reading(59, "off")])
    assert await rollups.catch_up() == 1
    (hour,) = await rows(history, "1h")
    assert (hour["at"], hour["samples"], hour["numbers"], hour["dense"]) == (DAY, 4, 3, False)
    assert (hour["sum"], hour["min"], hour["max"]) == (90.0, 10.0, 60.0)
    assert hour["squares"] == pytest.approx(1400.0)
    assert (hour["first_number"], hour["last_number"], hour["last_text"]) == (10.0, 60.0, "off")
    assert hour["hours"] == pytest.approx(59 / 60)
    assert hour["integral"] == pytest.approx((10 * 10 + 30 * 20 + 19 * 60) / 60)
    assert [row["samples"] for row in await rows(history, "15m")] == [2, 1, 1]
    assert [row["samples"] for row in await rows(history, "1d")] == [4]
    assert await rows(history, "1m") == []
    assert await marks(history) == 0


async def test_a_number_holds_an_hour_at_most_between_hours(history: History, rollups: Rollups):
    await history.write([reading(0, 1.0), reading(50, 2.0), reading(200, 3.0), reading(210, 4.0)])
    await rollups.catch_up()
    (day,) = await rows(history, "1d")
    assert day["hours"] == pytest.approx((50 + 60 + 10) / 60)
    assert day["integral"] == pytest.approx((50 * 1 + 60 * 2 + 10 * 3) / 60)


async def test_a_late_reading_and_a_correction_are_taken_in(history: History, rollups: Rollups):
    await history.write([reading(n, 1.0) for n in range(300)])
    assert await rollups.catch_up() == 5
    await history.write([reading(61.5, 7.0), reading(70, 5.0)])
    assert await marks(history) == 1
    assert await rollups.catch_up() == 1
    assert [(row["samples"], row["sum"]) for row in await rows(history, "1d")] == [(301, 311.0)]
    assert [(row["samples"], row["sum"]) for row in await rows(history, "1h")][:3] == [(60, 60), (61, 71), (60, 60)]


async def test_the_same_reading_again_is_no_change(history: History, rollups: Rollups):
    await history.write([reading(0, 1.0)])
    await rollups.catch_up()
    await history.write([reading(0, 1.0)])
    assert await marks(history) == 0


async def test_an_hour_of_many_readings_has_its_minutes(history: History, rollups: Rollups):
    many = [reading(n / 10, float(n)) for n in range(600)]
    few = [reading(60 + n / 2, float(n)) for n in range(DENSE // 2)]
    await history.write([*many, *few])
    await rollups.catch_up()
    minutes = await rows(history, "1m")
    assert [(row["samples"], row["sum"]) for row in minutes[:2]] == [(10, 45.0), (10, 145.0)]
    assert len(minutes) == 60
    await history.write([reading(0.05, 100.0)])
    await rollups.catch_up()
    assert [row["samples"] for row in await rows(history, "1m")][:2] == [11, 10]


async def test_an_hour_that_is_not_over_waits(history: History):
    now = DAY + timedelta(minutes=100)
    await history.write([reading(30, 1.0), reading(90, 2.0), reading(24 * 60, 3.0)])
    assert await Rollups(history, lambda: now).catch_up() == 1
    assert await marks(history) == 2


@pytest.mark.parametrize("huge", [1e200, -1e308, math.inf, math.nan, 5e-324])
async def test_numbers_that_no_sum_can_hold_do_not_stop_the_rest(history: History, rollups: Rollups, huge: float):
    await history.write([*(reading(n, huge) for n in range(90)), reading(0, 1.0, "d/u"), reading(1, 2.0, "d/u")])
    assert await rollups.catch_up() == 3
    assert await marks(history) == (0 if huge == 5e-324 else 2)
    sums = await history.fetch("select sum from reading_1h join series on id = series where source = 'd/u'")
    assert [row["sum"] for row in sums] == [3.0]
    await history.write([reading(n, 1.0) for n in range(90)])
    await rollups.catch_up()
    assert await marks(history) == 0


async def test_a_writer_under_way_is_waited_for(history: History, rollups: Rollups, postgres_dsn: str):
    """It found the mark of an earlier change, and so leaves none of its own."""
    await history.write([reading(0, 1.0)])
    async with await psycopg.AsyncConnection.connect(postgres_dsn) as writer:
        await writer.execute("insert into reading select id, %s, 2.0 from series", [DAY + timedelta(minutes=1)])
        await writer.execute("insert into changed_hour select id, %s from series on conflict do nothing", [DAY])
        working = asyncio.create_task(rollups.catch_up())
        await asyncio.sleep(0.5)
        assert not working.done()
        assert await rows(history, "1h") == []
        await writer.commit()
        assert await asyncio.wait_for(working, 10) == 1
    assert [row["samples"] for row in await rows(history, "1h")] == [2]


async def test_one_works_and_the_others_are_idle(history: History, rollups: Rollups, postgres_dsn: str):
    await history.write([reading(0, 1.0)])
    async with open_history(postgres_dsn) as other, exclusively(other) as connection:
        assert connection
        assert await rollups.catch_up() == 0
    assert await rollups.catch_up() == 1


async def test_a_worker_that_dies_anywhere_loses_nothing(history: History, rollups: Rollups, postgres_dsn: str):
    """Its backend is terminated again and again while readings are corrected."""
    total = 0.0

    async def kill() -> None:
        async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as other:
            for n in range(12):
                await asyncio.sleep(0.02 * (n % 5))
                await other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid in "
                    "(select pid from pg_locks where locktype = 'advisory' and objid = %s)",
                    [KEY & 0xFFFFFFFF],
                )

    async def keep_up() -> None:
        while True:
            await asyncio.sleep(0.01)
            with suppress(Unavailable, psycopg.Error):
                await rollups.catch_up(breath=1.0)

    working = asyncio.create_task(keep_up())
    killing = asyncio.create_task(kill())
    for turn in range(8):
        batch = [reading(n, float(n % 7 + turn), f"d{n % 3}/t") for n in range(0, 4000, 1 + turn % 2)]
        await history.write(batch)
        await asyncio.sleep(0.05)
    await killing
    total = (await history.fetch("select sum(value) as total from reading"))[0]["total"]
    async with asyncio.timeout(30):
        while await marks(history):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    for width in ("15m", "1h", "1d"):
        rolled = await history.fetch(f"select sum(sum) as total, sum(samples) as samples from reading_{width}")
        assert rolled == [{"total": total, "samples": 4000}], width
