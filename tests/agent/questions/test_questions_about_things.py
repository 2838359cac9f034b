"""Counts, lists, rankings by count, topology and places: which query a sentence becomes."""

from typing import Any

import pytest

ASK = Any

DEMO = [
    ("How many VAVs are there?", {"class": "VAV"}),
    ("which VAVs are fed by AHU-1", {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}}),
    ("VAVs that AHU 1 feeds", {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}}),
    ("which VAVs are not fed by AHU-1", {"class": "VAV", "excluding": {"fed_by": {"ids": ["ahu-1"]}}}),
    (
        "What does AHU-4 feed directly?",
        {
            "any_of": [
                {"direct": True, "fed_by": {"ids": ["ahu-4"]}},
                {"direct": True, "fed_by": {"part_of": {"ids": ["ahu-4"]}}},
            ],
            "excluding": {"part_of": {"ids": ["ahu-4"]}},
        },
    ),
    ("what is in the plant room", {"within": {"ids": ["plant-room"]}}),
    ("how many points are there", {"class": "Point"}),
    ("how many sensors does the plant have", {"class": "Sensor"}),
    ("parts of ahu-3", {"part_of": {"ids": ["ahu-3"]}}),
    ("what components does AHU-1 have", {"part_of": {"ids": ["ahu-1"]}}),
    ("is there an elevator?", {"class": "Elevator"}),
    (
        "which AHU does not feed the third floor",
        {"class": "AHU", "excluding": {"feeds": {"class": "Location", "within": {"ids": ["main-3"]}}}},
    ),
    (
        "What is fed by the emergency generator through the transfer switch?",
        {"fed_by": {"ids": ["generator-1"]}, "any_of": [{"fed_by": {"ids": ["ats-1"]}}]},
    ),
    (
        "any alarms in the plant room?",
        {"class": "Point", "within": {"ids": ["plant-room"]}, "status": ["alarm", "warning"]},
    ),
    ("which sensors are stale", {"class": "Sensor", "status": ["stale"]}),
    ("what sensors does chiller 1 have", {"class": "Sensor", "within": {"ids": ["chiller-1"]}}),
    (
        "which VAVs does AHU-1 above 26 °C feed",
        {
            "class": "VAV",
            "fed_by": {"ids": ["ahu-1"]},
            "where": [{"quantity": "zone_air_temperature", "comparison": ">", "value": 26.0, "unit": "°C"}],
        },
    ),
    (
        "is the chiller that feeds AHU-1 running",
        {
            "class": "Chiller",
            "feeds": {"ids": ["ahu-1"]},
            "where": [{"quantity": "run_status", "comparison": "=", "value": "on"}],
        },
    ),
]


@pytest.mark.parametrize(("sentence", "query"), DEMO)
def test_a_sentence_becomes_a_query(demo: ASK, sentence: str, query: dict[str, Any]):
    plan = demo(sentence)
    assert plan.tool == "find_assets", plan.text
    assert plan.args["query"] == query


def test_values_that_are_compared_come_with_what_the_comparison_holds_for(demo: ASK):
    read, (tool, found) = demo("VAVs above 24 °C").calls
    assert read == (
        "query_telemetry",
        {"quantity": "zone_air_temperature", "assets": {"class": "VAV"}, "aggregate": "latest"},
    )
    warm = {"quantity": "zone_air_temperature", "comparison": ">", "value": 24.0, "unit": "°C"}
    assert (tool, found["query"]) == ("find_assets", {"class": "VAV", "where": [warm]})


def test_what_is_listed_with_two_quantities_is_told_with_both(demo: ASK):
    calls = demo("table of all chillers with power and leaving chilled water temperature").calls
    assert [given["quantity"] for _, given in calls] == ["electric_power", "leaving_chilled_water_temperature"]


