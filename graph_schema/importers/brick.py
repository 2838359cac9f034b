"""Brick models as they are met: old class names, missing labels, one of two inverse relations, opaque ids.

The reader knows predicates by their local names, whatever version's namespace they come from. It keeps what the graph has room
for and accounts for everything else in findings.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from graph_schema.errors import InvalidInput
from graph_schema.importers.findings import Account
from graph_schema.importers.naming import floor_level, is_opaque, letters, readable
from graph_schema.importers.relations import Relations
from graph_schema.importers.units import unit_symbol
from graph_schema.model import Entity, Kind, Plant, Property, RelationKind
from graph_schema.ontology import Ontology

RDF_SUFFIXES = {".ttl": "turtle", ".n3": "n3", ".nt": "nt", ".rdf": "xml", ".owl": "xml", ".jsonld": "json-ld"}

# By local name, without case: the relation and whether the subject is its end.
_RELATIONS: Mapping[str, tuple[RelationKind, bool]] = {
    "feeds": ("FEEDS", False), "feedsair": ("FEEDS", False), "isfedby": ("FEEDS", True),
    "haspart": ("HAS_PART", False), "contains": ("HAS_PART", False), "ispartof": ("HAS_PART", True),
    "haslocation": ("LOCATED_IN", False), "locatedin": ("LOCATED_IN", False), "islocatedin": ("LOCATED_IN", False),
    "islocationof": ("LOCATED_IN", True),
    "haspoint": ("HAS_POINT", False), "ispointof": ("HAS_POINT", True),
}  # fmt: skip
_NAMES = ("label", "preflabel", "name", "displayname", "title", "hasname", "object-name", "objectname")
_OTHER_NAMES = ("altlabel", "alias", "alternatename")
_DESCRIPTIONS = ("definition", "comment", "description")
_SOURCES = ("hastimeseriesid", "timeseriesid", "timeseries_id", "stream_id", "streamid", "timeseries")
_REFERENCES = ("hasexternalreference", "timeseries", "hastimeseriesreference")
_LEVELS = ("levelnumber", "haslevelnumber", "floornumber")
_TYPE_NAMESPACES_IGNORED = (str(OWL), str(RDFS), "http://www.w3.org/ns/shacl#", "http://www.w3.org/2004/02/skos/core#")
_UNDERSTOOD = frozenset(
    (
        *_RELATIONS,
        *_NAMES,
        *_OTHER_NAMES,
        *_DESCRIPTIONS,
        *_SOURCES,
        *_REFERENCES,
        *_LEVELS,
        "hasunit",
        "hastag",
        "type",
        "value",
    )
)


@dataclass(frozen=True, slots=True)
class _Thing:
    """A node of the model with what its type tells."""

    node: URIRef
    id: str
    kind: Kind
    class_: str | None


def read_brick(path: Path, ontology: Ontology) -> Plant:
    """Read a Brick model. Raises ``InvalidInput`` when the file is not what its suffix says."""
    graph = _parse(path)
    account = Account()
    things = _things(graph, ontology, account)
    entities = _Naming(graph, things, ontology, account).entities()
    entities = _with_sources(graph, things, entities, account)
    relations = Relations({entity.id: entity for entity in entities}, account)
    ids: dict[Node, str] = {thing.node: thing.id for thing in things}
    unknown: dict[Node, None] = {}
    for kind, start, end in _statements(graph):
        if start in ids and end in ids:
            relations.add(kind, ids[start], ids[end])
        elif start in ids or end in ids:
            unknown[end if start in ids else start] = None
    for node in unknown:
        account.skipped(_local(node), "It is mentioned but nothing says what it is; its relations are left out.")
    _account_for_the_rest(graph, set(ids), account)
    found = relations.finish()
    return Plant(_plant_name(entities, path), tuple(entities), found, account.findings())


def _parse(path: Path) -> Graph:
    try:
        return Graph().parse(path, format=RDF_SUFFIXES.get(path.suffix.lower(), "turtle"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:  # rdflib's parsers raise whatever their grammar raises
        raise InvalidInput(f"{path} is not a well-formed RDF file: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _things(graph: Graph, ontology: Ontology, account: Account) -> list[_Thing]:
    """What the model describes, in a fixed order."""
    types: dict[URIRef, list[Node]] = defaultdict(list)
    for node, type_ in graph.subject_objects(RDF.type):
        if isinstance(node, URIRef) and not str(type_).startswith(_TYPE_NAMESPACES_IGNORED):
            types[node].append(type_)
    roles = _roles(graph)
    for node, role in roles.items():
        if role == "Point" and isinstance(node, URIRef):
            types.setdefault(node, [])
    ids = _ids(sorted(types))
    things: list[_Thing] = []
    for node in sorted(types):
        class_, kind = _classify(graph, ids[node], types[node], roles.get(node), ontology, account)
        if kind is not None:
            things.append(_Thing(node, ids[node], kind, class_))
    return things


def _roles(graph: Graph) -> dict[Node, Kind]:
    """What its relations show a thing to be: a point that something has, or the equipment that feeds or has one."""
    roles: dict[Node, Kind] = {}
    for kind, start, end in _statements(graph):
        if kind in ("FEEDS", "HAS_POINT"):
            roles.setdefault(start, "Asset")
        if kind == "HAS_POINT":
            roles[end] = "Point"
    return roles


def _classify(
    graph: Graph, id_: str, types: list[Node], role: Kind | None, ontology: Ontology, account: Account
) -> tuple[str | None, Kind | None]:
    if not types:
        account.guessed(id_, "The model does not say what it is; something has it as a point, so it is a point.")
        return None, role
    known = {name for type_ in types if (name := _known_class(graph, type_, ontology))}
    known = {name for name in known if not any(name != other and name in ontology.ancestors(other) for other in known)}
    if known:
        class_ = min(known)
        if len(known) > 1:
            account.guessed(id_, f"It has several classes ({', '.join(sorted(known))}); {class_} is taken.")
        return class_, ontology.kind_of(class_)
    name = min(_local(type_) for type_ in types)
    if guess := ontology.nearest(name):
        account.guessed(id_, f"Brick has no class {name}; {guess} is the closest.")
        return guess, ontology.kind_of(guess)
    if role:
        taken = "a point" if role == "Point" else "equipment"
        account.guessed(id_, f"Its class {name} is unknown; what it is connected to shows that it is {taken}.")
        return ("Point" if role == "Point" else "Equipment"), role
    account.skipped(id_, f"Its class {name} is unknown, and so is anything like it.")
    return None, None


def _known_class(graph: Graph, type_: Node, ontology: Ontology) -> str | None:
    """The class itself or the nearest that the model's own class hierarchy says it is a kind of."""
    seen: set[Node] = set()
    rank: list[Node] = [type_]
    while rank:
        for node in rank:
            if isinstance(node, URIRef) and (name := ontology.canonical(_local(node))):
                return name
        seen.update(rank)
        rank = [above for node in rank for above in graph.objects(node, RDFS.subClassOf) if above not in seen]
    return None


