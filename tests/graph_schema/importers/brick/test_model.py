"""Brick models as they are met, small ones written here and two public ones."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pytest
from rdflib import Graph
from rdflib.query import ResultRow

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.importers.brick.model import read_brick
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from tests.graph_schema.importers.told import Model, reasons, relations, things


@pytest.mark.parametrize("type_", ["brick:AHU", "brick:Air_Handler_Unit", "old:AHU", "brick:Air_Handling_Unit"])
def test_old_and_new_names_of_a_class_are_one(model: Model, type_: str) -> None:
    assert things(model(f"b:a a {type_} ."))["a"].class_ == "AHU"


@pytest.mark.parametrize(
    "statement",
    ["b:ahu brick:feeds b:vav .", "b:vav brick:isFedBy b:ahu .", "b:vav frame:isFedBy b:ahu .",
     "b:ahu brick:feeds b:vav . b:vav brick:isFedBy b:ahu ."],
)  # fmt: skip
def test_either_or_both_of_two_inverses_make_one_relation(model: Model, statement: str) -> None:
    plant = model(f"b:ahu a brick:AHU . b:vav a brick:VAV . {statement}")
    assert [(r.start, r.kind, r.end) for r in plant.relations] == [("ahu", "FEEDS", "vav")]


def test_all_inverses_are_turned_round(model: Model) -> None:
    plant = model("""
        b:r a brick:Room ; brick:isPartOf b:f . b:f a brick:Floor ; brick:isPartOf b:h . b:h a brick:Building .
        b:x a brick:AHU ; brick:hasLocation b:r . b:fan a brick:Supply_Fan ; brick:isPartOf b:x .
        b:r brick:isLocationOf b:fan . b:t a brick:Supply_Air_Temperature_Sensor ; brick:isPointOf b:x .
    """)
    assert relations(plant) == {
        ("f", "HAS_PART", "r"), ("h", "HAS_PART", "f"), ("x", "LOCATED_IN", "r"), ("x", "HAS_PART", "fan"),
        ("fan", "LOCATED_IN", "r"), ("x", "HAS_POINT", "t"),
    }  # fmt: skip


def test_names_come_from_labels_then_from_local_names(model: Model) -> None:
    plant = model("""
        b:ahu_A3 a brick:AHU . b:x a brick:Chiller ; rdfs:label "North chiller" ; skos:altLabel "CH-N" .
        b:supplyFan-2 a brick:Supply_Fan . b:floor_4 a brick:Floor . b:101 a brick:Room .
    """)
    found = things(plant)
    assert {id_: entity.name for id_, entity in found.items()} == {
        "ahu_A3": "AHU A3", "x": "North chiller", "supplyFan-2": "Supply Fan 2", "floor_4": "Floor 4", "101": "Room 101",
    }  # fmt: skip
    assert found["ahu_A3"].properties["aliases"] == ["ahu_A3"]
    assert "CH-N" in found["x"].properties["aliases"]  # type: ignore[operator]
    assert found["floor_4"].properties["level"] == 4


def test_opaque_ids_get_the_same_numbered_names_every_time(model: Model) -> None:
    ids = [f"{n}a5873de-e112-4f9b-9e0f-149bd1221894" for n in range(1, 4)]
    text = "\n".join(f"<urn:site#{id_}> a brick:AHU ." for id_ in ids)
    text += f"<urn:site#{'9' + ids[0][1:]}> a brick:Supply_Fan ; brick:isPartOf <urn:site#{ids[1]}> ."
    names = {entity.id: entity.name for entity in model(text).entities}
    assert [names[id_] for id_ in ids] == ["AHU 1", "AHU 2", "AHU 3"]
    assert names["9" + ids[0][1:]] == "AHU 2 Supply Fan"
    assert names == {entity.id: entity.name for entity in model(text).entities}


def test_floors_without_a_number_get_letters(model: Model) -> None:
    plant = model("".join(f"<urn:site#{n}a5873de-e112-4f9b-9e0f-149bd1221894> a brick:Floor ." for n in (1, 2)))
    assert [(entity.name, "level" in entity.properties) for entity in plant.entities] == [
        ("Floor A", False), ("Floor B", False),
    ]  # fmt: skip


def test_same_local_name_in_two_namespaces_is_two_things(model: Model) -> None:
    plant = model("<http://x.org/a/1> a brick:Floor . <http://x.org/b/1> a brick:Room .")
    assert set(things(plant)) == {"a/1", "b/1"}


@pytest.mark.parametrize(
    "statement",
    [
        'b:t ref:hasExternalReference [ ref:hasTimeseriesId "ts-1" ] .',
        'b:t brick:timeseries [ brick:hasTimeseriesId "ts-1" ] .',
        'b:t s:stream_id "ts-1" .',
    ],
)
def test_time_series_becomes_the_source_of_the_point(model: Model, statement: str) -> None:
    plant = model(f"b:t a brick:Zone_Air_Temperature_Sensor ; brick:hasUnit unit:DEG_F . {statement}")
    assert things(plant)["t"].properties == {
        "aliases": ["t"], "quantity": "zone_air_temperature", "source": "ts-1", "unit": "°F",
    }  # fmt: skip


def test_one_time_series_of_two_points_is_given_once(model: Model) -> None:
    plant = model('b:t a brick:CO2_Sensor ; s:stream_id "x" . b:u a brick:CO2_Sensor ; s:stream_id "x" .')
    assert ["source" in entity.properties for entity in plant.entities] == [True, False]
    assert "Its time series is that of" in reasons(plant)


def test_unknown_classes_are_guessed_and_reported(model: Model) -> None:
    plant = model("""
        b:a a brick:Enclosed_space . b:p a brick:Turbo_Water_Pump . b:f a brick:Flux_Capacitor ; brick:feeds b:p .
        b:g a brick:Gizmo . b:q a b:MyPump . b:MyPump rdfs:subClassOf b:OurPump . b:OurPump rdfs:subClassOf brick:Pump .
        b:p brick:hasPoint b:t .
    """)
    found = things(plant)
    assert {id_: entity.class_ for id_, entity in found.items()} == {
        "a": "Space", "p": "Water_Pump", "f": "Equipment", "q": "Pump", "t": None,
    }  # fmt: skip
    assert found["t"].kind == "Point"
    assert "g: Its class Gizmo is unknown" in reasons(plant)
    assert "f: Its class Flux_Capacitor is unknown; what it is connected to shows that it is equipment" in reasons(
        plant
    )


def test_what_is_only_mentioned_is_reported(model: Model) -> None:
    plant = model("b:v a brick:VAV ; brick:isFedBy b:ghost ; brick:controls b:v ; brick:hasTag b:Reheat .")
    assert plant.relations == ()
    assert "ghost: It is mentioned but nothing says what it is" in reasons(plant)
    assert "1 × controls: The graph has no place" in reasons(plant)
    assert things(plant)["v"].properties["tags"] == ["Reheat"]


def test_zone_is_on_the_floor_of_its_rooms(model: Model) -> None:
    plant = model("""
        b:z a brick:HVAC_Zone ; brick:hasPart b:r1 , b:r2 . b:r1 a brick:Room ; brick:isPartOf b:f1 .
        b:r2 a brick:Room ; brick:isPartOf b:f1 . b:f1 a brick:Floor .
        b:y a brick:HVAC_Zone ; brick:hasPart b:r3 . b:r3 a brick:Room .
    """)
    assert {start for start, kind, end in relations(plant) if end == "z" and kind == "HAS_PART"} == {"f1"}
    assert not {start for start, _, end in relations(plant) if end == "y"}


@pytest.mark.parametrize("stated", ["", "b:z brick:isPartOf b:f1 , b:f2 ."])
def test_zone_over_several_floors_is_on_none_of_them(model: Model, stated: str) -> None:
    plant = model(f"""
        b:z a brick:HVAC_Zone ; brick:hasPart b:r1 , b:r2 . b:r1 a brick:Room ; brick:isPartOf b:f1 . {stated}
        b:r2 a brick:Room ; brick:isPartOf b:f2 . b:f1 a brick:Floor . b:f2 a brick:Floor . b:h a brick:Building .
    """)
    assert {start for start, kind, end in relations(plant) if end == "z" and kind == "HAS_PART"} == {"h"}
    assert "Z: Its rooms are on several floors; it is in what is around those." in reasons(plant)


def test_terminal_without_a_location_gets_none(model: Model) -> None:
    plant = model(
        "b:v a brick:VAV ; brick:feeds b:z . b:z a brick:HVAC_Zone ; brick:isPartOf b:f . b:f a brick:Floor ."
    )
    assert not [relation for relation in plant.relations if relation.kind == "LOCATED_IN"]


def test_floors_belong_to_the_only_building_but_not_to_one_of_two(model: Model) -> None:
    assert relations(model("b:h a brick:Building . b:f a brick:Floor .")) == {("h", "HAS_PART", "f")}
    assert relations(model("b:h a brick:Building . b:i a brick:Building . b:f a brick:Floor .")) == set()


def test_relations_between_unfitting_kinds_become_fitting_ones(model: Model) -> None:
    plant = model("""
        b:h a brick:Building ; brick:hasPart b:a . b:a a brick:AHU ; brick:isLocationOf b:fan ; brick:hasPart b:t .
        b:fan a brick:Fan . b:t a brick:CO2_Sensor . b:u a brick:CO2_Sensor ; brick:hasLocation b:h . b:a brick:feeds b:u , b:a .
    """)
    assert relations(plant) == {
        ("a", "LOCATED_IN", "h"), ("a", "HAS_PART", "fan"), ("a", "HAS_POINT", "t"), ("h", "HAS_POINT", "u"),
    }  # fmt: skip
    assert "no relation FEEDS from asset to point" in reasons(plant)
    assert "relation FEEDS to itself" in reasons(plant)


def test_circle_of_parts_is_cut(model: Model) -> None:
    plant = model(
        "b:a a brick:AHU ; brick:hasPart b:b . b:b a brick:Fan ; brick:hasPart b:c . b:c a brick:Motor ; brick:hasPart b:a ."
    )
    assert len(plant.relations) == 2
    assert "a part of the other" in reasons(plant)


def test_several_buildings_on_one_site(model: Model) -> None:
    plant = model("""
        b:c a rec:Site ; rdfs:label "Campus" ; rec:hasPart b:h1 , b:h2 . b:h1 a rec:Building . b:h2 a rec:Building .
        b:f1 a rec:Level ; rec:isPartOf b:h1 . b:f2 a rec:Level ; rec:isPartOf b:h2 . b:r a rec:ConferenceRoom ; rec:isPartOf b:f2 .
    """)
    assert plant.name == "Campus"
    assert Counter(entity.kind for entity in plant.entities) == {"Site": 1, "Building": 2, "Floor": 2, "Space": 1}
    assert ("h2", "HAS_PART", "f2") in relations(plant)


def test_broken_file_is_named(tmp_path: Path, ontology: Ontology) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("this is no Turtle", "utf-8")
    with pytest.raises(InvalidInput, match=r"broken\.ttl is not a well-formed RDF file"):
        read_plant(path, ontology)
    with pytest.raises(InvalidInput, match="There is no file"):
        read_plant(tmp_path / "none.ttl", ontology)


# --- two public models


def counted(path: Path, query: str) -> int:
    found = Graph().parse(path).query("PREFIX brick: <https://brickschema.org/schema/Brick#> " + query)
    ((count,),) = cast(Iterable[ResultRow], found)
    return int(str(count))


@pytest.fixture(scope="module")
def soda(buildings: Path, ontology: Ontology) -> Plant:
    return read_brick(buildings / "soda_brick.ttl", ontology)


@pytest.mark.parametrize(
    "class_", ["AHU", "VAV", "HVAC_Zone", "Room", "Floor", "Zone_Air_Temperature_Sensor", "Supply_Fan"]
)
def test_soda_hall_has_as_many_of_each_class_as_its_model(soda: Plant, buildings: Path, class_: str) -> None:
    expected = counted(buildings / "soda_brick.ttl", f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a brick:{class_} }}")
    assert sum(entity.class_ == class_ for entity in soda.entities) == expected


def test_soda_hall_has_its_relations(soda: Plant, buildings: Path) -> None:
    path = buildings / "soda_brick.ttl"
    feeds = counted(path, "SELECT (COUNT(*) AS ?n) { ?x brick:feeds ?y . ?x a ?c . ?y a ?d }")
    points = counted(path, "SELECT (COUNT(*) AS ?n) { ?v a brick:VAV ; brick:hasPoint ?p . ?p a ?c }")
    vavs = {entity.id for entity in soda.entities if entity.class_ == "VAV"}
    assert sum(relation.kind == "FEEDS" for relation in soda.relations) == feeds == 484
    assert sum(relation.kind == "HAS_POINT" and relation.start in vavs for relation in soda.relations) == points
    assert sum(entity.class_ == "AHU" for entity in soda.entities) == 5
    assert len(vavs) == 243


def test_soda_halls_rooms_and_zones_are_on_its_floors(soda: Plant) -> None:
    kinds = {entity.id: entity.class_ for entity in soda.entities}
    on_floors = Counter(kinds[r.end] for r in soda.relations if r.kind == "HAS_PART" and kinds[r.start] == "Floor")
    assert on_floors == {"Room": 241, "HVAC_Zone": 241}  # two rooms are on floors that the model does not have


def test_site_b_has_as_much_as_its_model(buildings: Path, ontology: Ontology) -> None:
    path = buildings / "DIEF_Site_B.ttl"
    plant = read_brick(path, ontology)
    classes = Counter(entity.class_ for entity in plant.entities)
    assert (classes["AHU"], classes["FCU"], classes["Chiller"], classes["Boiler"]) == (5, 13, 1, 1)
    fed = counted(
        path,
        "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?x ?y { { ?x brick:feeds ?y } UNION { ?y brick:isFedBy ?x } ?x a ?c . ?y a ?d } } }",
    )
    assert sum(relation.kind == "FEEDS" for relation in plant.relations) == fed - 1  # one starts at a sensor
    points = [entity for entity in plant.entities if entity.kind == "Point"]
    assert len({str(entity.properties["source"]) for entity in points}) == len(points) == 851
    assert len({entity.name for entity in plant.entities if entity.kind != "Point"}) == len(plant.entities) - len(
        points
    )
