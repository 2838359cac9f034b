"""When equipment ran: hours, starts, stops, and since when it is as it is."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Window
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.reading import Reading
from tools.catalogue.jobs.runs import Runs, runs
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = Window(start=NOW - timedelta(hours=24), end=NOW)
PLANT = """
CREATE (a:Entity:Asset {id: 'p1', name: 'Pump 1', class: 'Pump'}), (b:Entity:Asset {id: 'p2', name: 'Pump 2', class: 'Pump'}),
       (u:Entity:Asset {id: 'ahu', name: 'AHU-1', class: 'AHU'}), (f:Entity:Asset {id: 'fan', name: 'Supply Fan', class: 'Fan'}),
       (v:Entity:Asset {id: 'vav', name: 'VAV-1', class: 'VAV'}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'p1.run', name: 'p1 run', quantity: 'run_status', source: 'p1/run'}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'p1.req', name: 'p1 req', quantity: 'run_request_status', source: 'p1/req'}),
       (b)-[:HAS_POINT]->(:Entity:Point {id: 'p2.run', name: 'p2 run', quantity: 'pump_on_off_status', source: 'p2/run'}),
       (f)-[:HAS_POINT]->(:Entity:Point {id: 'fan.run', name: 'fan run', quantity: 'run_status', source: 'fan/run'}),
       (f)-[:HAS_POINT]->(:Entity:Point {id: 'fan.mode', name: 'mode', quantity: 'operating_mode_status', source: 'fan/mode'}),
       (u)-[:HAS_PART]->(f)
