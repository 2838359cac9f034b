"""The views that spreadsheets and dashboards read."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from graph_schema.importers.plant_file import read_plant_file
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.export.directory import PlantDirectory
from ingestion.export.readings import COLUMNS, Window, batches
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.reading import Reading

PLANT = """
site: {id: works, name: Works, timezone: UTC}
assets:
  - id: ahu9
    class: AHU
    name: AHU-9
    in: works
    points:
      supply_air_temperature: {unit: °C, source: ahu9/sat}
      fan_on_off_status: {source: ahu9/fan}
"""
TEN = 1_772_445_600_000  # 2026-03-02 10:00 UTC
MINUTE = 60_000


@pytest.fixture
async def told(graph: GraphStore, history: History, ontology: Ontology, tmp_path) -> History:
    """Two hours of a temperature, a switch, and something that nobody described."""
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, "utf-8")
    await load_plant(graph, ontology, read_plant_file(path, ontology))
    await PlantDirectory(graph, history).refresh()
    temperatures = [Reading("ahu9/sat", TEN + n * 30 * MINUTE, 13.0 + n) for n in range(4)]
    others = [Reading("ahu9/fan", TEN, None, "auto"), Reading("gw/x", TEN, 1.0)]
    await history.write([*temperatures, *others])
    return history


async def hours(history: History) -> list[tuple[Any, ...]]:
    rows = await history.fetch("select * from plantroom_hours where point_name like '%emperature' order by hour")
    return [(f"{row['hour'].astimezone(UTC):%H:%M}", row["asset_name"], row["mean"], row["min"], row["max"], row["last"], row["samples"], row["unit"])
            for row in rows]  # fmt: skip


async def test_readings_points_and_assets_are_shown_with_the_names_of_the_plant_and_exported_so(told: History):
    rows = await told.fetch("select * from plantroom_readings order by source, at")
    shown = [(row["asset_name"], row["point_name"], row["value"], row["text"], row["unit"]) for row in rows]
    assert [one for one in shown if one[0]][:2] == [
        ("AHU-9", "AHU-9 Fan On Off Status", None, "auto", None), ("AHU-9", "AHU-9 Supply Air Temperature", 13.0, None, "°C"),
    ]  # fmt: skip
    assert shown[-1] == (None, None, 1.0, None, None)
    assert len(shown) == 6

    assets = await told.fetch("select asset, name, kind, class, place_name from plantroom_assets order by asset")
    assert [tuple(row.values()) for row in assets] == [
        ("ahu9", "AHU-9", "Asset", "AHU", "Works"), ("works", "Works", "Site", "Site", None)
    ]  # fmt: skip

    points = await told.fetch(
        "select name, unit, asset_name, asset_class, place_name, source from plantroom_points order by point"
    )
    assert tuple(points[1].values()) == ("AHU-9 Supply Air Temperature", "°C", "AHU-9", "AHU", "Works", "ahu9/sat")

    rows = await told.fetch(
        "select c.relname, obj_description(c.oid) as about from pg_class c where relkind = 'v' and relname like 'plantroom%' order by 1"
    )
    assert [row["relname"] for row in rows] == [
        "plantroom_assets", "plantroom_hours", "plantroom_points", "plantroom_readings"
    ]  # fmt: skip
    assert all(row["about"] for row in rows)

    window = Window(datetime(2026, 3, 2, 10, 30, tzinfo=UTC), datetime(2026, 3, 2, 11, 30, tzinfo=UTC))
    rows = [row async for batch in batches(told, ["ahu9/sat"], window, "raw") for row in batch]
    assert [dict(zip(COLUMNS["raw"], row, strict=True))["value"] for row in rows] == [14.0, 15.0]
    day = Window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    rows = [row async for batch in batches(told, None, day, "hourly") for row in batch]
    assert [dict(zip(COLUMNS["hourly"], row, strict=True))["source"] for row in rows] == [
        "ahu9/fan",
        "ahu9/sat",
        "ahu9/sat",
        "gw/x",
    ]


async def test_hours_are_the_same_before_and_after_they_are_summed_up(told: History):
    expected = [
        ("10:00", "AHU-9", 13.5, 13.0, 14.0, 14.0, 2, "°C"), ("11:00", "AHU-9", 15.5, 15.0, 16.0, 16.0, 2, "°C")
    ]  # fmt: skip
    assert await hours(told) == expected
    await Rollups(told, lambda: datetime(2026, 3, 3, tzinfo=UTC)).catch_up()
    assert (await told.fetch("select count(*) as n from reading_1h"))[0]["n"] == 4
    assert await hours(told) == expected
    await told.write([Reading("ahu9/sat", TEN + 10 * MINUTE, 19.0)])
    assert (await hours(told))[0][2:7] == (pytest.approx(46 / 3), 13.0, 19.0, 14.0, 3)


async def test_a_reader_of_the_views_sees_nothing_else_and_changes_nothing(told: History):
    """The role of docs/operators/export.md, in a transaction that is taken back."""
    async with told.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute("create role edge_test_reader")
        await connection.execute(
            "grant select on plantroom_assets, plantroom_points, plantroom_readings, plantroom_hours to edge_test_reader"
        )
        await connection.execute("set local role edge_test_reader")
        cursor = await connection.execute("select count(*) from plantroom_readings")
        assert await cursor.fetchone() == (6,)
        for refused in ("select * from reading", "delete from series", "select * from audit"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with connection.transaction():
                    await connection.execute(refused.encode())
