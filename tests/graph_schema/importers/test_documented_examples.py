"""The examples of docs/engineers/importing.md are files that import without a remark."""

import re
from pathlib import Path

import pytest

from graph_schema.importers import read_plant
from graph_schema.importers.plant_entries import Entry, PointEntry
from graph_schema.ontology.ontology import Ontology
from tests.graph_schema.importers.told import relations

TEXT = (Path(__file__).parents[3] / "docs" / "engineers" / "importing.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_description_in_yaml(tmp_path: Path, ontology: Ontology) -> None:
    (example,) = blocks("yaml")
    path = tmp_path / "plant.yaml"
    path.write_text(example, "utf-8")
    plant = read_plant(path, ontology)
    assert plant.findings == ()
    assert plant.name == "Mill Works"
    assert {e.id: (e.kind, e.class_) for e in plant.entities if e.kind != "Point"} == {
        "mill": ("Site", "Site"), "hall": ("Building", "Building"), "hall-1": ("Floor", "Floor"), "zone-1": ("Space", "HVAC_Zone"),
        "office-11": ("Space", "Office"), "ahu-1": ("Asset", "AHU"), "ahu-1-fan": ("Asset", "Supply_Fan"), "vav-1": ("Asset", "VAV"),
        "pump-1": ("Asset", "Hot_Water_Pump"),
    }  # fmt: skip
    assert relations(plant) >= {
        ("mill", "HAS_PART", "hall"), ("hall-1", "HAS_PART", "zone-1"), ("zone-1", "HAS_PART", "office-11"), ("ahu-1", "LOCATED_IN", "hall"),
        ("ahu-1", "HAS_PART", "ahu-1-fan"), ("ahu-1", "FEEDS", "vav-1"), ("vav-1", "FEEDS", "zone-1"), ("pump-1", "FEEDS", "ahu-1"),
        ("vav-1", "HAS_POINT", "vav-1/zone_air_temperature"),
    }  # fmt: skip
    point = next(entity for entity in plant.entities if entity.id == "ahu-1/supply_air_temperature")
    assert point.name == "AHU-1 Supply Air Temperature"
    assert point.properties == {
        "quantity": "supply_air_temperature", "unit": "°C", "source": "ahu-1/sat", "low": 10, "high": 20, "deadband": 1,
        "delay_on_s": 300,
    }  # fmt: skip


@pytest.mark.parametrize("folder", [True, False])
def test_tables(tmp_path: Path, ontology: Ontology, folder: bool) -> None:
    assets, points = blocks("csv")
    (tmp_path / "assets.csv").write_text(assets, "utf-8")
    (tmp_path / "points.csv").write_text(points, "utf-8")
    plant = read_plant(tmp_path if folder else tmp_path / "assets.csv", ontology)
    assert plant.findings == ()
    sources = {e.id: e.properties.get("source") for e in plant.entities if e.kind == "Point"}
    assert sources == {
        "ahu-1/supply_air_temperature": "ahu-1/sat", "ahu-1/supply_air_flow": None, "ahu-1/mixed_air_temperature": "ahu-1/mat",
        "vav-1/zone_air_temperature": "vav-1/zt",
    }  # fmt: skip
    zone = next(e for e in plant.entities if e.id == "vav-1/zone_air_temperature")
    assert (zone.properties["high"], zone.properties["delay_on_s"]) == (24, 900)
    assert {
        ("ahu-1", "FEEDS", "vav-1"),
        ("vav-1", "LOCATED_IN", "office-11"),
        ("hall", "HAS_PART", "hall-1"),
    } <= relations(plant)


def test_every_field_is_described() -> None:
    told = set(re.findall(r"`([a-z_]+)`", TEXT))
    for model in (Entry, PointEntry):
        assert {info.alias or name for name, info in model.model_fields.items()} <= told
