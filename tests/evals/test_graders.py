from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evals.cases import Expectation
from evals.graders import Answer, Call, Gold, grade, is_subset, mentions
from evals.names import Named, Names

NAMES = Names(
    [
        Named("site", "Site", ("Riverside",)),
        Named("ahu-2", "Asset", ("AHU-2", "north air handler")),
        Named("ahu-3", "Asset", ("AHU-3",)),
        Named("vav-201", "Asset", ("VAV-201",)),
        Named("vav-202", "Asset", ("VAV-202",)),
        Named("room-201", "Space", ("Room 201",)),
        Named("zone-201", "Space", ("Zone 201", "Room 201 zone")),
        Named("ahu-2/sat", "Point", ("AHU-2 supply air temperature",)),
        Named("sat-a", "Point", ("Supply Air Temperature",)),
        Named("sat-b", "Point", ("Supply Air Temperature",)),
    ]
)


def answer(text: str, *, question: str = "?", calls: tuple[Call, ...] = (), highlight: tuple[str, ...] = ()) -> Answer:
    return Answer(question, text, calls, highlight, ())


def why(given: Answer, entities: set[str] | None = None, **expected: object) -> list[str]:
    wanted = Expectation.model_validate(expected)
    gold = Gold([n.value for n in wanted.numbers], None if entities is None else frozenset(entities), NAMES)
    return grade(given, wanted, gold)


# -- calls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "made", "matches"),
    [
        ({"asset": "ahu-2"}, {"asset": ["AHU-2"], "quantity": "x"}, True),
        ({"asset": "ahu-2"}, {"asset": "north air handler"}, True),
        ({"asset": "ahu-2"}, {"asset": "ahu-3"}, False),
        ({"asset": "ahu-2"}, {"asset": ["ahu-2", "ahu-3"]}, False),
        ({"asset": ["ahu-3", "ahu-2"]}, {"asset": ["ahu-2", "ahu-3"]}, True),
        ({"asset": ["ahu-3", "ahu-3"]}, {"asset": ["ahu-2", "ahu-3"]}, True),
        ({"asset": "ahu-2"}, {}, False),
        ({"query": {"class": "VAV"}}, {"query": {"class": "VAV", "direct": True}}, True),
        ({"query": {"class": "VAV"}}, {"query": "VAV"}, False),
        ({"limit": 3}, {"limit": 3.0}, True),
        ({"limit": 3}, {"limit": 30}, False),
        ({"direct": True}, {"direct": True}, True),
        ({"direct": True}, {"direct": 1}, False),
        ({"start": datetime(2026, 3, 1, 8, tzinfo=UTC)}, {"start": "2026-03-01T00:00:00-08:00"}, True),
        ({"start": "2026-03-01T08:00:00Z"}, {"start": "2026-03-01T08:30:00Z"}, False),
        ({"to": None}, {"to": None}, True),
    ],
)
def test_arguments_match_as_a_subset(expected: object, made: object, matches: bool):
    assert is_subset(expected, made, NAMES) is matches


def test_a_missing_call_a_forbidden_one_and_too_many_are_reported():
    made = (Call("find_assets", {}), Call("find_assets", {}))
    assert why(answer("x", calls=made), calls=[{"tool": "query_telemetry"}])
    assert why(answer("x"), calls=[{"tool": "query_telemetry"}]) == ["no call query_telemetry({}) but none at all"]
    assert why(answer("x", calls=made), forbid_calls=["find_assets"]) == ["called find_assets"]
    assert why(answer("x", calls=made), max_calls=1) == ["made 2 calls, at most 1 are expected"]
    assert not why(answer("x", calls=made), calls=[{"tool": "find_assets"}], max_calls=2)


def test_a_proposal_is_never_made_yet():
    assert why(answer("x"), proposes={"tool": "create_work_order"})


