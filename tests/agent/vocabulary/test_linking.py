"""From words to things: exact, ambiguous, unknown, and by pronoun."""

import pytest

from agent.language.grammar import grammar
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
    return Linker(Lexicon.from_entities(things, ontology, grammar("en").function_words))


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


ODD = (
    "<b>P-1</b>",
    "Pump 2 (2024)",
    "Zone 3.14",
    "VAV 9 **bold** [x](y)",
    "24.5 kW chiller",
    "Fan #3, north; spare",
    "a & b",
    "5 % (min)",
)


@pytest.fixture(scope="module")
def odd(ontology: Ontology) -> Linker:
    things = [Entity(f"x{n}", "Asset", name, "Pump") for n, name in enumerate(ODD)]
    plain = [Entity("p2", "Asset", "Pump 2", "Pump"), Entity("p1", "Asset", "P-1", "Pump")]
    devices = [Entity("device:dev-3", "Device", "Device dev-3"), Entity("device:<i>9", "Device", "Device <i>9")]
    twins = [Entity("AHU_1", "Asset", "AHU 1", "AHU"), Entity("bldgB/AHU_1", "Asset", "AHU 1", "AHU")]
    return Linker(Lexicon.from_entities([*things, *plain, *devices, *twins], ontology, grammar("en").function_words))


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("sentence", ["how is {}?", "what is the flow of {} now", "{} and", "is {}, or not, stale"])
def test_names_with_brackets_markup_and_numbers_are_names(odd: Linker, name: str, sentence: str):
    assert [f"x{ODD.index(name)}"] in ids(odd, sentence.format(name))


def test_a_sign_after_a_name_is_no_part_of_it(odd: Linker):
    assert ids(odd, "is the flow of (Pump 2) > 20") == [["p2"]]
    assert ids(odd, "is P-1 < 3") == [["p1"]]


@pytest.mark.parametrize(
    ("said", "id_"), [("dev-3", "device:dev-3"), ("Device dev-3", "device:dev-3"), ("<i>9", "device:<i>9")]
)
def test_devices_are_called_by_what_they_publish_under(odd: Linker, said: str, id_: str):
    assert [id_] in ids(odd, f"how is {said}?")


def test_one_of_several_of_a_name_is_meant_by_its_id_behind_it(odd: Linker):
    assert ids(odd, "how is AHU 1?") == [["AHU_1", "bldgB/AHU_1"]]
    assert ids(odd, "how is AHU 1 (AHU_1)?") == [["AHU_1"]]
    assert ids(odd, "how is AHU 1 (bldgB/AHU_1)?") == [["bldgB/AHU_1"]]
