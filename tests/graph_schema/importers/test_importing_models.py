"""Whole models into the graph and again, on both servers; what is there is what SPARQL counts in the Turtle."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

import pytest
from rdflib import Graph
from rdflib.query import ResultRow

from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import ImportReport, load_plant
from graph_schema.store.search import search_entities
from ingestion.simulator.demo import demo_plant_file

OF_CLASS = """
MATCH (n:Entity)-[:IS_A]->(:Class)-[:SUBCLASS_OF*0..12]->(:Class {id: $class}) RETURN count(DISTINCT n) AS n
"""
RELATED = "MATCH (a:Entity)-[r]->(b:Entity) WHERE type(r) = $kind RETURN count(r) AS n"

Sparql = Callable[[str], int]


def sparql(path: Path) -> Sparql:
    graph = Graph().parse(path)

    def count(pattern: str) -> int:
        query = f"PREFIX brick: <https://brickschema.org/schema/Brick#> SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        ((found,),) = cast(Iterable[ResultRow], graph.query(query))
        return int(str(found))

    return count


async def one(graph: GraphStore, statement: str, **parameters: object) -> int:
    ((value,),) = [row.values() for row in await graph.read(statement, **parameters)]
    return value


def total(report: ImportReport) -> Counter[str]:
    every = [*report.entities.values(), *report.relations.values()]
    fields = ("created", "updated", "unchanged", "removed")
    return Counter({field: sum(getattr(counts, field) for counts in every) for field in fields})


async def test_soda_hall(graph: GraphStore, ontology: Ontology, buildings: Path) -> None:
    path = buildings / "soda_brick.ttl"
    count = sparql(path)
    plant = read_plant(path, ontology)
    first = await load_plant(graph, ontology, plant)
    for class_ in ("AHU", "VAV", "HVAC_Zone", "Room", "Floor", "Building", "Supply_Fan", "Zone_Air_Temperature_Sensor"):
        expected = count(f"{{ SELECT DISTINCT ?x {{ ?x a brick:{class_} }} }}")
        assert await one(graph, OF_CLASS, **{"class": class_}) == expected, class_
    assert await one(graph, OF_CLASS, **{"class": "AHU"}) == 5
    assert await one(graph, OF_CLASS, **{"class": "VAV"}) == 243
    assert await one(graph, RELATED, kind="FEEDS") == count("?x brick:feeds ?y . ?x a ?c . ?y a ?d")
    stated = count("?x brick:hasPoint ?y . ?x a ?c . ?y a ?d")
    located = count(
        "?y a brick:Supply_Air_Flow_Sensor ; brick:hasLocation ?x . FILTER NOT EXISTS { ?z brick:hasPoint ?y }"
    )
    assert await one(graph, RELATED, kind="HAS_POINT") == stated + located
    rows = await graph.read(
        "MATCH (a:Asset {class: 'AHU'})-[:FEEDS]->(v:Asset {class: 'VAV'}) RETURN a.name AS ahu, count(v) AS vavs"
    )
    fed = {row["ahu"].rsplit(" ", 1)[1]: row["vavs"] for row in rows}
    assert sum(fed.values()) == count("?a a brick:AHU ; brick:feeds ?v . ?v a brick:VAV")
    for ahu, vavs in fed.items():
        assert vavs == count(f"?a a brick:AHU ; brick:feeds ?v . ?v a brick:VAV . FILTER(STRENDS(STR(?a), '_{ahu}'))")
    second = await load_plant(graph, ontology, read_plant(path, ontology))
    assert total(second) == {"created": 0, "updated": 0, "removed": 0, "unchanged": total(first)["created"]}


async def test_site_b(graph: GraphStore, ontology: Ontology, buildings: Path) -> None:
    path = buildings / "DIEF_Site_B.ttl"
    plant = read_plant(path, ontology)
    first = await load_plant(graph, ontology, plant)
    count = sparql(path)
    for class_, expected in (("AHU", 5), ("FCU", 13), ("Chiller", 1), ("Boiler", 1)):
        assert await one(graph, OF_CLASS, **{"class": class_}) == expected, class_
    points = "{ SELECT DISTINCT ?p { { ?x brick:hasPoint ?p } UNION { ?p brick:isPointOf ?x } } }"
    assert await one(graph, "MATCH (p:Point) RETURN count(p) AS n") == count(points)
    sourced = await one(graph, "MATCH (p:Point) WHERE p.source IS NOT NULL RETURN count(DISTINCT p.source) AS n")
    streams = "{ SELECT DISTINCT ?s { ?p <http://senaps.io/schema/1.0/senaps#stream_id> ?s } }"
    assert sourced == count(streams) == 851
    names = [row["name"] for row in await graph.read("MATCH (n:Asset) RETURN n.name AS name")]
    assert len(set(names)) == len(names)
    assert not [name for name in names if re.search(r"\b(\w+) \d+ \1\b(?! \d)", name)]
    second = await load_plant(graph, ontology, read_plant(path, ontology))
    assert total(second) == {"created": 0, "updated": 0, "removed": 0, "unchanged": total(first)["created"]}


async def test_demo_plant(graph: GraphStore, ontology: Ontology) -> None:
    plant = read_plant(demo_plant_file(), ontology)
    assert plant.findings == ()
    first = await load_plant(graph, ontology, plant)
    second = await load_plant(graph, ontology, read_plant(demo_plant_file(), ontology))
    assert total(second)["unchanged"] == total(first)["created"] == len(plant.entities) + len(plant.relations)
    assert [hit.id for hit in await search_entities(graph, "genset")] == ["generator-1"]


HOSTILE = r"""
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix b: <urn:b#> .
b:a a brick:AHU ; rdfs:label "'); MATCH (n) DETACH DELETE n // \"quoted\" {brace} $x \\u0000 \u0007 `tick`" ; brick:feeds b:c .
b:c a brick:VAV ; rdfs:label "LONG" ; rdfs:comment "LONG" . <urn:b#LONG> a brick:Pump ; rdfs:label "Pump 7" .
""".replace("LONG", "y" * 1_000_000)


async def test_hostile_texts_are_only_texts(graph: GraphStore, ontology: Ontology, tmp_path: Path) -> None:
    path = tmp_path / "hostile.ttl"
    path.write_text(HOSTILE, "utf-8")
    plant = read_plant(path, ontology)
    await load_plant(graph, ontology, plant)
    rows = await graph.read("MATCH (n:Asset) RETURN n.id AS id, n.name AS name ORDER BY n.class")
    assert [row["name"] for row in rows] == [
        entity.name for entity in sorted(plant.entities, key=lambda e: str(e.class_))
    ]
    assert [hit.name for hit in await search_entities(graph, "quoted brace")] == [plant.entities[0].name]
    assert total(await load_plant(graph, ontology, plant))["unchanged"] == 4


LARGE = """
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix b: <urn:large#> .
b:hall a brick:Building .
"""


def large_model(ahus: int, vavs: int) -> str:
    lines = [LARGE]
    for a in range(ahus):
        lines.append(
            f"b:floor_{a} a brick:Floor ; brick:isPartOf b:hall . b:AHU_{a} a brick:AHU ; brick:hasLocation b:floor_{a} ."
        )
        for v in range(vavs):
            name = f"{a}_{v}"
            lines.append(
                f"b:VAV_{name} a brick:VAV ; brick:isFedBy b:AHU_{a} ; brick:feeds b:zone_{name} . b:zone_{name} a brick:HVAC_Zone ; "
                f"brick:isPartOf b:floor_{a} . b:VAV_{name}_ZAT a brick:Zone_Air_Temperature_Sensor ; brick:isPointOf b:VAV_{name} ; "
                f'ref:hasExternalReference [ ref:hasTimeseriesId "t{name}" ] .'
            )
    return "\n".join(lines)


@pytest.mark.slow
async def test_model_of_ten_thousand_assets_is_imported_whole(
    graph: GraphStore, ontology: Ontology, tmp_path: Path
) -> None:
    path = tmp_path / "large.ttl"
    path.write_text(large_model(100, 99), "utf-8")
    plant = read_plant(path, ontology)
    assert Counter(entity.kind for entity in plant.entities) == {
        "Asset": 10_000, "Space": 9_900, "Floor": 100, "Building": 1, "Point": 9_900,
    }  # fmt: skip
    shares: list[float] = []
    await load_plant(graph, ontology, plant, lambda _, share: shares.append(share))
    assert await one(graph, OF_CLASS, **{"class": "VAV"}) == 9_900
    assert await one(graph, RELATED, kind="FEEDS") == 19_800
    assert shares[-1] == 1
    assert total(await load_plant(graph, ontology, plant))["updated"] == 0
