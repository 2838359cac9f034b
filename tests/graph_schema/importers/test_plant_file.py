"""Plant descriptions in YAML: what they make, and every mistake named by its place."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant, read_plant_document
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from tests.graph_schema.importers.told import relations

WORKS = """
site: {id: works, name: Harbour Works, latitude: 54.3, longitude: 10.1, timezone: Europe/Berlin}
places:
  - {id: hall, class: Building, name: Pump Hall, in: works, x: 0, y: 0, z: 0, w: 20, d: 12, h: 6}
  - {id: upper, class: Floor, name: First floor, in: hall}
  - {id: 101, class: Office, in: upper, parts: []}
  - {id: zone, class: HVAC_Zone, name: Zone A, in: upper, parts: [101]}
assets:
  - id: p1
    class: Chilled Water Pump
    name: Pump 1
    aliases: [P-1, lead pump]
    in: hall
    feeds: [{to: ahu, medium: chilled water}]
    criticality: 4
    rated_power_kw: 22
    support: flexible
    installed: 2019-03-31
    points:
      vibration: {unit: mm/s, source: plc-1/vib, low: 0, high: 4.5, stale_after_s: 60}
      water_flow: {}
      electric_power:
  - {id: ahu, class: Air_Handling_Unit, name: AHU 1, in: First Floor, feeds: [zone], fed_by: [{from: p9, medium: electricity}]}
  - {id: fan, class: Supply_Fan, part_of: ahu}
  - {id: p9, class: Breaker_Panel, parts: [breaker]}
  - {id: breaker, class: Circuit_Breaker}
