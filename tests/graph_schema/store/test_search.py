"""Search by words, on both servers alike, with an index and without."""

import pytest

from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.search import search_entities

HOUSE = Plant(
    "House",
    (
        Entity("ahu-1", "Asset", "AHU-1", "AHU", {"aliases": ["north air handler", "Lüftungsgerät Nord"]}),
        Entity("ahu-10", "Asset", "AHU-10", "AHU"),
        Entity("vav-11", "Asset", "VAV 1-1", "VAV"),
        Entity("chamber", "Space", "Council Chamber", "Conference_Room", {"aliases": ["Sala d'Onore", "会议室"]}),
        Entity("t", "Point", "AHU-1 Supply Air Temperature", "Supply_Air_Temperature_Sensor"),
        Entity("not", "Asset", "Not-or-and pump", "Pump"),
    ),
    (),
)


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    await load_plant(graph, ontology, HOUSE)
    return graph


CASES = [
    ("ahu-1", {"ahu-1", "ahu-10", "t"}),
    ("AHU", {"ahu-1", "ahu-10", "t"}),
    ("north handler", {"ahu-1"}),
    ("handler north", {"ahu-1"}),
    ("lüftungsgerät", {"ahu-1"}),
    ("counc", {"chamber"}),
    ("vav 1-1", {"vav-11"}),
    ("not and or", {"not"}),
    ("supply temperature", {"t"}),
    ("nothing of the kind", set[str]()),
    ("", set[str]()),
    (" *:/~^ ", set[str]()),
    ('") OR 1=1 //', set[str]()),
]


@pytest.mark.parametrize(("text", "ids"), CASES)
async def test_things_are_found_by_words(house: GraphStore, text: str, ids: set[str]) -> None:
    hits = await search_entities(house, text)
    assert {hit.id for hit in hits} == ids
    assert hits == sorted(hits, key=lambda hit: -hit.score)


async def test_words_without_an_index_are_looked_for_one_by_one(house: GraphStore) -> None:
    await house.write("MERGE (m:Meta {id: 'plant'}) SET m.search = null")
    found = {text: {hit.id for hit in await search_entities(house, text)} for text, _ in CASES}
    assert found == dict(CASES)


async def test_hits_say_what_they_are_and_are_limited(house: GraphStore) -> None:
    (hit,) = await search_entities(house, "council")
    assert (hit.id, hit.name, hit.kind, hit.class_) == ("chamber", "Council Chamber", "Space", "Conference_Room")
    assert len(await search_entities(house, "ahu", limit=2)) == 2
    assert await search_entities(house, "ahu", limit=0) == []


async def test_very_long_and_odd_texts_are_taken(house: GraphStore) -> None:
    assert await search_entities(house, "word " * 20_000) == []
    assert await search_entities(house, " ".join(f"w{n}" for n in range(5_000))) == []
    assert await search_entities(house, "\x00\u2028\ud7ff 🚰") == []
