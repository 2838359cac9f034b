"""What is supplied, from where, and what stays supplied; what is asked about the future."""

from typing import Any

import pytest

ASK = Any


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        ("Which VAVs get hot water?", {"class": "VAV", "fed_by": {"class": "Boiler"}}),
        ("which VAVs do not get hot water", {"class": "VAV", "excluding": {"fed_by": {"class": "Boiler"}}}),
        ("Does VAV-201 receive hot water?", {"ids": ["vav-201"], "fed_by": {"class": "Boiler"}}),
        ("which coils use chilled water", {"class": "Coil", "fed_by": {"class": "Chiller"}}),
        (
            "which VAVs are fed by both AHU-1 and AHU-2",
            {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}, "any_of": [{"fed_by": {"ids": ["ahu-2"]}}]},
        ),
    ],
)
def test_what_a_thing_gets_is_what_feeds_it(demo: ASK, sentence: str, query: dict[str, Any]):
    plan = demo(sentence)
    assert plan.tool == "find_assets", plan.text
    assert plan.args["query"] == query


@pytest.mark.parametrize(
    ("sentence", "asset", "source"),
    [
        ("How does chilled water get to AHU-2?", "ahu-2", "Chiller"),
        ("how does AHU-2 get its hot water", "ahu-2", "Boiler"),
        ("how does air get to the boardroom", "room-303", "AHU"),
        ("How does power get to the server room?", "server-room", "Electrical_Equipment"),
    ],
)
def test_the_way_of_a_medium_begins_at_its_source(demo: ASK, sentence: str, asset: str, source: str):
    plan = demo(sentence)
    assert plan.calls == [("trace_connections", {"asset": asset, "direction": "upstream", "of_class": source})], (
        plan.text
    )


def test_what_no_thing_of_the_plant_makes_reaches_nothing(soda: ASK):
    plan = soda("which VAVs get hot water")
    assert not plan.calls
    assert "no source of hot water" in plan.text


@pytest.mark.parametrize(
    "sentence",
    [
        "If we lose utility power, what is still supplied?",
        "if the mains fails, what keeps running",
        "if we lose power which equipment still works",
        "what loses service if the grid goes down",
    ],
)
def test_the_mains_are_where_the_power_comes_from(demo: ASK, sentence: str):
    plan = demo(sentence)
    assert plan.tool == "trace_connections", plan.text
    assert (plan.args["asset"], plan.args["direction"]) == ("transformer-1", "loses_service")


def test_of_a_failure_that_may_come_soon_the_forecast_is_told(demo: ASK):
    plan = demo("will chiller 1 fail soon")
    assert plan.tool == "forecast_failure", plan.text
    assert plan.args["assets"] == {"ids": ["chiller-1"]}


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("How likely is chiller 1 to fail?", {"assets": {"ids": ["chiller-1"]}}),
        ("when will chwp-2 fail", {"assets": {"ids": ["chwp-2"]}}),
        ("will anything fail tomorrow", {}),
        ("What will fail next?", {}),
        ("which pumps are likely to fail", {"assets": {"class": "Pump"}}),
    ],
)
def test_failures_to_come_are_forecast(demo: ASK, sentence: str, arguments: dict[str, object]):
    ((tool, given),) = demo(sentence).calls
    assert (tool, {name: value for name, value in given.items() if name != "limit"}) == ("forecast_failure", arguments)


def test_a_valve_feeds_the_coil_next_to_it(dief: ASK):
    query = dief("Which valve feeds the heating coil of AHU 1?").args["query"]
    assert query["direct"]
    assert query["feeds"]["ids"] == ["e99be6f7_cab8_4b9d_a814_606ccee605a3"]


@pytest.mark.parametrize("sentence", ["Which AHUs have no outside air damper?", "Does any AHU lack an outside damper?"])
def test_a_part_that_is_only_there_as_its_point_counts(demo: ASK, dief: ASK, sentence: str):
    assert dief(sentence).args["query"]["excluding"]["any_of"][0] == {"has_part": {"class": "Outside_Damper"}}
    assert "excluding" in demo(sentence).args["query"]


@pytest.mark.parametrize(
    ("sentence", "asset"), [("What's the temp in 201?", "room-201"), ("how warm is it in 303", "room-303")]
)
def test_a_number_after_in_is_a_room(demo: ASK, sentence: str, asset: str):
    plan = demo(sentence)
    assert asset in str(plan.args["assets"]), plan.text


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("What's the temp in 410?", "There is no “410” in this plant. There are for example"),
        ("How many VAVs are on floor 4?", "There is no “floor 4”"),
        ("Which rooms are on the first floor of Building C?", "There is no “Building C”"),
        ("VAVs of Building C", "There is no “Building C”"),
        ("What is the temperature of Building C?", "There is no “Building C”"),
    ],
)
def test_a_place_that_is_not_there_is_said_to_be_missing(demo: ASK, sentence: str, says: str):
    plan = demo(sentence)
    assert not plan.calls
    assert plan.text.startswith(says)


def test_where_no_fan_reports_whether_it_runs_it_is_not_asked_which_one(dief: ASK):
    assert dief("Is the supply fan running?").text.startswith("Nothing in this plant reports whether “supply fan”")


def test_counts_for_each_thing_are_asked_of_all_of_them(soda: ASK):
    assert soda("which zone has the most rooms").args["limit"] >= 1000