def _statements(graph: Graph) -> Iterator[tuple[RelationKind, Node, Node]]:
    """Every statement that is a relation, turned forward, in a fixed order."""
    for predicate in sorted(set(graph.predicates()), key=str):
        relation = _RELATIONS.get(_local(predicate).lower())
        if relation:
            kind, turned = relation
            for subject, object_ in sorted(graph.subject_objects(predicate), key=str):
                yield (kind, object_, subject) if turned else (kind, subject, object_)


def _ids(nodes: Iterable[URIRef]) -> dict[URIRef, str]:
    """Local names; where two nodes share one, as much of their addresses before it as tells them apart."""
    waiting = list(nodes)
    ids: dict[URIRef, str] = {}
    depth = 1
    while waiting:
        names = {node: _tail(node, depth) for node in waiting}
        counts = Counter(names.values())
        ids.update({node: name for node, name in names.items() if counts[name] == 1 or name == str(node)})
        waiting = [node for node in waiting if node not in ids]
        depth += 1
    return ids


def _tail(node: URIRef, depth: int) -> str:
    parts = [part for part in re.split(r"[#/]", str(node)) if part]
    return str(node) if depth > len(parts) else "/".join(parts[-depth:]).removeprefix("urn:")


def _local(node: Node) -> str:
    return re.split(r"[#/]", str(node).rstrip("#/"))[-1]


