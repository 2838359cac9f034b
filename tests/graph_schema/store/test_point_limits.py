"""Limits that people set: in the graph, over imports, and back."""

from dataclasses import replace

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.limits import limits_of
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from graph_schema.store.point_limits import (
    all_points,
    entities_of_class,
    points_inside,
    read_settings,
    reset_by_hand,
    set_by_hand,
)


def plant(high: float = 26.0) -> Plant:
    return Plant(
        "House",
        (
            Entity("vav", "Asset", "VAV-1", "VAV"),
            Entity("fan", "Asset", "VAV-1 Fan", "Fan"),
            Entity("t", "Point", "VAV-1 Zone Air Temperature", "Zone_Air_Temperature_Sensor",
                   {"quantity": "zone_air_temperature", "unit": "°C", "source": "v/t", "low": 20.0, "high": high}),
            Entity("d", "Point", "VAV-1 Damper Position", "Damper_Position_Sensor", {"quantity": "damper_position"}),
        ),
        (Relation("HAS_POINT", "vav", "t"), Relation("HAS_POINT", "fan", "d"), Relation("HAS_PART", "vav", "fan")),
    )  # fmt: skip


@pytest.fixture
async def loaded(graph: GraphStore, ontology: Ontology) -> GraphStore:
    await load_plant(graph, ontology, plant())
    return graph


async def properties(graph: GraphStore, id_: str = "t") -> dict[str, object]:
    return (await graph.read("MATCH (n:Entity {id: $id}) RETURN properties(n) AS p", id=id_))[0]["p"]


async def version(graph: GraphStore) -> int:
    return (await graph.read("MATCH (m:Meta {id: 'plant'}) RETURN m.version AS v"))[0]["v"]


async def test_import_writes_what_holds_and_says_where_it_comes_from(loaded: GraphStore, ontology: Ontology) -> None:
    found = limits_of(await properties(loaded))
    assert (found.low, found.high, found.delay_on_s, found.delay_off_s) == (20.0, 26.0, 600.0, 300.0)
    (one,) = await read_settings(loaded, ontology, ["t"])
    assert {name: where for name, where in one.origins().items() if where != "default"} == {
        "low": "plant file", "high": "plant file", "delay_on_s": "twin library", "delay_off_s": "twin library",
    }  # fmt: skip


async def test_limit_set_by_hand_survives_the_next_import_and_reset_takes_the_files(
    loaded: GraphStore, ontology: Ontology
) -> None:
    before = await version(loaded)
    await set_by_hand(loaded, ontology, "t", {"high": 30.0, "delay_on_s": 120.0})
    assert await version(loaded) == before + 1, "ingestion and the views read the plant again"
    report = await load_plant(loaded, ontology, plant())
    assert (report.entities["Point"].updated, report.entities["Point"].unchanged) == (0, 2)
    await load_plant(loaded, ontology, plant(high=27.0))
    held = limits_of(await properties(loaded))
    assert (held.low, held.high, held.delay_on_s, held.delay_off_s) == (20.0, 30.0, 120.0, 300.0)
    await reset_by_hand(loaded, ontology, "t")
    back = limits_of(await properties(loaded))
    assert (back.high, back.delay_on_s) == (27.0, 600.0)


async def test_none_takes_a_limit_away(loaded: GraphStore, ontology: Ontology) -> None:
    after = await set_by_hand(loaded, ontology, "t", {"low": None})
    assert after.has_limits
    assert "low" not in await properties(loaded)
    assert after.origins()["low"] == "set by hand"


async def test_nonsense_is_refused_and_nothing_is_written(loaded: GraphStore, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match=r"low \(20\) must lie below high \(5\)"):
        await set_by_hand(loaded, ontology, "t", {"high": 5.0})
    with pytest.raises(InvalidInput, match="it has no limit"):
        await set_by_hand(loaded, ontology, "d", {"deadband": 5.0})
    with pytest.raises(NotFound):
        await set_by_hand(loaded, ontology, "vav", {"high": 5.0})
    assert (await properties(loaded))["high"] == 26.0


async def test_new_plant_file_that_contradicts_the_hand_is_reported(loaded: GraphStore, ontology: Ontology) -> None:
    await set_by_hand(loaded, ontology, "t", {"high": 30.0})
    points = [replace(one, properties={**one.properties, "low": 35.0, "high": 40.0}) if one.id == "t" else one for one in plant().entities]  # fmt: skip
    report = await load_plant(loaded, ontology, replace(plant(), entities=tuple(points)))
    (finding,) = report.findings
    assert "low (35) must lie below high (30)" in finding.reason


async def test_points_of_an_asset_its_parts_and_of_a_class(loaded: GraphStore, ontology: Ontology) -> None:
    assert sorted(await points_inside(loaded, ["vav"])) == ["d", "t"]
    assert await points_inside(loaded, ["t"]) == ["t"]
    assert await entities_of_class(loaded, ontology, "Terminal_Unit") == ["vav"]
    assert await entities_of_class(loaded, ontology, "Temperature_Sensor") == ["t"]
    assert sorted(await all_points(loaded)) == ["d", "t"]
