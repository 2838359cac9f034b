"""The words of one plant: what its classes, quantities and things are called.

Built from the ontology and from the graph's own names, so that a plant nobody prepared for is understood as well as the
demo. Nothing here knows a language's grammar; of its function words it holds those that linking needs.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, get_args

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent.vocabulary.function_words import FunctionWords
from agent.vocabulary.tokens import key, written
from graph_schema.model import PLACE_KINDS, Entity, Kind, Property, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

Key = tuple[str, ...]

_KINDS: tuple[Kind, ...] = get_args(Kind)
DEVICE = "device:"
"""What the ids of devices begin with; the rest is the name that they publish under."""
_NOTHING: Mapping[str, Property] = {}


@dataclass(frozen=True, slots=True)
class ClassTerm:
    """A class of the ontology as the lexicon needs it. ``kind`` is ``equipment``, ``place`` or ``point``."""

    id: str
    label: str
    kind: str
    ancestors: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class QuantityTerm:
    """A quantity in snake case, the words people use for it, and its dimension ("temperature") where that is known."""

    id: str
    words: tuple[str, ...] = ()
    unit: str | None = None
    ancestors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ontology's share of a lexicon."""

    classes: Mapping[str, ClassTerm]
    quantities: Mapping[str, QuantityTerm]


@dataclass(frozen=True, slots=True)
class Named:
    """An entity by its names; ``idents`` are what is left of them without the words of its class ("VAV C400A": c 400 a)."""

    id: str
    name: str
    kind: Kind
    class_: str | None
    idents: frozenset[Key] = frozenset()
    keys: tuple[Key, ...] = ()


_SIDES = {
    "discharge": "supply", "outdoor": "outside", "ambient": "outside", "external": "outside", "oat": "outside",
    "extract": "exhaust", "leaving": "supply", "entering": "return", "inlet": "return", "outlet": "supply",
    "target": "setpoint", "room": "zone", "space": "zone", "indoor": "zone", "temp": "temperature", "humidities": "humidity",
    "electric": "electrical", "electricity": "electrical", "co2": "co", "rh": "humidity", "relative": "humidity", "pos": "position",
    "office": "zone", "chw": "chilled", "cw": "condenser", "hw": "hot", "vfd": "speed", "airflow": "flow",
    "amperage": "current", "amp": "current", "consumption": "energy", "rpm": "speed", "volt": "voltage",
}  # fmt: skip
"""Words of one meaning in names of quantities; a token on the left is read as the one on the right."""

_LOOSE = frozenset(
    {
        "air",
        "sensor",
        "the",
        "value",
        "reading",
        "measurement",
        "level",
        "electrical",
        "signal",
        "actual",
        "point",
        "meter",
        "2",
    }
)
"""Tokens that a name may have beyond the words asked for without being another quantity."""


def quantity_token(token: str) -> str:
    return _SIDES.get(token, token)


def quantity_key(text: str) -> frozenset[str]:
    return frozenset(quantity_token(token) for token in key(text.replace("set point", "setpoint")))


def lengths_of(phrases: Iterable[Key], known: Mapping[str, int] | None = None) -> dict[str, int]:
    """By the piece that phrases begin with, how many pieces the longest has; ``known`` lengths count as well."""
    found = dict(known or {})
    for phrase in phrases:
        if len(phrase) > found.get(phrase[0], 0):
            found[phrase[0]] = len(phrase)
    return found


