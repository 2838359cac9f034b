"""An ASHRAE 223P model is read as equipment, places, points and who supplies whom; ports and pipes are none of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tests.graph_schema.importers.told import reasons, relations, things

OFFICE = Path(__file__).with_name("office.ttl")
PREFIXES = """@prefix s223: <http://data.ashrae.org/standard223#> . @prefix b: <urn:q#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix qudt: <http://qudt.org/schema/qudt/> . @prefix qk: <http://qudt.org/vocab/quantitykind/> . @prefix unit: <http://qudt.org/vocab/unit/> .
"""


@pytest.fixture(scope="module")
def office(ontology: Ontology) -> Plant:
    return read_plant(OFFICE, ontology)


def read(folder: Path, ontology: Ontology, statements: str) -> Plant:
    path = folder / "model.ttl"
    path.write_text(PREFIXES + statements, "utf-8")
    return read_plant(path, ontology)


def test_equipment_places_and_points_are_counted_right(office: Plant):
    assert Counter(one.kind for one in office.entities) == {"Asset": 7, "Space": 4, "Point": 6}
    assert {one.id: one.class_ for one in office.entities if one.kind != "Point"} == {
        "ahu": "AHU", "fan": "Supply_Fan", "coil": "Cooling_Coil", "vav-a": "VAV", "vav-b": "VAV", "damper": "Damper", "chiller": "Chiller",
        "room-a": "Room", "space-a": "Space", "space-b": "Space", "zone-a": "HVAC_Zone",
    }  # fmt: skip
    assert "1 properties: They have one value for good" in reasons(office)


def test_supply_goes_through_ducts_and_junctions_with_its_medium(office: Plant):
    feeds = {(one.start, one.end): one.properties.get("medium") for one in office.relations if one.kind == "FEEDS"}
    assert feeds == {
        ("ahu", "vav-a"): "air", ("ahu", "vav-b"): "air", ("coil", "fan"): "air", ("chiller", "ahu"): "chilled water",
        ("vav-a", "space-a"): "air", ("vav-a", "zone-a"): "air", ("vav-b", "space-b"): "air",
    }  # fmt: skip


def test_properties_are_points_of_what_has_is_observed_or_is_moved(office: Plant):
    found = things(office)
    owners = {end: start for start, kind, end in relations(office) if kind == "HAS_POINT"}
    assert owners == {
        "sat": "ahu",
        "chwst": "chiller",
        "fan-run": "fan",
        "damper-cmd": "damper",
        "zone-temp": "zone-a",
        "zone-co2": "zone-a",
    }
    assert {id_: (found[id_].properties["quantity"], found[id_].properties.get("unit")) for id_ in owners} == {
        "sat": ("supply_air_temperature", "°C"), "chwst": ("leaving_chilled_water_temperature", "°C"), "fan-run": ("run_status", None),
        "damper-cmd": ("damper_position_command", "%"), "zone-temp": ("zone_air_temperature", "°C"), "zone-co2": ("zone_co2_level", "ppm"),
    }  # fmt: skip
    assert found["zone-temp"].addresses == ("1201/analog-input,4",)


def test_a_terminal_has_its_damper_and_no_point_is_a_port(tmp_path: Path, ontology: Ontology):
    plant = read(
        tmp_path, ontology,
        """b:vav1 a s223:SingleDuctTerminal ; s223:hasConnectionPoint b:vav1-in ; s223:contains b:dmp1 . b:vav1-in a s223:InletConnectionPoint .
        b:dmp1 a s223:Damper . b:flow a s223:QuantifiableObservableProperty .""",
    )  # fmt: skip
    assert {one.id: one.class_ for one in plant.entities} == {"vav1": "VAV", "dmp1": "Damper", "flow": "Flow_Sensor"}
    assert relations(plant) == {("vav1", "HAS_PART", "dmp1")}


def test_classes_of_the_models_own_and_equipment_that_is_only_connected(tmp_path: Path, ontology: Ontology):
    plant = read(
        tmp_path, ontology,
        """b:BigPump rdfs:subClassOf s223:Pump . b:p a b:BigPump ; rdfs:label "Pump 1" ; s223:connectedTo b:hx .
        b:hx a s223:HydronicHeatExchanger ; rdfs:label "HX 1" . b:boiler a s223:Boiler ; rdfs:label "Boiler 1" ; s223:connectedFrom b:p ; s223:hasProperty b:t .
        b:t a s223:QuantifiableObservableProperty ; rdfs:label "Boiler 1 HW Supply Temp" ; qudt:hasQuantityKind qk:Temperature ; qudt:hasUnit unit:DEG_F .
        b:s a s223:TemperatureSensor ; rdfs:label "HX 1 temp" ; s223:hasObservationLocation b:hx .""",
    )  # fmt: skip
    assert {(start, end) for start, kind, end in relations(plant) if kind == "FEEDS"} == {("p", "hx"), ("p", "boiler")}
    assert {one.id: one.class_ for one in plant.entities if one.kind == "Asset"} == {
        "p": "Pump",
        "hx": "Heat_Exchanger",
        "boiler": "Boiler",
    }
    assert {(start, end) for start, kind, end in relations(plant) if kind == "HAS_POINT"} == {
        ("boiler", "t"),
        ("hx", "s"),
    }


def test_connections_without_a_direction_supply_nobody_and_are_told(tmp_path: Path, ontology: Ontology):
    plant = read(
        tmp_path, ontology,
        """b:a a s223:Battery ; s223:hasConnectionPoint b:x . b:i a s223:Inverter ; s223:hasConnectionPoint b:y . b:x a s223:BidirectionalConnectionPoint ; s223:cnx b:w .
        b:y a s223:BidirectionalConnectionPoint ; s223:cnx b:w . b:w a s223:Conductor ; s223:hasMedium s223:Electricity-DC .""",
    )  # fmt: skip
    assert relations(plant) == set()
    assert "1 connections: Their ends say no direction of flow" in reasons(plant)


PAGE = (Path(__file__).parents[4] / "docs" / "operators" / "importing.md").read_text("utf-8")


async def test_the_documented_example_answers_what_feeds_the_zone(
    tmp_path: Path, ontology: Ontology, graph: GraphStore
):
    (example,) = re.findall(r"^```turtle\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "office.ttl"
    path.write_text(example, "utf-8")
    plant = read_plant(path, ontology)
    assert [one for one in plant.findings if one.level == "skipped"] == []
    await load_plant(graph, ontology, plant)
    found = await graph.read(
        "MATCH (a)-[f:FEEDS]->(z {name: 'Zone 101'})-[:HAS_POINT]->(p) RETURN a.name AS name, f.medium AS medium, p.unit AS unit"
    )
    assert found == [{"name": "VAV-101", "medium": "air", "unit": "°C"}]
