"""The address and unit of a point's telemetry, in the ways in which Brick models have told them."""

from collections.abc import Sequence
from dataclasses import replace

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.names import Thing
from graph_schema.importers.brick.terms import REFERENCES, SOURCES, UNITS, literals, local_name
from graph_schema.importers.findings import Account
from graph_schema.importers.units import unit_symbol
from graph_schema.model import Entity, Property


def with_telemetry(graph: Graph, things: Sequence[Thing], entities: Sequence[Entity], account: Account) -> list[Entity]:
    """The entities, points among them with source and unit where the model tells them. A source is given once."""
    taken: dict[str, str] = {}
    finished: list[Entity] = []
    for thing, entity in zip(things, entities, strict=True):
        more: dict[str, Property] = {}
        if thing.kind == "Point":
            more.update(_unit(graph, thing.node))
            source = _source(graph, thing.node)
            if source and taken.setdefault(source, entity.name) != entity.name:
                account.skipped(entity.name, f"Its time series is that of {taken[source]} as well; it gets none.")
            elif source:
                more["source"] = source
        finished.append(replace(entity, properties={**entity.properties, **more}))
    return finished


def _source(graph: Graph, node: Node) -> str | None:
    told = literals(graph, node)
    if direct := next((told[key][0] for key in SOURCES if told.get(key)), None):
        return direct
    for predicate, reference in sorted(graph.predicate_objects(node), key=str):
        if local_name(predicate).lower() in REFERENCES and not isinstance(reference, Literal):
            inner = literals(graph, reference)
            if found := next((inner[key][0] for key in SOURCES if inner.get(key)), None):
                return found
    return None


def _unit(graph: Graph, node: Node) -> dict[str, Property]:
    for predicate, value in sorted(graph.predicate_objects(node), key=str):
        if local_name(predicate).lower() not in UNITS:
            continue
        if isinstance(value, BNode):
            value = next((v for p, v in graph.predicate_objects(value) if local_name(p).lower() == "value"), value)
        if not isinstance(value, BNode):
            return {"unit": unit_symbol(local_name(value) if isinstance(value, URIRef) else str(value))}
    return {}
