"""Numbers as people and models write them: digits grouped in any fashion, signs, words, glued units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_GROUP = "[,'’\u00a0\u2007\u2009\u202f]"
_NUMBER = re.compile(
    rf"""
    (?<![\w.]) (?<!\d,) (?<![^\W\d_][-‐‑])         # not inside a word, a number or a name such as AHU-2
    (?P<sign>[-−]?)
    (?P<whole>\d{{1,3}}(?:{_GROUP}\d{{3}})+(?!\d)|\d+|(?=\.\d))
    (?P<part>\.\d+)?
    (?P<power>[eE][+-]?\d+)?
    (?!(?:st|nd|rd|th)\b)(?!\d)
    """,
    re.VERBOSE,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_MOMENT = re.compile(
    rf"""
    \b\d{{4}}-\d\d-\d\d (?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d\d:?\d\d)?)?
    | \b\d{{1,2}}:\d\d(?::\d\d)?(?!\d)
    | \b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:,?\s\d{{4}})?(?!\w)
    | \b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?(?![\w.]\d|\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDER = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_WORDS = {word: float(value) for value, word in enumerate(_ORDER)}
# "the warmest one" counts nothing; "there is one", "only one" does.
_WORD = re.compile(
    rf"(?<![\w-])(?:(?<=\bis )|(?<=\bhas )|(?<=\bonly )|(?<=\bexactly )|(?<=\bjust )|(?<=\bfeeds )|(?!one\b))"
    rf"(?:{'|'.join(_WORDS)})(?![\w-])",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:none|nothing|nowhere|never|no(?! (?:readings?|data|such|records?|information|idea|values?|sensors?|points?)\b)(?= [a-z]))\b",
    re.IGNORECASE,
)
_FELL = re.compile(
    r"\b(?:fell|fallen|falls?|drop\w*|declin\w*|decreas\w*|down|less|lower\w*|below|shr[aiu]nk|lost|under|minus|cooled)\b",
    re.IGNORECASE,
)
_UNITS = (
    ("°c", "℃", "degc", "deg c", "degrees c", "degrees celsius", "degree celsius", "c"),
    ("°f", "℉", "degf", "deg f", "degrees f", "degrees fahrenheit", "f"),
    ("%", "percent", "per cent", "pct", "%rh"),
    ("h", "hr", "hrs", "hour", "hours"),
    ("min", "mins", "minute", "minutes"),
    ("s", "sec", "secs", "second", "seconds"),
    ("d", "day", "days"),
    ("kw", "kilowatt", "kilowatts"),
    ("kwh", "kilowatt-hours", "kilowatt hours"),
    ("m³/h", "m3/h", "m^3/h", "m³/hr", "m3/hr"),
    ("m³", "m3", "m^3", "cubic metres", "cubic meters"),
    ("m³/s", "m3/s", "m^3/s"),
    ("m", "metres", "meters", "metre", "meter"),
    ("v", "volt", "volts"),
    ("a", "amp", "amps", "ampere", "amperes"),
    ("inh₂o", "inh2o", "in h2o", "in. w.c.", "inwc", "in. h₂o"),
    ("l/s", "litres per second"),
)
_SPELLINGS = {unit: group for group in _UNITS for unit in group}


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of a text: ``step`` is the place of its last digit (0.1 for 18.2), ``end`` where its unit would follow."""

    value: float
    step: float
    end: int


def without_moments(text: str) -> str:
    """The text with its dates and times of day blanked: they are no figures."""
    return _MOMENT.sub(lambda match: " " * len(match[0]), text)


def without_emphasis(text: str) -> str:
    """The text without the marks of Markdown that may stand between a number and its unit."""
    return re.sub(r"[*`]|\\(?=[%$])", "", text)


def numbers_in(text: str) -> Iterable[Stated]:
    """Every number that a text states, in digits or, up to twenty, in words."""
    for match in _NUMBER.finditer(text):
        part, power = match["part"] or "", int((match["power"] or "e0")[1:])
        plain = re.sub(_GROUP, "", match["whole"]) + part
        sign = -1 if match["sign"] else 1
        yield Stated(sign * float(plain) * 10.0**power, 10.0 ** (power - max(0, len(part) - 1)), match.end())
    for match in _WORD.finditer(text):
        yield Stated(_WORDS[match[0].lower()], 1.0, match.end())


def says_none(text: str) -> bool:
    """Whether the text says that there is nothing of what was asked about ("none", "no pumps")."""
    return _NONE.search(text) is not None


def states(text: str, value: float, tolerance: float | None = None, unit: str | None = None) -> bool:
    """Whether a text states the value: within the tolerance, else within the rounding of the figure it states.

    "Fell by 3" states -3, and "none" states 0 where no unit is asked for.
    """
    if value == 0 and unit is None and says_none(text):
        return True
    return any(
        _is_near(stated, value, tolerance, text) and (unit is None or has_unit(text, stated.end, unit))
        for stated in numbers_in(text)
    )


def _is_near(stated: Stated, value: float, tolerance: float | None, text: str) -> bool:
    allowed = 0.5 * stated.step if tolerance is None else tolerance
    allowed += 1e-9 + 1e-12 * abs(value)
    if abs(stated.value - value) <= allowed:
        return True
    return value < 0 < stated.value and abs(stated.value + value) <= allowed and _FELL.search(text) is not None


def has_unit(text: str, end: int, unit: str) -> bool:
    """Whether the unit, in one of its usual spellings, follows a number that ends there."""
    rest = text[end : end + 24].lstrip().removeprefix("-").lstrip()
    return any(_begins_with(rest, spelling, exact=spelling == unit) for spelling in (unit, *_spellings(unit)))


def _spellings(unit: str) -> tuple[str, ...]:
    return _SPELLINGS.get(unit.lower(), (unit,))


def _begins_with(rest: str, unit: str, *, exact: bool) -> bool:
    if not (rest if exact else rest.lower()).startswith(unit):
        return False
    after = rest[len(unit) : len(unit) + 1]
    return unit[-1] == "%" or not (after.isalnum() or (after and after in "/²³^·₂"))
