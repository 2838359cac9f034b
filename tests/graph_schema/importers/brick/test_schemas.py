"""Words of vocabularies are no parts of a plant, and models in other languages are refused."""

import pytest

from graph_schema.errors import InvalidInput
from tests.graph_schema.importers.told import Model, names, reasons, relations, things

AHU = "b:AHU_1 a brick:AHU ."


@pytest.mark.parametrize(
    "terms",
    [
        "old:Zone_Temperature_Sensor a owl:NamedIndividual , frame:Point . brick:CO2_Sensor a brick:Point .",
        "rec:Room a brick:Room . bot:Storey a brick:Floor .",
        "s223:Damper a brick:Damper , owl:Class . unit:DEG_C a brick:Point . tag:Air a brick:Tag , brick:Point .",
        "sosa:Sensor a brick:Sensor . skos:Concept a brick:Equipment . phiot:ahu a ph:def , brick:AHU .",
        "bacnet:BACnetDevice a brick:Equipment . <http://www.w3.org/2001/XMLSchema#int> a brick:Point .",
        "b:MySensor a owl:Class , brick:Point ; rdfs:subClassOf brick:Sensor . b:Shape a sh:NodeShape , brick:AHU .",
        "<https://brickschema.org/schema/Brick/ref#x> a brick:Point . <http://buildsys.org/ontologies/BrickFrame#p> a brick:Point .",
    ],
)
def test_terms_of_vocabularies_are_no_parts_of_the_plant(model: Model, terms: str) -> None:
    plant = model(f"{AHU} {terms}")
    assert [entity.id for entity in plant.entities] == ["AHU_1"]
    assert "It is a word of a vocabulary and no part of the plant." in reasons(plant)


def test_things_beneath_the_schemas_address_that_are_no_words_of_it_stay(model: Model) -> None:
    plant = model("<https://brickschema.org/schema/1.0.2/building_example#ahu_1> a old:AHU .")
    assert names(plant) == {"ahu_1": "AHU 1"}


def test_classes_that_nobody_knows_are_left_out_and_said(model: Model) -> None:
    plant = model("""
        b:thing1 a b:Widget , b:Gadget . b:duct1 a s223:Duct , s223:Connection . b:thing2 a b:Widget .
        b:thing3 a brick:Widget , brick:Gadget . b:thing4 a b:Widget_Sensor . b:ahu a brick:AHU ; brick:hasPart b:thing1 , b:duct1 .
    """)
    assert list(things(plant)) == ["ahu"]
    assert relations(plant) == set()
    for id_ in ("thing1", "thing2", "thing3", "thing4", "duct1"):
        assert id_ in reasons(plant)
    assert "duct1: Its class is one of ASHRAE 223P, which is not read; it is left out." in reasons(plant)
    assert "It is mentioned but" not in reasons(plant)


def test_a_word_of_the_models_own_makes_a_point_of_what_something_has_as_a_point(model: Model) -> None:
    plant = model("b:ahu a brick:AHU ; brick:hasPoint b:t . b:t a b:Special_Supply_Air_Temperature_Sensor .")
    assert things(plant)["t"].class_ == "Supply_Air_Temperature_Sensor"


@pytest.mark.parametrize(
    ("statements", "language"),
    [
        (
            "b:v a s223:SingleDuctTerminal ; s223:hasConnectionPoint b:i ; s223:contains b:d . b:i a s223:InletConnectionPoint . b:d a s223:Damper .",
            "an ASHRAE 223P model",
        ),
        ("b:MyVAV rdfs:subClassOf s223:SingleDuctTerminal . b:v a b:MyVAV .", "an ASHRAE 223P model"),
        ("b:v a <http://data.ashrae.org/standard223/1.0/model/all#Damper> .", "an ASHRAE 223P model"),
        ("b:t a saref:TemperatureSensor . b:r a saref:Room .", "a SAREF model"),
        ("b:p a <https://standards.buildingsmart.org/IFC/DEV/IFC4/ADD2/OWL#IfcPump> .", "an ifcOWL model"),
        (
            "b:p a <http://www.google.com/digitalbuildings/0.0.1/hvac#AHU> ; brick:hasPoint b:q .",
            "a Google Digital Buildings model",
        ),
        (
            "b:h a rec:Building . b:t a rec:TemperatureSensor ; rec:isPointOf b:h . b:a a rec:Asset .",
            "a RealEstateCore model",
        ),
        ("b:p a sosa:Platform ; sosa:hosts b:t . b:t a sosa:Sensor .", "a SOSA/SSN model"),
        (
            "b:c a <http://x.org/fleet#Car> . b:r a <http://x.org/fleet#Room> . b:d a <http://x.org/fleet#Driver> .",
            "a model in the words of http://x.org/fleet#",
        ),
        ("b:n a phiot:nothing . b:m a phiot:naught .", "a Project Haystack model"),
    ],
)
def test_models_in_other_languages_are_refused_by_name(model: Model, statements: str, language: str) -> None:
    with pytest.raises(InvalidInput, match=f"is {language}, which cannot be imported. Export the building as a Brick"):
        model(statements)


def test_of_a_mixed_model_the_brick_part_is_read(model: Model) -> None:
    plant = model("""
        b:v a s223:SingleDuctTerminal , brick:VAV ; s223:hasConnectionPoint b:i ; s223:contains b:d ; brick:hasPoint b:f .
        b:i a s223:InletConnectionPoint . b:d a s223:Damper . b:f a s223:QuantifiableObservableProperty , brick:Supply_Air_Flow_Sensor .
    """)
    assert {id_: entity.class_ for id_, entity in things(plant).items()} == {"v": "VAV", "f": "Supply_Air_Flow_Sensor"}
    assert relations(plant) == {("v", "HAS_POINT", "f")}
    assert "d, i: Its class is one of ASHRAE 223P, which is not read; it is left out." in reasons(plant)
    assert "1 × contains, 1 × hasConnectionPoint" in reasons(plant)


def test_places_that_brick_takes_from_others_need_no_class_of_brick_beside_them(model: Model) -> None:
    assert set(things(model("b:h a rec:Building . b:l a rec:Level . b:s a bot:Space ."))) == {"h", "l", "s"}


def test_haystack_is_read_by_its_classes(model: Model) -> None:
    plant = model("""
        b:0 a phiot:site ; rdfs:label "Works" . b:1 a phiot:ahu , phiot:equip ; rdfs:label "AHU-1" .
        b:2 a phiot:point ; rdfs:label "AHU-1 DA Temp" ; phiot:unit "°F" ; ph:hasTag phiot:temp , phiot:sensor .
    """)
    assert [(e.kind, e.name) for e in plant.entities] == [
        ("Site", "Works"), ("Asset", "AHU-1"), ("Point", "AHU-1 DA Temp"),
    ]  # fmt: skip
