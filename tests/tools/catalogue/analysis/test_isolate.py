"""What isolating an asset costs and where it is shut, on a small chilled water plant and on the demo plant."""

from datetime import datetime
from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.importers import read_plant
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.analysis.isolate import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.analysis.isolation import IsolationPlan
from tools.topology.snapshot import Topologies

DEMO = Path(__file__).parents[4] / "ingestion" / "simulator" / "demo_plant.yaml"


@pytest.fixture
def registry() -> Registry:
    return Registry([tool_of(Topologies())])


async def isolate(registry: Registry, context: ToolContext, asset: str) -> IsolationPlan:
    result = await registry.call("isolate", {"asset": asset}, context)
    assert isinstance(result, IsolationPlan)
    return result


def point(id_: str, quantity: str, at: datetime, **more: Property) -> Entity:
    return Entity(id_, "Point", id_, None, {"quantity": quantity, "source": id_, **more})


@pytest.fixture
async def cooling(graph: GraphStore, ontology: Ontology, present: ToolContext) -> ToolContext:
    """Two chillers behind valves feed a header, one of them also a coil of its own; a breaker feeds both."""
    assets = (
        Entity("gear", "Asset", "Main Breaker", "Main_Circuit_Breaker"),
        Entity("ch1", "Asset", "Chiller 1", "Chiller", {"rated_power_kw": 100.0}),
        Entity("ch2", "Asset", "Chiller 2", "Chiller", {"rated_power_kw": 100.0}),
        Entity("valve", "Asset", "Valve 1", "Chilled_Water_Isolation_Valve"),
        Entity("header", "Asset", "Header", "Water_Distribution"),
        Entity("coil", "Asset", "Coil", "Chilled_Water_Coil"),
        point("ch1.p", "electric_power", present.clock(), unit="kW"),
        point("ch2.p", "electric_power", present.clock(), unit="kW"),
        point("valve.v", "valve_position", present.clock(), unit="%"),
        point("coil.t", "leaving_chilled_water_temperature", present.clock(), unit="°C", high=12.0),
        point("header.t", "leaving_chilled_water_temperature", present.clock(), unit="°C", high=9.0),
    )
    relations = (
        *(Relation("FEEDS", "gear", one, {"medium": "electricity"}) for one in ("ch1", "ch2")),
        Relation("FEEDS", "ch1", "valve", {"medium": "chilled_water"}),
        Relation("FEEDS", "valve", "header", {"medium": "chilled_water"}),
        Relation("FEEDS", "ch2", "header", {"medium": "chilled_water"}),
        Relation("FEEDS", "ch1", "coil", {"medium": "chilled_water"}),
        *(Relation("HAS_POINT", one.split(".")[0], one) for one in ("ch1.p", "ch2.p", "valve.v", "coil.t", "header.t")),
    )
    await load_plant(graph, ontology, Plant("Cooling", assets, relations))
    at = int(present.clock().timestamp() * 1000) - 60_000
    values = [["ch1.p", 60.0], ["ch2.p", 30.0], ["valve.v", 100.0], ["coil.t", 8.0], ["header.t", 8.0]]
    await graph.write(
        "UNWIND $values AS v MATCH (p:Point {id: v[0]}) SET p.value = v[1], p.at = $at, p.status = 'normal'",
        values=values,
        at=at,
    )
    return present


async def test_what_is_lost_what_is_kept_and_whether_the_other_can_carry_it(
    registry: Registry, cooling: ToolContext
) -> None:
    found = await isolate(registry, cooling, "Chiller 1")
    assert [one.entity.id for one in found.loses_service] == ["coil", "valve"]
    assert [(one.entity.id, [ref.id for ref in one.alternatives]) for one in found.backed_up] == [("header", ["ch2"])]
    (other,) = found.alternatives
    assert (other.entity.id, other.rated_kw, other.load_kw, other.spare_kw) == ("ch2", 100.0, 30.0, 70.0)
    assert (found.load_kw, found.spare_kw, found.capacity) == (60.0, 70.0, "enough")


async def test_feeds_are_shut_where_the_model_has_a_device(registry: Registry, cooling: ToolContext) -> None:
    found = await isolate(registry, cooling, "ch1")
    shut = [
        (one.device.id if one.device else None, one.neighbour.id, one.side, one.position) for one in found.isolating
    ]
    assert shut == [("gear", "gear", "supply", None), ("valve", "header", "outlet", 100.0)]
    assert [(one.neighbour.id, one.side) for one in found.without_device] == [("coil", "outlet")]


async def test_points_to_watch_are_those_with_limits_of_what_is_affected(
    registry: Registry, cooling: ToolContext
) -> None:
    found = await isolate(registry, cooling, "ch1")
    assert [(one.point, one.loses_service) for one in found.watch] == [("coil.t", True), ("header.t", False)]
    tables = {table.name: table for table in found.tables()}
    assert tables["isolation"].rows[0].cells[-1] == "enough"
    assert [row.of for row in tables["watch"].rows] == [("coil", "coil.t"), ("header", "header.t")]


async def test_capacity_is_unknown_without_a_rating_and_too_little_with_a_small_one(
    registry: Registry, cooling: ToolContext, graph: GraphStore
) -> None:
    await graph.write("MATCH (a:Asset {id: 'ch2'}) SET a.rated_power_kw = 50.0")
    assert (await isolate(registry, cooling, "ch1")).capacity == "too little"
    await graph.write("MATCH (a:Asset {id: 'ch2'}) REMOVE a.rated_power_kw")
    found = await isolate(registry, cooling, "ch1")
    assert (found.capacity, found.spare_kw) == ("unknown", None)
    assert found.notes[-1].startswith("Whether the alternatives can take the load of Chiller 1 is unknown")


async def test_demo_chiller_is_backed_up_by_the_other(
    graph: GraphStore, ontology: Ontology, registry: Registry, present: ToolContext
) -> None:
    await load_plant(graph, ontology, read_plant(DEMO, ontology))
    found = await isolate(registry, present, "chiller-1")
    assert found.total == 0
    assert "chiller-2" in {one.entity.id for one in found.alternatives}
    assert {(one.device.id, one.medium) for one in found.isolating if one.device} == {("switchgear-1", "electricity")}
    assert found.evidence


async def test_what_cannot_be_shut_is_refused(registry: Registry, cooling: ToolContext) -> None:
    with pytest.raises(InvalidInput, match="Only equipment and places can be shut"):
        await isolate(registry, cooling, "ch1.p")
    with pytest.raises(NotFound, match="Chiller"):
        await isolate(registry, cooling, "Chiller 7")
