"""What the words of a language claim, as data (``wording/*.yaml``), and the language that a text is written in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from agent.vocabulary.tokens import pieces

Sort = Literal[
    "not", "all", "none", "only", "state", "speaker", "deed", "been", "advice", "cause", "ahead", "comparative", "superlative",
    "trend", "difference", "together", "average", "relation", "inside", "possible", "pronoun", "ago", "more", "unable", "lacking", "proposed", "attributing", "verb", "neutral", "number", "unit", "day", "weekday", "pm", "bound", "since", "definite", "direct", "orders", "points", "past", "if", "except",
]  # fmt: skip
_LISTS: Mapping[str, Sort] = {
    "not": "not", "all": "all", "none": "none", "only": "only", "speaker": "speaker", "deeds": "deed", "been": "been", "advice": "advice",
    "cause": "cause", "ahead": "ahead", "difference": "difference", "inside": "inside", "possible": "possible", "pronouns": "pronoun", "ago": "ago", "more": "more", "together": "together", "average": "average", "unable": "unable",
    "lacking": "lacking", "proposed": "proposed", "attributing": "attributing", "verbs": "verb", "neutral": "neutral", "pm": "pm", "bounds": "bound", "since": "since", "definite": "definite", "direct": "direct", "orders": "orders", "points": "points", "past": "past", "if": "if", "except": "except",
}  # fmt: skip
_MAPS: Mapping[str, Sort] = {
    "comparatives": "comparative", "superlatives": "superlative", "trends": "trend", "numbers": "number", "days": "day",
}  # fmt: skip
_SHORTEST_STEM = 2
_DECIDING = 1000
"""Characters that tell the language."""
_MOST_KEPT = 20_000
"""Tokens: drafts come from outside."""
_DIRECTED = frozenset({"comparative", "superlative"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or phrase claims; ``detail`` is which state, which direction, which number."""

    sort: Sort
    detail: str | float = ""


class Wording(BaseModel):
    """A wording file: the lists and the maps of phrases by what they claim, and what is of another shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tells: list[str]
    decimal: Literal[".", ","]
    months: list[str]
    weekdays: list[str]
    states: dict[str, list[str]]
    relations: dict[str, list[str]]
    lists: dict[str, list[str]]
    units: dict[str, str]
    maps: dict[str, dict[str, float]]
    translations: dict[str, list[str]] = {}
    """English words of the libraries, and what they are in this language."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wording:
        """From the file's own shape. Raises ``ValueError`` where it lacks a list, or has one that claims nothing."""
        own = set(cls.model_fields) - {"lists", "maps", "translations"}
        lacking = (own | set(_LISTS) | set(_MAPS)) ^ (set(given) - {"translations"})
        if lacking:
            raise ValueError(f"the wording lacks, or does not know, {', '.join(sorted(lacking))}")
        groups: dict[str, Any] = {
            "lists": {name: given[name] for name in _LISTS},
            "maps": {name: given[name] for name in _MAPS},
        }
        more = {"translations": given.get("translations", {})}
        return cls.model_validate({**{name: given[name] for name in own}, **groups, **more})

    def meanings(self) -> Iterator[tuple[str, Meaning]]:
        """Every phrase with what it claims."""
        for name, sort in _LISTS.items():
            yield from ((phrase, Meaning(sort)) for phrase in self.lists[name])
        for name, sort in _MAPS.items():
            yield from ((phrase, Meaning(sort, detail)) for phrase, detail in self.maps[name].items())
        yield from ((phrase, Meaning("unit", unit)) for phrase, unit in self.units.items())
        for state, phrases in self.states.items():
            yield from ((phrase, Meaning("state", state)) for phrase in phrases)
        for relation, phrases in self.relations.items():
            yield from ((phrase, Meaning("relation", relation)) for phrase in phrases)
        for day, phrases in enumerate(self.weekdays):
            yield from ((phrase, Meaning("weekday", day)) for phrase in phrases.split("|"))


class _Starting(NamedTuple):
    """By a token: all that it claims by itself, and the phrases of several words that may begin with it."""

    alone: frozenset[Meaning]
    longer: Sequence[tuple[tuple[str, ...], Meaning]]


