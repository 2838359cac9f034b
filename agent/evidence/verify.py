"""A model's draft, verified: its citations put into words, each sentence judged, and what does not hold left out and named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from agent.evidence.amounts import Amount
from agent.evidence.citations import Style, render
from agent.evidence.claims.judge import judge
from agent.evidence.claims.sentence import JOINING, Asked, Context, Sentence
from agent.evidence.ledger import Fact, Ledger, names_in
from agent.evidence.marks import Mark, Names, Reader
from agent.evidence.references import resolved
from agent.evidence.sentences import sentences
from agent.evidence.support import Support
from agent.evidence.words import Words, language_of
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.terms import terms

_DECIDING = 1000
_MOST_NAMES = 300


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that does not hold, and the stretches of it that nothing supports."""

    text: str
    unsupported: Sequence[str]


@dataclass(frozen=True, slots=True)
class Verified:
    """``text`` is what may be let out, in the language ``words``; ``used`` are the facts that it states."""

    text: str
    words: Words
    left_out: Sequence[LeftOut] = ()
    used: Sequence[Fact] = ()

    @property
    def unsupported(self) -> list[str]:
        return list(dict.fromkeys(one for sentence in self.left_out for one in sentence.unsupported))


@dataclass(frozen=True)
class Verifier:
    """Of one question: its evidence, the plant's words, what was asked, and how the person reads.

    ``asked_ids`` are the assets that the question and the conversation before it name. ``composed`` drafts are put together by the
    product itself from the results, in its own words: of them names, numbers and moments are judged.
    """

    ledger: Ledger
    lexicon: Lexicon
    question: str
    asked_ids: frozenset[str]
    style: Style
    thresholds: tuple[float, ...] = ()
    composed: bool = False

    def verify(self, draft: str) -> Verified:
        """Each sentence by itself, in the order of the draft; time is linear in its length."""
        reading = self.begin(draft)
        kept = [said for start, end in sentences(draft) if (said := reading.sentence(draft[start:end])) is not None]
        return Verified("".join(kept).strip(), reading.words, reading.left_out, reading.used)

    def begin(self, draft: str) -> Reading:
        """For sentence after sentence, in the language that the beginning of a draft is written in."""
        words = language_of(self._without_names(draft), self.style.language)
        support = Support(self.ledger, self.lexicon, self.zone, self.now, words.code)
        reader = Reader(self._names(words, support), words)
        asked = self._asked(reader)
        about = frozenset(id_ for mark in reader.marks(self.question) for id_ in mark.ids) & support.ids
        return Reading(self, words, reader, support, replace(support, hearsay=True), asked, Context(about))

    @property
    def zone(self) -> tzinfo:
        return self.style.zone

    @property
    def now(self) -> datetime:
        return self.style.now

    def _without_names(self, draft: str) -> str:
        """The beginning of a draft without names, which tell no language."""
        beginning = draft[:_DECIDING].casefold()
        for name in names_in(self.ledger.facts)[:_MOST_NAMES]:
            beginning = beginning.replace(name.casefold(), " ")
        return beginning

    def _names(self, words: Words, support: Support) -> Names:
        units = tuple(sorted({fact.unit for fact in self.ledger.facts if fact.unit}, key=len, reverse=True))
        if words.code == "en":
            return Names(self.lexicon, support.told, units=units)
        spoken = terms(words.code)
        return Names(self.lexicon, support.told, spoken.classes, spoken.quantities, units)

    def _asked(self, reader: Reader) -> Asked:
        marks = reader.marks(self.question)
        numbers: list[tuple[Amount, str | None]] = [
            (amount, mark.unit) for mark in marks if mark.sort == "number" for amount in mark.amounts
        ]
        ids = frozenset(id_ for mark in marks for id_ in mark.ids) | self.asked_ids
        near = [
            one.id
            for mark in marks
            if mark.sort == "asset" and not mark.ids
            for one in Linker(self.lexicon).nearest(mark.classes)
        ]
        ids |= frozenset(near)  # what is offered instead of an asset that there is not
        digits = frozenset(re.findall(r"\d+", self.question))
        return Asked(self.question.casefold(), ids, tuple(numbers), digits, self.thresholds)


@dataclass(slots=True)
class Reading:
    """A draft while its sentences are judged, each in the light of the ones before it."""

    _verifier: Verifier
    words: Words
    _reader: Reader
    _support: Support
    _heard: Support
    _asked: Asked
    _context: Context
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    used: list[Fact] = field(default_factory=list[Fact])

    def sentence(self, text: str) -> str | None:
        """The sentence as it may be said; None where it does not hold."""
        rendered = render(text, self._verifier.ledger, self._verifier.style.spoken(self.words.code))
        marks = self._proposed(rendered.text, resolved(self._reader.marks(rendered.text), self._support))
        support = self._heard if any(mark.means("attributing") for mark in marks) else self._support
        judged = Sentence(rendered.text, marks, support, self._asked, self.words, self._context)
        found = judge(judged, composed=self._verifier.composed)
        if found:
            self.left_out.append(LeftOut(rendered.text.strip(), [mark.text for mark in found]))
            return None
        self.used += [*judged.used, *(fact for fact, _, _ in rendered.facts)]
        self._context = _after(self._context, marks)
        return rendered.text

    def _proposed(self, text: str, marks: list[Mark]) -> list[Mark]:
        """Of a sentence that proposes, without what it quotes of the proposal: nobody claims that."""
        if not any(mark.means("proposed") for mark in marks):
            return marks
        spans = self._support.asked_for(text)
        return [mark for mark in marks if mark.sort == "outside" or not any(a <= mark.start < b for a, b in spans)]


def _after(before: Context, marks: Sequence[Mark]) -> Context:
    assets = _subject(marks) or before.assets or frozenset(id_ for mark in marks for id_ in mark.ids)
    quantities = next((mark.quantities for mark in reversed(marks) if mark.quantities), before.quantities)
    classes = next((mark.classes for mark in marks if mark.classes), before.classes)
    return Context(assets, frozenset(id_ for mark in marks for id_ in mark.ids), quantities, classes)


_BEGINNING = 8
"""Marks among which a sentence names its subject."""


def _subject(marks: Sequence[Mark]) -> frozenset[str]:
    """The assets that a sentence begins with; none where it goes on about others: “It feeds …”."""
    first = next((index for index, mark in enumerate(marks) if mark.ids), None)
    if first is None or first > _BEGINNING or any(mark.means("pronoun") for mark in marks[:first]):
        return frozenset()
    found: set[str] = set()
    for mark in marks[first:]:
        if not (mark.ids or mark.text in (",", "/") or (mark.text.lower() in JOINING)):
            break
        found |= mark.ids
    return frozenset(found)
