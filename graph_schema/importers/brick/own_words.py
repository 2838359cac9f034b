"""What Plantroom says in a Brick model that it wrote, beside Brick's words: ids, properties and relations as they were.

A model may be edited elsewhere in between: what is new in it has no words of ours, and is read as in any Brick model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast, get_args

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph_schema.identity import kept_iri
from graph_schema.importers.brick.terms import statements
from graph_schema.model import Entity, Kind, Plant, Property, Relation, RelationKind

WORDS = Namespace("urn:plantroom:schema#")
OWN_ADDRESSES = "urn:plantroom:plant#"
"""Addresses of what has none of its own."""

PLANT, ID, NAME, CLASS, KIND, ADDRESS = (WORDS[name] for name in ("plant", "id", "name", "class", "kind", "address"))
START, END, RELATION, STATED = (WORDS[name] for name in ("start", "end", "relation", "Relation"))
PROPERTY = "p-"
"""Properties of entities and relations are called by their names behind this."""

_KINDS = frozenset(get_args(Kind))


@dataclass(frozen=True, slots=True)
class _Read:
    """The entities by their nodes, and the properties of relations."""

    entities: Mapping[Node, Entity]
    properties: Mapping[tuple[str, str, str], Mapping[str, Property]]


def as_written(graph: Graph, plant: Plant) -> Plant:
    """The plant with what our own words say of it; any other model as it is."""
    name = next(graph.objects(None, PLANT), None)
    if name is None:
        return plant
    own = _read(graph)
    by_iri = {kept_iri(str(node)): entity for node, entity in own.entities.items()}
    ids = {one.id: by_iri[one.iri].id for one in plant.entities if one.iri in by_iri}
    others = [one for one in plant.entities if one.iri not in by_iri]
    relations = (
        replace(one, start=ids.get(one.start, one.start), end=ids.get(one.end, one.end)) for one in plant.relations
    )
    known = {entity.id for entity in own.entities.values()}
    more = [one for one in relations if not {one.start, one.end} <= known]
    findings = plant.findings if others else ()
    return Plant(str(name), (*own.entities.values(), *others), (*_relations(graph, own), *more), findings)


def property_of(graph: Graph, value: Node) -> Property:
    """A literal, or a list of texts."""
    if isinstance(value, Literal):
        return cast(Property, value.toPython())
    return [str(one) for one in Collection(graph, value)]


def _read(graph: Graph) -> _Read:
    entities: dict[Node, Entity] = {}
    for node, id_ in sorted(graph.subject_objects(ID), key=lambda pair: str(pair[1])):
        kind = str(graph.value(node, KIND))
        if kind in _KINDS:
            entities[node] = _entity(graph, node, str(id_), cast(Kind, kind))
    properties = {
        (str(graph.value(one, RELATION)), str(graph.value(one, START)), str(graph.value(one, END))): _properties(
            graph, one
        )
        for one in graph.subjects(RDF.type, STATED)
    }
    return _Read(entities, properties)


def _entity(graph: Graph, node: Node, id_: str, kind: Kind) -> Entity:
    class_ = graph.value(node, CLASS)
    listed = graph.value(node, ADDRESS)
    addresses = tuple(str(one) for one in Collection(graph, listed)) if listed is not None else ()
    iri = None if str(node).startswith(OWN_ADDRESSES) else kept_iri(str(node))
    name = str(graph.value(node, NAME))
    return Entity(
        id_, kind, name, str(class_) if class_ is not None else None, _properties(graph, node), iri, addresses
    )


def _properties(graph: Graph, node: Node) -> dict[str, Property]:
    prefix = f"{WORDS}{PROPERTY}"
    return {
        str(predicate).removeprefix(prefix): property_of(graph, value)
        for predicate, value in sorted(graph.predicate_objects(node), key=str)
        if isinstance(predicate, URIRef) and str(predicate).startswith(prefix)
    }


def _relations(graph: Graph, own: _Read) -> Iterator[Relation]:
    found: dict[tuple[RelationKind, str, str], None] = {}
    for kind, start, end in statements(graph):
        if start in own.entities and end in own.entities:
            found[kind, own.entities[start].id, own.entities[end].id] = None
    return (Relation(*one, properties=own.properties.get(one, {})) for one in found)
