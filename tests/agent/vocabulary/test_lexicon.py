"""The words of a plant that only these tests know."""

import asyncio

from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicon, Lexicons, owned_by_class
from agent.vocabulary.tokens import key, pieces, split_camel
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant

OWNED: dict[str | None, frozenset[str]] = {"Pump": frozenset({"vibration", "water_flow"})}


def lexicon(ontology: Ontology) -> Lexicon:
    things = [
        Entity("works", "Site", "Harbour Works", "Site"),
        Entity("p-7", "Asset", "Lift Pump 7", "Pump", {"aliases": ["Old Faithful"]}),
        Entity("hall", "Space", "Library", "Library"),
    ]
    return Lexicon.from_entities(things, ontology, grammar("en").function_words, owned=OWNED)


def test_names_aliases_and_ids_are_read_alike(ontology: Ontology):
    words = lexicon(ontology)
    assert words.names[key("LIFT pump-7")] == words.names[key("old_faithful")] == words.names[key("P7")] == ("p-7",)


def test_a_thing_called_like_its_class_is_no_name_of_its_own(ontology: Ontology):
    words = lexicon(ontology)
    assert key("library") not in words.names
    assert words.class_names[key("library")] == ("hall",)


def test_the_one_site_is_the_whole_plant(ontology: Ontology):
    assert lexicon(ontology).root == "works"


def test_a_class_includes_its_subclasses(ontology: Ontology):
    words = lexicon(ontology)
    assert words.of_class("Equipment") == ("p-7",)
    assert words.is_a("Chilled_Water_Pump", "Pump")


def test_a_slip_of_the_pen_is_put_right_and_a_strange_word_is_not(ontology: Ontology):
    words = lexicon(ontology)
    assert words.respell("vibraton") == "vibration"
    assert words.respell("frobnication") is None


def test_quantities_have_their_words(ontology: Ontology):
    words = lexicon(ontology)
    assert words.quantities_named(frozenset({"flow"}), words.present_quantities) == ["water_flow"]
    assert words.quantity_names[key("water flow")] == "water_flow"


THINGS = (
    Entity("works", "Site", "Harbour Works", "Site"),
    Entity("works-2", "Floor", "Upper Deck", "Floor", {"level": 2}),
    Entity("p-7", "Asset", "Lift Pump 7", "Pump", {"aliases": ["Old Faithful", "the big one"]}),
    Entity("p-8", "Asset", "Lift Pump 8", None),
    Entity(
        "p-7-flow", "Point", "Lift Pump 7 Flow", "Water_Flow_Sensor", {"quantity": "water_flow", "source": "p7/flow"}
    ),
)
HAS_FLOW = Relation("HAS_POINT", "p-7", "p-7-flow")


async def test_read_from_the_graph_it_is_that_of_the_same_things(graph: GraphStore, ontology: Ontology):
    await load_plant(graph, ontology, Plant("works", THINGS, (HAS_FLOW,)))
    read = await Lexicons(graph, ontology, grammar("en").function_words).lexicon()
    built = Lexicon.from_entities(
        THINGS, ontology, grammar("en").function_words, owned=owned_by_class(THINGS, [HAS_FLOW]), version=read.version
    )
    assert read.version > 0
    assert read.things == built.things
    assert (read.names, read.by_word, read.by_ident) == (built.names, built.by_word, built.by_ident)
    assert (read.instances, read.levels, read.places) == (built.instances, built.levels, built.places)
    assert read.owned == built.owned == {"Pump": frozenset({"water_flow"})}


async def test_an_import_is_noticed_and_nothing_else_costs_a_reading(graph: GraphStore, ontology: Ontology):
    await load_plant(graph, ontology, Plant("works", THINGS[:3], ()))
    lexicons = Lexicons(graph, ontology, grammar("en").function_words)
    first, same = await asyncio.gather(lexicons.lexicon(), lexicons.lexicon())
    assert same is first is await lexicons.lexicon()
    await load_plant(graph, ontology, Plant("works", THINGS, (HAS_FLOW,)))
    assert key("lift pump 8") not in first.names
    assert key("lift pump 8") in (await lexicons.lexicon()).names


def test_a_key_is_the_pieces_of_a_text_without_its_signs():
    for text in ("AHU-2's fan", "ChilledWaterPump1", "1,200.50 m³/h", "Café °C 007", "don't; we've", "", "(’s)"):
        assert key(text) == tuple(piece.norm for piece in pieces(split_camel(text)) if piece.kind != "sign")
