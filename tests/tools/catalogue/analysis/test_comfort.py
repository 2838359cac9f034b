"""Comfort of three zones: one by its set point, one by its limits, one by the library's range."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.analysis.comfort import tool_of
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.analysis.comfort import ComfortReport
from tools.topology.snapshot import Topologies

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
BEGIN = NOW - timedelta(hours=24)


def point(owner: str, key: str, quantity: str, unit: str = "°C", **more: Property) -> tuple[Entity, Relation]:
    properties = {"quantity": quantity, "unit": unit, "source": f"{owner}/{key}", **more}
    return Entity(f"{owner}.{key}", "Point", key, None, properties), Relation("HAS_POINT", owner, f"{owner}.{key}")


@pytest.fixture
async def floor(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    pairs = [
        point("v1", "t", "zone_air_temperature", deadband=0.5, low=10.0, high=40.0),
        point("v1", "sp", "zone_air_temperature_setpoint"),
        point("v1", "co2", "zone_co2_level", "ppm", high=1000.0),
        point("v2", "t", "zone_air_temperature", low=20.0, high=24.0),
        point("z3", "t", "zone_air_temperature"),
    ]
    zones = [Entity(f"z{n}", "Space", f"Zone {n}", "HVAC_Zone") for n in (1, 2, 3)]
    boxes = [Entity(f"v{n}", "Asset", f"VAV-{n}", "VAV") for n in (1, 2)]
    places = [
        Entity("f1", "Floor", "Floor 1", "Floor"),
        Entity("f2", "Floor", "Floor 2", "Floor"),
        Entity("ahu", "Asset", "AHU", "AHU"),
    ]
    relations = [
        *(Relation("FEEDS", f"v{n}", f"z{n}") for n in (1, 2)), Relation("FEEDS", "ahu", "v1"),
        *(Relation("HAS_PART", floor, zone) for floor, zone in (("f1", "z1"), ("f1", "z2"), ("f2", "z3"))), *(link for _, link in pairs),
    ]  # fmt: skip
    await load_plant(
        graph, ontology, Plant("House", (*places, *zones, *boxes, *(one for one, _ in pairs)), tuple(relations))
    )
    # The limits that the loader gives where a plant states none would hide the range of the library.
    await graph.write("MATCH (p:Point {id: 'z3.t'}) REMOVE p.low, p.high")
    await history.write([
        *_hourly("v1/t", lambda n: 22.0 if n < 18 else 23.0), *_hourly("v1/sp", lambda _: 22.0),
        *_hourly("v1/co2", lambda n: 1300.0 if n == 5 else 600.0), *_hourly("v2/t", lambda n: 27.0 if n in (3, 4) else 22.0),
        *_hourly("z3/t", lambda _: 21.0),
    ])  # fmt: skip
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


def _hourly(source: str, value: Callable[[int], float]) -> list[Reading]:
    return [Reading(source, round((BEGIN + timedelta(hours=n)).timestamp() * 1000), value(n)) for n in range(24)]


async def comfort(context: ToolContext, **arguments: Any) -> ComfortReport:
    result = await Registry([tool_of(Topologies())]).call("comfort", arguments, context)
    assert isinstance(result, ComfortReport)
    return result


async def test_zones_are_judged_by_their_own_band_the_worst_first(floor: ToolContext):
    found = await comfort(floor)
    told = [(one.zone.id, one.band, one.hours, round(one.percent, 1)) for one in found.zones]
    assert told == [("z1", "set point", 24, 75.0), ("z2", "limits", 24, 91.7), ("z3", "comfort range", 24, 100.0)]
    assert (found.total, found.comfortable) == (3, 1)
    assert found.percent == pytest.approx(100 * (18 + 22 + 24) / 72)
    worst = found.zones[1]
    assert (worst.worst_value, worst.worst_away, worst.worst_at, worst.side) == (
        27.0,
        3.0,
        BEGIN + timedelta(hours=3),
        "high",
    )
    assert (found.zones[0].low, found.zones[0].high) == (21.5, 22.5)
    zones = next(table for table in found.tables() if table.name == "zones")
    assert zones.rows[0].of == ("z1", "v1", "v1.t")


async def test_co2_is_told_with_its_highest_hour(floor: ToolContext):
    (air,) = (await comfort(floor)).air
    assert (air.zone.id, air.highest, air.highest_at) == ("z1", 1300.0, BEGIN + timedelta(hours=5))
    assert air.percent == pytest.approx(100 * 23 / 24)


async def test_a_place_has_the_zones_in_it_and_equipment_those_it_supplies(floor: ToolContext):
    assert {one.zone.id for one in (await comfort(floor, asset="Floor 1")).zones} == {"z1", "z2"}
    assert {one.zone.id for one in (await comfort(floor, asset="AHU")).zones} == {"z1"}
    assert {one.zone.id for one in (await comfort(floor, asset="Zone 3")).zones} == {"z3"}


async def test_a_time_without_readings_is_said(floor: ToolContext):
    window = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
    found = await comfort(floor, window=window)
    assert (found.percent, found.total) == (None, 0)
    assert found.notes == ["3 of 3 zones have no readings in this time."]
    assert {one.id for one in found.without_readings} == {"z1", "z2", "z3"}


async def test_senseless_requests_are_refused(floor: ToolContext):
    with pytest.raises(InvalidInput, match="longer than 31 days"):
        await comfort(floor, window={"start": "2026-01-01T00:00:00Z", "end": "2026-03-01T00:00:00Z"})
    with pytest.raises(InvalidInput, match="not a point"):
        await comfort(floor, asset="v1.t")
    with pytest.raises(NotFound):
        await comfort(floor, asset="Floor 9")
