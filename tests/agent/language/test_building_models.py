"""Some eighty questions about two public Brick models, judged by what SPARQL finds in them."""

from pathlib import Path

import pytest
from rdflib import Graph

from agent.language.grammar import grammar
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from tests.agent.language.building_models import NOW, Judged, Model, questions
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

LEAST = 0.9
FILES = {"soda": "soda_brick.ttl", "dief": "DIEF_Site_B.ttl"}


async def judged(name: str, file: Path, graph: GraphStore, history: History, ontology: Ontology) -> list[Judged]:
    plant = read_plant(file, ontology)
    await load_plant(graph, ontology, plant)
    owned = owned_by_class(plant.entities, plant.relations)
    lexicon = Lexicon.from_entities(plant.entities, ontology, grammar("en").function_words, owned=owned, version=1)
    reader = Reader(graph, history, ontology, lambda: NOW)
    context = ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("anna"), "UTC")
    model = Model(Graph().parse(file), plant, Understanding(lexicon, ["en"]), plant_tools(), context)
    prefixes, cases = questions()
    return [await model.judged(case, prefixes) for case in cases if case["plant"] == name]


@pytest.mark.parametrize("name", sorted(FILES))
async def test_what_is_asked_of_a_building_model_is_answered_whole(
    name: str, buildings: Path, graph: GraphStore, history: History, ontology: Ontology
) -> None:
    found = await judged(name, buildings / FILES[name], graph, history, ontology)
    score = sum(one.f1 for one in found) / len(found)
    assert not [one.ask for one in found if one.none]
    assert score >= LEAST, "\n".join(f"{one.f1:.2f} {one.ask} {one.answer[:200]!r}" for one in found if one.f1 < 1)
