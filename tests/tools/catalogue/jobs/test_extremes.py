"""The highest and the lowest value of each asset and over all, with their moments."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.jobs.extremes import Extremes, extremes
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLANT = """
CREATE (a:Entity:Asset {id: 'a', name: 'Room A'}), (b:Entity:Asset {id: 'b', name: 'Room B'}), (c:Entity:Asset {id: 'c', name: 'Room C'}),
       (d:Entity:Asset {id: 'd', name: 'Room D'}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'a.t', name: 'at', quantity: 'zone_air_temperature', unit: '°C', source: 'a/t'}),
       (b)-[:HAS_POINT]->(:Entity:Point {id: 'b.t', name: 'bt', quantity: 'zone_air_temperature', unit: '°F', source: 'b/t'}),
       (c)-[:HAS_POINT]->(:Entity:Point {id: 'c.t', name: 'ct', quantity: 'zone_air_temperature', unit: '°C', source: 'c/t'})
"""


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT)
    read = {"a/t": {5: 21.0, 4: 26.0, 3: 18.0, 2: 26.0}, "b/t": {4.5: 70.0, 1: 84.2}}
    await history.write(
        [
            Reading(source, round(hours_ago(hours).timestamp() * 1000), value=value)
            for source, some in read.items()
            for hours, value in some.items()
        ]
    )
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def test_each_asset_and_all_of_them(context: ToolContext):
    found = await extremes(context, "zone_air_temperature", ["a", "b", "c", "d"])
    first = found.rows[0]
    assert (first.lowest, first.lowest_at, first.highest, first.highest_at) == (18, hours_ago(3), 26, hours_ago(4))
    assert found.lowest
    assert found.highest
    assert (found.lowest.asset.id, found.lowest.lowest) == ("a", 18)
    assert (found.highest.asset.id, found.highest.highest, found.highest.unit) == ("b", 84.2, "°F")
    assert ([ref.id for ref in found.no_data], [ref.id for ref in found.missing]) == (["c"], ["d"])


async def test_a_row_an_hour(context: ToolContext):
    found = await extremes(context, "zone_air_temperature", "Room A", group_by="hour", limit=2)
    assert ([row.bucket for row in found.rows], found.total) == ([hours_ago(5), hours_ago(4)], 4)
    assert found.lowest
    assert found.lowest.bucket == hours_ago(3)


async def test_nothing_was_read_in_the_window(context: ToolContext):
    found = await extremes(context, "zone_air_temperature", "a", window=Window(start=hours_ago(9), end=hours_ago(8)))
    assert (found.rows, found.lowest, [ref.id for ref in found.no_data]) == ([], None, ["a"])


async def test_it_says_it_in_a_line_and_in_tables(context: ToolContext):
    registry = plant_tools()
    found = await registry.call("extremes", {"quantity": "zone_air_temperature", "asset": ["a", "b"]}, context)
    assert isinstance(found, Extremes)
    assert registry["extremes"].summary(found) == "zone air temperature from 18 °C (Room A) to 84.2 °F (Room B)"
    lowest, highest, each = found.tables()
    assert (lowest.columns[0].unit, highest.columns[0].unit, len(each.rows)) == ("°C", "°F", 2)
    assert (lowest.of, highest.of) == (("a",), ("b",))
    assert found.subjects() == ["b", "a"]


async def test_an_unknown_name_is_refused(context: ToolContext):
    with pytest.raises(NotFound, match="nothing called “Room Q”"):
        await extremes(context, "zone_air_temperature", "Room Q")