@dataclass(frozen=True)
class Lexicon:
    """Look-ups from pieces to classes, quantities and things. Immutable; a changed plant gets a new one."""

    version: int
    words: FunctionWords
    vocabulary: Vocabulary
    things: Mapping[str, Named]
    names: Mapping[Key, tuple[str, ...]]
    """Whole names, aliases and ids, in pieces."""
    class_phrases: Mapping[Key, tuple[str, ...]]
    quantity_phrases: Mapping[Key, tuple[str, ...]]
    instances: Mapping[str, tuple[str, ...]]
    """Things by class, those of its subclasses included."""
    by_ident: Mapping[Key, tuple[str, ...]]
    by_core: Mapping[Key, tuple[str, ...]]
    """Things by what is left of an ident without the letters before and after it ("R410A": 410)."""
    by_word: Mapping[str, tuple[str, ...]]
    """Things by a word of their name that no class or quantity has ("Riverside")."""
    owned: Mapping[str | None, frozenset[str]]
    """The quantities that things of a class have points of (own class only)."""
    class_names: Mapping[Key, tuple[str, ...]]
    """Things that are called like a class ("Boardroom", "Boiler"): meant by that word only with a definite article."""
    levels: Mapping[int, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    families: Mapping[Key, tuple[str, ...]] = field(default_factory=dict[Key, tuple[str, ...]])
    """Things that share what they are called but for a number (“Theatre 1” to “Theatre 4”) or for whose they are (“School Substation”)."""
    written: Mapping[Key, tuple[str, ...]] = field(default_factory=dict[Key, tuple[str, ...]])
    """Things by names that have signs in them, brackets and markup among their pieces."""
    longest_name: int = 1
    longest_phrase: int = 1

    @classmethod
    def from_entities(
        cls,
        entities: Iterable[Entity],
        ontology: Ontology,
        words: FunctionWords,
        *,
        owned: Mapping[str | None, frozenset[str]] | None = None,
        version: int = 0,
    ) -> "Lexicon":
        """``owned`` says which quantities things of each class have points of; without it every quantity counts."""
        return _Builder(vocabulary_of(ontology), words).build(list(entities), owned or {}, version)

    # -- classes -----------------------------------------------------------------------------------------------------

    def is_a(self, class_: str | None, ancestor: str) -> bool:
        if class_ is None:
            return False
        if class_ == ancestor:
            return True
        term = self.vocabulary.classes.get(class_)
        return term is not None and ancestor in term.ancestors

    def kind_of(self, class_: str) -> str:
        term = self.vocabulary.classes.get(class_)
        return term.kind if term else "equipment"

    def label(self, class_: str) -> str:
        term = self.vocabulary.classes.get(class_)
        return term.label if term else class_.replace("_", " ")

    def of_class(self, class_: str) -> tuple[str, ...]:
        return self.instances.get(class_, ())

    def best_class(self, classes: Sequence[str]) -> str:
        """Of the classes that a phrase may mean: one that the plant has, the widest first; else the one kind of it by its label, as a water
        treatment filter is a filter."""
        present = [class_ for class_ in classes if self.instances.get(class_)] or self._kinds_by_label(classes)
        return max(present or list(classes), key=lambda class_: len(self.instances.get(class_, ())))

    @cached_property
    def _labels(self) -> Mapping[str, Key]:
        """What the kinds of equipment that the plant has are called."""
        return {one: key(self.label(one)) for one in self.instances if self.kind_of(one) == "equipment"}

    def _kinds_by_label(self, classes: Sequence[str]) -> Sequence[str]:
        heads = [key(self.label(class_)) for class_ in classes if self.kind_of(class_) == "equipment"]
        found = [one for one, label in self._labels.items() if any(label[-len(head) :] == head for head in heads)]
        widest = [class_ for class_ in found if not any(self.is_a(class_, one) for one in found if one != class_)]
        return widest if len(widest) == 1 else ()

    @cached_property
    def named_as_classes(self) -> Mapping[str, frozenset[str]]:
        """Names that are a class's words as well, as they are written: “Boardroom”, “Pump House”."""
        found: dict[str, set[str]] = {}
        for id_, one in self.things.items():
            if one.name[:1].isupper() and key(one.name) in self.class_phrases:
                found.setdefault(one.name, set()).add(id_)
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def name_lengths(self) -> Mapping[str, int]:
        """How long the longest name is that begins with a piece."""
        return lengths_of(name for name in self.names if name)

    @cached_property
    def by_first_word(self) -> Mapping[str, tuple[str, ...]]:
        """Assets and places by the word that a name of theirs begins with."""
        found: dict[str, dict[str, None]] = {}
        for id_, one in self.things.items():
            if one.kind not in ("Point", "Device"):
                for name in one.keys:
                    found.setdefault(name[0], {})[id_] = None
        return {word: tuple(ids) for word, ids in found.items()}

    @cached_property
    def written_lengths(self) -> Mapping[str, int]:
        """How long the longest name with signs in it is that begins with a piece."""
        return lengths_of(self.written)

    @cached_property
    def phrase_lengths(self) -> Mapping[str, int]:
        """How long the longest phrase of a class or quantity is that begins with a piece."""
        return lengths_of((*self.class_phrases, *self.quantity_phrases))

    @cached_property
    def root(self) -> str | None:
        """The place that holds everything, if there is one such."""
        widest = self.places.get("Site") or self.places.get("Building") or ()
        return widest[0] if len(widest) == 1 else None

    # -- quantities --------------------------------------------------------------------------------------------------

    @cached_property
    def present_quantities(self) -> frozenset[str]:
        return frozenset(quantity for owned in self.owned.values() for quantity in owned)

    @cached_property
    def quantity_tokens(self) -> Mapping[str, frozenset[str]]:
        known = set(self.vocabulary.quantities) | set(self.present_quantities)
        return {quantity: quantity_key(quantity.replace("_", " ")) for quantity in known}

    @cached_property
    def quantity_names(self) -> Mapping[Key, str]:
        """The names of several words of the quantities that the plant has."""
        named = {key(quantity.replace("_", " ")): quantity for quantity in sorted(self.present_quantities)}
        return {name: quantity for name, quantity in named.items() if len(name) > 1}

    @cached_property
    def longest_quantity(self) -> int:
        return max((len(name) for name in self.quantity_names), default=1)

    @cached_property
    def quantity_vocabulary(self) -> frozenset[str]:
        return frozenset(token for tokens in self.quantity_tokens.values() for token in tokens)

    def includes(self, wide: str, narrow: str) -> bool:
        """Whether one quantity covers another (``temperature`` covers ``zone_air_temperature``)."""
        if wide == narrow:
            return True
        term = self.vocabulary.quantities.get(narrow)
        return term is not None and wide in term.ancestors

    def quantities_of(self, classes: Iterable[str | None]) -> frozenset[str]:
        """What things of these classes (subclasses included) have points of."""
        wanted = list(classes)
        return frozenset(
            quantity
            for class_, owned in self.owned.items()
            if any(class_ == want or (want is not None and self.is_a(class_, want)) for want in wanted)
            for quantity in owned
        )

    def quantities_named(self, tokens: frozenset[str], among: Iterable[str] | None = None) -> list[str]:
        """Quantities whose name has all the tokens, the closest first. ``among`` narrows the choice."""
        pool = (
            self.quantity_tokens
            if among is None
            else {q: self.quantity_tokens[q] for q in among if q in self.quantity_tokens}
        )
        fits = [
            (len(names - tokens - _LOOSE), len(names - tokens), quantity)
            for quantity, names in pool.items()
            if tokens <= names
        ]
        return [quantity for _, _, quantity in sorted(fits)]

    @cached_property
    def known_words(self) -> frozenset[str]:
        """Every word of the plant's language: of classes, quantities and names."""
        phrases = (*self.class_phrases, *self.quantity_phrases, *self.names)
        return (
            frozenset(piece for phrase in phrases for piece in phrase)
            | self.quantity_vocabulary
            | frozenset(self.by_word)
            | frozenset(_SIDES)
        )

    def keys_of(self, id: str) -> tuple[Key, ...]:
        return self.things[id].keys

    # -- misspellings ------------------------------------------------------------------------------------------------

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Every word of at least four letters that this plant's language has."""
        return tuple(sorted(word for word in self.known_words if len(word) >= 4 and word.isalpha()))

    @cached_property
    def long_known(self) -> tuple[str, ...]:
        """The language's own words of at least five letters."""
        return tuple(sorted(word for word in self.words.known if len(word) >= 5 and word.isalpha()))

    def respell(self, word: str, extra: Sequence[str] = ()) -> str | None:
        """The one known word that a misspelt word of at least four letters is close to: one slip, two in a long word. In four letters another
        letter makes another word (“else”, “EVSE”), so there a slip is a letter too many, too few or in the wrong place."""
        if len(word) < 4 or not word.isalpha():
            return None
        slips = 1 if len(word) < 8 else 2
        close = [
            (found, distance)
            for words in (self.spellings, extra)
            for found, distance, _ in process.extract(word, words, scorer=OSA.distance, score_cutoff=slips, limit=4)
            if sorted(found) == sorted(word) or (found[0] == word[0] and (len(word) > 4 or len(found) != len(word)))
        ]
        return min(close, key=lambda pair: (pair[1], pair[0]))[0] if close else None


def vocabulary_of(ontology: Ontology) -> Vocabulary:
    """Classes and quantities with the words people use for them."""
    classes: dict[str, ClassTerm] = {}
    quantities: dict[str, QuantityTerm] = {}
    for name, class_ in ontology.classes.items():
        above = ontology.ancestors(name) - {name}
        kind = {"location": "place"}.get(class_.kind, class_.kind)
        classes[name] = ClassTerm(name, class_.label, kind, above, class_.words, class_.definition)
        if kind == "point":
            quantity = ontology.quantity(name)
            wide = frozenset(ontology.quantity(one) for one in above)
            quantities[quantity] = QuantityTerm(
                quantity, ontology.quantity_words(quantity), ontology.unit(quantity), wide
            )
    return Vocabulary(classes, quantities)


def class_phrases(vocabulary: Vocabulary) -> dict[Key, tuple[str, ...]]:
    """The classes that each phrase may mean."""
    return phrases(
        (term.id, (term.label, term.id.replace("_", " "), *term.words)) for term in vocabulary.classes.values()
    )


def quantity_phrases(vocabulary: Vocabulary) -> dict[Key, tuple[str, ...]]:
    """The quantities that each phrase may mean."""
    return phrases((term.id, term.words) for term in vocabulary.quantities.values())


def owned_by_class(entities: Iterable[Entity], relations: Iterable[Relation]) -> dict[str | None, frozenset[str]]:
    """The quantities that things of each class have points of, from an importer's account of a plant."""
    by_id = {entity.id: entity for entity in entities}
    found: dict[str | None, set[str]] = defaultdict(set)
    for relation in relations:
        quantity = by_id[relation.end].properties.get("quantity") if relation.end in by_id else None
        if relation.kind == "HAS_POINT" and isinstance(quantity, str) and relation.start in by_id:
            found[by_id[relation.start].class_].add(quantity)
    return {class_: frozenset(quantities) for class_, quantities in found.items()}


async def read_lexicon(graph: GraphStore, ontology: Ontology, words: FunctionWords) -> Lexicon:
    """The lexicon of the plant that is in the graph now."""
    blocks = statements("agent.vocabulary", "lexicon.cypher")
    version = await read_version(graph)
    ((further,),) = [row.values() for row in await graph.read(blocks["further_names"])]
    properties = {id: _properties(aliases, level) for id, aliases, level in further}
    entities: list[Entity] = []
    for kind in _KINDS:
        (row,) = await graph.read(blocks["entities"].replace("KIND", kind))
        columns = zip(row["ids"], row["names"], row["classes"], strict=True)
        entities += [
            Entity(id, kind, name or id, class_ or None, properties.get(id, _NOTHING)) for id, name, class_ in columns
        ]
    owned: dict[str | None, set[str]] = defaultdict(set)
    for row in await graph.read(blocks["owned"]):
        owned[row["class"]].add(row["quantity"])
    return await asyncio.to_thread(
        Lexicon.from_entities,
        entities,
        ontology,
        words,
        owned={c: frozenset(q) for c, q in owned.items()},
        version=version,
    )


class LexiconSource(Protocol):
    """Where the plant's words come from: the newest lexicon, cached until the plant changes."""

    async def lexicon(self) -> Lexicon: ...


class Lexicons:
    """The newest lexicon of a plant, read again only when its version in the graph has changed."""

    def __init__(self, graph: GraphStore, ontology: Ontology, words: FunctionWords) -> None:
        self._graph = graph
        self._ontology = ontology
        self._words = words
        self._reading = asyncio.Lock()
        self._newest: Lexicon | None = None

    async def lexicon(self) -> Lexicon:
        """Of several that ask at once only the first reads it."""
        async with self._reading:
            if self._newest is None or self._newest.version != await read_version(self._graph):
                self._newest = await read_lexicon(self._graph, self._ontology, self._words)
            return self._newest


async def read_version(graph: GraphStore) -> int:
    """The number that each load of plant data raises."""
    rows = await graph.read(statements("agent.vocabulary", "lexicon.cypher")["version"])
    return int(rows[0]["version"] or 0) if rows else 0  # the bootstrap makes the node, the first load the number


def _properties(aliases: list[str] | None, level: int | None) -> dict[str, Property]:
    told: dict[str, Property] = {}
    if aliases:
        told["aliases"] = list(aliases)
    if level is not None:
        told["level"] = int(level)
    return told


_NO_IDENTS: frozenset[Key] = frozenset()


class _Builder:
    def __init__(self, vocabulary: Vocabulary, words: FunctionWords) -> None:
        self.vocabulary = vocabulary
        self.words = words
        self.lines: dict[str, frozenset[str]] = {}
        self.class_phrases = class_phrases(vocabulary)
        self.quantity_phrases = quantity_phrases(vocabulary)
        self.point_words = frozenset(
            word
            for term in vocabulary.quantities.values()
            for text in (term.id.replace("_", " "), *term.words)
            for word in key(text)
        )
        self.class_words = frozenset(
            word
            for phrase, ids in self.class_phrases.items()
            if any(vocabulary.classes[id].kind != "point" for id in ids)
            for word in phrase
            if word.isalpha() and len(word) > 1
        )

    def build(self, entities: list[Entity], owned: Mapping[str | None, frozenset[str]], version: int) -> Lexicon:
        names: dict[Key, list[str]] = defaultdict(list)
        idents: dict[Key, list[str]] = defaultdict(list)
        cores: dict[Key, dict[str, None]] = defaultdict(dict)
        class_names: dict[Key, list[str]] = defaultdict(list)
        words: dict[str, list[str]] = defaultdict(list)
        instances: dict[str, list[str]] = defaultdict(list)
        levels: dict[int, list[str]] = defaultdict(list)
        places: dict[str, list[str]] = defaultdict(list)
        things: dict[str, Named] = {}
        with_signs: dict[Key, list[str]] = defaultdict(list)
        called = Counter(entity.name.casefold() for entity in entities)
        families: dict[Key, list[str]] = defaultdict(list)
        for entity in entities:
            keys = self._keys(entity)
            for one in self._written(entity, called[entity.name.casefold()] > 1):
                with_signs[one].append(entity.id)
            is_thing = entity.kind not in ("Point", "Device")
            own = frozenset(ident for one in keys if (ident := self._ident(one))) if is_thing else _NO_IDENTS
            things[entity.id] = Named(entity.id, entity.name, entity.kind, entity.class_, own, keys)
            for one in keys:
                if self._is_name(one):
                    names[one].append(entity.id)
                elif is_thing and one in self.class_phrases:
                    class_names[one].append(entity.id)
            for ident in own:
                idents[ident].append(entity.id)
                cores[core(ident)][entity.id] = None
            if is_thing:
                for stem in self._stems(entity):
                    families[stem].append(entity.id)
                for word in {word for one in keys for word in one if self._is_telling(word)}:
                    words[word].append(entity.id)
            for class_ in ("Device",) if entity.kind == "Device" else self._line(entity.class_):
                instances[class_].append(entity.id)
            level = entity.properties.get("level")
            if entity.kind == "Floor" and isinstance(level, int):
                levels[level].append(entity.id)
            if entity.kind in PLACE_KINDS:
                places[entity.kind].append(entity.id)
        return Lexicon(
            version=version,
            words=self.words,
            vocabulary=self.vocabulary,
            things=things,
            names={one: tuple(ids) for one, ids in names.items()},
            class_phrases=self.class_phrases,
            quantity_phrases=self.quantity_phrases,
            instances={class_: tuple(ids) for class_, ids in instances.items()},
            by_ident={ident: tuple(ids) for ident, ids in idents.items()},
            by_core={ident: tuple(ids) for ident, ids in cores.items() if ident},
            by_word={word: tuple(ids) for word, ids in words.items() if len(ids) <= 12},
            owned=owned,
            class_names={one: tuple(ids) for one, ids in class_names.items()},
            levels={level: tuple(ids) for level, ids in levels.items()},
            places={kind: tuple(ids) for kind, ids in places.items()},
            families={stem: tuple(ids) for stem, ids in families.items() if self._is_family(stem, ids, things)},
            written={one: tuple(ids) for one, ids in with_signs.items()},
            longest_name=min(max((len(one) for one in names), default=1), 12),
            longest_phrase=max((len(one) for one in (*self.class_phrases, *self.quantity_phrases)), default=1),
        )

    def _line(self, class_: str | None) -> Iterable[str]:
        """The class and all above it."""
        if class_ is None:
            return ()
        if class_ not in self.lines:
            term = self.vocabulary.classes.get(class_)
            self.lines[class_] = frozenset((class_, *(term.ancestors if term else ())))
        return self.lines[class_]

    def _keys(self, entity: Entity) -> tuple[Key, ...]:
        return tuple(dict.fromkeys(one for text in self._texts(entity) if len(text) <= 120 and (one := key(text))))

    def _written(self, entity: Entity, is_shared: bool) -> set[Key]:
        """Where several have its name it is offered with its id, and may be asked for so: “AHU 1 (bldgB/AHU_1)”."""
        texts = [*self._texts(entity), *([f"{entity.name} ({entity.id})"] if is_shared else [])]
        return {one for text in texts if len(text) <= 120 and (one := written(text))}

    def _texts(self, entity: Entity) -> list[str]:
        aliases = entity.properties.get("aliases", [])
        own = [entity.id.removeprefix(DEVICE)] if entity.kind == "Device" else []
        return [entity.name, entity.id, *own, *(aliases if isinstance(aliases, list) else [])]

    def _stems(self, entity: Entity) -> set[Key]:
        """What a thing is called without its number, and the last word of that."""
        name = key(entity.name)
        stem = name
        while stem and (stem[-1].isdigit() or len(stem[-1]) == 1):
            stem = stem[:-1]
        return {one for one in (stem if stem != name else (), stem[-1:]) if one and len(one[-1]) > 2}

    def _is_family(self, stem: Key, ids: Sequence[str], things: Mapping[str, Named]) -> bool:
        """Several of one class, by words that mean nothing else: “pumps” are a class, and “Pressure” is no thing."""
        alike = len({things[id].class_ for id in ids}) == 1
        known = stem in self.class_phrases or stem in self.quantity_phrases
        vague = len(stem) == 1 and (stem[0] in self.words.known or stem[0] in self.point_words)
        return len(ids) > 1 and alike and not known and not vague

    def _ident(self, one: Key) -> Key:
        rest = tuple(piece for piece in one if piece not in self.class_words)
        return rest if len(rest) <= 6 else ()

    def _is_telling(self, word: str) -> bool:
        return len(word) >= 4 and word.isalpha() and word not in self.class_words and word not in self.point_words

    def _is_name(self, one: Key) -> bool:
        """A name that is only a class's or a quantity's words says nothing ("Boiler"): the class is understood instead."""
        if len(one) == 1 and (len(one[0]) < 3 or one[0].isdigit()):
            return False
        return one not in self.class_phrases and one not in self.quantity_phrases


def phrases(terms: Iterable[tuple[str, Iterable[str]]]) -> dict[Key, tuple[str, ...]]:
    """What each phrase may mean, from what each id is called."""
    found: dict[Key, dict[str, None]] = defaultdict(dict)
    for id, texts in terms:
        for text in texts:
            if one := key(text):
                found[one][id] = None
    return {one: tuple(ids) for one, ids in found.items()}


def core(ident: Key) -> Key:
    """An ident from its first number on, without letters at the end."""
    first = next((index for index, piece in enumerate(ident) if piece[0].isdigit()), len(ident))
    last = len(ident)
    while last > first and ident[last - 1].isalpha():
        last -= 1
    return ident[first:last]
