"""What each piece of a sentence can be by the plant's vocabulary: names, classes, quantities, numbers, units, dates, quoted text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

from agent.language import dates
from agent.language.grammar import Grammar
from agent.language.phrase import Phrase
from agent.vocabulary.lexicon import Key, Lexicon
from agent.vocabulary.linking import Link, Linker
from agent.vocabulary.quantities import Quantity, QuantityReader
from agent.vocabulary.terms import terms
from agent.vocabulary.tokens import Piece, pieces
from graph_schema.units import UNITS, unit_name

_QUOTED = re.compile(r"“([^”]*)”|\"([^\"]*)\"|„([^“”]*)[“”]|«([^»]*)»")
_LETTERS = frozenset("acflmvwskdhtg")
"""Units of one letter, which are words or names where no number stands before them."""
_UNIT_PIECES = 4
_SHORT_FORM = 2
"""Pieces of a short form at most: “war 's”."""
_PART = 4
"""Letters of each word of a compound at least."""
_MEASURED, _POINT, _NOT_HERE = 3.0, 1.2, 1.2
_KIND, _BEGUN, _FAMILY = 0.5, 0.2, 0.4
"""Of the name of one asset in the plural that is a word for a class; of a word for a class that begins a longer name, or is what several places are called."""


@dataclass(frozen=True, slots=True)
class ClassWord:
    """A word for a class of the ontology; the first of ``classes`` is the usual meaning. ``either``: it is the same for one and for many."""

    classes: tuple[str, ...]
    text: str
    plural: bool
    either: bool = False


@dataclass(frozen=True)
class PlantWords:
    """The words of a plant in one language: what a sentence of it is read with."""

    grammar: Grammar
    lexicon: Lexicon
    linker: Linker
    quantities: QuantityReader
    folds: Sequence[tuple[str, str]] = ()
    """Letters that many type for others (“ae” for “ä”), as they are compared."""
    spellings: tuple[str, ...] = ()
    """The language's own words that a slip may be meant for."""

    def spelt_out(self, typed: Sequence[Piece]) -> Sequence[Piece]:
        """With the words that short forms stand for; those of one short form share its place in the text."""
        found: list[Piece] = []
        at = 0
        while at < len(typed):
            meant, size = self._short_form(typed, at)
            found.extend(
                Piece(one, pieces(one)[0].norm, "word", typed[at].start, typed[at + size - 1].end) for one in meant
            )
            if not meant:
                found.append(typed[at])
            at += size
        return found

    def _short_form(self, typed: Sequence[Piece], at: int) -> tuple[tuple[str, ...], int]:
        """What is meant from a piece on, by the longest form, and how many pieces that has."""
        forms = self.grammar.short_forms
        for size in range(_SHORT_FORM, 0, -1):
            said = tuple(piece.lower for piece in typed[at : at + size])
            if len(said) == size and said in forms and not typed[at].glued and not _is_numbered(typed, at + size):
                return forms[said], size
        return (), 1

    def divided(self, piece: Piece) -> Sequence[Piece]:
        """A compound of two words of the plant or the trade as those; they share its place in the text. Any other word stays."""
        if not self.grammar.compounds or piece.kind != "word" or len(piece.norm) < 2 * _PART or self._knows(piece.norm):
            return [piece]
        parts = self._in_full(piece.norm) or next(self._divisions(piece.norm), ()) or [piece.norm]
        if parts == [piece.norm]:
            return [piece]
        return [Piece(one, one, "word", piece.start, piece.end, piece.glued) for one in parts]

    def _in_full(self, word: str) -> Sequence[str]:
        """“zulufttemp” as “zulufttemperatur”."""
        ends = (
            (word.removesuffix(typed) + meant)
            for typed, meant in self.grammar.word_ends.items()
            if _ends_in(word, typed)
        )
        return next(([one] for one in ends if self._knows(one)), ())

    def _divisions(self, word: str) -> Iterator[Sequence[str]]:
        """The longest second word first, with or without an s between them."""
        for at in range(_PART, len(word) - _PART + 1):
            first, second = word[:at], word[at:]
            firsts = [one for one in (first, first.removesuffix("s")) if len(one) >= _PART and self.linker.knows(one)]
            if firsts and self.linker.knows(second):
                yield [firsts[0], second]

    def respelt(self, piece: Piece) -> Piece:
        """A misspelt word put right; a word of the language, of the plant or of the trade stays."""
        if piece.kind != "word":
            return piece
        folded = _folded(piece.norm, self.folds)
        own = piece.norm not in self.grammar.literals and folded in self.grammar.literals
        if not own and (self._knows(piece.norm) or self._knows(piece.lower)):
            return piece
        if self._knows(folded):
            return Piece(folded, folded, "word", piece.start, piece.end, piece.glued)
        better = self.lexicon.respell(piece.norm, self.spellings)
        return piece if better is None else Piece(better, better, "word", piece.start, piece.end, piece.glued)

    def number(self, norms: Key, last: Piece) -> tuple[bool, bool]:
        """Whether a word for a class is in the plural, and whether its form leaves that open. A language that has other plurals than those with
        an s is known by its word list: of “Ventil” and “Ventile” the longer."""
        endings = self.grammar.plural_endings
        if not endings or norms not in (own := terms(self.grammar.code).classes):
            return last.is_plural, False
        if last.is_plural:  # an s: “AHUs” are many, “des Kessels” is one
            return last.text[:-1].isupper(), False
        longer = any((*norms[:-1], norms[-1].removesuffix(end)) in own for end in endings if _ends(norms, end))
        return longer, not longer and norms[-1].endswith(self.grammar.same_in_plural)

    def _knows(self, word: str) -> bool:
        words = self.linker.words
        own = word in self.grammar.literals or word in words.known or word in words.numbers or word in words.ordinals
        return own or self.linker.knows(word)


