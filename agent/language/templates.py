"""Templates of phrases, as language files write them, and how they match a sentence.

``(a|b c)`` one of several, ``[a]`` may be missing, ``{kind}`` a phrase of a kind, ``{slot:kind}`` under another name, ``{kind*}`` any number of
them, ``<name>`` a template of the file's ``words``, ``..`` where anything else may stand (between the parts of a cue), ``stem~`` a word with any
of the endings that ``words`` has under ``~``, or none. All else are words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Protocol

from agent.language.phrase import Parts, Phrase
from agent.vocabulary.tokens import pieces
from graph_schema.errors import InvalidInput

Match = tuple[int, Parts]
"""Where it ends, and the phrases in it by their slots."""


KEPT_WAYS = 4
"""Readings of one run that are kept, the cheapest."""

Firsts = Mapping[str, frozenset[str] | None]
NO_FIRSTS: Firsts = MappingProxyType({})
"""Every phrase may begin with any word. A kind that begins with no word at all is a condition on what follows it, and covers nothing."""


class Sentence(Protocol):
    """What a template is matched against."""

    def says(self, at: int, words: frozenset[str]) -> bool:
        """Whether a piece is one of the words."""
        ...

    def phrases(self, kind: str, at: int) -> Sequence[Phrase]: ...


class Node(Protocol):
    def match(self, sentence: Sentence, at: int) -> Sequence[Match]: ...

    def first(self, kinds: Firsts = NO_FIRSTS) -> frozenset[str] | None:
        """The words that it can begin with; none where it may begin with any, or be empty. ``kinds`` says with which words phrases begin."""
        ...

    @property
    def is_optional(self) -> bool:
        """Whether nothing at all is a match."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words."""

    norms: frozenset[str]

    def match(self, sentence: Sentence, at: int) -> Sequence[Match]:
        return ((at + 1, ()),) if sentence.says(at, self.norms) else ()

    def first(self, kinds: Firsts = NO_FIRSTS) -> frozenset[str] | None:
        return self.norms

    @property
    def is_optional(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Ref:
    slot: str
    kind: str
    many: bool = False

    def match(self, sentence: Sentence, at: int) -> Sequence[Match]:
        if self.many:
            return [(end, parts) for end, ways in self._repeated(sentence, at).items() for _, parts in ways]
        return [(phrase.end, ((self.slot, phrase),)) for phrase in sentence.phrases(self.kind, at)]

    def _repeated(self, sentence: Sentence, at: int) -> Mapping[int, Sequence[tuple[float, Parts]]]:
        """By where they end, the cheapest ways to read any number of phrases: as many as a chart keeps, or the ways would double with each."""
        found: dict[int, list[tuple[float, Parts]]] = {at: [(0.0, ())]}
        waiting = [at]
        while waiting:
            middle = heappop(waiting)
            ways = found[middle] = sorted(found[middle], key=lambda way: way[0])[:KEPT_WAYS]
            for phrase in sentence.phrases(self.kind, middle):
                if phrase.end > middle:
                    if phrase.end not in found:
                        heappush(waiting, phrase.end)
                    more = [(cost + phrase.cost, (*parts, (self.slot, phrase))) for cost, parts in ways]
                    found.setdefault(phrase.end, []).extend(more)
        return found

    def first(self, kinds: Firsts = NO_FIRSTS) -> frozenset[str] | None:
        return None if self.many else kinds.get(self.kind)

    @property
    def is_optional(self) -> bool:
        return self.many


@dataclass(frozen=True, slots=True)
class Either:
    options: tuple[Node, ...]
    optional: bool = False

    @property
    def is_optional(self) -> bool:
        return self.optional or any(one.is_optional for one in self.options)

    def match(self, sentence: Sentence, at: int) -> Sequence[Match]:
        found = [match for option in self.options for match in option.match(sentence, at)]
        return [*found, (at, ())] if self.optional else found

    def first(self, kinds: Firsts = NO_FIRSTS) -> frozenset[str] | None:
        if self.optional:
            return None
        words = [one for option in self.options if (one := option.first(kinds)) is not None]
        return frozenset[str]().union(*words) if len(words) == len(self.options) else None


@dataclass(frozen=True, slots=True)
class Run:
    items: tuple[Node, ...]

    @property
    def is_optional(self) -> bool:
        return all(one.is_optional for one in self.items)

    def match(self, sentence: Sentence, at: int) -> Sequence[Match]:
        found: Sequence[Match] = ((at, ()),)
        for item in self.items:
            if len(found) == 1:  # by far the most: no way twice
                middle, before = found[0]
                more = item.match(sentence, middle)
                found = [(end, before + parts) for end, parts in more] if before else more
            else:
                found = [
                    (end, before + parts) for middle, before in found for end, parts in item.match(sentence, middle)
                ]
            if not found:
                return ()
            if len(found) > 1:
                found = list(dict.fromkeys(found))
        return found

    def first(self, kinds: Firsts = NO_FIRSTS) -> frozenset[str] | None:
        """Those of its items up to the first that must be there."""
        words: frozenset[str] = frozenset()
        for item in self.items:
            optional = isinstance(item, Either) and item.optional
            own = (Either(item.options) if isinstance(item, Either) and optional else item).first(kinds)
            if own is None:
                return None
            words |= own
            if own and not optional:
                return words
        return None


Cue = tuple[Node, ...]
"""The parts of a template between its gaps, in their order."""


class TemplateError(InvalidInput):
    """A template is not well-formed."""


_SYMBOL = re.compile(r"\.\.|[()\[\]|]|\{[^{}]*\}|<[^<>]*>|[<>]=?|[^\s()\[\]|{}<>]+")
_REF = re.compile(r"\{(?:(?P<slot>\w+):)?(?P<kind>\w+)(?P<many>\*?)\}")


def template(text: str, words: Mapping[str, str], read: dict[str, Node] | None = None) -> Node:
    """One without gaps; ``read`` keeps the templates of ``words`` that were read before. Raises ``TemplateError``."""
    parts = cue(text, words, read)
    if len(parts) != 1:
        raise TemplateError(f"“{text}” has a gap (..) where none can be.")
    return parts[0]


def cue(text: str, words: Mapping[str, str], read: dict[str, Node] | None = None) -> Cue:
    """The parts of a template; raises ``TemplateError``."""
    known: dict[str, Node] = {} if read is None else read
    parts = tuple(_Reader(part, words, known).read() for part in _apart(text) if part.strip())
    if any(part.is_optional for part in parts):
        raise TemplateError(f"“{text}” has a part in which no word must stand.")
    return parts


def _apart(text: str) -> list[str]:
    return re.split(r"\s*\.\.\s*", text.strip())


def declined(symbol: str, words: Mapping[str, str]) -> Sequence[str]:
    """The forms of a word with a ``~`` at its end, as they are compared."""
    stem = symbol.removesuffix("~")
    forms = (stem, *(stem + ending for ending in words.get("~", "").split()))
    return list(dict.fromkeys(norm for form in forms for norm in compared(form)))


@cache
def compared(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(piece.norm for piece in pieces(text))


@cache
def _words(symbol: str) -> Sequence[Word]:
    return [Word(frozenset({norm})) for norm in compared(symbol)]


def _either(options: Sequence[Node]) -> Node:
    """Single words are looked up at once."""
    words = [option.norms for option in options if isinstance(option, Word)]
    rest = [option for option in options if not isinstance(option, Word)]
    merged = [Word(frozenset[str]().union(*words)), *rest] if words else rest
    return merged[0] if len(merged) == 1 else Either(tuple(merged))


class _Reader:
    def __init__(self, text: str, words: Mapping[str, str], read: dict[str, Node]) -> None:
        self._text = text
        self._words = words
        self._read = read
        self._symbols = _SYMBOL.findall(text)
        self._at = 0

    def read(self) -> Node:
        if "".join(self._symbols) != "".join(self._text.split()):
            raise TemplateError(f"“{self._text}” has a brace that is not closed.")
        node = self._options()
        if self._at != len(self._symbols):
            raise TemplateError(f"“{self._text}” has a bracket too many.")
        return node

    def _options(self) -> Node:
        options = [self._run()]
        while self._peek() == "|":
            self._at += 1
            options.append(self._run())
        return _either(options)

    def _run(self) -> Node:
        items: list[Node] = []
        while (symbol := self._peek()) not in ("", "|", ")", "]"):
            self._at += 1
            items.extend(self._item(symbol))
        return items[0] if len(items) == 1 else Run(tuple(items))

    def _item(self, symbol: str) -> Sequence[Node]:
        if symbol in "([":
            inner = self._options()
            self._close(")" if symbol == "(" else "]")
            return [inner if symbol == "(" else Either((inner,), optional=True)]
        if symbol.startswith("{"):
            if (match := _REF.fullmatch(symbol)) is None:
                raise TemplateError(f"“{symbol}” in “{self._text}” is no slot.")
            return [Ref(match["slot"] or match["kind"], match["kind"], bool(match["many"]))]
        if symbol.startswith("<") and symbol.endswith(">"):
            return [self._named(symbol)]
        if symbol.endswith("~"):
            return [Word(frozenset(declined(symbol, self._words)))]
        return _words(symbol)

    def _named(self, symbol: str) -> Node:
        """A template of the file's words, read once however often it is used."""
        if (text := self._words.get(symbol[1:-1])) is None:
            raise TemplateError(f"“{self._text}” uses {symbol}, which the words of the file do not have.")
        if symbol not in self._read:
            self._read[symbol] = template(text, self._words, self._read)
        return self._read[symbol]

    def _close(self, bracket: str) -> None:
        if self._peek() != bracket:
            raise TemplateError(f"“{self._text}” lacks a {bracket}.")
        self._at += 1

    def _peek(self) -> str:
        return self._symbols[self._at] if self._at < len(self._symbols) else ""
