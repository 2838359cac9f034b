"""The reader and the two tools on it, over a small plant with readings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Condition, Measure, Related, Window
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.pipeline.service import build
from ingestion.reading import Reading
from tools.catalogue.find_assets import finding
from tools.catalogue.query_telemetry import query_telemetry
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.topology.snapshot import Topologies

find_assets = finding(Topologies())

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
HOUR = Window(start=NOW - timedelta(hours=1), end=NOW)


def plant() -> Plant:
    entities = [
        Entity("b", "Building", "Building", "Building"),
        *(Entity(f"f{n}", "Floor", f"Floor {n}", "Floor", {"level": n}) for n in (1, 2)),
        Entity("a1", "Asset", "AHU-1", "AHU"),
        Entity("p1", "Asset", "Pump 1", "Hot_Water_Pump"),
        *(Entity(f"v{n}", "Asset", f"VAV-{n}", "VAV") for n in (1, 2, 10)),
        *(Entity(f"z{n}", "Space", f"Zone {n}", "HVAC_Zone") for n in (1, 2, 10)),
    ]
    relations = [
        Relation("HAS_PART", "b", "f1"), Relation("HAS_PART", "b", "f2"), Relation("LOCATED_IN", "a1", "b"),
        *(Relation("FEEDS", "a1", f"v{n}") for n in (1, 2, 10)), *(Relation("FEEDS", "p1", f"v{n}") for n in (1, 2, 10)),
        *(Relation("FEEDS", f"v{n}", f"z{n}") for n in (1, 2, 10)), Relation("HAS_PART", "f1", "z1"), Relation("HAS_PART", "f2", "z2"),
        Relation("HAS_PART", "f2", "z10"),
    ]  # fmt: skip

    def point(owner: str, quantity: str, class_: str, **properties: Property) -> None:
        id_ = f"{owner}-{quantity}{len(entities)}"
        given = {"quantity": quantity, "source": f"{owner}/{quantity}{properties.pop('key', '')}", **properties}
        entities.append(Entity(id_, "Point", f"{owner} {quantity}", class_, given))
        relations.append(Relation("HAS_POINT", owner, id_))

    point("v1", "zone_air_temperature", "Zone_Air_Temperature_Sensor", unit="°C")
    point("v2", "zone_air_temperature", "Zone_Air_Temperature_Sensor", unit="°F")
    point("v10", "zone_air_temperature", "Zone_Air_Temperature_Sensor", unit="°C", stale_after_s=60)
    point("p1", "electric_power", "Electric_Power_Sensor", unit="W")
    point("a1", "supply_air_temperature", "Supply_Air_Temperature_Sensor", unit="°C", key="-a")
    point("a1", "supply_air_temperature", "Supply_Air_Temperature_Sensor", unit="°C", key="-b")
    point("a1", "operating_mode_status", "Operating_Mode_Status")
    return Plant("small", tuple(entities), tuple(relations))


def readings() -> list[Reading]:
    def at(minutes: float) -> int:
        return round((NOW - timedelta(minutes=minutes)).timestamp() * 1000)

    return [
        Reading("v1/zone_air_temperature", at(50), 25.0), Reading("v1/zone_air_temperature", at(5), 26.0),
        Reading("v2/zone_air_temperature", at(50), 68.0), Reading("v2/zone_air_temperature", at(5), 77.0),
        Reading("v10/zone_air_temperature", at(10), 30.0),
        Reading("p1/electric_power", at(90), 2000.0), Reading("p1/electric_power", at(30), 4000.0),
        Reading("a1/supply_air_temperature-a", at(1), 13.0), Reading("a1/supply_air_temperature-b", at(1), 15.0),
        Reading("a1/operating_mode_status", at(1), text="Occupied"),
    ]  # fmt: skip


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await load_plant(graph, ontology, plant())
    ingestion = build(history, graph, clock=lambda: NOW)
    await ingestion.pipeline.accept(readings())
    await ingestion.projection.tick()
    return context_at(NOW, graph, history, ontology)


def context_at(now: datetime, graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    reader = Reader(graph, history, ontology, lambda: now)
    return ToolContext(graph, history, ontology, reader, lambda: now, Caller("test"), "America/Los_Angeles")


VAVS = AssetQuery.model_validate({"class": "VAV"})


async def test_assets_come_in_the_order_in_which_people_count(context: ToolContext) -> None:
    found = await find_assets(context, VAVS, limit=2)
    assert [one.name for one in found.assets] == ["VAV-1", "VAV-2"]
    assert found.total == 3
    assert found.scene
    assert found.scene.highlight == ["v1", "v2", "v10"]
    assert "MATCH" in found.evidence[0].statement


async def test_groups_by_floor_and_by_what_supplies_air(context: ToolContext) -> None:
    floors = await find_assets(context, VAVS, group_by="floor")
    assert [(group.key, group.count) for group in floors.groups or []] == [("Floor 2", 2), ("Floor 1", 1)]
    parents = await find_assets(context, VAVS, group_by="parent")
    assert [(group.key, group.count) for group in parents.groups or []] == [("AHU-1", 3)]


async def test_counts_of_what_is_related(context: ToolContext) -> None:
    floors = AssetQuery.model_validate({"class": "Floor"})
    zones = Related(relation="contains", query=AssetQuery.model_validate({"class": "HVAC_Zone"}))
    found = await find_assets(context, floors, related=zones, order="asc")
    assert [(one.entity.name, one.count) for one in found.related or []] == [("Floor 1", 1), ("Floor 2", 2)]
    assert found.related
    assert found.related[0].entity.place == "Building"


async def test_the_hottest_first_in_any_unit_and_stale_ones_last(context: ToolContext) -> None:
    found = await query_telemetry(context, "temperature", assets=VAVS, order="desc")
    assert [(row.entity.id, row.value, row.unit, row.stale) for row in found.rows if row.entity] == [
        ("v1", 26.0, "°C", False), ("v2", 77.0, "°F", False), ("v10", 30.0, "°C", True),
    ]  # fmt: skip
    assert found.rows[0].age_s == 300
    assert found.total == 3


async def test_several_points_of_one_quantity_are_rows_of_their_own(context: ToolContext) -> None:
    found = await query_telemetry(context, "supply_air_temperature", asset="ahu-1")
    assert [row.value for row in found.rows] == [13.0, 15.0]
    assert len({row.point for row in found.rows}) == 2


async def test_a_state_is_a_text(context: ToolContext) -> None:
    found = await query_telemetry(context, "operating_mode_status", asset="a1")
    assert [row.text for row in found.rows] == ["Occupied"]
    query = AssetQuery(where=[Condition(quantity="operating_mode_status", comparison="=", value="occupied")])
    assert (await context.reader.select(query)).ids == ["a1"]


async def test_energy_is_in_kilowatt_hours_and_counts_what_held_from_before(context: ToolContext) -> None:
    found = await query_telemetry(context, "power", asset="p1", aggregate="use", start=HOUR.start, end=HOUR.end)
    assert [(row.value, row.unit) for row in found.rows] == [(pytest.approx(2 * 0.5 + 4 * 0.5), "kWh")]


async def test_across_turns_units_and_tells_of_stale_readings(context: ToolContext) -> None:
    found = await query_telemetry(context, "zone_air_temperature", assets=VAVS, across="mean")
    assert [(row.value, row.unit) for row in found.rows] == [(pytest.approx((26 + 25 + 30) / 3), "°C")]
    assert found.notes == ["1 of the 3 readings combined here is stale."]
    assert found.scene
    assert set(found.scene.highlight) == {"v1", "v2", "v10"}


async def test_groups_are_combined_by_their_mean(context: ToolContext) -> None:
    found = await query_telemetry(context, "zone_air_temperature", assets=VAVS, group_by="floor")
    assert [(row.group, row.value) for row in found.rows] == [("Floor 1", 26.0), ("Floor 2", pytest.approx(27.5))]


async def test_a_asset_without_such_a_point_is_missing_and_one_without_a_reading_has_no_data(
    context: ToolContext,
) -> None:
    window = {"start": NOW - timedelta(days=9), "end": NOW - timedelta(days=8)}
    found = await query_telemetry(context, "zone_air_temperature", asset=["VAV-1", "AHU-1"], aggregate="max", **window)
    assert found.rows == []
    assert [one.id for one in found.missing] == ["a1"]
    assert [one.id for one in found.no_data] == ["v1"]


async def test_conditions_over_a_window_come_from_history(context: ToolContext) -> None:
    def above(value: float, aggregate: str, unit: str | None = None) -> AssetQuery:
        condition = Condition.model_validate(
            {"quantity": "zone_air_temperature", "comparison": ">", "value": value, "unit": unit, "aggregate": aggregate, "window": HOUR}
        )  # fmt: skip
        return VAVS.model_copy(update={"where": [condition]})

    async def names(query: AssetQuery) -> list[str]:
        return (await context.reader.select(query)).ids

    assert await names(above(24, "min", "°C")) == ["v1", "v10"]
    assert await names(above(24, "max", "°C")) == ["v1", "v2", "v10"]
    assert await names(above(77, "mean", "°F")) == ["v1", "v10"]
    assert await names(AssetQuery(feeds=AssetQuery(ids=["z1"]), excluding=above(24, "min", "°C"))) == ["a1", "p1"]
    assert (await context.reader.select(above(24, "min"))).evidence[0].window == HOUR


async def test_nothing_later_than_the_frozen_present_counts(context: ToolContext, ontology: Ontology) -> None:
    earlier = context_at(NOW - timedelta(minutes=20), context.graph, context.history, ontology)
    now = await query_telemetry(earlier, "zone_air_temperature", asset=["v1", "v10"])
    assert [row.value for row in now.rows] == [25.0]
    peak = await query_telemetry(
        earlier, "zone_air_temperature", asset="v1", aggregate="max", start=HOUR.start, end=HOUR.end
    )
    assert [row.value for row in peak.rows] == [25.0]
    later = await query_telemetry(earlier, "zone_air_temperature", asset="v1", at=NOW)
    assert later.rows == []


async def test_a_limit_keeps_the_total(context: ToolContext) -> None:
    found = await context.reader.measure(VAVS, Measure(quantity="temperature", order="asc", limit=1))
    assert (len(found.rows), found.total) == (1, 3)


async def test_mistakes_are_told_in_a_sentence(context: ToolContext) -> None:
    with pytest.raises(NotFound, match="AHU-9"):
        await query_telemetry(context, "temperature", asset="AHU-9")
    with pytest.raises(InvalidInput, match="not both"):
        await query_telemetry(context, "temperature", asset="a1", assets=VAVS)
    with pytest.raises(InvalidInput, match="Say which assets"):
        await query_telemetry(context, "temperature")
    with pytest.raises(InvalidInput, match="integral of a power"):
        await query_telemetry(context, "temperature", assets=VAVS, aggregate="use", start=HOUR.start)
    text = Condition(quantity="temperature", comparison=">", value="warm")
    with pytest.raises(InvalidInput, match="compared with = and != only"):
        await context.reader.select(AssetQuery(where=[text]))


# -- several at once ---------------------------------------------------------------------------------------------------


async def test_several_quantities_are_one_call(context: ToolContext):
    told = await query_telemetry(
        context, ["zone_air_temperature", "electric_power", "humidity"], asset=["VAV-1", "Pump 1"]
    )
    assert [(one.quantity, [row.entity.name for row in one.rows if row.entity]) for one in (told, *told.more)] == [
        ("zone_air_temperature", ["VAV-1"]), ("electric_power", ["Pump 1"]), ("humidity", []),
    ]  # fmt: skip
    assert told.subjects() == ["v1", "p1"]
    lacking = [
        (table.name, row.cells[0], row.cells[-1])
        for table in told.tables()
        if table.name != "values"
        for row in table.rows
    ]
    assert lacking == [
        ("no_such_point", "Pump 1", "zone_air_temperature"), ("no_such_point", "VAV-1", "electric_power"),
        ("no_such_point", "Pump 1", "humidity"), ("no_such_point", "VAV-1", "humidity"),
    ]  # fmt: skip
    assert told.scene
    assert set(told.scene.highlight) == {"v1", "p1"}


async def test_several_windows_are_one_call_and_each_row_says_which(context: ToolContext):
    before = Window(start=HOUR.start - timedelta(hours=1), end=HOUR.start)
    told = await query_telemetry(context, "zone_air_temperature", asset="VAV-1", windows=[before, HOUR])
    single = await query_telemetry(context, "zone_air_temperature", asset="VAV-1", start=HOUR.start, end=HOUR.end)
    (later,) = told.more
    assert later.rows[0].value == single.rows[0].value
    assert later.rows[0].bucket == HOUR.start
    assert [row.bucket for row in told.rows] == [before.start for _ in told.rows]
    with pytest.raises(InvalidInput, match="either windows or start and end"):
        await query_telemetry(context, "zone_air_temperature", asset="VAV-1", windows=[HOUR], start=HOUR.start)


async def test_now_stands_still_for_a_question(context: ToolContext):
    moments = iter([NOW, NOW + timedelta(hours=5), NOW + timedelta(hours=9)])
    moving = replace(context, clock=lambda: next(moments))
    standing = moving.at_one_moment()
    assert [standing.clock(), standing.clock()] == [NOW, NOW]
    told = await query_telemetry(standing, "zone_air_temperature", asset="VAV-1")
    assert told.rows[0].at
    assert told.rows[0].age_s == (NOW - told.rows[0].at).total_seconds()
