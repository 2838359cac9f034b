"""What other people's models leave out, take apart or say twice; each document is made up to show one such habit."""

import pytest

from graph_schema.importers.names import readable, without_reference
from tests.graph_schema.importers.told import Model, names, reasons, relations, things


def test_equipment_without_a_type_is_known_by_its_name_if_it_supplies_or_measures(model: Model) -> None:
    plant = model("""
        b:AHU_5 old:feeds b:VAV5 . b:VAV5 a one1:VAV . b:AHU_5_Filter brick:hasPoint b:dp . b:dp a brick:Filter_Differential_Pressure_Sensor .
        b:roof_weather brick:hasPoint b:oat . b:oat a brick:Outside_Air_Temperature_Sensor . b:thing brick:feeds b:VAV5 .
        b:plant_room_1 brick:hasPoint b:t . b:t a brick:Air_Temperature_Sensor .
        b:x brick:isPartOf b:floor_9 . b:x a brick:Room .
    """)
    assert {id_: things(plant)[id_].class_ for id_ in ("AHU_5", "AHU_5_Filter", "roof_weather")} == {
        "AHU_5": "AHU", "AHU_5_Filter": "Filter", "roof_weather": "Equipment",
    }  # fmt: skip
    assert things(plant)["plant_room_1"].kind == "Space"
    assert {("AHU_5", "FEEDS", "VAV5"), ("AHU_5_Filter", "HAS_POINT", "dp")} <= relations(plant)
    assert "AHU_5: The model does not say what it is; by its name it is AHU." in reasons(plant)
    assert "thing" not in things(plant)
    assert "thing, floor_9: It is mentioned but nothing says what it is" in reasons(plant)


def test_general_class_gives_way_to_what_the_name_says(model: Model) -> None:
    plant = model("""
        b:HallSixth_Floor a old:Location . b:WestRoof a brick:Location . b:Room1 a rec:Space . b:Chiller2 a brick:Equipment .
        b:PM2PB a brick:Point . b:Zone_Air_Temperature a brick:Point . b:Valley a brick:Location . b:Fan_Room a brick:Equipment .
    """)
    assert {entity.id: entity.class_ for entity in plant.entities} == {
        "HallSixth_Floor": "Floor", "WestRoof": "Rooftop", "Room1": "Room", "Chiller2": "Chiller", "PM2PB": "Point",
        "Zone_Air_Temperature": "Zone_Air_Temperature_Sensor", "Valley": "Location", "Fan_Room": "Equipment",
    }  # fmt: skip
    assert things(plant)["HallSixth_Floor"].properties["level"] == 6
    assert "Chiller2: The model calls it no more than Equipment; by its name it is Chiller." in reasons(plant)


def test_classes_taken_apart_are_put_together(model: Model) -> None:
    plant = model("""
        b:a a one1:Discharge_Air , one1:Flow . b:w a one1:Hot_Supply_Water , one1:Temperature .
        b:c a brick:Chilled_Water_Valve , brick:Valve . b:d a brick:Heating_Command , brick:Valve_Command .
    """)
    classes = {entity.id: entity.class_ for entity in plant.entities}
    assert classes["a"] == "Supply_Air_Flow_Sensor"
    assert classes["w"] == "Leaving_Hot_Water_Temperature_Sensor"
    assert classes["c"] == "Chilled_Water_Valve"
    assert classes["d"] in ("Heating_Command", "Valve_Command")
    assert "Brick has no class Discharge_Air + Flow; Supply_Air_Flow_Sensor is the closest." in reasons(plant)


