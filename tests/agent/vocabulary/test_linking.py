"""From words to things: exact, ambiguous, unknown, and by pronoun."""

import pytest

from agent.offline.words import ENGLISH
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from graph_schema.model import Entity
from graph_schema.ontology.ontology import Ontology


@pytest.fixture(scope="module")
def linker(ontology: Ontology) -> Linker:
    things = [
        *(Entity(f"ahu-{n}", "Asset", f"AHU-{n}", "AHU") for n in (1, 2, 12)),
        Entity("chwp-2", "Asset", "Chilled Water Pump 2", "Chilled_Water_Pump", {"aliases": ["CHWP-2"]}),
        Entity("hwp-2", "Asset", "Hot Water Pump 2", "Hot_Water_Pump"),
        Entity("r410a", "Space", "Room R410A", "Room"),
        Entity("r410b", "Space", "Room R410B", "Room"),
        Entity("floor-4", "Floor", "Floor 4", "Floor", {"level": 4}),
    ]
    return Linker(Lexicon.from_entities(things, ontology, ENGLISH))


def ids(linker: Linker, text: str, *focus: str) -> list[list[str]]:
    return [[one.id for one in mention.candidates] for mention in linker.link(text, focus).mentions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is AHU-2 on", [["ahu-2"]]),
        ("is ahu2 on", [["ahu-2"]]),
        ("air handler 1 and ahu 12", [["ahu-1"], ["ahu-12"]]),
        ("pump CHWP-2", [["chwp-2"]]),
        ("pump 2", [["chwp-2", "hwp-2"]]),
        ("AHU 9", [[]]),
        ("the fourth floor", [["floor-4"]]),
    ],
)
def test_names(linker: Linker, text: str, found: list[list[str]]):
    assert ids(linker, text) == found


def test_a_name_short_of_a_letter_means_all_that_have_it(linker: Linker):
    assert ids(linker, "room 410") == [["r410a"], ["r410b"]]


def test_it_is_the_first_in_focus_and_they_are_all(linker: Linker):
    assert ids(linker, "where is it", "ahu-2", "ahu-1") == [["ahu-2"]]
    assert ids(linker, "where are they", "ahu-2", "ahu-1") == [["ahu-2", "ahu-1"]] or ids(
        linker, "where are they", "ahu-2", "ahu-1"
    ) == [["ahu-2"], ["ahu-1"]]


def test_a_mention_says_where_it_stands(linker: Linker):
    text = "how hot is AHU-2?"
    (mention,) = linker.link(text).mentions
    assert text[mention.start : mention.end] == mention.text == "AHU-2"
