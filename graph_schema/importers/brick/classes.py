"""What the things of a Brick model are: their types, however told, else their names and what they are connected to."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rdflib import RDF, RDFS, BNode, Graph, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.schemas import Vocabulary, schema_of
from graph_schema.importers.brick.terms import NAMES, is_bookkeeping, literals, local_name, namespace, statements
from graph_schema.importers.findings import Account
from graph_schema.importers.names import is_opaque, plain_text, readable
from graph_schema.model import PLACE_KINDS, Kind
from graph_schema.ontology.ontology import Ontology

_ROLE_CLASSES: Mapping[str, str] = {"Point": "Point", "Asset": "Equipment", "Space": "Location"}
_ROLE_WORDS: Mapping[str, str] = {"Point": "a point", "Asset": "equipment", "Space": "a place"}
_GENERAL = frozenset({"Equipment", "Location", "Space", "Point"})  # a name may tell more than these
_GENERAL_POINTS = frozenset({"Point", "Sensor"})  # what every name that ends so is near to

Classified = tuple[str | None, Kind | None]
"""The class and the kind; no kind means that the thing is left out."""


class Classes:
    """Tells the class of each node that the model says something of."""

    def __init__(self, graph: Graph, ontology: Ontology, account: Account) -> None:
        self._graph = graph
        self._ontology = ontology
        self._account = account
        self._words = Vocabulary(graph)
        self._stated = _types(graph)
        self.left_out: set[Node] = set()
        """What the account says is left out."""
        self._types = self._spoken_types()
        self._unread = len(self.left_out)
        self._roles = _roles(graph)
        self._owners = {start for kind, start, _ in statements(graph) if kind == "HAS_POINT"}

    def _spoken_types(self) -> dict[URIRef, list[Node]]:
        """The classes that are read, of what is no word of a vocabulary; the rest is accounted for."""
        spoken: dict[URIRef, list[Node]] = {}
        terms = [node for node in self._stated if self._words.is_term(node)]
        for node in sorted(self._stated.keys() - set(terms)):
            if types := [type_ for type_ in self._stated[node] if self._words.speaks(type_)]:
                spoken[node] = types
            else:
                self.left_out.add(node)
                self._account.skipped(
                    plain_text(local_name(node)),
                    f"Its class is one of {self._language(node)}, which is not read; it is left out.",
                )
        for term in sorted(terms):
            self._account.skipped(
                plain_text(local_name(term)), "It is a word of a vocabulary and no part of the plant."
            )
        return spoken

    def _language(self, node: URIRef) -> str:
        """The vocabulary of a node's classes, or for the model's own words the namespace of the first."""
        types = self._stated[node]
        names = [schema.name for type_ in types if (schema := self._words.schema(type_))]
        return names[0] if names else namespace(min(types, key=str))

    def languages(self) -> Counter[str]:
        """How many subjects are described in each vocabulary."""
        return Counter(self._language(node) for node in self._stated if not self._words.is_term(node))

    def is_of_brick(self) -> bool:
        """Whether the model uses Brick's classes, places that go with Brick, or words of its own that are Brick's for the most part."""
        schemas = [self._words.schema(type_) for types in self._types.values() for type_ in types]
        if any(schema and schema.standing == "read" for schema in schemas):
            return True
        found = [self._best(types) for types in self._types.values()]
        beside = [name for name, is_own in found if not is_own]
        if any(name is None or self._ontology.kind_of(name) not in PLACE_KINDS for name in beside):
            return False
        return 2 * sum(name is not None for name, _ in found) >= len(found) + self._unread

    def _best(self, types: Sequence[Node]) -> tuple[str | None, bool]:
        """A class that is known, and whether the words are the model's own."""
        is_own = all(self._words.schema(type_) is None for type_ in types)
        return next((name for type_ in types if (name := self._known(type_))), None), is_own

    def nodes(self) -> set[URIRef]:
        """Things with a type and points; and what, without a type, has points or a telling name and feeds something."""
        return {
            *self._types,
            *(node for node in self._roles if isinstance(node, URIRef) and self._is_untyped_thing(node)),
        }

    def _is_untyped_thing(self, node: URIRef) -> bool:
        if node in self._stated or self._words.is_term(node):
            return False
        if self._roles[node] != "Asset" or self._graph.value(node, RDF.type) is not None:
            return self._roles[node] == "Point"
        return not is_opaque(local_name(node)) and (node in self._owners or self._by_name(node) is not None)

    def classify(self, node: URIRef, id_: str) -> Classified:
        role = self._roles.get(node)
        types = self._types.get(node, [])
        if not types:
            return self._untyped(node, id_, role)
        known = {name for type_ in types if (name := self._known(type_))}
        known = {
            name
            for name in known
            if not any(name != other and name in self._ontology.ancestors(other) for other in known)
        }
        if known:
            return self._told(node, id_, known)
        return self._unknown(node, id_, types, role)

    def _told(self, node: URIRef, id_: str, known: set[str]) -> Classified:
        class_ = self._together(known) or self._by_tags(node, min(known))
        if len(known) > 1:
            self._account.guessed(id_, f"It has several classes ({', '.join(sorted(known))}); {class_} is taken.")
        closer = self._by_name(node) if class_ in _GENERAL else None
        if closer and closer not in _GENERAL and self._is_below(closer, class_):
            self._account.guessed(id_, f"The model calls it no more than {class_}; by its name it is {closer}.")
            class_ = closer
        return class_, self._ontology.kind_of(class_)

    def _unknown(self, node: URIRef, id_: str, types: Sequence[Node], role: Kind | None) -> Classified:
        names = sorted(plain_text(local_name(type_)) for type_ in types)
        if guess := self._nearest(types, names, role):
            self._account.guessed(id_, f"Brick has no class {' + '.join(names)}; {guess} is the closest.")
            return guess, self._ontology.kind_of(guess)
        if role:
            reason = f"Its class {names[0]} is unknown; what it is connected to shows that it is {_ROLE_WORDS[role]}."
            self._account.guessed(id_, reason)
            return _ROLE_CLASSES[role], role
        self.left_out.add(node)
        self._account.skipped(id_, f"Its class {names[0]} is unknown, and so is anything like it.")
        return None, None

    def _nearest(self, types: Sequence[Node], names: Sequence[str], role: Kind | None) -> str | None:
        """Several unknown classes of Brick's may be one taken apart: ``Chilled_Return_Water`` and ``Temperature``.

        A word of the model's own makes a point only of what something has as a point.
        """
        bricks = any(schema_of(type_) for type_ in types)
        together = "_".join(names)
        apart = len(names) > 1 and bricks
        tried = [together, f"{together}_Sensor", names[0]] if apart else names
        for name in tried:
            found = self._ontology.nearest(name)
            if found is None or (apart and found in _GENERAL_POINTS):
                continue
            if bricks or role == "Point" or self._ontology.kind_of(found) != "Point":
                return found
        return None

    def _untyped(self, node: URIRef, id_: str, role: Kind | None) -> Classified:
        if role == "Point":
            self._account.guessed(
                id_, "The model does not say what it is; something has it as a point, so it is a point."
            )
            return None, role
        if class_ := self._by_name(node):
            self._account.guessed(id_, f"The model does not say what it is; by its name it is {class_}.")
            return class_, self._ontology.kind_of(class_)
        reason = "The model does not say what it is; what it is connected to shows that it is equipment."
        self._account.guessed(id_, reason)
        return _ROLE_CLASSES["Asset"], "Asset"

    def _known(self, type_: Node) -> str | None:
        """The class itself or the nearest that the model's own class hierarchy says it is a kind of.

        A class of the model's own may tell more by its name than by what it is a kind of: ``My_Chilled_Water_Pump`` under
        ``Equipment``.
        """
        seen: set[Node] = set()
        rank: list[Node] = [type_]
        while rank:
            for node in rank:
                if not isinstance(node, BNode) and (name := self._ontology.canonical(local_name(node))):
                    closer = name if node == type_ else self._ontology.nearest(local_name(type_))
                    if closer and self._is_below(closer, name):
                        self._account.guessed(
                            local_name(type_), f"It is a class of the model's own; {closer} is the closest."
                        )
                        return closer
                    return name
            seen.update(rank)
            rank = [above for node in rank for above in self._graph.objects(node, RDFS.subClassOf) if above not in seen]
        return None

    def _is_below(self, name: str, above: str) -> bool:
        return name != above and name in self._ontology.descendants(above)

    def _together(self, known: set[str]) -> str | None:
        """The class whose name several make up: a ``Cooling_Command`` that is a ``Valve_Command``."""
        if len(known) < 2:
            return None
        found = self._ontology.canonical("_".join(sorted(known)))
        return found if found and any(self._is_below(found, name) for name in known) else None

    def _by_tags(self, node: URIRef, class_: str) -> str:
        """A more specific class where tags make up its name, as in models that were once tagged."""
        tags = [
            local_name(tag)
            for predicate, tag in self._graph.predicate_objects(node)
            if local_name(predicate).lower() == "hastag"
        ]
        found = self._ontology.canonical("_".join(sorted(tag for tag in tags if tag not in ("Equipment", "Point"))))
        return found if found and self._is_below(found, class_) else class_

    def _by_name(self, node: URIRef) -> str | None:
        """What the thing's own name says it is, be it "AHU_5" or "Sixth Floor"."""
        told = literals(self._graph, node)
        labels = [texts[0] for key in NAMES if (texts := told.get(key))]
        names = [readable(name) for name in (*labels, local_name(node))]
        for name in (*names, *(re.sub(r"\d", " ", name) for name in names)):
            found = self._ontology.nearest(name)
            if found and self._fits(found, self._roles.get(node)):
                return found
        return None

    def _fits(self, class_: str, role: Kind | None) -> bool:
        """A place may have points and feed what takes its air; nothing but a place has things in it."""
        kind = self._ontology.kind_of(class_)
        if kind == "Point":
            return role in ("Point", None)
        return kind is not None and role != "Point" and (role != "Space" or kind in PLACE_KINDS)


def _types(graph: Graph) -> dict[URIRef, list[Node]]:
    types: dict[URIRef, list[Node]] = defaultdict(list)
    for node, type_ in graph.subject_objects(RDF.type):
        if isinstance(node, URIRef) and not is_bookkeeping(type_):
            types[node].append(type_)
    return dict(types)


def _roles(graph: Graph) -> dict[Node, Kind]:
    """What its relations show a thing to be: a point that something has, a place that something is in, or equipment."""
    roles: dict[Node, Kind] = {}
    for kind, start, end in statements(graph):
        if kind == "HAS_POINT":
            roles[end] = "Point"
        if kind == "LOCATED_IN":
            roles.setdefault(end, "Space")
        if kind in ("FEEDS", "HAS_POINT"):
            roles.setdefault(start, "Asset")
    return roles
