"""All that the runs of a sentence can be read as, found once each: names and words from the lattice, phrases by the rules of a language."""

from __future__ import annotations

from collections.abc import Sequence

from agent.language.grammar import Grammar, Rule
from agent.language.lattice import Lattice
from agent.language.phrase import Phrase
from agent.language.templates import KEPT_WAYS

SHORT = 24
"""Pieces of a sentence in which phrases cannot nest too deep."""


class Chart:
    """Reads phrases from left to right. A kind that begins with itself is not read: what restricts a noun follows it (``{more*}``)."""

    def __init__(self, lattice: Lattice, grammar: Grammar) -> None:
        self.lattice = lattice
        self._grammar = grammar
        self._said = [*(lattice.words(at) for at in range(len(lattice))), frozenset[str]()]
        self._read: dict[tuple[str, int], Sequence[Phrase]] = {}

    def says(self, at: int, words: frozenset[str]) -> bool:
        return not words.isdisjoint(self._said[at])

    def phrases(self, kind: str, at: int) -> Sequence[Phrase]:
        """Of a kind, from a piece on, the cheapest of each length first."""
        place = (kind, at)
        if place not in self._read:
            self._read[place] = ()
            self._read[place] = self._best(kind, at)
        return self._read[place]

    def read_from_the_end(self, kind: str) -> None:
        """Phrases of a kind from the last piece on: those in a long sentence are else read one inside the other, deeper than Python goes."""
        if len(self.lattice) > SHORT:
            for at in reversed(range(len(self.lattice))):
                self.phrases(kind, at)

    def _best(self, kind: str, at: int) -> Sequence[Phrase]:
        if at >= len(self.lattice):
            return ()
        found = [*self.lattice.terminals(kind, at)]
        for rule in self._rules(kind, at):
            found.extend(
                Phrase(kind, at, end, rule.says, parts, None, rule.cost + sum(one.cost for _, one in parts))
                for end, parts in rule.node.match(self, at)
                if end > at
            )
        if not found:
            return ()
        by_end: dict[int, list[Phrase]] = {}
        for phrase in sorted(found, key=lambda one: (one.cost, -_solid(one))):
            same = by_end.setdefault(phrase.end, [])
            if len(same) < KEPT_WAYS:
                same.append(phrase)
        return [phrase for same in by_end.values() for phrase in same]

    def _rules(self, kind: str, at: int) -> Sequence[Rule]:
        return self._grammar.beginning(kind, self.lattice.words(at))


def _solid(phrase: Phrase) -> int:
    """How many pieces its longest part has: a name of four words is read as one before as a class and what restricts it."""
    return max((one.end - one.start for _, one in phrase.parts), default=phrase.end - phrase.start)
