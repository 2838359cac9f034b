"""Devices that nobody described are found, counted and described with what they report."""

import pytest

from graph_schema.question import AssetQuery
from graph_schema.store.graph import GraphStore
from tools.catalogue.describe_asset import describe_asset
from tools.catalogue.find_assets import finding
from tools.context import ToolContext
from tools.query.names import resolve
from tools.topology.snapshot import Topologies

find_assets = finding(Topologies())

DEVICES = AssetQuery.model_validate({"class": "Device"})


@pytest.fixture
async def devices(graph: GraphStore) -> GraphStore:
    """Twenty with a temperature each, and one whose points the plant describes."""
    await graph.write("""
        UNWIND range(1, 20) AS n
        CREATE (d:Entity:Device {id: 'device:d-' + n, name: 'Device d-' + n, aliases: ['d-' + n]})
        CREATE (p:Entity:Point {id: 'point:d-' + n + '/temperature', name: 'd-' + n + ' temperature', quantity: 'temperature',
                                source: 'd-' + n + '/temperature', unassigned: true, value: n * 1.5, at: 1772474400000, status: 'normal'})
        CREATE (d)-[:REPORTS]->(p)""")
    await graph.write("""
        CREATE (a:Entity:Asset {id: 'ahu', name: 'AHU', class: 'AHU'})-[:HAS_POINT]->
               (:Entity:Point {id: 'ahu/t', name: 't', quantity: 'temperature', source: 'plc/t', value: 1.0, at: 1772474400000})""")
    return graph


async def test_devices_are_counted_and_those_of_described_points_are_told(
    devices: GraphStore, present: ToolContext
) -> None:
    found = await find_assets(present, DEVICES)
    assert found.total == 20
    assert found.notes == ["1 more device reports points of the plant's assets."]


async def test_a_plant_without_devices_of_its_own_tells_who_reports(devices: GraphStore, present: ToolContext) -> None:
    await devices.write("MATCH (n:Entity) WHERE n:Device OR n.unassigned = true DETACH DELETE n")
    found = await find_assets(present, DEVICES)
    assert (found.total, found.notes) == (0, ["1 device reports points of the plant's assets."])


async def test_a_device_has_the_points_that_it_reports(devices: GraphStore, present: ToolContext) -> None:
    found = await describe_asset(present, "d-7")
    assert [(one.quantity, one.value) for one in found.points] == [("temperature", 10.5)]


async def test_devices_are_chosen_by_what_they_read(devices: GraphStore, present: ToolContext) -> None:
    query = {"class": "Device", "where": [{"quantity": "temperature", "comparison": ">", "value": 28}]}
    assert [one.id for one in (await find_assets(present, AssetQuery.model_validate(query))).assets] == [
        "device:d-19",
        "device:d-20",
    ]


async def test_one_of_several_of_a_name_goes_by_its_id(graph: GraphStore) -> None:
    await graph.write(
        "CREATE (:Entity:Asset {id: 'AHU_1', name: 'AHU 1'}), (:Entity:Asset {id: 'b/AHU_1', name: 'AHU 1'})"
    )
    assert await resolve(graph, "AHU 1 (b/AHU_1)") == "b/AHU_1"
