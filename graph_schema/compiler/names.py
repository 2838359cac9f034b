"""Words in a name: ``AHU 2``, ``ahu-2`` and ``AHU2`` find AHU-2 and not AHU-12 or AHU-20."""

from __future__ import annotations

import re

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_GAP = r"[^\p{L}\p{Nd}]*"


def name_patterns(text: str) -> list[str]:
    """A regular expression (Java's) for each word of the text; a name fits when all do, in any order.

    A word that begins with letters begins a word of the name, one that ends with letters may go on there; its numbers are whole.
    """
    words = [_PIECES.findall(word) for word in text.lower().split()]
    return [_pattern(pieces) for pieces in words if pieces]


def longest_piece(text: str) -> str:
    """What every fitting name contains: a cheap first test."""
    return max(_PIECES.findall(text.lower()), key=len, default="")


def _pattern(pieces: list[str]) -> str:
    before = r"(?<!\p{Nd})" if pieces[0].isdigit() else r"(?<!\p{L})"
    after = r"(?!\p{Nd})" if pieces[-1].isdigit() else ""
    return f"(?s).*{before}{_GAP.join(pieces)}{after}.*"
