"""Responses to alarms in every language, and how their priority comes."""

import pytest

from graph_schema.condition import Level
from graph_schema.errors import InvalidInput
from graph_schema.ontology.responses import PRIORITIES, Consequence, languages, priority_of, response_of
from graph_schema.ontology.twin import load_library


def test_every_quantity_of_the_library_has_a_response_in_every_language():
    quantities = {name for twin in load_library().twins for name in twin.quantities}
    assert languages() == ["de", "en", "es"]
    for language in languages():
        found = [response_of(name, side, language) for name in quantities for side in ("high", "low")]
        assert all(one.cause and one.consequence and one.action and one.minutes > 0 for one in found)


@pytest.mark.parametrize(
    ("quantity", "side", "said"),
    [
        ("leaving_chilled_water_temperature", "high", "chiller"),
        ("supply_air_temperature", "low", "Heating is short"),
        ("zone_air_temperature", "high", "The room gets too little cooling"),
        ("leaving_domestic_hot_water_temperature", "low", "circulation"),
        ("zone_co2_level", "high", "outside air"),
        ("return_air_co2", "high", "outside air"),
        ("lamp_failure_count", "high", "above its limit"),
        (None, None, "above its limit"),
    ],
)
def test_the_longest_name_that_a_quantity_ends_with_counts(quantity: str | None, side: str | None, said: str):
    assert said in response_of(quantity, side).cause  # pyright: ignore[reportArgumentType]


def test_a_language_without_responses_is_told():
    with pytest.raises(InvalidInput, match="no responses in the language fr"):
        response_of("flow", "low", "fr")


@pytest.mark.parametrize(
    ("level", "criticality", "at_stake", "minutes", "priority"),
    [
        ("alarm", 3, "comfort", 60, "low"),
        ("alarm", None, "operation", 60, "medium"),
        ("alarm", 5, "operation", 60, "high"),
        ("alarm", 5, "damage", 10, "urgent"),
        ("warning", 3, "damage", 60, "medium"),
        ("warning", 1, "comfort", 60, "low"),
        ("alarm", 2, "safety", 60, "high"),
    ],
)
def test_priority_comes_from_what_is_at_stake(
    level: Level, criticality: int | None, at_stake: Consequence, minutes: int, priority: str
):
    assert priority_of(level, criticality, at_stake, minutes).priority == priority


def test_a_more_critical_asset_is_never_less_urgent():
    for level in ("warning", "alarm"):
        for at_stake in ("comfort", "operation", "damage", "safety"):
            ranks = [PRIORITIES.index(priority_of(level, n, at_stake, 30).priority) for n in range(1, 6)]
            assert ranks == sorted(ranks)


def test_the_rule_says_what_counted():
    assert priority_of("warning", 5, "damage", 5).rule == (
        "damage at stake, criticality 5 of 5 (+1), 5 minutes to act (+1), a warning (-1)"
    )
