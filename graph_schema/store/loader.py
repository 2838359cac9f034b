"""What an importer read, brought into the graph: idempotent, in batches, with an account of what changed.

A batch is one transaction and may be repeated, so an interrupted load is completed by running it again. Things that an
earlier import of the plant brought and this one lacks stay and are reported; relations of that kind go, because answers
would follow them. Other hands' relations and what ingestion keeps current are left alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from graph_schema.addresses import Way, reaches, way
from graph_schema.errors import InvalidInput
from graph_schema.identity import namespace
from graph_schema.limits import FIELDS, STATED, by_hand, contradiction, settings_of, usual, written
from graph_schema.model import Entity, Finding, Kind, Plant, Property, RelationKind
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.entity_ids import Settled, settled
from graph_schema.store.graph import GraphStore
from graph_schema.store.names import aliases_of, called, renaming

_BATCH = 1000  # rows of one transaction; more gains nothing and less costs round trips
_SHOWN = 5

_KINDS: tuple[Kind, ...] = get_args(Kind)
_RELATION_KINDS: tuple[RelationKind, ...] = get_args(RelationKind)

# What an import decides. A property that the file no longer has is removed; all others belong to somebody else.
_DECLARED = (
    "name", "class", "aliases", "description", "tags", "x", "y", "z", "w", "d", "h", "level", "criticality", "rated_power_kw",
    "support", "installed", "latitude", "longitude", "timezone", "quantity", "unit", "source", "addresses", "plant", "search_text", "called",
    "unassigned", STATED, *FIELDS,
)  # fmt: skip

Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is done (0 to 1)."""


