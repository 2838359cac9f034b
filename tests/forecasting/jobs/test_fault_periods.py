"""When assets were not sound, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from forecasting.anomalies.windows import Spell
from forecasting.jobs.fault_periods import known_spells, put_spells
from ingestion.history.history import History

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def spell(since: datetime, seen: datetime) -> Spell:
    return Spell(since.timestamp(), seen.timestamp())


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
async def test_a_spell_goes_on_with_its_beginning_and_a_new_one_begins_after_a_pause(history: History):
    assert await known_spells(history, ["a"], NOW) == {}
    await put_spells(history, {"a": NOW - 2 * DAY, "b": NOW}, NOW)
    await put_spells(history, {"a": NOW}, NOW + 2 * DAY)
    assert await known_spells(history, ["a"], NOW + 2 * DAY) == {"a": [spell(NOW - 2 * DAY, NOW + 2 * DAY)]}
    again = NOW + 9 * DAY
    await put_spells(history, {"a": again}, again)
    await put_spells(history, {}, again)
    known = await known_spells(history, ["a", "b", "c"], again)
    assert known["a"] == [spell(NOW - 2 * DAY, NOW + 2 * DAY), spell(again, again)]
    assert known["b"] == [spell(NOW, NOW)]
    assert "c" not in known
    assert await known_spells(history, ["b"], NOW + 200 * DAY) == {}
