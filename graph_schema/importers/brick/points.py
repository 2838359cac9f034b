"""The addresses and unit of a point's telemetry, in the ways in which Brick models have told them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.names import Thing
from graph_schema.importers.brick.references import addresses, time_series
from graph_schema.importers.brick.terms import UNITS, local_name
from graph_schema.importers.findings import Account
from graph_schema.importers.units import unit_symbol
from graph_schema.model import Entity, Property


def with_telemetry(graph: Graph, things: Sequence[Thing], entities: Sequence[Entity], account: Account) -> list[Entity]:
    """The entities, points among them with addresses and unit where the model tells them. A time series is given once."""
    series: dict[str, Entity] = {}
    known = {one.node: addresses(graph, one.node) for one in things if one.kind == "Point"}
    claims = Counter(address for own in known.values() for address in own)
    finished: list[Entity] = []
    for thing, entity in zip(things, entities, strict=True):
        if thing.kind != "Point":
            finished.append(entity)
            continue
        told = time_series(graph, thing.node)
        ours = [one for one in told if series.setdefault(one, entity) is entity]
        if ours != told:
            other = next(series[one] for one in told if series[one] is not entity)
            account.skipped(entity.name, f"Its time series is that of {other.name} as well; it gets none.")
        others = [one for one in known[thing.node] if one not in told]
        if any(claims[one] > 1 for one in others):
            account.skipped(entity.name, "Other points have its address in another system as well; it is left out.")
        more: dict[str, Property] = {**_unit(graph, thing.node), **({"source": ours[0]} if ours else {})}
        own = (*ours, *(one for one in others if claims[one] == 1))
        finished.append(replace(entity, properties={**entity.properties, **more}, addresses=own))
    return finished


def _unit(graph: Graph, node: Node) -> dict[str, Property]:
    for predicate, value in sorted(graph.predicate_objects(node), key=str):
        if local_name(predicate).lower() not in UNITS:
            continue
        if isinstance(value, BNode):
            value = next((v for p, v in graph.predicate_objects(value) if local_name(p).lower() == "value"), value)
        if not isinstance(value, BNode):
            return {"unit": unit_symbol(local_name(value) if isinstance(value, URIRef) else str(value))}
    return {}