def test_who_supplies_is_a_thing_and_who_is_responsible_a_person(demo: ASK):
    supply = demo("who supplies chilled water to AHU-2?")
    assert supply.args == {"asset": "ahu-2", "direction": "upstream", "of_class": "Chiller"}, supply.text
    assert demo("what supplies hot water to AHU-1").args["of_class"] == "Boiler"
    assert not demo("Who is responsible for AHU-1?").calls


def test_terminal_units_belong_to_what_feeds_them(soda: ASK):
    query = soda("How many VAVs on the third floor belong to AHU A4?").args["query"]
    assert query == {"class": "VAV", "within": {"ids": ["floor_3"]}, "fed_by": {"ids": ["ahu_A4"]}}


def test_floors_lose_what_their_rooms_lose(soda: ASK):
    assert soda("Which floors lose air if AHU A1 fails?").args["of_class"] == "Space"


def test_several_that_fail_together_are_asked_for_one_by_one(demo: ASK):
    plan = demo("what still works if AHU-1 and AHU-2 fail")
    assert not plan.calls
    assert "Please name the one you mean." in plan.text


def test_heating_that_is_needed_is_no_supply_of_hot_water(demo: ASK):
    assert not demo("which zones need heating").calls


@pytest.mark.parametrize(
    "sentence", ["pumps by AHU-1", "which building has the fewest rooms by carbon dioxide", "which VAVs on floor 2 of the lab lose air if AHU-1 fails"]
)  # fmt: skip
def test_what_restricts_nothing_is_asked_back(demo: ASK, sentence: str):
    plan = demo(sentence)
    assert not plan.calls
    assert "I did not understand" in plan.text


def test_what_takes_a_medium_is_listed(demo: ASK):
    assert demo("what uses gas").args["query"] == {"fed_by": {"class": "Gas_Meter"}, "direct": True}


@pytest.mark.parametrize(
    ("sentence", "asset", "lost"),
    [
        ("If AHU-2 goes down, which VAV boxes are affected?", "ahu-2", "VAV"),
        ("How many VAVs lose their air if AHU-4 trips?", "ahu-4", "VAV"),
        ("Wenn AHU-2 ausfällt, welche VAVs sind betroffen?", "ahu-2", "VAV"),
        ("Wie viele VAVs verlieren ihre Luft, wenn AHU-4 auslöst?", "ahu-4", "VAV"),
        ("¿Cuántas VAV se quedan sin aire si se dispara AHU-4?", "ahu-4", "VAV"),
    ],
)
def test_what_is_affected_is_looked_for_in_what_is_lost(demo: ASK, sentence: str, asset: str, lost: str):
    plan = demo(sentence)
    assert plan.calls == [("trace_connections", {"asset": asset, "direction": "loses_service", "of_class": lost})], (
        plan.text
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Which electrical circuit directly feeds the most fan coil units?",
        "Which electrical circuit feeds the most fan coil units directly?",
    ],
)
def test_what_is_fed_directly_is_counted_alone(dief: ASK, sentence: str):
    assert dief(sentence).args["related"] == {"relation": "feeds", "query": {"class": "FCU"}, "direct": True}


@pytest.mark.parametrize(
    "sentence",
    ["which VAVs does AHU-1 feed directly", "Welche VAVs versorgt AHU-1 direkt?", "VAVs fed directly by AHU-1"],
)
def test_directly_is_no_word_to_pass_over(demo: ASK, sentence: str):
    assert demo(sentence).args["query"] == {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}, "direct": True}


@pytest.mark.parametrize(
    "sentence", ["How many smoke alarms does the model list?", "how many smoke alarms are in the model"]
)
def test_what_the_model_lists_is_all_there_is(soda: ASK, sentence: str):
    assert soda(sentence).args["query"] == {"class": "Smoke_Alarm"}


@pytest.mark.parametrize(
    "sentence",
    [
        "How many VAVs are without a zone temperature setpoint?",
        "Wie viele VAVs sind ohne Sollwert der Raumtemperatur?",
        "¿Cuántas VAV están sin consigna de temperatura de zona?",
    ],
)
def test_being_without_a_point_is_to_lack_it(soda: ASK, sentence: str):
    assert soda(sentence).args["query"] == {"class": "VAV", "lacks_point": ["zone_air_temperature_setpoint"]}


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        ("Is there a warning on any pump?", {"class": "Pump", "status": ["warning"]}),
        ("Gibt es an irgendeiner Pumpe eine Warnung?", {"class": "Pump", "status": ["warning"]}),
        ("¿Hay algún aviso en alguna bomba?", {"class": "Pump", "status": ["warning"]}),
        ("what is in warning", {"class": "Point", "status": ["warning"]}),
        ("any alarms on the pumps", {"class": "Pump", "status": ["alarm", "warning"]}),
    ],
)
def test_a_warning_is_looked_for_by_its_level(demo: ASK, sentence: str, query: dict[str, Any]):
    assert demo(sentence).calls[0] == ("find_assets", {"query": query, "limit": 60})


@pytest.mark.parametrize(
    "sentence",
    [
        "Was ist heute das kritischste System?",
        "What is the most critical system today?",
        "¿Cuál es el sistema más crítico hoy?",
    ],
)
def test_the_most_critical_system_is_the_first_of_the_risks(demo: ASK, sentence: str):
    plan = demo(sentence)
    assert plan.calls == [("rank_risks", {})], plan.text
