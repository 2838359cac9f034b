"""A room answers with the sensor that serves it, and says by which rule; set points and schedules are read out like values."""

from datetime import UTC, datetime

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from tools.catalogue.query_telemetry import query_telemetry
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLANT = """
CREATE (r4:Entity:Space {id: 'r204', name: 'Room 204', class: 'Room'}), (r5:Entity:Space {id: 'r205', name: 'Room 205', class: 'Room'}),
       (r6:Entity:Space {id: 'r206', name: 'Room 206', class: 'Room'}), (r7:Entity:Space {id: 'r207', name: 'Room 207', class: 'Room'}),
       (z:Entity:Space {id: 'z5', name: 'Zone 5', class: 'HVAC_Zone'}),
       (v4:Entity:Asset {id: 'v4', name: 'VAV-4', class: 'VAV'}), (v5:Entity:Asset {id: 'v5', name: 'VAV-5', class: 'VAV'}),
       (t:Entity:Asset {id: 't6', name: 'TH-6', class: 'Thermostat'}),
       (v4)-[:FEEDS]->(r4), (v4)-[:FEEDS]->(r6), (v5)-[:FEEDS]->(z), (z)-[:HAS_PART]->(r5), (t)-[:LOCATED_IN]->(r6)
WITH v4, v5, t
CREATE (v4)-[:HAS_POINT]->(:Entity:Point {id: 'v4.t', name: 'T', quantity: 'zone_air_temperature', unit: '°C', source: 'v4/t', value: 21.5, at: $at}),
       (v4)-[:HAS_POINT]->(:Entity:Point {id: 'v4.s', name: 'S', quantity: 'supply_air_temperature', unit: '°C', source: 'v4/s', value: 14.0, at: $at}),
       (v4)-[:HAS_POINT]->(:Entity:Point {id: 'v4.sp', name: 'SP', quantity: 'zone_air_temperature_setpoint', unit: '°C', source: 'v4/sp', value: 22.0, at: $at}),
       (v4)-[:HAS_POINT]->(:Entity:Point {id: 'v4.sch', name: 'Hours', quantity: 'occupancy_schedule', source: 'v4/sch', text: 'occupied', at: $at}),
       (v5)-[:HAS_POINT]->(:Entity:Point {id: 'v5.t', name: 'T', quantity: 'zone_air_temperature', unit: '°C', source: 'v5/t', value: 23.0, at: $at}),
       (t)-[:HAS_POINT]->(:Entity:Point {id: 't6.t', name: 'T', quantity: 'zone_air_temperature', unit: '°C', source: 't6/t', value: 19.0, at: $at})
"""


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT, at=round(NOW.timestamp() * 1000) - 1000)
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


@pytest.mark.parametrize(
    ("room", "value", "note"),
    [
        ("Room 204", 21.5, "Room 204 has no such sensor of its own; it is read by that of VAV-4, which feeds it."),
        ("Room 205", 23.0, "Room 205 has no such sensor of its own; it is read by that of VAV-5, which feeds the zone that it is part of."),
        ("Room 206", 19.0, "Room 206 has no such sensor of its own; it is read by that of TH-6, which stands in it."),
    ],
)  # fmt: skip
async def test_a_room_is_read_by_what_serves_it(context: ToolContext, room: str, value: float, note: str) -> None:
    for quantity in ("zone_air_temperature", "temperature"):
        told = await query_telemetry(context, quantity, asset=room)
        assert [(row.entity.name, row.value) for row in told.rows if row.entity] == [(room, value)], quantity
        assert note in told.notes


async def test_what_tells_nothing_of_the_room_is_not_taken(context: ToolContext) -> None:
    told = await query_telemetry(context, "supply_air_temperature", asset="Room 204")
    assert [one.name for one in told.missing] == ["Room 204"]
    nothing = await query_telemetry(context, "zone_air_temperature", asset="Room 207")
    assert [one.name for one in nothing.missing] == ["Room 207"]


async def test_set_points_are_read_of_the_asset_and_of_the_room(context: ToolContext) -> None:
    for asset in ("VAV-4", "Room 204"):
        told = await query_telemetry(context, "setpoint", asset=asset)
        assert [(row.quantity, row.value, row.unit) for row in told.rows] == [
            ("zone_air_temperature_setpoint", 22.0, "°C")
        ]


async def test_a_schedule_is_read_whatever_it_schedules(context: ToolContext) -> None:
    told = await query_telemetry(context, "schedule", asset="VAV-4")
    assert [(row.quantity, row.text) for row in told.rows] == [("occupancy_schedule", "occupied")]
    none = await query_telemetry(context, "schedule", asset="VAV-5")
    assert [one.name for one in none.missing] == ["VAV-5"]
