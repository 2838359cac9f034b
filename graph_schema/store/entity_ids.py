"""Which node of the graph each entity of an import is, looked up; ``graph_schema.identity`` decides."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph_schema.identity import Known, clashing, is_mostly, longer_ids, settle
from graph_schema.model import Plant
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Settled:
    """A plant under the ids that its entities have in the graph, or get there.

    ``plants`` are the names that it was imported under, the present one among them; ``avoided`` are ids of something else which
    an earlier import may have taken for one of its entities.
    """

    plant: Plant
    plants: Collection[str]
    avoided: Sequence[str] = field(default_factory=list[str])


async def settled(graph: GraphStore, plant: Plant) -> Settled:
    found = await _of_addresses(graph, [one.iri for one in plant.entities if one.iri])
    ids_by_iri = {iri: id_ for iri, (id_, _) in found.items()}
    known = await _known(graph, [one.id for one in plant.entities])
    plants = await _own_plants(graph, plant, found, known)
    if clashes := clashing(plant, ids_by_iri, known, plants):
        known |= await _known(graph, [id_ for one in clashes for id_ in longer_ids(one.iri or "", one.id)])
    identity = settle(plant, ids_by_iri, known, plants)
    avoided = [id_ for id_ in identity.changed if id_ in known and known[id_].iri is None]
    return Settled(identity.plant, plants, avoided)


async def _own_plants(
    graph: GraphStore, plant: Plant, found: Mapping[str, tuple[str, str | None]], known: Mapping[str, Known]
) -> set[str]:
    """This plant's name, and those of which it has the greater part: the same plant before its site was called otherwise."""
    stated = {whose for _, whose in found.values()} | {one.plant for one in known.values() if one.iri is None}
    others = {whose for whose in stated if whose} - {plant.name}
    if not others:
        return {plant.name}
    (row,) = await graph.read(_CYPHER["earlier"], plants=sorted(others))
    unnamed = {one.id for one in plant.entities}
    ours = {id_: (iri in found if iri else id_ in unnamed) for id_, _, iri, _ in row["rows"]}
    ids = {other: [id_ for id_, _, _, whose in row["rows"] if whose == other] for other in others}
    return {plant.name} | {other for other in others if is_mostly(ids[other], {id_ for id_ in ids[other] if ours[id_]})}


async def _of_addresses(graph: GraphStore, iris: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for batch in _batches(iris):
        (row,) = await graph.read(_CYPHER["of_addresses"], iris=batch)
        found |= {iri: (id_, whose) for iri, id_, whose in row["rows"]}
    return found


async def _known(graph: GraphStore, ids: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for batch in _batches(ids):
        (row,) = await graph.read(_CYPHER["identities"], ids=batch)
        found |= {id_: Known(iri, whose) for id_, iri, whose in row["rows"]}
    return found


def _batches(rows: Sequence[str]) -> Iterator[list[str]]:
    return (list(rows[start : start + _BATCH]) for start in range(0, len(rows), _BATCH))


_CYPHER = statements("graph_schema.store", "loader.cypher")
