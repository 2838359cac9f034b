"""What an asset, place or point is called for good: its address (IRI) says which it is, its id is what people type.

The id is the last part of the address, and as much of the address before it as tells it from others that end alike: ``AHU_1``, and
``bldgB/AHU_1`` for the one of another namespace that came later. An id that is in the graph stays, whatever comes after it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graph_schema.model import Entity, Plant

_MAX_ID, _MAX_IRI = 200, 1_000  # databases refuse very long keys
_PARTS = re.compile(r"[#/]")


def namespace(iri: str) -> str:
    """What stands before the last part of an address."""
    bare = iri.rstrip("#/")
    return bare[: len(bare) - len(_PARTS.split(bare)[-1])]


def short_ids(iris: Iterable[str]) -> dict[str, str]:
    """An id for each of the addresses of one model: the last part, and of those that end alike as much more as tells them apart."""
    waiting = list(iris)
    ids: dict[str, str] = {}
    depth = 1
    while waiting:
        names = {iri: _tail(iri, depth) for iri in waiting}
        counts = Counter(names.values())
        ids.update({iri: name for iri, name in names.items() if counts[name] == 1 or name == iri})
        waiting = [iri for iri in waiting if iri not in ids]
        depth += 1
    return {iri: _bounded(id_) for iri, id_ in ids.items()}


def longer_ids(iri: str, id_: str) -> Iterator[str]:
    """Ids to take where ``id_`` is that of something else: ever more of the address, then all of it."""
    seen = {id_}
    for depth in range(2, len(_parts(iri)) + 2):
        if (longer := _bounded(_tail(iri, depth))) not in seen and len(longer) > len(id_):
            seen.add(longer)
            yield longer
    yield from (one for one in (_bounded(iri), _with_digest(id_, iri)) if one not in seen)


def _parts(iri: str) -> list[str]:
    return [part for part in _PARTS.split(iri) if part]


def _tail(iri: str, depth: int) -> str:
    parts = _parts(iri)
    return iri if depth > len(parts) else "/".join(parts[-depth:]).removeprefix("urn:")


def kept_iri(iri: str) -> str:
    """The address as the graph keeps it: a very long one is cut, with its digest."""
    return _bounded(iri, _MAX_IRI)


def _bounded(text: str, most: int = _MAX_ID) -> str:
    return text if len(text) <= most else _with_digest(text, text, most)


def _with_digest(text: str, whole: str, most: int = _MAX_ID) -> str:
    return f"{text[: most - 17]}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph has under an id. Without ``iri``: described by hand, or imported before addresses were kept."""

    iri: str | None
    plant: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A plant under the ids that its entities have or get. ``changed`` are those that differ from what the file gives."""

    plant: Plant
    changed: Mapping[str, str] = field(default_factory=dict[str, str])


def clashing(
    plant: Plant, ids_by_iri: Mapping[str, str], known: Mapping[str, Known], own_plants: Collection[str]
) -> list[Entity]:
    """Entities whose address the graph does not know and whose id is that of something else."""
    given = set(ids_by_iri.values())
    return [
        one
        for one in plant.entities
        if one.iri and one.iri not in ids_by_iri and (one.id in given or not _is_free(known.get(one.id), own_plants))
    ]


def settle(
    plant: Plant, ids_by_iri: Mapping[str, str], known: Mapping[str, Known], own_plants: Collection[str]
) -> Identity:
    """Give each entity the id of the node with its address, else one that is free.

    ``known`` are the nodes under the ids that entities have or might get, ``own_plants`` the names under which this plant was
    imported before. A node without an address is the entity of its id where it came with this plant, so that plants which
    were imported before addresses were kept go on. An entity without an address is the node of its id.
    """
    ids = {one.id: ids_by_iri.get(one.iri or "", one.id) for one in plant.entities}
    taken = {*ids.values(), *ids}
    for entity in clashing(plant, ids_by_iri, known, own_plants):
        free = (one for one in longer_ids(entity.iri or "", entity.id) if one not in taken and one not in known)
        ids[entity.id] = next(free)
        taken.add(ids[entity.id])
    changed = {old: new for old, new in ids.items() if old != new}
    return Identity(_renamed(plant, ids), changed) if changed else Identity(plant)


def _is_free(node: Known | None, own_plants: Collection[str]) -> bool:
    """Whether a node may be the entity of its id: there is none, or one whose address nobody knows, of this plant or of none."""
    return node is None or (node.iri is None and (node.plant is None or node.plant in own_plants))


def _renamed(plant: Plant, ids: Mapping[str, str]) -> Plant:
    entities = tuple(replace(one, id=ids[one.id]) for one in plant.entities)
    relations = tuple(replace(one, start=ids[one.start], end=ids[one.end]) for one in plant.relations)
    return replace(plant, entities=entities, relations=relations)


def is_mostly(ids: Collection[str], among: Collection[str]) -> bool:
    """Whether more than half of them are there: a plant whose name changed is still the same plant."""
    return 2 * sum(one in among for one in ids) > len(ids)