class _Naming:
    """Entities with names: the model's own words, else its identifiers made readable, else the class and a number."""

    def __init__(self, graph: Graph, things: list[_Thing], ontology: Ontology, account: Account) -> None:
        self._graph = graph
        self._things = {thing.node: thing for thing in things}
        self._ontology = ontology
        self._account = account
        self._literals = {thing.node: _literals(graph, thing.node) for thing in things}
        self._names: dict[URIRef, str] = {}
        self._owners = self._find_owners()

    def entities(self) -> list[Entity]:
        for node, thing in self._things.items():
            if name := self._told_name(thing):
                self._names[node] = name
        for node in [node for node in self._things if node not in self._names]:
            self._name_by_class(node)
        return [self._entity(thing) for thing in self._things.values()]

    def _told_name(self, thing: _Thing) -> str | None:
        literals = self._literals[thing.node]
        told = next((literals[key][0] for key in _NAMES if literals.get(key)), None)
        if told and not is_opaque(told):
            return " ".join(told.split())
        local = _local(thing.node)
        if is_opaque(local):
            return None
        name = readable(local)
        return name if re.search(r"[^\W\d]", name) or not thing.class_ else f"{self._label(thing)} {name}"

    def _label(self, thing: _Thing) -> str:
        label = self._ontology.classes[thing.class_].label if thing.class_ else thing.kind
        return label.removesuffix(" Sensor") if thing.kind == "Point" and label != "Sensor" else label

    def _find_owners(self) -> dict[URIRef, URIRef]:
        """What a point or a part is named after: the one thing that has it (equipment before places)."""
        having: dict[URIRef, set[URIRef]] = defaultdict(set)
        for kind, start, end in _statements(self._graph):
            if kind in ("HAS_POINT", "HAS_PART") and start in self._things and end in self._things:
                having[URIRef(str(end))].add(URIRef(str(start)))
        owners: dict[URIRef, URIRef] = {}
        for node, candidates in having.items():
            if self._things[node].kind not in ("Asset", "Point"):
                continue
            assets = [c for c in candidates if self._things[c].kind == "Asset"]
            choice = sorted(assets or candidates)
            if len(choice) == 1 or (choice and self._things[node].kind == "Point"):
                owners[node] = choice[0]
        return owners

    def _name_by_class(self, node: URIRef, *below: URIRef) -> None:
        """Owners first, so that "AHU 1" is there before "AHU 1 Supply Fan"."""
        if node in self._names:
            return
        thing, owner = self._things[node], self._owners.get(node)
        if owner in below:
            owner = None
        if owner:
            self._name_by_class(owner, node, *below)
        first = f"{self._names[owner]} {self._label(thing)}" if owner else self._label(thing)
        if thing.kind == "Point" and (details := self._details(node)):
            first = f"{first} {details}"
        self._names[node] = self._numbered(thing, first, owned=owner is not None)
        if thing.kind != "Point":
            reason = "The model gives it no name; ours is its class and a number"
            own = ", a letter where a number would claim to be the floor's" if thing.kind == "Floor" else ""
            self._account.guessed(self._names[node], f"{reason}{own}.")

    def _numbered(self, thing: _Thing, first: str, owned: bool) -> str:
        taken = set(self._names.values())
        if owned and first not in taken:
            return first
        if thing.kind == "Floor" and sum(other.class_ == thing.class_ for other in self._things.values()) == 1:
            return first
        number = 1
        while (name := f"{first} {letters(number) if thing.kind == 'Floor' else number}") in taken:
            number += 1
        return name

    def _details(self, node: URIRef) -> str:
        """Values of the model's entity properties, such as the phase: "net real ABC"."""
        return " ".join(
            str(value)
            for predicate, holder in sorted(self._graph.predicate_objects(node))
            if isinstance(holder, BNode) and _local(predicate).lower() not in (*_REFERENCES, "hasunit")
            for key, value in self._graph.predicate_objects(holder)
            if _local(key).lower() == "value" and not str(value).isdigit()
        )

    def _entity(self, thing: _Thing) -> Entity:
        literals = self._literals[thing.node]
        name, local = self._names[thing.node], _local(thing.node)
        aliases = [text for key in (*_NAMES, *_OTHER_NAMES) for text in literals.get(key, [])]
        aliases += [] if is_opaque(local) else [local, readable(local)]
        properties: dict[str, Property] = {}
        if aliases := [alias for alias in dict.fromkeys(aliases) if alias != name and not is_opaque(alias)]:
            properties["aliases"] = aliases
        if description := next((literals[key][0] for key in _DESCRIPTIONS if literals.get(key)), None):
            properties["description"] = description
        if tags := sorted(
            _local(o) for p, o in self._graph.predicate_objects(thing.node) if _local(p).lower() == "hastag"
        ):
            properties["tags"] = tags
        if thing.kind == "Floor":
            properties.update(self._level(thing, name))
        if thing.kind == "Point" and thing.class_:
            properties["quantity"] = self._ontology.quantity(thing.class_)
        return Entity(thing.id, thing.kind, name, thing.class_, properties)

    def _level(self, thing: _Thing, name: str) -> dict[str, Property]:
        told = next(
            (self._literals[thing.node][key][0] for key in _LEVELS if self._literals[thing.node].get(key)), None
        )
        level = floor_level(told or name)
        return {} if level is None else {"level": level}