"""


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def reading(source: str, hours: float, value: float | str) -> Reading:
    at = round(hours_ago(hours).timestamp() * 1000)
    return Reading(source, at, text=value) if isinstance(value, str) else Reading(source, at, value=value)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT)
    every_hour = [
        reading("p1/run", 200 - n, 1.0 if 200 - n > 20 or 4 < 200 - n <= 14 or 200 - n <= 2 else 0.0)
        for n in range(201)
    ]
    pump_2 = [reading("p2/run", hours, "on") for hours in (240, 100, 50, 1, 0.5)] + [reading("p2/run", 300, "off")]
    fan = [reading("fan/run", 30, "running"), reading("fan/run", 10, "stopped")]
    mode = [reading("fan/mode", 20, "heating"), reading("fan/mode", 6, "cooling"), reading("fan/mode", 1, "heating")]
    await history.write([*every_hour, *pump_2, *fan, *mode])
    await Rollups(history, lambda: NOW).catch_up()
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def test_hours_starts_stops_and_the_longest_run(context: ToolContext):
    (row,) = (await runs(context, "Pump 1", window=DAY)).rows
    assert (row.starts, row.stops) == (2, 2)
    assert row.hours == pytest.approx(4 + 10 + 2, abs=0.01)
    assert row.percent == pytest.approx(100 * 16 / 24, abs=0.1)
    assert (row.longest_h, row.longest_from) == (10, hours_ago(14))
    assert (row.state, row.in_state, row.since) == ("on", True, hours_ago(2))


async def test_what_did_not_switch_in_the_window_is_followed_back(context: ToolContext):
    (row,) = (await runs(context, "Pump 2", window=DAY)).rows
    assert (row.hours, row.percent, row.starts, row.since) == (24, 100, 0, hours_ago(240))


async def test_an_asset_without_a_run_status_is_told_by_its_parts(context: ToolContext):
    found = await runs(context, ["AHU-1", "VAV-1"], window=DAY)
    assert [(row.asset.id, row.hours, row.state) for row in found.rows] == [("fan", 14, "stopped")]
    assert [ref.id for ref in found.missing] == ["vav"]
    assert "AHU-1 reports no run status of its own; Supply Fan does." in found.notes


async def test_all_that_reports_whether_it_runs_is_counted(context: ToolContext):
    found = await runs(context, window=DAY, limit=2)
    assert (found.total, found.running) == (3, 2)
    assert [row.asset.id for row in found.rows] == ["p2", "p1"]
    by_query = await runs(context, assets=AssetQuery(name="Pump"))
    assert {row.asset.id for row in by_query.rows} == {"p1", "p2"}
    assert by_query.window.start == NOW - timedelta(days=7)


async def test_a_state_of_another_quantity(context: ToolContext):
    (row,) = (await runs(context, "fan", window=DAY, quantity="operating_mode_status", state="heating")).rows
    assert (row.hours, row.starts, row.stops, row.since) == (15, 1, 1, hours_ago(1))


async def test_how_often_and_how_long_a_value_was_above_another(context: ToolContext):
    read = {8: 23.0, 7: 25.0, 6: 24.5, 5: 23.5, 2: 25.0, 1.5: 23.0, 1: 26.0, 0.5: 26.5}
    await context.graph.write(
        "MATCH (v {id: 'vav'}) CREATE (v)-[:HAS_POINT]->(:Entity:Point {id: 'v.t', name: 't', quantity: 'zone_air_temperature', source: 'v/t', unit: '°C'})"
    )
    await context.history.write([reading("v/t", hours, value) for hours, value in read.items()])
    (row,) = (await runs(context, "vav", window=DAY, quantity="zone_air_temperature", state="> 24")).rows
    assert (row.starts, row.hours, row.in_state, row.since) == (3, 3.5, True, hours_ago(1))
    assert row.state == "26"


async def test_a_value_in_a_unit_is_that_of_each_point(context: ToolContext):
    """77 °F are 25 °C: above it is a point at 26 °C, and one at 78 °F."""
    await context.graph.write(
        "MATCH (v {id: 'vav'}), (u {id: 'ahu'})"
        " CREATE (v)-[:HAS_POINT]->(:Entity:Point {id: 'v.t', name: 't', quantity: 'zone_air_temperature', source: 'v/t', unit: '°C'}),"
        " (u)-[:HAS_POINT]->(:Entity:Point {id: 'u.t', name: 't', quantity: 'zone_air_temperature', source: 'u/t', unit: '°F'})"
    )
    celsius, fahrenheit = {8: 24.0, 7: 26.0, 6: 26.5, 5: 24.0}, {8: 76.0, 7: 78.0, 6.5: 76.5, 6: 76.0}
    await context.history.write(
        reading(source, hours, value)
        for source, read in (("v/t", celsius), ("u/t", fahrenheit))
        for hours, value in read.items()
    )
    found = await runs(context, ["vav", "ahu"], window=DAY, quantity="zone_air_temperature", state="> 77 °F")
    assert {row.asset.id: (row.hours, row.starts, row.unit) for row in found.rows} == {
        "vav": (2, 1, "°C"),
        "ahu": (0.5, 1, "°F"),
    }


async def test_a_window_that_is_over_tells_no_present_state(context: ToolContext):
    found = await runs(context, "p1", window=Window(start=hours_ago(14), end=hours_ago(4)))
    assert (found.running, found.rows[0].state, found.rows[0].hours) == (None, None, 10)


async def test_hours_agree_with_the_measure(context: ToolContext):
    arguments = {
        "quantity": "run_status",
        "asset": "p1",
        "start": DAY.start.isoformat(),
        "end": DAY.end.isoformat(),
        "state": "on",
    }
    (row,) = (await runs(context, "p1", window=DAY)).rows
    measured = [
        (await plant_tools().call("query_telemetry", {**arguments, "aggregate": one}, context)).model_dump()["rows"][0]["value"]
        for one in ("duration_in", "starts", "stops")
    ]  # fmt: skip
    assert [row.hours, row.starts, row.stops] == measured


async def test_it_says_it_in_a_line_and_in_tables(context: ToolContext):
    registry = plant_tools()
    found = await registry.call("runs", {"asset": "p1"}, context)
    assert isinstance(found, Runs)
    assert registry["runs"].summary(found).startswith("Pump 1: ")
    assert [table.name for table in found.tables()] == ["runs", "running"]
    nothing = await registry.call("runs", {"asset": "VAV-1"}, context)
    assert registry["runs"].summary(nothing) == "No run status: VAV-1"


async def test_unknown_names_and_two_ways_of_naming_are_refused(context: ToolContext):
    with pytest.raises(NotFound, match="nothing called “Pump 9”"):
        await runs(context, "Pump 9")
    with pytest.raises(InvalidInput):
        await runs(context, "p1", AssetQuery())
