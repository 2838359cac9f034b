"""A plant written as Brick and read again is the same plant."""

from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef

from graph_schema.exporters.brick import BRICK, REF, brick_turtle, node_of
from graph_schema.importers import read_plant
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.described_plant import described_plant
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant


def again(plant: Plant, ontology: Ontology, folder: Path) -> Plant:
    path = folder / "plant.ttl"
    path.write_text(brick_turtle(plant, ontology), "utf-8")
    return read_plant(path, ontology)


def parts(plant: Plant) -> tuple[Any, ...]:
    """All of it, in an order of its own."""
    relations = sorted((one.kind, one.start, one.end, sorted(one.properties.items())) for one in plant.relations)
    return plant.name, sorted(plant.entities, key=lambda one: one.id), relations


def test_the_demo_plant_comes_back_as_it_was(demo_plant: Plant, ontology: Ontology, tmp_path: Path):
    read = again(demo_plant, ontology, tmp_path)
    assert parts(read) == parts(demo_plant)
    assert read.findings == ()


@pytest.mark.parametrize("name", ["soda_brick.ttl"])
def test_a_public_model_comes_back_as_it_was(buildings: Path, ontology: Ontology, tmp_path: Path, name: str):
    plant = read_plant(buildings / name, ontology)
    assert parts(again(plant, ontology, tmp_path)) == parts(plant)


def test_other_programs_find_classes_units_and_time_series(demo_plant: Plant, ontology: Ontology):
    graph = Graph().parse(data=brick_turtle(demo_plant, ontology), format="turtle")
    point = next(
        one for one in demo_plant.entities if one.properties.get("unit") == "°C" and one.properties.get("source")
    )
    node = node_of(point)
    assert (node, RDF.type, BRICK[point.class_ or "Point"]) in graph
    assert (node, RDFS.label, Literal(point.name)) in graph
    assert (node, BRICK.hasUnit, URIRef("http://qudt.org/vocab/unit/DEG_C")) in graph
    (reference,) = graph.objects(node, REF.hasExternalReference)
    assert graph.value(reference, REF.hasTimeseriesId) == Literal(point.properties["source"])


def test_the_page_shows_what_is_written(ontology: Ontology):
    """The words of docs/operators/export.md, in whatever order."""
    page = (Path(__file__).parents[3] / "docs" / "operators" / "export.md").read_text("utf-8")
    shown = page.partition("```turtle\n")[2].partition("```")[0]
    properties = {"unit": "°C", "source": "ahu9/sat", "high": 20.0}
    point = Entity(
        "ahu9/supply_air_temperature",
        "Point",
        "AHU-9 Supply Air Temperature",
        "Supply_Air_Temperature_Sensor",
        properties,
    )
    turtle = brick_turtle(Plant("Works", (point,), ()), ontology)
    prefixes = "".join(f"{line}\n" for line in turtle.splitlines() if line.startswith("@prefix"))
    graph = Graph().parse(data=turtle, format="turtle")
    documented = Graph().parse(data=prefixes + shown, format="turtle")
    assert {(p, o) for _, p, o in documented if not isinstance(o, BNode)} <= {(p, o) for _, p, o in graph}


def test_what_was_added_elsewhere_is_read_as_in_any_model(ontology: Ontology, tmp_path: Path):
    ahu = Entity("ahu 1", "Asset", "AHU-1", "AHU", {"criticality": 4, "aliases": ["the one on the roof", "=1"]})
    turtle = brick_turtle(Plant("Works", (ahu,), ()), ontology)
    more = f"<urn:x#fan> a brick:Supply_Fan . <{node_of(ahu)}> brick:hasPart <urn:x#fan> ."
    path = tmp_path / "edited.ttl"
    path.write_text(f"{turtle}\n{more}\n", "utf-8")
    plant = read_plant(path, ontology)
    assert plant.entities[0] == ahu
    assert [(one.id, one.class_) for one in plant.entities[1:]] == [("fan", "Supply_Fan")]
    assert plant.relations == (Relation("HAS_PART", "ahu 1", "fan"),)


async def test_the_graph_of_an_export_is_the_graph_that_was_exported(
    graph: GraphStore, demo_plant: Plant, ontology: Ontology, tmp_path: Path
):
    await load_plant(graph, ontology, demo_plant)
    point = next(one for one in demo_plant.entities if one.kind == "Point" and one.properties.get("source"))
    learnt = {"unit": "furlong", "source": "gw/learnt", "status": "alarm", "value": 3.5}
    await graph.write("MATCH (p:Entity {id: $id}) SET p += $learnt", id=point.id, learnt=learnt)
    exported = await described_plant(graph)
    found = next(one for one in exported.entities if one.id == point.id)
    assert (found.properties["unit"], found.properties["source"]) == ("furlong", "gw/learnt")
    assert not {"status", "value"} & found.properties.keys()

    before = await dump(graph)
    report = await load_plant(graph, ontology, again(exported, ontology, tmp_path))
    assert {
        counts.unchanged == sum(one.kind == kind for one in demo_plant.entities)
        for kind, counts in report.entities.items()
    } == {True}
    assert all(counts.created == counts.updated == counts.removed == 0 for counts in report.relations.values())
    assert await dump(graph) == before


async def dump(graph: GraphStore) -> list[Any]:
    entities = await graph.read("MATCH (n:Entity) RETURN n.id AS id, properties(n) AS properties ORDER BY id")
    relations = await graph.read(
        "MATCH (a:Entity)-[r]->(b:Entity) RETURN type(r) AS kind, a.id AS start, b.id AS end, properties(r) AS properties ORDER BY kind, start, end"
    )
    return [*entities, *relations]
