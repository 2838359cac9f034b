"""The record of alarms as people ask for it: since when, how often, how long."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from tools.catalogue.alarm_history import AlarmHistory, alarm_history
from tools.catalogue.alarms.alarm_states import alarm_states
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLANT = """
CREATE (a:Entity:Asset {id: 'ahu', name: 'AHU-2'}), (f:Entity:Asset {id: 'fan', name: 'Supply Fan'}),
       (t:Entity:Point {id: 'ahu.t', name: 't', quantity: 'supply_air_temperature', unit: '°C'}),
       (v:Entity:Point {id: 'fan.v', name: 'v', quantity: 'vibration'}),
       (h:Entity:Space {id: 'hall', name: 'Plant hall'}), (w:Entity:Space {id: 'west', name: 'West wing'}),
       (w)-[:HAS_PART]->(h), (a)-[:LOCATED_IN]->(h), (a)-[:HAS_PART]->(f), (a)-[:HAS_POINT]->(t), (f)-[:HAS_POINT]->(v)
"""


def ms(hours: float) -> int:
    """So many hours ago."""
    return int((NOW - timedelta(hours=hours)).timestamp() * 1000)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT)
    alarms = Alarms(history)
    for begin, end in ((30, 29.5), (5, 4)):
        await alarms.write([AlarmChange("raised", "ahu.t", "ahu/t", ["ahu"], "warning", ms(begin), ms(begin), 31.0, "high", 30.0, 31.0, ms(begin))])  # fmt: skip
        await alarms.write([AlarmChange("cleared", "ahu.t", "ahu/t", ["ahu"], "warning", ms(end), value=25.0)])
    await alarms.write([AlarmChange("raised", "fan.v", "fan/v", ["fan"], "alarm", ms(2), ms(2), 9.0, "high", 7.1, 9.0, ms(2))])  # fmt: skip
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


def counts(found: AlarmHistory) -> dict[str, tuple[int, float]]:
    return {one.point: (one.count, one.minutes) for one in found.points}


async def test_it_tells_since_when_how_often_and_how_long(context: ToolContext):
    found = await alarm_history(context)
    assert (found.total, found.active) == (3, 1)
    assert counts(found) == {"ahu.t": (2, 90.0), "fan.v": (1, 120.0)}
    assert found.points[1].since == NOW - timedelta(hours=2)
    newest = found.spells[0]
    assert (newest.name, newest.value, newest.limit, newest.side) == ("Supply Fan vibration", 9.0, 7.1, "high")


async def test_an_assets_alarms_are_those_of_its_parts_as_well(context: ToolContext):
    assert counts(await alarm_history(context, "AHU-2")).keys() == {"ahu.t", "fan.v"}
    assert counts(await alarm_history(context, "fan")).keys() == {"fan.v"}
    assert counts(await alarm_history(context, "ahu.t")).keys() == {"ahu.t"}


async def test_a_places_alarms_are_those_of_what_is_in_it(context: ToolContext):
    assert counts(await alarm_history(context, "Plant hall")).keys() == {"ahu.t", "fan.v"}
    assert counts(await alarm_history(context, "West wing")).keys() == {"ahu.t", "fan.v"}
    standing = await alarm_states(context, "West wing")
    assert [(one.point, one.assets) for one in standing.alarms if one.active] == [("fan.v", ["fan"])]


async def test_a_window_counts_what_lies_in_it(context: ToolContext):
    window = Window(start=NOW - timedelta(hours=4.5), end=NOW - timedelta(hours=3))
    assert counts(await alarm_history(context, window=window)) == {"ahu.t": (1, 30.0)}


async def test_since_when_a_named_asset_is_silent_is_told_and_stands_in_the_evidence(context: ToolContext):
    await context.graph.write("MATCH (p:Point {id: 'ahu.t'}) SET p.status = 'stale', p.at = $at", at=ms(3))
    found = await alarm_history(context, "AHU-2")
    assert [(one.point, one.level, one.since) for one in found.standing] == [
        ("ahu.t", "stale", NOW - timedelta(hours=3))
    ]
    (table,) = [one for one in found.tables() if one.name == "standing"]
    assert [row.cells for row in table.rows] == [("AHU-2 supply air temperature", "stale", NOW - timedelta(hours=3))]
    assert (await alarm_history(context)).standing == []  # of the plant as a whole that is a question of its own
