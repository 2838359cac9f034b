"""The parts that a message may have: sentences, questions that are joined, the lines of a pasted list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.language.grammar import Grammar
from agent.vocabulary.linking import Linker
from agent.vocabulary.tokens import Piece, pieces

_ENDS = re.compile(
    r"(?<=[?!;])\s+|(?:(?<=[^\W\d]{2}\.)|(?<=[^\W_][-\w]\d\.)|(?<=\W[^\W\d_]\d\.))\s+(?=[^\W\d_]|¿)|\s*\n\s*"
)
"""After “?”, “!” and “;”, after a full stop behind a word or a name (“AHU-1.”, no “2. Etage”), and at the end of a line."""
_SEPARATORS = re.compile(r"[\t;\n]|,\s")
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class PastedList:
    """``header`` is what is asked of each of ``items``; empty where only names were pasted."""

    header: str
    items: tuple[str, ...]


def sentences(text: str) -> Sequence[str]:
    return [part for one in _ENDS.split(text) if (part := one.strip()) and any(char.isalnum() for char in part)]


def halves(text: str, grammar: Grammar) -> Iterator[tuple[str, str]]:
    """Each way to divide a sentence before words that a question begins with: “what is in alarm | and how warm is it outside”."""
    found = pieces(text)
    for at in range(1, len(found)):
        end = _joint(found, at, grammar)
        if end > at and end < len(found) and _begins_a_question(found[end], grammar):
            yield text[: found[at].start].strip(), text[found[end].start :].strip()


def _joint(found: Sequence[Piece], at: int, grammar: Grammar) -> int:
    """Where the words end that join two questions from a piece on."""
    joining = grammar.lists["between_questions"]
    while at < len(found) and (found[at].lower in joining or found[at].text in ",;"):
        at += 1
    while at < len(found) and found[at].text in "¿¡":
        at += 1
    return at


def _begins_a_question(piece: Piece, grammar: Grammar) -> bool:
    return not grammar.first_words.isdisjoint({piece.norm, piece.lower})


def pasted(text: str, linker: Linker) -> PastedList | None:
    """A list of at least two assets, most of which have names as this plant has them; none for any other text."""
    lines = [_BULLET.sub("", line).strip() for line in text.splitlines() if line.strip()]
    first, colon, rest = (lines[0] if lines else "").partition(": ")
    header, listed = (first, [rest, *lines[1:]]) if colon and rest else ("", lines)
    if not header and lines and (lines[0].endswith(":") or (len(lines) > 2 and not _has_a_name(lines[0], linker))):
        header, listed = lines[0], lines[1:]
    items = [item for line in listed for one in _SEPARATORS.split(line) if (item := one.strip(" .,;?"))]
    if len(items) < 2:
        return None
    if not header:
        header, items[0] = _before_the_name(items[0], linker)
    named = sum(_is_name(item, linker) for item in items)
    if 2 * named < len(items) or (named < 2 and len(lines) < 2):
        return None
    return PastedList(header.strip(" :?"), tuple(dict.fromkeys(items)))


def _is_name(text: str, linker: Linker) -> bool:
    found = linker.respell(pieces(text))
    link = linker.at(found, 0) if found else None
    return link is not None and link.last == len(found)


def _has_a_name(text: str, linker: Linker) -> bool:
    return _is_name(text, linker) or any(_is_name(one.strip(), linker) for one in _SEPARATORS.split(text))


def _before_the_name(text: str, linker: Linker) -> tuple[str, str]:
    """“status of AHU-1” as what is asked and the name at its end."""
    found = linker.respell(pieces(text))
    for at in range(len(found)):
        link = linker.at(found, at)
        if link is not None and link.last == len(found):
            return text[: found[at].start].strip(), text[found[at].start :]
    return "", text
