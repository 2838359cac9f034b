"""Questions of people: which intent, about which assets, and nothing left out in silence."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.language.grammar import grammar
from agent.planning.asked import Asked
from agent.planning.assets import Assets
from agent.planning.intents import INTENTS
from agent.planning.understanding import Understanding, Understood
from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery
from tests.agent.language.conftest import NOW, Talk

SAMPLES = [(intent, text) for intent, texts in grammar("en").samples.items() for text in texts if intent != "follow_up"]


def read(understanding: Understanding, text: str) -> Understood:
    found = understanding.understand(text, "en", NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(("intent", "text"), SAMPLES)
def test_every_example_is_read_as_its_intent_in_its_whole(understanding: Understanding, intent: str, text: str):
    found = read(understanding, text)
    assert found.frame.intent == intent
    assert found.frame.is_whole or found.is_urgent
    assert found.problem is None or found.problem.kind in ("ambiguous", "too_many")


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("How's Boiler 2 holding up?", "asset_status", {"asset": "boiler-2"}),
        ("ahu2 status pls", "asset_status", {"asset": "ahu-2"}),
        ("any idea why AHU-2 is vibrating so much", "diagnose", {"asset": "ahu-2"}),
        ("why's the boardroom freezing", "diagnose", {"asset": "room-303", "symptom": "zone_air_temperature too low"}),
        ("what would we lose if chiller 1 trips", "isolate", {"asset": "chiller-1"}),
        ("could we take chiller 1 offline", "isolate", {"asset": "chiller-1"}),
        ("runtime of chiller 2 please", "runs", {"asset": ["chiller-2"], "state": "on"}),
        ("How often has boiler 1 been cycling?", "runs", {"asset": ["boiler-1"], "state": "on"}),
        ("graph of outside air temperature", "plot", {"quantity": ["outside_air_temperature"]}),
        ("what do the manuals say about bearing wear", "documents", {"words": "bearing wear"}),
        ("anything written about AHU-3?", "notes", {"asset": "ahu-3"}),
        ("what did chiller 1 cost at 0.25 per kWh", "energy", {"asset": "chiller-1", "tariff": 0.25}),
        (
            "when was the peak power of chiller 1 yesterday?",
            "extremes",
            {"quantity": "electric_power", "asset": "chiller-1"},
        ),
        ("how much energy did chiller 1 use yesterday", "energy", {"asset": "chiller-1"}),
        ("energy used by the lab building yesterday", "energy", {"asset": "lab"}),
        ("how many hours did CWP-1 run yesterday", "runs", {"asset": ["cwp-1"]}),
        ("How long did the supply fan of AHU-1 run yesterday?", "runs", {"state": "on"}),
    ],
)
def test_a_question_in_other_words(understanding: Understanding, text: str, tool: str, args: dict[str, Any]):
    found = read(understanding, text)
    assert [one.tool for one in found.calls] == [tool], (found.frame.left_out, found.problem)
    assert {name: found.calls[0].args.get(name) for name in args} == args


def test_an_ambiguous_name_is_asked_back(understanding: Understanding):
    found = read(understanding, "how has the chiller been doing")
    assert found.problem is not None
    assert found.problem.kind == "ambiguous"
    assert {one.id for one in found.problem.choices} == {"chiller-1", "chiller-2"}


def test_a_name_that_there_is_not_is_said_with_those_that_there_are(understanding: Understanding):
    found = read(understanding, "status of chiller 9")
    assert found.problem is not None
    assert found.problem.kind == "unknown_name"
    assert {one.id for one in found.problem.choices} == {"chiller-1", "chiller-2"}


STRANGE = ["wobbly", "not", "never", "maybe not", "17", "except the fans", "purple", "above 26 °C", "unless it rains"]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SAMPLES), st.sampled_from(STRANGE), st.integers(0, 12))
def test_what_is_put_into_a_question_changes_its_calls_or_is_told(
    understanding: Understanding, sample: tuple[str, str], strange: str, at: int
):
    intent, text = sample
    if intent == "documents" or INTENTS[intent].regardless:  # any words may be looked for, or stand in a danger
        return
    words = text.split()
    plain = read(understanding, text)
    changed = read(understanding, " ".join([*words[:at], strange, *words[at:]]))
    denied = changed.asked.says.get(
        "denies"
    )  # “isn't it too warm”: the same is looked up, and the answer has no yes or no
    if changed.calls and changed.calls == plain.calls and not denied:
        assert changed.frame.left_out, f"“{strange}” was dropped in silence"


def test_a_sentence_that_is_too_long_is_refused(understanding: Understanding):
    with pytest.raises(InvalidInput, match="words"):
        understanding.understand("how " * 400, "en", NOW)


# -- conversations ---------------------------------------------------------------------------------------------------


def test_a_name_alone_answers_what_was_asked_back(talk: Talk):
    _, found = talk("how has the chiller been doing", "chiller 2")
    assert [(one.tool, dict(one.args)) for one in found.calls] == [("asset_status", {"asset": "chiller-2"})]


@pytest.mark.parametrize(
    ("turns", "tool", "asset"),
    [
        (("how often did chiller 1 start", "and chiller 2?"), "runs", ["chiller-2"]),
        (("why is the boardroom so warm", "what about the library?"), "diagnose", "room-106"),
        (("status of AHU-1", "no, I meant AHU-2"), "asset_status", "ahu-2"),
        (("status of AHU-2", "what is wrong with it?"), "diagnose", "ahu-2"),
        (("status of AHU-2", "why?"), "diagnose", "ahu-2"),
        (("status of chiller 1", "and the other one"), "asset_status", "chiller-2"),
        (("status of chiller 1", "what happens if I shut it down"), "isolate", "chiller-1"),
    ],
)
def test_a_question_goes_on_from_the_one_before(talk: Talk, turns: tuple[str, ...], tool: str, asset: Any):
    *_, found = talk(*turns)
    assert [(one.tool, one.args["asset"]) for one in found.calls] == [(tool, asset)]


def test_it_is_asked_back_where_two_were_spoken_of(talk: Talk):
    *_, found = talk("compare the power of chiller 1 and chiller 2", "notes on it")
    assert found.problem is not None
    assert found.problem.kind == "ambiguous"


def test_another_quantity_of_the_same(talk: Talk):
    *_, found = talk("compare the power of chiller 1 and chiller 2", "and the energy?")
    assert found.calls[0].args["quantity"] == "electric_energy"
    assert found.calls[0].args["asset"] == ["chiller-1", "chiller-2"]


def test_what_the_question_before_could_not_take_is_told(talk: Talk):
    *_, found = talk("where is AHU-2", "and yesterday?")
    assert found.problem is not None
    assert found.problem.kind == "left_out"


# -- what a plan must not pass over ----------------------------------------------------------------------------------


def test_any_number_of_restrictions_is_read(understanding: Understanding):
    found = read(understanding, "status of pumps" + " in floor 2" * 30)
    assert found.asked.intent == "asset_status"


def test_a_summary_ends_where_its_time_ends(understanding: Understanding):
    (call,) = read(understanding, "what happened between 8 and 10 yesterday").calls
    window = call.args["window"]
    assert (window["start"][:13], window["end"][:13]) == ("2026-03-01T08", "2026-03-01T10")


def test_each_quantity_is_drawn_where_it_is_measured(understanding: Understanding):
    (call,) = read(understanding, "plot the power of chiller 1 and the outside air temperature").calls
    assert call.args["quantity"] == ["electric_power", "outside_air_temperature"]
    asked = str(dict(call.args))
    assert "chiller-1" in asked
    assert "weather" in asked


def test_one_quantity_of_two_assets_is_correlated(understanding: Understanding):
    (call,) = read(understanding, "correlate the supply air temperature of AHU-1 and AHU-2").calls
    assert (call.args["asset"], call.args["other_asset"]) == ("ahu-1", "ahu-2")
    assert call.args["quantity"] == call.args["other_quantity"] == "supply_air_temperature"


@pytest.mark.parametrize(
    "text",
    [
        "was chiller 1 running in alarm yesterday",
        "compare the fan power of AHU-1 and AHU-2",
        "compare the power of chiller 1 and chiller 2 now and yesterday",
        "how much energy did chiller 1 use yesterday at 12",
    ],
)
def test_what_it_cannot_answer_as_it_was_said_is_not_answered(understanding: Understanding, text: str):
    found = read(understanding, text)
    assert found.calls == ()
    assert found.problem is not None


def test_more_times_than_a_question_takes_are_told(talk: Talk):
    *_, found = talk("how long did chiller 1 run yesterday", "and today and yesterday?")
    assert found.problem is not None
    assert found.problem.kind == "left_out"


def test_a_quantity_that_was_asked_for_completes_the_question(talk: Talk):
    *_, found = talk("compare chiller 1 and chiller 2", "power")
    assert found.calls[0].args["asset"] == ["chiller-1", "chiller-2"]
    assert found.calls[0].args["quantity"] == "electric_power"


def test_what_was_spoken_of_may_be_gone(understanding: Understanding):
    before = Asked("asset_status", {"assets": (Assets(AssetQuery(ids=["gone"]), "Gone", ("gone",)),)})
    found = understanding.understand("why is it so warm", "en", NOW, (), before)
    assert found is not None
    assert found.calls == ()


@pytest.mark.parametrize(
    ("text", "quantity", "value", "unit"),
    [
        ("run hours of the pumps with vibration above 3 mm/s", "vibration", 3.0, "mm/s"),
        ("run hours of the pumps with vibration above 0.12 in/s", "vibration", 0.12, "in/s"),
        ("run hours of fans above 2 kW", "electric_power", 2.0, "kW"),
    ],
)
def test_a_number_is_compared_in_the_unit_that_was_said(
    understanding: Understanding, text: str, quantity: str, value: float, unit: str
):
    (call,) = read(understanding, text).calls
    (condition,) = call.args["assets"]["where"]
    assert (condition["quantity"], condition["value"], condition["unit"]) == (quantity, value, unit)


def test_degrees_alone_are_those_of_the_points(understanding: Understanding):
    (call,) = read(understanding, "run hours of the AHUs with a supply air temperature above 18 degrees").calls
    assert "unit" not in call.args["assets"]["where"][0]


def test_a_unit_that_a_quantity_cannot_have_is_told(understanding: Understanding):
    found = read(understanding, "run hours of the pumps with vibration above 3 kW")
    assert found.problem is not None
    assert (found.problem.kind, found.problem.text) == ("wrong_unit", "kW")