# -- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("It reads 18.24 °C.", True),
        ("It reads **18.2** °C.", True),
        ("It reads 18.9 °C.", False),
        ("It reads 18.2 K.", False),
        ("It reads 18.9 °C, and 18.2 K.", False),
    ],
)
def test_a_number_matches_within_its_own_rounding_and_with_its_unit(text: str, passes: bool):
    assert (not why(answer(text), numbers=[{"value": 18.239, "unit": "°C"}])) is passes


def test_a_stated_tolerance_replaces_the_rounding():
    assert not why(answer("18.6 °C"), numbers=[{"value": 18.2, "tolerance": 0.5}])
    assert why(answer("18 °C"), numbers=[{"value": 18.2, "tolerance": 0.05}])


def test_a_number_without_gold_fails():
    expected = Expectation.model_validate({"numbers": [{"sql": "select 1 where false"}]})
    assert grade(answer("18.6"), expected, Gold([None], None, NAMES))


def test_the_digits_of_a_name_or_of_a_date_are_no_answer():
    assert why(answer("AHU-2 has some."), numbers=[{"value": 2}])
    assert why(answer("ahu 2 has some since 2026-03-02 02:02."), numbers=[{"value": 2}])
    assert not why(answer("AHU-2 has 2."), numbers=[{"value": 2}])


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("VAVs are fine", "vav", True),
        ("AHU-10", "AHU-1", False),
        ("AHU 1", "AHU-1", True),
        ("AHU\u20111 is on", "AHU-1", True),
        ("in the Conference Room", "on", False),
        ("It is on.", "on", True),
        ("yesterday", "yes", False),
        ("Yes.", "yes", True),
        ("staleness", "stale", True),
        ("1,243 boxes", "243", False),
        ("1,243 boxes", "1243", True),
        ("243.5", "243", False),
        ("It costs 243.", "243", True),
        ("5 kWh", "kW", False),
        ("it  has\nno data", "no data", True),
        ("can’t", "can't", True),
    ],
)
def test_words_are_found_as_words(text: str, word: str, found: bool):
    assert mentions(text, word) is found


def test_mentions_and_their_opposite():
    assert not why(answer("AHU-2 is stale"), mentions=["ahu-2"], any_mention=[["stale", "old"]], not_mentions=["fresh"])
    assert len(why(answer("fresh"), mentions=["ahu-2"], any_mention=[["stale", "old"]], not_mentions=["fresh"])) == 3


# -- assets ----------------------------------------------------------------------------------------------------------


def test_entities_must_be_named_no_more_and_no_fewer():
    assert not why(answer("VAV-201 and VAV-202"), entities={"vav-201", "vav-202"})
    assert why(answer("VAV-201"), entities={"vav-201", "vav-202"}) == ["does not name vav-202"]
    assert why(answer("VAV-201 and VAV-202"), entities={"vav-201"}) == ["names vav-202 as well"]


def test_an_alias_names_its_asset():
    assert not why(answer("The north air handler."), entities={"ahu-2"})


def test_assets_of_the_question_and_places_of_an_asset_may_be_named_besides():
    asked = answer("AHU-2 feeds VAV-201 in Room 201", question="What does AHU-2 feed?")
    assert not why(asked, entities={"vav-201"})


def test_what_a_call_is_about_may_be_named_besides():
    traced = (Call("trace_connections", {"asset": "AHU-2", "direction": "downstream"}),)
    found = (Call("find_assets", {"query": {"class": "VAV", "fed_by": {"any_of": [{"ids": ["ahu-2"]}]}}}),)
    for calls in (traced, found):
        text = "AHU-2 feeds VAV-201."
        assert not why(answer(text, question="What does the second one feed?", calls=calls), entities={"vav-201"})
        assert why(answer(f"{text[:-1]} and AHU-3.", calls=calls), entities={"vav-201"}) == ["names ahu-3 as well"]


@pytest.mark.parametrize(
    "call",
    [
        Call("highlight", {"assets": ["vav-201", "vav-202"]}),
        Call("find_assets", {"query": {"ids": ["vav-201", "vav-202"]}}),
        Call("query_telemetry", {"asset": ["vav-201", "vav-202"]}),
    ],
)
def test_what_a_call_answers_with_is_not_what_it_is_about(call: Call):
    given = answer("VAV-201 and VAV-202", calls=(call,))
    assert why(given, entities={"vav-201"}) == ["names vav-202 as well"]


