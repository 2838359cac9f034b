"""The German and Spanish words of the trade, and that they cover what the English ones do."""

from itertools import combinations
from typing import get_args

import pytest

from agent.vocabulary.lexicon import vocabulary_of
from agent.vocabulary.terms import english, terms
from agent.vocabulary.tokens import key, pieces
from graph_schema.errors import InvalidInput
from graph_schema.model import Kind
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import load_library

LANGUAGES = ("de", "es")

ONE_WORD_FOR_TWO = {
    frozenset({"return_air_flow", "exhaust_air_flow"}),  # Abluft is the air from the room, whether it goes back or out
    frozenset({"entering_water_pressure", "refrigerant_suction_pressure"}),
    frozenset({"winding_temperature", "coolant_temperature"}),  # of an electric motor and of an engine
    frozenset({"zone_air_temperature", "room_air_temperature"}),
    frozenset({"water_level", "fuel_level"}),  # Füllstand, nivel
    frozenset({"electric_energy", "current"}),  # Strom
    frozenset({"electric_power", "load"}),  # Last, carga
    frozenset({"electric_power", "demand"}),  # demanda
    frozenset({"supply_air_temperature", "leaving_water_temperature"}),  # impulsión
    frozenset({"return_air_temperature", "entering_water_temperature"}),  # retorno
}


def said(text: str) -> tuple[str, ...]:
    return tuple(piece.norm for piece in pieces(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_is_one_of_the_ontology(language: str, ontology: Ontology):
    known = terms(language)
    classes = {id for ids in known.classes.values() for id in ids}
    quantities = {id for ids in known.quantities.values() for id in ids}
    assert classes - ontology.classes.keys() - set(get_args(Kind)) == set()
    assert quantities - vocabulary_of(ontology).quantities.keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_words_in_the_library_has_words_in_each_language(language: str, ontology: Ontology):
    library, known = load_library(), terms(language)
    classes = {ontology.canonical(name) for name in (*library.words, *(twin.class_ for twin in library.twins))}
    quantities = {ontology.quantity(name) for name, note in library.quantities.items() if note.words}
    quantities |= {quantity for twin in library.twins for quantity in twin.quantities}
    assert classes - {id for ids in known.classes.values() for id in ids} == set()
    assert quantities - {id for ids in known.quantities.values() for id in ids} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_means_two_unrelated_quantities_only_where_the_trade_has_one_word_for_both(
    language: str, ontology: Ontology
):
    unrelated = {
        frozenset(pair)
        for ids in terms(language).quantities.values()
        for pair in combinations(ids, 2)
        if not (ontology.covers(*pair) or ontology.covers(*reversed(pair)))
    }
    assert unrelated - ONE_WORD_FOR_TWO == set()


@pytest.mark.parametrize(
    ("language", "phrase", "class_"),
    [
        ("de", "Kältemaschinen", "Chiller"),
        ("de", "des Kühlturms", "Cooling_Tower"),
        ("de", "den Verdichtern", "Compressor"),
        ("de", "der RLT-Anlage", "AHU"),
        ("es", "las enfriadoras", "Chiller"),
        ("es", "la UTA", "AHU"),
        ("es", "los grupos electrógenos", "Emergency_Generator"),
    ],
)
def test_a_class_is_known_in_the_forms_that_stand_in_sentences(language: str, phrase: str, class_: str):
    noun = phrase.split(" ", 1)[-1]
    assert class_ in terms(language).classes[said(noun)]


@pytest.mark.parametrize(
    ("language", "phrase", "quantity"),
    [
        ("de", "Zulufttemperatur", "supply_air_temperature"),
        ("de", "Sollwert der Raumtemperatur", "zone_air_temperature_setpoint"),
        ("de", "Vorlauf", "leaving_water_temperature"),
        ("de", "kWh", "electric_energy"),
        ("es", "caudal", "flow"),
        ("es", "consigna de temperatura de impulsión", "supply_air_temperature_setpoint"),
        ("es", "vibraciones", "vibration"),
    ],
)
def test_a_quantity_is_known_by_the_words_of_the_trade(language: str, phrase: str, quantity: str):
    assert quantity in terms(language).quantities[said(phrase)]


@pytest.mark.parametrize("typed", ["Außenluftmenge", "Aussenluftmenge", "AUSSENLUFTMENGE"])
def test_letters_that_many_type_otherwise_are_read_alike(typed: str):
    assert terms("de").quantities[said(typed)] == ("outside_air_flow",)


@pytest.mark.parametrize("typed", ["Kühler", "Kuehler", "kuhler"])
def test_an_umlaut_may_be_two_letters(typed: str):
    assert terms("de").classes[said(typed)] == ("Cooling_Coil",)


def test_english_comes_with_the_ontology(ontology: Ontology):
    known = english(vocabulary_of(ontology))
    assert known.classes[key("air handler")] == ("AHU",)
    assert "water_flow" in known.quantities[key("flow rate")]


def test_a_language_without_words_says_which_file_to_write():
    with pytest.raises(InvalidInput, match=r"write graph_schema/ontology/words/fr\.yaml"):
        terms("fr")
