"""Plants in the graph: what is created, brought up to date, left alone and reported."""

from dataclasses import replace

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import ImportReport, load_classes, load_plant

PLANT = Plant(
    name="Test House",
    entities=(
        Entity("h", "Building", "Test House", "Building"),
        Entity("f1", "Floor", "First Floor", "Floor", {"level": 1}),
        Entity("z", "Space", "Zone 1", "HVAC_Zone"),
        Entity("ahu", "Asset", "AHU-1", "AHU", {"aliases": ["north air handler"], "criticality": 4}),
        Entity("vav", "Asset", "VAV-1", "VAV"),
        Entity("t", "Point", "AHU-1 Supply Air Temperature", "Supply_Air_Temperature_Sensor",
               {"quantity": "supply_air_temperature", "unit": "°C", "source": "plc/7", "low": 10.0, "high": 20.0}),
    ),
    relations=(
        Relation("HAS_PART", "h", "f1"),
        Relation("HAS_PART", "f1", "z"),
        Relation("FEEDS", "ahu", "vav", {"medium": "air"}),
        Relation("FEEDS", "vav", "z"),
        Relation("LOCATED_IN", "ahu", "h"),
        Relation("HAS_POINT", "ahu", "t"),
    ),
)  # fmt: skip


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    every = [*report.entities.values(), *report.relations.values()]
    return (
        sum(c.created for c in every),
        sum(c.updated for c in every),
        sum(c.unchanged for c in every),
        sum(c.removed for c in every),
    )


async def one(graph: GraphStore, id_: str) -> dict[str, object]:
    ((node,),) = [row.values() for row in await graph.read("MATCH (n:Entity {id: $id}) RETURN properties(n)", id=id_)]
    return node


async def fed(graph: GraphStore) -> set[tuple[str, str]]:
    rows = await graph.read("MATCH (a:Entity)-[:FEEDS]->(b:Entity) RETURN a.id AS a, b.id AS b")
    return {(row["a"], row["b"]) for row in rows}


async def test_first_import_creates_everything(graph: GraphStore, ontology: Ontology) -> None:
    shares: list[float] = []
    report = await load_plant(graph, ontology, PLANT, lambda sentence, share: shares.append(share))
    assert counts(report) == (12, 0, 0, 0)
    assert report.entities["Asset"].created == 2
    assert shares[-1] == 1
    found = await one(graph, "t")
    assert found["source"] == "plc/7"
    assert found["class"] == "Supply_Air_Temperature_Sensor"
    assert await fed(graph) == {("ahu", "vav"), ("vav", "z")}


async def test_second_import_changes_nothing_but_the_version(graph: GraphStore, ontology: Ontology) -> None:
    first = await load_plant(graph, ontology, PLANT)
    second = await load_plant(graph, ontology, PLANT)
    assert counts(second) == (0, 0, 12, 0)
    assert second.version == first.version + 1


