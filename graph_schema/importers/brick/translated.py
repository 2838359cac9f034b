"""A model of another vocabulary in Brick's words, with what Brick has no word for beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph

from graph_schema.importers.brick.model import plant_from
from graph_schema.importers.findings import Account
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Translated:
    """``extras`` are further properties of entities, ``addresses`` what their readings come under, ``media`` what flows, by address in the model."""

    graph: Graph
    account: Account
    extras: Mapping[str, Mapping[str, Property]] = field(default_factory=dict[str, Mapping[str, Property]])
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    media: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def plant_of(path: Path, model: Translated, ontology: Ontology) -> Plant:
    plant = plant_from(path, model.graph, ontology, model.account)
    addresses = {one.id: one.iri or "" for one in plant.entities}
    entities = tuple(_entity(one, model) for one in plant.entities)
    relations = tuple(
        _relation(one, model.media.get((addresses[one.start], addresses[one.end]))) for one in plant.relations
    )
    return replace(plant, entities=entities, relations=relations)


def _entity(entity: Entity, model: Translated) -> Entity:
    iri = entity.iri or ""
    addresses = dict.fromkeys((*entity.addresses, *model.addresses.get(iri, ())))
    return replace(entity, properties={**entity.properties, **model.extras.get(iri, {})}, addresses=tuple(addresses))


def _relation(relation: Relation, medium: str | None) -> Relation:
    if medium is None or relation.kind != "FEEDS":
        return relation
    return replace(relation, properties={"medium": medium, **relation.properties})