def _literals(graph: Graph, node: Node) -> dict[str, list[str]]:
    """The node's literal values by the local name of their predicate, English ones first."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for predicate, value in graph.predicate_objects(node):
        if isinstance(value, Literal) and str(value).strip():
            found[_local(predicate).lower()].append((not (value.language or "en").startswith("en"), str(value).strip()))
    return {key: [text for _, text in sorted(values)] for key, values in found.items()}


def _with_sources(graph: Graph, things: list[_Thing], entities: list[Entity], account: Account) -> list[Entity]:
    """Points with the address of their telemetry and their unit, where the model tells them."""
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
    literals = _literals(graph, node)
    if direct := next((literals[key][0] for key in _SOURCES if literals.get(key)), None):
        return direct
    for predicate, reference in sorted(graph.predicate_objects(node), key=str):
        if _local(predicate).lower() in _REFERENCES and not isinstance(reference, Literal):
            inner = _literals(graph, reference)
            if found := next((inner[key][0] for key in _SOURCES if inner.get(key)), None):
                return found
    return None


def _unit(graph: Graph, node: Node) -> dict[str, Property]:
    for predicate, value in graph.predicate_objects(node):
        if _local(predicate).lower() != "hasunit":
            continue
        if isinstance(value, BNode):
            value = next((v for p, v in graph.predicate_objects(value) if _local(p).lower() == "value"), value)
        if not isinstance(value, BNode):
            return {"unit": unit_symbol(_local(value) if isinstance(value, URIRef) else str(value))}
    return {}


def _account_for_the_rest(graph: Graph, known: set[Node], account: Account) -> None:
    """Statements about known things that the graph has no place for."""
    counts: Counter[str] = Counter()
    for subject, predicate, value in graph:
        name = _local(predicate)
        if subject in known and name.lower() not in _UNDERSTOOD and not isinstance(value, BNode):
            counts[name] += 1
    for name, count in sorted(counts.items()):
        account.skipped(f"{count} × {name}", "The graph has no place for such statements.")


def _plant_name(entities: list[Entity], path: Path) -> str:
    for kind in ("Site", "Building"):
        if names := sorted(entity.name for entity in entities if entity.kind == kind):
            return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return path.stem