async def test_a_class_is_reached_through_its_subclasses(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    rows = await graph.read(
        "MATCH (n:Asset)-[:IS_A]->(:Class)-[:SUBCLASS_OF*0..12]->(:Class {id: 'Equipment'}) RETURN DISTINCT n.id AS id ORDER BY id"
    )
    assert [row["id"] for row in rows] == ["ahu", "vav"]
    (row,) = await graph.read(
        "MATCH (c:Class {id: 'AHU'}) RETURN c.label AS label, c.kind AS kind, c.definition AS text"
    )
    assert (row["label"], row["kind"]) == ("AHU", "equipment")
    assert row["text"]


async def test_classes_are_loaded_once_per_version(graph: GraphStore, ontology: Ontology) -> None:
    await load_classes(graph, ontology)
    assert await load_classes(graph, ontology) is False
    assert await load_classes(graph, replace(ontology, version="another")) is True
    (row,) = await graph.read("MATCH (c:Class) RETURN count(c) AS n")
    assert row["n"] == len(ontology.classes)


async def test_changed_file_brings_things_up_to_date(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    await graph.write("MATCH (p:Entity {id: 't'}) SET p.value = 14.5, p.at = 1, p.status = 'normal'")
    point = replace(
        PLANT.entities[-1], properties={"quantity": "supply_air_temperature", "source": "plc/7", "high": 21.0}
    )
    ahu = replace(PLANT.entities[3], class_="RTU")
    report = await load_plant(
        graph, ontology, replace(PLANT, entities=(*PLANT.entities[:3], ahu, PLANT.entities[4], point))
    )
    assert counts(report) == (0, 2, 10, 0)
    found = await one(graph, "t")
    assert found["high"] == 21
    assert "low" not in found
    assert found["value"] == 14.5
    rows = await graph.read("MATCH (:Entity {id: 'ahu'})-[:IS_A]->(c:Class) RETURN c.id AS id")
    assert [row["id"] for row in rows] == ["RTU"]


async def test_thing_that_vanished_from_the_file_stays_and_is_reported(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    smaller = replace(PLANT, entities=PLANT.entities[:-1], relations=PLANT.relations[:-1])
    report = await load_plant(graph, ontology, smaller)
    (finding,) = report.findings
    assert finding.subject == "AHU-1 Supply Air Temperature"
    assert "it stays in the graph" in finding.reason
    assert (await one(graph, "t"))["name"] == "AHU-1 Supply Air Temperature"


async def test_relation_that_vanished_from_the_file_goes(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    await graph.write("MATCH (a:Entity {id: 'ahu'}), (z:Entity {id: 'z'}) MERGE (a)-[:FEEDS]->(z)")
    moved = tuple(r for r in PLANT.relations if (r.start, r.end) != ("ahu", "vav"))
    report = await load_plant(graph, ontology, replace(PLANT, relations=moved))
    assert report.relations["FEEDS"].removed == 1
    assert await fed(graph) == {("vav", "z"), ("ahu", "z")}  # somebody else's relation is left alone


async def test_changed_kind_is_refused_and_nothing_written(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    odd = (Entity("vav", "Space", "VAV-1", "Room"), Entity("new", "Asset", "New", "Pump"))
    with pytest.raises(InvalidInput, match="“vav” is of kind Asset in the graph and of kind Space here"):
        await load_plant(graph, ontology, Plant("Test House", odd, ()))
    assert await graph.read("MATCH (n:Entity {id: 'new'}) RETURN n.id AS id") == []


async def test_described_point_adopts_the_readings_of_its_placeholder(graph: GraphStore, ontology: Ontology) -> None:
    await graph.write("MERGE (d:Entity:Device {id: 'plc'}) SET d.name = 'plc'")
    await graph.write(
        "MERGE (p:Entity:Point {id: 'plc/7'}) "
        "SET p.name = 'plc 7', p.source = 'plc/7', p.unassigned = true, p.value = 14.5, p.at = 1000, p.status = 'normal'"
    )
    await graph.write("MATCH (d:Entity {id: 'plc'}), (p:Entity {id: 'plc/7'}) MERGE (d)-[:REPORTS]->(p)")
    report = await load_plant(graph, ontology, PLANT)
    assert report.adopted == 1
    found = await one(graph, "t")
    assert (found["value"], found["at"], found["status"]) == (14.5, 1000, "normal")
    rows = await graph.read("MATCH (:Device {id: 'plc'})-[:REPORTS]->(p:Point) RETURN p.id AS id")
    assert [row["id"] for row in rows] == ["t"]
    assert await graph.read("MATCH (p:Point {source: 'plc/7'}) RETURN p.id AS id") == [{"id": "t"}]


async def test_placeholder_of_the_same_id_becomes_the_described_point(graph: GraphStore, ontology: Ontology) -> None:
    await graph.write("MERGE (p:Entity:Point {id: 't'}) SET p.source = 'plc/7', p.unassigned = true, p.value = 14.5")
    await load_plant(graph, ontology, PLANT)
    found = await one(graph, "t")
    assert "unassigned" not in found
    assert found["value"] == 14.5


async def test_two_plants_that_share_an_id_are_reported(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    report = await load_plant(graph, ontology, Plant("Other House", (PLANT.entities[3],), ()))
    assert [(finding.subject, finding.level) for finding in report.findings] == [("AHU-1", "guessed")]
