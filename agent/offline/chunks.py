"""A sentence as chunks: names, classes, quantities, times, numbers and the grammar's words, longest reading first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.offline.times import TimeSpan, find_times
from agent.offline.words import (
    LONGEST,
    NUMBER_WORDS,
    ORDINALS,
    PLURAL_PRONOUNS,
    SINGULAR_PRONOUNS,
    TAGS,
    TOPIC_PHRASES,
    UNITS,
    WRITE_PHRASES,
)
from agent.vocabulary.lexicon import quantity_token
from agent.vocabulary.linking import Linker
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import Piece, pieces


@dataclass(frozen=True, slots=True)
class ClassWord:
    classes: tuple[str, ...]
    text: str
    plural: bool


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One reading of a stretch of the sentence; ``tags`` are what it can be, with the value of each."""

    first: int
    last: int
    text: str
    tags: dict[str, Any] = field(default_factory=dict[str, Any])

    def has(self, *tags: str) -> bool:
        return any(tag in self.tags for tag in tags)

    def get(self, tag: str) -> Any:
        return self.tags.get(tag)

    @property
    def lower(self) -> str:
        return self.text.lower()


class Chunker:
    """Cuts a sentence, with one lexicon's words."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.lexicon = linker.lexicon
        self._heads = self._find_heads()

    def _find_heads(self) -> frozenset[str]:
        """The words a quantity's name ends with ("temperature", "position"), which make a phrase a quantity."""
        heads = {
            quantity_token(quantity.split("_")[-1])
            for quantity in self.lexicon.present_quantities | set(self.lexicon.vocabulary.quantities)
        }
        heads |= {
            token for quantity in self.lexicon.present_quantities for token in [quantity_token(quantity.split("_")[-1])]
        }
        return frozenset(heads - _NO_HEADS) | {"co"}

    def cut(self, text: str, now: datetime) -> list[Chunk]:
        found = self.linker.respell(pieces(text))
        spans = find_times(found, now)
        times = {span.first: span for span in spans}
        chunks: list[Chunk] = []
        index = 0
        while index < len(found):
            if index not in times and any(span.first < index < span.last for span in spans):
                rest = find_times(found, now, index)  # "what about | yesterday", where a time may begin with "about"
                times |= {span.first: span for span in rest[:1] if span.first == index}
            chunk = self._chunk(text, found, index, times)
            chunks.append(chunk)
            index = chunk.last
        return chunks

    def _chunk(self, text: str, found: Sequence[Piece], index: int, times: dict[int, TimeSpan]) -> Chunk:
        options: list[tuple[int, int, dict[str, Any]]] = []  # last, priority, tags
        link = self.linker.at(found, index)
        if link is not None:
            options.append((link.last, 9 if link.candidates else 8, {"ent": link}))
        span = times.get(index)
        if span is not None:
            options.append((span.last, 7, {"time": span}))
        quantity = self._quantity(found, index, text)
        if quantity is not None:
            options.append((quantity[0], 6, {"qty": quantity[1]}))
        last, classes = self.linker.class_at(found, index)
        if classes and found[index].norm in _NEVER_IN and self.lexicon.kind_of(classes[0]) == "point":
            classes = () if found[index].norm != "current" or self._quantity(found, last, text) else classes
        if classes:
            plural = found[last - 1].lower != found[last - 1].norm
            options.append((last, 5, {"class": ClassWord(classes, _slice(text, found, index, last), plural)}))
        number = self._number(found, index)
        if number is not None:
            options.append((number[0], 3, {"num": number[1]}))
        grammar = self._grammar(found, index)
        options.extend((last, 4, tags) for last, tags in grammar)
        if not options:
            tag = "sign" if found[index].kind == "sign" else "unknown"
            return Chunk(index, index + 1, found[index].text, {tag: None})
        last = max(option[0] for option in options)
        tags: dict[str, Any] = {}
        for _, _, more in sorted((o for o in options if o[0] == last), key=lambda o: -o[1]):
            for tag, value in more.items():
                tags.setdefault(tag, value)
        if "qty" in tags and "class" in tags and tags["qty"].sensor:
            tags.pop("class")
        if "status" in tags and "class" in tags and tags["class"].classes[0] in ("Alarm", "Status"):
            tags.pop("class")  # "how many alarms are there"
        if "qty" in tags and "class" in tags and self._is_thing(tags["class"], tags["qty"]):
            tags.pop("qty")  # "an outside damper", though there are quantities with both words
        if "limit" in tags and "ent" not in tags:
            tags.pop("class", None)
            tags.pop("qty", None)
        if "outside" in tags:
            tags.pop("class", None)
        if last == index + 1 and ("state" in tags or ("rel" in tags and self._object_follows(found, last))):
            tags.pop("qty", None)  # "running", and the verb of "what powers the UPS"
            tags.pop("class", None)
        elif "qty" in tags and "rel" in tags and not self._is_verb(found, index, last):
            tags.pop("rel")
        return Chunk(index, last, _slice(text, found, index, last), tags)

    def _is_thing(self, word: ClassWord, quantity: Quantity) -> bool:
        solid = any(self.lexicon.kind_of(c) != "point" and self.lexicon.of_class(c) for c in word.classes)
        return solid and not quantity.exact and not quantity.sensor

    def _is_verb(self, found: Sequence[Piece], index: int, last: int) -> bool:
        """“power” in “what does circuit 3 power?”, but not in “chiller 1's power at 14:00”."""
        asked = any(piece.lower in ("does", "do", "did") for piece in found[:index])
        return asked and (last >= len(found) or found[last].kind == "sign")

    def _object_follows(self, found: Sequence[Piece], index: int) -> bool:
        if index >= len(found) or found[index].kind == "sign":
            return False
        return found[index].lower in ("the", "a", "an", "our", "which") or self.linker.at(found, index) is not None

    def _grammar(self, found: Sequence[Piece], index: int) -> list[tuple[int, dict[str, Any]]]:
        options: list[tuple[int, dict[str, Any]]] = []
        for last in range(min(len(found), index + LONGEST), index, -1):
            if last > index + 1 and not self._may_end(found, index, last):
                continue
            for phrase in {tuple(p.norm for p in found[index:last]), tuple(p.lower for p in found[index:last])}:
                tags: dict[str, Any] = {}
                for tag, value in TAGS.get(phrase, ()):
                    tags.setdefault(tag, value)
                if phrase in TOPIC_PHRASES:
                    tags["topic"] = TOPIC_PHRASES[phrase]
                if phrase in WRITE_PHRASES and not (last > index + 1 and self._quantity(found, index, "")):
                    tags["write"] = None  # but "chiller 1 power on Monday"
                if last == index + 1:
                    if phrase[0] in SINGULAR_PRONOUNS or phrase[0] in PLURAL_PRONOUNS:
                        tags["pron"] = phrase[0]
                    if phrase[0] in ORDINALS:
                        tags["ordinal"] = ORDINALS[phrase[0]]
                if tags:
                    options.append((last, tags))
        return options

    def _may_end(self, found: Sequence[Piece], index: int, last: int) -> bool:
        """A phrase of grammar does not cut a name or a class in two ("in the plant" before "room")."""
        if tuple(p.norm for p in found[index:last]) not in _PHRASES and (
            tuple(p.lower for p in found[index:last]) not in _PHRASES
        ):
            return False
        for start in range(index + 1, last):
            named = self.linker.name_at(found, start)
            if max(named.last if named else start, self.linker.class_at(found, start)[0]) > last:
                return False
        return True

    def _number(self, found: Sequence[Piece], index: int) -> tuple[int, Number] | None:
        negative = found[index].text in "-−" and index + 1 < len(found)
        at = index + 1 if negative else index
        piece = found[at]
        if piece.kind == "number":
            value = float(piece.norm)
        elif piece.lower in NUMBER_WORDS and not (
            piece.lower == "one" and index > 0 and not self._compared(found, index)
        ):
            value = float(NUMBER_WORDS[piece.lower])
        else:
            return None
        last, unit = at + 1, None
        if last < len(found) and (found[last].lower in UNITS or found[last].norm in UNITS):
            word = found[last].lower if found[last].lower in UNITS else found[last].norm
            if word not in ("a", "v", "l", "s", "d") or found[last].glued or found[last].text.isupper():
                unit, last = UNITS[word], last + 1
                while (
                    last < len(found)
                    and found[last].lower in ("/", "s", "h", "3", "celsius", "c", "f", "fahrenheit")
                    and (
                        found[last].glued
                        or found[last].kind == "sign"
                        or found[last].lower in ("celsius", "c", "f", "fahrenheit")
                    )
                ):
                    if found[last].lower in ("f", "fahrenheit"):
                        unit = "°F"
                    last += 1
        return last, Number(-value if negative else value, unit)

    def _compared(self, found: Sequence[Piece], index: int) -> bool:
        """The number of “more than one”."""
        return found[index - 1].lower in ("than", "least", "most", "exactly", "only")

    def _quantity(self, found: Sequence[Piece], index: int, text: str) -> tuple[int, Quantity] | None:
        named = self._full_name(found, index, text) or self._shared_tail(found, index, text)
        if named is not None:
            return named
        if found[index].norm in _NEVER_IN and not self._leads(found, index):
            return None
        last, run = index, list[str]()
        best: tuple[int, Quantity] | None = None
        vocabulary = self.lexicon.quantity_vocabulary
        while last < len(found) and last - index < 9:
            norm = found[last].norm
            phrase = self._known_phrase(found, last)
            if phrase is not None:
                said = [p.norm for p in found[last : phrase[0]]]
                plain = (len(said) > 1 or said[0] == "flow") and {quantity_token(word) for word in said} <= {
                    quantity_token(word) for word in phrase[1]
                }
                run.extend(said if plain else phrase[1])  # "supply temperature" need not be that of air
                last = phrase[0]
            elif norm == "set" and last + 1 < len(found) and found[last + 1].norm == "point":
                run.append("setpoint")
                last += 2
            elif (quantity_token(norm) in vocabulary or norm in vocabulary) and (norm.isalpha() or norm == "2"):
                if norm in _NEVER_IN and not run and not self._leads(found, index):
                    break
                run.append(norm)
                last += 1
            else:
                break
            if (
                quantity_token(run[-1]) in self._heads
                or run[-1] == "sensor"
                or (run[-1] == "2" and len(run) > 1 and run[-2] == "co")
                or (phrase is not None and phrase[1])
            ):
                quantity = self._read(run, found, index, last, text)
                if quantity is not None:
                    best = (last, quantity)
        return best

    def _leads(self, found: Sequence[Piece], index: int) -> bool:
        """“heating” and “cooling” begin a quantity only before what can be heated or commanded."""
        return (
            found[index].norm in ("heating", "cooling")
            and index + 1 < len(found)
            and found[index + 1].norm
            in ("setpoint", "set", "temperature", "temp", "command", "demand", "valve", "coil")
        )

    def _full_name(self, found: Sequence[Piece], index: int, text: str) -> tuple[int, Quantity] | None:
        """The whole name of a quantity that the plant has ("max supply air temperature setpoint limit")."""
        names = self.lexicon.quantity_names
        for last in range(min(len(found), index + self.lexicon.longest_quantity), index + 1, -1):
            quantity = names.get(tuple(p.norm for p in found[index:last]))
            if quantity is not None:
                sensor = last < len(found) and found[last].norm in ("sensor", "point")
                end = last + 1 if sensor else last
                plural = found[end - 1].lower != found[end - 1].norm
                tokens = self.lexicon.quantity_tokens[quantity]
                return end, Quantity(tokens, _slice(text, found, index, end), sensor, plural, exact=(quantity,))
        return None

    def _shared_tail(self, found: Sequence[Piece], index: int, text: str) -> tuple[int, Quantity] | None:
        """“entering and leaving water temperature”: the first of them."""
        if index + 3 >= len(found) or found[index + 1].norm not in ("and", "or", "&", "/"):
            return None
        if found[index].kind != "word" or quantity_token(found[index].norm) not in self.lexicon.quantity_vocabulary:
            return None
        second = self._quantity(found, index + 2, text)
        if second is None or second[0] <= index + 3 or self._is_whole(found[index]):
            return None
        words = [found[index].norm, *(p.norm for p in found[index + 3 : second[0]])]
        tokens = frozenset(quantity_token(word) for word in words)
        if not self.lexicon.quantities_named(tokens):
            return None
        return index + 1, Quantity(tokens, " ".join(words))

    def _is_whole(self, piece: Piece) -> bool:
        """A word that is a quantity by itself ("humidity")."""
        return (piece.norm,) in self.lexicon.quantity_phrases or quantity_token(piece.norm) in self._heads

    def _known_phrase(self, found: Sequence[Piece], index: int) -> tuple[int, tuple[str, ...]] | None:
        """A word of the twin library for a quantity ("SAT", "temp"), as the words of the quantity it stands for."""
        for last in range(min(len(found), index + self.lexicon.longest_phrase), index, -1):
            quantities = self.lexicon.quantity_phrases.get(tuple(p.norm for p in found[index:last]))
            if quantities and not (last == index + 1 and found[index].norm in _NO_HEADS):
                best = next((q for q in quantities if q in self.lexicon.present_quantities), quantities[0])
                return last, tuple(best.split("_"))
        return None

    def _read(self, run: list[str], found: Sequence[Piece], first: int, last: int, text: str) -> Quantity | None:
        sensor = run[-1] in ("sensor", "point") and len(run) > 1
        words = run[:-1] if sensor else run
        if (
            not words
            or (words == ["sensor"])
            or (not sensor and quantity_token(words[-1]) not in self._heads and "co" not in words)
        ):
            return None
        tokens = frozenset(quantity_token(word) for word in words if word != "2" or "co" not in words) - {"sensor"}
        plural = found[last - 1].lower != found[last - 1].norm
        exact = self.lexicon.quantity_phrases.get(
            tuple(p.norm for p in found[first:last]), ()
        ) or self.lexicon.quantity_phrases.get(tuple(words), ())
        owner, rest = self._owner(found, first, last, words)
        if not self.lexicon.quantities_named(tokens) and not owner and not exact:
            return None
        return Quantity(tokens, _slice(text, found, first, last), sensor, plural, owner, rest, exact)

    def _owner(
        self, found: Sequence[Piece], first: int, last: int, words: list[str]
    ) -> tuple[tuple[str, ...], frozenset[str]]:
        """A class in front of the quantity ("supply fan | speed")."""
        for middle in range(last - 1, first, -1):
            classes = self.lexicon.class_phrases.get(tuple(p.norm for p in found[first:middle]), ())
            classes = tuple(c for c in classes if self.lexicon.kind_of(c) != "point")
            rest = frozenset(quantity_token(p.norm) for p in found[middle:last]) - {"sensor"}
            if classes and rest and self.lexicon.quantities_named(rest):
                return classes, rest
        return (), frozenset()


_PHRASES = frozenset({*TAGS, *TOPIC_PHRASES, *WRITE_PHRASES})
_NO_HEADS = frozenset({
    "time", "state", "sensor", "point", "air", "water", "on", "off", "run", "alarm", "limit", "parameter", "count", "area", "start",
    "stop", "switch", "reset", "enable", "disable", "event", "zone", "detected", "direction", "signal", "cost", "day", "hour", "number",
    "in", "out", "open", "close", "left", "fault", "warning", "health", "issue", "unit", "device", "change", "log", "maintenance",
    "manual", "auto", "average", "max", "min", "active", "failure", "availability", "low", "high", "override", "lockout", "required",
    "medium", "gas", "status",
})  # fmt: skip
_NEVER_IN = frozenset({
    "on", "off", "is", "in", "of", "and", "or", "the", "max", "min", "average", "change", "run", "start", "stop", "open", "close", "high", "low",
    "time", "warmest", "coldest", "active", "heating", "cooling", "at", "per", "no", "a", "2", "used", "generated", "rate", "peak", "minimum", "maximum", "mean", "highest", "lowest", "current",
})  # fmt: skip


def _slice(text: str, found: Sequence[Piece], first: int, last: int) -> str:
    return text[found[first].start : found[last - 1].end]
