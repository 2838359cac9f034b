"""What the benchmarks fill a database with is what ingestion would have made of the same readings."""

from datetime import UTC, datetime

import numpy as np
import pytest

from evals.bench.filling import fill, sum_up
from ingestion.history.history import History
from ingestion.history.rollups import Rollups

AT = datetime(2026, 3, 2, tzinfo=UTC)
SOURCES = ["d/a", "d/b"]


@pytest.fixture
def servers() -> str:
    return "embedded"


async def rollups(history: History, width: str) -> list[dict[str, object]]:
    return await history.fetch(
        f"""select source, r.at, samples, numbers, sum, round(squares::numeric, 6) as squares, min, max, first_at, last_at,
                   first_number, last_number, round(hours::numeric, 6) as hours, round(integral::numeric, 6) as integral
            from reading_{width} r join series s on s.id = r.series order by source, r.at"""
    )


async def test_summed_up_at_once_it_is_what_the_rollups_make_hour_by_hour(history: History):
    at = round(AT.timestamp() * 1000) + 900_000 * np.arange(2 * 96, dtype=np.int64)
    values = np.random.default_rng(1).normal(20, 3, size=(len(at), len(SOURCES)))
    values[4:8, 0] = np.nan
    assert await fill(history, SOURCES, [(at, values)]) == values.size - 4
    await sum_up(history, SOURCES)
    at_once = [await rollups(history, width) for width in ("15m", "1h")]
    assert (await history.fetch("select count(*) as hours from changed_hour"))[0]["hours"] == 0

    await history.fetch("truncate reading_15m, reading_1h")
    await history.fetch(
        "insert into changed_hour (series, hour) select distinct series, date_trunc('hour', at) from reading"
    )
    await Rollups(history).catch_up()
    assert [await rollups(history, width) for width in ("15m", "1h")] == at_once
    assert [len(rows) for rows in at_once] == [2 * 192 - 4, 2 * 48 - 1]