def test_name_that_many_points_share_goes_behind_that_of_their_owner(model: Model) -> None:
    plant = model("""
        <urn:bldg#Hall/1000_Corridor/Airflow> a brick:Supply_Air_Flow_Sensor ; brick:isPointOf b:VAV_1 .
        <urn:bldg#Hall/1100_Corridor/Airflow> a brick:Supply_Air_Flow_Sensor ; brick:isPointOf b:VAV_2 .
        <urn:bldg#Hall/EF-8/Run> a brick:Run_Time_Sensor . <urn:bldg#Hall/EF-9/Run> a brick:Run_Time_Sensor .
        b:VAV_1 a brick:VAV . b:VAV_2 a brick:VAV ; brick:hasPart b:d2 . b:d2 a brick:Damper ; rdfs:label "Damper" .
        b:VAV_3 a brick:VAV ; brick:hasPart b:d3 . b:d3 a brick:Damper ; rdfs:label "Damper" ; brick:hasPoint b:p3 .
        b:p3 a brick:Damper_Position_Sensor ; rdfs:label "Position" . b:p2 a brick:Damper_Position_Sensor ; rdfs:label "Position" ; brick:isPointOf b:d2 .
        b:VAV_4 a brick:VAV ; rdfs:label "Box 4" ; brick:hasPoint b:q . b:q a brick:Air_Flow_Sensor ; rdfs:label "Box 4" .
    """)
    assert sorted(names(plant).values()) == [
        "Box 4", "Box 4 Air Flow", "EF 8 Run", "EF 9 Run", "VAV 1", "VAV 1 Airflow", "VAV 2", "VAV 2 Airflow", "VAV 2 Damper",
        "VAV 2 Damper Position", "VAV 3", "VAV 3 Damper", "VAV 3 Damper Position",
    ]  # fmt: skip
    damper = next(entity for entity in plant.entities if entity.name == "VAV 3 Damper")
    assert "Damper" in str(damper.properties["aliases"])


def test_addresses_tell_apart_what_their_last_parts_do_not(model: Model) -> None:
    plant = model("""
        <urn:bldg#b:hall/vavs/1/vav> a brick:VAV . <urn:bldg#b:hall/vavs/9/vav> a brick:VAV ; brick:feeds <urn:bldg#b:hall/vavs/9/port[zn]> .
        <urn:bldg#b:hall/vavs/1/port[zn]> a brick:HVAC_Zone . <urn:bldg#b:hall/vavs/9/port[zn]> a brick:HVAC_Zone .
    """)
    assert sorted(names(plant).values()) == ["VAV 1", "VAV 9", "Vavs 1 Port Zn", "Vavs 9 Port Zn"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("r:p:demo:r:23a44701-7265b064 Mill Road RTU-1 equip", "Mill Road RTU-1"),
        ("p:demo:r:23a44701-27a8a001_RTU-1_ZoneTemp_point", "RTU-1_ZoneTemp"),
        ("2c9f1a70-8a33-4c55-9d0e-0c6f4b8e9a10 Chiller", "Chiller"),
        ("Spare equip", "Spare equip"),
        ("r:sump pump", "r:sump pump"),
    ],
)
def test_record_ids_of_haystack_are_no_part_of_a_name(written: str, name: str) -> None:
    assert without_reference(written) == name


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("Room101", "Room 101"),
        ("Floor1Zone2", "Floor 1 Zone 2"),
        ("VAV2-3Zone", "VAV2-3 Zone"),
        ("VAV2-4.DPR", "VAV2-4.DPR"),
        ("AHU-1", "AHU 1"),
        ("CO2_Level", "CO2 Level"),
        ("RVAV1", "RVAV1"),
    ],
)
def test_numbers_in_identifiers_stand_apart_or_together_as_people_write_them(identifier: str, name: str) -> None:
    assert readable(identifier) == name


def test_floors_are_called_by_their_number_wherever_it_stands(model: Model) -> None:
    plant = model("<urn:bldg#1Floor> a old:Floor . b:Floor_0 a brick:Floor . b:Floor3 a rec:Level .")
    assert {(e.name, e.properties["level"]) for e in plant.entities} == {("Floor 1", 1), ("Floor 0", 0), ("Floor 3", 3)}


def test_points_that_a_device_hosts_are_its_points(model: Model) -> None:
    plant = model("""
        b:iaq a brick:IAQ_Sensor_Equipment ; brick:hasLocation b:kitchen ; brick:hosts b:co2 , b:pm . b:kitchen a rec:CookingRoom .
        b:co2 a brick:CO2_Level_Sensor ; brick:hasUnit unit:PPM . b:pm a <https://brickschema.org/schema/Brick#PM2.5_Sensor> ; brick:hasUnit unit:MicroGM-PER-M3 .
    """)
    assert {("iaq", "HAS_POINT", "co2"), ("iaq", "HAS_POINT", "pm")} <= relations(plant)
    assert [things(plant)[id_].properties["unit"] for id_ in ("co2", "pm")] == ["ppm", "µg/m³"]
    assert reasons(plant) == ""
