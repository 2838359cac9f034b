"""Readings that move as a zone's do are proposed for the zone's point, with the evidence; what moves as everything does is not."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_schema.importers.plant_file import read_plant_file
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.point_sources import Neighbour, UnfedPoint, UnknownSeries
from ingestion.history.history import History
from ingestion.pipeline.behaviour import Hours, likenesses
from ingestion.pipeline.evidence import proposed_matches
from ingestion.pipeline.matches import match_lines, matches
from ingestion.pipeline.service import build
from ingestion.reading import Reading

POINTS = [
    UnfedPoint("z3/zt2", "Zone 3 Air Temperature 2", "Zone 3", "zone_air_temperature", "°C"),
    UnfedPoint("z4/zt2", "Zone 4 Air Temperature 2", "Zone 4", "zone_air_temperature", "°C"),
]
NEIGHBOURS = [
    Neighbour("z3/zt2", "Zone 3 Air Temperature", "z3/zt", "°C"),
    Neighbour("z4/zt2", "Zone 4 Air Temperature", "z4/zt", "°C"),
]
DOC = Path(__file__).parents[3] / "docs" / "operators" / "first-hour.md"


def day(hour: int) -> float:
    return 2 * math.sin(hour * math.pi / 12)


def own(hour: int, zone: int) -> float:
    """What happens in this zone alone: people come and go."""
    return 1.5 if (hour * (7 + zone) // 5) % (3 + zone) == 0 else 0.0


def zone_hours(zone: int, hours: int = 72, shift: float = 0.0) -> Hours:
    return {hour: 21.0 + shift + day(hour) + own(hour, zone) for hour in range(hours)}


KNOWN = {"z3/zt": zone_hours(3), "z4/zt": zone_hours(4)}


def proposed(hours: Hours, unit: str | None = "°C", value: float = 21.0) -> list[str]:
    series = [UnknownSeries("gw7/t1", unit, value)]
    found = likenesses(series, POINTS, NEIGHBOURS, {**KNOWN, "gw7/t1": hours})
    return [match.point.id for match in matches(series, POINTS, found)]


def test_a_temperature_that_follows_a_zones_is_proposed_for_that_zone():
    assert proposed(zone_hours(3, shift=0.3)) == ["z3/zt2"]
    assert proposed(zone_hours(4, shift=-0.3)) == ["z4/zt2"]
    fahrenheit = {hour: value * 9 / 5 + 32 for hour, value in zone_hours(3).items()}
    assert proposed(fahrenheit, "°F", 70.0) == ["z3/zt2"]


@pytest.mark.parametrize(
    ("hours", "unit"),
    [
        ({hour: 21.0 + day(hour) for hour in range(72)}, "°C"),  # as everything does by day
        (zone_hours(3, hours=20), "°C"),  # too short
        (dict.fromkeys(range(72), 21.0), "°C"),  # stands still
        (zone_hours(3, shift=30.0), "°C"),  # alike, but of another level and without a name
        (zone_hours(3), "kW"),  # measures something else
    ],
)
def test_what_proves_nothing_is_not_proposed(hours: Hours, unit: str):
    assert proposed(hours, unit) == []


def test_behaviour_decides_between_points_of_one_name():
    """The name fits both zones."""
    series = [UnknownSeries("lab/zone_air_temperature_2", "°C", 21.0)]
    found = likenesses(series, POINTS, NEIGHBOURS, {**KNOWN, series[0].source: zone_hours(4)})
    (match,) = matches(series, POINTS, found)
    assert match.point.id == "z4/zt2"
    assert match.rivals == []
    assert any(
        sentence.startswith("it moves as Zone 4 Air Temperature does (r 1.00 over 72 hours")
        for sentence in match.evidence
    )


def test_the_example_of_the_docs():
    series = [UnknownSeries("gw7/t1", "°C", 21.5)]
    found = likenesses(series, POINTS, NEIGHBOURS, {**KNOWN, "gw7/t1": zone_hours(3, shift=0.3)})
    (match,) = matches(series, POINTS, found)
    shown = "\n".join(match_lines(match))
    assert shown in DOC.read_text("utf-8"), shown


PLANT = """
site: {id: works, name: Works, timezone: UTC}
assets:
  - id: t3
    class: Thermostat
    name: T-3
    in: works
    points:
      zone_air_temperature: {unit: °C, source: z3/zt}
      temperature: {unit: °C, source: z3/second}
"""


async def test_graph_and_history_are_the_evidence(
    graph: GraphStore, history: History, ontology: Ontology, tmp_path: Path
):
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, "utf-8")
    await load_plant(graph, ontology, read_plant_file(path, ontology))
    now = datetime(2026, 3, 5, tzinfo=UTC)
    start = now - timedelta(hours=72)
    parts = build(history, graph, clock=lambda: now)
    moments = [(hour, round((start + timedelta(hours=hour)).timestamp() * 1000)) for hour in range(72)]
    await parts.pipeline.accept([Reading("z3/zt", at, zone_hours(3)[hour]) for hour, at in moments])
    await parts.pipeline.accept([Reading("gw7/t1", at, zone_hours(3, shift=0.3)[hour]) for hour, at in moments])
    await parts.projection.tick()
    (match,) = await proposed_matches(graph, history, now)
    assert (match.series.source, match.point.id) == ("gw7/t1", "t3/temperature")
    assert "it moves as T-3 Zone Air Temperature does (r 1.00 over 72 hours, 0.3 °C apart on average)" in match.evidence
