"""Signals side by side."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.pipeline.service import build
from ingestion.reading import Reading
from tools.catalogue.plot import TOOL
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.plot import Plot

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
AIR, POWER = "zone_air_temperature", "electric_power"


def plant() -> Plant:
    def point(owner: str, quantity: str, class_: str, unit: str, **more: Any) -> Entity:
        given = {"quantity": quantity, "unit": unit, "source": f"{owner}/{quantity}", **more}
        return Entity(f"{owner}-{quantity}", "Point", f"{owner} {quantity}", class_, given)

    points = (
        point("v1", AIR, "Zone_Air_Temperature_Sensor", "°C", high=26.0),
        point("v2", AIR, "Zone_Air_Temperature_Sensor", "°F"),
        point("v3", AIR, "Zone_Air_Temperature_Sensor", "°C"),
        point("v1", POWER, "Electric_Power_Sensor", "kW"),
        *(point(f"w{n}", AIR, "Zone_Air_Temperature_Sensor", "°C") for n in range(10)),
    )
    assets = (
        *(Entity(f"v{n}", "Asset", f"VAV-{n}", "VAV") for n in (1, 2, 3, 4)),
        *(Entity(f"w{n}", "Asset", f"Fan Coil {n}", "FCU") for n in range(10)),
    )
    relations = tuple(Relation("HAS_POINT", one.id.partition("-")[0], one.id) for one in points)
    return Plant("House", (*assets, *points), relations)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await load_plant(graph, ontology, plant())
    ingestion = build(history, graph, clock=lambda: NOW)
    values = {f"v1/{AIR}": (20.0, 22.0), f"v2/{AIR}": (68.0, 77.0), f"v1/{POWER}": (2.0, 4.0)}
    values |= {f"w{n}/{AIR}": (20.0, 21.0) for n in range(10)}
    readings = [
        Reading(source, round((NOW - timedelta(hours=4 - hour)).timestamp() * 1000), value)
        for source, own in values.items()
        for hour, value in enumerate((own[0], own[1], own[0]))
    ]
    await ingestion.pipeline.accept(readings)
    await ingestion.projection.tick()
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def plotted(context: ToolContext, **arguments: Any) -> Plot:
    return cast(Plot, await Registry([TOOL]).call("plot", arguments, context))


async def test_one_signal_is_drawn_with_its_limit(context: ToolContext) -> None:
    found = await plotted(context, quantity=AIR, asset="VAV-1")
    (chart,) = found.charts
    assert (chart.title, chart.unit, chart.high) == ("VAV-1 zone air temperature", "°C", 26.0)
    assert [(one.name, one.values) for one in chart.lines] == [("read", [20.0, 22.0, 20.0])]
    (line,) = found.plotted
    assert (line.lowest, line.highest) == (20.0, 22.0)
    window, lines = found.tables()
    assert (window.rows[0].cells, lines.rows[0].unit) == ((NOW - timedelta(days=1), NOW), "°C")
    assert found.subjects() == ["v1"]


async def test_signals_of_one_dimension_share_a_chart_and_its_unit(context: ToolContext) -> None:
    found = await plotted(context, quantity=[AIR, POWER], asset=["v1", "v2", "v3", "v4"])
    temperatures, power = found.charts
    assert [(one.name, one.values) for one in temperatures.lines] == [
        ("VAV-1 zone air temperature", [20.0, 22.0, 20.0]),
        ("VAV-2 zone air temperature", [20.0, 25.0, 20.0]),
    ]
    assert (temperatures.unit, power.title) == ("°C", "VAV-1 electric power")
    assert {one.entity.name: one.unit for one in found.plotted if one.quantity == AIR} == {"VAV-1": "°C", "VAV-2": "°F"}
    assert [one.name for one in found.no_readings] == ["VAV-3"]
    assert [one.name for one in found.missing] == ["VAV-4"]


async def test_at_most_eight_lines(context: ToolContext) -> None:
    found = await plotted(context, quantity=AIR, assets={"class": "FCU"})
    assert (len(found.plotted), found.total) == (8, 10)
    assert found.notes == ["10 signals fit: the first 8 are drawn."]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"quantity": AIR}, "Say which assets"),
        ({"quantity": ["a", "b", "c", "d", "e"], "asset": "v1"}, "1 to 4 quantities"),
        ({"quantity": AIR, "asset": "v1", "start": "2026-03-03T00:00:00Z", "end": "2026-03-04T00:00:00Z"}, "before now"),
        ({"quantity": AIR, "asset": "v1", "start": "2026-03-02T00:00:00Z", "end": "2026-03-01T00:00:00Z"}, "before its end"),
        ({"quantity": AIR, "asset": "v1", "start": "2020-03-02T00:00:00Z"}, "at most 400 days"),
    ],
)  # fmt: skip
async def test_what_cannot_be_drawn_is_refused(context: ToolContext, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await plotted(context, **arguments)