@dataclass(slots=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changed. ``adopted`` points took over readings that had arrived before they were described.

    ``ways`` counts its points by how their readings reach them, each with what the first of them is known as.
    """

    plant: str
    version: int
    entities: Mapping[Kind, Counts]
    relations: Mapping[RelationKind, Counts]
    adopted: int
    findings: tuple[Finding, ...]
    ways: Mapping[Way, tuple[int, str]] = field(default_factory=dict[Way, tuple[int, str]])


@dataclass(slots=True)
class _Change:
    """What is to be done, decided before anything is written."""

    entities: dict[Kind, Counts] = field(default_factory=dict[Kind, Counts])
    relations: dict[RelationKind, Counts] = field(default_factory=dict[RelationKind, Counts])
    add: list[tuple[Kind, dict[str, Any]]] = field(default_factory=list[tuple[Kind, dict[str, Any]]])
    classify: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    relate: list[tuple[RelationKind, dict[str, Any]]] = field(default_factory=list[tuple[RelationKind, dict[str, Any]]])
    unrelate: list[tuple[RelationKind, dict[str, Any]]] = field(
        default_factory=list[tuple[RelationKind, dict[str, Any]]]
    )
    adopt: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    findings: list[Finding] = field(default_factory=list[Finding])


async def load_plant(
    graph: GraphStore, ontology: Ontology, plant: Plant, on_progress: Progress | None = None
) -> ImportReport:
    """Bring a plant into the graph. Raises ``InvalidInput``, with nothing written, when a thing would change its kind."""
    await load_classes(graph, ontology)
    found = await settled(graph, plant)
    plant = found.plant
    change = _Change()
    await _compare_entities(graph, ontology, found, change)
    await _compare_relations(graph, found, change)
    change.adopt = await _adoptions(graph, plant)
    await _write(graph, change, on_progress or _unheard)
    ((version),) = [row["version"] for row in await graph.write(_text("bump_version"))]
    return ImportReport(
        plant=plant.name,
        version=version,
        entities=change.entities,
        relations=change.relations,
        adopted=len(change.adopt),
        findings=(*plant.findings, *change.findings),
        ways=_ways(plant),
    )


def _ways(plant: Plant) -> dict[Way, tuple[int, str]]:
    found: dict[Way, tuple[int, str]] = {}
    for entity in plant.entities:
        if entity.kind == "Point":
            source = entity.properties.get("source")
            known_as = [*([source] if isinstance(source, str) else []), *entity.addresses]
            its = way(known_as)
            count, first = found.get(its, (0, next(iter(known_as), "")))
            found[its] = (count + 1, first)
    return found


async def _compare_entities(graph: GraphStore, ontology: Ontology, found: Settled, change: _Change) -> None:
    plant = found.plant
    known = await _existing(graph, [entity.id for entity in plant.entities])
    _refuse_changed_kinds(plant, known)
    shared: dict[str, list[str]] = {}
    owners = _owner_classes(plant)
    for entity in plant.entities:
        counts = change.entities.setdefault(entity.kind, Counts())
        before = known.get(entity.id)
        wanted = _declared(entity, plant.name)
        if entity.kind == "Point":
            wanted["source"] = _source(entity, before[1] if before else {})
            wanted |= _limits(entity, before[1] if before else {}, ontology, owners.get(entity.id))
            if wrong := contradiction(wanted):
                reason = f"Its limits, some of them set by hand, contradict each other: {wrong}. `plantroom limits reset` takes the file's."
                change.findings.append(Finding(entity.name, reason, "guessed"))
        if before is None:
            counts.created += 1
        elif all(before[1].get(key) == value for key, value in wanted.items()):
            counts.unchanged += 1
            continue
        else:
            counts.updated += 1
            other = before[1].get("plant")
            if other and other not in found.plants and not entity.iri:
                shared.setdefault(other, []).append(entity.name)
        row: dict[str, Any] = {"id": entity.id, "properties": wanted}
        change.add.append((entity.kind, row))
        if before is None or before[1].get("class") != entity.class_:
            change.classify.append({"id": entity.id, "class": entity.class_})
        aliases = aliases_of(wanted["aliases"])
        if aliases != (aliases_of(before[1].get("aliases")) if before else []):
            row["aliases"] = aliases
    for other, names in shared.items():
        reason = f"An earlier import of {other} brought something of this id; the two are taken for one."
        change.findings.append(Finding(_listed(names), reason, "guessed"))
    await _report_vanished(graph, found, change)


def _refuse_changed_kinds(plant: Plant, known: Mapping[str, tuple[Kind, Mapping[str, Any]]]) -> None:
    changed = [
        f"“{entity.id}” is of kind {known[entity.id][0]} in the graph and of kind {entity.kind} here"
        for entity in plant.entities
        if entity.id in known and known[entity.id][0] != entity.kind
    ]
    if changed:
        raise InvalidInput(
            f"Nothing is imported, because a thing cannot change its kind: {'; '.join(changed[:_SHOWN])}. Give it another id."
        )


async def _existing(graph: GraphStore, ids: Sequence[str]) -> dict[str, tuple[Kind, Mapping[str, Any]]]:
    found: dict[str, tuple[Kind, Mapping[str, Any]]] = {}
    for batch in _batches(ids):
        (row,) = await graph.read(_text("existing"), ids=batch)
        for labels, properties in row["rows"]:
            found[properties["id"]] = (kind_of_labels(labels), properties)
    return found


def kind_of_labels(labels: Sequence[str]) -> Kind:
    """The kind among a node's labels."""
    return next(kind for kind in _KINDS if kind in labels)


def _declared(entity: Entity, plant: str) -> dict[str, Property | None]:
    """All that an import decides; None removes."""
    own: dict[str, Property | None] = dict.fromkeys(_DECLARED)
    own.update(entity.properties)
    own["addresses"] = list(entity.addresses) or None
    own.update({"iri": entity.iri} if entity.iri else {})  # a description by hand takes no address away
    own.update({"name": entity.name, "class": entity.class_, "plant": plant})
    own.update({"search_text": search_text(entity), "called": called(entity.name)})
    return own


def _source(entity: Entity, before: Mapping[str, Any]) -> Property | None:
    """Where its history is kept: the address that its readings came under stays as long as it is one of its addresses, and one
    that a person gave it as long as the model states none."""
    stated, held = entity.properties.get("source"), before.get("source")
    if not stated and held and held == before.get("source_by_hand"):
        return held
    given = stated if isinstance(stated, str) else None
    return held if held and held != given and reaches(held, given, entity.addresses) else given


def _limits(
    entity: Entity, before: Mapping[str, Any], ontology: Ontology, owner: str | None
) -> dict[str, Property | None]:
    """What holds at a point: what people set by hand stays, whatever the import states."""
    quantity = entity.properties.get("quantity")
    library = usual(ontology, owner, quantity if isinstance(quantity, str) else None)
    return dict(written(by_hand(before), settings_of(entity.properties), library))


def _owner_classes(plant: Plant) -> dict[str, str | None]:
    """By point the class of what it belongs to."""
    classes = {entity.id: entity.class_ for entity in plant.entities}
    return {one.end: classes.get(one.start) for one in plant.relations if one.kind == "HAS_POINT"}


def search_text(entity: Entity) -> str:
    """What full-text search looks through: name, aliases and id, in lower case."""
    aliases = entity.properties.get("aliases", [])
    words = [entity.name, *(aliases if isinstance(aliases, list) else []), entity.id]
    return " ".join(dict.fromkeys(word.lower() for word in words))


async def _report_vanished(graph: GraphStore, found: Settled, change: _Change) -> None:
    """Two models may have a site of one name: what is in other namespaces is not looked for."""
    ids = {entity.id for entity in found.plant.entities}
    spaces = {namespace(entity.iri) for entity in found.plant.entities if entity.iri}
    (row,) = await graph.read(_text("earlier"), plants=sorted(found.plants))
    gone = [name for id_, name, iri, _ in row["rows"] if id_ not in ids and (not iri or namespace(iri) in spaces)]
    if gone:
        reason = "An earlier import of this plant brought it and this one does not; it stays in the graph."
        change.findings.append(Finding(_listed(sorted(gone)), reason))


async def _compare_relations(graph: GraphStore, found: Settled, change: _Change) -> None:
    plant = found.plant
    existing = await _existing_relations(graph, [*(entity.id for entity in plant.entities), *found.avoided])
    for kind in _RELATION_KINDS:
        wanted = {(r.start, r.end): {**r.properties, "plant": plant.name} for r in plant.relations if r.kind == kind}
        known = existing[kind]
        counts = Counts()
        for (start, end), properties in wanted.items():
            before = known.get((start, end))
            if before == properties:
                counts.unchanged += 1
                continue
            counts.created += before is None
            counts.updated += before is not None
            cleared = dict.fromkeys(before or {})
            row = {"start": start, "end": end, "properties": {**cleared, **properties}}
            change.relate.append((kind, row))
        for (start, end), properties in known.items():
            if (start, end) not in wanted and properties.get("plant") in found.plants:
                counts.removed += 1
                change.unrelate.append((kind, {"start": start, "end": end}))
        if wanted or counts.removed:
            change.relations[kind] = counts


async def _existing_relations(
    graph: GraphStore, ids: Sequence[str]
) -> dict[RelationKind, dict[tuple[str, str], Mapping[str, Any]]]:
    text = _text("relations").replace("RELATIONS", "|".join(_RELATION_KINDS))
    found: dict[RelationKind, dict[tuple[str, str], Mapping[str, Any]]] = {kind: {} for kind in _RELATION_KINDS}
    for batch in _batches(ids):
        (row,) = await graph.read(text, ids=batch)
        for kind, start, end, properties in row["rows"]:
            found[kind][start, end] = properties
    return found


async def _adoptions(graph: GraphStore, plant: Plant) -> list[dict[str, Any]]:
    """Pairs of a described point and the placeholder that has had its readings so far."""
    described = {str(e.properties["source"]): e.id for e in plant.entities if e.properties.get("source")}
    return [
        {"id": described[row["source"]], "placeholder": row["id"]}
        for row in await graph.read(_text("placeholders"))
        if row["source"] in described and described[row["source"]] != row["id"]
    ]


async def _write(graph: GraphStore, change: _Change, on_progress: Progress) -> None:
    total = len(change.add)
    done = 0
    for kind in _KINDS:
        text = _text("add_entities").replace("KIND", kind)
        for batch in _batches([row for found, row in change.add if found == kind]):
            renamed = [{"id": row["id"], "aliases": row["aliases"]} for row in batch if "aliases" in row]
            named = renaming(renamed) if renamed else []
            await graph.write_all([(text, {"rows": batch}), (_text("describe_entities"), {"rows": batch}), *named])
            done += len(batch)
            on_progress("Loading things", done / total)
    for batch in _batches(change.classify):
        classified = [row for row in batch if row["class"]]
        await graph.write_all([(_text("declassify"), {"rows": batch}), (_text("classify"), {"rows": classified})])
    for batch in _batches(change.adopt):
        names = ("adopt", "adopt_devices", "drop_placeholders")
        await graph.write_all([(_text(name), {"rows": batch}) for name in names])
    await _write_relations(graph, change, on_progress)


async def _write_relations(graph: GraphStore, change: _Change, on_progress: Progress) -> None:
    done = 0
    for kind in _RELATION_KINDS:
        for name, rows in (("drop_relations", change.unrelate), ("add_relations", change.relate)):
            text = _text(name).replace("RELATION", kind)
            for batch in _batches([row for found, row in rows if found == kind]):
                await graph.write(text, rows=batch)
                done += len(batch)
                on_progress("Loading relations", done / (len(change.relate) + len(change.unrelate)))


async def load_classes(graph: GraphStore, ontology: Ontology) -> bool:
    """Write the ontology's classes and their hierarchy unless the graph has this version of them; whether it did."""
    blocks = statements("graph_schema.store", "classes.cypher")
    if [row["version"] for row in await graph.read(blocks["loaded"])] == [ontology.version]:
        return False
    rows = [
        {"id": c.name, "label": c.label, "definition": c.definition, "kind": c.kind} for c in ontology.classes.values()
    ]
    links = [{"id": c.name, "parent": parent} for c in ontology.classes.values() for parent in c.parents]
    for batch in _batches(rows):
        await graph.write(blocks["add_classes"], rows=batch)
    await graph.write(blocks["unlink_classes"])
    for batch in _batches(links):
        await graph.write(blocks["link_classes"], rows=batch)
    await graph.write(blocks["remember"], version=ontology.version)
    return True


def _unheard(sentence: str, share: float) -> None:
    del sentence, share


_Row = TypeVar("_Row")


def _batches(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def _text(name: str) -> str:
    return statements("graph_schema.store", "loader.cypher")[name]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
