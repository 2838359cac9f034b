"""A point that is judged for the first time is judged over what history has of it, as it would have been live."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.condition import Limits, judge
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import Alarms
from ingestion.history.history import History
from ingestion.live.past import as_read, judged
from ingestion.live.projection import Projection
from ingestion.reading import Reading

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLANT = """
CREATE (a:Entity:Asset {id: 'pump-1', name: 'Pump 1'}),
       (t:Entity:Point {id: 'pump-1.t', name: 't', source: 'pump-1/t', low: 10.0, high: 30.0, warning_band: 0.0}),
       (f:Entity:Point {id: 'pump-1.f', name: 'f', source: 'pump-1/f'}),
       (a)-[:HAS_POINT]->(t), (a)-[:HAS_POINT]->(f)
"""
LIMITS = Limits(low=10, high=30, delay_on_s=60, delay_off_s=90)


def at(minutes: float) -> int:
    return round((NOW - timedelta(minutes=minutes)).timestamp() * 1000)


async def began(graph: GraphStore, history: History, *read: tuple[float, float]) -> Projection:
    """A projection that finds these in history: minutes ago, and the value."""
    await graph.write(PLANT)
    await history.write([Reading("pump-1/t", at(minutes), value) for minutes, value in read])
    projection = Projection(graph, history, lambda: NOW)
    await projection.tick()
    return projection


async def shown(graph: GraphStore) -> dict[str, Any]:
    rows = await graph.read("MATCH (p:Point {id: 'pump-1.t'}) RETURN p.status AS status, p.status_since AS since")
    return rows[0]


async def told(history: History, kinds: str) -> list[str]:
    """The kinds of the changes that everybody was told of."""
    rows = await history.fetch("select kind from change where kind like %(kinds)s order by seq", {"kinds": kinds})
    return [row["kind"] for row in rows]


async def test_an_alarm_of_a_recording_has_its_own_moment(graph: GraphStore, history: History):
    await began(graph, history, (60, 20), (40, 31), (30, 33), (20, 32), (0, 31))
    (alarm,) = await Alarms(history).open()
    assert (alarm.raised_at, alarm.value) == (NOW - timedelta(minutes=39), 31)
    assert (alarm.worst, alarm.worst_at) == (33, NOW - timedelta(minutes=30))
    assert await shown(graph) == {"status": "alarm", "since": at(39)}


async def test_alarms_that_were_over_are_in_the_record_and_told_to_nobody(graph: GraphStore, history: History):
    await began(graph, history, (300, 20), (240, 31), (200, 20), (100, 9), (70, 20), (0, 21))
    alarms = Alarms(history)
    assert await alarms.open() == []
    found = await alarms.between(NOW - timedelta(hours=6), NOW)
    assert [(one.side, one.value, one.acknowledged_at) for one in found] == [
        ("low", 9, found[0].cleared_at), ("high", 31, found[1].cleared_at),
    ]  # fmt: skip
    assert await told(history, "alarm.%") == []


async def test_what_is_read_in_time_for_the_first_time_has_not_come_back(graph: GraphStore, history: History):
    projection = await began(graph, history, (120, 20), (60, 21))
    assert (await shown(graph))["status"] == "stale"
    projection.offer([Reading("pump-1/t", at(0), 22)])
    await projection.tick()
    assert await told(history, "status.%") == []


async def test_other_limits_do_not_change_what_was(graph: GraphStore, history: History):
    projection = await began(graph, history, (60, 20), (40, 25), (0, 20))
    await graph.write("MATCH (p:Point {id: 'pump-1.t'}) SET p.high = 24.0")
    await graph.write("MERGE (m:Meta {id: 'plant'}) SET m.version = coalesce(m.version, 0) + 1")
    await projection.tick()
    assert await Alarms(history).between(NOW - timedelta(hours=6), NOW) == []


async def test_a_restart_records_no_past_twice(graph: GraphStore, history: History):
    await began(graph, history, (300, 20), (240, 31), (200, 20), (0, 21))
    again = Projection(graph, history, lambda: NOW)
    again.offer([Reading("pump-1/t", at(0), 20.5)])
    await again.tick()
    assert len(await Alarms(history).between(NOW - timedelta(hours=6), NOW)) == 1


async def test_the_present_does_not_wait_for_ever(graph: GraphStore, history: History, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingestion.live.projection._LOOKED_BACK_S", 0.0)
    await began(graph, history, (60, 20), (40, 31), (0, 31))
    (alarm,) = await Alarms(history).open()
    assert (alarm.raised_at, alarm.since) == (NOW, None)


STEPS = st.lists(
    st.tuples(st.integers(1, 300), st.sampled_from([20.0, 29.6, 30.5, 31.5, 9.0])), min_size=1, max_size=25
)


@given(STEPS)
def test_the_past_is_judged_as_it_would_have_been_live(steps: list[tuple[int, float]]):
    """Live a point is judged at every reading and every second in between."""
    moments, now = list[tuple[int, float]](), 0
    for seconds, value in steps:
        now += seconds * 1000
        moments.append((now, value))
    live, raised = None, list[int]()
    for (start, value), (end, _) in pairwise([*moments, (now + 1000, 0.0)]):
        for second in range(start, end, 1000):
            before, live = live, judge(live, value, second, LIMITS)
            if live.level != "normal" and (before is None or before.level == "normal"):
                raised.append(second)
    found = judged(moments, now + 1000, LIMITS, None)
    assert found.condition is not None
    assert live is not None
    assert (found.condition.level, found.condition.since, found.condition.worst) == (live.level, live.since, live.worst)
    assert [one.raised_at for one in (*found.over, *([found.open] if found.open else []))] == raised
    assert (found.open is None) == (found.condition.level == "normal")


async def test_the_newest_value_counts_at_once(graph: GraphStore, history: History):
    await began(graph, history, (60, 20), (0.5, 31))
    (alarm,) = await Alarms(history).open()
    assert (alarm.level, alarm.raised_at) == ("alarm", NOW - timedelta(minutes=0.5))


BANDED = Limits(low=10, high=30, warning_band=2)


@pytest.mark.parametrize(
    ("read", "level", "since", "raised"),
    [
        ([(60, 20), (40, 33), (30, 31.9), (20, 31.8)], "warning", 30, 39),
        ([(60, 20), (40, 31), (1, 33)], "alarm", 1, 39),
        ([(60, 20), (40, 33), (1, 29.9)], "normal", 1, None),
    ],
)
def test_the_level_is_that_of_the_newest_value_since_the_first_that_says_so(
    read: list[tuple[float, float]], level: str, since: float, raised: float | None
):
    past = [(at(minutes), value) for minutes, value in read]
    found = as_read(judged(past, at(0), BANDED, None), past, *past[-1], BANDED)
    assert found.condition is not None
    assert (found.condition.level, found.condition.since) == (level, at(since))
    assert (found.open and found.open.raised_at) == (raised and at(raised))
    assert [one.cleared_at for one in found.over] == ([] if found.open else [at(since)])


def test_what_is_latched_stays_until_somebody_resets_it():
    past = [(at(60), 20.0), (at(40), 33.0), (at(20), 20.0)]
    latched = replace(LIMITS, latched=True)
    found = as_read(judged(past, at(0), latched, None), past, *past[-1], latched)
    assert (found.condition and found.condition.level, found.open is not None, found.over) == ("alarm", True, [])


def test_a_text_is_beyond_nothing():
    found = judged([(0, None), (600_000, None)], 700_000, LIMITS, None)
    assert (found.condition and found.condition.level, found.over, found.open) == ("normal", [], None)
