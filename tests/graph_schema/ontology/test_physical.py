"""What a quantity can be: wide enough for every plant, narrow enough for a sensor's error codes."""

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.physical import bounds
from graph_schema.ontology.twin import load_library


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "sentence"),
    [
        ("bearing_temperature", "°C", -9999, "-9999 °C is outside what a temperature can be (-80 to 1,200 °C)."),
        ("supply_air_temperature", "°F", 32767, "32767 °F is outside what an air temperature can be (-112 to 752 °F)."),
        ("zone_air_humidity", "%", 6553.5, "6553.5 % is outside what a relative humidity can be (-5 to 110 %)."),
        ("power_factor", "", 327.67, "327.67 is outside what a power factor can be (-1.05 to 1.05)."),
        ("return_air_co2", "ppm", -1, "-1 ppm is outside what a CO2 concentration can be (0 to 32,000 ppm)."),
    ],
)
def test_error_codes_lie_outside_and_are_told_in_the_points_own_unit(quantity, unit, value, sentence: str):
    found = bounds(quantity, unit)
    assert found
    assert found.objection(value) == sentence


def test_of_what_is_not_known_nothing_is_said():
    assert bounds("operating_mode_status", None) is None
    assert bounds("mystery", "furlong") is None


def test_a_quantity_in_the_unit_of_another_is_judged_by_its_unit():
    found = bounds("zone_air_temperature", "kPa")
    assert found
    assert found.what == "a pressure"


def test_every_typical_range_and_usual_unit_of_the_library_lies_well_within(ontology: Ontology):
    seen = 0
    for twin in load_library().twins:
        for quantity, typical in twin.quantities.items():
            found = bounds(quantity, typical.unit if typical.unit is not None else ontology.unit(quantity))
            for value in (typical.low, typical.high):
                if found and value is not None:
                    assert found.objection(value) is None, (twin.class_, quantity)
                    seen += 1
    assert seen > 200