@dataclass(frozen=True)
class Words:
    """Look-up of a language's phrases. Tokens are lower case."""

    code: str
    wording: Wording

    @cached_property
    def _by_first(self) -> Mapping[str, Sequence[tuple[tuple[str, ...], Meaning]]]:
        found: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for phrase, meaning in self.wording.meanings():
            tokens = tokens_of(phrase)
            found.setdefault(tokens[0], []).append((tokens, meaning))
        return found

    def share(self, said: Mapping[str, int]) -> int:
        """How many words of a text are its own; those that tell it from others count twice."""
        return sum(count * ((word in self.wording.tells) + (self.at([word], 0)[0] > 0)) for word, count in said.items())

    def at(self, tokens: Sequence[str], index: int) -> tuple[int, frozenset[Meaning]]:
        """Where the longest phrase at a token ends, and all that it claims; the index itself where there is none."""
        alone, longer = self._starting(tokens[index])
        fitting = [(index + len(phrase), meaning) for phrase, meaning in longer if _goes_on(phrase, tokens, index)]
        if not fitting:
            return index + bool(alone), alone
        longest = max(last for last, _ in fitting)
        said = (meaning for last, meaning in fitting if last == longest or meaning.sort in _DIRECTED)
        # “warmer than” is a comparison too, as “warmer” is.
        return longest, frozenset((*said, *(one for one in alone if one.sort in _DIRECTED)))

    def english(self, word: str) -> Sequence[str]:
        """What a word of a library's text is in English; the word itself where that is not known."""
        said = word.lower()
        found = [
            english
            for english, words in self.wording.translations.items()
            if any(said.startswith(one[:-1]) if one.endswith("*") else said == one for one in words)
        ]
        return found or [word]

    def _starting(self, token: str) -> _Starting:
        """What a token claims, and what it may begin; a language has few tokens, so what was looked up is kept."""
        known = self._looked_up.get(token)
        if known is None:
            stems = (token, *(f"{token[:size]}*" for size in range(_SHORTEST_STEM, len(token) + 1)))
            found = [one for stem in stems for one in self._by_first.get(stem, ())]
            alone = frozenset(meaning for phrase, meaning in found if len(phrase) == 1)
            known = _Starting(alone, [one for one in found if len(one[0]) > 1])
            if len(self._looked_up) < _MOST_KEPT:
                self._looked_up[token] = known
        return known

    @cached_property
    def _looked_up(self) -> dict[str, _Starting]:
        return {}

    @cached_property
    def month_beginnings(self) -> frozenset[str]:
        """The first two letters of every month."""
        return frozenset(one[:2].lower() for months in self.wording.months for one in months.split("|"))

    @cached_property
    def month(self) -> re.Pattern[str]:
        """One group for each month, ``m1`` to ``m12``."""
        names = [
            "|".join(re.escape(one).replace(r"\*", r"\w*") for one in months.split("|"))
            for months in self.wording.months
        ]
        return re.compile(
            "|".join(f"(?P<m{index}>(?:{one})(?!\\w))" for index, one in enumerate(names, 1)), re.IGNORECASE
        )


def tokens_of(phrase: str) -> tuple[str, ...]:
    """A phrase as its words; a ``*`` belongs to the word before it."""
    found: list[str] = []
    for piece in pieces(phrase):
        if piece.kind == "sign" and piece.text == "*" and found:
            found[-1] += "*"
        elif piece.kind != "sign":
            found.append(piece.lower)
    return tuple(found)


def _goes_on(phrase: Sequence[str], tokens: Sequence[str], index: int) -> bool:
    """Whether a phrase stands at a token that is its first word. The second word decides for nearly all."""
    if index + len(phrase) > len(tokens):
        return False
    for at in range(1, len(phrase)):
        wanted, token = phrase[at], tokens[index + at]
        if token != wanted and not (wanted[-1] == "*" and token.startswith(wanted[:-1])):
            return False
    return True


@cache
def languages() -> Mapping[str, Words]:
    """All that there are, by their code."""
    folder = files("agent.evidence").joinpath("wording")
    found: dict[str, Words] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            # Everything is text: “no” and “on” are words of the language.
            given = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but texts
            code = file.name.removesuffix(".yaml")
            found[code] = Words(code, Wording.of(given))
    return MappingProxyType(found)


def language_of(text: str, usual: str) -> Words:
    """The language that has most of a text's words, its small ones above all; ``usual`` where that decides nothing."""
    said = Counter(re.findall(r"[^\W\d_]+", text[:_DECIDING].lower()))
    scores = {code: words.share(said) for code, words in languages().items()}
    best = max(scores, key=lambda code: (scores[code], code == usual, code == "en"))
    return languages()[best]
