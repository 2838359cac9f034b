"""What points may read, and whether they do: by limits, else by a set point with its deadband."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.analysis.limits import limits
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT = round(NOW.timestamp() * 1000) - 60_000
PLANT = f"""
CREATE (a:Entity:Asset {{id: 'a', name: 'Room A'}}), (b:Entity:Asset {{id: 'b', name: 'Room B'}}), (c:Entity:Asset {{id: 'c', name: 'Room C'}}),
       (d:Entity:Asset {{id: 'd', name: 'Room D'}}),
       (a)-[:HAS_POINT]->(:Entity:Point {{id: 'a.t', name: 'at', quantity: 'zone_air_temperature', unit: '°C', source: 'a/t', value: 24.5, at: {AT}, low: 18.0, high: 24.0}}),
       (b)-[:HAS_POINT]->(:Entity:Point {{id: 'b.t', name: 'bt', quantity: 'zone_air_temperature', unit: '°C', source: 'b/t', value: 22.5, at: {AT}, deadband: 0.5}}),
       (b)-[:HAS_POINT]->(:Entity:Point {{id: 'b.s', name: 'bs', quantity: 'zone_air_temperature_setpoint', unit: '°C', value: 21.0, at: {AT}}}),
       (c)-[:HAS_POINT]->(:Entity:Point {{id: 'c.t', name: 'ct', quantity: 'zone_air_temperature', unit: '°C', value: 30.0, at: {AT}}})
"""


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await graph.write(PLANT)
    read = {5: 21.0, 4: 25.0, 3: 17.0}
    await history.write(
        [
            Reading("a/t", round((NOW - timedelta(hours=hours)).timestamp() * 1000), value=value)
            for hours, value in read.items()
        ]
    )
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def test_a_value_is_judged_by_its_limits_else_by_its_set_point(context: ToolContext):
    found = await limits(context, "zone_air_temperature", ["a", "b", "c", "d"])
    told = [(row.asset.id, row.rule, row.beyond, row.margin) for row in found.rows]
    assert told == [("a", "limits", "high", -0.5), ("b", "set point", "high", None), ("c", None, None, None)]
    assert (found.measuring, found.limited, found.judged, found.beyond) == (3, 1, 2, 2)
    assert (found.rows[1].set_point, found.rows[1].deadband) == (21.0, 0.5)
    assert [ref.id for ref in found.missing] == ["d"]


async def test_one_side_alone_is_judged(context: ToolContext):
    found = await limits(context, "zone_air_temperature", "a", side="low")
    assert [(row.rule, row.beyond) for row in found.rows] == [("limits", None)]


async def test_over_a_window_its_lowest_and_highest_values_are_judged(context: ToolContext):
    window = Window(start=NOW - timedelta(hours=6), end=NOW)
    (row,) = (await limits(context, "zone_air_temperature", "a", side="low", window=window)).rows
    assert (row.lowest, row.highest, row.beyond, row.value) == (17.0, 25.0, "low", None)


async def test_points_without_limits_are_listed_and_set_points_are_none_of_them(context: ToolContext):
    found = await limits(context, lacking=True)
    assert ({row.point for row in found.rows}, found.measuring, found.limited) == ({"b.t", "c.t"}, 3, 1)


async def test_it_says_it_in_a_line_and_in_tables(context: ToolContext):
    tool = plant_tools()["limits"]
    assert tool.summary(await limits(context, asset="a")) == "1 point, 1 of them with limits, 1 beyond"
    assert tool.summary(await limits(context, asset="c")) == "1 point without a limit or a set point"
    assert tool.summary(await limits(context, "power", "d")) == "No power sensor: Room D"
    names = [table.name for table in (await limits(context, "zone_air_temperature", ["a", "d"])).tables()]
    assert names == ["points", "limits", "no_such_point"]
    with pytest.raises(NotFound):
        await limits(context, asset="nothing")
