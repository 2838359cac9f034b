"""Readings that are nobody's are proposed for points by name, unit and value, with the evidence, and never where something speaks against it."""

from pathlib import Path

import pytest

from graph_schema.store.point_sources import UnfedPoint, UnknownSeries
from ingestion.pipeline.matches import match_lines, matches, words_of

AHU_9 = UnfedPoint("ahu9/sat", "AHU-9 Supply Air Temperature", "AHU-9", "supply_air_temperature", "°C")
AHU_2 = UnfedPoint("ahu2/sat", "AHU-2 Supply Air Temperature", "AHU-2", "supply_air_temperature", "°C")
ZONE = UnfedPoint("z3/zt", "Zone 3 Zone Air Temperature", "Zone 3", "zone_air_temperature", "°C")
POWER = UnfedPoint("m/p", "Main Meter Power", "Main Meter", "power", "kW")


DOC = Path(__file__).parents[3] / "docs" / "operators" / "first-hour.md"


def test_the_example_of_the_docs():
    series = UnknownSeries("gw1/AHU9_SAT", "°C", 13.2)
    point = UnfedPoint(
        "ahu9/supply_air_temperature", "AHU-9 Supply Air Temperature", "AHU-9", "supply_air_temperature", "°C"
    )
    (match,) = matches([series], [point, AHU_2])
    shown = "\n".join(match_lines(match))
    assert shown in DOC.read_text("utf-8"), shown


def pairs(*series: UnknownSeries) -> list[tuple[str, str]]:
    return [(match.series.source, match.point.id) for match in matches(series, [AHU_9, AHU_2, ZONE, POWER])]


def test_short_names_are_written_out():
    assert words_of("AHU9/SAT") == {"ahu": 1, "9": 1, "supply": 1, "air": 1, "temperature": 1}


@pytest.mark.parametrize(
    ("series", "point"),
    [
        (UnknownSeries("AHU9/SAT", "°C", 13.2), "ahu9/sat"),
        (UnknownSeries("bms/ahu_9_supply_air_temp", "°F", 56.0), "ahu9/sat"),
        (UnknownSeries("zone3/temperature", None, 21.5), "z3/zt"),
        (UnknownSeries("meter_main/kW", "kW", 12.0), "m/p"),
        (UnknownSeries("Zone 3/Raumtemperatur", "°C", 21.0), "z3/zt"),
    ],
)
def test_a_series_is_proposed_for_the_point_of_its_name(series: UnknownSeries, point: str):
    assert pairs(series) == [(series.source, point)]


@pytest.mark.parametrize(
    "series",
    [
        UnknownSeries("AHU7/SAT", "°C", 13.2),
        UnknownSeries("AHU9/SAT", "kW", 13.2),
        UnknownSeries("AHU9/SAT", "°C", 5_000.0),
        UnknownSeries("AHU9/SAT", None, None, "running"),
        UnknownSeries("xyz/abc", "°C", 13.2),
    ],
)
def test_another_number_unit_range_or_name_speaks_against_it(series: UnknownSeries):
    assert pairs(series) == []


def test_the_evidence_is_told_and_a_point_is_proposed_once():
    found = matches([UnknownSeries("AHU9/SAT", "°F", 56.0), UnknownSeries("gw/ahu9_sat", "°C", 13.0)], [AHU_9, AHU_2])
    assert len(found) == 1
    assert "both names have 9, ahu, air, supply, temperature" in found[0].evidence
    assert any("°" in sentence for sentence in found[0].evidence[1:])
