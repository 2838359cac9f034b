"""The evidence check: whatever an answer states as a number or a name has to be in the results it rests on.

Pure functions of a text and its ``Facts``. The text is read once for each kind of claim, in an order in which the
specific explains the general: names before times and times before numbers, so that the 2 of "AHU-2" is no number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from agent.evidence.facts import NUMBER, SECONDS, Facts
from agent.vocabulary.linking import Link
from agent.vocabulary.tokens import Piece, key, pieces
from tools.results.result import StaleReading, ToolResult
from tools.sentences.language import Language
from tools.sentences.notation import words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
_ISO = re.compile(
    r"(?<![\w.])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ](?P<H>\d{2}):(?P<M>\d{2})(?::\d{2}(?:\.\d+)?)?)?(?:Z|\s?[+-]\d{2}:?\d{2})?(?!\w)"
)
_DATES = (
    re.compile(
        rf"(?<![\w.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\.?,?\s(?P<y>\d{{4}})(?!\w))?(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w){_MONTH}\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y>\d{{4}}))?(?![\w:])", re.IGNORECASE),
)
_TIME = re.compile(
    r"(?<![\w.])(?P<H>\d{1,2}):(?P<M>\d{2})(?::\d{2})?(?:\s?(?P<half>[ap])\.?m\b\.?)?(?![\w])", re.IGNORECASE
)
_HOUR = re.compile(r"(?<![\w.])(?P<H>\d{1,2})\s?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(?:in|since|of|year|until|before|after)\s(?P<y>(?:19|20)\d{2})(?![\w.,]\d|\s?[°%])\b", re.IGNORECASE
)
_STANDARDS = (
    re.compile(r"\b(?:ISO|IEC|EN|DIN|ASHRAE|ANSI|ISA|VDI|BS|NFPA|UTC|GMT)[ +−-]?\d[\d.:/-]*"),
    re.compile(r"\b(?:CO2|PM\s?2\.5|PM\s?10|PM1|H2O|N2O|NO2|SO2|O2|3D|24/7)\b|\bm[23]\b", re.IGNORECASE),
)
_HARMLESS = (
    re.compile(r"(?<![\w.])\d+(?:st|nd|rd|th)\b"),
    re.compile(r"^\s*(?:[-*]\s)?\d{1,3}[.)](?=\s)", re.MULTILINE),
    re.compile(r"(?<![\w.])\d-(?:way|phase|pipe|wire|stage|point|pole)\b"),
)
_CODE = re.compile(r"(?<!\w)(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])\w[\w./-]*")
_QUANTITY = re.compile(r"^\d[\d.,]*-?(?P<unit>[^\W\d]+(?:/[^\W\d]+\d?)?|[°%].*)$")
_MEASURE = re.compile(
    r"\s?(?P<unit>°\s?[CF]\b|℃|℉|%|[kMG]?Wh\b|[kMG]?W\b|kVA\b|[hk]?Pa\b|m?bar\b|psi\b|pp[mb]\b|rpm\b|k?Hz\b|[kM]?V\b|m?A\b|mm/s\b"
    r"|[lL]/s\b|m/s\b|m[³3]/h\b|cfm\b|gpm\b|lux\b|lx\b|degrees?\s(?:Celsius|Fahrenheit)|percent\b|K\b)"
)
_UNITS = {"℃": "°c", "℉": "°f", "degc": "°c", "degf": "°f", "deg_c": "°c", "deg_f": "°f", "degreecelsius": "°c", "degreescelsius": "°c",
          "degreefahrenheit": "°f", "degreesfahrenheit": "°f", "percent": "%", "lx": "lux", "m3/h": "m³/h", "celsius": "°c"}  # fmt: skip
_KNOWN_UNITS = frozenset({
    "°c", "°f", "%", "wh", "kwh", "mwh", "gwh", "w", "kw", "mw", "gw", "kva", "pa", "hpa", "kpa", "bar", "mbar", "psi", "ppm", "ppb",
    "rpm", "hz", "khz", "v", "kv", "mv", "a", "ma", "mm/s", "l/s", "m/s", "m³/h", "cfm", "gpm", "lux", "k",
})  # fmt: skip
_TIME_UNIT = re.compile(rf"[\s-]?(?P<unit>{'|'.join(sorted(SECONDS, key=len, reverse=True))})\b(?!/)")
_REST = re.compile(r"\s(?:more|others?)\b")
_SAID_STALE = re.compile(
    r"\b(?:stale|out[- ]of[- ]date|outdated|old readings?|no newer|not current|no longer current)\b", re.IGNORECASE
)


def unsupported(text: str, facts: Facts) -> list[str]:
    """The numbers and names of a text that nothing supports, as they are written; empty for an answer that holds."""
    reading = _Reading(text, facts)
    reading.standards()
    reading.names()
    reading.dates_and_times()
    reading.harmless()
    reading.codes()
    reading.numbers()
    reading.number_words()
    return list(dict.fromkeys(found for _, found in sorted(reading.unsupported)))


def stale_note(text: str, results: Sequence[ToolResult], language: Language) -> str | None:
    """What an answer must add when it states stale readings without saying so."""
    if _SAID_STALE.search(text):
        return None
    found = [
        _reading_named(one, language)
        for result in results
        for one in result.stale()
        if _states(text, one.value, one.text)
    ]
    named = language.listed(list(dict.fromkeys(found)), None, 6)
    return language.notes["stale"].format(readings=named) if found else None


def _reading_named(one: StaleReading, language: Language) -> str:
    reading = f"{one.of} {words(one.quantity)}".strip()
    if one.age_s is None:
        return reading
    return language.notes["read"].format(reading=reading, age=language.age(one.age_s))


def _states(text: str, value: float | None, said: str | None) -> bool:
    if value is None:
        return bool(said) and str(said).casefold() in text.casefold()
    return any(_rounds_to(value, match[0]) for match in NUMBER.finditer(text))


def _rounds_to(value: float, stated: str) -> bool:
    """Whether a stated number is the value, rounded to the decimals it is stated with. A fall of 3 may be told without its sign."""
    plain = stated.replace(",", "").replace("−", "-")
    tolerance = 0.5 * 10.0 ** -len(plain.partition(".")[2]) + 1e-9 * max(1.0, abs(value))
    return abs(float(plain) - value) <= tolerance or (
        value < 0 <= float(plain) and abs(float(plain) + value) <= tolerance
    )


@dataclass(slots=True)
class _Stated:
    """A number that holds, for sums and differences of what is stated."""

    value: float
    unit: str | None


@dataclass(slots=True)
class _Open:
    """A number that no fact has."""

    start: int
    text: str
    unit: str | None


@dataclass(slots=True)
class _Reading:
    text: str
    facts: Facts
    unsupported: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _covered: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _named: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _durations: list[int] = field(default_factory=list[int])

    def _free(self, start: int, end: int) -> bool:
        return all(end <= first or start >= last for first, last in self._covered)

    def _cover(self, start: int, end: int, holds: bool = True) -> None:
        self._covered.append((start, end))
        if not holds:
            self.unsupported.append((start, self.text[start:end].strip()))

    # -- names -------------------------------------------------------------------------------------------------------

    def standards(self) -> None:
        """What is made of letters and digits everywhere: time stamps, standards, formulae."""
        for match in _ISO.finditer(self.text):
            self._moment(match, self._iso_holds(match))
        self._pass(_STANDARDS)

    def names(self) -> None:
        found = pieces(self.text)
        longest, linker = self.facts.longest, self.facts.linker
        index = 0
        while index < len(found):
            if found[index].glued or not self._free(found[index].start, found[index].end):
                index += 1
                continue
            last = self._supported_name(found, index, longest)
            if last is None and found[index].kind == "sign":
                index += 1
                continue
            link = self._within_a_sentence(found, linker.at(found, index))
            if last is not None and (link is None or link.reading == "part" or link.last <= last):
                self._name(found[index].start, found[last - 1].end)
                index = last
            elif link is not None and link.reading != "part":
                index = self._judge(found, link)
            else:
                index += 1

    def _within_a_sentence(self, found: Sequence[Piece], link: Link | None) -> Link | None:
        """Two sentences are no name, though "pump no. 3" is one."""
        said = "" if link is None else self.text[found[link.first].start : found[link.last - 1].end]
        return None if re.search(r"(?<!\bno)(?<!\bnr)[.!?]\s", said, re.IGNORECASE) else link

    def _name(self, start: int, end: int, holds: bool = True) -> None:
        self._cover(start, end, holds)
        self._named.append((start, end))

    def _supported_name(self, found: Sequence[Piece], index: int, longest: int) -> int | None:
        for last in range(min(len(found), index + longest), index, -1):
            if last < len(found) and found[last].glued and found[last].norm != "'s":
                continue  # "AHU 1" is not in "AHU 1B"
            said = tuple(piece.norm for piece in found[index:last])
            if said in self.facts.names or said in self.facts.written:
                return last
        return None

    def _judge(self, found: Sequence[Piece], link: Link) -> int:
        """A name of the plant that no result has, or what looks like a name and is none."""
        start, end = found[link.first].start, found[link.last - 1].end
        said = self.text[start:end]
        holds = self._is_supported(link) or (self._asks_back(start) and bool(link.candidates))
        if not holds and self._is_harmless_word(link, said):
            return link.first + 1
        if not holds and self._is_label_and_value(found, link):
            return link.first + 1
        self._name(start, end, holds or said.casefold() in self.facts.question.casefold())
        return link.last

    def _is_supported(self, link: Link) -> bool:
        things = self.facts.lexicon.things
        return any(
            candidate.id in self.facts.ids or any(one in self.facts.names for one in things[candidate.id].keys)
            for candidate in link.candidates
        )

    def _is_harmless_word(self, link: Link, said: str) -> bool:
        """A word of the language that is also a name ("kitchen"), a point's name (its thing's name is checked instead), or a code that
        is no name of the plant's kind: the last is for ``codes``."""
        if not link.candidates and said[0].isdigit():
            return True
        if any(letter.isdigit() for letter in said):
            return bool(link.candidates) and all(one.kind in ("Point", "Device") for one in link.candidates)
        return (
            not link.candidates
            or said == said.lower()
            or all(one.kind in ("Point", "Device") for one in link.candidates)
        )

    def _is_label_and_value(self, found: Sequence[Piece], link: Link) -> bool:
        label = tuple(piece.norm for piece in found[link.first : link.last - 1])
        value = found[link.last - 1]
        return value.kind == "number" and any(_rounds_to(one, value.text) for one in self.facts.labelled.get(label, ()))

    def _asks_back(self, at: int) -> bool:
        """Whether the sentence is a question: it offers names and claims nothing."""
        end = re.compile(r"[.!?](?=\s|$)|\n").search(self.text, at)
        return end is not None and end[0] == "?"

    # -- times -------------------------------------------------------------------------------------------------------

    def dates_and_times(self) -> None:
        for pattern in _DATES:
            for match in pattern.finditer(self.text):
                self._moment(match, self._date_holds(match))
        for pattern in (_TIME, _HOUR):
            for match in pattern.finditer(self.text):
                self._moment(match, self._time_holds(match))
        for match in _YEAR.finditer(self.text):
            if int(match["y"]) in {day.year for day in self.facts.days}:
                self._cover(*match.span("y"))

    def _moment(self, match: re.Match[str], holds: bool) -> None:
        if self._free(*match.span()):
            self._cover(*match.span(), holds or match[0].casefold() in self.facts.question.casefold())

    def _iso_holds(self, match: re.Match[str]) -> bool:
        try:
            day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            return False
        return day in self.facts.days and (match["H"] is None or self._is_time(int(match["H"]), int(match["M"])))

    def _date_holds(self, match: re.Match[str]) -> bool:
        month = _MONTHS.index(str(match["month"]).lower()[:3]) + 1
        return any(
            (day.month, day.day) == (month, int(match["d"])) and (match["y"] is None or int(match["y"]) == day.year)
            for day in self.facts.days
        )

    def _time_holds(self, match: re.Match[str]) -> bool:
        hour, minute = int(match["H"]), int(match.groupdict().get("M") or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        return self._is_time(hour, minute)

    def _is_time(self, hour: int, minute: int) -> bool:
        return any((one.hour, one.minute) == (hour % 24, minute) for one in self._clock_times())

    def _clock_times(self) -> Iterator[datetime]:
        for moment in self.facts.moments:
            for zone in (self.facts.zone, UTC):
                yield moment.astimezone(zone)
                yield moment.astimezone(zone) + timedelta(seconds=30)

    def harmless(self) -> None:
        """Ordinals, the numbering of a list, "3-way"."""
        self._pass(_HARMLESS)

    def _pass(self, patterns: Sequence[re.Pattern[str]]) -> None:
        for pattern in patterns:
            for match in pattern.finditer(self.text):
                if self._free(*match.span()):
                    self._cover(*match.span())

    # -- codes -------------------------------------------------------------------------------------------------------

    def codes(self) -> None:
        """What is made of letters and digits: a word of the results or the question, a quantity, or made up."""
        for match in _CODE.finditer(self.text):
            said = match[0].rstrip("./-")
            start, end = match.start(), match.start() + len(said)
            if not said or not self._free(start, end) or _is_quantity(said):
                continue
            lexicon = self.facts.lexicon
            known = key(said) in lexicon.quantity_phrases or key(said) in lexicon.class_phrases
            self._cover(start, end, known or said.casefold() in self.facts.tokens)

    # -- numbers -----------------------------------------------------------------------------------------------------

    def numbers(self) -> None:
        stated: list[_Stated] = []
        unknown: list[_Open] = []
        for match in NUMBER.finditer(self.text):
            start, end = match.span()
            if not self._free(start, end) or (
                start and (self.text[start - 1].isalnum() or self.text[start - 1] in "_.")
            ):
                continue
            minus = (
                start > 0 and self.text[start - 1] in "-−" and (start < 2 or self.text[start - 2] in " (\n:;,≤≥<>=~")
            )
            said = ("-" if minus else "") + match[0]
            measure = _MEASURE.match(self.text, end)
            unit = _unit(measure["unit"]) if measure else None
            if self._number_holds(said, start, end, unit):
                stated.append(_Stated(float(said.replace(",", "")), unit))
            else:
                shown = self.text[start - minus : measure.end() if measure else end]
                unknown.append(_Open(start, shown, unit))
        for one in unknown:
            if not _follows(one, stated):
                self.unsupported.append((one.start, one.text.strip()))

    def _number_holds(self, said: str, start: int, end: int, unit: str | None) -> bool:
        if unit is None and said.isdigit() and (classes := self._counted_at(end)):
            return self._is_count_of(int(said), classes) or self._counts_a_list(int(said), start, end)
        if any(_rounds_to(one.value, said) and _units_agree(one.unit, unit) for one in self.facts.numbers):
            return True
        if unit is None and (time := _TIME_UNIT.match(self.text, end)):
            return self._duration_holds(said, SECONDS[time["unit"]])
        plain = said.replace(",", "")
        if unit is not None or not plain.isdigit():
            return False
        return (
            int(plain) in self.facts.counts
            or self._counts_a_list(int(plain), start, end)
            or self._is_scale(plain, start)
        )

    def _counted_at(self, at: int) -> tuple[str, ...]:
        """The classes that the words behind a number name: "6 HVAC zones" counts zones, and is no temperature."""
        found = pieces(self.text[at : at + 60])
        if not found or not self.text[at : at + 1].isspace() or found[0].kind != "word":
            return ()
        return self.facts.linker.class_at(found, 0)[1]

    def _is_count_of(self, count: int, classes: Sequence[str]) -> bool:
        facts = self.facts
        known = [class_ for class_ in classes if class_ in facts.counted]
        if not known:
            return count in facts.counts
        return count in facts.said or any(count in facts.by_class[class_] for class_ in known)

    def _duration_holds(self, said: str, seconds: int) -> bool:
        stated = float(said.replace(",", ""))
        step = 10.0 ** -len(said.partition(".")[2])
        for duration in self.facts.durations:
            whole = duration / seconds
            part = (duration % {60: 3600, 1: 60, 3600: 86400}.get(seconds, duration + 1)) / seconds
            if any(abs(stated - one) <= step / 2 + 1e-9 or 0 <= one - stated < step for one in (whole, part)):
                return True
        return False

    def _is_scale(self, said: str, start: int) -> bool:
        return said.isdigit() and int(said) in self.facts.scales and bool(re.search(r"(?:of|/)\s?$", self.text[:start]))

    def _counts_a_list(self, count: int, start: int, end: int) -> bool:
        """ "3 pumps: A, B, C" counts itself, and "A, B and 5 more" has to add up to a count that is known."""
        if _REST.match(self.text, end):
            before = self._without_names(self._sentence_before(start), start)
            shown = _items(re.split(r"[:(]", before)[-1])
            return count + shown - 1 in self.facts.counts or count + shown in self.facts.counts
        follows = re.compile(r"[^:.\n]{0,120}:\s?(?P<list>[^.\n]*(?:\.\d[^.\n]*)*)").match(self.text, end)
        if follows is None:
            return False
        start = follows.start("list")
        return _items(self._without_names(follows["list"], start + len(follows["list"]))) == count

    def _sentence_before(self, start: int) -> str:
        return re.split(r"(?:[.!?]\s|\n)", self.text[:start])[-1]

    def _without_names(self, part: str, end: int) -> str:
        """Part of the text that ends at ``end``, with each name as one word: names may hold commas."""
        begin = end - len(part)
        for first, last in self._named:
            if begin <= first and last <= end:
                part = part[: first - begin] + "x" * (last - first) + part[last - begin :]
        return part

    def number_words(self) -> None:
        numbers = self.facts.number_words
        for match in re.finditer(rf"\b(?:{'|'.join(numbers)})\b(?!-)", self.text, re.IGNORECASE):
            count = numbers[match[0].lower()]
            if self._free(*match.span()) and not (
                count in self.facts.counts or self._counts_a_list(count, *match.span())
            ):
                self.unsupported.append((match.start(), match[0]))


def _is_quantity(said: str) -> bool:
    """“5kW” and “24-hour” are numbers with a unit, “410A” is a code."""
    match = _QUANTITY.match(said)
    return match is not None and (_unit(match["unit"]) in _KNOWN_UNITS or match["unit"].lower() in SECONDS)


def _items(text: str) -> int:
    """How many things a list lists; semicolons part them where there are any."""
    if ";" in text:
        return text.count(";") + 1
    return len([part for part in re.split(r",\s|\sand\s|\sor\s", text) if part.strip()]) if text.strip() else 0


def _unit(text: str) -> str:
    plain = text.replace(" ", "").replace("\u00a0", "").casefold()
    return _UNITS.get(plain, plain)


def _units_agree(known: str | None, stated: str | None) -> bool:
    """A unit that is stated must not be another one than the result's; where either is not known there is nothing to compare."""
    if known is None or stated is None:
        return True
    canonical = _unit(known)
    return canonical == stated or canonical not in _KNOWN_UNITS


def _converted(unit: str | None, stated: Sequence[_Stated]) -> list[float]:
    """Temperatures that the answer states, on the other scale."""
    if unit == "°f":
        return [other.value * 9 / 5 + 32 for other in stated if other.unit == "°c"]
    return [(other.value - 32) * 5 / 9 for other in stated if other.unit == "°f"] if unit == "°c" else []


def _follows(one: _Open, stated: Sequence[_Stated]) -> bool:
    """Whether a number is the sum or the difference of two that the answer states, or the sum of all of them.

    Of counts only where two are stated: among many small ones every number is the sum of some.
    """
    match = NUMBER.search(one.text)
    if match is None:
        return False
    if any(_rounds_to(value, match[0]) for value in _converted(one.unit, stated)):
        return True
    same = [other.value for other in stated if other.unit == one.unit]
    if one.unit is None and len(same) > 2:
        return False
    results = [sum(same)] if len(same) > 1 else []
    for index, left in enumerate(same):
        for right in same[index + 1 :]:
            results.extend((left + right, abs(left - right)))
    return any(_rounds_to(result, match[0]) for result in results)
