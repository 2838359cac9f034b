"""A point that another system knows by an id of its own gets its values under any of its addresses, and one history."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.pipeline.service import Ingestion, build
from ingestion.reading import Message, Reply

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
UUID = "756e1623-914f-4415-9000-b1b10ce8f5c9"
MODEL = f"""
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix bacnet: <http://data.ashrae.org/bacnet/2020#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix b: <urn:bldgA#> .
b:AHU_1 a brick:AHU ; brick:hasPoint b:SAT_1 , b:RAT_1 .
b:SAT_1 a brick:Supply_Air_Temperature_Sensor ; brick:hasUnit unit:DEG_C ; ref:hasExternalReference [ ref:hasTimeseriesId "{UUID}" ] .
b:RAT_1 a brick:Return_Air_Temperature_Sensor ; ref:hasExternalReference [ bacnet:object-identifier "analog-value,7" ; bacnet:objectOf b:d ] .
b:d a bacnet:BACnetDevice ; bacnet:device-instance 123 .
"""


class Given:
    """Messages from nowhere."""

    async def poll_batch(self) -> Sequence[Message]:
        raise AssertionError("nobody asks")

    async def commit(self, messages: Sequence[Message]) -> None: ...

    async def send(self, replies: Sequence[Reply]) -> None: ...


class Plant:
    def __init__(self, parts: Ingestion, graph: GraphStore, history: History, ontology: Ontology, path) -> None:
        self.parts, self.graph, self.history, self.ontology, self.path = parts, graph, history, ontology, path
        self.now = AT

    async def describe(self) -> None:
        await load_plant(self.graph, self.ontology, read_plant(self.path, self.ontology))
        await self.parts.validation.refresh(self.graph)
        await self.parts.projection.tick()

    async def hears(self, **values: dict[str, object]) -> None:
        """What devices publish at one moment; one message each."""
        self.now += 1_000
        messages = [
            Message(f"plantroom/telemetry/{device}", json.dumps(sample).encode(), None, self.now)
            for device, sample in values.items()
        ]
        await self.parts.pipeline.take(messages, Given())
        await self.parts.projection.tick()
        await self.parts.validation.refresh(self.graph)

    async def point(self, id_: str = "SAT_1") -> tuple[object, object]:
        (row,) = await self.graph.read("MATCH (p:Entity {id: $id}) RETURN p.source AS source, p.value AS value", id=id_)
        return row["source"], row["value"]

    async def recorded(self) -> dict[str, list[float]]:
        rows = await self.history.fetch("select source, value from reading join series on series = id order by at")
        found: dict[str, list[float]] = {}
        for row in rows:
            found.setdefault(row["source"], []).append(row["value"])
        return found

    async def made_up(self) -> list[str]:
        rows = await self.graph.read(
            "MATCH (p:Point) WHERE p.unassigned = true RETURN p.source AS source ORDER BY source"
        )
        return [row["source"] for row in rows]


@pytest.fixture
async def plant(graph: GraphStore, history: History, ontology: Ontology, tmp_path) -> Plant:
    path = tmp_path / "a.ttl"
    path.write_text(MODEL, "utf-8")
    return Plant(build(history, graph, clock=lambda: NOW), graph, history, ontology, path)


@pytest.mark.parametrize(
    ("device", "key"), [(UUID, "value"), ("bms", UUID), ("bms", UUID.upper()), ("timeseries", UUID)]
)
async def test_a_uuid_is_reached_in_each_documented_way(plant: Plant, device: str, key: str) -> None:
    await plant.describe()
    assert (await plant.point()) == (UUID, None)
    await plant.hears(**{device: {"values": {key: 13.2}}})
    assert (await plant.point()) == (f"{device}/{key}", 13.2)
    assert await plant.recorded() == {f"{device}/{key}": [13.2]}
    assert await plant.made_up() == []


async def test_what_comes_under_another_address_goes_to_the_same_history(plant: Plant) -> None:
    await plant.describe()
    await plant.hears(bms={"values": {UUID: 13.2}})
    await plant.hears(**{UUID: {"values": {"value": 57.2}, "units": {"value": "°F"}}})
    await plant.hears(gateway={"values": {UUID: 15.0, "other": 1}})
    assert (await plant.point()) == (f"bms/{UUID}", 15.0)
    assert await plant.recorded() == {f"bms/{UUID}": [13.2, pytest.approx(14.0), 15.0], "gateway/other": [1.0]}
    assert await plant.made_up() == ["gateway/other"]


async def test_both_at_once_make_one_value(plant: Plant) -> None:
    await plant.describe()
    await plant.hears(bms={"values": {UUID: 13.2}}, **{UUID: {"values": {"value": 13.2}}})
    assert (await plant.point())[1] == 13.2
    assert await plant.made_up() == []


async def test_a_bacnet_object_is_reached_by_its_device_and_name(plant: Plant) -> None:
    await plant.describe()
    assert await plant.point("RAT_1") == (None, None)
    await plant.hears(**{"123": {"values": {"analog-value,7": 21.5}}})
    assert await plant.point("RAT_1") == ("123/analog-value,7", 21.5)


async def test_readings_that_came_before_the_model_are_its_history(plant: Plant) -> None:
    await plant.hears(bms={"values": {UUID: 13.2}})
    assert await plant.made_up() == [f"bms/{UUID}"]
    await plant.describe()
    assert (await plant.point()) == (f"bms/{UUID}", 13.2)
    assert await plant.made_up() == []


async def test_an_import_again_leaves_the_address_where_its_history_is(plant: Plant) -> None:
    await plant.describe()
    await plant.hears(bms={"values": {UUID: 13.2}})
    await plant.describe()
    assert (await plant.point()) == (f"bms/{UUID}", 13.2)
    await plant.hears(bms={"values": {UUID: 14.0}})
    assert await plant.recorded() == {f"bms/{UUID}": [13.2, 14.0]}


async def test_a_model_that_names_another_series_is_followed(plant: Plant) -> None:
    await plant.describe()
    await plant.hears(bms={"values": {UUID: 13.2}})
    plant.path.write_text(MODEL.replace(UUID, "AHU1.SAT"), "utf-8")
    await plant.describe()
    assert (await plant.point())[0] == "AHU1.SAT"
    await plant.hears(bms={"values": {"AHU1.SAT": 14.0}})
    assert (await plant.point()) == ("bms/AHU1.SAT", 14.0)


async def test_a_plant_imported_by_an_earlier_version_is_reached_by_its_source(plant: Plant) -> None:
    await plant.describe()
    await plant.graph.write("MATCH (p:Point) REMOVE p.addresses WITH p MATCH (m:Meta {id: 'plant'}) SET m.version = 99")
    await plant.hears(bms={"values": {UUID: 13.2}})
    assert (await plant.point()) == (f"bms/{UUID}", 13.2)
