"""A draft as marks: names of assets, classes, quantities, numbers, moments, and words with what they claim. Read once, from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from agent.evidence.amounts import NUMBER, UNIT, Amount, amounts, unit_written
from agent.evidence.moments import Moment, moment_at
from agent.evidence.words import Meaning, Words
from agent.vocabulary.lexicon import Key, Lexicon, lengths_of
from agent.vocabulary.linking import Linker
from agent.vocabulary.tokens import Piece, pieces
from tools.sentences.outside import OUTSIDE

MarkSort = Literal["asset", "class", "quantity", "number", "moment", "word", "cited", "sign", "outside"]
CITED = re.compile(r"\[([a-z]{1,2}(?:\d+)?(?:\.\w+)?)\]")
_LONGEST_CLAIMLESS = 2
"""Words of a name in which nothing can be claimed."""
_HARMLESS = re.compile(
    r"\b(?:ISO|IEC|EN|DIN|ASHRAE|ANSI|ISA|VDI|BS|NFPA)[ +−-]?\d[\d.:/-]*|\b(?:CO2|CO₂|PM\s?2\.5|PM\s?10|PM1|H2O|N2O|NO2|SO2|O2|3D|24/7)\b|(?<![\w.])\d-(?:way|phase|pipe|wire|stage|point|pole)\b"
)
_ORDINAL = re.compile(r"(?<![\w.])\d+(?:st|nd|rd|th|º|ª)\b")
_NUMBERING = re.compile(r"^\s*(?:[-*•]\s)?\d{1,3}[.)](?=\s)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text. ``ids`` are the assets that a name may mean, none for a name that nothing has; ``meanings`` is what a word claims,
    nothing for a word that is in no list."""

    start: int
    end: int
    text: str
    sort: MarkSort
    ids: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    quantities: frozenset[str] = frozenset()
    amounts: tuple[Amount, ...] = ()
    unit: str | None = None
    moment: Moment | None = None
    meanings: frozenset[Meaning] = frozenset()

    sorts: frozenset[str] = frozenset()
    """Of its meanings."""

    def means(self, sort: str) -> bool:
        return sort in self.sorts

    def detail(self, sort: str) -> str | float | None:
        return next((one.detail for one in self.meanings if one.sort == sort), None)


@dataclass(frozen=True)
class Names:
    """What a draft may call things: the plant's lexicon, the names in the evidence, and phrases of the language."""

    lexicon: Lexicon
    told: Mapping[Key, frozenset[str]] = field(default_factory=dict[Key, frozenset[str]])
    classes: Mapping[Key, tuple[str, ...]] = field(default_factory=dict[Key, tuple[str, ...]])
    quantities: Mapping[Key, tuple[str, ...]] = field(default_factory=dict[Key, tuple[str, ...]])
    units: tuple[str, ...] = ()
    """Of the evidence, the longest first: a plant measures in more than are known here."""

    @property
    def longest(self) -> int:
        return max((len(key) for key in self.told), default=0)

    @property
    def lengths(self) -> Mapping[str, int]:
        """How long the phrases are that begin with a piece."""
        if not (self.classes or self.quantities):
            return self.lexicon.phrase_lengths
        return lengths_of((*self.classes, *self.quantities), self.lexicon.phrase_lengths)


def _claiming(mark: Mark, meanings: frozenset[Meaning]) -> Mark:
    """A class or quantity that is also a word of the language; “alarm” and “running” are states before they are points."""
    if any(one.sort == "state" for one in meanings):
        mark = replace(mark, sort="word", classes=(), quantities=frozenset())
    return replace(mark, meanings=meanings, sorts=_sorts(meanings))


def _sorts(meanings: frozenset[Meaning]) -> frozenset[str]:
    return frozenset(one.sort for one in meanings)