SODA = [
    ("how many VAVs does AHU A3 feed", {"class": "VAV", "fed_by": {"ids": ["ahu_A3"]}}),
    ("how many VAVs does AHU 3 feed", {"class": "VAV", "fed_by": {"ids": ["ahu_A3"]}}),
    ("which VAVs lack a zone temperature sensor", {"class": "VAV", "lacks_point": ["zone_air_temperature"]}),
    ("how many VAVs have no supply air flow sensor", {"class": "VAV", "lacks_point": ["supply_air_flow"]}),
    ("Which air handler supplies room C300?", {"class": "AHU", "feeds": {"ids": ["room_C300"]}}),
    ("Which AHU is zone R306 on?", {"class": "AHU", "feeds": {"ids": ["hvac_zone_R306"]}}),
    ("how many zones are on the 4th floor", {"class": "HVAC_Zone", "within": {"ids": ["floor_4"]}}),
    ("how many sensors are there in soda hall", {"class": "Sensor"}),
    (
        "which floors does AHU A3 serve?",
        {"class": "Floor", "has_part": {"class": "Location", "fed_by": {"ids": ["ahu_A3"]}}},
    ),
    ("which rooms are not served by any VAV", {"class": "Room", "excluding": {"fed_by": {"class": "VAV"}}}),
]


@pytest.mark.parametrize(("sentence", "query"), SODA)
def test_a_plant_that_nobody_prepared_for_is_understood(soda: ASK, sentence: str, query: dict[str, Any]):
    plan = soda(sentence)
    assert plan.tool == "find_assets", plan.text
    assert plan.args["query"] == query


@pytest.mark.parametrize(
    ("sentence", "comparison", "value"),
    [
        ("which valves are more than 90% open", ">", 90.0),
        ("which valves are open", ">", 0.0),
        ("are any valves fully open?", ">=", 95.0),
        ("which valves are closed", "<=", 0.0),
    ],
)
def test_how_far_valves_are_open(dief: ASK, sentence: str, comparison: str, value: float):
    query = dief(sentence).args["query"]
    (condition,) = query["where"]
    assert query["class"] == "Valve"
    assert condition.pop("unit", "%") == "%"
    assert condition == {"quantity": "position", "comparison": comparison, "value": value}


@pytest.mark.parametrize(
    ("sentence", "relation", "counted", "order"),
    [
        ("Which AHU feeds the most VAVs?", "feeds", "VAV", "desc"),
        ("which AHU feeds the fewest VAVs", "feeds", "VAV", "asc"),
        ("number of VAV boxes per air handler", "feeds", "VAV", "desc"),
        ("number of rooms fed by each AHU", "feeds", "Room", "desc"),
        ("rank the floors by number of rooms", "contains", "Room", "desc"),
        ("which floor has the fewest rooms", "contains", "Room", "asc"),
        ("AHUs feeding more than 50 VAVs", "feeds", "VAV", "desc"),
        ("which AHUs feed fewer than 10 VAVs?", "feeds", "VAV", "asc"),
        ("does AHU A3 feed more VAVs than AHU A4?", "feeds", "VAV", "desc"),
    ],
)
def test_things_are_counted_for_each_of_several(soda: ASK, sentence: str, relation: str, counted: str, order: str):
    plan = soda(sentence)
    assert plan.tool == "find_assets", plan.text
    assert plan.args["related"] == {"relation": relation, "query": {"class": counted}}
    assert plan.args["order"] == order


