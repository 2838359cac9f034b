"""A list of assets as a table."""

from typing import Any, cast

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.find_assets import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.assets import FoundAssets
from tools.topology.snapshot import Topologies

AT = 1772474400000 - 3_600_000  # an hour before the tests' now


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    def point(owner: str, quantity: str, class_: str, unit: str) -> Entity:
        given = {"quantity": quantity, "unit": unit, "source": f"{owner}/{quantity}", "stale_after_s": 60}
        return Entity(f"{owner}-{quantity}", "Point", f"{owner} {quantity}", class_, given, None, (f"bacnet-{owner}",))

    points = (
        point("v1", "zone_air_temperature", "Zone_Air_Temperature_Sensor", "°C"),
        point("v2", "zone_air_temperature", "Zone_Air_Temperature_Sensor", "°F"),
        point("v1", "damper_position", "Damper_Position_Sensor", "%"),
    )
    assets = (
        Entity("f1", "Floor", "Floor 1", "Floor"),
        Entity("z1", "Space", "Zone 1", "HVAC_Zone"),
        Entity("a1", "Asset", "AHU-1", "AHU", {"rated_power_kw": 15.0, "description": "Roof unit"}),
        Entity("v1", "Asset", "VAV-1", "VAV", {"rated_power_kw": 0.4}),
        Entity("v2", "Asset", "VAV-2", "VAV"),
        *points,
    )
    relations = (
        Relation("HAS_PART", "f1", "z1"), Relation("FEEDS", "v1", "z1"), Relation("HAS_PART", "a1", "v1"),
        *(Relation("HAS_POINT", one.id.partition("-")[0], one.id) for one in points),
    )  # fmt: skip
    await load_plant(graph, ontology, Plant("House", assets, relations))
    await graph.write("MATCH (p:Entity {id: 'v1-zone_air_temperature'}) SET p.value = 20.0, p.at = $at", at=AT)
    await graph.write("MATCH (p:Entity {id: 'v2-zone_air_temperature'}) SET p.value = 77.0, p.at = $at", at=AT)
    return graph


async def found(context: ToolContext, class_: str, columns: list[str], **more: Any) -> FoundAssets:
    arguments = {"query": {"class": class_}, "columns": columns, **more}
    return cast(FoundAssets, await Registry([tool_of(Topologies())]).call("find_assets", arguments, context))


async def test_equipment_zone_attributes_and_newest_values(house: GraphStore, present: ToolContext) -> None:
    result = await found(present, "VAV", ["equipment", "zone", "rated_power_kw", "zone_air_temperature", "class"])
    _, table = result.tables()
    assert [one.key for one in table.columns[4:]] == ["equipment", "zone", "rated_power_kw", "zone_air_temperature"]
    assert [row.cells[4:] for row in table.rows] == [("AHU-1", "Zone 1", 0.4, 20.0), (None, None, None, 25.0)]
    power, air = table.columns[6:]
    assert (power.unit, air.unit, air.quantity, air.aggregate) == ("kW", "°C", "zone_air_temperature", "latest")
    assert all(row.stale for row in table.rows)
    assert table.rows[0].of == ("v1",)


async def test_points_with_their_equipment_series_and_address(house: GraphStore, present: ToolContext) -> None:
    result = await found(present, "Zone_Air_Temperature_Sensor", ["equipment", "zone", "source", "reference"])
    cells = [row.cells[4:] for row in result.tables()[1].rows]
    assert cells[0] == ("VAV-1", "Zone 1", "v1/zone_air_temperature", "bacnet-v1")
    assert cells[1] == ("VAV-2", None, "v2/zone_air_temperature", "bacnet-v2")


async def test_a_class_is_what_hangs_together_with_each(house: GraphStore, present: ToolContext) -> None:
    boxes = await found(present, "VAV", ["AHU", "HVAC_Zone", "Floor", "Zone_Air_Temperature_Sensor", "Boiler"])
    assert [row.cells[4:] for row in boxes.tables()[1].rows] == [
        ("AHU-1", "Zone 1", "Floor 1", "v1 zone_air_temperature", None),
        (None, None, None, "v2 zone_air_temperature", None),
    ]
    sensors = await found(present, "Zone_Air_Temperature_Sensor", ["VAV", "AHU", "Location", "Damper_Position_Sensor"])
    assert [row.cells[4:] for row in sensors.tables()[1].rows] == [
        ("VAV-1", "AHU-1", "Zone 1", "v1 damper_position"),
        ("VAV-2", None, None, None),
    ]
    units = await found(present, "AHU", ["VAV", "Zone_Air_Temperature_Sensor"])
    assert [row.cells[4:] for row in units.tables()[1].rows] == [("VAV-1", "v1 zone_air_temperature")]


async def test_what_none_of_them_has_is_told(house: GraphStore, present: ToolContext) -> None:
    result = await found(present, "VAV", ["colour"])
    assert result.notes == ["None of them has an attribute or a point “colour”."]


async def test_without_columns_the_list_is_as_before(house: GraphStore, present: ToolContext) -> None:
    result = await found(present, "VAV", [])
    assert len(result.tables()[1].columns) == 4


async def test_columns_of_groups_are_refused(house: GraphStore, present: ToolContext) -> None:
    with pytest.raises(InvalidInput, match="Columns belong to a list of assets"):
        await found(present, "VAV", ["zone"], group_by="class")
    with pytest.raises(InvalidInput, match="columns"):
        await found(present, "VAV", ["zone"] * 9)
