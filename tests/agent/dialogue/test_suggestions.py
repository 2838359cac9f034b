"""What is offered where a question was not understood works here and now, on any plant."""

from collections.abc import Mapping, Sequence
from datetime import UTC

import pytest

from agent.answers.speaker import Speaker
from agent.dialogue.suggestions import MOST, Suggestions
from agent.dialogue.turn import Reader
from agent.evidence.citations import Style
from agent.language.grammar import grammar
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon
from graph_schema.model import Entity
from graph_schema.ontology.ontology import Ontology
from tests.agent.dialogue.conftest import NOW

PLANTS: Mapping[str, tuple[Sequence[tuple[str, str, str]], Mapping[str | None, frozenset[str]]]] = {
    "school": (
        [("rtu-1", "RTU 1", "Rooftop_Unit"), ("b-1", "Boiler", "Boiler")],
        {"Rooftop_Unit": frozenset({"supply_air_temperature"}), "Boiler": frozenset({"leaving_hot_water_temperature"})},
    ),
    "pumping station": (
        [("p-101", "P-101", "Pump"), ("p-102", "P-102", "Pump")],
        {"Pump": frozenset({"electric_power", "vibration"})},
    ),
    "one fan": ([("ef-7", "Exhaust Fan 7", "Exhaust_Fan")], {"Exhaust_Fan": frozenset({"speed"})}),
    "meters": (
        [("m1", "Main Meter", "Electrical_Meter")],
        {"Electrical_Meter": frozenset({"electric_energy", "electric_power"})},
    ),
}


def suggested(understanding: Understanding, own: str, text: str) -> Sequence[str]:
    turn = Reader(understanding, own, NOW).read(text)
    lexicon = understanding.reader(own).words.lexicon
    speaker = Speaker(lexicon, Style(own, "metric", UTC, NOW))
    return Suggestions(understanding, speaker, NOW).after(turn)


def _plant(name: str, ontology: Ontology) -> Understanding:
    assets, owned = PLANTS[name]
    entities = [Entity(id_, "Asset", said, class_) for id_, said, class_ in assets]
    words = grammar("en").function_words
    return Understanding(Lexicon.from_entities(entities, ontology, words, owned=owned, version=1))


@pytest.mark.parametrize("own", ["en", "de", "es"])
@pytest.mark.parametrize("name", [*PLANTS, "demo"])
def test_each_is_understood_with_calls(name: str, own: str, ontology: Ontology, understanding: Understanding) -> None:
    here = understanding if name == "demo" else _plant(name, ontology)
    offered = suggested(here, own, "blorgy frobnicator")
    assert len(offered) == MOST
    for text in offered:
        found = here.understand(text, own, NOW)
        assert found is not None
        assert found.problem is None, (text, found.problem)
        assert found.calls
        assert found.language == own


@pytest.mark.parametrize(
    ("own", "text"), [("en", "power of chiller 9"), ("de", "Leistung von Chiller 9"), ("es", "potencia de Chiller 9")]
)
def test_what_was_asked_is_offered_of_what_there_is(own: str, text: str, understanding: Understanding) -> None:
    first, second, _ = suggested(understanding, own, text)
    assert "Chiller 1" in first
    assert "Chiller 1" in second


def test_an_empty_plant_offers_what_needs_no_asset(ontology: Ontology) -> None:
    words = grammar("en").function_words
    nothing = Understanding(Lexicon.from_entities([], ontology, words, owned={}, version=1))
    assert all("AHU" not in one for one in suggested(nothing, "en", "blorgy frobnicator"))
