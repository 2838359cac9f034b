"""How an asset has been doing, in one answer."""

from datetime import UTC, datetime, timedelta

import pytest

from forecasting.outlook import Outlook, put_outlooks
from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from ingestion.reading import Reading
from tools.catalogue.jobs.asset_status import asset_status
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.results.jobs.asset_status import AssetStatus

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLANT = """
CREATE (a:Entity:Asset {id: 'ahu', name: 'AHU-2', class: 'AHU', status: 'alarm'}), (f:Entity:Asset {id: 'fan', name: 'Supply Fan', class: 'Fan'}),
       (x:Entity:Asset {id: 'x', name: 'Tank', class: 'Tank'}), (a)-[:HAS_PART]->(f)
WITH a, f
CREATE (a)-[:HAS_POINT]->(:Entity:Point {id: 'ahu.t', name: 'AHU-2 T', quantity: 'supply_air_temperature', unit: '°C', source: 'ahu/t', value: 31.0,
          at: $at, status: 'alarm', status_since: $since, high: 30.0}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'ahu.p', name: 'AHU-2 P', quantity: 'static_pressure', unit: 'Pa', source: 'ahu/p', value: 250.0,
          at: $at, status: 'normal', quality_kinds: ['stuck', 'silent'], quality_issues: ['It reads 250 Pa all day.', 'It is silent.']}),
       (f)-[:HAS_POINT]->(:Entity:Point {id: 'fan.run', name: 'Fan run', quantity: 'run_status', source: 'fan/run', value: 1.0, at: $at, status: 'normal'})
"""


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def ms(hours: float) -> int:
    return round(ago(hours).timestamp() * 1000)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT, at=ms(0.1), since=ms(3))
    readings = [
        Reading(source, ms(n / 4), value=value)
        for n in range(1, 97)
        for source, value in (("ahu/t", 31 - n * 0.1), ("ahu/p", 250.0), ("fan/run", float(n < 20)))
    ]
    await history.write(readings)
    raised = AlarmChange("raised", "ahu.t", "ahu/t", ["ahu"], "alarm", ms(3), ms(3), 30.5, "high", 30.0, 31.0, ms(1))
    await Alarms(history).write([raised])
    orders = [
        WorkOrder("1", "fan", "preventive", ago(900), None, ago(890)),
        WorkOrder("2", "fan", "corrective", ago(500), ago(500), ago(490), "VIB", "Bearing replaced"),
        WorkOrder("3", "ahu", "corrective", ago(2), None, None, None, "Too warm"),
        WorkOrder("4", "x", "corrective", ago(2)),
    ]
    await WorkOrders(history).put(orders)
    outlook = Outlook(
        "fan",
        "flagged",
        0.4,
        30,
        None,
        None,
        None,
        "Bearing wear",
        "Grease it",
        ("vibration rises",),
        (),
        "m",
        ago(1),
        ago(50),
        "likely",
    )
    await put_outlooks(graph, [outlook])
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")  # fmt: skip


async def test_points_the_worst_first_with_their_trends(context: ToolContext):
    found = await asset_status(context, "AHU-2")
    assert [(one.id, one.status, one.trend) for one in found.points] == [
        ("ahu.t", "alarm", "rising"),
        ("ahu.p", "normal", "steady"),
        ("fan.run", "normal", None),
    ]
    assert (found.points[0].since, found.beyond, found.points_total) == (ago(3), 1, 3)
    assert "AHU-2 P needs a look: It reads 250 Pa all day." in found.notes
    assert [chart.title for chart in found.charts] == ["AHU-2 T"]
    assert found.charts[0].high == 30


async def test_alarms_runs_outlooks_and_work(context: ToolContext):
    found = await asset_status(context, "ahu")
    assert (found.alarms_total, found.alarms_active, found.alarms[0].worst) == (1, 1, 31)
    (run,) = found.runs
    assert (run.asset.id, run.state, run.hours, run.since) == ("fan", "on", 4.75, ago(4.75))
    assert [(one.asset.id, one.state) for one in found.forecasts] == [("fan", "flagged")]
    assert [one.number for one in found.orders] == ["3", "2"]


async def test_an_asset_without_points(context: ToolContext):
    found = await asset_status(context, "Tank")
    assert (found.points, found.runs, [one.number for one in found.orders]) == ([], [], ["4"])
    assert found.notes == ["Tank has no points.", "No forecast has been made for it yet."]


async def test_a_room_is_told_by_what_serves_it(context: ToolContext):
    await context.graph.write(
        """
    MATCH (a:Asset {id: 'ahu'}), (f:Asset {id: 'fan'})
    CREATE (r:Entity:Space {id: 'room', name: 'Theatre 4', class: 'Room'}), (v:Entity:Asset {id: 'vav', name: 'VAV-T4', class: 'VAV'}),
           (c:Entity:Space {id: 'cellar', name: 'Cellar', class: 'Room'}), (a)-[:FEEDS]->(v), (v)-[:FEEDS]->(r), (a)-[:FEEDS]->(r),
           (v)-[:HAS_POINT]->(:Entity:Point {id: 'vav.t', name: 'VAV T', quantity: 'zone_air_temperature', unit: '°C', value: 21.0, at: $at, status: 'normal'}),
           (v)-[:LOCATED_IN]->(r)
    FOREACH (n IN range(1, 4) | CREATE (:Entity:Asset {id: 'p' + toString(n), name: 'Pump ' + toString(n)})-[:LOCATED_IN]->(c))
    """,
        at=ms(0.1),
    )
    found = await asset_status(context, "Theatre 4")
    assert [(one.id, one.of.id) for one in found.points] == [("vav.t", "vav")]
    assert found.notes[0] == "Theatre 4 has no points of its own; these are of VAV-T4, which stands in it."
    assert (await asset_status(context, "Cellar")).notes[0] == "Cellar has no points."


async def test_it_says_it_in_a_line_and_in_tables(context: ToolContext):
    registry = plant_tools()
    found = await registry.call("asset_status", {"asset": "AHU-2", "limit": 2}, context)
    assert isinstance(found, AssetStatus)
    assert registry["asset_status"].summary(found) == "AHU-2: 1 of 3 points beyond limits, 1 alarm"
    names = [table.name for table in found.tables()]
    assert names == ["asset", "alarms", "points", "running", "spells", "outlooks", "work_orders"]
    assert "3 points; the first 2 are listed, those beyond their limits and silent ones first." in found.notes
    nothing = await registry.call("asset_status", {"asset": "x"}, context)
    assert registry["asset_status"].summary(nothing) == "Tank: no points, 0 alarms"


async def test_an_unknown_name_is_refused(context: ToolContext):
    with pytest.raises(NotFound, match="nothing called “AHU-22”"):
        await asset_status(context, "AHU-22")
