"""Units as people and models write them, in the one spelling that the rest of the product uses."""

import pytest

from graph_schema.importers.units import unit_symbol
from graph_schema.units import UNITS


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_unit_that_is_written_as_we_write_it_stays(unit: str):
    assert unit_symbol(unit) == unit


@pytest.mark.parametrize(
    ("written", "ours"),
    [("DEG_C", "°C"), ("KiloW-HR", "kWh"), ("M3", "m³"), ("M3-PER-HR", "m³/h"), ("M²", "m²"), ("?", "?")],
)
def test_other_spellings_become_ours(written: str, ours: str):
    assert unit_symbol(written) == ours
