"""The tables of the jobs: made once by whoever comes first, and brought up to date by later versions."""

import asyncio

import psycopg

from ingestion.history.history import Migration
from interfaces.jobs.schema import migrate_jobs, pending


async def test_they_are_made_once_however_many_processes_come(postgres_dsn: str):
    ran = await asyncio.gather(*(migrate_jobs(postgres_dsn) for _ in range(4)))
    assert sorted(map(len, ran)) == [0, 0, 0, 2]
    assert await migrate_jobs(postgres_dsn) == []
    async with await psycopg.AsyncConnection.connect(postgres_dsn) as connection:
        cursor = await connection.execute(
            "select distinct schemaname from pg_tables where tablename like 'procrastinate%' or tablename = 'progress'"
        )
        assert await cursor.fetchall() == [("jobs",)]


def test_a_later_version_of_the_library_brings_only_its_changes():
    def steps(*names: str) -> list[Migration]:
        return [Migration(f"procrastinate {name}", name) for name in names]

    first = steps("03.04_50", "03.03_01", "03.04_50")
    assert pending(first, set()) == first[:1], "the whole schema contains them all"
    assert pending(first, {"procrastinate 03.04_50", "0001_history.sql"}) == []
    later = steps("03.06_50", "03.03_01", "03.04_50", "03.05_01", "03.06_50")
    assert [one.text for one in pending(later, {"procrastinate 03.04_50"})] == ["03.05_01", "03.06_50"]
    assert pending(later, {"procrastinate 03.04_50", "procrastinate 03.05_01", "procrastinate 03.06_50"}) == []