"""


def read(folder: Path, ontology: Ontology, text: str, name: str = "works.yaml") -> Plant:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_plant(path, ontology)


def test_description_becomes_a_plant(tmp_path: Path, ontology: Ontology) -> None:
    plant = read(tmp_path, ontology, WORKS)
    found = {entity.id: entity for entity in plant.entities}
    assert plant.name == "Harbour Works"
    assert plant.findings == ()
    assert found["works"] == Entity(
        "works", "Site", "Harbour Works", "Site", {"latitude": 54.3, "longitude": 10.1, "timezone": "Europe/Berlin"}
    )
    assert (found["101"].kind, found["101"].name) == ("Space", "101")
    assert found["upper"].properties == {"level": 1}
    assert found["p1"].class_ == "Chilled_Water_Pump"
    assert found["p1"].properties == {
        "aliases": ["P-1", "lead pump"], "criticality": 4, "rated_power_kw": 22, "support": "flexible",
        "installed": "2019-03-31",
    }  # fmt: skip
    assert found["p1/vibration"] == Entity(
        "p1/vibration", "Point", "Pump 1 Vibration", "Vibration_Sensor",
        {"quantity": "vibration", "unit": "mm/s", "source": "plc-1/vib", "low": 0, "high": 4.5, "stale_after_s": 60},
    )  # fmt: skip
    assert found["p1/electric_power"].properties == {"quantity": "electric_power"}
    assert relations(plant) == {
        ("works", "HAS_PART", "hall"), ("hall", "HAS_PART", "upper"), ("upper", "HAS_PART", "101"), ("upper", "HAS_PART", "zone"),
        ("zone", "HAS_PART", "101"), ("p1", "LOCATED_IN", "hall"), ("p1", "FEEDS", "ahu"), ("ahu", "LOCATED_IN", "upper"),
        ("ahu", "FEEDS", "zone"), ("p9", "FEEDS", "ahu"), ("ahu", "HAS_PART", "fan"), ("p9", "HAS_PART", "breaker"),
        ("p1", "HAS_POINT", "p1/vibration"), ("p1", "HAS_POINT", "p1/water_flow"), ("p1", "HAS_POINT", "p1/electric_power"),
    }  # fmt: skip
    media = {r.start: r.properties for r in plant.relations if r.kind == "FEEDS"}
    assert media == {"p1": {"medium": "chilled water"}, "p9": {"medium": "electricity"}, "ahu": {}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("assets: [{id: a}]", "works.yaml, assets, entry “a”, field class: it is needed"),
        ("assets: [{class: AHU}]", "works.yaml, assets, entry 1, field id: it is needed"),
        ("assets: [{id: a, class: Chillr}]", "“Chillr” is no known class; did you mean Chiller"),
        ("assets: [{id: a, class: Room}]", "field class: Room is not equipment"),
        ("places: [{id: a, class: AHU}]", "field class: AHU is not a place"),
        ("assets: [{id: a, class: Temperature_Sensor}]", "Temperature_Sensor is not equipment"),
        ("assets: [{id: a, class: AHU, feeds: [b]}]", "field feeds: there is nothing with the id or name “b”"),
        ("assets: [{id: a, class: AHU, in: attic}]", "field in: there is nothing with the id or name “attic”"),
        ("assets: [{id: a, class: AHU}, {id: a, class: VAV}]", "field id: “a” is taken by another entry"),
        ("assets: [{id: a, class: AHU, colour: red}]", "field colour: there is no such field"),
        ("assets: [{id: a, class: AHU, criticality: 6}]", "field criticality: “6” must be at most 5"),
        ("assets: [{id: a, class: Pump, rated_power_kw: 0}]", "field rated_power_kw: “0” must be more than 0"),
        ("assets: [{id: a, class: Pump, support: soft}]", "field support: “soft” must be rigid or flexible"),
        ("assets: [{id: a, class: Pump, installed: last year}]", "field installed: “last year” is no day; write one such as 2019-03-31"),
        ("assets: [{id: a, class: AHU, criticality: high}]", "field criticality: “high” is no whole number"),
        ("assets: [{id: a, class: AHU, x: .nan}]", "field x:"),
        ("assets: [{id: a, class: AHU, points: {co2: {low: 9, high: 4}}}]", "low (9) must lie below high (4)"),
        ("assets: [{id: a, class: AHU, points: {co2: {low: 1, high: 4, deadband: 2}}}]", "a deadband of 2 is more than half of what lies between low and high"),
        ("assets: [{id: a, class: AHU, points: {co2: {high: 4, deadband: -1}}}]", "field points.co2.deadband: “-1” must be at least 0"),
        ("assets: [{id: a, class: AHU, points: {co2: {high: 4, delay_on_s: 2m}}}]", "field points.co2.delay_on_s: “2m” is no number"),
        ("assets: [{id: a, class: AHU, points: {co2: {high: 4, delay_off_s: 90000}}}]", "“90000” must be at most 86400"),
        ("assets: [{id: a, class: AHU, points: {co2: {high: 4, latched: perhaps}}}]", "“perhaps” is neither yes nor no"),
        ("assets: [{id: a, class: AHU, points: {co2: {warning_band: 4, latched: yes}}}]", "it has warning_band and latched, and neither low nor high to apply it to"),
        ("assets: [{id: a, class: AHU, points: {co2: {source: x}, ph: {source: x}}}]", "the source x is that of “a/co2” as well"),
        ("assets: [{id: " + "a" * 500 + ", class: AHU}]", "field id: it has more than 160 characters"),
        ("assets: {a: AHU}", "works.yaml, assets: this must be a list of entries"),
        ("assets: [AHU]", "works.yaml, assets, entry 1: this must be a set of fields"),
        ("site: Harbour", "works.yaml, site: this must be a set of fields"),
        ("equipment: []\nassets: [{id: a, class: AHU}]", "there is no section “equipment”"),
        ("", "must hold the sections"),
        ("assets: []", "describes no site, place or asset"),
        ("assets:\n  - {id: a, class: AHU\n", "works.yaml, line 3: this is not well-formed YAML: expected ',' or '}'"),
        ("assets:\n\t- id: a", "works.yaml, line 2: there is a tab; indent with spaces"),
        ("assets:\n  - {id: a, class: AHU, name: x, name: y}", "works.yaml, line 2: the field “name” stands twice in one entry"),
        ("assets: [{id: a, class: !!python/object/apply:os.system [ls]}]", "this is not well-formed YAML"),
        ("assets: [{id: a, class: AHU, feed: b}]", "field feed: there is no such field; did you mean feeds?"),
        ("assets: [{id: a, class: AHU, feeds: {to: b}}]", "field feeds: this must be a list, such as [vav-1, vav-2]"),
        ("assets: [{id: a, class: AHU, feeds: [{too: b}]}]", "field feeds.0.too: there is no such field; did you mean to?"),
        ("assets: [{id: a, class: AHU, fed_by: [{fom: b}]}]", "field fed_by.0.fom: there is no such field; did you mean from?"),
        ("assets: [{id: a, class: AHU, points: [co2]}]", "field points: this must be a set of quantities, such as {"),
        ("assets: [{id: a, class: AHU, points: {co2: a/co2}}]", "field points.co2: this must be a set of fields, such as {unit:"),
        ("assets: [{id: a, class: AHU, points: {co2: {sorce: x}}}]", "field points.co2.sorce: there is no such field; did you mean source?"),
        ("site: {id: s, timezone: Mars/Base}", "works.yaml, site, field timezone: “Mars/Base” is no time zone; write one such as"),
        ("site: {id: s, latitude: 200}", "works.yaml, site, field latitude: “200” must be at most 90"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_place(tmp_path: Path, ontology: Ontology, text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path, ontology, text)
    assert problem in str(raised.value)


def test_all_mistakes_are_named_at_once_and_the_list_ends(tmp_path: Path, ontology: Ontology) -> None:
    text = "assets:\n" + "".join(f"  - {{id: a{n}, class: AHU, colour: red}}\n" for n in range(50))
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path, ontology, text)
    lines = str(raised.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 30 more"


def test_unknown_quantity_and_class_are_kept_and_reported(tmp_path: Path, ontology: Ontology) -> None:
    plant = read(
        tmp_path,
        ontology,
        "assets: [{id: a, class: Rooftop_Exhaust_Fan, points: {charisma: {}, outside_charisma_temperature: {}}}]",
    )
    found = {entity.id: entity for entity in plant.entities}
    assert found["a"].class_ == "Exhaust_Fan"
    assert (found["a/charisma"].class_, found["a/charisma"].properties["quantity"]) == ("Sensor", "charisma")
    assert found["a/outside_charisma_temperature"].class_ == "Temperature_Sensor"
    assert [finding.level for finding in plant.findings] == ["guessed"] * 3


def test_units_are_understood_as_people_write_them(tmp_path: Path, ontology: Ontology) -> None:
    points = "a: {unit: degC}, b: {unit: F}, c: {unit: m3/h}, d: {unit: furlong}, e: {unit: kWh}"
    plant = read(tmp_path, ontology, f"assets: [{{id: a, class: AHU, points: {{{points}}}}}]")
    assert [e.properties["unit"] for e in plant.entities if e.kind == "Point"] == ["°C", "°F", "m³/h", "furlong", "kWh"]


def test_description_inside_another_document(ontology: Ontology) -> None:
    document = {"assets": [{"id": "a", "class": "AHU", "points": {"supply_air_temperature": {"source": "d/sat"}}}]}
    plant = read_plant_document(document, Path("/somewhere/lbnl.yaml"), ontology)
    assert plant.name == "lbnl"
    assert [entity.id for entity in plant.entities] == ["a", "a/supply_air_temperature"]
    with pytest.raises(InvalidInput, match=r"lbnl\.yaml, assets, entry “a”, field class"):
        read_plant_document({"assets": [{"id": "a"}]}, Path("/somewhere/lbnl.yaml"), ontology)


def test_file_of_another_kind_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match=r"These can: .*\.csv"):
        read(tmp_path, ontology, "x", "plan.dwg")
