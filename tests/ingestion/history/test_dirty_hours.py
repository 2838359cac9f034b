"""Which hours are marked as changed: each once while it lasts, and always where that cannot be relied on."""

import time

import numpy as np
import psycopg
import pytest

from graph_schema.errors import Unavailable
from ingestion.history.dirty_hours import Hours, Marks
from ingestion.history.history import History
from ingestion.reading import Reading

HOUR = 3_600_000
TEN = 1_772_445_600_000  # an hour's first millisecond


def hours(*pairs: tuple[int, int]) -> Hours:
    return Hours(np.array([series for series, _ in pairs], np.int64), np.array([hour for _, hour in pairs], np.int64))


def pairs(found: Hours) -> list[tuple[int, int]]:
    return list(zip(found.series.tolist(), found.hour.tolist(), strict=True))


def test_a_present_hour_that_was_marked_need_not_be_marked_again():
    marks = Marks()
    marks.committed(hours((1, TEN), (900, TEN)), TEN + 1000)
    assert pairs(marks.missing(hours((1, TEN), (2, TEN), (900, TEN), (5000, TEN)), TEN + 2000)) == [
        (2, TEN),
        (5000, TEN),
    ]


def test_another_hour_of_the_series_has_to_be_marked():
    marks = Marks()
    marks.committed(hours((1, TEN)), TEN + 1000)
    other = hours((1, TEN - HOUR), (1, TEN + HOUR))
    assert pairs(marks.missing(other, TEN + 2000)) == pairs(other)


@pytest.mark.parametrize("now", [TEN + HOUR, TEN + 2 * HOUR, TEN - 10 * 60_000])
def test_an_hour_that_is_over_or_far_ahead_is_always_marked(now: int):
    marks = Marks()
    marks.committed(hours((1, TEN)), now)
    assert pairs(marks.missing(hours((1, TEN)), now)) == [(1, TEN)]


def test_what_was_relied_on_ends_with_the_hour():
    marks = Marks()
    marks.committed(hours((1, TEN)), TEN + HOUR - 1000)
    assert pairs(marks.missing(hours((1, TEN)), TEN + HOUR - 500)) == []
    assert pairs(marks.missing(hours((1, TEN)), TEN + HOUR)) == [(1, TEN)]


async def marked(history: History) -> int:
    return (await history.fetch("select count(*) as n from changed_hour"))[0]["n"]


async def test_a_writer_marks_a_present_hour_once(history: History):
    now = time.time_ns() // 1_000_000
    this_hour, earlier = now - now % HOUR, now - now % HOUR - 5 * HOUR
    await history.write([Reading("d/t", this_hour, 1.0), Reading("d/t", earlier, 1.0)])
    assert await marked(history) == 2
    await history.fetch("truncate changed_hour")  # what the worker never does to an hour that lasts
    await history.write([Reading("d/t", this_hour + 1, 1.0), Reading("d/t", earlier + 1, 1.0)])
    assert await marked(history) == 1
    await history.write([Reading("d/u", this_hour + 1, 1.0)])
    assert await marked(history) == 2


async def test_a_mark_that_was_rolled_back_is_not_relied_on(history: History):
    now = time.time_ns() // 1_000_000
    this_hour = now - now % HOUR
    await history.write([Reading("d/t", this_hour, 1.0)])
    await history.write([Reading("d/t", this_hour, 1.0), Reading("d/u", this_hour, 1.0)])  # meets a known one: compared
    assert await marked(history) == 2


async def test_a_lost_database_ends_the_reliance(history: History, database_switch):
    now = time.time_ns() // 1_000_000
    this_hour = now - now % HOUR
    await history.write([Reading("d/t", this_hour, 1.0)])
    await history.fetch("truncate changed_hour")
    await database_switch(False)
    with pytest.raises((Unavailable, psycopg.Error)):
        await history.write([Reading("d/t", this_hour + 1, 1.0)])
    await database_switch(True)
    await history.write([Reading("d/t", this_hour + 2, 1.0)])
    assert await marked(history) == 1
