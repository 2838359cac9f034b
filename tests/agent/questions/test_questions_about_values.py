"""Readings, statistics, windows, comparisons, rankings and energy: which measure a sentence becomes."""

from typing import Any

import pytest

ASK = Any
YESTERDAY = {"start": "2026-03-01T00:00:00-08:00", "end": "2026-03-02T00:00:00-08:00"}


@pytest.mark.parametrize(
    ("sentence", "quantity", "asset"),
    [
        ("gimme the supply temp on ahu 2", "supply_air_temperature", "ahu-2"),
        ("AHU2 SAT", "supply_air_temperature", "ahu-2"),
        ("suply temprature of ahu2", "supply_air_temperature", "ahu-2"),
        ("How hot is the north air handler blowing?", "supply_air_temperature", "ahu-2"),
        ("whats teh vibraton of chwp 2", "vibration", "chwp-2"),
        ("how full is the wet well", "water_level", "wet-well-1"),
        ("ups load", "active_power", "ups-1"),
        ("how windy is it", "wind_speed", "weather-1"),
        ("what temperature is it outside?", "outside_air_temperature", "weather-1"),
        ("what mode is the transfer switch in?", "switch_status", "ats-1"),
    ],
)
def test_the_newest_reading_is_asked_for(demo: ASK, sentence: str, quantity: str, asset: str):
    plan = demo(sentence)
    assert plan.tool == "query_telemetry", plan.text
    assert plan.args["asset"] == asset
    assert plan.args["aggregate"] == "latest"
    assert plan.args["quantity"] in (quantity, "electric_power")


def test_whether_it_runs_is_looked_up_by_its_run_status(demo: ASK):
    plan = demo("is chiller 1 running")
    running = {"quantity": "run_status", "comparison": "=", "value": "on"}
    assert (plan.tool, plan.args["query"]) == ("find_assets", {"ids": ["chiller-1"], "where": [running]})


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("yesterday", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("last Monday", "2026-02-23T00:00", "2026-02-24T00:00"),
        ("last week", "2026-02-23T00:00", "2026-03-02T00:00"),
        ("over the past 24 hours", "2026-03-01T10:00", "2026-03-02T10:00"),
        ("since 6 am", "2026-03-02T06:00", "2026-03-02T10:00"),
        ("between 8 and 10 this morning", "2026-03-02T08:00", "2026-03-02T10:00"),
        ("this week", "2026-03-02T00:00", "2026-03-02T10:00"),
        ("in February", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("on February 20", "2026-02-20T00:00", "2026-02-21T00:00"),
        ("last night", "2026-03-01T20:00", "2026-03-02T06:00"),
    ],
)
def test_windows(demo: ASK, when: str, start: str, end: str):
    args = demo(f"average power of chiller 1 {when}").args
    assert (args["start"][:16], args["end"][:16], args["aggregate"]) == (start, end, "mean")


@pytest.mark.parametrize(
    ("sentence", "moment"),
    [
        ("supply temperature of AHU-1 at 6 am today", "2026-03-02T06:00"),
        ("what was chiller 1's power at 14:00 on Feb 27", "2026-02-27T14:00"),
        ("temperature in the library at 3pm yesterday", "2026-03-01T15:00"),
    ],
)
def test_moments(demo: ASK, sentence: str, moment: str):
    args = demo(sentence).args
    assert (args["aggregate"], args["at"][:16]) == ("at", moment)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("max chiller 1 power yesterday", {"aggregate": "max", **YESTERDAY}),
        (
            "energy used by all pumps yesterday",
            {"assets": {"class": "Pump"}, "aggregate": "use", "across": "sum", **YESTERDAY},
        ),
        ("total power of all pumps", {"assets": {"class": "Pump"}, "aggregate": "latest", "across": "sum"}),
        ("which building used the most energy yesterday", {"asset": ["meter-main", "meter-lab"], "order": "desc"}),
        ("mean supply air temp of each AHU yesterday", {"assets": {"class": "AHU"}, "aggregate": "mean", **YESTERDAY}),
        ("rank the pumps by vibration", {"assets": {"class": "Pump"}, "order": "desc"}),
        ("which pump vibrates the most?", {"quantity": "vibration", "assets": {"class": "Pump"}, "order": "desc"}),
        ("which chiller is more efficient", {"quantity": "coefficient_of_performance", "order": "desc"}),
        ("top 3 hottest zones", {"order": "desc", "limit": 3}),
        ("5 coldest rooms", {"order": "asc", "limit": 5}),
        ("daily energy of the lab building last week", {"aggregate": "use", "group_by": "day"}),
        ("average zone temperature per floor", {"group_by": "floor", "across": "mean"}),
        ("temperature of the boardroom and the library", {"quantity": "zone_air_temperature"}),
    ],
)
def test_statistics(demo: ASK, sentence: str, expected: dict[str, Any]):
    plan = demo(sentence)
    assert plan.tool == "query_telemetry", plan.text
    assert {name: plan.args.get(name) for name in expected} == expected


