"""Haystack's records as RDF: tags are statements of its namespaces, ids are addresses or, in its own exports, labels of nameless nodes."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.schemas import schema_of
from graph_schema.importers.brick.terms import local_name
from graph_schema.importers.haystack.values import Mark, Quantity, Record, Ref, Value

_NAME = "Project Haystack"


def is_haystack(graph: Graph) -> bool:
    """Whether the model describes things by Haystack's classes or tags, and none by Brick's."""
    schemas = {schema.name for type_ in set(graph.objects(None, RDF.type)) if (schema := schema_of(type_))}
    return _NAME in schemas and "Brick" not in schemas


def records(graph: Graph) -> list[tuple[str, Record]]:
    """What the model describes, by address; classes of Haystack's own that a file brings along are words."""
    subjects = sorted(
        node for node in set(graph.subjects(RDF.type)) if isinstance(node, URIRef) and not _is_word(graph, node)
    )
    known = set(subjects)
    return [(str(node), _record(graph, node, known)) for node in subjects]


def _is_word(graph: Graph, node: Node) -> bool:
    types = set(graph.objects(node, RDF.type))
    return schema_of(node) is not None or bool(
        types & {OWL.Class, OWL.Ontology, OWL.ObjectProperty, OWL.DatatypeProperty}
    )


def _record(graph: Graph, node: URIRef, known: set[URIRef]) -> Record:
    found: dict[str, Value] = {"id": Ref(str(node))}
    for predicate, value in sorted(graph.predicate_objects(node), key=str):
        name = local_name(predicate)
        if predicate == RDF.type or name == "hasTag":
            found.update(dict.fromkeys(_tags(value), Mark.MARKER) if _is_haystacks(value) else {})
        elif predicate == RDFS.label:
            found.setdefault("dis", str(value))
        elif value in known:
            found[name] = Ref(str(value))
        elif isinstance(value, Literal):
            found[name] = _value(value)
        elif isinstance(value, URIRef):
            found[name] = local_name(value)
    return found


def _is_haystacks(value: Node) -> bool:
    schema = schema_of(value)
    return schema is not None and schema.name == _NAME


def _tags(value: Node) -> Iterator[str]:
    """``hot-water`` and ``zone-air-temp-sensor`` are several tags in one word."""
    yield from local_name(value).split("-")


def _value(value: Literal) -> Value:
    plain = value.toPython()
    if isinstance(plain, bool):
        return plain
    if isinstance(plain, int | float):
        return Quantity(float(plain))
    return str(value)
