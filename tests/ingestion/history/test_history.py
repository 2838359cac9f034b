"""History on a real PostgreSQL: idempotent, sorted, honest about what it refuses."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.errors import Unavailable
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History, RefusedRow, migrate, open_history
from ingestion.reading import Reading

AT = milliseconds(datetime(2026, 3, 2, 10, tzinfo=UTC))


async def rows(history: History) -> list[tuple[str, int, float | None, str | None]]:
    found = await history.fetch(
        "select source, at, value, text from reading join series on series.id = series order by source, at"
    )
    return [(r["source"], milliseconds(r["at"]), r["value"], r["text"]) for r in found]


async def test_what_is_written_is_there(history: History):
    written = await history.write([Reading("b/t", AT, 21.5), Reading("a/mode", AT + 1, None, "auto")])
    assert written == 2
    assert await rows(history) == [("a/mode", AT + 1, None, "auto"), ("b/t", AT, 21.5, None)]


async def test_the_same_batch_twice_is_one(history: History):
    batch = [Reading(f"d/{n % 7}", AT + n, float(n)) for n in range(100)]
    assert await history.write(batch) == 100
    assert await history.write(batch) == 0
    assert len(await rows(history)) == 100


async def test_a_duplicate_inside_a_batch_is_one_and_the_later_counts(history: History):
    assert await history.write([Reading("d/t", AT, 1.0), Reading("d/t", AT, 2.0)]) == 1
    assert await rows(history) == [("d/t", AT, 2.0, None)]


async def test_a_corrected_value_replaces_the_old(history: History):
    await history.write([Reading("d/t", AT, 1.0), Reading("d/u", AT, 1.0)])
    assert await history.write([Reading("d/t", AT, None, "fault"), Reading("d/u", AT, 1.0)]) == 1
    assert ("d/t", AT, None, "fault") in await rows(history)


async def test_nothing_is_no_work(history: History):
    assert await history.write([]) == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(315_532_800_000, 7_258_118_399_999), value=st.floats(allow_nan=False, allow_infinity=False))
async def test_a_millisecond_and_a_double_come_back_exactly(history: History, at: int, value: float):
    await history.write([Reading("d/exact", at, value)])
    found = await history.fetch(
        "select value from reading where at = %(at)s",
        {"at": datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at)},
    )
    assert [r["value"] for r in found] == [value]


@pytest.mark.parametrize(
    "bad",
    [
        Reading("d/t", 10**18, 1.0),
        Reading("d/t", 10**30, 1.0),
        Reading("d/t", AT, None, "a\x00b"),
        Reading("d/t", AT, None, "\ud800"),
        Reading("d\x00/t", AT, 1.0),
    ],
    ids=["time", "huge time", "NUL", "surrogate", "NUL in the address"],
)
async def test_a_refused_row_refuses_the_batch_whole(history: History, bad: Reading):
    with pytest.raises(RefusedRow, match="refuses"):
        await history.write([Reading("good/t", AT, 1.0), bad])
    assert await rows(history) == []
    assert await history.write([Reading("good/t", AT, 1.0)]) == 1


async def test_many_writers_of_the_same_rows_do_not_deadlock(history: History):
    batch = [Reading(f"d{n % 50}/t", AT + n // 50, float(n)) for n in range(2000)]
    counts = await asyncio.gather(*(history.write(batch[::step]) for step in (1, -1, 1, -1)))
    assert sum(counts) == 2000


async def test_last_seen_is_the_newest_by_time_and_not_by_arrival(history: History):
    await history.write([Reading("d/t", AT + 5, 5.0)])
    await history.write([Reading("d/t", AT + 1, 1.0), Reading("d/u", AT, None, "on")])
    seen = {r["source"]: (r["value"], r["text"]) for r in await history.last_seen(["d/t", "d/u", "d/none"])}
    assert seen == {"d/t": (5.0, None), "d/u": (None, "on")}
    assert [s["source"] for s in await history.series()] == ["d/t", "d/u"]


async def test_times_come_back_aware(history: History):
    await history.write([Reading("d/t", AT, 1.0)])
    assert (await history.last_seen(["d/t"]))[0]["at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_migrating_twice_or_at_once_does_the_work_once(postgres_dsn: str):
    ran = await asyncio.gather(*(migrate(postgres_dsn) for _ in range(4)))
    assert sum(len(names) for names in ran) <= 1
    assert await migrate(postgres_dsn) == []


async def test_a_killed_backend_is_replaced(history: History, postgres_dsn: str):
    await history.write([Reading("d/t", AT, 1.0)])
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as other:
        await other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert await history.write([Reading("d/t", AT + 1, 1.0)]) == 1


async def test_a_database_that_is_away_is_a_sentence():
    with pytest.raises(Unavailable, match="does not answer"):
        async with open_history("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"):
            pass


async def test_numbers_and_texts_of_one_batch_stay_apart(history: History):
    batch = [
        Reading(f"d/{n % 5}", AT + n, None if n % 3 else float(n), f"text {n}" if n % 3 else None) for n in range(90)
    ]
    batch.append(Reading("d/nan", AT, float("nan")))
    assert await history.write(batch) == 91
    stored = {(source, at): (value, text) for source, at, value, text in await rows(history)}
    assert str(stored.pop(("d/nan", AT))) == "(nan, None)"
    assert stored == {(r.source, r.at): (r.value, r.text) for r in batch[:-1]}


async def test_what_is_delivered_again_among_new_readings_is_one(history: History):
    for start in range(0, 1000, 50):  # every batch repeats half of the one before
        assert await history.write([Reading("d/t", AT + n, float(n)) for n in range(start, start + 100)]) == (
            100 if start == 0 else 50
        )
    for start in range(2000, 3000, 100):  # and then comes what is all new
        assert await history.write([Reading("d/t", AT + n, float(n)) for n in range(start, start + 100)]) == 100
    assert len(await rows(history)) == 2050
