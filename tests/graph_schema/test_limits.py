"""What holds at a point: by hand, by the plant file, by the twin library, by default."""

import pytest
from pydantic import ValidationError

from graph_schema.condition import Limits
from graph_schema.limits import (
    FIELDS,
    PointLimits,
    by_hand,
    contradiction,
    effective,
    limits_of,
    origin,
    stated,
    usual,
    written,
)
from graph_schema.ontology.ontology import Ontology

FILE = {"low": 10.0, "high": 20.0}
LIBRARY = {"delay_on_s": 600.0, "delay_off_s": 300.0}


def test_the_nearest_word_holds_field_by_field():
    hand = {"high": 25.0, "delay_on_s": 0.0}
    assert effective(hand, FILE, LIBRARY) == {"low": 10.0, "high": 25.0, "delay_on_s": 0.0, "delay_off_s": 300.0}
    origins = {name: origin(name, hand, FILE, LIBRARY) for name in FIELDS}
    assert origins == {
        "low": "plant file", "high": "set by hand", "delay_on_s": "set by hand", "delay_off_s": "twin library",
        "warning_band": "default", "deadband": "default", "latched": "default", "stale_after_s": "default",
    }  # fmt: skip


def test_none_by_hand_takes_a_limit_away():
    assert effective({"low": None}, FILE, {}) == {"high": 20.0}


@pytest.mark.parametrize("hand", [{}, {"high": 25.0}, {"low": None}])
@pytest.mark.parametrize("library", [{}, LIBRARY])
def test_what_is_written_tells_what_was_stated_and_set(hand: dict[str, float | None], library: dict[str, float]):
    properties = {key: value for key, value in written(hand, FILE, library).items() if value is not None}
    assert by_hand(properties) == hand
    assert stated(properties) == FILE
    assert limits_of(properties) == Limits(**effective(hand, FILE, library))  # type: ignore[arg-type]


def test_point_of_an_older_graph_has_what_its_plant_file_said():
    assert stated({"low": 1.0, "high": 2.0, "stale_after_s": 60}) == {"low": 1.0, "high": 2.0, "stale_after_s": 60}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"low": 30, "high": 20}, "low \\(30\\) must lie below high \\(20\\)"),
        ({"low": 10, "high": 20, "deadband": 6}, "no value would be back"),
        ({"high": 20, "deadband": -1}, "greater than or equal to 0"),
        ({"high": 20, "delay_on_s": 90_000}, "less than or equal to 86400"),
        ({"stale_after_s": 0}, "greater than 0"),
        ({"high": float("nan")}, "finite"),
    ],
)
def test_nonsense_is_refused(fields: dict[str, float], why: str):
    with pytest.raises(ValidationError, match=why):
        PointLimits.model_validate(fields)


def test_contradiction_is_said_in_words():
    assert contradiction({"low": 30.0, "high": 20.0}) == "low (30) must lie below high (20)"
    assert contradiction(FILE) is None


def test_slow_air_waits_longer_by_the_twin_library(ontology: Ontology):
    assert usual(ontology, "VAV", "zone_air_temperature") == LIBRARY
    assert usual(ontology, "VAV", "damper_position") == usual(ontology, None, "zone_air_temperature") == {}