def test_what_all_of_a_class_used_is_told_of_them_together_and_of_each(demo: ASK):
    used = {"quantity": "electric_power", "assets": {"class": "Pump"}, "aggregate": "use", **YESTERDAY}
    plan = demo("energy used by all pumps yesterday")
    assert plan.calls == [("query_telemetry", {**used, "across": "sum"}), ("query_telemetry", used)]


def test_how_long_it_was_above_a_value_is_how_long_that_state_lasted(demo: ASK):
    plan = demo("how long was VAV-304 above 23 °C yesterday")
    assert (plan.tool, plan.args["asset"], plan.args["state"]) == ("runs", "vav-304", "> 23 °C")
    assert plan.args["window"]["start"].startswith("2026-03-01T")


@pytest.mark.parametrize(
    ("sentence", "where"),
    [
        ("VAVs more than 2 degrees above setpoint", {"comparison": ">", "offset": 2.0}),
        ("VAVs more than 1 degree below their setpoint", {"comparison": "<", "offset": -1.0}),
    ],
)
def test_distances_from_the_setpoint(demo: ASK, sentence: str, where: dict[str, Any]):
    *values, (_, found) = demo(sentence).calls
    assert [args["quantity"] for _, args in values] == ["zone_air_temperature", "zone_air_temperature_setpoint"]
    (condition,) = found["query"]["where"]
    expected = {"quantity": "zone_air_temperature", "than": "zone_air_temperature_setpoint"}
    assert condition == expected | where


def test_a_distance_on_either_side_of_the_setpoint_is_two_alternatives(demo: ASK):
    query = demo("how many VAVs are more than 1 degree away from setpoint").args["query"]
    assert [one["where"][0]["comparison"] for one in query["any_of"]] == [">", "<"]


def test_a_room_is_as_warm_as_the_unit_that_serves_it_says(demo: ASK):
    query = demo("rooms where CO2 exceeds 1000 ppm for the last hour").args["query"]
    assert query["class"] == "Room"
    (condition,) = query["fed_by"]["where"]
    assert (condition["quantity"], condition["aggregate"], condition["value"]) == ("zone_co2_level", "min", 1000.0)


@pytest.mark.parametrize(
    ("sentence", "quantities"),
    [
        ("is the library warmer than its setpoint?", {"air_temperature", "room_air_temperature_setpoint"}),
        (
            "entering and leaving water temperature of the hot water system",
            {"entering_water_temperature", "leaving_water_temperature"},
        ),
        ("what is the heating setpoint of AHU 1", {"heating_temperature_setpoint"}),
        ("max temperature setpoint limit of FCU 10", {"max_temperature_setpoint_limit"}),
        ("how much water did the building use last week", {"usage"}),
    ],
)
def test_quantities_of_another_plant(dief: ASK, sentence: str, quantities: set[str]):
    assert {args["quantity"] for _, args in dief(sentence).calls if "quantity" in args} == quantities


@pytest.mark.parametrize("sentence", ["What is the total power?", "how much power does the plant use"])
def test_the_power_of_everything_is_what_the_main_meter_reads(demo: ASK, sentence: str):
    plan = demo(sentence)
    assert plan.args == {"quantity": "electric_power", "asset": "meter-campus", "aggregate": "latest"}, plan.text


def test_power_is_any_electric_power_where_meters_have_their_own(demo: ASK):
    assert demo("which AHU uses the most power?").args["quantity"] == "electric_power"


def test_two_or_more_that_were_read_are_compared_with_each_other(demo: ASK):
    plan = demo("power of chiller 1 and chiller 2", "which one draws more power?")
    assert plan.args["asset"] == ["chiller-1", "chiller-2"]
    plan = demo("list the chilled water pumps", "which one draws more power?")
    assert plan.args["assets"] == {"class": "Chilled_Water_Pump"}


def test_a_valve_that_the_model_has_as_a_coil_is_found_by_its_name(demo: ASK):
    plan = demo("How far is the cooling valve of AHU-2 open?")
    assert plan.args["quantity"] == "valve_position", plan.text
    assert plan.args["assets"]["ids"] == [f"ahu-{n}-cooling-coil" for n in (1, 2, 3, 4)]
    assert {"part_of": {"ids": ["ahu-2"]}} in plan.args["assets"]["any_of"]


def test_the_worst_air_is_that_of_the_zones(demo: ASK):
    assert demo("Where is the air worst?").args["quantity"] == "zone_co2_level"
    assert demo("which room has the worst air").args["quantity"] == "zone_co2_level"


def test_the_statistic_of_what_was_asked_before_is_changed(demo: ASK):
    plan = demo("what was the average campus power yesterday", "and the maximum?")
    assert plan.args["aggregate"] == "max"


def test_what_is_open_less_far_than_a_limit_need_not_be_open(demo: ASK):
    where = demo("Which VAV dampers are less than 20% open?").args["query"]["where"]
    assert where == [{"quantity": "position", "comparison": "<", "value": 20.0, "unit": "%"}]


