"""Readable names from the identifiers that models have instead: ``ahu_A3`` is "AHU A3", an opaque id tells nothing."""

import re
from urllib.parse import unquote

MAX_NAME = 160  # what a person still calls a name, and what indexes take
MAX_DESCRIPTION = 2000

_UUID = r"[0-9a-f]{8}([_-]?[0-9a-f]{4}){3}[_-]?[0-9a-f]{12}"
_OPAQUE = re.compile(rf"(_|urn:uuid:)?(({_UUID}|[0-9a-f]{{16,}})[._:/-]?)+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])|(?<=\d)(?=[A-Z][a-z]{2})")
_SEPARATOR = re.compile(r"[_\[\]]|(?<!\d)-|-(?!\d)")  # between digits a hyphen belongs to the number: VAV2-3
_REFERENCE = re.compile(rf"(?:[a-z]:)*(?:p:\w+:)?r:[0-9a-f]{{8}}-[0-9a-f]{{8}}[ _]|{_UUID}[ _]", re.IGNORECASE)
_SORT = re.compile(r"[ _](?:equip|point)$", re.IGNORECASE)
_ACRONYMS = frozenset({
    "ahu", "vav", "rvav", "cav", "fcu", "crac", "crah", "rtu", "doas", "mau", "hvac", "vfd", "ups", "co", "co2", "pv", "hx",
    "ddc", "bms", "ats", "mcc", "hru", "eru", "erv", "hrv", "pau", "chw", "hw", "cw", "dhw", "oat", "rat", "sat", "mat", "it",
})  # fmt: skip
_FLOOR_WORD = r"(?:floor|level|storey|story|etage|lvl|flr|fl|l|f)"
_NUMBERED_FLOOR = (
    re.compile(
        rf"(?:^|[^a-z0-9]){_FLOOR_WORD}(?:[ _.:#]+(?=-?\d)|-(?=\d)|(?=\d))(-?\d{{1,3}})(?![a-z0-9])", re.IGNORECASE
    ),
    re.compile(rf"(?:^|[^a-z0-9])(\d{{1,3}})(?:st|nd|rd|th)?[. _-]*{_FLOOR_WORD}(?![a-z])", re.IGNORECASE),
)
_ANY_NUMBER = re.compile(r"(?:^|[^a-z0-9-])(-?\d{1,3})(?:st|nd|rd|th)?(?![a-z0-9])", re.IGNORECASE)
_OTHER_NUMBERS = re.compile(r"b(ui)?ld(in)?g|block|tower|roof|house|site", re.IGNORECASE)
_BASEMENT_NUMBER = re.compile(r"(?:^|[^a-z0-9])b(\d{1,2})(?![a-z0-9])|\bbasement[ _-]*(\d{1,2})\b", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"(?:^|[^a-z])({'|'.join(_ORDINALS)})(?![a-z])", re.IGNORECASE)
_GROUND = re.compile(r"(?:^|[^a-z])(ground|gf|eg|rdc)(?![a-z])", re.IGNORECASE)
_BASEMENT = re.compile(r"(?:^|[^a-z])(basement|cellar|ug)(?![a-z])", re.IGNORECASE)


def plain_text(text: str) -> str:
    """Without control characters, on one line."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


def is_opaque(identifier: str) -> bool:
    """Whether it consists of nothing but UUIDs or long hexadecimal numbers."""
    return _OPAQUE.fullmatch(identifier) is not None


def without_reference(name: str) -> str:
    """A name without the record id before it, as conversions from Haystack write it: ``r:23a44701-7265b064 RTU-1 equip``."""
    bare = _REFERENCE.sub("", name, count=1) if _REFERENCE.match(name) else name
    return _SORT.sub("", bare) if bare != name else name


def readable(identifier: str) -> str:
    """``vav_C300`` is "VAV C300", ``supplyFan-2`` is "Supply Fan 2"."""
    text = unquote(identifier) if " " in identifier else _SEPARATOR.sub(" ", unquote(identifier))
    return " ".join(_word(word) for word in _CAMEL.sub(" ", text).split())


def _word(word: str) -> str:
    bare = word.rstrip("0123456789")
    if word.lower() in _ACRONYMS or (bare and bare.lower() in _ACRONYMS):
        return word.upper()
    if found := re.fullmatch(r"([a-z]+|[A-Z][a-z]{3,})(\d+[a-z]?)", word):
        letters_, number = found.groups()
        return f"{letters_.capitalize()} {number}" if len(letters_) > 3 else word.upper()
    return word[0].upper() + word[1:] if word.islower() and word.isalpha() else word


def floor_level(name: str) -> int | None:
    """The number in "Floor 4", "L04", "3rd floor", "Third floor", "1F", "B2" (-2) and "Ground floor" (0); None where there is none.

    A number beside a word for floors goes before any other: "Building 3 Level 1" is 1.
    """
    if found := _BASEMENT_NUMBER.search(name):
        return -int(found[1] or found[2])
    for pattern in _NUMBERED_FLOOR:
        if found := pattern.search(name):
            return int(found[1])
    if _GROUND.search(name):
        return 0
    if found := _ORDINAL.search(name):
        return _ORDINALS.index(found[1].lower()) + 1
    if _BASEMENT.search(name):
        return -1
    found = None if _OTHER_NUMBERS.search(name) else _ANY_NUMBER.search(name)
    return int(found[1]) if found else None


def letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA: for things whose true number is unknown."""
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text
