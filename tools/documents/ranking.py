"""Which texts fit some words best: Okapi BM25 (Robertson and Zaragoza, 2009) over passages, with words that are misspelt read as near ones."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

_K1, _B = 1.2, 0.75
_NEAR = 85.0  # of 100
_MOST_WORDS = 30
_WORD = re.compile(r"\w+")
_EMPTY = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "by", "do", "does", "for", "from", "how", "i", "if", "in", "is", "it", "its", "my", "of", "on", "or",
        "say", "says", "should", "that", "the", "their", "this", "to", "was", "what", "when", "where", "which", "who", "why", "with", "you",
    )
)  # fmt: skip


def stems(text: str) -> Iterator[str]:
    """Its words in lower case, without what says nothing and without the s of a plural."""
    for word in _WORD.findall(text.casefold()):
        if word not in _EMPTY:
            yield word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True, slots=True)
class Index:
    """``postings`` are by word the texts that have it, and how often."""

    postings: Mapping[str, Mapping[int, int]]
    lengths: Sequence[int]

    @staticmethod
    def of(texts: Sequence[str]) -> Index:
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        lengths: list[int] = []
        for number, text in enumerate(texts):
            counts = Counter(stems(text))
            lengths.append(sum(counts.values()))
            for word, count in counts.items():
                postings[word][number] = count
        return Index(dict(postings), lengths)

    def best(self, words: str, among: Collection[int]) -> list[int]:
        """The numbers of the texts that have any of the words, the best first."""
        if not self.lengths:
            return []
        mean = sum(self.lengths) / len(self.lengths) or 1.0
        scores: dict[int, float] = defaultdict(float)
        for word in list(dict.fromkeys(stems(words)))[:_MOST_WORDS]:
            found = self.postings.get(self._known(word), {})
            rarity = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found.items():
                if number in among:
                    weight = count + _K1 * (1 - _B + _B * self.lengths[number] / mean)
                    scores[number] += rarity * count * (_K1 + 1) / weight
        return sorted(scores, key=lambda number: (-round(scores[number], 6), number))

    def _known(self, word: str) -> str:
        """The word itself, or the one most like it."""
        if word in self.postings or len(word) < 4:
            return word
        near = process.extractOne(word, self.postings.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
        return near[0] if near else word
