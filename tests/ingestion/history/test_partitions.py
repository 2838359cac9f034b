"""Readings in parts by time: made as they are needed, by many at once, carried over from a table without any."""

import asyncio
from datetime import UTC, datetime
from importlib.resources import files

import psycopg
from psycopg import sql

from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History, migrate, open_history
from ingestion.reading import Reading

BEFORE = ("0001_history.sql", "0004_birth.sql")
MOMENTS = [
    datetime(1980, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2007, 2, 28, 23, 59, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, 23, 59, tzinfo=UTC),
    datetime(2099, 12, 31, 23, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC),
]  # fmt: skip


def at_all_times(source: str = "d/t", value: float = 1.0) -> list[Reading]:
    return [Reading(source, milliseconds(at), value) for at in MOMENTS]


async def parts(history: History) -> list[str]:
    return [row["part"] for row in await history.fetch("select part::text as part from parts_of('reading')")]


async def test_readings_of_all_times_have_parts(history: History):
    assert await history.write(at_all_times()) == len(MOMENTS)
    assert await history.write(at_all_times()) == 0
    assert await history.write(at_all_times(value=2.0)) == len(MOMENTS)
    found = await history.fetch(
        "select count(*) as readings, count(*) filter (where r.at >= p.since and r.at < p.until) as inside "
        "from reading r join parts_of('reading') p on p.part = r.tableoid"
    )
    assert found == [{"readings": len(MOMENTS), "inside": len(MOMENTS)}]
    assert 5 <= len(await parts(history)) <= len(MOMENTS)


async def test_many_writers_of_new_times_do_not_deadlock(history: History, postgres_dsn: str):
    async with open_history(postgres_dsn) as other:
        batches = [at_all_times(f"d{n}/t")[:: (1, -1)[n % 2]] for n in range(8)]
        written = await asyncio.gather(*((history, other)[n % 2].write(batch) for n, batch in enumerate(batches)))
    assert written == [len(MOMENTS)] * 8


async def test_a_part_that_was_dropped_is_made_again(history: History):
    await history.write(at_all_times())
    for part in await parts(history):
        await history.fetch("select drop_part('reading', %s::regclass)", [part])
    assert await parts(history) == []
    assert await history.write(at_all_times()) == len(MOMENTS)


async def test_readings_from_before_there_were_parts_are_carried_over(postgres_dsn: str):
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as connection:
        await connection.execute("create schema earlier")
        name = connection.info.dbname
        await connection.execute(
            sql.SQL("alter database {} set search_path = earlier, public").format(sql.Identifier(name))
        )
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as connection:
        await connection.execute("create table migration (name text primary key, applied_at timestamptz default now())")
        for name in BEFORE:
            await connection.execute(files("ingestion").joinpath("migrations", name).read_bytes())
            await connection.execute("insert into migration values (%s)", [name])
        await connection.execute("insert into series (source) values ('d/t')")
        for at in MOMENTS:
            await connection.execute("insert into reading select id, %s, 1.0 from series", [at])
    assert "0005_partitions.sql" in await migrate(postgres_dsn)
    async with open_history(postgres_dsn) as history:
        assert await history.write([*at_all_times(), Reading("d/t", 0, 1.0)]) == 1
        assert (await history.fetch("select count(*) as n from reading"))[0]["n"] == len(MOMENTS) + 1
