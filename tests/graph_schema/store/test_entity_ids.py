"""Plants of several files in one graph: what is the same and what only has the same name."""

from itertools import permutations
from pathlib import Path

import pytest

from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant

PREFIXES = """
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
HOUSE = """
@prefix b: <urn:{space}#> .
b:{house} a brick:Building ; rdfs:label "{label}" .
b:AHU_1 a brick:AHU ; brick:hasLocation b:{house} ; brick:feeds b:VAV_{house} ; brick:hasPoint b:SAT_1 .
b:VAV_{house} a brick:VAV ; brick:hasLocation b:{house} .
b:SAT_1 a brick:Supply_Air_Temperature_Sensor ; ref:hasExternalReference [ ref:hasTimeseriesId "{space}-7" ] .
[] a brick:Pump ; brick:hasPoint b:SAT_1 .
"""


@pytest.fixture
def house(tmp_path: Path, ontology: Ontology):
    def read(space: str, house: str, label: str | None = None) -> Plant:
        path = tmp_path / "model.ttl"
        path.write_text(PREFIXES + HOUSE.format(space=space, house=house, label=label or house), "utf-8")
        return read_plant(path, ontology)

    return read


async def nodes(graph: GraphStore) -> dict[str, tuple[str, str, str | None]]:
    rows = await graph.read("MATCH (n:Entity) RETURN n.iri AS iri, n.id AS id, n.name AS name, n.source AS source")
    return {row["iri"]: (row["id"], row["name"], row["source"]) for row in rows}


async def related(graph: GraphStore) -> set[tuple[str, str, str]]:
    rows = await graph.read("MATCH (a:Entity)-[r]->(b:Entity) RETURN a.iri AS a, type(r) AS r, b.iri AS b")
    return {(row["a"], row["r"], row["b"]) for row in rows}


async def test_two_buildings_with_an_ahu_1_each_keep_both(graph: GraphStore, ontology: Ontology, house) -> None:
    for one in (house("bldgA", "North"), house("bldgB", "South")):
        await load_plant(graph, ontology, one)
    found = await nodes(graph)
    assert found["urn:bldgA#AHU_1"][0] == "AHU_1"
    assert found["urn:bldgB#AHU_1"][0] == "bldgB/AHU_1"
    assert {found[f"urn:bldg{x}#SAT_1"][2] for x in "AB"} == {"bldgA-7", "bldgB-7"}
    feeds = {(a, b) for a, kind, b in await related(graph) if kind == "FEEDS"}
    assert feeds == {("urn:bldgA#AHU_1", "urn:bldgA#VAV_North"), ("urn:bldgB#AHU_1", "urn:bldgB#VAV_South")}


async def test_order_and_repetition_of_imports_change_nothing_but_ids(
    graph: GraphStore, ontology: Ontology, house
) -> None:
    plants = [house("bldgA", "North"), house("bldgB", "South"), house("bldgC", "North")]
    seen: list[tuple[object, object]] = []
    for order in permutations(plants):
        await graph.write("MATCH (n:Entity) DETACH DELETE n")
        for one in (*order, order[0]):
            await load_plant(graph, ontology, one)
        told = {iri: rest for iri, (_, *rest) in (await nodes(graph)).items()}
        seen.append((told, await related(graph)))
    assert all(one == seen[0] for one in seen)
    assert len(await nodes(graph)) == 15


async def test_a_building_that_is_called_otherwise_is_the_same_plant(
    graph: GraphStore, ontology: Ontology, house
) -> None:
    await load_plant(graph, ontology, house("bldgA", "North"))
    before = {iri: found[0] for iri, found in (await nodes(graph)).items()}
    renamed = house("bldgA", "North", "North Wing")
    report = await load_plant(graph, ontology, renamed)
    after = await nodes(graph)
    assert {iri: found[0] for iri, found in after.items()} == before
    assert after["urn:bldgA#North"][1] == "North Wing"
    assert not [one for one in report.findings if one.level == "guessed" and "taken for one" in one.reason]
    gone = Plant(renamed.name, renamed.entities, renamed.relations[1:])
    assert sum(c.removed for c in (await load_plant(graph, ontology, gone)).relations.values()) == 1


async def test_two_buildings_of_one_name_do_not_miss_each_others_assets(
    graph: GraphStore, ontology: Ontology, house
) -> None:
    await load_plant(graph, ontology, house("bldgA", "Main"))
    report = await load_plant(graph, ontology, house("bldgB", "Main"))
    assert not [one for one in report.findings if "stays in the graph" in one.reason]
    assert len(await nodes(graph)) == 10


async def test_a_plant_that_an_earlier_version_imported_goes_on_and_is_taken_apart(
    graph: GraphStore, ontology: Ontology, house
) -> None:
    """Before addresses were kept, two assets that ended alike were one; the building that comes first leaves it alone."""
    a, b = house("bldgA", "North"), house("bldgB", "South")
    for one in (a, b):
        await load_plant(graph, ontology, one)
    await graph.write("MATCH (n:Entity) WHERE n.plant = 'South' DETACH DELETE n")
    await load_plant(graph, ontology, a)
    await graph.write("MATCH (n:Entity {id: 'AHU_1'}) SET n.plant = 'South', n.value = 1")
    await graph.write("MATCH (n:Entity) REMOVE n.iri")
    await graph.write(
        "CREATE (:Entity:Asset {id: 'VAV_South', plant: 'South'}), (:Entity:Building {id: 'South', plant: 'South'})"
    )
    for one in (a, b):
        await load_plant(graph, ontology, one)
    found = await nodes(graph)
    assert found["urn:bldgA#AHU_1"][0] == "bldgA/AHU_1"
    assert found["urn:bldgB#AHU_1"][0] == "AHU_1"
    assert found["urn:bldgA#VAV_North"][0] == "VAV_North"
    feeds = {(s, e) for s, kind, e in await related(graph) if kind == "FEEDS"}
    assert feeds == {("urn:bldgA#AHU_1", "urn:bldgA#VAV_North"), ("urn:bldgB#AHU_1", "urn:bldgB#VAV_South")}


async def test_a_file_may_be_moved(graph: GraphStore, ontology: Ontology, tmp_path: Path) -> None:
    for folder in ("here", "there"):
        path = tmp_path / folder / "plant.ttl"
        path.parent.mkdir()
        path.write_text(PREFIXES + "<#P_1> a brick:Pump . <#P_2> a brick:Pump .", "utf-8")
        await load_plant(graph, ontology, read_plant(path, ontology))
    assert sorted(id_ for id_, _, _ in (await nodes(graph)).values()) == ["P_1", "P_2"]
