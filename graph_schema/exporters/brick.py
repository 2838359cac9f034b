"""A plant as a Brick model in Turtle: Brick's own words for other programs, and ours beside them so that nothing is lost."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from urllib.parse import quote

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph_schema.importers.brick.own_words import (
    ADDRESS,
    CLASS,
    END,
    ID,
    KIND,
    NAME,
    OWN_ADDRESSES,
    PLANT,
    PROPERTY,
    RELATION,
    START,
    STATED,
    WORDS,
)
from graph_schema.model import Entity, Kind, Plant, Property, Relation, RelationKind
from graph_schema.ontology.ontology import Ontology

BRICK = Namespace("https://brickschema.org/schema/Brick#")
REF = Namespace("https://brickschema.org/schema/Brick/ref#")
QUDT = Namespace("http://qudt.org/vocab/unit/")

_RELATIONS: Mapping[RelationKind, LiteralString] = {
    "FEEDS": "feeds", "HAS_PART": "hasPart", "LOCATED_IN": "hasLocation", "HAS_POINT": "hasPoint",
}  # fmt: skip
_CLASSES: Mapping[Kind, str] = {
    "Asset": "Equipment",
    "Space": "Space",
    "Floor": "Floor",
    "Building": "Building",
    "Site": "Site",
    "Point": "Point",
}
"""Of what has no class of its own."""
_QUDT: Mapping[str, str] = {
    "°C": "DEG_C", "°F": "DEG_F", "K": "K", "kW": "KiloW", "W": "W", "MW": "MegaW", "kWh": "KiloW-HR", "MWh": "MegaW-HR", "Wh": "W-HR", "Pa": "PA",
    "kPa": "KiloPA", "bar": "BAR", "psi": "PSI", "%": "PERCENT", "ppm": "PPM", "V": "V", "A": "A", "Hz": "HZ", "m³/h": "M3-PER-HR", "m³/s": "M3-PER-SEC",
    "L/s": "L-PER-SEC", "L/min": "L-PER-MIN", "cfm": "FT3-PER-MIN", "m/s": "M-PER-SEC", "mm/s": "MilliM-PER-SEC", "m³": "M3", "L": "L", "h": "HR", "min": "MIN",
    "s": "SEC", "m": "M", "rpm": "REV-PER-MIN", "lx": "LUX", "kVA": "KiloV-A",
}  # fmt: skip


def brick_turtle(plant: Plant, ontology: Ontology) -> str:
    """The model, always the same text for the same plant."""
    graph = Graph()
    for prefix, space in (("brick", BRICK), ("ref", REF), ("unit", QUDT), ("plantroom", WORDS), ("owl", OWL)):
        graph.bind(prefix, space)
    model = URIRef("urn:plantroom:model")
    graph.add((model, RDF.type, OWL.Ontology))
    graph.add((model, PLANT, Literal(plant.name)))
    entities = {one.id: one for one in plant.entities if one.kind != "Device"}
    for entity in entities.values():
        _describe(graph, entity, ontology)
    for number, relation in enumerate(plant.relations):
        if relation.start in entities and relation.end in entities:
            _relate(graph, relation, entities, number)
    return graph.serialize(format="turtle")


def node_of(entity: Entity) -> URIRef:
    """Its address in the model that it came with; else one of ours."""
    return URIRef(entity.iri) if entity.iri else URIRef(OWN_ADDRESSES + quote(entity.id, safe=""))


def _describe(graph: Graph, entity: Entity, ontology: Ontology) -> None:
    node = node_of(entity)
    name = entity.class_ or _CLASSES[entity.kind]
    graph.add((node, RDF.type, BRICK[name]))
    for parent in ontology.classes[name].parents if name in ontology.classes else ():
        graph.add(
            (BRICK[name], RDFS.subClassOf, BRICK[parent])
        )  # of a class that Brick does not have, what it is a kind of
    graph.add((node, RDFS.label, Literal(entity.name)))
    own: list[tuple[URIRef, str | None]] = [
        (ID, entity.id),
        (NAME, entity.name),
        (KIND, entity.kind),
        (CLASS, entity.class_),
    ]
    for predicate, text in own:
        if text is not None:
            graph.add((node, predicate, Literal(text)))
    if entity.addresses:
        graph.add((node, ADDRESS, _listed(graph, f"{entity.id} address", entity.addresses)))
    _state(graph, node, entity.id, entity.properties)
    if entity.kind == "Point":
        _refer(graph, node, entity)


def _refer(graph: Graph, node: URIRef, entity: Entity) -> None:
    """Unit and time series, as other programs look for them."""
    unit, source = entity.properties.get("unit"), entity.properties.get("source")
    if isinstance(unit, str):
        graph.add((node, BRICK.hasUnit, QUDT[_QUDT[unit]] if unit in _QUDT else Literal(unit)))
    if isinstance(source, str):
        reference = _blank(f"{entity.id} series")
        graph.add((node, REF.hasExternalReference, reference))
        graph.add((reference, RDF.type, REF.TimeseriesReference))
        graph.add((reference, REF.hasTimeseriesId, Literal(source)))


def _relate(graph: Graph, relation: Relation, entities: Mapping[str, Entity], number: int) -> None:
    if relation.kind not in _RELATIONS:
        return
    graph.add((node_of(entities[relation.start]), BRICK[_RELATIONS[relation.kind]], node_of(entities[relation.end])))
    if relation.properties:
        stated = _blank(f"relation {number}")
        graph.add((stated, RDF.type, STATED))
        for predicate, text in ((RELATION, relation.kind), (START, relation.start), (END, relation.end)):
            graph.add((stated, predicate, Literal(text)))
        _state(graph, stated, f"relation {number}", relation.properties)


def _state(graph: Graph, node: Node, of: str, properties: Mapping[str, Property]) -> None:
    for name, value in properties.items():
        stated: Any = _listed(graph, f"{of} {name}", value) if isinstance(value, list) else Literal(value)
        graph.add((node, WORDS[PROPERTY + name], stated))


def _listed(graph: Graph, of: str, texts: Sequence[str]) -> Node:
    """An RDF list: it keeps the order."""
    if not texts:
        return RDF.nil
    first = _blank(f"{of} list")
    Collection(graph, first, [Literal(text) for text in texts])
    return first


def _blank(of: str) -> BNode:
    return BNode("b" + quote(of, safe="").replace("%", "x").replace(".", "x2E"))
