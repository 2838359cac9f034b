"""``plantroom retention`` as an operator runs it: shown first, removed only when told to, refused where a setting makes no sense."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading

NOW = datetime.now(UTC)


async def count(history: History) -> int:
    return (await history.fetch("select count(*) as n from reading join series on id = series where source = 'old/t'"))[
        0
    ]["n"]


@pytest.mark.slow
async def test_what_has_expired_is_shown_and_then_removed(served, served_history: History):
    terminal, _ = served
    await served_history.write(
        [Reading("old/t", milliseconds(NOW - timedelta(days=10 * n)), float(n)) for n in range(10)]
    )
    kept = await terminal.run("retention")
    assert kept.code == 1
    assert "Everything is kept" in kept.err

    shown = await terminal.run("retention", PLANTROOM_RETENTION="default=35d, Occupancy_Sensor=5d", COLUMNS="160")
    assert shown.code == 0, shown.err
    assert "Nothing was removed" in shown.out
    assert f"{NOW - timedelta(days=35):%Y-%m-%d}" in shown.out
    assert await count(served_history) == 10

    removed = await terminal.run("retention", "--apply", PLANTROOM_RETENTION="default=35d", COLUMNS="160")
    assert removed.code == 0, removed.err
    assert "6 readings were removed." in removed.out
    assert await count(served_history) == 4

    again = await terminal.run("retention", "--apply", PLANTROOM_RETENTION="default=35d", COLUMNS="160")
    assert "0 readings were removed." in again.out
    assert await count(served_history) == 4


async def test_a_class_that_does_not_exist_is_told(served):
    terminal, _ = served
    refused = await terminal.run("retention", PLANTROOM_RETENTION="Occupansy_Asset=5d")
    assert refused.code == 1
    assert "no class of points “Occupansy_Asset”" in refused.err
