"""A plant as an import would bring it, read back from the graph: what its models said, and what was learnt since of addresses, units and limits."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.limits import FIELDS, by_hand, stated
from graph_schema.model import Entity, Plant, Property, Relation, RelationKind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import kind_of_labels

_CYPHER = statements("graph_schema.store", "described_plant.cypher")
_RELATION_KINDS: tuple[RelationKind, ...] = get_args(RelationKind)
_PROPERTIES = (
    "aliases", "description", "tags", "x", "y", "z", "w", "d", "h", "level", "criticality", "rated_power_kw", "support", "installed", "latitude", "longitude",
    "timezone", "area", "volume", "manufacturer", "model", "serial_number", "quantity", "unit", "source", "series_kind", "rollover", "stamp", "range_low", "range_high",
)  # fmt: skip


async def plant_names(graph: GraphStore) -> Sequence[str]:
    """The plants that were imported, the largest first. Raises ``Unavailable``."""
    return [row["plant"] for row in await graph.read(_CYPHER["plants"])]


async def described_plant(graph: GraphStore, name: str | None = None) -> Plant:
    """The plant of this name, or the only one. Raises ``NotFound``, and ``InvalidInput`` where there are several to choose from."""
    known = await plant_names(graph)
    if not known:
        raise NotFound("There is no plant in the graph yet. `plantroom import` brings one in.")
    if name is None and len(known) > 1:
        raise InvalidInput(f"There are several plants; say which: {', '.join(f'“{one}”' for one in known)}.")
    if name is not None and name not in known:
        raise NotFound(f"There is no plant “{name}”. There is {', '.join(f'“{one}”' for one in known)}.")
    wanted = name or known[0]
    entities = [_entity(row) for row in await graph.read(_CYPHER["entities"], plant=wanted)]
    text = _CYPHER["relations"].replace("RELATIONS", "|".join(_RELATION_KINDS))
    rows = await graph.read(text, plant=wanted)
    return Plant(wanted, tuple(entities), tuple(map(_relation, rows)))


def _entity(row: Mapping[str, Any]) -> Entity:
    own: Mapping[str, Any] = row["properties"]
    properties: dict[str, Property] = {name: own[name] for name in _PROPERTIES if own.get(name) is not None}
    kind = kind_of_labels(row["labels"])
    if kind == "Point":
        properties |= _limits(own)
    return Entity(
        own["id"], kind, own["name"], own.get("class"), properties, own.get("iri"), tuple(own.get("addresses") or ())
    )


def _limits(own: Mapping[str, Any]) -> dict[str, Property]:
    """As the models state them, and over that as people set them. What the twin library says goes without saying."""
    found = {**stated(own), **by_hand(own)}
    return {name: value for name in FIELDS if (value := found.get(name)) is not None}


def _relation(row: Mapping[str, Any]) -> Relation:
    properties = {name: value for name, value in row["properties"].items() if name != "plant" and value is not None}
    return Relation(row["kind"], row["start"], row["end"], properties)
