"""What happened since a moment, and what waits."""

from datetime import UTC, datetime, timedelta

import pytest

from forecasting.outlook import Outlook, put_outlooks
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from ingestion.reading import Reading
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.results.jobs.happened import Happened

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def ms(hours: float) -> int:
    return round(ago(hours).timestamp() * 1000)


def point(id_: str, class_: str, quantity: str, **more: object) -> Entity:
    return Entity(id_, "Point", id_, class_, {"quantity": quantity, "source": id_.replace(".", "/"), **more})  # pyright: ignore[reportArgumentType]


ENTITIES = (
    Entity("b", "Building", "House", "Building"), Entity("f1", "Floor", "Floor 1", "Floor"), Entity("f2", "Floor", "Floor 2", "Floor"),
    Entity("ahu", "Asset", "AHU-1", "AHU"), Entity("fan", "Asset", "Supply Fan", "Fan"), Entity("p", "Asset", "Pump 1", "Pump"),
    Entity("m1", "Asset", "Main Meter", "Electrical_Meter"), Entity("m2", "Asset", "Lab Meter", "Electrical_Meter"),
    point("ahu.t", "Supply_Air_Temperature_Sensor", "supply_air_temperature", unit="°C", high=30.0),
    point("fan.run", "Run_Status", "run_status"), point("p.run", "Run_Status", "run_status"),
    point("p.t", "Water_Temperature_Sensor", "water_temperature", unit="°C"),
    point("m1.e", "Electric_Energy_Sensor", "electric_energy", unit="kWh"), point("m2.e", "Electric_Energy_Sensor", "electric_energy", unit="kWh"),
)  # fmt: skip
RELATIONS = (
    Relation("HAS_PART", "b", "f1"), Relation("HAS_PART", "b", "f2"), Relation("HAS_PART", "ahu", "fan"),
    Relation("LOCATED_IN", "ahu", "f1"), Relation("LOCATED_IN", "p", "f2"), Relation("LOCATED_IN", "m1", "b"), Relation("LOCATED_IN", "m2", "f1"),
    *(Relation("HAS_POINT", one.id.split(".")[0], one.id) for one in ENTITIES if one.kind == "Point"),
)  # fmt: skip
NOW_READ = (
    {"id": "ahu.t", "row": {"status": "alarm", "status_since": ms(3), "value": 31.0, "at": ms(0.1)}},
    {"id": "p.t", "row": {"status": "stale", "status_since": ms(2), "value": 9.0, "at": ms(3)}},
    {"id": "m2.e", "row": {"status": "normal", "status_since": ms(5), "status_before": "stale", "at": ms(0.1)}},
    {"id": "p.run", "row": {"status": "stale", "status_since": ms(50), "at": ms(60)}},
    {"id": "m1.e", "row": {"quality_since": ms(6), "quality_kinds": ["gaps"], "quality_issues": ["It has gaps."]}},
)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await load_plant(graph, ontology, Plant("House", ENTITIES, RELATIONS))
    await graph.write("UNWIND $rows AS row MATCH (p:Entity {id: row.id}) SET p += row.row", rows=list(NOW_READ))
    await history.write(
        [
            Reading(source, ms(n), value=value)
            for n in range(1, 49)
            for source, value in (("fan/run", float(n < 10)), ("m1/e", 1000.0 - 10 * n), ("m2/e", 500.0 - 2 * n))
        ]
    )
    alarms = Alarms(history)
    await alarms.write(
        [AlarmChange("raised", "p.t", "p/t", ["p"], "warning", ms(40), ms(40), 9.0, "high", 8.0, 9.0, ms(40))]
    )
    await alarms.write([AlarmChange("cleared", "p.t", "p/t", ["p"], "warning", ms(20), value=7.0)])
    await alarms.write(
        [AlarmChange("raised", "ahu.t", "ahu/t", ["ahu"], "alarm", ms(3), ms(3), 30.5, "high", 30.0, 31.0, ms(1))]
    )
    orders = [
        WorkOrder("1", "p", "corrective", ago(200), None, ago(5)),
        WorkOrder("2", "fan", "corrective", ago(4)),
        WorkOrder("3", "fan", "preventive", ago(90)),
    ]
    await WorkOrders(history).put(orders)
    kept = [
        Outlook(asset, "flagged", 0.4, 30, None, None, None, None, None, ("it shakes",), (), "m", ago(1), ago(hours), "likely")
        for asset, hours in (("fan", 6), ("p", 90))
    ]  # fmt: skip
    await put_outlooks(graph, kept)
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def summed_up(context: ToolContext, **arguments: object) -> Happened:
    found = await plant_tools().call("summarize", arguments, context)
    assert isinstance(found, Happened)
    return found


