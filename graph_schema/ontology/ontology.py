"""The classes of things: Brick 1.5 with the twin library on top, in memory, every question a look-up.

Brick knows many classes by several names; here each has one (``canonical``), the one that ``library/names.yaml`` prefers or
else Brick's own choice. Names of older Bricks, other spellings and words in another order lead to it as well.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from graph_schema.model import Kind
from graph_schema.ontology.brick import BrickExtract, RawClass, brick_version, extract_brick, snake_words
from graph_schema.ontology.twin import Library, QuantityNote, Twin, load_library
from graph_schema.series import SeriesKind

ClassKind = Literal["equipment", "location", "point", "other"]

_ROOTS: Mapping[str, ClassKind] = {
    "Equipment": "equipment",
    "Collection": "equipment",
    "Location": "location",
    "Point": "point",
}
_PLACES_AMONG_COLLECTIONS = ("Portfolio", "Apartment", "Premises")  # as RealEstateCore has it
_TOKENS = {
    "discharge": "supply",
    "electrical": "electric",
    "temp": "temperature",
    "outdoor": "outside",
    "sp": "setpoint",
}
_WATER_TOKENS = {"supply": "leaving", "return": "entering"}
_EMPTY_WORDS = frozenset({"box", "unit", "device", "machine", "assembly", "module", "type", "class"})
_OPAQUE = re.compile(r"[0-9a-fA-F]{8}([_-]?[0-9a-fA-F]{4}){3}[_-]?[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class OntologyClass:
    """One class. ``words`` are what people call it, lower case, its other names among them."""

    name: str
    label: str
    definition: str
    parents: tuple[str, ...]
    kind: ClassKind
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ontology:
    """Immutable; build it with ``load_ontology``. Class names given to its methods may be any name of the class."""

    version: str
    classes: Mapping[str, OntologyClass]
    _names: Mapping[str, str]
    _bags: Mapping[frozenset[str], str]
    _ancestors: Mapping[str, frozenset[str]]
    _descendants: Mapping[str, frozenset[str]]
    _twins: Mapping[str, Twin]
    _notes: Mapping[str, QuantityNote]

    def canonical(self, name: str) -> str | None:
        """The class's one name, or None if no class is called that."""
        if name in self.classes:
            return name
        return self._names.get(_key(name)) or self._bags.get(_own_bag(name)) or self._bags.get(_bag(name))

    def nearest(self, name: str) -> str | None:
        """The class to take an unknown one for: the most specific whose every word occurs in the unknown's name.

        It must have the last word, which says what a thing is: a "Pump_Room" is a room and a "Building_Element" no building.
        Opaque ids and numbers count for nothing, nor do words such as "box" and "unit" at the end.
        """
        words = [word for word in _words(_OPAQUE.sub(" ", name)) if not word.isdigit()]
        if not words:
            return None
        if known := self.canonical(name) or self.canonical(f"{name}_Sensor"):
            return known
        while len(words) > 1 and words[-1] in _EMPTY_WORDS:
            words.pop()
        own = frozenset(words)
        bag = frozenset(_of_water(words))
        last = {words[-1], _of_water(words)[-1]}
        found = [
            (len(other), other <= own, name)
            for other, name in self._bags.items()
            if last & other and (other <= own or other <= bag)
        ]
        return max(found)[2] if found else None

    def ancestors(self, name: str) -> frozenset[str]:
        """The class itself and every class above it; empty for an unknown name."""
        return self._ancestors.get(self.canonical(name) or "", frozenset())

    def descendants(self, name: str) -> frozenset[str]:
        """The class itself and every class below it; empty for an unknown name."""
        return self._descendants.get(self.canonical(name) or "", frozenset())

    def kind_of(self, name: str) -> Kind | None:
        """The kind of node that a thing of this class is."""
        above = self.ancestors(name)
        for place in ("Site", "Portfolio", "Building", "Floor"):
            if place in above:
                return cast(Kind, "Site" if place == "Portfolio" else place)
        if above & {"Location", *_PLACES_AMONG_COLLECTIONS}:
            return "Space"
        if "Point" in above:
            return "Point"
        return "Asset" if above & {"Equipment", "Collection"} else None

    def quantity(self, point_class: str) -> str:
        """``Supply_Air_Temperature_Sensor`` is ``supply_air_temperature``."""
        name = self.canonical(point_class) or point_class
        return name.lower().removesuffix("_sensor")

    def point_class(self, quantity: str) -> str | None:
        """The point class of a quantity, of its other names (``discharge_air_temperature``) or of a point class itself."""
        names = (f"{quantity}_Sensor", quantity)
        for found in (*(self._names.get(_key(name)) for name in names), *(self.canonical(name) for name in names)):
            if found and self.classes[found].kind == "point":
                return found
        return None

    def covers(self, general: str, special: str) -> bool:
        """Whether a quantity is another one or a kind of it: what is said of temperature is said of zone air temperature."""
        if general == special:
            return True
        known, other = self.point_class(general), self.point_class(special)
        return known is not None and other is not None and other in self.descendants(known)

    def quantity_words(self, quantity: str) -> tuple[str, ...]:
        """What people call the quantity, lower case."""
        found = self.point_class(quantity)
        return self.classes[found].words if found else ()

    def unit(self, quantity: str) -> str | None:
        """The usual unit of a quantity: its own or its nearest ancestor's."""
        found = self.point_class(quantity)
        for name in self._upward(found) if found else ():
            note = self._notes.get(name)
            if note and note.unit is not None:
                return note.unit
        return None

    def series_kind(self, quantity: str) -> SeriesKind:
        """What the readings of a quantity are: its own word or its nearest ancestor's, else a gauge."""
        found = self.point_class(quantity)
        notes = (self._notes.get(name) for name in (self._upward(found) if found else ()))
        for note in notes:
            if note and note.kind:
                return note.kind
        return "gauge"

    @property
    def twins(self) -> Collection[Twin]:
        """All that the library describes, each of a class."""
        return self._twins.values()

    def twin(self, name: str) -> Twin | None:
        """What the library says about the class or its nearest annotated ancestor."""
        found = self.canonical(name)
        return next((self._twins[n] for n in self._upward(found) if n in self._twins), None) if found else None

    def _upward(self, name: str) -> Iterator[str]:
        """The class, its parents, theirs: nearest first."""
        seen: dict[str, None] = {}
        rank = [name]
        while rank:
            fresh = [n for n in rank if n not in seen]
            seen.update(dict.fromkeys(fresh))
            yield from fresh
            rank = [parent for n in fresh for parent in self.classes[n].parents]


