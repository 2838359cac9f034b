"""The words of a plant that only these tests know."""

from agent.lexicon import Lexicon
from agent.offline.tokens import key
from graph_schema.model import Entity
from graph_schema.ontology import Ontology

OWNED: dict[str | None, frozenset[str]] = {"Pump": frozenset({"vibration", "water_flow"})}


def lexicon(ontology: Ontology) -> Lexicon:
    things = [
        Entity("works", "Site", "Harbour Works", "Site"),
        Entity("p-7", "Asset", "Lift Pump 7", "Pump", {"aliases": ["Old Faithful"]}),
        Entity("hall", "Space", "Library", "Library"),
    ]
    return Lexicon.from_entities(things, ontology, owned=OWNED)


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
