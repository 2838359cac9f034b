"""What callers call assets, and the ids that are meant."""

import pytest

from graph_schema.errors import AmbiguousName, NotFound
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.query.names import natural, near_names, resolve, resolve_all

HOUSE = Plant(
    "House",
    (
        Entity("a1", "Asset", "AHU-1", "AHU", {"aliases": ["North Air Handler", "Lüfter 1"]}),
        Entity("a2", "Asset", "AHU-2", "AHU", {"aliases": ["North air handler"]}),
        Entity("chiller-2", "Asset", "Chiller 2", "Chiller"),
        Entity("p1", "Point", "Chiller 2", "Point", {"quantity": "run_status"}),
        Entity("p2", "Point", "Chiller 2 power", "Point", {"quantity": "power"}),
        Entity("AHU-2", "Space", "Room named like a machine", "Room"),
        Entity("r1", "Space", "O'Brien's \"room\" \\ 1", "Room"),
    ),
    (),
)


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    await load_plant(graph, ontology, HOUSE)
    return graph


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("a1", "a1"),
        ("AHU-1", "a1"),
        ("ahu-1", "a1"),
        ("  AHU-1 ", "a1"),
        ("lüfter 1", "a1"),
        ("AHU-2", "AHU-2"),  # an id goes before a name
        ("ahu-2", "a2"),
        ("Chiller 2", "chiller-2"),  # an asset goes before a point of its name
        ("chiller 2 POWER", "p2"),
        ("o'brien's \"room\" \\ 1", "r1"),
    ],
)
async def test_id_name_and_alias_mean_the_asset(house: GraphStore, name: str, id_: str) -> None:
    assert await resolve(house, name) == id_


async def test_several_are_resolved_in_their_order(house: GraphStore) -> None:
    assert await resolve_all(house, ["chiller 2", "a1", "AHU-1"]) == ["chiller-2", "a1", "a1"]
    assert await resolve_all(house, []) == []


async def test_name_of_several_assets_asks_back(house: GraphStore) -> None:
    with pytest.raises(AmbiguousName, match=r"“north air handler” could be AHU-1 \(a1\) or AHU-2 \(a2\)"):
        await resolve(house, "north air handler")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Chiler 2", "There is nothing called “Chiler 2” in the plant. Did you mean Chiller 2?"),
        ("AHU-9", "There is nothing called “AHU-9” in the plant. Did you mean AHU-1 or AHU-2?"),
        ("machine", "There is nothing called “machine” in the plant. Did you mean Room named like a machine?"),
        ("zzzzzzz", "There is nothing called “zzzzzzz” in the plant."),
        ("", "There is nothing called “” in the plant."),
        ("x" * 500, f"There is nothing called “{'x' * 60}…” in the plant."),
        ("') DETACH DELETE n //", "There is nothing called “') DETACH DELETE n //” in the plant."),
    ],
)
async def test_unknown_name_is_not_found_with_near_ones(house: GraphStore, name: str, sentence: str) -> None:
    with pytest.raises(NotFound) as caught:
        await resolve(house, name)
    assert str(caught.value) == sentence


async def test_empty_plant_has_no_near_names(graph: GraphStore) -> None:
    assert await near_names(graph, "AHU-1") == []


def test_natural_order_counts() -> None:
    names = ["VAV-10", "vav-9", "VAV-9A", "AHU 2", "9", "VAV", "²"]
    assert sorted(names, key=natural) == ["9", "AHU 2", "VAV", "vav-9", "VAV-9A", "VAV-10", "²"]