def load_ontology(cache_dir: Path | None = None) -> Ontology:
    """Brick's extract comes with the product; that of another version is kept in ``cache_dir``."""
    return build_ontology(_extract(cache_dir), load_library())


def _extract(cache_dir: Path | None) -> BrickExtract:
    name = f"brick-{brick_version()}.json"
    path = cache_dir / name if cache_dir else None
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    for kept in (files("graph_schema.ontology").joinpath(name), path):
        if kept and kept.is_file():
            with suppress(ValueError):  # a torn file is written anew
                return cast(BrickExtract, json.loads(kept.read_text("utf-8")))
    extract = extract_brick()
    if path:
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(extract), "utf-8")
        partial.replace(path)
    return extract


def build_ontology(extract: BrickExtract, library: Library) -> Ontology:
    raw = dict(extract["classes"])
    for added in library.added:
        raw[added.name] = RawClass(label="", definition=added.definition, parents=[added.parent])
    leads = _leads(extract, library)
    names = {name: _follow(name, leads) for name in (*raw, *leads)}
    parents = _parents(raw, names)
    kinds = _kinds(parents)
    parents = {name: tuple(p for p in above if p in kinds) for name, above in parents.items() if name in kinds}
    ancestors = {name: frozenset(_climb(name, parents)) for name in parents}
    known = {name: target for name, target in names.items() if target in kinds}
    classes = {
        name: OntologyClass(
            name=name,
            label=name.replace("_", " "),
            definition=_definition(name, known, raw),
            parents=parents[name],
            kind=kinds[name],
            words=(),
        )
        for name in sorted(parents)
    }
    narrower = {old for old, new in extract["replaced"].items() if len(_bag(old)) > len(_bag(new))}
    words = _class_words({name: target for name, target in known.items() if name not in narrower}, library)
    twins = {known[twin.class_]: twin for twin in library.twins if twin.class_ in known}
    return Ontology(
        version=_version(library),
        classes={name: _with_words(entry, words[name]) for name, entry in classes.items()},
        _names={_key(name): target for name, target in sorted(known.items(), key=_own_name_last)},
        _bags=_bags(known),
        _ancestors=ancestors,
        _descendants=_invert(ancestors),
        _twins=twins,
        _notes={known[name]: note for name, note in library.quantities.items() if name in known},
    )


def _leads(extract: BrickExtract, library: Library) -> dict[str, str]:
    """From every other name of a class towards the one to use."""
    preferred = set(library.prefer)
    leads = {old: new for old, new in extract["replaced"].items() if old not in preferred}
    leads.update(library.same)
    for alias, name in extract["same"]:
        leads.update({name: alias} if alias in preferred else {alias: name})
    for alias, name in extract["same"]:  # further aliases of a name that gave way to a preferred one
        if alias not in preferred and leads.get(name) == alias:
            del leads[name]
    return leads


