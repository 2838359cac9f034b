"""Two sides and more, by value, difference and percent."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.jobs.compare import Comparison, compare
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def point(id_: str, class_: str, quantity: str, unit: str) -> Entity:
    return Entity(id_, "Point", id_, class_, {"quantity": quantity, "unit": unit, "source": id_.replace(".", "/")})


ENTITIES = (
    Entity("b", "Building", "House", "Building"), Entity("f1", "Floor", "Floor 1", "Floor"), Entity("f2", "Floor", "Floor 2", "Floor"),
    Entity("r1", "Space", "Room 1", "Room"), Entity("r2", "Space", "Room 2", "Room"), Entity("r3", "Space", "Room 3", "Room"),
    Entity("a1", "Asset", "AHU 1", "AHU"), Entity("a1.s", "Asset", "Fan 1", "Supply_Fan"), Entity("a1.r", "Asset", "Fan 2", "Return_Fan"),
    Entity("v4", "Asset", "VAV 4", "VAV"), Entity("r4", "Space", "Room 4", "Room"),
    point("a1.s.p", "Electric_Power_Sensor", "electric_power", "kW"), point("a1.r.p", "Electric_Power_Sensor", "electric_power", "kW"),
    point("v4.t", "Zone_Air_Temperature_Sensor", "zone_air_temperature", "°C"),
    Entity("c1", "Asset", "Chiller 1", "Chiller"), Entity("c2", "Asset", "Chiller 2", "Chiller"), Entity("c3", "Asset", "Chiller 3", "Chiller"),
    point("r1.t", "Zone_Air_Temperature_Sensor", "zone_air_temperature", "°C"),
    point("r2.t", "Zone_Air_Temperature_Sensor", "zone_air_temperature", "°C"),
    point("r3.t", "Zone_Air_Temperature_Sensor", "zone_air_temperature", "°F"),
    point("c1.p", "Electric_Power_Sensor", "electric_power", "kW"), point("c2.p", "Electric_Power_Sensor", "electric_power", "W"),
    point("c3.p", "Electric_Power_Sensor", "electric_power", "A"),
    point("c1.in", "Entering_Chilled_Water_Temperature_Sensor", "entering_chilled_water_temperature", "°C"),
    point("c1.out", "Leaving_Chilled_Water_Temperature_Sensor", "leaving_chilled_water_temperature", "°C"),
)  # fmt: skip
RELATIONS = (
    Relation("HAS_PART", "b", "f1"), Relation("HAS_PART", "b", "f2"), Relation("HAS_PART", "f1", "r1"), Relation("HAS_PART", "f1", "r2"),
    Relation("HAS_PART", "f2", "r3"), Relation("LOCATED_IN", "c1", "r1"), Relation("LOCATED_IN", "c2", "r1"),
    Relation("HAS_PART", "a1", "a1.s"), Relation("HAS_PART", "a1", "a1.r"), Relation("FEEDS", "v4", "r4"),
    *(Relation("HAS_POINT", one.id.rpartition(".")[0], one.id) for one in ENTITIES if one.kind == "Point"),
)  # fmt: skip
READ = {
    "r1/t": 20.0,
    "r2/t": 22.0,
    "r3/t": 77.0,
    "c1/p": 10.0,
    "c2/p": 12_000.0,
    "c3/p": 5.0,
    "a1/s/p": 3.0,
    "a1/r/p": 2.0,
    "v4/t": 24.0,
    "c1/in": 12.0,
    "c1/out": 7.0,
}


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await load_plant(graph, ontology, Plant("House", ENTITIES, RELATIONS))
    readings = [
        Reading(
            source, round((NOW - timedelta(hours=hours)).timestamp() * 1000), value=value * (2 if hours > 24 else 1)
        )
        for source, value in READ.items()
        for hours in range(1, 49)
    ]
    await history.write(readings)
    reader = Reader(graph, history, ontology, lambda: NOW)
    return ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC")


def days_ago(days: int) -> Window:
    return Window(start=NOW - timedelta(days=days + 1), end=NOW - timedelta(days=days))


async def test_assets_in_other_units_are_turned_into_the_first_ones(context: ToolContext):
    first, second = (await compare(context, "electric_power", ["Chiller 1", "Chiller 2"])).rows
    assert (first.value, first.unit, first.difference, first.percent) == (10, "kW", None, None)
    assert (second.value, second.unit, second.difference, second.percent) == (12, "kW", 2, 20)
    assert (second.known_h, second.points) == (24, 1)


async def test_a_place_is_the_mean_of_the_points_in_it_and_temperatures_have_no_percent(context: ToolContext):
    found = await compare(context, "zone_air_temperature", ["Floor 1", "Floor 2", "Room 1"])
    assert [row.value for row in found.rows] == pytest.approx([21, 25, 20])
    assert [row.difference for row in found.rows] == [None, pytest.approx(4), pytest.approx(-1)]
    assert {row.percent for row in found.rows} == {None}
    assert "The value of Floor 1 is of 2 points." in found.notes


async def test_what_an_asset_has_on_its_parts_is_read_there(context: ToolContext):
    found = await compare(context, "electric_power", ["AHU 1", "Chiller 1"], "latest")
    assert [(row.value, row.points) for row in found.rows] == [(pytest.approx(5), 2), (10, 1)]
    assert found.notes == ["The value of AHU 1 is of 2 points."]


async def test_what_a_room_has_on_the_box_that_serves_it_is_read_there(context: ToolContext):
    found = await compare(context, "zone_air_temperature", ["Room 4", "Room 1"], "latest")
    assert [row.value for row in found.rows] == [24, 20]


async def test_what_a_place_used_is_the_sum_of_what_is_in_it(context: ToolContext):
    found = await compare(context, "electric_energy", ["Floor 1", "Chiller 1"], "use")
    assert [row.value for row in found.rows] == pytest.approx([22 * 24, 10 * 24])
    assert found.rows[0].unit == "kWh"


async def test_two_times_of_one(context: ToolContext):
    found = await compare(context, "electric_power", "Chiller 1", windows=[days_ago(0), days_ago(1)])
    assert [(row.value, row.percent) for row in found.rows] == [
        (10, None),
        (pytest.approx(20, abs=0.5), pytest.approx(100, abs=5)),
    ]
    uneven = [days_ago(0), Window(start=NOW - timedelta(hours=40), end=NOW - timedelta(hours=35))]
    assert "The windows are not equally long." in (await compare(context, "electric_power", "c1", windows=uneven)).notes


async def test_what_cannot_be_compared_is_refused(context: ToolContext):
    with pytest.raises(InvalidInput, match="Chiller 1 is in kW and Chiller 3 in A: they cannot be compared"):
        await compare(context, "electric_power", ["c1", "c3"])
    with pytest.raises(InvalidInput, match="Several things are measured at Chiller 1: entering chilled water"):
        await compare(context, "temperature", ["c1", "r1"])
    with pytest.raises(InvalidInput, match="Name two or more"):
        await compare(context, "electric_power", "c1")
    with pytest.raises(InvalidInput, match="either several assets over one window"):
        await compare(context, "electric_power", ["c1", "c2"], windows=[days_ago(0), days_ago(1)])
    with pytest.raises(InvalidInput, match="The newest value has no window"):
        await compare(context, "electric_power", "c1", "latest", windows=[days_ago(0), days_ago(1)])
    with pytest.raises(NotFound, match="nothing called “Chiller 9”"):
        await compare(context, "electric_power", ["c1", "Chiller 9"])


async def test_a_side_without_such_a_point_is_said(context: ToolContext):
    found = await compare(context, "electric_power", ["c1", "f2"])
    assert [row.value for row in found.rows] == [10, None]
    assert found.notes == ["There is no value for Floor 2: no such point, or no reading in that time."]


async def test_it_says_it_in_a_line_and_in_a_table(context: ToolContext):
    registry = plant_tools()
    found = await registry.call("compare", {"quantity": "electric_power", "asset": ["c1", "c2"]}, context)
    assert isinstance(found, Comparison)
    assert registry["compare"].summary(found) == "average electric power: Chiller 1 10 kW, Chiller 2 12 kW"
    (table,) = found.tables()
    assert (table.name, [row.of for row in table.rows]) == ("values", [("c1",), ("c2",)])
