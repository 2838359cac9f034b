"""What was used, over four weeks of hourly readings with known answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.analysis.energy import tool_of
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.analysis.energy import EnergyUse
from tools.topology.snapshot import Topologies

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.replace(hour=0)
WEEK = TODAY - timedelta(days=7)
BEGIN = TODAY - timedelta(days=28)


def outside(at: datetime) -> float:
    """One temperature a day."""
    return 10.0 + (at.toordinal() * 5) % 13


def kilowatts(at: datetime) -> float:
    """By weekday and outside temperature; a tenth more in the last week, with a peak of an hour."""
    usual = (10.0 if at.weekday() < 5 else 4.0) + 0.2 * outside(at)
    return usual * (1.1 if at >= WEEK else 1.0) + (50.0 if at == WEEK + timedelta(hours=34) else 0.0)


@pytest.fixture
async def yard(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    """A meter that feeds a sub-meter with a fan behind it; a chiller by itself that only its power measures."""
    points = (
        ("meter", "electric_energy", "kWh"), ("sub", "electric_energy", "kWh"), ("fan", "electric_power", "kW"),
        ("chiller", "active_power", "kW"), ("weather", "outside_air_temperature", "°C"),
    )  # fmt: skip
    assets = (
        Entity("hall", "Building", "Hall", "Building"),
        Entity("meter", "Asset", "Main Meter", "Electrical_Meter"),
        Entity("sub", "Asset", "Sub Meter", "Electrical_Meter"),
        Entity("fan", "Asset", "Fan", "Supply_Fan"),
        Entity("chiller", "Asset", "Chiller", "Chiller"),
        Entity("weather", "Asset", "Mast", "Weather_Station"),
        Entity("idle", "Asset", "Valve", "Valve"),
        *(
            Entity(f"{one}.p", "Point", f"{one} p", None, {"quantity": q, "unit": u, "source": f"{one}/p"})
            for one, q, u in points
        ),
    )
    relations = (
        Relation("FEEDS", "meter", "sub", {"medium": "electricity"}),
        Relation("FEEDS", "sub", "fan", {"medium": "electricity"}),
        Relation("LOCATED_IN", "fan", "hall"),
        *(Relation("HAS_POINT", one, f"{one}.p") for one, _, _ in points),
    )
    await load_plant(graph, ontology, Plant("Yard", assets, relations))
    hours = [BEGIN + timedelta(hours=n) for n in range(28 * 24 + 9)]
    await history.write([
        *_counter("meter/p", hours, kilowatts), *_counter("sub/p", hours, lambda _: 2.0),
        *_gauge("fan/p", hours, lambda _: 1.5), *_gauge("chiller/p", hours, lambda _: 3.0), *_gauge("weather/p", hours, outside),
    ])  # fmt: skip
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


def _gauge(source: str, hours: list[datetime], value: Callable[[datetime], float]) -> list[Reading]:
    return [Reading(source, round(at.timestamp() * 1000), value(at)) for at in hours]


def _counter(source: str, hours: list[datetime], power: Callable[[datetime], float]) -> list[Reading]:
    total, found = 0.0, list[Reading]()
    for at in hours:
        found.append(Reading(source, round(at.timestamp() * 1000), total))
        total += power(at)
    return found


async def energy(context: ToolContext, **arguments: Any) -> EnergyUse:
    result = await Registry([tool_of(Topologies())]).call("energy", arguments, context)
    assert isinstance(result, EnergyUse)
    return result


async def test_the_plant_adds_up_what_no_other_meter_counts(yard: ToolContext):
    found = await energy(yard, tariff=0.25)
    metered = sum(kilowatts(WEEK + timedelta(hours=n)) for n in range(7 * 24))
    assert found.total_kwh == pytest.approx(metered + 3.0 * 168)
    assert [(one.entity.id, one.counted_by) for one in found.meters] == [
        ("meter", "meter"),
        ("chiller", "integral of power"),
    ]
    assert found.not_added == 2
    assert [(one.entity.id, round(one.kwh)) for one in found.consumers] == [("chiller", 504), ("fan", 252)]
    assert found.cost == pytest.approx(0.25 * (metered + 504))
    assert "No meter counts Chiller: computed from the power." in found.notes


async def test_the_peak_is_the_hour_in_which_most_was_used(yard: ToolContext):
    found = await energy(yard, asset="Main Meter")
    assert found.peak
    at = WEEK + timedelta(hours=34)
    assert (found.peak.at, found.peak.kw, found.peak.by) == (at, pytest.approx(kilowatts(at)), "highest hour")
    of_power = await energy(yard, asset="chiller")
    assert of_power.peak
    assert (of_power.peak.kw, of_power.peak.by) == (3.0, "highest reading")


async def test_a_tenth_more_than_weekday_and_temperature_let_expect(yard: ToolContext):
    found = await energy(yard, asset="meter")
    assert found.expected
    one = found.expected
    assert (one.rule, one.fitted_days) == ("weekday and outside temperature", 21)
    assert one.r2 == pytest.approx(1.0)
    usual = sum(
        (kilowatts(at) - (50.0 if at == WEEK + timedelta(hours=34) else 0.0)) / 1.1
        for n in range(168)
        for at in [WEEK + timedelta(hours=n)]
    )
    assert one.expected_kwh == pytest.approx(usual, rel=1e-3)
    assert one.difference_percent == pytest.approx(100 * (one.used_kwh / usual - 1), abs=0.2)
    assert len(found.days) == 7
    assert [line.name for line in found.charts[0].lines] == ["used", "expected"]
    tables = {table.name: table for table in found.tables()}
    assert tables["meters"].rows[0].of == ("meter", "meter.p")


async def test_a_place_has_the_meter_that_feeds_it_alone(yard: ToolContext):
    found = await energy(yard, asset="Hall")
    assert [one.entity.id for one in found.meters] == ["meter"]
    assert found.not_added == 2


async def test_what_nothing_measures_is_said(yard: ToolContext):
    found = await energy(yard, asset="Valve")
    assert (found.total_kwh, found.notes) == (
        None,
        ["Nothing measures the electricity that is used there: neither a meter nor a power."],
    )


async def test_senseless_requests_are_refused(yard: ToolContext):
    ahead = {"start": "2026-04-01T00:00:00Z", "end": "2026-04-02T00:00:00Z"}
    with pytest.raises(InvalidInput, match="lies ahead"):
        await energy(yard, window=ahead)
    with pytest.raises(InvalidInput, match="not a point"):
        await energy(yard, asset="meter.p")
    with pytest.raises(NotFound):
        await energy(yard, asset="Boiler")
