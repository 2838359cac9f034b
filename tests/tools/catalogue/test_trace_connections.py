"""Following the supply through real and made-up plants in the graph."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.importers import read_plant
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.trace_connections import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.connections import Connected, Connections
from tools.topology.snapshot import Topologies

DEMO = Path(__file__).parents[3] / "ingestion" / "simulator" / "demo_plant.yaml"


@pytest.fixture
def registry() -> Registry:
    return Registry([tool_of(Topologies())])


async def trace(registry: Registry, context: ToolContext, asset: str, direction: str, **more: str) -> Connections:
    result = await registry.call("trace_connections", {"asset": asset, "direction": direction, **more}, context)
    assert isinstance(result, Connections)
    return result


def ids(connected: list[Connected]) -> set[str]:
    return {one.entity.id for one in connected}


async def query(graph: GraphStore, statement: str) -> set[str]:
    return {row["id"] for row in await graph.read(statement)}


@pytest.fixture
async def demo(graph: GraphStore, ontology: Ontology) -> GraphStore:
    await load_plant(graph, ontology, read_plant(DEMO, ontology))
    return graph


async def test_outage_of_an_air_handler_reaches_boxes_zones_and_rooms(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    found = await trace(registry, present, "AHU-3", "loses_service")
    expected = await query(
        demo,
        "MATCH (:Asset {id: 'ahu-3'})-[:FEEDS]->(v) RETURN v.id AS id UNION "
        "MATCH (:Asset {id: 'ahu-3'})-[:FEEDS]->(v)-[:FEEDS]->(z) RETURN z.id AS id UNION "
        "MATCH (:Asset {id: 'ahu-3'})-[:FEEDS]->(v)-[:FEEDS]->(z)-[:HAS_PART]->(r) RETURN r.id AS id",
    )
    assert ids(found.connected) == expected
    assert found.total == len(expected) == sum(found.by_class.values())
    assert {"VAV-301", "Zone 301", "Open Office 301"} <= {one.entity.name for one in found.connected}
    assert found.connected[0].via == "AHU-3"
    assert found.backed_up == []
    assert found.scene is not None
    assert (found.scene.focus, set(found.scene.highlight)) == ("ahu-3", {"ahu-3", *expected})
    assert {"ahu-3", *expected} <= set(found.evidence[0].entities)


async def test_redundant_equipment_is_backed_up(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    found = await trace(registry, present, "chiller-1", "loses_service")
    assert found.total == 0
    pump = next(one for one in found.backed_up if one.entity.id == "chwp-1")
    assert [ref.id for ref in pump.alternatives] == ["chiller-2"]


async def test_transfer_switch_keeps_its_generator(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    (switch,) = await query(demo, "MATCH (a:Asset {class: 'Automatic_Transfer_Switch'}) RETURN a.id AS id")
    (gear,) = await query(demo, "MATCH (a:Asset {class: 'Switchgear'}) RETURN a.id AS id")
    found = await trace(registry, present, gear, "loses_service")
    assert switch in {one.entity.id for one in found.backed_up}
    assert {"chiller-1", "chiller-2", "chwp-1", "ahu-1", "vav-101", "zone-101", "room-101"} <= ids(found.connected)
    units = await query(demo, "MATCH (a:Asset {id: 'ups-1'}) RETURN a.id AS id")
    assert units
    assert not units & ids(found.connected)


async def test_upstream_of_a_room_and_path_to_it(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    found = await trace(registry, present, "boardroom", "upstream")
    assert [one.entity.id for one in found.connected[:2]] == ["vav-303", "ahu-3"]
    assert {"chwp-1", "chiller-2", "boiler-1"} <= ids(found.connected)
    only = await trace(registry, present, "boardroom", "upstream", of_class="Chiller")
    assert ids(only.connected) == {"chiller-1", "chiller-2"}
    path = await trace(registry, present, "chiller-1", "path", to="boardroom")
    assert [one.entity.id for one in path.connected][-3:] == ["vav-303", "zone-303", "room-303"]
    assert [one.hops for one in path.connected] == [*range(1, path.total + 1)]


async def test_part_that_feeds_nothing_points_to_its_whole(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    found = await trace(registry, present, "ahu-1-fan", "loses_service")
    assert (found.total, found.backed_up) == (0, [])
    assert found.notes[0].startswith(
        "AHU-1 Supply Fan feeds nothing itself in the model; it is part of AHU-1, which feeds"
    )


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"asset": "ahu-1", "direction": "path"}, InvalidInput, "“to” is the other end of a path"),
        ({"asset": "ahu-1", "direction": "upstream", "to": "ahu-2"}, InvalidInput, "“to” is the other end of a path"),
        ({"asset": "ahu-9", "direction": "upstream"}, NotFound, "Did you mean AHU-"),
        (
            {"asset": "ahu-1", "direction": "upstream", "of_class": "Spaceship_X"},
            InvalidInput,
            "no class “Spaceship_X”",
        ),
        ({"asset": "ahu-1/supply_air_temperature", "direction": "upstream"}, InvalidInput, "Only equipment and places"),
        ({"asset": "ahu-1", "direction": "sideways"}, InvalidInput, "“direction”: input should be 'upstream'"),
    ],
)
async def test_senseless_requests_are_refused(
    demo: GraphStore,
    registry: Registry,
    present: ToolContext,
    arguments: dict[str, str],
    error: type[Exception],
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence):
        await registry.call("trace_connections", arguments, present)


async def test_import_that_changes_the_plant_is_noticed(
    graph: GraphStore, ontology: Ontology, registry: Registry, present: ToolContext
) -> None:
    assets = (Entity("a", "Asset", "A", "AHU"), Entity("v", "Asset", "V", "VAV"), Entity("w", "Asset", "W", "VAV"))
    await load_plant(graph, ontology, Plant("P", assets, (Relation("FEEDS", "a", "v"),)))
    assert ids((await trace(registry, present, "a", "downstream")).connected) == {"v"}
    await load_plant(graph, ontology, Plant("P", assets, (Relation("FEEDS", "a", "w"),)))
    assert ids((await trace(registry, present, "a", "downstream")).connected) == {"w"}


async def test_soda_hall_loses_air_when_an_air_handler_stops(
    graph: GraphStore, ontology: Ontology, buildings: Path, registry: Registry, present: ToolContext
) -> None:
    await load_plant(graph, ontology, read_plant(buildings / "soda_brick.ttl", ontology))
    found = await trace(registry, present, "AHU A3", "loses_service")
    expected = await query(
        graph,
        "MATCH (:Asset {name: 'AHU A3'})-[:FEEDS]->(v) RETURN v.id AS id UNION "
        "MATCH (:Asset {name: 'AHU A3'})-[:FEEDS]->(v)-[:FEEDS]->(z) RETURN z.id AS id UNION "
        "MATCH (:Asset {name: 'AHU A3'})-[:FEEDS]->(v)-[:FEEDS]->(z)-[:HAS_PART]->(r) RETURN r.id AS id",
    )
    assert ids(found.connected) | ids(found.backed_up) == expected
    assert {"VAV", "HVAC_Zone", "Room"} <= found.by_class.keys()


async def test_site_b_has_closed_loops(
    graph: GraphStore, ontology: Ontology, buildings: Path, registry: Registry, present: ToolContext
) -> None:
    await load_plant(graph, ontology, read_plant(buildings / "DIEF_Site_B.ttl", ontology))
    (chiller,) = await query(graph, "MATCH (a:Asset {class: 'Chiller'}) RETURN a.id AS id")
    (coils,) = await graph.read("MATCH (a:Asset {class: 'Cooling_Coil'}) RETURN collect(a.id) AS ids")
    found = await trace(registry, present, chiller, "loses_service")
    assert set(coils["ids"]) <= ids(found.connected)
    one = await trace(registry, present, coils["ids"][0], "loses_service")
    assert one.total == 0
