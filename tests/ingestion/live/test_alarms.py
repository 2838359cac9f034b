"""Alarms through the real projection: from readings to the record, the changes and the graph, with a clock of the test's own."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import Alarm
from ingestion.history.history import History
from ingestion.live.projection import Projection
from ingestion.live.values import PointValue
from ingestion.reading import Reading

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
PLANT = """
CREATE (a:Entity:Asset {id: 'pump-1', name: 'Pump 1'}),
       (t:Entity:Point {id: 'pump-1.t', name: 't', source: 'pump-1/t', low: 10.0, high: 30.0, warning_band: 0.0}),
       (f:Entity:Point {id: 'pump-1.f', name: 'f', source: 'pump-1/f'}),
       (a)-[:HAS_POINT]->(t), (a)-[:HAS_POINT]->(f)
"""


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Plant:
    """A pump with a temperature that has limits, seen by a projection that may be lost and started anew."""

    def __init__(self, graph: GraphStore, history: History) -> None:
        self.graph = graph
        self.history = history
        self.clock = Clock()
        self.projection = Projection(graph, history, self.clock)

    def restart(self) -> None:
        self.projection = Projection(self.graph, self.history, self.clock)

    async def read(self, value: float, after_s: float = 0) -> None:
        """It reads this, so many seconds later."""
        self.clock.now += timedelta(seconds=after_s)
        reading = Reading("pump-1/t", int(self.clock.now.timestamp() * 1000), value)
        await self.history.write([reading])
        self.projection.offer([reading])
        await self.projection.tick()

    async def wait(self, seconds: float) -> None:
        """No reading comes."""
        self.clock.now += timedelta(seconds=seconds)
        await self.projection.tick()

    async def node(self, id: str = "pump-1.t") -> dict[str, Any]:
        return (await self.graph.read("MATCH (n:Entity {id: $id}) RETURN properties(n) AS n", id=id))[0]["n"]

    async def alarms(self) -> list[Alarm]:
        """All that were ever raised, the oldest first."""
        found = await self.projection.alarms.between(NOW - timedelta(days=1), NOW + timedelta(days=1))
        return found[::-1]

    async def changes(self, kind: str = "alarm.%") -> list[str]:
        rows = await self.history.fetch("select kind from change where kind like %s order by seq", [kind])
        return [row["kind"] for row in rows]


@pytest.fixture
async def plant(graph: GraphStore, history: History) -> Plant:
    await graph.write(PLANT)
    await graph.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 1")
    return Plant(graph, history)


async def alarm_for(plant: Plant, value: float = 35.0) -> None:
    """Sound, and then beyond its limit for long enough."""
    await plant.read(20.0)
    await plant.read(value, 10)
    await plant.read(value, 60)


async def test_an_hour_about_the_limit_is_one_alarm_and_the_count_does_not_flip(plant: Plant):
    await plant.read(25.0)
    counts: list[bool] = []
    for second in range(10, 3600, 10):
        await plant.read(30.0 + 1.5 * math.sin(second / 14), 10)
        counts.append((await plant.node("pump-1"))["status"] == "alarm")
    for _ in range(30):
        await plant.read(25.0, 10)
        counts.append((await plant.node("pump-1"))["status"] == "alarm")
    assert await plant.changes() == ["alarm.raised", "alarm.cleared"]
    flips = sum(before != after for before, after in pairwise(counts))
    assert flips <= 2
    (alarm,) = await plant.alarms()
    assert (alarm.side, alarm.limit_value, alarm.cleared_value) == ("high", 30.0, 25.0)
    assert alarm.worst == pytest.approx(31.5, abs=0.05)
    assert alarm.duration
    assert timedelta(minutes=57) < alarm.duration < timedelta(minutes=63)


async def test_an_alarm_tells_its_value_its_limit_and_since_when(plant: Plant):
    await alarm_for(plant)
    (alarm,) = await plant.alarms()
    assert (alarm.point, alarm.source, alarm.assets) == ("pump-1.t", "pump-1/t", ["pump-1"])
    assert (alarm.level, alarm.value, alarm.side, alarm.limit_value) == ("alarm", 35.0, "high", 30.0)
    assert alarm.raised_at == alarm.since == NOW + timedelta(seconds=70)
    (row,) = await plant.history.fetch("select subject, moment, data from change where kind = 'alarm.raised'")
    assert (row["subject"], row["moment"], row["data"]["value"], row["data"]["limit"]) == (
        "pump-1.t", NOW + timedelta(seconds=70), 35.0, 30.0,
    )  # fmt: skip
    node = await plant.node()
    assert (node["status"], node["status_since"], node["status_before"], node["status_worst"]) == (
        "alarm", AT + 70_000, "normal", 35.0,
    )  # fmt: skip
    assert (await plant.node("pump-1"))["status"] == "alarm"


async def test_a_delay_runs_out_between_readings(plant: Plant):
    await plant.read(20.0)
    await plant.read(35.0, 10)
    await plant.wait(55)
    assert await plant.changes() == []
    await plant.wait(6)
    assert await plant.changes() == ["alarm.raised"]
    await plant.read(20.0, 10)
    await plant.wait(61)
    assert await plant.changes() == ["alarm.raised", "alarm.cleared"]
    assert (await plant.node())["status"] == "normal"


async def test_a_restart_does_not_raise_again(plant: Plant):
    await alarm_for(plant)
    since = (await plant.node())["status_since"]
    plant.restart()
    await plant.wait(5)
    await plant.read(36.0, 10)
    assert await plant.changes("%") == ["alarm.raised", "status.changed"]
    assert (await plant.node())["status_since"] == since
    await plant.read(20.0, 10)
    await plant.read(20.0, 60)
    (alarm,) = await plant.alarms()
    assert (alarm.cleared_at, alarm.worst) == (NOW + timedelta(seconds=155), 36.0)


async def test_a_point_that_was_sound_before_a_restart_has_its_delay_after_it(plant: Plant):
    await plant.read(20.0)
    plant.restart()
    await plant.read(35.0, 10)
    assert (await plant.node())["status"] == "normal"
    await plant.wait(61)
    assert (await plant.node())["status"] == "alarm"


class Cut(GraphStore):
    """A graph behind a link that breaks before the statement that would say how points are."""

    async def write_all(self, batch: Any) -> Any:
        if any("status_since" in text for text, _ in batch):
            raise Unavailable("The graph does not answer.")
        return await super().write_all(batch)


@pytest.mark.parametrize("beyond", [True, False])
async def test_a_crash_between_the_record_and_the_graph_is_made_good(plant: Plant, beyond: bool):
    whole = plant.graph
    if not beyond:
        await alarm_for(plant)
        await plant.read(20.0, 10)
    else:
        await plant.read(20.0)
        await plant.read(35.0, 10)
    plant.projection._graph = Cut(whole.driver, whole.database)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Unavailable):
        await plant.wait(61)
    recorded, told = await plant.changes(), await plant.changes("status.%")
    assert recorded[-1] == ("alarm.raised" if beyond else "alarm.cleared")
    assert (await plant.node())["status"] == ("normal" if beyond else "alarm")
    plant.restart()  # nothing of the process is left
    await plant.wait(1)
    assert (await plant.node())["status"] == ("alarm" if beyond else "normal")
    assert (await plant.node("pump-1"))["status"] == ("alarm" if beyond else "normal")
    assert (await plant.changes(), await plant.changes("status.%")) == (recorded, told)


async def test_the_alarm_of_a_point_that_left_the_plant_is_closed_with_the_reason(plant: Plant):
    await alarm_for(plant)
    await plant.graph.write("MATCH (p:Entity {id: 'pump-1.t'}) DETACH DELETE p")
    await plant.graph.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 2")
    await plant.wait(6)
    (alarm,) = await plant.alarms()
    assert (alarm.reason, alarm.cleared_value) == ("The point left the plant.", None)
    assert await plant.changes() == ["alarm.raised", "alarm.cleared"]


async def test_the_alarm_of_a_point_without_limits_is_closed_with_the_reason(plant: Plant):
    await alarm_for(plant)
    await plant.graph.write(
        "MATCH (p:Entity {id: 'pump-1.t'}), (m:Meta {id: 'plant'}) SET p.low = null, p.high = null, m.version = 2"
    )
    await plant.wait(6)
    assert (await plant.alarms())[0].reason == "The point has no limits any more."
    assert (await plant.node())["status"] == "normal"


async def test_silence_is_a_change_and_ends_no_alarm(plant: Plant):
    await alarm_for(plant)
    await plant.wait(1000)
    assert (await plant.node())["status"] == "stale"
    assert (await plant.node())["status_before"] == "alarm"
    rows = await plant.history.fetch(
        "select data->>'status' as status from change where kind = 'status.changed' order by seq"
    )
    assert [row["status"] for row in rows] == ["alarm", "stale"]
    assert (await plant.alarms())[0].cleared_at is None
    await plant.read(35.0, 10)
    assert (await plant.node())["status"] == "alarm"
    assert await plant.changes() == ["alarm.raised"]


async def test_a_latched_alarm_stays_until_somebody_resets_it(plant: Plant):
    await plant.graph.write("MATCH (p:Entity {id: 'pump-1.t'}) SET p.latched = true")
    await alarm_for(plant)
    await plant.read(20.0, 10)
    await plant.read(20.0, 600)
    assert (await plant.node())["status"] == "alarm"
    assert await plant.projection.alarms.reset(["pump-1.t"], plant.clock(), "Anna") == 1
    plant.projection.alarms_changed()
    await plant.wait(1)
    assert (await plant.node())["status"] == "normal"
    assert (await plant.alarms())[0].reason == "Reset by Anna."
    assert await plant.changes() == ["alarm.raised", "alarm.cleared"]


async def test_an_alarm_that_is_reset_too_early_comes_back_after_its_delay(plant: Plant):
    await alarm_for(plant)
    await plant.projection.alarms.reset(["pump-1.t"], plant.clock(), "Anna")
    plant.projection.alarms_changed()
    await plant.wait(1)
    await plant.wait(30)
    assert await plant.changes() == ["alarm.raised", "alarm.cleared"]
    await plant.wait(61)
    assert await plant.changes() == ["alarm.raised", "alarm.cleared", "alarm.raised"]


async def test_the_worst_value_is_kept_while_the_alarm_lasts(plant: Plant):
    await alarm_for(plant)
    await plant.read(41.0, 10)
    worst_at = plant.clock.now
    await plant.read(33.0, 10)
    await plant.wait(31)
    (alarm,) = await plant.alarms()
    assert (alarm.worst, alarm.worst_at) == (41.0, worst_at)


async def test_a_plant_that_is_stable_writes_no_change(plant: Plant):
    await plant.read(20.0)
    for _ in range(20):
        await plant.read(21.0, 10)
    assert await plant.changes("%") == []


async def test_two_processes_that_see_the_same_record_it_once(plant: Plant):
    other = Projection(plant.graph, plant.history, plant.clock)
    await plant.read(20.0)
    await other.tick()
    for after in (10, 61):
        plant.clock.now += timedelta(seconds=after)
        reading = Reading("pump-1/t", int(plant.clock.now.timestamp() * 1000), 35.0)
        for projection in (plant.projection, other):
            projection.offer([reading])
            await projection.tick()
    assert await plant.changes("%") == ["alarm.raised", "status.changed"]


async def test_a_device_is_born_once(plant: Plant):
    for _ in range(2):
        plant.projection.offer([Reading("new/x", AT, 1.0), Reading("new/y", AT, 1.0)])
        await plant.projection.tick()
    assert await plant.changes("%") == ["device.born", "plant.changed"]


async def test_who_looks_gets_the_newest_of_each_point(plant: Plant):
    await plant.read(20.0)
    async with plant.projection.values.subscribe() as values:
        await plant.read(21.0, 1)
        await plant.read(22.0, 1)
        at = AT + 2000
        assert await values.take() == [PointValue("pump-1.t", 22.0, None, at, "normal")]
    assert not plant.projection.values.wanted


async def test_the_graph_says_what_a_condition_weighed_when_it_changed(plant: Plant):
    """An alarm that was over after two minutes had grown to a fifth: from there it fades, also after a restart."""
    await alarm_for(plant)
    assert (await plant.node())["status_counted"] == [0.0, 0.0, 0.0, 0.0]
    plant.restart()
    await plant.read(20.0, 60)
    await plant.read(20.0, 60)
    node = await plant.node()
    assert (node["status"], node["status_before"]) == ("normal", "alarm")
    beyond, alarm, silent, _ = node["status_counted"]
    assert (beyond, alarm, silent) == (pytest.approx(0.2), pytest.approx(0.2), 0.0)
