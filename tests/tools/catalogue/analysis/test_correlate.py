"""A chiller's power against the weather, two hours late."""

import math
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
from tools.catalogue.analysis.correlate import TOOL
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.analysis.correlation import Correlation

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
BEGIN = NOW - timedelta(days=7)


def outside(hour: int) -> float:
    return 15 + 8 * math.sin(2 * math.pi * hour / 24) + 2 * math.sin(2 * math.pi * hour / 50)


@pytest.fixture
async def yard(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    points = (
        ("chiller", "power", "electric_power", "kW"), ("chiller", "speed", "speed", "%"), ("mast", "t", "outside_air_temperature", "°C"),
        ("pump-1", "v", "vibration", "mm/s"), ("pump-1", "flow", "flow", "l/s"), ("pump-2", "flow", "flow", "l/s"),
    )  # fmt: skip
    assets = (
        Entity("chiller", "Asset", "Chiller", "Chiller"), Entity("mast", "Asset", "Mast", "Weather_Station"),
        Entity("pump-1", "Asset", "Pump 1", "Pump"), Entity("pump-2", "Asset", "Pump 2", "Pump"),
        *(Entity(f"{one}.{key}", "Point", key, None, {"quantity": q, "unit": u, "source": f"{one}/{key}"}) for one, key, q, u in points),
    )  # fmt: skip
    relations = (
        *(Relation("HAS_POINT", one, f"{one}.{key}") for one, key, _, _ in points),
        *(Relation("HAS_PART", "chiller", one) for one in ("pump-1", "pump-2")),
    )
    await load_plant(graph, ontology, Plant("Yard", assets, relations))
    series: dict[str, Callable[[int], float]] = {
        "chiller/power": lambda n: 10 + 3 * outside(n - 2),
        "chiller/speed": lambda _: 50.0,
        "mast/t": outside,
        "pump-1/v": outside,
    }
    await history.write([
        Reading(source, round((BEGIN + timedelta(hours=n)).timestamp() * 1000), value(n)) for source, value in series.items() for n in range(168)
    ])  # fmt: skip
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def correlate(context: ToolContext, **arguments: Any) -> Correlation:
    result = await Registry([TOOL]).call("correlate", arguments, context)
    assert isinstance(result, Correlation)
    return result


async def test_power_follows_the_weather_by_two_hours(yard: ToolContext):
    found = await correlate(yard, quantity="electric_power", asset="Chiller")
    assert (found.other.point, found.hours) == ("mast.t", 168)
    assert (found.lag_h, found.at_lag, found.causation) == (2, pytest.approx(1.0), "not shown")
    assert found.pearson is not None
    assert 0.5 < found.pearson < 1.0
    assert [chart.unit for chart in found.charts] == ["kW", "°C"]
    cells = {
        column.key: cell
        for column, cell in zip(found.tables()[0].columns, found.tables()[0].rows[0].cells, strict=True)
    }
    assert (cells["lag"], cells["causation"]) == (2, "not shown")


async def test_what_stands_still_goes_with_nothing(yard: ToolContext):
    found = await correlate(yard, quantity="electric_power", asset="chiller", other_quantity="speed")
    assert (found.pearson, found.lag_h, found.notes) == (None, None, ["One of the two did not change in this time."])
    assert found.summary().key == "steady"


async def test_a_short_time_is_too_few_hours(yard: ToolContext):
    window = {"start": (NOW - timedelta(hours=10)).isoformat(), "end": NOW.isoformat()}
    found = await correlate(yard, quantity="electric_power", asset="chiller", window=window)
    assert (found.hours, found.pearson, found.summary().key) == (10, None, "too_few")


async def test_what_one_part_measures_is_read_there(yard: ToolContext):
    found = await correlate(yard, quantity="vibration", asset="chiller")
    assert (found.first.point, found.pearson) == ("pump-1.v", pytest.approx(1.0))


async def test_senseless_requests_are_refused(yard: ToolContext):
    with pytest.raises(InvalidInput, match="Chiller measures no “humidity”"):
        await correlate(yard, quantity="humidity", asset="chiller")
    with pytest.raises(InvalidInput, match="Several parts of Chiller measure “flow”: name one of Pump 1, Pump 2"):
        await correlate(yard, quantity="flow", asset="chiller")
    with pytest.raises(InvalidInput, match="Both are the same point"):
        await correlate(yard, quantity="speed", asset="chiller", other_quantity="speed")
    with pytest.raises(InvalidInput, match="other_quantity is missing"):
        await correlate(yard, quantity="speed", asset="chiller", other_asset="mast")
    with pytest.raises(NotFound):
        await correlate(yard, quantity="speed", asset="Chiller 9")
