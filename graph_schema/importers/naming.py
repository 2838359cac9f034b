"""Readable names from the identifiers that models have instead: ``ahu_A3`` is "AHU A3", an opaque id tells nothing."""

import re
from urllib.parse import unquote

_UUID = r"[0-9a-f]{8}([_-]?[0-9a-f]{4}){3}[_-]?[0-9a-f]{12}"
_OPAQUE = re.compile(rf"(_|urn:uuid:)?(({_UUID}|[0-9a-f]{{16,}})[._:/-]?)+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])")
_ACRONYMS = frozenset({
    "ahu", "vav", "rvav", "cav", "fcu", "crac", "crah", "rtu", "doas", "mau", "hvac", "vfd", "ups", "co", "co2", "pv", "hx",
    "ddc", "bms", "ats", "mcc", "hru", "eru", "erv", "hrv", "pau", "chw", "hw", "cw", "dhw", "oat", "rat", "sat", "mat", "it",
})  # fmt: skip
_FLOOR_NUMBER = re.compile(
    r"(?:^|[^a-z0-9])(?:floor|level|storey|lvl|fl|l|f)?\s*(-?\d{1,3})(?:st|nd|rd|th)?(?![a-z0-9])", re.IGNORECASE
)
_BASEMENT_NUMBER = re.compile(r"(?:^|[^a-z0-9])b(\d{1,2})(?![a-z0-9])", re.IGNORECASE)


def is_opaque(identifier: str) -> bool:
    """Whether it consists of nothing but UUIDs or long hexadecimal numbers."""
    return _OPAQUE.fullmatch(identifier) is not None


def readable(identifier: str) -> str:
    """``vav_C300`` is "VAV C300", ``supplyFan-2`` is "Supply Fan 2"."""
    text = unquote(identifier).replace("_", " ").replace("-", " ") if " " not in identifier else unquote(identifier)
    return " ".join(_word(word) for word in _CAMEL.sub(" ", text).split())


def _word(word: str) -> str:
    bare = word.rstrip("0123456789")
    if word.lower() in _ACRONYMS or (bare and bare.lower() in _ACRONYMS):
        return word.upper()
    return word[0].upper() + word[1:] if word.islower() and word.isalpha() else word


def floor_level(name: str) -> int | None:
    """The number in "Floor 4", "L04", "3rd floor", "B2" (-2) and "Ground floor" (0); None where there is none."""
    if found := _BASEMENT_NUMBER.search(name):
        return -int(found[1])
    if re.search(r"\bground\b", name, re.IGNORECASE):
        return 0
    if found := _FLOOR_NUMBER.search(name):
        return int(found[1])
    return -1 if re.search(r"\bbasement\b", name, re.IGNORECASE) else None


def letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA: for things whose true number is unknown."""
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text
