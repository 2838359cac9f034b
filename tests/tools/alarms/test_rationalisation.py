"""The master list of alarms: each limit with its priority, as the alarm there would have it, and what to do."""

import csv
import io
from dataclasses import replace

import pytest

from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.responses import priority_of, response_of
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.point_limits import set_by_hand
from ingestion.history.history import History
from tests.agent.conftest import NOW
from tools.alarms.rationalisation import as_csv, rationalisation
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

POINT = "ahu-2/supply_air_temperature"


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology, demo_plant: Plant) -> ToolContext:
    await load_plant(graph, ontology, demo_plant)
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("ann", language="de"), "UTC")


async def test_each_limit_is_a_row_with_its_priority_and_response(context: ToolContext) -> None:
    await set_by_hand(context.graph, context.ontology, POINT, {"low": 10.0, "high": 19.5})
    found = await rationalisation(context)
    low, high = [one for one in found if one.point == POINT]
    assert [(one.side, one.limit, one.set_by) for one in (low, high)] == [
        ("low", 10.0, "set by hand"),
        ("high", 19.5, "set by hand"),
    ]
    told = response_of("supply_air_temperature", "high", "de")
    assert (high.cause, high.action, high.minutes) == (told.cause, told.action, told.minutes)
    rated = {priority_of("alarm", critical, told.at_stake, told.minutes).priority for critical in range(1, 6)}
    assert high.priority in rated
    assert high.asset == "AHU-2"
    rows = await context.graph.read(
        "MATCH (p:Point) WHERE p.low IS NOT NULL OR p.high IS NOT NULL RETURN count(p) AS points"
    )
    assert len({one.point for one in found}) == rows[0]["points"]


async def test_only_of_an_asset_and_its_parts(context: ToolContext) -> None:
    found = await rationalisation(context, "Chiller 1")
    assert found
    assert {one.point.partition("/")[0].startswith("chiller-1") for one in found} == {True}


async def test_what_somebody_wrote_is_no_formula(context: ToolContext) -> None:
    first = (await rationalisation(context, "AHU-2"))[0]
    made = as_csv([replace(first, name="=1+1")])
    heading, row = csv.reader(io.StringIO(made))
    assert dict(zip(heading, row, strict=True))["name"] == "'=1+1"
    assert heading[:5] == ["point", "name", "asset", "quantity", "side"]
