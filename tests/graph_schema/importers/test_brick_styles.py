"""Styles of Brick models that are met, each imitated by a small building of our own."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.importers.names import MAX_DESCRIPTION, MAX_NAME
from graph_schema.ontology.ontology import Ontology
from tests.graph_schema.importers.told import Model, names, reasons, relations, things


def test_first_generation_with_frame_relations_and_uuids(model: Model) -> None:
    plant = model("""
        b:AHU_2 a old:AHU ; frame:feeds b:VAV_2_1 ; frame:isLocatedIn b:roof ; frame:hasPoint b:AHU2_DAT .
        b:VAV_2_1 a old:VAV ; frame:feeds b:Zone_East . b:Zone_East a old:HVAC_Zone ; frame:hasPart b:room_2_7 .
        b:room_2_7 a old:Room ; frame:isPartOf b:floor_2 . b:floor_2 a old:Floor ; frame:contains b:cam . b:roof a old:Roof .
        b:AHU2_DAT a old:Discharge_Air_Temperature_Sensor ; frame:uuid "6d1f0c1e-8a33-4c55-9d0e-0c6f4b8e9a10" .
        b:motion a b:Motion_Detector ; frame:isLocatedIn b:room_2_7 . b:Motion_Detector rdfs:subClassOf old:Occupancy_Sensor .
        b:cam a one1:Camera .
    """)
    assert things(plant)["AHU2_DAT"].properties["source"] == "6d1f0c1e-8a33-4c55-9d0e-0c6f4b8e9a10"
    assert things(plant)["motion"].class_ == "Occupancy_Sensor"
    assert relations(plant) == {
        ("AHU_2", "FEEDS", "VAV_2_1"), ("VAV_2_1", "FEEDS", "Zone_East"), ("AHU_2", "LOCATED_IN", "roof"),
        ("AHU_2", "HAS_POINT", "AHU2_DAT"), ("Zone_East", "HAS_PART", "room_2_7"), ("floor_2", "HAS_PART", "room_2_7"),
        ("floor_2", "HAS_PART", "Zone_East"), ("room_2_7", "HAS_POINT", "motion"), ("cam", "LOCATED_IN", "floor_2"),
    }  # fmt: skip


def test_real_estate_core_places_with_includes_and_located_in(model: Model) -> None:
    plant = model("""
        b:h a rec:Building ; rec:hasPart b:l1 . b:l1 a rec:Level ; rec:levelNumber 1 ; rec:includes b:z ; rec:isLocationOf b:p .
        b:z a rec:HVACZone ; rec:includes b:office . b:office a rec:Office ; rec:area 31.5 .
        b:c a brick:Chiller ; rec:locatedIn b:mech . b:mech a rec:MechanicalRoom ; rec:isPartOf b:l1 . b:p a brick:Chilled_Water_Pump .
        b:sys a brick:Chilled_Water_System ; rec:includes b:c , b:p . b:plant a brick:Chiller_Plant ; rec:includes b:c .
        b:old a reccore:Storey ; reccore:isPartOf b:h . b:home a rec:Apartment ; rec:isPartOf b:old . b:bed a rec:Bedroom ; rec:isPartOf b:home .
    """)
    kinds = {entity.id: (entity.kind, entity.class_) for entity in plant.entities}
    assert kinds["office"] == ("Space", "Office")
    assert kinds["home"] == ("Space", "Apartment")
    assert kinds["plant"] == ("Asset", "Chilled_Water_System")  # no chiller: "how many chillers" is one
    assert relations(plant) == {
        ("h", "HAS_PART", "l1"), ("l1", "HAS_PART", "z"), ("z", "HAS_PART", "office"), ("c", "LOCATED_IN", "mech"),
        ("l1", "HAS_PART", "mech"), ("p", "LOCATED_IN", "l1"), ("sys", "HAS_PART", "c"), ("sys", "HAS_PART", "p"),
        ("plant", "HAS_PART", "c"), ("h", "HAS_PART", "old"), ("old", "HAS_PART", "home"), ("home", "HAS_PART", "bed"),
    }  # fmt: skip
    assert things(plant)["office"].properties["area"] == 31.5
    assert reasons(plant) == ""


def test_building_topology_ontology(model: Model) -> None:
    plant = model("""
        b:h a bot:Building ; bot:hasStorey b:g . b:g a bot:Storey ; rdfs:label "EG"@de ; bot:hasSpace b:foyer .
        b:foyer a bot:Space ; bot:containsElement b:fcu . b:fcu a brick:Fan_Coil_Unit .
    """)
    assert things(plant)["g"].properties["level"] == 0
    assert relations(plant) == {("h", "HAS_PART", "g"), ("g", "HAS_PART", "foyer"), ("fcu", "LOCATED_IN", "foyer")}


def test_meters_stand_in_the_supply_of_what_they_meter(model: Model) -> None:
    plant = model("""
        b:site a brick:Site . b:hall a brick:Building . b:f1 a brick:Floor ; brick:isPartOf b:hall .
        b:main a brick:Building_Electrical_Meter ; brick:meters b:hall ; brick:hasSubMeter b:sub . b:sub a brick:Electrical_Meter ; brick:meters b:f1 .
        b:chiller a brick:Chiller ; brick:isMeteredBy b:own . b:own a brick:Electrical_Meter ; brick:isSubMeterOf b:main .
        b:kw a brick:Electric_Power_Sensor ; brick:isPointOf b:own ; brick:hasUnit unit:KiloW ;
          brick:aggregate [ brick:aggregationFunction "max" ] ; brick:timeseries [ brick:hasTimeseriesId "own.kw" ; brick:storedAt b:db ] .
        b:db a brick:Database . b:w a brick:Building_Water_Meter ; brick:meters b:hall .
    """)
    fed = {(r.start, r.end): r.properties.get("medium") for r in plant.relations if r.kind == "FEEDS"}
    assert fed == {
        ("main", "hall"): "electricity", ("main", "sub"): "electricity", ("sub", "f1"): "electricity",
        ("main", "own"): "electricity", ("own", "chiller"): "electricity", ("w", "hall"): "domestic water",
    }  # fmt: skip
    assert ("site", "HAS_PART", "hall") in relations(plant)
    assert things(plant)["kw"].properties["source"] == "own.kw"
    assert "db" not in things(plant)
    assert "supplied through it" in reasons(plant)
    assert "Database" not in reasons(plant)


def test_things_without_an_address_keep_theirs_at_every_import(model: Model) -> None:
    text = """
        [] a brick:AHU ; rdfs:label "AHU-7" ; brick:feeds b:zone ; brick:hasPoint [ a brick:Supply_Air_Temperature_Sensor ;
          brick:hasUnit unit:DEG_F ; ref:hasExternalReference [ a ref:TimeseriesReference ; ref:hasTimeseriesId "sat7" ; ref:storedAt b:db ] ] .
        b:zone a brick:HVAC_Zone ; brick:hasPoint [ brick:hasUnit [ brick:value "degC" ] ] . [] a brick:VAV . [] a brick:VAV .
    """
    first, second = model(text), model(text)
    assert first.entities == second.entities
    assert sorted(names(first).values()) == [
        "AHU-7", "AHU-7 Supply Air Temperature", "VAV 1", "VAV 2", "Zone", "Zone Point",
    ]  # fmt: skip
    by_name = {entity.name: entity for entity in first.entities}
    assert by_name["AHU-7 Supply Air Temperature"].properties == {
        "quantity": "supply_air_temperature", "source": "sat7", "unit": "°F",
    }  # fmt: skip
    assert (by_name["AHU-7"].id, "FEEDS", "zone") in relations(first)


def test_nameless_parts_listed_before_their_nameless_whole(model: Model) -> None:
    ids = {part: f"<urn:bldg#{n}f9619ff-8b86-d011-b42d-00cf4fc964ff>" for n, part in enumerate(("fan", "valve", "ahu"))}
    plant = model(f"""
        {ids["ahu"]} a brick:AHU ; brick:hasPart {ids["fan"]} , {ids["valve"]} . {ids["fan"]} a brick:Supply_Fan .
        {ids["valve"]} a brick:Heating_Valve .
    """)
    assert sorted(names(plant).values()) == ["AHU 1", "AHU 1 Heating Valve", "AHU 1 Supply Fan"]


def test_bacnet_reference_gives_a_point_the_name_that_people_know(model: Model) -> None:
    plant = model("""
        b:p a brick:Damper_Position_Command ; brick:isPointOf b:vav ; ref:hasExternalReference [ a ref:BACnetReference ;
          bacnet:object-identifier "analog-value,7" ; bacnet:object-name "HALL-Z4-DMPR" ; bacnet:objectOf b:dev ] .
        b:vav a brick:VAV . b:dev a bacnet:BACnetDevice ; bacnet:device-instance 123 .
        b:sp a brick:Supply_Air_Temperature_Setpoint ; brick:isPointOf b:vav ; ref:hasExternalReference b:ts . b:ts a ref:TimeseriesReference ;
          ref:hasTimeseriesId "sp-1" .
    """)
    assert set(things(plant)) == {"p", "vav", "sp"}
    assert "HALL-Z4-DMPR" in str(things(plant)["p"].properties["aliases"])
    assert "source" not in things(plant)["p"].properties
    assert things(plant)["sp"].properties["source"] == "sp-1"
    assert reasons(plant) == ""


def test_model_that_carries_its_own_ontology(model: Model) -> None:
    plant = model("""
        <urn:bldg> a owl:Ontology ; owl:imports <https://brickschema.org/schema/1.3/Brick> . b:shape a sh:NodeShape ; sh:targetClass brick:AHU .
        brick:AHU a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty brick:hasPoint ; owl:someValuesFrom brick:Alarm ] .
        brick:isPartOf a owl:ObjectProperty . brick:Flat rdfs:subClassOf brick:Space .
        b:Rooftop_Chilled_Water_Pump rdfs:subClassOf brick:Equipment . b:x a b:Rooftop_Chilled_Water_Pump .
        b:a a brick:AHU , owl:NamedIndividual , brick:Equipment . b:home a brick:Flat . b:bed a brick:Room ; brick:isPartOf b:home , b:zone .
        b:zone a brick:HVAC_Zone . b:lit a "VAV" .
    """)
    assert {entity.id: entity.class_ for entity in plant.entities} == {
        "a": "AHU", "x": "Chilled_Water_Pump", "home": "Space", "bed": "Room", "zone": "HVAC_Zone", "lit": "VAV",
    }  # fmt: skip
    assert "class of the model's own; Chilled_Water_Pump is the closest" in reasons(plant)
    assert ("home", "HAS_PART", "bed") in relations(plant)


def test_zones_fed_directly_and_plain_locations(model: Model) -> None:
    plant = model("""
        b:AHU-01 a brick:Air_Handling_Unit ; brick:feeds b:Zone_1 , b:Zone_2 ; brick:hasPart b:SF ; brick:hasLocation b:Mech .
        b:Zone_1 a brick:Zone ; brick:isPartOf b:Level_02 . b:Zone_2 a brick:HVAC_Zone ; brick:hasLocation b:Level_02 .
        b:Level_02 a brick:Storey . b:Area_201 a brick:Location ; brick:isPartOf b:Zone_1 . b:Area_202 a brick:Space ; brick:isPartOf b:Zone_2 .
        b:SF a brick:Discharge_Fan ; brick:hasPart b:VFD1 . b:VFD1 a brick:Variable_Frequency_Drive .
        b:Mech a brick:Mechanical_Room ; brick:isPartOf b:Level_B1 . b:Level_B1 a brick:Basement .
    """)
    found = things(plant)
    assert {found[id_].kind for id_ in ("Zone_1", "Zone_2", "Area_201", "Area_202", "Mech")} == {"Space"}
    assert (found["Level_02"].properties["level"], found["Level_B1"].properties["level"]) == (2, -1)
    assert relations(plant) >= {
        ("AHU-01", "FEEDS", "Zone_1"), ("Level_02", "HAS_PART", "Zone_2"), ("Zone_1", "HAS_PART", "Area_201"),
        ("AHU-01", "HAS_PART", "SF"), ("SF", "HAS_PART", "VFD1"), ("AHU-01", "LOCATED_IN", "Mech"),
    }  # fmt: skip
    assert reasons(plant) == ""


def test_tags_tell_more_than_a_general_class(model: Model) -> None:
    plant = model("""
        b:p a brick:Equipment ; brick:hasTag tag:Pump , tag:Water , tag:Chilled , tag:Equipment .
        b:t a brick:Sensor ; brick:hasTag tag:Zone , tag:Air , tag:Temperature , tag:Sensor . b:q a brick:Pump ; brick:hasTag tag:Fan .
    """)
    assert [entity.class_ for entity in plant.entities] == ["Chilled_Water_Pump", "Pump", "Zone_Air_Temperature_Sensor"]


def test_equipment_said_to_be_a_point(model: Model) -> None:
    plant = model("""
        b:f a brick:Floor ; brick:hasPoint b:m . b:m a brick:Power_Meter . b:a a brick:AHU ; brick:hasPoint b:fan , b:box .
        b:fan a brick:Fan . b:box a brick:Sensor ; brick:hasPoint b:t . b:t a brick:Temperature_Sensor .
    """)
    assert relations(plant) == {
        ("m", "LOCATED_IN", "f"), ("a", "HAS_PART", "fan"), ("a", "HAS_POINT", "box"), ("a", "HAS_POINT", "t"),
    }  # fmt: skip


def test_places_that_share_a_name_are_also_called_by_their_building(model: Model) -> None:
    plant = model("""
        b:n a brick:Building ; rdfs:label "North Hall" ; brick:hasPart b:n1 . b:e a brick:Building ; rdfs:label "East Hall" ; brick:hasPart b:e1 .
        b:n1 a brick:Floor ; rdfs:label "Floor 1" . b:e1 a brick:Floor ; rdfs:label "Floor 1" .
    """)
    assert "North Hall Floor 1" in str(things(plant)["n1"].properties["aliases"])
    assert "East Hall Floor 1" in str(things(plant)["e1"].properties["aliases"])


def test_unlabelled_floors_are_called_by_their_level(model: Model) -> None:
    plant = model("b:f1 a brick:Floor . b:L02 a brick:Floor . b:roof a brick:Floor . b:fl_03 a brick:Floor .")
    assert names(plant) == {"L02": "Floor 2", "f1": "Floor 1", "fl_03": "Floor 3", "roof": "Roof"}


def test_labels_in_several_languages(model: Model) -> None:
    plant = model(
        'b:a a brick:AHU ; rdfs:label "Lüftungsgerät 1"@de , "Air handler 1"@en . b:p a brick:Pump ; rdfs:label "Pumpe"@de .'
    )
    assert names(plant) == {"a": "Air handler 1", "p": "Pumpe"}
    assert "Lüftungsgerät 1" in str(things(plant)["a"].properties["aliases"])


def test_hostile_texts_become_plain_ones_of_bounded_length(model: Model) -> None:
    plant = model(rf"""
        b:a a brick:AHU ; rdfs:label "A \"quoted\" {{brace}} \u0000\u0007\\ \n $x `tick` '); DROP" ; rdfs:comment "{"x" * 1_000_000}" .
        b:c a brick:VAV ; rdfs:label "{"y" * 1_000_000}" ; skos:altLabel "{"z" * 1_000_000}" . b:s a brick:VAV ; rdfs:label "   " .
        <urn:bldg#odd%20id%22%7B> a brick:Fan . <urn:bldg#{"w" * 5000}> a brick:Pump ; rdfs:label "W" .
    """)
    found = things(plant)
    assert found["a"].name == 'A "quoted" {brace} \\ $x `tick` \'); DROP'
    assert len(str(found["a"].properties["description"])) == MAX_DESCRIPTION
    assert len(found["c"].name) == MAX_NAME
    assert "zz" not in str(found["c"].properties)
    assert found["s"].name == "S"
    assert found["odd%20id%22%7B"].name == 'Odd id"{'
    assert max(len(id_) for id_ in found) == 200
    assert f"more than {MAX_NAME} characters" in reasons(plant)
    assert all(len(finding.subject) < 300 for finding in plant.findings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "describes no equipment"),
        ("# nothing but a remark", "describes no equipment"),
        ("<urn:a> <urn:b> <urn:c> .", "describes no equipment"),
        ("@prefix b: <urn:b#> .\nb:a a b:AHU ;\n  b:label 'x .\n", r"not a well-formed RDF file.*line 3"),
        ("@prefix b: <urn:b#> .\nb:a a brick:AHU .\n", r"not a well-formed RDF file.*[Pp]refix"),
    ],
)  # fmt: skip
def test_file_that_is_no_model_is_refused_with_the_reason(
    tmp_path: Path, ontology: Ontology, text: str, message: str
) -> None:
    path = tmp_path / "model.ttl"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=message) as raised:
        read_plant(path, ontology)
    assert str(path) in str(raised.value)
    assert len(str(raised.value)) < 600


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, ontology: Ontology) -> None:
    path = tmp_path / "model.ttl"
    path.write_bytes(b"\x00\xff\xfe\x80" * 100)
    with pytest.raises(InvalidInput, match="not a well-formed RDF file"):
        read_plant(path, ontology)
