"""From a sentence to frames: each intent whose cue stands in it is tried, and the rest of the sentence is divided among its slots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from agent.language.chart import Chart
from agent.language.frame import Frame, IntentSlots, LeftOut
from agent.language.grammar import Grammar, IntentCue
from agent.language.lattice import Lattice, PlantWords
from agent.language.phrase import Parts, Phrase
from agent.language.templates import Cue, Node
from agent.vocabulary.tokens import pieces
from graph_schema.errors import InvalidInput

_KEPT = 64
LONGEST = 100
"""Pieces of a sentence at most."""
_PHRASE, _FILLER, _SIGN, _LIGHT, _WORD, _NAME = 1.0, 0.05, 0.02, 1.0, 6.0, 9.0
_TOO_MANY, _LACKING = 8.0, 2.5
"""What a reading costs: each phrase, each piece passed over, each slot that is filled too often or not at all."""


@dataclass(frozen=True, slots=True)
class _Cued:
    """A cue in the sentence: what it covers and the phrases in it."""

    cue: IntentCue
    spans: tuple[tuple[int, int], ...]
    parts: Parts


@dataclass(frozen=True, slots=True)
class _Covered:
    cost: float
    phrases: Parts = ()
    left_out: tuple[LeftOut, ...] = ()


class Reader:
    """Reads sentences of one language about one plant."""

    def __init__(self, words: PlantWords, intents: Mapping[str, IntentSlots]) -> None:
        self.words = words
        self.intents = intents
        self.best = lru_cache(_KEPT)(self._best)
        """The best reading of a sentence as each intent, the best of all first; a question is read once however often it is planned. Raises
        ``InvalidInput`` for one that is too long."""
        self._cues = [one for one in words.grammar.cues if one.intent in intents]
        nodes = [*(part for one in self._cues for part in one.parts), *words.grammar.nodes]
        self._firsts = {id(node): node.first() for node in nodes}
        self._needed = {
            id(one): [first for part in one.parts if (first := self._firsts[id(part)])] for one in self._cues
        }

    def _best(self, text: str) -> Sequence[Frame]:
        if (length := len(pieces(text))) > LONGEST:
            raise InvalidInput(f"A question can have {LONGEST} words, and this one has {length}.")
        lattice = Lattice(text, self.words)
        sentence = _Sentence(Chart(lattice, self.words.grammar), self.words.grammar, self._firsts)
        sentence.chart.read_from_the_end("assets_slot")
        said = frozenset[str]().union(*(lattice.words(at) for at in range(len(lattice))))
        found: dict[str, Frame] = {}
        for one in self._cues:
            if all(said & first for first in self._needed[id(one)]):
                for cued in sentence.cued(one):
                    frame = self._frame(sentence, cued)
                    if frame.intent not in found or frame.cost < found[frame.intent].cost:
                        found[frame.intent] = frame
        return sorted(found.values(), key=lambda frame: frame.cost)

    def _frame(self, sentence: _Sentence, cued: _Cued) -> Frame:
        intent = self.intents[cued.cue.intent]
        covered = sentence.covered(cued.spans, tuple(intent.slots))
        slots: dict[str, list[Phrase]] = defaultdict(list)
        left_out = list(covered.left_out)
        filled = sorted((*cued.parts, *covered.phrases), key=lambda one: one[1].start)
        for slot, phrase in ((slot, sentence.without_end(one)) for slot, one in filled):
            if slots[slot] and _is_named(slots[slot][-1]) and _is_it(phrase):
                continue  # “pump 2, what is up with it”: the name stands before it
            if len(slots[slot]) < max(intent.most(slot), slot in dict(cued.parts)):
                slots[slot].append(phrase)
            else:
                left_out.append(sentence.passed_over(phrase.start, phrase.end))
        given = {"quantity"} if cued.cue.says.get("of") else frozenset[str]()
        missing = tuple(slot for slot in intent.needs if not slots[slot] and slot not in given)
        excess = len(left_out) - len(covered.left_out)
        return Frame(
            intent.name,
            {slot: tuple(phrases) for slot, phrases in slots.items() if phrases},
            cued.cue.says,
            tuple(left_out),
            missing,
            cued.cue.cost
            + covered.cost
            + _LACKING * len(missing)
            + _TOO_MANY * excess
            + sum(p.cost for _, p in cued.parts),
            sentence.text,
            tuple((piece.start, piece.end) for piece in sentence.chart.lattice.pieces),
            bool(cued.cue.parts),
        )


@dataclass
class _Sentence:
    chart: Chart
    grammar: Grammar
    firsts: Mapping[int, frozenset[str] | None]
    """The words that each template begins with, by its identity; none where it may begin with any."""
    _parts: dict[int, Sequence[tuple[int, int, Parts]]] = field(
        default_factory=dict[int, "Sequence[tuple[int, int, Parts]]"]
    )
    _covers: dict[object, _Covered] = field(default_factory=dict[object, _Covered])

    @property
    def text(self) -> str:
        return self.chart.lattice.text

    @property
    def length(self) -> int:
        return len(self.chart.lattice)

    # -- cues --------------------------------------------------------------------------------------------------------

    def cued(self, one: IntentCue) -> Iterator[_Cued]:
        if any(next(self._arranged(cue, 0), None) for cue in one.unless):
            return
        if not one.parts:
            yield _Cued(one, (), ())
            return
        for spans, parts in self._arranged(one.parts, 0):
            if one.says.get("at") != "start" or self._is_beginning(spans[0][0]):
                yield _Cued(one, spans, parts)

    def _is_beginning(self, at: int) -> bool:
        """Whether nothing but fillers and signs stand before a piece."""
        place = 0
        while place < at:
            end = self._fillers.get(place, place + 1 if self.chart.lattice.pieces[place].kind == "sign" else place)
            if end == place:
                return False
            place = end
        return True

    def _arranged(self, parts: Cue, at: int) -> Iterator[tuple[tuple[tuple[int, int], ...], Parts]]:
        """The parts one after the other, anything between them."""
        if not parts:
            yield (), ()
            return
        for start, end, own in self._standing(parts[0]):
            if start >= at:
                for spans, more in self._arranged(parts[1:], end):
                    yield ((start, end), *spans), own + more

    def _standing(self, part: Node) -> Sequence[tuple[int, int, Parts]]:
        """Where a part of a cue stands; of readings from one place the longest."""
        if id(part) not in self._parts:
            self._parts[id(part)] = [
                (start, end, parts)
                for start in self._beginnings(self.firsts[id(part)])
                for end, parts in _longest(part.match(self.chart, start))
                if end > start
            ]
        return self._parts[id(part)]

    def _beginnings(self, first: frozenset[str] | None) -> Sequence[int]:
        """The pieces that are one of the words; all of them where any will do."""
        if first is None:
            return range(self.length)
        places = self._places
        return sorted({at for word in first & places.keys() for at in places[word]})

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Where each word stands."""
        found: dict[str, list[int]] = defaultdict(list)
        for at in range(self.length):
            for word in self.chart.lattice.words(at):
                found[word].append(at)
        return found

    # -- the rest ----------------------------------------------------------------------------------------------------

    def covered(self, spans: tuple[tuple[int, int], ...], slots: tuple[str, ...]) -> _Covered:
        """What no cue covers, divided among slots at the least cost; pieces that fit in none are passed over at a price."""
        place = (spans, slots)
        if place not in self._covers:
            self._covers[place] = self._cover(dict(spans), slots)
        return self._covers[place]

    def _cover(self, cues: Mapping[int, int], slots: Sequence[str]) -> _Covered:
        best: list[_Covered | None] = [None] * (self.length + 1)
        best[0] = _Covered(0.0)
        inside = {at for start, end in cues.items() for at in range(start, end)}
        for at in range(self.length):
            before = best[at]
            if before is None:
                continue
            for end, more in self._steps(at, cues, inside, slots):
                cost = before.cost + more.cost
                known = best[end]
                if known is None or cost < known.cost:
                    best[end] = _Covered(cost, before.phrases + more.phrases, before.left_out + more.left_out)
        whole = best[self.length]
        assert whole is not None
        return replace(whole, left_out=tuple(self._joined(whole.left_out)))

    def _steps(
        self, at: int, cues: Mapping[int, int], inside: set[int], slots: Sequence[str]
    ) -> Iterator[tuple[int, _Covered]]:
        if at in cues:
            yield cues[at], _Covered(0.0)
            return
        for slot in slots:
            for phrase in self.chart.phrases(self._kind(slot), at):
                if inside.isdisjoint(range(phrase.start, phrase.end)):
                    yield phrase.end, _Covered(_PHRASE + phrase.cost, ((slot, phrase.part(slot) or phrase),))
        yield self._passed(at, inside)

    def _kind(self, slot: str) -> str:
        """Phrases of a slot may have a preposition before them: those of the kind ``<slot>_slot``."""
        return f"{slot}_slot" if f"{slot}_slot" in self.grammar.kinds else slot

    def _passed(self, at: int, inside: set[int]) -> tuple[int, _Covered]:
        for ends, cost, said in ((self._fillers, _FILLER, False), (self._light, _LIGHT, True)):
            end = ends.get(at, at)
            if end > at and inside.isdisjoint(range(at, end)):
                return end, _Covered(cost, (), (LeftOut(self._slice(at, end), at, end, True),) if said else ())
        if self.chart.lattice.pieces[at].kind == "sign" and not self._counts(at):
            return at + 1, _Covered(_SIGN)
        price = _NAME if self.chart.phrases("name", at) or self._counts(at) else _WORD
        return at + 1, _Covered(price, (), (self.passed_over(at, at + 1),))

    def _counts(self, at: int) -> bool:
        """A number, or a sign that is a unit or part of a comparison."""
        piece = self.chart.lattice.pieces[at]
        return piece.kind == "number" or piece.text in "<>≤≥=%°€$£"

    def without_end(self, phrase: Phrase) -> Phrase:
        """Free text without the politeness after it: “belt replacement, thanks”."""
        if phrase.kind != "rest":
            return phrase
        starts = {end: start for start, end in self._fillers.items()}
        end = phrase.end
        while end - 1 > phrase.start and (end in starts or self.chart.lattice.pieces[end - 1].kind == "sign"):
            end = starts.get(end, end - 1)
        return replace(phrase, end=end, value=self._slice(phrase.start, end)) if phrase.start < end else phrase

    def passed_over(self, start: int, end: int) -> LeftOut:
        return LeftOut(self._slice(start, end), start, end)

    def _slice(self, start: int, end: int) -> str:
        return self.chart.lattice.slice(start, end)

    def _joined(self, left_out: Sequence[LeftOut]) -> Iterator[LeftOut]:
        """Neighbours as one."""
        before: LeftOut | None = None
        for one in left_out:
            if before is not None and before.end == one.start and before.light == one.light:
                before = LeftOut(self._slice(before.start, one.end), before.start, one.end, one.light)
                continue
            if before is not None:
                yield before
            before = one
        if before is not None:
            yield before

    @cached_property
    def _fillers(self) -> Mapping[int, int]:
        ends = dict(self._ends(self.grammar.fillers))
        openers = (end for node in self.grammar.openers for start, end, _ in self._standing(node) if start == 0)
        if (opened := max(openers, default=0)) > ends.get(0, 0):
            ends[0] = opened
        return ends

    @cached_property
    def _light(self) -> Mapping[int, int]:
        return self._ends(self.grammar.light)

    def _ends(self, nodes: Sequence[Node]) -> Mapping[int, int]:
        ends: Counter[int] = Counter()
        for node in nodes:
            for start, end, _ in self._standing(node):
                ends[start] = max(ends[start], end)
        return ends


def _is_named(phrase: Phrase) -> bool:
    """Whether it is one asset by its name, and nothing besides."""
    noun = phrase
    while len(noun.parts) == 1:
        noun = noun.parts[0][1]
    return noun.kind in ("name", "named")


def _is_it(phrase: Phrase) -> bool:
    """Whether it is a pronoun of one asset alone."""
    noun = phrase
    while len(noun.parts) == 1:
        noun = noun.parts[0][1]
    return noun.get("pronoun") == "one" and not noun.parts


def _longest(matches: Sequence[tuple[int, Parts]]) -> Sequence[tuple[int, Parts]]:
    """With phrases in them every reading; of words alone the longest."""
    plain = max((end for end, parts in matches if not parts), default=0)
    return [(end, parts) for end, parts in matches if parts or end == plain]
