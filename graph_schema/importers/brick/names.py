"""Names for the things of a Brick model: its own words, else its identifiers made readable, else the class and a number."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import BNode, Graph, URIRef

from graph_schema.identity import kept_iri
from graph_schema.importers.brick.attributes import attributes
from graph_schema.importers.brick.terms import (
    DESCRIPTIONS,
    LEVELS,
    NAMES,
    OTHER_NAMES,
    REFERENCES,
    UNITS,
    literals,
    local_name,
    statements,
)
from graph_schema.importers.findings import Account
from graph_schema.importers.names import (
    MAX_DESCRIPTION,
    MAX_NAME,
    floor_level,
    is_opaque,
    letters,
    plain_text,
    readable,
    without_reference,
)
from graph_schema.model import Entity, Kind, Property
from graph_schema.ontology.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the model with what its type tells."""

    node: URIRef
    id: str
    kind: Kind
    class_: str | None


_FLOOR_CODE = re.compile(r"(f|fl|l|lvl|floor)[-_. ]?\d{1,3}|\d{1,3}[-_. ]?floor", re.IGNORECASE)


class Naming:
    """Makes entities of things. A thing that nothing names is called after what has it."""

    def __init__(self, graph: Graph, things: Sequence[Thing], ontology: Ontology, account: Account) -> None:
        self._graph = graph
        self._things = {thing.node: thing for thing in things}
        self._ontology = ontology
        self._account = account
        self._literals = {thing.node: literals(graph, thing.node) for thing in things}
        self._names: dict[URIRef, str] = {}
        self._shared: frozenset[str] = frozenset()
        self._taken: set[str] = set()
        self._last_number: dict[str, int] = {}
        self._owners = self._find_owners()

    def entities(self) -> list[Entity]:
        told = {node: name for node, thing in self._things.items() if (name := self._told_name(thing))}
        self._shared = _shared(told)
        for node in told:
            self._give(node, self._distinct(node, told))
        for node in self._things:
            if node not in self._names:
                self._name_by_class(node)
        return [self._entity(thing) for thing in self._things.values()]

    def _give(self, node: URIRef, name: str) -> None:
        self._names[node] = name
        self._taken.add(name)

    def _distinct(self, node: URIRef, told: Mapping[URIRef, str], depth: int = 4) -> str:
        """A name that several things have goes behind that of what has the thing, else behind the address before it."""
        thing, name = self._things[node], told[node]
        if name.casefold() not in self._shared or node in self._names:
            return self._names.get(node, name)
        owner = self._owners.get(node)
        if owner and owner in told and depth:
            return self._short(thing, self._behind(self._distinct(owner, told, depth - 1), name, thing))
        return name if self._label_of_model(thing) else self._short(thing, self._by_address(thing, name))

    def _behind(self, owner: str, name: str, thing: Thing) -> str:
        if name.casefold() == owner.casefold():
            return f"{owner} {self._label(thing)}"
        return name if name.casefold().startswith(owner.casefold()) else f"{owner} {name}"

    def _by_address(self, thing: Thing, name: str) -> str:
        """``vavs/9/vav`` is "VAV 9", ``EF-8/Zone_Temp`` is "EF-8 Zone Temp"."""
        before = [plain_text(part) for part in re.split(r"[#/]", str(thing.node).rstrip("#/"))[:-1]]
        if not before or is_opaque(before[-1]) or ":" in before[-1]:
            return name
        if name.casefold() == self._label(thing).casefold() and re.search(r"\d", before[-1]):
            return f"{name} {before[-1]}"
        told = before[-2:] if len(before) > 1 and not re.search(r"[^\W\d]", before[-1]) else before[-1:]
        return f"{' '.join(readable(part) for part in told)} {name}"

    def _label_of_model(self, thing: Thing) -> str | None:
        told = next((texts[0] for key in NAMES if (texts := self._literals[thing.node].get(key))), None)
        return without_reference(told) if told and not is_opaque(told) else None

    def _told_name(self, thing: Thing) -> str | None:
        if told := self._label_of_model(thing):
            return self._short(thing, told)
        local = without_reference(plain_text(local_name(thing.node)))
        if is_opaque(local):
            return None
        if thing.kind == "Floor" and _FLOOR_CODE.fullmatch(local):
            return f"{self._label(thing)} {floor_level(local)}"
        name = self._short(thing, readable(local))
        return name if re.search(r"[^\W\d]", name) or not thing.class_ else f"{self._label(thing)} {name}"

    def _short(self, thing: Thing, name: str) -> str:
        if len(name) <= MAX_NAME:
            return name
        reason = f"Its name has more than {MAX_NAME} characters; it is cut there."
        self._account.guessed(f"{name[:20]}… ({self._label(thing)})", reason)
        return f"{name[: MAX_NAME - 1].rstrip()}…"

    def _label(self, thing: Thing) -> str:
        label = self._ontology.classes[thing.class_].label if thing.class_ else thing.kind
        return label.removesuffix(" Sensor") if thing.kind == "Point" and label != "Sensor" else label

    def _find_owners(self) -> dict[URIRef, URIRef]:
        """What a point or a part is named after: the one thing that has it (equipment before places)."""
        having: dict[URIRef, set[URIRef]] = defaultdict(set)
        for kind, start, end in statements(self._graph):
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

    def _name_by_class(self, node: URIRef) -> None:
        """Owners first, so that "AHU 1" is there before "AHU 1 Supply Fan"."""
        chain = [node]
        while (owner := self._owners.get(chain[-1])) and owner not in self._names and owner not in chain:
            chain.append(owner)
        for nameless in reversed(chain):
            self._give(nameless, self._made_up_name(nameless))

    def _made_up_name(self, node: URIRef) -> str:
        thing = self._things[node]
        owner = self._names.get(self._owners.get(node, node))
        first = f"{owner} {self._label(thing)}" if owner else self._label(thing)
        if thing.kind == "Point" and (details := self._details(node)):
            first = f"{first} {details}"
        name = self._numbered(thing, first, owned=owner is not None)
        if thing.kind != "Point":
            own = ", a letter where a number would claim to be the floor's" if thing.kind == "Floor" else ""
            self._account.guessed(name, f"The model gives it no name; ours is its class and a number{own}.")
        return name

    def _numbered(self, thing: Thing, first: str, owned: bool) -> str:
        if owned and first not in self._taken:
            return first
        if thing.kind == "Floor" and sum(other.class_ == thing.class_ for other in self._things.values()) == 1:
            return first
        number = self._last_number.get(first, 0) + 1
        while (name := f"{first} {letters(number) if thing.kind == 'Floor' else number}") in self._taken:
            number += 1
        self._last_number[first] = number
        return name

    def _details(self, node: URIRef) -> str:
        """Values of the model's entity properties, such as the phase: "net real ABC"."""
        return " ".join(
            plain_text(str(value))
            for predicate, holder in sorted(self._graph.predicate_objects(node), key=str)
            if isinstance(holder, BNode) and local_name(predicate).lower() not in (*REFERENCES, *UNITS)
            for key, value in self._graph.predicate_objects(holder)
            if local_name(key).lower() == "value" and not str(value).isdigit()
        )

    def _entity(self, thing: Thing) -> Entity:
        told = self._literals[thing.node]
        name = self._names[thing.node]
        properties: dict[str, Property] = {}
        if aliases := self._aliases(thing, name):
            properties["aliases"] = aliases
        if description := next((told[key][0] for key in DESCRIPTIONS if told.get(key)), None):
            properties["description"] = description[:MAX_DESCRIPTION]
        if tags := sorted(
            plain_text(local_name(tag))
            for predicate, tag in self._graph.predicate_objects(thing.node)
            if local_name(predicate).lower() == "hastag"
        ):
            properties["tags"] = tags
        if thing.kind != "Point":
            properties.update(attributes(self._graph, thing.node))
        if thing.kind == "Floor":
            properties.update(self._level(thing, name))
        if thing.kind == "Point" and thing.class_:
            properties["quantity"] = self._ontology.quantity(thing.class_)
        return Entity(thing.id, thing.kind, name, thing.class_, properties, kept_iri(str(thing.node)))

    def _aliases(self, thing: Thing, name: str) -> list[str]:
        told = self._literals[thing.node]
        local = plain_text(local_name(thing.node))
        aliases = [text for key in (*NAMES, *OTHER_NAMES) for text in told.get(key, [])]
        if thing.kind == "Point":
            aliases += self._names_elsewhere(thing.node)
        aliases += [] if is_opaque(local) else [local, readable(without_reference(local))]
        fit = (alias for alias in dict.fromkeys(aliases) if alias != name and len(alias) <= MAX_NAME)
        return [alias for alias in fit if not is_opaque(alias)]

    def _names_elsewhere(self, node: URIRef) -> list[str]:
        """What other systems call a point, such as its BACnet object's name."""
        return [
            text
            for predicate, reference in sorted(self._graph.predicate_objects(node), key=str)
            if local_name(predicate).lower() in REFERENCES and (isinstance(reference, BNode | URIRef))
            for key, texts in sorted(literals(self._graph, reference).items())
            if key in ("object-name", "objectname")
            for text in texts
        ]

    def _level(self, thing: Thing, name: str) -> dict[str, Property]:
        told = self._literals[thing.node]
        level = floor_level(next((told[key][0] for key in LEVELS if told.get(key)), name))
        return {} if level is None else {"level": level}


def _shared(names: Mapping[URIRef, str]) -> frozenset[str]:
    counts = Counter(name.casefold() for name in names.values())
    return frozenset(name for name, count in counts.items() if count > 1)