async def test_alarms_silence_doubts_and_work(context: ToolContext):
    found = await summed_up(context)
    assert (found.raised, found.cleared, found.active, found.alarms_total) == (1, 1, 1, 2)
    assert [one.point for one in found.alarms] == ["ahu.t", "p.t"]
    assert [one.point for one in found.went_silent] == ["p.t"]
    assert [one.point for one in found.came_back] == ["m2.e"]
    assert found.silent_now == 2
    assert [(one.point, one.doubts) for one in found.doubted] == [("m1.e", ["It has gaps."])]
    assert (found.orders_opened, found.orders_closed, [one.number for one in found.orders]) == (1, 1, ["2", "1"])


async def test_runs_energy_outlooks_and_what_waits(context: ToolContext):
    found = await summed_up(context)
    assert [(row.asset.id, row.hours, row.starts) for row in found.runs] == [("fan", 9, 1)]
    assert [(one.asset.name, one.unit) for one in found.consumers] == [("Main Meter", "kWh"), ("Lab Meter", "kWh")]
    assert [one.used for one in found.consumers] == pytest.approx([230, 46])
    assert ([one.asset.id for one in found.flagged], found.flagged_total, found.flagged_now) == (["fan"], 1, 2)
    ranked = (await plant_tools().call("rank_risks", {}, context)).subjects()
    assert [one.asset.id for one in found.waiting] == ranked
    assert found.waiting_total == len(ranked)


async def test_of_a_place_and_since_a_moment(context: ToolContext):
    found = await summed_up(context, asset="Floor 2", window=ago(60).isoformat())
    assert (found.raised, found.cleared, found.active) == (1, 1, 0)
    assert ([one.asset.id for one in found.waiting], found.flagged_now) == (["p"], 1)
    assert [one.point for one in found.went_silent] == ["p.t", "p.run"]
    assert found.consumers == []
    floor_1 = await summed_up(context, asset="Floor 1")
    assert ([one.asset.id for one in floor_1.consumers], floor_1.raised) == (["m2"], 1)
    assert floor_1.subjects()[0] == "f1"


async def test_lists_are_bounded_and_counted(context: ToolContext):
    found = await summed_up(context, limit=1)
    assert (len(found.alarms), found.alarms_total, len(found.consumers), found.consumers_total) == (1, 2, 1, 2)
    assert (len(found.waiting), found.waiting_total > 1) == (1, True)


async def test_it_says_it_in_a_line_and_in_tables(context: ToolContext):
    found = await summed_up(context)
    said = plant_tools()["summarize"].summary(found)
    assert said.startswith("1 alarm raised and 1 cleared, 1 open; ")
    assert [table.name for table in found.tables()] == [
        "alarms", "happened", "risks", "spells", "went_silent", "came_back", "doubted", "outlooks", "running", "consumers", "work_orders",
    ]  # fmt: skip


async def test_an_empty_plant_is_quiet(present: ToolContext, history: History):
    context = ToolContext(present.graph, history, present.ontology, present.reader, lambda: NOW, Caller("test"), "UTC")
    assert plant_tools()["summarize"].summary(await summed_up(context)) == "Nothing happened, nothing waits"


async def test_a_moment_ahead_a_long_time_and_an_unknown_place_are_refused(context: ToolContext):
    with pytest.raises(InvalidInput, match="Nothing has happened since then"):
        await summed_up(context, window=f"{ago(-1).isoformat()}/{ago(-2).isoformat()}")
    with pytest.raises(InvalidInput, match="longer than three months"):
        await summed_up(context, window=ago(24 * 100).isoformat())
    with pytest.raises(NotFound, match="nothing called “Floor 9”"):
        await summed_up(context, asset="Floor 9")