def _ends_in(word: str, end: str) -> bool:
    return word.endswith(end) and word != end


def _is_numbered(typed: Sequence[Piece], at: int) -> bool:
    """Whether a number is glued on there: “Q3” is no short form of “qué”."""
    return at < len(typed) and typed[at].glued and typed[at].kind == "number"


def _ends(norms: Key, ending: str) -> bool:
    return norms[-1].endswith(ending) and norms[-1] != ending


def _folded(word: str, folds: Sequence[tuple[str, str]]) -> str:
    for typed, meant in folds:
        word = word.replace(typed, meant)
    return word


@dataclass
class Lattice:
    """One sentence. ``pieces`` have misspelt words put right; ``text`` stays as it was written."""

    text: str
    words_of: PlantWords
    pieces: Sequence[Piece] = field(init=False)

    def __post_init__(self) -> None:
        spelt = (one for piece in self.words_of.spelt_out(pieces(self.text)) for one in self.words_of.divided(piece))
        self.pieces = [self.words_of.respelt(piece) for piece in spelt]

    def __len__(self) -> int:
        return len(self.pieces)

    def slice(self, start: int, end: int) -> str:
        """As it was written."""
        return self.text[self.pieces[start].start : self.pieces[end - 1].end] if end > start else ""

    def words(self, at: int) -> frozenset[str]:
        """The words that a piece is compared as."""
        return self._words[at] if at < len(self._words) else frozenset()

    @cached_property
    def _words(self) -> Sequence[frozenset[str]]:
        return [
            frozenset({piece.norm, piece.lower, dates.DIGITS} if piece.kind == "number" else {piece.norm, piece.lower})
            for piece in self.pieces
        ]

    def terminals(self, kind: str, at: int) -> Sequence[Phrase]:
        """What the vocabulary says that begins at a piece; nothing for kinds that only rules make."""
        read = _TERMINALS.get(kind)
        return read(self, at) if read is not None else ()

    # -- vocabulary --------------------------------------------------------------------------------------------------

    def names(self, at: int) -> Sequence[Phrase]:
        link = self.words_of.linker.at(self.pieces, at)
        named = [self._linked(link), *self._shorter(link)] if link is not None else []
        return [*named, *self._begun_names(at, link.last if link is not None else at)]

    def _begun_names(self, at: int, named: int) -> Iterator[Phrase]:
        """Names by their first word and a word for a class, where no longer name stands there and no such class."""
        known = {phrase.end for phrase in self.classes(at)}
        for word in self.classes(at + 1):
            if word.end <= named or word.end in known or word.cost:
                continue
            link = self.words_of.linker.begun_at(self.pieces, at, word.end, cast(ClassWord, word.value).classes)
            if link is not None:
                yield Phrase("name", at, word.end, value=link)

    def _linked(self, link: Link) -> Phrase:
        """What only reports has a name as well; its asset and what it measures are the better reading."""
        points = bool(link.candidates) and all(one.kind == "Point" for one in link.candidates)
        if self._is_in_plural(link):
            said: Key = tuple(piece.norm for piece in self.pieces[link.first : link.last])
            kind = (
                _KIND if said in self.words_of.lexicon.class_phrases else 0.0
            )  # “boilers”, where one is called just so
            return Phrase("name", link.first, link.last, value=replace(link, reading="plural"), cost=kind)
        return Phrase("name", link.first, link.last, value=link, cost=_POINT if points else 0.0)

    def _is_in_plural(self, link: Link) -> bool:
        """“feed pumps” where an asset is called “Feed Pump”; “Sales” is called so itself."""
        last, things = self.pieces[link.last - 1], self.words_of.lexicon.things
        own = bool(link.candidates) and link.reading == "name" and all(one.kind == "Asset" for one in link.candidates)
        return own and last.is_plural and not any(things[id_].name.lower().endswith(last.lower) for id_ in link.ids)

    def _shorter(self, link: Link) -> Sequence[Phrase]:
        """“AHU-2” of the point that is called “AHU-2 supply air temperature”."""
        if not link.candidates or any(one.kind != "Point" for one in link.candidates):
            return ()
        within = self.words_of.linker.at(self.pieces[: link.last - 1], link.first)
        return [self._linked(within), *self._shorter(within)] if within is not None else []

    def classes(self, at: int) -> Sequence[Phrase]:
        lexicon = self.words_of.lexicon
        found: list[Phrase] = []
        for end in range(at + 1, min(len(self), at + lexicon.longest_phrase + 1) + 1):
            norms: Key = tuple(piece.norm for piece in self.pieces[at:end])
            if classes := self.words_of.linker.classes_called(norms):
                counted = self.pieces[at if self.words_of.grammar.number_of_first else end - 1]
                plural, either = self.words_of.number(norms, counted)
                word = ClassWord(classes, self.slice(at, end), plural, either)
                begun = _BEGUN if at < end <= self._name_end(at) else 0.0
                family = _FAMILY if self._is_family(at, end, classes) else 0.0
                found.append(Phrase("class", at, end, value=word, cost=self._cost(classes, norms) + begun + family))
        return found

    def _is_family(self, at: int, end: int, classes: Sequence[str]) -> bool:
        """Whether a word for a class of places is what some of them are called: the “habitaciones” of a hotel are no plant room. Of equipment all of
        the class are meant."""
        link = self.words_of.linker.at(self.pieces, at)
        if link is None or link.reading != "family" or link.last != end:
            return False
        lexicon = self.words_of.lexicon
        places = [class_ for class_ in classes if lexicon.kind_of(class_) == "place"]
        return set(link.ids) < {id_ for class_ in places for id_ in lexicon.of_class(class_)}

    def _name_end(self, at: int) -> int:
        """Where the name of an asset ends that begins at a piece: “boiler feed pump 1” is no boiler that feeds a pump."""
        link = self.words_of.linker.at(self.pieces, at)
        return link.last if link is not None and link.reading == "name" and len(link.candidates) == 1 else at

    def _cost(self, classes: Sequence[str], norms: Key) -> float:
        """What is measured is hardly ever meant by the points that measure it, nor the “level” of a tank by a floor."""
        lexicon = self.words_of.lexicon
        points = all(lexicon.kind_of(class_) == "point" for class_ in classes)
        said = "_".join(norms)
        measured = points or any(one == said or one.endswith(f"_{said}") for one in lexicon.present_quantities)
        return _MEASURED if measured and norms in lexicon.quantity_phrases else 0.0

    def quantities(self, at: int) -> Sequence[Phrase]:
        return [
            Phrase("quantity", at, end, value=one, cost=0.0 if self._is_measured(one) else _NOT_HERE)
            for end, one in self._quantities(at)
            if not one.sensor
        ] + [*self._begun(at)]

    def _begun(self, at: int) -> Iterator[Phrase]:
        """“supply” of “supply and return air temperature”: the rest of its name stands after what it is joined with."""
        joining = self.words_of.linker.words.joining
        if at + 2 >= len(self) or self.pieces[at].kind != "word" or self.pieces[at + 1].lower not in joining:
            return
        for end, other in self._quantities(at + 2):
            rest = self.pieces[at + 3 : end]
            whole = [self.pieces[at], *rest]
            found = self.words_of.quantities.at(whole, 0, self.text) if rest and not other.sensor else ()
            for length, quantity in found:
                if length == len(whole) and self._is_measured(quantity):
                    yield Phrase("quantity", at, at + 1, value=quantity)

    def _is_measured(self, quantity: Quantity) -> bool:
        """Whether the plant has any such points; “máxima” of “potencia máxima” is else a statistic."""
        lexicon = self.words_of.lexicon
        present = lexicon.present_quantities
        wide = (one for one in quantity.exact for other in present if lexicon.includes(one, other))
        return bool(quantity.owner) or any(wide) or bool(lexicon.quantities_named(quantity.tokens, present))

    def sensors(self, at: int) -> Sequence[Phrase]:
        """“zone temperature sensors”: the points of a quantity."""
        found = [Phrase("sensor", at, end, value=one) for end, one in self._quantities(at) if one.sensor]
        return [*found, *self._instruments(at)]

    def _instruments(self, at: int) -> Iterator[Phrase]:
        """“Außentemperaturfühler”, “vatímetro”: classes of points that have a word of their own."""
        for phrase in self.classes(at):
            word = cast(ClassWord, phrase.value)
            if self.words_of.lexicon.kind_of(word.classes[0]) == "point" and word.classes[0].endswith("_Sensor"):
                id_ = word.classes[0].lower().removesuffix("_sensor")
                tokens = self.words_of.lexicon.quantity_tokens.get(id_, frozenset(id_.split("_")))
                quantity = Quantity(tokens, word.text, sensor=True, plural=word.plural, exact=(id_,))
                yield Phrase("sensor", at, phrase.end, value=quantity, cost=phrase.cost)

    def _quantities(self, at: int) -> Sequence[tuple[int, Quantity]]:
        return self.words_of.quantities.at(self.pieces, at, self.text)

    # -- numbers -----------------------------------------------------------------------------------------------------

    def numbers(self, at: int) -> Sequence[Phrase]:
        signed = self.pieces[at].text in ("-", "−") and at + 1 < len(self) and not self._touches(at - 1, at)
        first = at + 1 if signed else at
        piece = self.pieces[first]
        word = self.words_of.linker.words.numbers.get(piece.lower)
        if piece.kind != "number" and (word is None or signed):
            return ()
        end, value = (first + 1, float(word)) if word is not None else self._digits(first)
        return [Phrase("number", at, end, value=-value if signed else value)]

    def _digits(self, at: int) -> tuple[int, float]:
        """“21,5” is a decimal number where the language writes a comma."""
        piece, comma = self.pieces[at], self.words_of.grammar.decimal_comma
        if comma and self._continues(at, ","):
            return at + 3, float(f"{piece.norm}.{self.pieces[at + 2].text}")
        if comma and re.fullmatch(r"\d+,\d{3}", piece.text):
            return at + 1, float(piece.text.replace(",", "."))
        text = piece.text.replace(",", "")
        return at + 1, float(text.replace(".", "") if comma and re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text)

    def _continues(self, at: int, sign: str) -> bool:
        """Whether a sign and another number follow a number without a space."""
        return (
            at + 2 < len(self)
            and self.pieces[at + 1].text == sign
            and self.pieces[at + 2].kind == "number"
            and self._touches(at, at + 1)
            and self._touches(at + 1, at + 2)
        )

    def _touches(self, first: int, second: int) -> bool:
        return first >= 0 and self.pieces[first].end == self.pieces[second].start

    def ordinals(self, at: int) -> Sequence[Phrase]:
        words, piece = self.words_of.linker.words, self.pieces[at]
        if (number := words.ordinals.get(piece.lower)) is not None:
            return [Phrase("ordinal", at, at + 1, value=number)]
        follower = self.pieces[at + 1].lower if at + 1 < len(self) else ""
        if piece.kind == "number" and follower in words.ordinal_endings and self._touches(at, at + 1):
            return [Phrase("ordinal", at, at + 2, value=int(float(piece.norm)))]
        return ()

    def units(self, at: int) -> Sequence[Phrase]:
        found: list[Phrase] = []
        for end in range(at + 1, min(len(self), at + _UNIT_PIECES) + 1):
            text = self.slice(at, end)
            follows = at > 0 and self.pieces[at - 1].kind == "number"
            if len(text) == 1 and text.lower() in _LETTERS and not follows:
                continue
            if (unit := unit_name(text)) in UNITS or unit == "%":
                found.append(Phrase("unit", at, end, {"unit": unit}, value=unit))
        return found

    def is_unit(self, at: int) -> bool:
        """Whether one piece says what a number before it counts; words such as “in” are prepositions first."""
        piece, words = self.pieces[at], self.words_of.linker.words
        if not {piece.norm, piece.lower}.isdisjoint(words.units | words.measure_units):
            return True
        small = piece.lower in self.words_of.grammar.literals and not piece.text.isupper()
        return not small and unit_name(piece.text) in UNITS

    # -- text --------------------------------------------------------------------------------------------------------

    def quoted(self, at: int) -> Sequence[Phrase]:
        match = _QUOTED.match(self.text, self.pieces[at].start)
        if match is None:
            return ()
        end = next((i for i in range(at, len(self)) if self.pieces[i].start >= match.end()), len(self))
        return [Phrase("quoted", at, end, value=next(group for group in match.groups() if group is not None))]

    def rest(self, at: int) -> Sequence[Phrase]:
        """All that is left of the sentence, as text."""
        return [Phrase("rest", at, len(self), value=self.text[self.pieces[at].start :], cost=1.0)]

    def word(self, at: int) -> Sequence[Phrase]:
        """Any one word, as it was written."""
        piece = self.pieces[at]
        return [] if piece.kind == "sign" else [Phrase("word", at, at + 1, value=self.slice(at, at + 1), cost=1.0)]

    def mark(self, at: int) -> Sequence[Phrase]:
        """A code of letters and digits without a blank, as it was written: “MT010”, “rule-7b”."""
        if self.pieces[at].kind != "word":
            return []
        end = at + 1
        while end < len(self) and self._touches(end - 1, end) and (self.pieces[end].kind != "sign" or self._joins(end)):
            end += 1
        text = self.slice(at, end)
        return [Phrase("mark", at, end, value=text, cost=0.5)] if any(one.isdigit() for one in text) else []

    def _joins(self, at: int) -> bool:
        """Whether a sign stands between two pieces that it touches."""
        return self.pieces[at].text in "-_./" and at + 1 < len(self) and self._touches(at, at + 1)


_TERMINALS: Mapping[str, Callable[[Lattice, int], Sequence[Phrase]]] = {
    "name": Lattice.names,
    "class": Lattice.classes,
    "quantity": Lattice.quantities,
    "sensor": Lattice.sensors,
    "number": Lattice.numbers,
    "ordinal": Lattice.ordinals,
    "unit": Lattice.units,
    "quoted": Lattice.quoted,
    "rest": Lattice.rest,
    "word": Lattice.word,
    "mark": Lattice.mark,
    **dates.TERMINALS,
}
