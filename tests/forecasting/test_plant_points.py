"""What forecasts read of a plant, from a real graph and a real history."""

from datetime import UTC, datetime, timedelta

import numpy as np

from forecasting.plant_points import Placed, measured_points, read_layout, read_series
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def plant() -> Plant:
    quantity = {"quantity": "Zone_Air_Temperature_Sensor", "unit": "°C"}
    return Plant(
        "test",
        (
            Entity("v", "Asset", "VAV 1", "VAV"),
            Entity(
                "t", "Point", "Temperature", "Zone_Air_Temperature_Sensor", {**quantity, "source": "v/t", "high": 26.0}
            ),
            Entity("silent", "Point", "Never read", "Zone_Air_Temperature_Sensor", {**quantity, "source": "v/s"}),
        ),
        (Relation("HAS_POINT", "v", "t"), Relation("HAS_POINT", "v", "silent")),
    )


async def test_points_that_read_numbers_are_found_with_limits_and_owner(graph: GraphStore, ontology: Ontology):
    await load_plant(graph, ontology, plant())
    assert await measured_points(graph) == []
    await graph.write("MATCH (p:Point {id: 't'}) SET p.value = 21.5")
    (point,) = await measured_points(graph)
    assert (point.id, point.source, point.low, point.high, point.owner_name) == ("t", "v/t", None, 26.0, "VAV 1")


async def test_a_layout_knows_of_machines_what_was_stated(graph: GraphStore, ontology: Ontology):
    stated = Entity("p", "Asset", "Pump 1", "Pump", {"rated_power_kw": 22, "support": "rigid", "x": 1.0})
    await load_plant(graph, ontology, Plant("test", (stated, Entity("f", "Asset", "Fan 1", "Fan")), ()))
    layout = await read_layout(graph)
    assert layout.assets == {"p": Placed("p", "Pump", 1.0, None, 22, "rigid"), "f": Placed("f", "Fan")}


async def test_a_grid_has_means_of_its_steps_and_gaps(history: History):
    readings = [
        Reading("v/t", milliseconds(START + timedelta(minutes=minutes)), value)
        for minutes, value in ((0, 1.0), (20, 3.0), (50, 7.0), (200, 9.0))
    ]
    await history.write([*readings, Reading("v/mode", readings[0].at, None, "auto")])
    found = await read_series(history, ["v/t", "v/mode", "none"], START, START + timedelta(hours=4), 3600)
    assert list(found) == ["v/t"]
    series = found["v/t"]
    assert series.start_s == START.replace(minute=0).timestamp()
    np.testing.assert_array_equal(series.values, [2.0, 7.0, np.nan, 9.0, np.nan])
