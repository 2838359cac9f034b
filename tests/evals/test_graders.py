import pytest

from evals.cases import Expectation
from evals.graders import Answer, Call, Gold, Named, entities_in, grade, is_subset, numbers_in

PLANT = (
    Named("ahu-2", "Asset", ("AHU-2",)),
    Named("vav-201", "Asset", ("VAV-201",)),
    Named("vav-202", "Asset", ("VAV-202",)),
    Named("room-201", "Space", ("Room 201",)),
    Named("zone-201", "Space", ("Zone 201", "Room 201 zone")),
)


def answer(text: str, *, question: str = "?", calls: tuple[Call, ...] = (), highlight: tuple[str, ...] = ()) -> Answer:
    return Answer(question, text, calls, highlight, ())


def why(given: Answer, entities: set[str] | None = None, **expected: object) -> list[str]:
    gold = Gold((), None if entities is None else frozenset(entities), PLANT)
    return grade(given, Expectation.model_validate(expected), gold)


def test_arguments_match_as_a_subset_and_a_single_value_matches_its_list():
    assert is_subset({"asset": "ahu-2"}, {"asset": ["AHU-2"], "quantity": "x"})
    assert is_subset({"query": {"class": "VAV"}}, {"query": {"class": "VAV", "direct": True}})
    assert not is_subset({"asset": "ahu-2"}, {"asset": ["ahu-2", "ahu-3"]})
    assert not is_subset({"asset": "ahu-2"}, {})


def test_a_missing_call_and_a_forbidden_call_are_reported():
    made = (Call("find_assets", {}),)
    assert why(answer("x", calls=made), calls=[{"tool": "query_telemetry"}])
    assert why(answer("x", calls=made), forbid_calls=["find_assets"]) == ["called find_assets"]
    assert not why(answer("x", calls=made), calls=[{"tool": "find_assets"}])


def test_numbers_are_read_with_thousands_signs_and_units():
    assert [value for value, _, _ in numbers_in("1,234.5 kWh at −3 °C and AHU-2")] == [1234.5, -3.0, 2.0]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("It reads 18.24 °C.", True),
        ("It reads 18.2 °C.", True),
        ("It reads 18.9 °C.", False),
        ("It reads 18.2 K.", False),
    ],
)
def test_a_number_matches_within_its_own_rounding_and_with_its_unit(text: str, passes: bool):
    expected = Expectation.model_validate({"numbers": [{"value": 18.239, "unit": "°C"}]})
    failed = grade(answer(text), expected, Gold((18.239,), None, PLANT))
    assert (not failed) is passes


def test_a_stated_tolerance_replaces_the_rounding():
    expected = Expectation.model_validate({"numbers": [{"value": 18.2, "tolerance": 0.5}]})
    assert not grade(answer("18.6 °C"), expected, Gold((18.2,), None, PLANT))


def test_a_number_without_gold_fails():
    expected = Expectation.model_validate({"numbers": [{"sql": "select 1 where false"}]})
    assert grade(answer("18.6"), expected, Gold((None,), None, PLANT))


def test_the_longest_name_wins_where_names_overlap():
    assert entities_in("Room 201 zone is warm", PLANT) == {"zone-201"}
    assert entities_in("ahu-2, VAV-201", PLANT) == {"ahu-2", "vav-201"}
    assert entities_in("VAV-2010", PLANT) == set()


def test_entities_must_be_named_no_more_and_no_fewer():
    assert not why(answer("VAV-201 and VAV-202"), entities={"vav-201", "vav-202"})
    assert why(answer("VAV-201"), entities={"vav-201", "vav-202"}) == ["does not name vav-202"]
    assert why(answer("VAV-201 and VAV-202"), entities={"vav-201"}) == ["names vav-202 as well"]


def test_things_of_the_question_and_places_of_an_asset_may_be_named_besides():
    asked = answer("AHU-2 feeds VAV-201 in Room 201", question="What does AHU-2 feed?")
    assert not why(asked, entities={"vav-201"})


def test_an_abstention_says_so_and_states_no_number_but_may_name_what_was_asked():
    assert not why(answer("I cannot know that about AHU-2.", question="q AHU-2"), abstains=True)
    assert not why(answer("There is no VAV-999 in this plant.", question="What is VAV-999?"), abstains=True)
    assert why(answer("It is 21 °C."), abstains=True)
    assert why(answer("I cannot know, but about 21 °C."), abstains=True) == [
        "states the number 21 although it cannot know"
    ]


def test_what_must_be_highlighted():
    assert not why(answer("x", highlight=("ahu-2", "vav-201")), scene={"highlight": ["ahu-2"]})
    assert why(answer("x"), scene={"highlight": ["ahu-2"]}) == ["does not highlight ahu-2"]


def test_words():
    assert not why(answer("AHU-2 is stale"), mentions=["ahu-2"], any_mention=[["stale", "old"]], not_mentions=["fresh"])
    assert len(why(answer("fresh"), mentions=["ahu-2"], any_mention=[["stale", "old"]], not_mentions=["fresh"])) == 3
