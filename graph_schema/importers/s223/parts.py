"""What each node of an ASHRAE 223P model is: equipment, a place, a property, or one of the parts that only connect them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.schemas import schema_of
from graph_schema.importers.brick.terms import local_name

S223 = Namespace("http://data.ashrae.org/standard223#")
NAME = "ASHRAE 223P"
Part = OneOf[
    "equipment",
    "place",
    "system",
    "property",
    "connection point",
    "connection",
    "junction",
    "sensor",
    "actuator",
    "other",
]
_PLACES = frozenset({"Zone", "ZoneGroup", "DomainSpace", "PhysicalSpace"})
_CONNECTIONS = frozenset({"Connection", "Duct", "Pipe", "Conductor", "Segment"})
_OTHER = frozenset(
    {
        "FunctionBlock",
        "Function",
        "ExternalReference",
        "BACnetExternalReference",
        "EnumerationKind",
        "FunctionInput",
        "FunctionOutput",
        "Concept",
        "Class",
    }
)
_BROAD = frozenset({"Equipment", "Connectable", "Concept", "Class", "Container"})
_ENDINGS: tuple[tuple[str, Part], ...] = (
    ("ConnectionPoint", "connection point"), ("Property", "property"), ("ExternalReference", "other"), ("Sensor", "sensor"), ("Actuator", "actuator"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A node with the local names of its classes, those above them included."""

    node: URIRef
    part: Part
    classes: frozenset[str]
    own: tuple[str, ...]
    """The classes that the model states, without the broad ones."""


def is_s223(graph: Graph) -> bool:
    """Whether the model describes things by classes of 223P and none by Brick's."""
    schemas = {schema.name for type_ in set(graph.objects(None, RDF.type)) if (schema := schema_of(type_))}
    return NAME in schemas and "Brick" not in schemas


def parts(graph: Graph) -> dict[URIRef, Named]:
    """Every node that a class of 223P, or one below such a class, describes."""
    found = (_named(graph, node) for node in sorted(set(graph.subjects(RDF.type)), key=str) if isinstance(node, URIRef))
    return {one.node: one for one in found if one}


def _named(graph: Graph, node: URIRef) -> Named | None:
    types = [type_ for type_ in graph.objects(node, RDF.type) if isinstance(type_, URIRef)]
    if schema_of(node) is not None or any(type_ in (OWL.Class, OWL.Ontology, RDFS.Class) for type_ in types):
        return None
    above = {one for type_ in types for one in _above(graph, type_)}
    if not any(_is_of_s223(one) for one in above):
        return None
    classes = frozenset(local_name(one) for one in above)
    own = tuple(sorted(local_name(type_) for type_ in types if local_name(type_) not in _BROAD))
    return Named(node, _part(classes), classes, own)


def _above(graph: Graph, type_: Node) -> set[Node]:
    """The class and those that the model itself puts above it."""
    return {type_, *(one for one in graph.transitive_objects(type_, RDFS.subClassOf) if one is not None)}


def _is_of_s223(type_: Node) -> bool:
    schema = schema_of(type_)
    return schema is not None and schema.name == NAME


def _part(classes: frozenset[str]) -> Part:
    for ending, part in _ENDINGS:
        if any(name.endswith(ending) for name in classes):
            return part
    if classes & _CONNECTIONS:
        return "connection"
    if "Junction" in classes:
        return "junction"
    if classes & _PLACES:
        return "place"
    if "System" in classes:
        return "system"
    return "other" if classes & _OTHER and not classes & {"Equipment", "Connectable"} else "equipment"


def words(name: str) -> list[str]:
    """``SingleDuct-Terminal`` is single, duct, terminal."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+", " ", name).lower().split()


def objects(graph: Graph, node: Node, *names: str) -> Iterator[URIRef]:
    """What a node leads to by a relation of 223P, or what leads to it by its inverse (``^contains``)."""
    for name in names:
        found = graph.subjects(S223[name[1:]], node) if name.startswith("^") else graph.objects(node, S223[name])
        yield from sorted((one for one in found if isinstance(one, URIRef)), key=str)


def label(graph: Graph, node: Node) -> str | None:
    return next((str(one) for one in sorted(graph.objects(node, RDFS.label), key=str) if str(one).strip()), None)
