"""The ontology: Brick's classes under one name each, with the twin library on top."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from graph_schema.ontology.brick import brick_version
from graph_schema.ontology.ontology import Ontology, load_ontology


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("AHU", "AHU"),
        ("Air_Handler_Unit", "AHU"),
        ("Air_Handling_Unit", "AHU"),
        ("air handling unit", "AHU"),
        ("Variable_Air_Volume_Box", "VAV"),
        ("Variable_Air_Volume_Box_With_Reheat", "RVAV"),
        ("Fan_Coil_Unit", "FCU"),
        ("Discharge_Air_Temperature_Sensor", "Supply_Air_Temperature_Sensor"),
        ("Discharge_Fan", "Supply_Fan"),
        ("Chilled_Water_Supply_Temperature_Sensor", "Leaving_Chilled_Water_Temperature_Sensor"),
        ("Supply_Water_Temperature_Setpoint", "Leaving_Water_Temperature_Setpoint"),
        ("Electrical_Power_Sensor", "Electric_Power_Sensor"),
        ("Storey", "Floor"),
        ("HVACZone", "HVAC_Zone"),
        ("Level", "Floor"),
        ("ConferenceRoom", "Conference_Room"),
        ("Target_Zone_Air_Temperature_Setpoint", "Zone_Air_Temperature_Setpoint"),
        ("Pressure_Supply_Static_Air_Sensor", "Supply_Air_Static_Pressure_Sensor"),
        ("Supply_Temp_Chilled_Water_Sensor", "Leaving_Chilled_Water_Temperature_Sensor"),
        ("Chilled_Water_Leaving_Temp_Sensor", "Leaving_Chilled_Water_Temperature_Sensor"),
        ("Hot_Return_Water_Temp_Sensor", "Entering_Hot_Water_Temperature_Sensor"),
        ("Water_Supply_Temp_Sensor", "Leaving_Water_Temperature_Sensor"),
        ("Flux_Capacitor", None),
        ("", None),
    ],
)
def test_every_name_of_a_class_leads_to_one(ontology: Ontology, name: str, canonical: str | None) -> None:
    assert ontology.canonical(name) == canonical


def test_a_class_includes_its_subclasses(ontology: Ontology) -> None:
    assert {"Pump", "Water_Pump", "Chilled_Water_Pump"} <= ontology.descendants("Pump")
    assert {"RVAV", "VAV", "Terminal_Unit", "Equipment"} <= ontology.ancestors("Variable_Air_Volume_Box_With_Reheat")
    assert ontology.descendants("Flux_Capacitor") == ontology.ancestors("Flux_Capacitor") == frozenset()


def test_hierarchy_has_no_circles_and_no_loose_ends(ontology: Ontology) -> None:
    for name, entry in ontology.classes.items():
        assert all(parent in ontology.classes for parent in entry.parents), name
        assert all(name not in ontology.ancestors(parent) for parent in entry.parents), name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Site", "Site"), ("Building", "Building"), ("Parking_Structure", "Building"), ("Floor", "Floor"),
        ("Basement", "Floor"), ("Rooftop", "Floor"), ("Room", "Space"), ("HVAC_Zone", "Space"), ("Restroom", "Space"),
        ("Outdoor_Area", "Space"), ("Wing", "Space"), ("Chiller", "Asset"), ("Chilled_Water_System", "Asset"), ("PV_Array", "Asset"),
        ("Temperature_Sensor", "Point"), ("Run_Time_Sensor", "Point"), ("Point", "Point"), ("Flux_Capacitor", None),
    ],
)  # fmt: skip
def test_class_decides_the_kind_of_node(ontology: Ontology, name: str, kind: str | None) -> None:
    assert ontology.kind_of(name) == kind


@pytest.mark.parametrize(
    ("quantity", "point_class"),
    [
        ("supply_air_temperature", "Supply_Air_Temperature_Sensor"),
        ("discharge_air_temperature", "Supply_Air_Temperature_Sensor"),
        ("zone_air_temperature_setpoint", "Zone_Air_Temperature_Setpoint"),
        ("temperature", "Temperature_Sensor"),
        ("run_time", "Run_Time_Sensor"),
        ("Zone_Air_Temperature_Sensor", "Zone_Air_Temperature_Sensor"),
        ("ahu", None),
        ("charisma", None),
    ],
)
def test_quantity_names_a_point_class(ontology: Ontology, quantity: str, point_class: str | None) -> None:
    assert ontology.point_class(quantity) == point_class


def test_quantity_of_every_point_class_leads_back(ontology: Ontology) -> None:
    points = [name for name, entry in ontology.classes.items() if entry.kind == "point"]
    back = {name: ontology.point_class(ontology.quantity(name)) for name in points}
    assert {name: found for name, found in back.items() if found != name} == {}


def test_units_are_inherited(ontology: Ontology) -> None:
    assert ontology.unit("mixed_air_temperature") == "°C"
    assert ontology.unit("charisma") is None


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Enclosed_space", "Space"),
        ("space_Kitchen", "Office_Kitchen"),
        ("Outside_Air_Temperature", "Outside_Air_Temperature_Sensor"),
        ("b1a78aa6_d50d_4c0a_920e_5ff7019ab663_Sensor", "Sensor"),
        ("Magic_Chilled_Water_Pump", "Chilled_Water_Pump"),
        ("Flux_Capacitor", None),
        ("", None),
    ],
)
def test_unknown_class_is_taken_for_the_closest_by_words(ontology: Ontology, name: str, nearest: str | None) -> None:
    assert ontology.nearest(name) == nearest


def test_extract_of_another_brick_is_kept_and_a_torn_one_written_anew(
    tmp_path: Path, ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Brick itself says is also what comes with the product: a difference is mended by the file that is kept here."""
    shipped = files("graph_schema.ontology").joinpath(f"brick-{brick_version()}.json")
    monkeypatch.setattr("graph_schema.ontology.ontology.brick_version", lambda: "another")
    assert load_ontology(tmp_path).classes == ontology.classes
    (kept,) = tmp_path.iterdir()
    assert kept.read_text("utf-8") == shipped.read_text("utf-8")
    kept.write_text(kept.read_text("utf-8")[:1000], "utf-8")
    assert load_ontology(tmp_path).classes == ontology.classes
    assert json.loads(kept.read_text("utf-8"))["classes"]


def test_brick_that_comes_with_the_product_is_not_kept_again(tmp_path: Path) -> None:
    load_ontology(tmp_path)
    assert list(tmp_path.iterdir()) == []
