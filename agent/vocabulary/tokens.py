"""Text as pieces: runs of letters, numbers and signs. Names, class labels and sentences are all read this way, so that
“AHU-2”, “ahu2”, “ahu_2” and “AHU 2” are the same sequence of pieces."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

_PIECE = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<word>[’']s\b|[^\W\d_]+(?:[’'](?:t|s|re|ve|ll|d|m)\b)?|°\s?[CFcf]\b|[°%£$€])"
    r"|(?P<sign>[^\s\w]|_)"
)
_JOINTS = frozenset("-_./:#")

Kind = Literal["word", "number", "sign"]


@dataclass(frozen=True, slots=True)
class Piece:
    """``norm`` is what is compared: lower case, singular, without accents or leading zeros. ``glued`` follows the piece
    before it without a space (or across a joint such as ``-``)."""

    text: str
    norm: str
    kind: Kind
    start: int
    end: int
    glued: bool = False

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def is_plural(self) -> bool:
        """Whether the word has an ending that its norm lacks; an accent is none."""
        return self.kind == "word" and _plain(self.text) != self.norm


_IRREGULAR = {
    "feet": "foot", "people": "person", "children": "child", "indices": "index", "vertices": "vertex",
    "axes": "axis", "buses": "bus", "gases": "gas", "gas": "gas", "bus": "bus", "status": "status", "statuses": "status",
    "is": "is", "was": "was", "has": "has", "does": "does", "this": "this", "its": "its", "yes": "yes", "us": "us",
    "as": "as", "ours": "ours", "series": "series", "lens": "lens", "always": "always", "degrees": "degree",
    "metre": "meter", "metres": "meter", "litre": "liter", "litres": "liter", "centre": "center", "vs": "vs",
    "shelves": "shelf", "leaves": "leaf", "minus": "minus", "less": "less", "celsius": "celsius", "hvac": "hvac",
}  # fmt: skip


_ENDS_IN_US = frozenset(
    {"bonus", "campus", "census", "focus", "genus", "nexus", "plus", "thus", "versus", "virus", "locus"}
)


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """The form that is compared; the same on both sides, so it need not be perfect English."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "is", "ous")):
        return word
    if word.endswith("us") and (len(word) > 6 or word in _ENDS_IN_US):
        return word  # but "ahus" and "fcus" are plurals
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65536)
def _norm_word(text: str) -> str:
    word = _plain(text)
    return word if word.endswith("'s") else singular(word)


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    """In lower case, without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return bare.replace("’", "'").replace("° ", "°").replace("ß", "ss")


@lru_cache(maxsize=65536)
def _norm_number(text: str) -> str:
    digits = text.replace(",", "")
    return digits if "." in digits else str(int(digits))


def pieces(text: str) -> list[Piece]:
    """The pieces of a text. Joints (``-``, ``_``, ``.``, ``/``) between letters and numbers are dropped."""
    found: list[Piece] = []
    matches = list(_PIECE.finditer(text))
    touching = False
    for index, match in enumerate(matches):
        raw = match[0]
        glued = touching and index > 0 and matches[index - 1].end() == match.start()
        if match["sign"]:
            inside = (
                raw in _JOINTS
                and glued
                and index + 1 < len(matches)
                and matches[index + 1].start() == match.end()
                and not matches[index + 1]["sign"]
            )
            touching = inside
            if not inside:
                found.append(Piece(raw, raw, "sign", match.start(), match.end()))
            continue
        touching = True
        number = match["number"] is not None
        found.extend(_split_possessive(raw, number, match.start(), glued))
    return found


def _split_possessive(raw: str, number: bool, start: int, glued: bool) -> list[Piece]:
    if number:
        return [Piece(raw, _norm_number(raw), "number", start, start + len(raw), glued)]
    if raw[-2:].lower() in ("'s", "’s"):
        if len(raw) == 2:
            return [Piece(raw, "'s", "word", start, start + 2, glued)]
        end = start + len(raw) - 2
        return [
            Piece(raw[:-2], _norm_word(raw[:-2]), "word", start, end, glued),
            Piece("'s", "'s", "word", end, end + 2, True),
        ]
    return [Piece(raw, _norm_word(raw), "word", start, start + len(raw), glued)]


def key(text: str) -> tuple[str, ...]:
    """A name or label as it is compared."""
    return _key(text)


_SIGN = re.compile(r"[^\w\s]|_")


def written(text: str) -> tuple[str, ...] | None:
    """A name as it is compared with its signs: “Pump 2 (2024)” has brackets. None where it has none, so that its ``key`` tells all."""
    if not _SIGN.search(text):
        return None
    found = pieces(text)
    return tuple(piece.norm for piece in found) if any(piece.kind == "sign" for piece in found) else None


@lru_cache(maxsize=262144)
def _key(text: str) -> tuple[str, ...]:
    """The norms of ``pieces`` without the signs; a lexicon asks for hundreds of thousands, so no piece is made."""
    found: list[str] = []
    for number, word, _ in cast(list[tuple[str, str, str]], _PIECE.findall(split_camel(text))):
        if number:
            found.append(_norm_number(number))
        elif word:
            found.extend(_norms(word))
    return tuple(found)


@lru_cache(maxsize=65536)
def _norms(word: str) -> tuple[str, ...]:
    return tuple(piece.norm for piece in _split_possessive(word, False, 0, False))


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


def split_camel(text: str) -> str:
    """``ChilledWaterPump1`` as ``Chilled Water Pump1``."""
    return _CAMEL.sub(" ", text)
