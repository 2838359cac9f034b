"""The watch against real servers: verdicts reach the graph, change with the data, and clocks are told."""

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pytest

from graph_schema.store.graph import GraphStore
from ingestion.decoding.clock_skew import Skews
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters, Unread
from ingestion.quality.device_clocks import DeviceClocks
from ingestion.quality.records import read_clocks, read_records, read_sensors
from ingestion.quality.watch import Watch
from ingestion.reading import Reading

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
NOW_MS = round(NOW.timestamp() * 1000)


async def utc() -> tzinfo:
    return UTC


@pytest.fixture
async def plant(graph: GraphStore) -> GraphStore:
    names = ("good", "silent", "stuck", "odd")
    for name in names:
        await graph.write(
            """CREATE (a:Entity:Asset {id: $id, name: $id, class: 'VAV'})-[:HAS_POINT]->(:Entity:Point {id: $id + '.t', name: $id + ' t',
            source: $id + '/t', quantity: 'zone_air_temperature', unit: '°C'})""",
            id=name,
        )
        await graph.write("CREATE (:Entity:Device {id: 'device:' + $id})", id=name)
    return graph


def readings(name: str, days: float, until_h: float = 0, constant_h: float = 0) -> list[Reading]:
    at = np.arange(NOW_MS - int(days * 86_400_000), NOW_MS - int(until_h * 3_600_000) + 1, 300_000)
    value = np.round(21 + np.sin(at / 13_000_000) + np.random.default_rng(1).normal(0, 0.1, len(at)), 2)
    if constant_h:
        value[at > NOW_MS - constant_h * 3_600_000] = 21.37
    return [Reading(f"{name}/t", a, v) for a, v in zip(at.tolist(), value.tolist(), strict=True)]


async def test_verdicts_are_kept_in_the_graph_until_the_data_are_right(plant: GraphStore, history: History):
    for batch in (
        readings("good", 3),
        readings("silent", 3, until_h=4),
        readings("stuck", 3, constant_h=6),
        readings("odd", 3),
    ):
        await history.write(batch)
    letters = [Unread("t", str(n).encode(), "-9999 °C is outside.", "out of range", ("odd/t",)) for n in range(40)]
    await DeadLetters(history).add(letters)
    watch = Watch(plant, history, utc, lambda: NOW)
    assert await watch.round() == 3
    assert watch.counts == {"silent": 1, "stuck": 1, "rejected": 1}
    rows = {
        row["id"]: row
        for row in await plant.read(
            "MATCH (p:Point) RETURN p.id AS id, p.quality AS quality, p.quality_issues AS told, p.quality_kinds AS kinds"
        )
    }
    assert (rows["good.t"]["quality"], rows["good.t"]["told"]) == (1.0, None)
    assert {id_: row["kinds"] for id_, row in rows.items() if row["kinds"]} == {
        "silent.t": ["silent"], "stuck.t": ["stuck"], "odd.t": ["rejected"],
    }  # fmt: skip
    assert "21.37 °C" in rows["stuck.t"]["told"][0]

    await history.write(readings("stuck", 0.25))
    await history.write(readings("silent", 0.2))
    await history.fetch("delete from dead_letter")
    await watch.round()
    rows = await plant.read(
        "MATCH (p:Point) WHERE p.quality_kinds IS NOT NULL RETURN p.id AS id, p.quality_kinds AS kinds"
    )
    assert [(row["id"], row["kinds"]) for row in rows] == []


async def test_a_wrong_clock_is_told_of_its_device_until_it_is_right(plant: GraphStore, history: History):
    skews = Skews()
    skews.note("odd", NOW_MS + 7_200_000, NOW_MS)
    await history.write(readings("odd", 2))
    watch = Watch(plant, history, utc, lambda: NOW)
    clocks = DeviceClocks(plant, skews)
    await clocks.write()
    await watch.round()
    assert await read_clocks(plant) == {"odd": 7200.0}
    assert watch.counts["clock"] == 1
    for minute in range(1, 30):
        at = NOW_MS + minute * 60_000
        skews.note("odd", at, at)
    await clocks.write()
    assert await read_clocks(plant) == {}


async def test_verdicts_of_two_processes_follow_the_data(plant: GraphStore, history: History):
    """What one remembers to have written, the other may have changed since."""
    one = Watch(plant, history, utc, lambda: NOW)
    other = Watch(plant, history, utc, lambda: NOW + timedelta(seconds=1))

    async def kinds() -> list[str] | None:
        return (await plant.read("MATCH (p:Point {id: 'stuck.t'}) RETURN p.quality_kinds AS kinds"))[0]["kinds"]

    await history.write(readings("stuck", 3, constant_h=6))
    await one.round()
    assert await kinds() == ["stuck"]
    await plant.write("MATCH (p:Point {id: 'stuck.t'}) SET p.quality_kinds = NULL")
    await one.round()
    assert await kinds() is None, "only what has changed is written"
    await other.round()
    await plant.write("MATCH (p:Point {id: 'stuck.t'}) SET p.quality_kinds = NULL")
    await one.round()
    assert await kinds() == ["stuck"]


async def test_the_past_is_the_same_whether_it_was_summed_up_or_not(plant: GraphStore, history: History):
    await history.write(readings("good", 3))
    (sensor,) = [one for one in await read_sensors(plant) if one.id == "good.t"]
    assert sensor.like == ("zone_air_temperature", "°C", "VAV")
    (record,) = await read_records(history, [sensor], NOW, timedelta(days=1), {})
    assert record.past.samples.sum() == 3 * 288 + 1
    assert set(np.diff(record.past.start)) == {900.0, 3600.0}
    assert record.at[-1] == NOW.timestamp()
