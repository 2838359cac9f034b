"""Texts from outside: what in them leads out of the product (links, addresses, telephone numbers, markup), and names that are none."""

from __future__ import annotations

import re

_SCHEMES = r"[a-z][a-z0-9+.-]{1,9}://|(?:mailto|tel|sms|javascript|data|callto):"
_ENDS = "com|org|net|io|de|es|at|ch|eu|fr|it|uk|ru|cn|info|biz|app|dev|xyz|me|co|example|test|link|click|top|site|online|cloud|local"
OUTSIDE = re.compile(
    rf"(?:{_SCHEMES}|www\.)\S+"
    r"|\b[\w.+-]+@[\w-]+\.\w+"
    r"|!?\[[^\]\n]*\]\s?\([^)\n]*\)"
    r"|<[a-zA-Z/!][^>\n]*>?"
    r"|(?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)"
    rf"|\b[\w-]+(?:\.[\w-]+)*\.(?:{_ENDS})\b(?:/\S*)?",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"(?:\+|00?[1-9]|\(\d)[\d ()/-]*\d|\d{3}[ -]\d{3}[ -]\d{4}")
_DATES = re.compile(r"(?:\d{1,2}([/-])\d{1,2}\1\d{4}[\s/-]*)+")
_DIGITS = re.compile(r"[\d ()/+-]+")
_WORDS = 6
"""Of a name; what has more reads like a sentence."""
_SENTENCE = re.compile(r"[.!?:;,=<>{}]\s|[!?;=<>{}`\n]|://")
_FENCE = re.compile(r"`{3,}|~{3,}")


def without_outside(text: str, instead: str = "…") -> str:
    """The text with nothing in it that could be followed or dialled. Numbers that are no telephone number stay."""
    return _FENCE.sub("", OUTSIDE.sub(lambda match: match[0] if _is_number(match[0]) else instead, text))


def _is_number(found: str) -> bool:
    """A date or a long number, and no telephone number."""
    return _DATES.fullmatch(found) is not None or (
        _DIGITS.fullmatch(found) is not None and _TELEPHONE.fullmatch(found) is None
    )


def reads_like_sentence(text: str) -> bool:
    """Whether what should be a name, or one state of a device, is as long as a sentence or has its signs."""
    return len(text.split()) > _WORDS or _SENTENCE.search(text) is not None