@pytest.mark.parametrize(
    ("sentence", "asset", "direction"),
    [
        ("what does ahu-2 feed?", "ahu-2", "downstream"),
        ("what feeds vav-201?", "vav-201", "upstream"),
        ("what's upstream of the boardroom", "room-303", "upstream"),
        ("what loses service if transformer 1 fails", "transformer-1", "loses_service"),
        ("what goes dark if the main switchgear trips", "switchgear-1", "loses_service"),
        ("which rooms would be without air if AHU-3 stopped", "ahu-3", "loses_service"),
        ("if boiler 1 dies who is left without heat", "boiler-1", "loses_service"),
        ("If Chilled Water Pump 1 stops, does the CRAC still get chilled water?", "chwp-1", "loses_service"),
        ("does the boardroom lose air if AHU-3 fails?", "ahu-3", "loses_service"),
        ("how is chiller 1 connected to AHU-2", "chiller-1", "path"),
        ("trace the path between the transformer and the UPS", "transformer-1", "path"),
    ],
)
def test_supply_is_traced(demo: ASK, sentence: str, asset: str, direction: str):
    plan = demo(sentence)
    assert plan.tool == "trace_connections", plan.text
    assert (plan.args["asset"], plan.args["direction"]) == (asset, direction)


@pytest.mark.parametrize(
    ("sentence", "asset"),
    [
        ("where is the wet well", "wet-well-1"),
        ("which floor is the boardroom on", "room-303"),
        ("On which floor is the canteen?", "room-102"),
        ("what is VAV-202", "vav-202"),
        ("When did the air compressor last report?", "compressor-1"),
    ],
)
def test_one_thing_is_described(demo: ASK, sentence: str, asset: str):
    plan = demo(sentence)
    assert (plan.tool, plan.args.get("asset")) == ("describe_asset", asset), plan.text


@pytest.mark.parametrize(
    ("sentence", "call"),
    [
        ("what's the status of pump chwp-2", ("asset_status", {"asset": "chwp-2"})),
        ("anything wrong with the compressor?", ("diagnose", {"asset": "compressor-1"})),
    ],
)
def test_how_one_asset_is_and_what_it_lacks_is_looked_up(demo: ASK, sentence: str, call: tuple[str, dict[str, Any]]):
    assert demo(sentence).calls == [call]


def test_which_way_supply_goes_is_asked_of_lists_too(demo: ASK):
    both = {"class": "VAV", "fed_by": {"ids": ["chiller-1"]}, "any_of": [{"fed_by": {"ids": ["ahu-1"]}}]}
    assert demo("which VAVs are fed by chiller 1 through AHU-1").args["query"] == both


@pytest.mark.parametrize("sentence", ["is the breaker closed", "list chilled water valves that are open"])
def test_what_nothing_says_the_position_of_is_not_called_closed(demo: ASK, sentence: str):
    plan = demo(sentence)
    assert not plan.calls
    assert "how far" in plan.text


def test_counts_are_of_assets_and_never_of_points_that_a_quantity_has(demo: ASK):
    assert demo("does AHU-1 have more power than AHU-2").tool == "compare"


def test_risks_of_another_time_are_not_to_be_had(demo: ASK):
    assert not demo("what was at risk yesterday").calls


def test_two_kinds_are_counted_to_be_compared(demo: ASK):
    plan = demo("are there more pumps than fans?")
    assert [args["query"]["class"] for _, args in plan.calls] == ["Pump", "Fan"]


@pytest.mark.parametrize(
    ("sentence", "assets"),
    [
        ("highlight AHU-2 in 3d", ["ahu-2"]),
        ("zoom to boiler 1", ["boiler-1"]),
        ("highlight AHU-1 and AHU-2", ["ahu-1", "ahu-2"]),
    ],
)
def test_named_things_are_highlighted(demo: ASK, sentence: str, assets: list[str]):
    plan = demo(sentence)
    assert (plan.tool, plan.args.get("assets")) == ("highlight", assets), plan.text


def test_named_assets_are_shown_as_they_are_now(demo: ASK):
    assert demo("show AHU-1 and AHU-2").calls == [("asset_status", {"asset": one}) for one in ("ahu-1", "ahu-2")]


@pytest.mark.parametrize("sentence", ["what needs attention today?", "what should I worry about", "top 5 risks"])
def test_risks_are_ranked(demo: ASK, sentence: str):
    assert demo(sentence).tool == "rank_risks"
