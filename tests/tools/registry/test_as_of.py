"""What was known at an earlier moment: later readings, alarms, orders and notes are as if they had not been."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from ingestion.notes.notes import Notes
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from ingestion.reading import Reading
from tools.catalogue.alarm_history import AlarmHistory
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.results.assets import AssetDescription, FoundAssets
from tools.results.jobs.asset_status import AssetStatus
from tools.results.notes import AssetNotes
from tools.results.telemetry import Telemetry

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
THEN = "2026-03-02T09:00Z"
TOOLS = plant_tools()
KNOWN = "This is what was known on 2 Mar 2026 at 09:00; readings of before that came later are included."
PLANT = """
CREATE (a:Entity:Asset {id: 'ahu', name: 'AHU-2', class: 'AHU', status: 'alarm'}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'ahu.t', name: 'AHU-2 T', quantity: 'supply_air_temperature', class: 'Supply_Air_Temperature_Sensor',
          unit: '°C', source: 'ahu/t', value: 31.0, at: $at, status: 'alarm', status_since: $at, high: 30.0, quality_kinds: ['stuck'],
          quality_issues: ['It reads 31 all day.']}),
       (a)-[:HAS_POINT]->(:Entity:Point {id: 'ahu.p', name: 'AHU-2 P', quantity: 'static_pressure', class: 'Static_Pressure_Sensor', unit: 'Pa',
          source: 'ahu/p', value: 250.0, at: $at, status: 'normal'})
"""


def at(hour: float) -> datetime:
    return NOW.replace(hour=0) + timedelta(hours=hour)


def ms(hour: float) -> int:
    return round(at(hour).timestamp() * 1000)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    """Until nine it was 20 °C, rising to 31 at noon; the pressure's first reading came at ten."""
    await graph.write(PLANT, at=ms(12))
    warm = [Reading("ahu/t", ms(quarter / 4), value=20.0 + max(0, quarter - 36)) for quarter in range(48)]
    await history.write([*warm, Reading("ahu/t", ms(12), value=31.0), Reading("ahu/p", ms(10), value=250.0)])
    alarms = Alarms(history)
    await alarms.write(
        [AlarmChange("raised", "ahu.p", "ahu/p", ["ahu"], "warning", ms(8), ms(8), 1.0, "high", 0.9, 7.0, ms(8.5))]
    )
    await alarms.write(
        [AlarmChange("cleared", "ahu.p", "ahu/p", ["ahu"], "warning", ms(9.5), value=0.5, worst=8.0, worst_at=ms(9.2))]
    )
    await alarms.write(
        [
            AlarmChange(
                "raised", "ahu.t", "ahu/t", ["ahu"], "alarm", ms(11.5), ms(11.5), 31.0, "high", 30.0, 31.0, ms(11.5)
            )
        ]
    )
    orders = [
        WorkOrder("1", "ahu", "corrective", at(7), None, at(10), None, "Belt"),
        WorkOrder("2", "ahu", "corrective", at(11), None, None, None, "Too warm"),
    ]
    await WorkOrders(history).put(orders)
    await Notes(history).add("ahu", "ann", at(8), "Belt squeaks.")
    await Notes(history).add("ahu", "bob", at(11), "Too warm.")
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def then(context: ToolContext, tool: str, as_of: str = THEN, **arguments: Any) -> Any:
    return await TOOLS.call(tool, {**arguments, "as_of": as_of}, context)


async def test_the_newest_value_is_that_of_then(context: ToolContext) -> None:
    told = cast(Telemetry, await then(context, "query_telemetry", quantity="supply_air_temperature", asset="AHU-2"))
    assert [(row.value, row.at, row.stale) for row in told.rows] == [(20.0, at(9), False)]
    assert told.notes[-1].startswith(KNOWN)
    pressure = cast(Telemetry, await then(context, "query_telemetry", quantity="static_pressure", asset="AHU-2"))
    assert [one.name for one in pressure.no_data] == ["AHU-2"]


async def test_a_window_ends_then(context: ToolContext) -> None:
    told = cast(
        Telemetry,
        await then(context, "query_telemetry", quantity="supply_air_temperature", asset="AHU-2", aggregate="max", start="2026-03-02T06:00Z", end="2026-03-02T12:00Z"),
    )  # fmt: skip
    assert [row.value for row in told.rows] == [20.0]


async def test_a_description_has_the_values_of_then_and_no_doubts_of_now(context: ToolContext) -> None:
    told = cast(AssetDescription, await then(context, "describe_asset", asset="AHU-2"))
    assert told.asset.status is None
    assert [(point.id, point.value, point.status, point.doubts) for point in told.points] == [
        ("ahu.p", None, "unknown", []), ("ahu.t", 20.0, "normal", []),
    ]  # fmt: skip
    assert "status is judged by these limits" in told.notes[-1]


async def test_alarms_are_open_that_were_cleared_later(context: ToolContext) -> None:
    told = cast(AlarmHistory, await then(context, "alarm_history", asset="AHU-2"))
    assert [(one.point, one.cleared_at, one.worst) for one in told.spells] == [("ahu.p", None, None)]
    assert told.active == 1


async def test_an_assets_status_has_the_orders_and_alarms_of_then(context: ToolContext) -> None:
    told = cast(AssetStatus, await then(context, "asset_status", asset="AHU-2"))
    assert [(one.number, one.closed_at) for one in told.orders] == [("1", None)]
    assert (told.alarms_total, told.alarms_active, told.beyond) == (1, 1, 0)


async def test_notes_of_later_are_not_there(context: ToolContext) -> None:
    told = cast(AssetNotes, await then(context, "notes", asset="AHU-2"))
    assert [one.text for one in told.written] == ["Belt squeaks."]


async def test_a_condition_is_judged_by_the_value_of_then(context: ToolContext) -> None:
    warm = {"where": [{"quantity": "supply_air_temperature", "comparison": ">", "value": 25}]}
    assert cast(FoundAssets, await TOOLS.call("find_assets", {"query": warm}, context)).total > 0
    assert cast(FoundAssets, await then(context, "find_assets", query=warm)).total == 0


async def test_what_was_in_alarm_is_referred_to_the_alarms(context: ToolContext) -> None:
    with pytest.raises(InvalidInput, match="ask alarm_history for the alarms of a window"):
        await then(context, "find_assets", query={"status": ["alarm"]})


async def test_the_future_is_refused(context: ToolContext) -> None:
    with pytest.raises(InvalidInput, match="as_of lies in the future"):
        await then(context, "alarm_history", as_of="2026-03-02T13:00Z")


async def test_tools_of_the_present_alone_take_no_moment(context: ToolContext) -> None:
    with pytest.raises(InvalidInput, match="as_of"):
        await then(context, "diagnose", asset="AHU-2")
