"""The present in a real graph: newest values, statuses, unknown devices, and catching up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.live.projection import Projection
from ingestion.live.undated import Undated
from ingestion.reading import Reading

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)

PLANT = """
CREATE (a:Entity:Asset {id: 'ahu-2', name: 'AHU-2'}), (s:Entity:Space {id: 'room', name: 'Room'}),
       (t:Entity:Point {id: 'ahu-2.t', name: 't', source: 'ahu-2/t', low: 10.0, high: 20.0}),
       (m:Entity:Point {id: 'ahu-2.mode', name: 'mode', source: 'ahu-2/mode'}),
       (r:Entity:Point {id: 'room.t', name: 't', source: 'room/t', stale_after_s: 60}),
       (a)-[:HAS_POINT]->(t), (a)-[:HAS_POINT]->(m), (s)-[:HAS_POINT]->(r)
"""


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def plant(graph: GraphStore) -> GraphStore:
    await graph.write(PLANT)
    await graph.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 1")
    return graph


@pytest.fixture
def projection(plant: GraphStore, history: History, clock: Clock) -> Projection:
    return Projection(plant, history, clock)


async def node(graph: GraphStore, id: str) -> dict[str, Any]:
    rows = await graph.read("MATCH (n:Entity {id: $id}) RETURN n", id=id)
    return rows[0]["n"] if rows else {}


async def test_the_newest_value_reaches_its_point(projection: Projection, plant: GraphStore):
    projection.offer([Reading("ahu-2/t", AT - 1, 14.0), Reading("ahu-2/t", AT, 15.0), Reading("ahu-2/t", AT - 2, 13.0)])
    projection.offer([Reading("ahu-2/mode", AT, None, "auto")])
    assert await projection.tick() == 2
    point = await node(plant, "ahu-2.t")
    assert (point["value"], point["at"], point["status"]) == (15.0, AT, "normal")
    assert (await node(plant, "ahu-2.mode"))["text"] == "auto"


async def test_late_data_leaves_the_newer_value(projection: Projection, plant: GraphStore, history: History, clock):
    projection.offer([Reading("ahu-2/t", AT, 15.0)])
    await projection.tick()
    projection.offer([Reading("ahu-2/t", AT - 60_000, 30.0)])
    assert await projection.tick() == 0
    another = Projection(plant, history, clock)
    another.offer([Reading("ahu-2/t", AT - 60_000, 30.0)])
    await another.tick()
    assert (await node(plant, "ahu-2.t"))["value"] == 15.0


async def test_a_clock_a_day_ahead_shows_its_values_as_of_now_and_hides_none(
    projection: Projection, plant: GraphStore, clock: Clock
):
    day = 86_400_000
    projection.offer([Reading("ahu-2/t", AT + day, 15.0), Reading("ahu-2/t", AT + day + 1, 16.0)])
    await projection.tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["at"]) == (16.0, AT)
    clock.now += timedelta(seconds=5)
    projection.offer([Reading("ahu-2/t", AT + day + 5000, 17.0)])
    await projection.tick()
    assert (await node(plant, "ahu-2.t"))["value"] == 17.0
    clock.now += timedelta(seconds=5)  # its clock is put right
    projection.offer([Reading("ahu-2/t", AT + 10_000, 18.0)])
    await projection.tick()
    point = await node(plant, "ahu-2.t")
    assert (point["value"], point["at"], point["status"]) == (18.0, AT + 10_000, "normal")


async def test_a_start_prefers_what_is_not_of_the_future(projection: Projection, plant: GraphStore, history: History):
    day = 86_400_000
    await history.write([Reading("ahu-2/t", AT - 1000, 15.0), Reading("ahu-2/t", AT + day, 99.0)])
    await history.write([Reading("room/t", AT + day, 21.0)])
    await projection.tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["at"]) == (15.0, AT - 1000)
    assert ((await node(plant, "room.t"))["value"], (await node(plant, "room.t"))["at"]) == (21.0, AT)


async def test_a_text_replaces_a_number(projection: Projection, plant: GraphStore):
    projection.offer([Reading("ahu-2/mode", AT - 1, 3.0)])
    await projection.tick()
    projection.offer([Reading("ahu-2/mode", AT, None, "off")])
    await projection.tick()
    point = await node(plant, "ahu-2.mode")
    assert (point.get("value"), point["text"]) == (None, "off")


async def test_an_owner_has_the_worst_status_of_its_points(projection: Projection, plant: GraphStore, clock: Clock):
    projection.offer([Reading("ahu-2/t", AT, 30.0), Reading("ahu-2/mode", AT, None, "auto")])
    await projection.tick()
    assert (await node(plant, "ahu-2"))["status"] == "alarm"
    projection.offer([Reading("ahu-2/t", AT + 1000, 15.0)])
    await projection.tick()
    clock.now += timedelta(seconds=61)
    await projection.tick()
    assert (await node(plant, "ahu-2"))["status"] == "normal"


async def test_a_silent_point_becomes_stale_and_its_room_too(projection: Projection, plant: GraphStore, clock: Clock):
    projection.offer([Reading("room/t", AT, 21.0), Reading("ahu-2/t", AT, 15.0)])
    await projection.tick()
    clock.now += timedelta(seconds=61)
    await projection.tick()
    assert (await node(plant, "room.t"))["status"] == "stale"
    assert (await node(plant, "room"))["status"] == "stale"
    assert (await node(plant, "ahu-2"))["status"] == "normal"
    projection.offer([Reading("room/t", AT + 61_000, 21.0)])
    await projection.tick()
    assert (await node(plant, "room"))["status"] == "normal"


async def test_a_point_that_another_process_hears_of_is_not_stale(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    other = Projection(plant, history, clock)
    projection.offer([Reading("room/t", AT, 21.0)])
    await projection.tick()
    await other.tick()
    clock.now += timedelta(minutes=20)
    projection.offer([Reading("room/t", AT + 1_200_000, 22.0)])
    await projection.tick()
    await other.tick()
    assert (await node(plant, "room.t"))["status"] == "normal"
    assert (await node(plant, "room"))["status"] == "normal"


async def test_an_old_recording_is_stale_at_once(projection: Projection, plant: GraphStore):
    projection.offer([Reading("ahu-2/t", AT - 3_600_000, 30.0)])
    await projection.tick()
    assert (await node(plant, "ahu-2.t"))["status"] == "stale"


async def test_an_unknown_device_gets_a_node_and_unassigned_points(projection: Projection, plant: GraphStore):
    projection.units = {"new/flow": "L/s"}
    projection.offer([Reading("new/flow", AT, 1.5), Reading("new/state", AT, None, "on")])
    assert await projection.tick() == 2
    assert (await node(plant, "device:new"))["last_seen"] == AT
    point = await node(plant, "point:new/flow")
    assert (point["source"], point["value"], point["unit"]) == ("new/flow", 1.5, "L/s")
    reported = await plant.read(
        "MATCH (:Device {id: 'device:new'})-[:REPORTS]->(p:Point) RETURN p.id AS id ORDER BY id"
    )
    assert [row["id"] for row in reported] == ["point:new/flow", "point:new/state"]
    assert (await plant.read("MATCH (m:Meta) RETURN m.version AS v"))[0]["v"] == 2
    await projection.tick()
    assert (await plant.read("MATCH (m:Meta) RETURN m.version AS v"))[0]["v"] == 2


async def test_an_import_takes_over_the_address_of_an_unknown_device(projection, plant: GraphStore, history: History):
    reading = Reading("new/flow", AT, 1.5)
    await history.write([reading])
    projection.offer([reading])
    await projection.tick()
    await plant.write(
        "CREATE (p:Entity:Point {id: 'pump.flow', name: 'flow', source: 'new/flow', high: 1.0}) "
        "WITH p MATCH (m:Meta) SET m.version = 7"
    )
    await projection.tick()
    assert await node(plant, "point:new/flow") == {}
    point = await node(plant, "pump.flow")
    assert (point["value"], point["status"]) == (1.5, "alarm")
    reported = await plant.read("MATCH (:Device {id: 'device:new'})-[:REPORTS]->(p) RETURN p.id AS id")
    assert [row["id"] for row in reported] == ["pump.flow"]


async def test_two_points_may_share_an_address(projection: Projection, plant: GraphStore):
    await plant.write("CREATE (:Entity:Point {id: 'other.t', name: 't', source: 'ahu-2/t'})")
    projection.offer([Reading("ahu-2/t", AT, 15.0)])
    assert await projection.tick() == 2
    assert (await node(plant, "other.t"))["value"] == 15.0


async def test_a_start_catches_up_from_history(projection: Projection, plant: GraphStore, history: History):
    await history.write([Reading("ahu-2/t", AT - 5, 11.0), Reading("ahu-2/t", AT, 12.0)])
    assert await projection.tick() == 1
    assert (await node(plant, "ahu-2.t"))["value"] == 12.0


async def test_changed_limits_change_the_status(projection: Projection, plant: GraphStore, history: History):
    await history.write([Reading("ahu-2/t", AT, 15.0)])
    await projection.tick()
    await plant.write("MATCH (p:Point {id: 'ahu-2.t'}), (m:Meta) SET p.high = 12.0, m.version = 2")
    await projection.tick()
    assert (await node(plant, "ahu-2"))["status"] == "alarm"


class Gate(GraphStore):
    """The same graph behind a link that can fail."""

    down = True

    async def write_all(self, batch: Any) -> Any:
        if self.down:
            raise Unavailable("The graph does not answer.")
        return await super().write_all(batch)


async def test_what_was_offered_during_an_outage_arrives_after_it(plant: GraphStore, history: History, clock: Clock):
    gate = Gate(plant.driver, plant.database)
    projection = Projection(gate, history, clock)
    projection.offer([Reading("ahu-2/t", AT - 10, 11.0), Reading("new/x", AT, 1.0)])
    with pytest.raises(Unavailable):
        await projection.tick()
    projection.offer([Reading("ahu-2/t", AT - 5, 12.0)])
    projection.offer([Reading("ahu-2/t", AT - 20, 10.0)])
    gate.down = False
    assert await projection.tick() == 2
    assert (await node(plant, "ahu-2.t"))["value"] == 12.0
    assert (await node(plant, "point:new/x"))["value"] == 1.0


# Moments that cannot be


MINUTE, DAY = 60_000, 86_400_000


async def test_our_own_clock_that_was_ahead_and_is_put_back_leaves_nothing_in_the_future(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    await history.write([Reading("ahu-2/t", AT, 15.0)])
    clock.now += timedelta(days=1)
    await history.write([Reading("ahu-2/t", AT + DAY, 25.9)])
    projection.offer([Reading("ahu-2/t", AT + DAY, 25.9)])
    await projection.tick()
    clock.now -= timedelta(days=1) - timedelta(seconds=10)
    projection.offer([Reading("ahu-2/t", AT + 10_000, 16.4)])
    await projection.tick()
    point = await node(plant, "ahu-2.t")
    assert (point["value"], point["at"], point["status"]) == (16.4, AT + 10_000, "normal")


async def test_a_silent_point_heals_from_the_record_when_the_clock_is_put_back(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    await history.write([Reading("ahu-2/t", AT, 15.0), Reading("ahu-2/t", AT + DAY, 25.9)])
    clock.now += timedelta(days=1)
    projection.offer([Reading("ahu-2/t", AT + DAY, 25.9)])
    await projection.tick()
    assert (await node(plant, "ahu-2.t"))["value"] == 25.9
    clock.now -= timedelta(days=1) - timedelta(seconds=10)
    await projection.tick()
    await projection.tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["at"]) == (15.0, AT)


async def test_another_process_finds_a_present_in_the_future_and_heals_it(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    clock.now += timedelta(days=1)
    projection.offer([Reading("ahu-2/t", AT + DAY, 25.9)])
    await projection.tick()
    clock.now -= timedelta(days=1)
    await history.write([Reading("ahu-2/t", AT - MINUTE, 15.0), Reading("ahu-2/t", AT + DAY, 25.9)])
    await Projection(plant, history, clock).tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["at"]) == (15.0, AT - MINUTE)


async def test_alarms_go_on_after_a_clock_was_put_back(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    await plant.write("MATCH (p:Entity {id: 'ahu-2.t'}) SET p.low = 10.0, p.high = 20.0")
    clock.now += timedelta(days=1)
    projection.offer([Reading("ahu-2/t", AT + DAY, 15.0)])
    await projection.tick()
    clock.now -= timedelta(days=1)
    for seconds in (0, 61, 122):
        projection.offer([Reading("ahu-2/t", AT + seconds * 1000, 35.0)])
        clock.now = NOW + timedelta(seconds=seconds)
        await projection.tick()
    assert (await node(plant, "ahu-2.t"))["status"] == "alarm"


@pytest.mark.parametrize("at", [AT + 90 * DAY, 2_085_978_496_000, 315_532_800_000])
async def test_a_clock_that_nobody_set_is_no_present(projection: Projection, plant: GraphStore, at: int):
    projection.offer([Reading("ahu-2/t", AT, 15.0), Reading("ahu-2/t", at, 1.0)])
    await projection.tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["at"]) == (15.0, AT)


async def test_a_value_of_an_unknown_moment_is_there_and_stale_until_a_newer_one_comes(
    projection: Projection, plant: GraphStore, history: History, clock: Clock
):
    reading = Reading("ahu-2/t", AT, 15.0)
    (new,) = await Undated(history, clock).first_seen([reading])
    projection.undated([new])
    projection.offer([new])
    await history.write([new])
    await projection.tick()
    assert ((await node(plant, "ahu-2.t"))["value"], (await node(plant, "ahu-2.t"))["status"]) == (15.0, "stale")

    another = Projection(plant, history, clock)
    await another.tick()
    clock.now += timedelta(seconds=10)
    await another.tick()
    assert (await node(plant, "ahu-2.t"))["status"] == "stale"
    another.offer([Reading("ahu-2/t", AT + 10_000, 15.0)])
    await another.tick()
    assert (await node(plant, "ahu-2.t"))["status"] == "normal"
