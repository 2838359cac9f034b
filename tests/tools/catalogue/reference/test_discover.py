"""What there is in a plant, and the right word for it."""

from typing import Any, cast

import pytest

from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.reference.discover import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.discovery import Discovered
from tools.topology.snapshot import Topologies


@pytest.fixture
async def plant(graph: GraphStore, ontology: Ontology) -> GraphStore:
    def point(owner: str, quantity: str, class_: str, unit: str) -> Entity:
        return Entity(
            f"{owner}-{quantity}", "Point", f"{owner} {quantity}", class_, {"quantity": quantity, "unit": unit}
        )

    points = [point(f"v{n}", "zone_air_temperature", "Zone_Air_Temperature_Sensor", "°C") for n in (1, 2)]
    points.append(point("c1", "electric_power", "Electric_Power_Sensor", "kW"))
    assets = (
        Entity("c1", "Asset", "Chiller 1", "Centrifugal_Chiller"),
        Entity("v1", "Asset", "Lobby VAV", "VAV"),
        Entity("v2", "Asset", "Attic VAV", "RVAV"),
        *points,
    )
    relations = tuple(Relation("HAS_POINT", one.id.partition("-")[0], one.id) for one in points)
    await load_plant(graph, ontology, Plant("House", assets, relations))
    return graph


async def discovered(context: ToolContext, **arguments: Any) -> Discovered:
    return cast(Discovered, await Registry([tool_of(Topologies())]).call("discover", arguments, context))


async def test_all_classes_and_quantities_with_counts(plant: GraphStore, present: ToolContext) -> None:
    found = await discovered(present)
    counts = {one.name: one.count for one in found.classes}
    assert counts == {"VAV": 2, "RVAV": 1, "Centrifugal_Chiller": 1}, "a class counts its subclasses"
    (air, power) = found.quantities
    assert (air.name, air.points, air.units, set(air.classes)) == ("zone_air_temperature", 2, ["°C"], {"VAV", "RVAV"})
    assert (power.name, power.classes) == ("electric_power", ["Centrifugal_Chiller"])
    assert [table.name for table in found.tables()] == ["classes", "quantities"]
    assert (found.total_classes, found.total_quantities) == (3, 2)


@pytest.mark.parametrize(
    ("word", "class_", "quantity", "name"),
    [
        ("chiler", "Chiller", None, "Chiller 1"),
        ("room temperature", None, "zone_air_temperature", None),
        ("zone temp", None, "zone_air_temperature", None),
        ("power", None, "electric_power", None),
        ("lobby", None, None, "Lobby VAV"),
    ],
)
async def test_a_word_finds_the_plants_own(
    plant: GraphStore, present: ToolContext, word: str, class_: str | None, quantity: str | None, name: str | None
) -> None:
    found = await discovered(present, word=word)
    assert class_ is None or found.classes[0].name == class_
    assert quantity is None or found.quantities[0].name == quantity
    assert name is None or name in [one.name for one in found.names]


async def test_what_the_plant_lacks_is_told(plant: GraphStore, present: ToolContext) -> None:
    found = await discovered(present, word="Elevator")
    assert found.notes == ["Elevator is a class, and this plant has none of it."]
    assert (await discovered(present, word="humidity")).notes
    nothing = await discovered(present, word="xyzzy")
    assert (nothing.classes, nothing.quantities, nothing.names) == ([], [], [])
    assert Registry([tool_of(Topologies())])["discover"].summary(nothing) == "Nothing is like “xyzzy”"


async def test_a_limit_leaves_the_totals(plant: GraphStore, present: ToolContext) -> None:
    found = await discovered(present, limit=1)
    assert (len(found.classes), found.total_classes) == (1, 3)
    assert found.tables()[0].total == 3


async def test_what_devices_add_is_found_without_an_import(plant: GraphStore, present: ToolContext) -> None:
    registry = Registry([tool_of(Topologies())])
    await registry.call("discover", {}, present)
    await plant.write("CREATE (:Entity:Point {id: 'p', name: 'p', quantity: 'co2_level', unit: 'ppm'})")
    found = cast(Discovered, await registry.call("discover", {}, present))
    assert "co2_level" in [one.name for one in found.quantities]
