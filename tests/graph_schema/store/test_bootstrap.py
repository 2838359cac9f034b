"""What a graph needs before anything is in it."""

from dataclasses import replace

import pytest

from graph_schema.errors import Unavailable
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.bootstrap import SqlEndpoint, bootstrap
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.search import search_entities

HIERARCHY = "MATCH (:Class {id: $below})-[:SUBCLASS_OF*0..20]->(c:Class {id: $above}) RETURN count(c) > 0 AS reached"


async def test_bootstrap_may_be_repeated_and_keeps_what_is_there(
    graph: GraphStore, graph_sql: SqlEndpoint | None, ontology: Ontology
) -> None:
    await load_plant(graph, ontology, Plant("P", (Entity("a", "Asset", "Feed pump", "Pump"),), ()))
    for _ in range(2):
        await bootstrap(graph, ontology, graph_sql)
    assert [hit.id for hit in await search_entities(graph, "feed")] == ["a"]
    assert await graph.read("MATCH (:Entity {id: 'a'})-[:IS_A]->(c) RETURN c.id AS id") == [{"id": "Pump"}]


async def test_search_has_an_index_on_each_kind_of_server(graph: GraphStore, graph_sql: SqlEndpoint | None) -> None:
    expected = "Entity[search_text]" if graph_sql else "entity_text"
    assert await graph.read("MATCH (m:Meta {id: 'plant'}) RETURN m.search AS index") == [{"index": expected}]


async def test_graph_has_every_class_and_the_whole_hierarchy(graph: GraphStore, ontology: Ontology) -> None:
    (row,) = await graph.read("MATCH (c:Class) RETURN count(c) AS n")
    assert row["n"] == len(ontology.classes)
    (row,) = await graph.read("MATCH (:Class)-[r:SUBCLASS_OF]->(:Class) RETURN count(r) AS n")
    assert row["n"] == sum(len(entry.parents) for entry in ontology.classes.values())
    for below, above in (("RVAV", "Equipment"), ("Chilled_Water_Pump", "Pump"), ("Lift_Station", "Equipment")):
        assert await graph.read(HIERARCHY, below=below, above=above) == [{"reached": True}]
    assert await graph.read(HIERARCHY, below="Pump", above="Chilled_Water_Pump") == [{"reached": False}]


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
async def test_sql_address_that_refuses_is_named_without_the_password(
    graph: GraphStore, graph_sql: SqlEndpoint | None, ontology: Ontology, unused_tcp_port: int
) -> None:
    assert graph_sql
    with pytest.raises(Unavailable, match=r"HTTP address .* refuses") as raised:
        await bootstrap(graph, ontology, replace(graph_sql, password="wrong-word"))
    assert "wrong-word" not in str(raised.value)
    with pytest.raises(Unavailable, match=f"{unused_tcp_port} refuses"):
        await bootstrap(graph, ontology, replace(graph_sql, url=f"http://127.0.0.1:{unused_tcp_port}"))