class Reader:
    """Reads drafts in one language."""

    def __init__(self, names: Names, words: Words) -> None:
        self._names = names
        self._words = words
        self._linker = Linker(names.lexicon)
        self._longest = names.longest
        self._told_first = frozenset(name[0] for name in names.told)
        self._lengths = names.lengths

    def marks(self, text: str) -> list[Mark]:
        """All marks of one sentence."""
        found = pieces(text)
        tokens = [piece.lower for piece in found]
        spans = sorted([*self._patterns(text)], key=lambda mark: (mark.start, -mark.end))
        marks: list[Mark] = []
        index = upto = 0
        while index < len(found):
            piece = found[index]
            span = next((one for one in spans if one.start <= piece.start < one.end), None) if spans else None
            if span is not None:
                if span.start >= upto:
                    marks.append(span)
                upto = max(upto, span.end)
                index += 1
                continue
            mark, index = self._mark(text, found, tokens, index)
            marks.append(mark)
        return marks

    def _patterns(self, text: str) -> Iterator[Mark]:
        """What is read by its shape, whatever its words are."""
        for match in CITED.finditer(text):
            yield Mark(match.start(), match.end(), match[1], "cited")
        for match in OUTSIDE.finditer(text):
            if moment_at(text, match.start(), self._words) is None:
                yield Mark(match.start(), match.end(), match[0], "outside")
        for pattern in (_HARMLESS, _ORDINAL, _NUMBERING):
            for match in pattern.finditer(text):
                yield Mark(match.start(), match.end(), match[0], "sign")

    def _mark(self, text: str, found: Sequence[Piece], tokens: Sequence[str], index: int) -> tuple[Mark, int]:
        piece = found[index]
        asset = self._asset(text, found, index)
        phrase = self._phrase(text, found, index)
        last, meanings = self._words.at(tokens, index) if piece.kind == "word" else (index, frozenset[Meaning]())
        best = max((asset[1] if asset else 0, 3), (phrase[1] if phrase else 0, 2), (last if meanings else 0, 1))
        if asset and best == (asset[1], 3):
            return asset
        if (moment := moment_at(text, piece.start, self._words)) is not None and not piece.glued:
            end = next((i for i in range(index, len(found)) if found[i].start >= moment[1]), len(found))
            return Mark(piece.start, moment[1], text[piece.start : moment[1]], "moment", moment=moment[0]), end
        if phrase and best == (phrase[1], 2):
            return _claiming(phrase[0], meanings) if last == phrase[1] else phrase[0], phrase[1]
        if piece.kind == "number":
            return self._number(text, found, index)
        if piece.kind == "sign":
            return Mark(piece.start, piece.end, piece.text, "sign"), index + 1
        if not meanings:
            return Mark(piece.start, piece.end, piece.text, "word"), index + 1
        return self._word(text, found, tokens, index, last, meanings)

    def _word(
        self,
        text: str,
        found: Sequence[Piece],
        tokens: Sequence[str],
        index: int,
        last: int,
        meanings: frozenset[Meaning],
    ) -> tuple[Mark, int]:
        start, end = found[index].start, found[last - 1].end
        number = next((one.detail for one in meanings if one.sort == "number"), None)
        if number is not None and last < len(found):
            unit_last, unit = self._unit_words(tokens, last)
            if unit is not None:
                value = (Amount(float(number)),)
                return Mark(
                    start,
                    found[unit_last - 1].end,
                    text[start : found[unit_last - 1].end],
                    "number",
                    amounts=value,
                    unit=unit,
                ), unit_last
        if number is not None:
            return Mark(
                start,
                end,
                text[start:end],
                "word",
                amounts=(Amount(float(number)),),
                meanings=meanings,
                sorts=_sorts(meanings),
            ), last
        return Mark(start, end, text[start:end], "word", meanings=meanings, sorts=_sorts(meanings)), last

    def _unit_words(self, tokens: Sequence[str], index: int) -> tuple[int, str | None]:
        if index >= len(tokens):
            return index, None
        last, meanings = self._words.at(tokens, index)
        return last, next((str(one.detail) for one in meanings if one.sort == "unit"), None)

    # -- names -----------------------------------------------------------------------------------------------------------

    def _asset(self, text: str, found: Sequence[Piece], index: int) -> tuple[Mark, int] | None:
        piece = found[index]
        if piece.glued:
            return None
        link = self._linker.name_at(found, index)
        last, ids = (link.last, frozenset(link.ids)) if link else (index, frozenset[str]())
        told_last, told = self._told(found, index)
        if told_last > last:
            last, ids = told_last, told
        if not ids and (like := self._like_a_class(text, found, index)) is not None:
            last, ids = like
        if last == index:
            numbered = index and found[index - 1].lower in self._names.lexicon.words.numbering
            return self._code(text, found, index) if piece.kind == "word" or numbered else None
        said = tuple(one.norm for one in found[index:last])
        if last - index > _LONGEST_CLAIMLESS and self._claims(found[index:last]):
            return None  # “all pumps are fine” where somebody has called a pump so
        end = found[last - 1].end
        if said in self._names.lexicon.class_phrases and text[piece.start : end].islower():
            return None  # “1 transfer switch” where one is called “Transfer Switch”
        return Mark(piece.start, end, text[piece.start : end], "asset", ids), last

    def _claims(self, found: Sequence[Piece]) -> bool:
        """Whether there is a verb in it: then it says something, whoever is called that."""
        tokens = [piece.lower for piece in found]
        return any(one.sort == "verb" for index in range(len(tokens)) for one in self._words.at(tokens, index)[1])

    def _like_a_class(self, text: str, found: Sequence[Piece], index: int) -> tuple[int, frozenset[str]] | None:
        """“Pump House”, “Boardroom”: a name that is a class's words as well, written as the name is."""
        names = self._names.lexicon.named_as_classes
        if not names or not found[index].text[:1].isupper():
            return None
        for last in range(min(len(found), index + self._names.lexicon.longest_name), index, -1):
            ids = names.get(text[found[index].start : found[last - 1].end])
            if ids:
                return last, ids
        return None

    def _told(self, found: Sequence[Piece], index: int) -> tuple[int, frozenset[str]]:
        """A name as the evidence spells it, also with “'s” or a comma inside it: “AHU-2's supply fan”, “Pump 2, standby”."""
        norms: list[str] = []
        best: tuple[int, frozenset[str]] = (index, frozenset())
        if found[index].norm not in self._told_first and found[index].text != "(":
            return best
        for last in range(index, len(found)):
            if len(norms) >= self._longest:
                break
            if found[last].norm == "'s" or found[last].text == ",":
                continue
            if found[last].kind == "sign" and found[last].text not in "()":
                break
            norms.append(found[last].norm)
            glued = last + 1 < len(found) and found[last + 1].glued and found[last + 1].norm != "'s"
            if not glued and (ids := self._names.told.get(tuple(norms))) is not None:
                best = (last + 1, ids)
        return best

    def _code(self, text: str, found: Sequence[Piece], index: int) -> tuple[Mark, int] | None:
        """“AHU 9”, “P-101”: what looks like a name, whether anything has it or not."""
        piece = found[index]
        follows = found[index + 1] if index + 1 < len(found) else None
        if follows is None or not (follows.kind == "number" or follows.glued or piece.text[:1].isupper()):
            return None
        if follows.kind == "number" and not follows.text.isdigit() and not follows.glued:
            return None  # “lifts 18.1”
        if not follows.glued and moment_at(text, follows.start, self._words) is not None:
            return None  # “Stand 10:00”
        link = self._linker.at(found, index)
        if link is None or link.reading in ("part", "focus", "only"):
            return None
        end = found[link.last - 1].end
        said = text[piece.start : end]
        if not link.ids and not link.classes and self._words.at([piece.lower], 0)[1] and not piece.text.isupper():
            return None  # “Stand 10:00”: a word of the language
        if not link.candidates and not any(letter.isdigit() for letter in said):
            return None
        return Mark(piece.start, end, said, "asset", frozenset(link.ids), link.classes), link.last

    def _phrase(self, text: str, found: Sequence[Piece], index: int) -> tuple[Mark, int] | None:
        """The longest class or quantity that is said here, in the language's words or the plant's."""
        names, lexicon = self._names, self._names.lexicon
        longest = self._lengths.get(found[index].norm, 0)
        if found[index].glued or not longest:
            return None
        for last in range(min(len(found), index + longest), index, -1):
            said = tuple(piece.norm for piece in found[index:last])
            quantities = frozenset((*lexicon.quantity_phrases.get(said, ()), *names.quantities.get(said, ())))
            classes = (*lexicon.class_phrases.get(said, ()), *names.classes.get(said, ()))
            if quantities or classes:
                start, end = found[index].start, found[last - 1].end
                sort: MarkSort = "quantity" if quantities else "class"
                return Mark(start, end, text[start:end], sort, classes=classes, quantities=quantities), last
        return None

    # -- numbers ---------------------------------------------------------------------------------------------------------

    def _number(self, text: str, found: Sequence[Piece], index: int) -> tuple[Mark, int]:
        start = found[index].start
        match = NUMBER.match(text, start)
        assert match
        minus = start > 0 and text[start - 1] in "-−" and (start < 2 or text[start - 2] in " (\n:;,≤≥<>=~")
        values = tuple(amounts(match[0], self._words.wording.decimal, minus=minus))
        end, unit = match.end(), None
        if (told := self._unit_told(text, end)) is not None:
            end, unit = told
        elif (written := UNIT.match(text, end)) is not None:
            end, unit = written.end(), unit_written(written["unit"])
        last = next((i for i in range(index, len(found)) if found[i].start >= end), len(found))
        if unit is None:
            upto, word = (
                self._unit_words([piece.lower for piece in found[last : last + 4]], 0)
                if last < len(found)
                else (0, None)
            )
            if word is not None:
                last, unit = last + upto, word
                end = found[last - 1].end
        return Mark(start, end, text[start:end], "number", amounts=values, unit=unit), last

    def _unit_told(self, text: str, end: int) -> tuple[int, str] | None:
        """A unit as the evidence writes it, in any case: “0.12 mg/l”."""
        start = end + (text[end : end + 1] in (" ", "\u00a0", "\u202f"))
        for unit in self._names.units:
            last = start + len(unit)
            if text[start:last].casefold() == unit.casefold() and not text[last : last + 1].isalnum():
                same = len(unit) > 1 or text[start:last] == unit
                return (last, unit) if same else None
        return None
