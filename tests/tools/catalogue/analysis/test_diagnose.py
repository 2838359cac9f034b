"""Looking for what a symptom comes from, in an air handler with three boxes."""

from datetime import UTC, datetime, timedelta

import pytest

from forecasting.outlook import Outlook, put_outlooks
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from tools.catalogue.analysis.diagnose import tool_of
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.analysis.diagnosis import Diagnosis
from tools.topology.snapshot import Topologies

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ONSET = NOW - timedelta(hours=2)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def point(owner: str, key: str, quantity: str, **more: Property) -> tuple[Entity, Relation]:
    id_ = f"{owner}.{key}"
    entity = Entity(id_, "Point", id_, None, {"quantity": quantity, "source": f"{owner}/{key}", **more})
    return entity, Relation("HAS_POINT", owner, id_)


@pytest.fixture
async def hall(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    pairs = [
        point("fan", "run", "run_status"),
        point("ahu", "t", "supply_air_temperature", unit="°C", low=10.0, high=20.0),
    ]
    for n in (1, 2, 3):
        pairs += [
            point(f"v{n}", "t", "zone_air_temperature", unit="°C", low=20.0, high=26.0),
            point(f"v{n}", "f", "supply_air_flow", unit="m³/h"),
        ]
    boxes = [Entity(f"v{n}", "Asset", f"VAV-{n}", "VAV") for n in (1, 2, 3)]
    assets = [Entity("ahu", "Asset", "AHU-1", "AHU"), Entity("fan", "Asset", "AHU-1 Fan", "Supply_Fan"), *boxes]
    relations = [Relation("HAS_PART", "ahu", "fan"), *(Relation("FEEDS", "ahu", box.id) for box in boxes)]
    plant = Plant("Hall", (*assets, *(one for one, _ in pairs)), (*relations, *(link for _, link in pairs)))
    await load_plant(graph, ontology, plant)
    for id_ in ("v1.t", "v2.t", "v3.t"):
        await reads(graph, id_, value=22.0)
    await reads(graph, "ahu.t", value=14.0)
    await reads(graph, "fan.run", text="on")
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


async def reads(
    graph: GraphStore,
    id_: str,
    value: float | None = None,
    text: str | None = None,
    status: str = "normal",
    since: datetime | None = None,
    at: datetime = NOW - timedelta(minutes=1),
) -> None:
    given = {"value": value, "text": text, "status": status, "at": ms(at), "status_since": ms(since) if since else None}
    await graph.write("MATCH (p:Point {id: $id}) SET p += $given", id=id_, given=given)


async def diagnose(context: ToolContext, asset: str, symptom: str | None = None) -> Diagnosis:
    arguments = {"asset": asset} | ({"symptom": symptom} if symptom else {})
    result = await Registry([tool_of(Topologies())]).call("diagnose", arguments, context)
    assert isinstance(result, Diagnosis)
    return result


async def test_nothing_points_to_a_cause_where_nothing_is_amiss(hall: ToolContext):
    found = await diagnose(hall, "VAV-1")
    assert (found.symptom, found.causes, found.causes_total) == (None, [], 0)
    assert found.notes == ["No point of VAV-1 is in alarm, in warning, silent or doubted."]
    assert found.library == []
    named = await diagnose(hall, "VAV-1", "zone_air_temperature too high")
    assert named.symptom
    assert (named.symptom.reading.point, named.symptom.side, named.symptom.limit) == (
        "v1.t",
        "high",
        26.0,
    )
    assert named.causes == []


async def test_a_stopped_fan_explains_all_boxes(hall: ToolContext):
    await reads(hall.graph, "fan.run", text="off", since=ONSET - timedelta(minutes=5))
    for n in (1, 2, 3):
        await reads(hall.graph, f"v{n}.t", value=28.0, status="alarm", since=ONSET)
    found = await diagnose(hall, "VAV-1", "too warm: zone temperature")
    first = found.causes[0]
    assert (first.kind, first.asset.id, first.certainty) == ("supplier stopped", "ahu", "certain")
    assert [(one.point, one.text) for one in first.readings] == [("fan.run", "off")]
    assert (found.siblings, found.siblings_alike, found.siblings_total) == ("all", 2, 2)
    assert found.symptom
    assert (found.symptom.limit, found.symptom.since) == (26.0, ONSET)
    assert [(one.entity.id, one.running, one.sole) for one in found.suppliers] == [("ahu", "stopped", True)]
    causes = next(table for table in found.tables() if table.name == "causes")
    assert causes.rows[0].of == ("ahu", "fan.run")


async def test_a_silent_sensor_comes_first_and_its_siblings_are_sound(hall: ToolContext):
    await reads(hall.graph, "v1.t", value=22.0, status="stale", since=ONSET, at=ONSET)
    found = await diagnose(hall, "v1.t")
    assert (found.asset.id, found.siblings) == ("v1", "alone")
    assert [(one.kind, one.certainty) for one in found.causes] == [("sensor silent", "certain")]


async def test_modes_of_the_library_come_with_what_to_check(hall: ToolContext):
    await reads(hall.graph, "v1.t", value=28.0, status="alarm", since=ONSET)
    await reads(hall.graph, "v1.f", value=10.0, status="alarm", since=ONSET)
    found = await diagnose(hall, "VAV-1")
    modes = {one.mode: one for one in found.causes}
    assert modes["Starved of air"].certainty == "likely"
    assert modes["Starved of air"].check
    assert "duct pressure" in modes["Starved of air"].check
    assert {one.point for one in found.alarms} == {"v1.t", "v1.f"}


async def test_what_changed_around_the_onset_is_told(hall: ToolContext, history: History):
    await reads(hall.graph, "v1.t", value=28.0, status="alarm", since=ONSET)
    begun, over = ms(ONSET - timedelta(hours=3)), ms(ONSET - timedelta(hours=1))
    alarms = Alarms(history)
    await alarms.write(
        [AlarmChange("raised", "ahu.t", "ahu/t", ["ahu"], "warning", begun, begun, 21.0, "high", 20.0, 21.0, begun)]
    )
    await alarms.write([AlarmChange("cleared", "ahu.t", "ahu/t", ["ahu"], "warning", over, value=18.0)])
    order = WorkOrder(
        "4711", "ahu", "preventive", ONSET - timedelta(days=3), None, ONSET - timedelta(hours=5), None, "Filter changed"
    )
    await WorkOrders(history).put([order])
    found = await diagnose(hall, "VAV-1")
    assert [one.kind for one in found.changes] == [
        "status changed",
        "alarm cleared",
        "alarm raised",
        "work order closed",
        "work order opened",
    ]
    kinds = {(one.kind, one.certainty) for one in found.causes}
    assert {("supplier was in alarm", "possible"), ("work before", "possible")} <= kinds


async def test_a_flagged_supplier_is_named_with_its_advice(hall: ToolContext):
    await reads(hall.graph, "v1.t", value=28.0, status="alarm", since=ONSET)
    outlook = Outlook(
        "ahu", "flagged", 0.6, 30, None, None, None, "Clogged filter", "Change the filters.", ("It needs more pressure.",), (), "m 1",
        NOW, ONSET, "likely",
    )  # fmt: skip
    await put_outlooks(hall.graph, [outlook])
    found = await diagnose(hall, "VAV-1")
    flagged = next(one for one in found.causes if one.kind == "supplier flagged")
    assert (flagged.certainty, flagged.mode, flagged.check) == ("likely", "Clogged filter", "Change the filters.")


async def test_what_is_not_measured_or_not_there_is_refused(hall: ToolContext):
    with pytest.raises(InvalidInput, match=r"No point of VAV-1 measures “vibration”\. It has supply_air_flow"):
        await diagnose(hall, "VAV-1", "vibration")
    with pytest.raises(NotFound, match="VAV-"):
        await diagnose(hall, "VAV-9")