def test_flow_is_that_of_the_thing(demo: ASK):
    assert demo("What's the flow at VAV-103?").args["quantity"] == "supply_air_flow"
    assert demo("what is the flow of chwp-1").args["quantity"] == "water_flow"


def test_one_of_two_that_are_named_is_asked_for(demo: ASK):
    plan = demo("which pump uses more power, chwp-1 or chwp-2?")
    assert plan.args["asset"] == ["chwp-1", "chwp-2"], plan.text


def test_buildings_are_compared_by_what_their_meters_counted(demo: ASK):
    plan = demo("Which building uses more electricity, the Main Building or the Lab Building?")
    assert (plan.args["asset"], plan.args["aggregate"]) == (["meter-main", "meter-lab"], "use"), plan.text


def test_a_value_and_whether_it_is_normal_are_its_limits(demo: ASK):
    plan = demo("What is the water level of the wet well and is it normal?")
    assert (plan.tool, plan.args["quantity"], plan.args["asset"]) == ("limits", "water_level", "wet-well-1")


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        (
            "what will the supply air temperature of AHU-2 be tomorrow at 3 pm",
            {"quantity": "supply_air_temperature", "asset": "ahu-2", "at": "2026-03-03T15:00:00-08:00"},
        ),
        (
            "what will be the supply air temperature of AHU-1 at 3 pm",
            {"quantity": "supply_air_temperature", "asset": "ahu-1", "at": "2026-03-02T15:00:00-08:00"},
        ),
        (
            "what is the forecast for the return air temperature of AHU-1 in 3 hours",
            {"quantity": "return_air_temperature", "asset": "ahu-1", "at": "2026-03-02T13:00:00-08:00"},
        ),
        (
            "will VAV-303 zone temperature go above 26 °C tonight",
            {"quantity": "zone_air_temperature", "asset": "vav-303", "start": "2026-03-02T20:00:00-08:00", "hours": 10},
        ),
        (
            "how high will the vibration of CHWP-2 be over the next 6 hours",
            {"quantity": "vibration", "asset": "chwp-2", "hours": 6},
        ),
        ("forecast the electric power of chiller 1", {"quantity": "electric_power", "asset": "chiller-1"}),
        (
            "expected power of chiller 1 tomorrow afternoon",
            {"quantity": "electric_power", "asset": "chiller-1", "start": "2026-03-03T12:00:00-08:00", "hours": 6},
        ),
    ],
)
def test_what_will_be_measured_is_forecast(demo: ASK, sentence: str, arguments: dict[str, object]):
    assert demo(sentence).calls == [("forecast_telemetry", arguments)]


def test_a_zone_is_forecast_by_what_measures_it_until_the_afternoon_is_over(demo: ASK):
    plan = demo("will zone 303 exceed 26 °C this afternoon")
    assert plan.tool == "forecast_telemetry", plan.text
    assert plan.args["quantity"] == "zone_air_temperature"
    assert (plan.args["start"], plan.args["hours"]) == ("2026-03-02T12:00:00-08:00", 6)


def test_a_forecast_of_a_thing_that_is_not_there_asks_back(demo: ASK):
    plan = demo("what will the supply air temperature of AHU-9 be tomorrow")
    assert not plan.calls
    assert "AHU-9" in plan.text


@pytest.mark.parametrize(
    ("question", "aggregate"),
    [
        ("Which VAVs had a zone temperature above 22.1 °C for the whole last hour?", "min"),
        ("Which VAVs had a zone temperature above 22.1 °C throughout yesterday?", "min"),
        ("Which VAVs had a zone temperature above 22.1 °C yesterday?", "max"),
        ("Welche VAVs waren die gesamte letzte Stunde über 22,1 °C?", "min"),
        ("Welche VAVs sind seit einer Stunde über 22 °C?", "min"),
        ("¿Qué VAV tuvieron una temperatura de zona por encima de 22,1 °C durante toda la última hora?", "min"),
    ],
)
def test_for_the_whole_of_a_time_is_more_than_in_it(demo, question: str, aggregate: str):
    plan = demo(question)
    found = [args["query"] for tool, args in plan.calls if tool == "find_assets"]
    assert [one["where"][0]["aggregate"] for one in found] == [aggregate], plan.text


def test_a_box_is_as_far_open_as_its_damper(demo):
    assert demo("which VAVs are below 20 % open").args["query"]["where"][0]["quantity"] == "damper_position"


def test_dampers_that_stand_on_other_assets_are_read_there(demo):
    query = demo("welche Klappen sind unter 20 % offen").args["query"]
    assert query["has_point"] == ["damper_position"]
    assert "class" not in query


def test_of_a_kind_that_the_plant_does_not_have_nothing_is_said_to_be_off(demo):
    plan = demo("which elevators are running")
    assert not plan.calls
    assert plan.text.startswith("There is no “elevators” in this plant.")
