"""Golds, snapshots and the emptied plant, on real stores."""

from dataclasses import dataclass

import pytest

from evals.cases import Case
from evals.graders import Gold
from evals.plant import Snapshot, golds_of, remove_plant, snapshot
from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.reading import Reading

PLANT = Plant(
    "Test House",
    (
        Entity("ahu", "Asset", "AHU-1", "AHU", {"aliases": ["north air handler"]}),
        Entity("vav-1", "Asset", "VAV-1", "VAV"),
        Entity("vav-2", "Asset", "VAV-2", "VAV"),
        Entity("t", "Point", "Supply Air Temperature", "Supply_Air_Temperature_Sensor", {"source": "ahu/sat"}),
    ),
    (
        Relation("FEEDS", "ahu", "vav-1"),
        Relation("FEEDS", "ahu", "vav-2"),
        Relation("HAS_POINT", "ahu", "t"),
    ),
)
MEAN = "select avg(value) from reading r join series s on s.id = r.series where source like 'ahu/%'"


@dataclass
class Stores:
    graph: GraphStore
    history: History


@pytest.fixture
async def stores(graph: GraphStore, history: History, ontology: Ontology) -> Stores:
    await load_plant(graph, ontology, PLANT)
    await history.write([Reading("ahu/sat", at, value) for at, value in ((1_000, 14.0), (2_000, 15.0))])
    return Stores(graph, history)


async def gold(stores: Stores, **expect: object) -> Gold:
    case = Case.model_validate({"id": "a-1", "turns": [{"ask": "x", "expect": expect}]})
    (found,) = await golds_of(case, (await snapshot(stores)).names(), stores)
    return found


async def test_numbers_are_computed_from_either_store_or_known(stores: Stores):
    fed = "MATCH (:Entity {id: 'ahu'})-[:FEEDS]->(v) RETURN count(v) AS fed"
    found = await gold(stores, numbers=[{"sql": MEAN}, {"cypher": fed}, {"value": 7}])
    assert list(found.numbers) == [14.5, 2.0, 7.0]


async def test_a_number_that_the_stores_do_not_have_is_none(stores: Stores):
    found = await gold(stores, numbers=[{"sql": f"{MEAN} and value > 99"}, {"sql": "select 1 where false"}])
    assert list(found.numbers) == [None, None]


@pytest.mark.parametrize(
    "entities",
    [
        {"cypher": "MATCH (:Entity {id: 'ahu'})-[:FEEDS]->(v) RETURN v.id"},
        {"cypher": "MATCH (:Entity {id: 'ahu'})-[:FEEDS]->(v) RETURN v"},
        {"cypher": "MATCH (:Entity {id: 'ahu'})-[:FEEDS]->(v) RETURN v.name"},
        {"sql": "select 'vav-' || n from generate_series(1, 2) n"},
        {"ids": ["vav-2", "vav-1"]},
    ],
)
async def test_entities_are_ids_nodes_or_names_of_either_store(stores: Stores, entities: dict[str, object]):
    assert (await gold(stores, entities=entities)).entities == {"vav-1", "vav-2"}


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"numbers": [{"sql": "selct 1"}]}, "The history refuses selct 1"),
        ({"numbers": [{"cypher": "MTCH (n) RETURN n"}]}, "The graph refuses MTCH"),
        ({"numbers": [{"sql": "select 'many'"}]}, "is 'many', which is no number"),
    ],
)
async def test_a_statement_that_gives_no_gold_is_told(stores: Stores, expect: dict[str, object], told: str):
    with pytest.raises(InvalidInput, match=told):
        await gold(stores, **expect)


async def test_asking_changes_nothing_and_a_change_is_noticed(stores: Stores):
    before = await snapshot(stores)
    assert before.changes_to(await snapshot(stores)) == []
    await stores.graph.write("MATCH (n:Entity {id: 'ahu'}) SET n.aliases = ['mine']")
    await stores.graph.write("MATCH (:Entity {id: 'ahu'})-[r:FEEDS]->(:Entity {id: 'vav-2'}) DELETE r")
    await stores.history.write([Reading("ahu/sat", 3_000, 16.0)])
    assert before.changes_to(await snapshot(stores)) == [
        "ahu is not as before",
        "2 relations instead of 3",
        "3 readings instead of 2",
    ]


async def test_an_emptied_plant_has_its_classes_and_another_version(stores: Stores):
    count = "MATCH (c:Class) RETURN count(c) AS classes"
    version = "MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version"
    classes, before = await stores.graph.read(count), await stores.graph.read(version)
    await remove_plant(stores.graph)
    assert await snapshot(stores) == Snapshot(frozenset(), 0, 2)
    assert await stores.graph.read(count) == classes
    assert (await stores.graph.read(version))[0]["version"] > before[0]["version"]
