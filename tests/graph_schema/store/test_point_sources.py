"""A person gives readings that are nobody's to a point; the next import leaves it so."""

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.point_sources import UnfedPoint, UnknownSeries, give_source, unfed_points, unknown_series

PLANT = Plant(
    "House",
    (
        Entity("vav", "Asset", "VAV-1", "VAV"),
        Entity("t", "Point", "VAV-1 Zone Air Temperature", "Zone_Air_Temperature_Sensor", {"quantity": "zone_air_temperature", "unit": "°C"}),
    ),
    (Relation("HAS_POINT", "vav", "t"),),
)  # fmt: skip


async def test_an_address_is_given_by_a_person_and_stays(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    await graph.write(
        "CREATE (:Entity:Point {id: 'gw/zt', name: 'zt', source: 'gw/zt', unassigned: true, unit: '°C', value: 21.5})"
    )
    assert await unknown_series(graph) == [UnknownSeries("gw/zt", "°C", 21.5)]
    assert await unfed_points(graph) == [
        UnfedPoint("t", "VAV-1 Zone Air Temperature", "VAV-1", "zone_air_temperature", "°C")
    ]
    with pytest.raises(NotFound, match="come from gw/other"):
        await give_source(graph, "t", "gw/other")
    with pytest.raises(NotFound, match="no point x"):
        await give_source(graph, "x", "gw/zt")
    assert await give_source(graph, "t", "gw/zt") == "VAV-1 Zone Air Temperature"
    await load_plant(graph, ontology, PLANT)
    (row,) = await graph.read("MATCH (p:Point {id: 't'}) RETURN p.source AS source")
    assert row["source"] == "gw/zt"
    await graph.write("MATCH (p:Point {id: 't'}) SET p.at = $at", at=1)
    with pytest.raises(InvalidInput, match="has readings already, from gw/zt"):
        await give_source(graph, "t", "gw/zt")
