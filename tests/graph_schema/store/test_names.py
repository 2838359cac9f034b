"""Names as people write them: found by an index, in any case, after imports and in graphs from before the index."""

from dataclasses import replace

import pytest

from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.names import index_names, named, unindexed_named

AHU = Entity("ahu", "Asset", "AHU-1", "AHU", {"aliases": ["North Air Handler", "RLT 1"]})
PLANT = Plant("Test House", (Entity("h", "Building", "Test House", "Building"), AHU), ())


async def found(graph: GraphStore, *names: str, ids: tuple[str, ...] = ()) -> list[str]:
    return sorted(row["id"] for row in await named(graph, names, ids))


async def test_names_aliases_and_ids_in_any_case(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    assert await found(graph, "ahu-1") == ["ahu"]
    assert await found(graph, " NORTH air handler", "test house") == ["ahu", "h"]
    assert await found(graph, "nothing", ids=("ahu",)) == ["ahu"]
    assert await found(graph, "", "North") == []


async def test_an_import_renames_and_takes_aliases_away(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    renamed = replace(AHU, name="AHU-7", properties={"aliases": ["rlt 1"]})
    await load_plant(graph, ontology, replace(PLANT, entities=(PLANT.entities[0], renamed)))
    assert await found(graph, "AHU-7", "RLT 1") == ["ahu"]
    assert await found(graph, "AHU-1") == []
    assert await found(graph, "north air handler") == []
    ((aliases,),) = [row.values() for row in await graph.read("MATCH (a:Alias) RETURN count(a) AS aliases")]
    assert aliases == 1


class _Away(Exception):
    """The graph went away."""


async def test_names_are_written_with_their_entity_though_an_import_is_cut_off(
    graph: GraphStore, ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Plant("Test House", PLANT.entities, (Relation("LOCATED_IN", "ahu", "h"),))

    async def away(*_: object, **__: object) -> None:
        raise _Away

    with monkeypatch.context() as cut:
        cut.setattr(graph, "write", away)
        with pytest.raises(_Away):
            await load_plant(graph, ontology, part)
    await load_plant(graph, ontology, part)
    assert await found(graph, "RLT 1") == ["ahu"]


async def test_a_graph_from_before_the_index_gets_it_once(graph: GraphStore) -> None:
    await graph.write("CREATE (:Entity:Asset {id: 'p', name: 'Pump 1', aliases: ['P 1']})")
    assert await found(graph, "pump 1") == []
    assert [row["id"] for row in await unindexed_named(graph, ["PUMP 1"])] == ["p"]
    await index_names(graph)
    assert await found(graph, "pump 1", "p 1") == ["p"]
    assert await unindexed_named(graph, ["PUMP 1"]) == []
    await graph.write("CREATE (:Entity:Asset {id: 'q', name: 'Pump 2'})")
    await index_names(graph)
    assert await found(graph, "pump 2") == []