def _follow(name: str, leads: Mapping[str, str]) -> str:
    seen = {name}
    while (following := leads.get(name)) and following not in seen:
        name = following
        seen.add(name)
    return name


def _parents(raw: Mapping[str, RawClass], names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Parents by canonical name. Where names were merged, the parents of all count, save for circles."""
    merged: dict[str, set[str]] = defaultdict(set)
    for name, entry in raw.items():
        target = names[name]
        above = {names.get(parent, parent) for parent in entry["parents"]} - {target}
        if target in _ROOTS:
            above = set[str]()
        merged[target] |= above
    for name in sorted(merged):
        merged[name] = {parent for parent in merged[name] if name not in _climb(parent, merged)}
    return {name: tuple(sorted(_closest(above, merged))) for name, above in merged.items()}


def _closest(parents: set[str], merged: Mapping[str, set[str]]) -> set[str]:
    """Without those that another parent already implies."""
    return {p for p in parents if not any(p != q and p in _climb(q, merged) for q in parents)}


def _climb(name: str, parents: Mapping[str, Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    rest = [name]
    while rest:
        current = rest.pop()
        if current not in seen:
            seen.add(current)
            rest.extend(parents.get(current, ()))
    return seen


def _kinds(parents: Mapping[str, Iterable[str]]) -> dict[str, ClassKind]:
    kinds: dict[str, ClassKind] = {}
    for name in parents:
        roots = [root for root in _ROOTS if root in _climb(name, parents)]
        if roots:
            kinds[name] = "location" if name in _PLACES_AMONG_COLLECTIONS else _ROOTS[roots[0]]
    return kinds


def _definition(name: str, known: Mapping[str, str], raw: Mapping[str, RawClass]) -> str:
    own = raw[name]["definition"] if name in raw else ""
    others = (raw[other]["definition"] for other, target in known.items() if target == name and other in raw)
    return own or next(filter(None, others), "")


def _class_words(known: Mapping[str, str], library: Library) -> dict[str, tuple[str, ...]]:
    words: dict[str, dict[str, None]] = {target: {} for target in known.values()}
    for twin in library.twins:
        words[known[twin.class_]].update(dict.fromkeys(word.lower() for word in twin.words))
    noted = {name: note.words for name, note in library.quantities.items()}
    for name, more in (*library.words.items(), *noted.items()):
        words[known[name]].update(dict.fromkeys(word.lower() for word in more))
    for name, target in sorted(known.items(), key=_own_name_last, reverse=True):
        words[target].setdefault(name.replace("_", " ").lower())
    return {name: tuple(found) for name, found in words.items()}


def _with_words(entry: OntologyClass, words: tuple[str, ...]) -> OntologyClass:
    return OntologyClass(entry.name, entry.label, entry.definition, entry.parents, entry.kind, words)


def _bags(known: Mapping[str, str]) -> dict[frozenset[str], str]:
    """Classes by the words of their names in any order: by one word for both names of an end of a pipe, or, where Brick has a class
    of each (``Leaving_Chilled_Water_…`` and ``Supply_Chilled_Water_…``), by the words that each has itself."""
    alike = _targets(known, _bag)
    own = _targets({name: target for name, target in known.items() if len(alike[_bag(name)]) > 1}, _own_bag)
    return {bag: next(iter(targets)) for bag, targets in {**alike, **own}.items() if len(targets) == 1}


def _targets(known: Mapping[str, str], words: Callable[[str], frozenset[str]]) -> dict[frozenset[str], set[str]]:
    found: dict[frozenset[str], set[str]] = defaultdict(set)
    for name, target in known.items():
        found[words(name)].add(target)
    return found


def _invert(ancestors: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = defaultdict(set)
    for name, above in ancestors.items():
        for ancestor in above:
            below[ancestor].add(name)
    return {name: frozenset(names) for name, names in below.items()}


def _own_name_last(item: tuple[str, str]) -> tuple[bool, str]:
    name, target = item
    return name == target, name


def _version(library: Library) -> str:
    digest = hashlib.sha256(repr(library).encode()).hexdigest()[:12]
    return f"brick-{brick_version()}-library-{digest}"


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(name: str) -> list[str]:
    return [_TOKENS.get(word, word) for word in re.split(r"[^a-z0-9.]+", snake_words(name).lower()) if word]


def _of_water(words: Sequence[str]) -> list[str]:
    """One word for both names of an end of a pipe."""
    return [_WATER_TOKENS.get(word, word) for word in words] if "water" in words else list(words)


def _bag(name: str) -> frozenset[str]:
    return frozenset(_of_water(_words(name)))


def _own_bag(name: str) -> frozenset[str]:
    return frozenset(_words(name))
