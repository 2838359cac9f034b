"""Brick models as they are met: old class names, missing labels, one of two inverse relations, opaque ids.

The reader keeps what the graph has room for and accounts for everything else in findings.
"""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from graph_schema.errors import InvalidInput
from graph_schema.identity import short_ids
from graph_schema.importers.brick.attributes import ATTRIBUTES
from graph_schema.importers.brick.blank_nodes import name_blank_nodes
from graph_schema.importers.brick.classes import Classes
from graph_schema.importers.brick.names import Naming, Thing
from graph_schema.importers.brick.own_words import as_written
from graph_schema.importers.brick.points import with_telemetry
from graph_schema.importers.brick.schemas import foreign_predicate, schema_of
from graph_schema.importers.brick.terms import UNDERSTOOD, local_name, namespace, statements
from graph_schema.importers.findings import Account
from graph_schema.importers.names import plain_text
from graph_schema.importers.rdf import parse_rdf
from graph_schema.importers.relations import Relations
from graph_schema.model import PLACE_KINDS, Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import Ontology


def read_brick(path: Path, ontology: Ontology) -> Plant:
    """Read a Brick model. Raises ``InvalidInput`` when the file is not what its suffix says or holds nothing of a plant."""
    return plant_from(path, parse_rdf(path), ontology, Account())


def plant_from(path: Path, graph: Graph, ontology: Ontology, account: Account) -> Plant:
    """The plant of a model in Brick's words. Raises ``InvalidInput`` where it holds nothing of one."""
    name_blank_nodes(graph, _home(graph, path))
    classes = Classes(graph, ontology, account)
    things = _things(classes)
    if not things or not classes.is_of_brick():
        raise InvalidInput(_refusal(path, classes.languages()))
    entities = Naming(graph, things, ontology, account).entities()
    entities = with_telemetry(graph, things, entities, account)
    relations = _relations(graph, things, entities, ontology, classes.left_out, account)
    _account_for_the_rest(graph, {thing.node for thing in things}, account)
    entities = _with_full_names(entities, relations)
    return as_written(graph, Plant(_plant_name(entities, path), tuple(entities), relations, account.findings()))


def _home(graph: Graph, path: Path) -> str:
    """The namespace that most of what the model describes is in: what it does not name is told from that of other models by it."""
    own = Counter(namespace(s) for s in graph.subjects(unique=True) if isinstance(s, URIRef) and not schema_of(s))
    return min(own, key=lambda one: (-own[one], one), default=path.name)


def _refusal(path: Path, languages: Counter[str]) -> str:
    """What kind of model it is that cannot be imported, by most of what it describes."""
    name = min(languages, key=lambda one: (-languages[one], one), default=None)
    if name is None or name == "Brick":
        return f"{path} describes no equipment, place or point by a class of Brick. Is it a Brick model?"
    kind = (
        f"a model in the words of {name}" if ":" in name else f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name} model"
    )
    return f"{path} is {kind}, which cannot be imported. Export the building as a Brick model and import that."


def _things(classes: Classes) -> list[Thing]:
    """What the model describes, in a fixed order."""
    nodes = sorted(classes.nodes())
    ids = short_ids([str(node) for node in nodes])
    things: list[Thing] = []
    for node in nodes:
        class_, kind = classes.classify(node, ids[str(node)])
        if kind is not None:
            things.append(Thing(node, ids[str(node)], kind, class_))
    return things


def _relations(
    graph: Graph,
    things: Sequence[Thing],
    entities: Sequence[Entity],
    ontology: Ontology,
    left_out: Container[Node],
    account: Account,
) -> tuple[Relation, ...]:
    known: dict[Node, Entity] = {thing.node: entity for thing, entity in zip(things, entities, strict=True)}
    relations = Relations({entity.id: entity for entity in entities}, account)
    unknown: dict[str, None] = {}
    for kind, start, end in statements(graph):
        if start in known and end in known:
            first = known[start]
            properties = _metered(first, known[end], ontology, account) if kind == "FEEDS" else {}
            relations.add(kind, first.id, known[end].id, **properties)
        elif start in known or end in known:
            other = end if start in known else start
            if other in left_out:
                continue
            unknown["something without a name" if isinstance(other, BNode) else plain_text(local_name(other))] = None
    for name in unknown:
        account.skipped(name, "It is mentioned but nothing says what it is; its relations are left out.")
    return relations.finish()


def _metered(meter: Entity, metered: Entity, ontology: Ontology, account: Account) -> dict[str, Property]:
    """What a meter measures flows through it."""
    if not meter.class_ or "Meter" not in ontology.ancestors(meter.class_):
        return {}
    account.guessed(meter.name, "It is a meter; what it meters is taken to be supplied through it.")
    twin = ontology.twin(meter.class_)
    return {"medium": twin.medium} if twin and twin.medium else {}


def _with_full_names(entities: Sequence[Entity], relations: Sequence[Relation]) -> list[Entity]:
    """Places that share a name are also called by the place around them: "North Hall Floor 1"."""
    by_id = {entity.id: entity for entity in entities}
    around = {
        relation.end: by_id[relation.start].name
        for relation in relations
        if relation.kind == "HAS_PART" and by_id[relation.start].kind in PLACE_KINDS
    }
    shared = Counter(entity.name for entity in entities if entity.kind in PLACE_KINDS)
    finished: list[Entity] = []
    for entity in entities:
        if entity.kind in PLACE_KINDS and shared[entity.name] > 1 and entity.id in around:
            told = entity.properties.get("aliases", [])
            aliases = [*(told if isinstance(told, list) else []), f"{around[entity.id]} {entity.name}"]
            entity = replace(entity, properties={**entity.properties, "aliases": aliases})
        finished.append(entity)
    return finished


def _account_for_the_rest(graph: Graph, known: set[URIRef], account: Account) -> None:
    """Statements about known things that the graph has no place for."""
    counts: Counter[str] = Counter()
    for subject, predicate, value in graph:
        name = plain_text(local_name(predicate))
        understood = name.lower() in UNDERSTOOD | ATTRIBUTES and not foreign_predicate(predicate)
        if subject in known and not understood and not isinstance(value, BNode):
            counts[name] += 1
    for name, count in sorted(counts.items()):
        account.skipped(f"{count} × {name}", "The graph has no place for such statements.")


def _plant_name(entities: Sequence[Entity], path: Path) -> str:
    for kind in ("Site", "Building"):
        if names := sorted(entity.name for entity in entities if entity.kind == kind):
            return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return path.stem