def test_a_asset_that_the_plant_does_not_have_cannot_be_named():
    assert why(answer("VAV-999"), entities={"vav-999"}) == ["does not name vav-999"]


def test_no_entities_means_saying_so_and_naming_none():
    assert not why(answer("There are no VAVs without one."), entities=set())
    assert why(answer("All is well."), entities=set()) == ["does not say that there are none"]
    assert why(answer("None but VAV-201."), entities=set()) == ["names vav-201 as well"]


def test_a_point_called_like_its_asset_does_not_hide_the_asset():
    assert not why(answer("AHU-2 supply air temperature is high."), entities={"ahu-2"})


def test_a_name_of_several_points_stands_for_any_of_them():
    assert not why(answer("Supply Air Temperature"), entities={"sat-a"})


def test_what_must_be_highlighted():
    assert not why(answer("x", highlight=("ahu-2", "vav-201")), scene={"highlight": ["ahu-2"]})
    assert why(answer("x"), scene={"highlight": ["ahu-2"]}) == ["does not highlight ahu-2"]


# -- abstention ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I cannot know that about AHU-2.", "q AHU-2"),
        ("There is no VAV-999 in this plant. There are for example VAV-201 and VAV-202.", "What is VAV-999?"),
        ("There is no “AHU 9” in this plant.", "How many VAVs does AHU 9 feed?"),
        ("AHU-2 has no readings between 2026-03-01 00:00 and 2026-03-02 00:00.", "What did AHU-2 read yesterday?"),
        ("I don’t know who repaired it.", "Who repaired it?"),
        ("The model does not say.", "?"),
        ("VAV-201 is not known here.", "?"),
    ],
)
def test_an_abstention_says_so_and_may_name_what_was_asked(text: str, question: str):
    assert not why(answer(text, question=question), abstains=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("It is warm.", "does not say that it cannot know"),
        ("It is not expected to fail soon.", "does not say that it cannot know"),
        ("AHU-2 is not running.", "does not say that it cannot know"),
        ("It cannot be better.", "does not say that it cannot know"),
        ("I cannot know, but about 21 °C.", "states the number 21 although it cannot know"),
        ("I cannot know, but about seven days.", "states the number 7 although it cannot know"),
    ],
)
def test_what_is_no_abstention(text: str, reason: str):
    assert why(answer(text), abstains=True) == [reason]


@pytest.mark.parametrize(
    ("text", "endings", "reasons"),
    [
        ("Which one do you mean: AHU-2 or AHU-3?", ("asked_back",), []),
        ("¿Cuál?", ("asked_back",), []),
        ("Ask for example “AHU-2 over the last 7 days”.", ("asked_back",), []),
        ("Fragen Sie „AHU-2, letzte 7 Tage“.", ("asked_back",), []),
        ("It is warm?", (), ["neither asks back nor says what is missing"]),
        ("It is 21 °C. I left out “why”.", ("left_out",), ["states the number 21 although it cannot know"]),
        ("Which one?", None, []),
        ("There is no sensor.", None, []),
        ("It is warm.", None, ["neither asks back nor says what is missing"]),
    ],
)
def test_asking_back_is_as_the_model_tells_and_states_no_number(
    text: str, endings: tuple[str, ...] | None, reasons: list[str]
):
    assert why(replace(answer(text), endings=endings), asks_back=True) == reasons


def test_an_abstention_in_another_language_is_as_the_model_tells():
    assert not why(replace(answer("Das ist nicht erfasst."), endings=("not_recorded",)), abstains=True)


def test_what_no_evidence_supports_fails():
    given = Answer("?", "AHU-2 is fine.", (), (), ("17.3",))
    assert grade(given, Expectation(), Gold((), None, NAMES)) == ["invented 17.3"]
