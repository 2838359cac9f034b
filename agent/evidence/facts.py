"""What the tool results of one question support: every number, name, moment and count that an answer may state."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.vocabulary.grounding import Grounding
from agent.vocabulary.lexicon import Key, Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.tokens import key, pieces, written
from tools.results.result import ToolResult

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
SECONDS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600,
    "hrs": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "week": 604800, "weeks": 604800,
}  # fmt: skip
_TIME_SAID = re.compile(r"(?<![\w.])(?:(\d{1,2} [A-Z][a-z]{2}) )?(\d{2}:\d{2})(?![\w:])")
_LONGEST_NAME = 120
_MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Number:
    """A measured or computed value; ``unit`` where the result says it."""

    value: float
    unit: str | None = None


@dataclass(slots=True)
class Facts:
    """``names`` are in pieces; ``tokens`` are all words of results and question, for codes that are no plant names."""

    lexicon: Lexicon
    now: datetime
    zone: tzinfo
    question: str = ""
    numbers: list[Number] = field(default_factory=list[Number])
    counts: set[int] = field(default_factory=set[int])
    said: set[int] = field(default_factory=set[int])
    """Whole numbers of the question and of free texts, which may count anything."""
    durations: list[float] = field(default_factory=list[float])
    moments: list[datetime] = field(default_factory=list[datetime])
    days: set[date] = field(default_factory=set[date])
    names: set[Key] = field(default_factory=set[Key])
    written: set[Key] = field(default_factory=set[Key])
    """Names that have signs in them, with these."""
    ids: set[str] = field(default_factory=set[str])
    tokens: set[str] = field(default_factory=set[str])
    labelled: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list[float]))
    """Values by the label of their group, which may look like the number of a thing ("AHU 12")."""
    by_class: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set[int]))
    """How many of a class a list holds or a result counts."""
    counted: set[str] = field(default_factory=set[str])
    """Classes that a result counts itself: no other count is one of theirs."""
    free_text: frozenset[str] = frozenset({"notes"})
    """The fields of the result at hand that are sentences."""
    scales: set[int] = field(default_factory=set[int])
    """What scores are out of: a risk "of 100"."""

    @property
    def linker(self) -> Linker:
        return Linker(self.lexicon)

    @property
    def number_words(self) -> Mapping[str, int]:
        """“two”, “twelve”; “one” is as often a pronoun."""
        return {word: number for word, number in self.lexicon.words.numbers.items() if number > 1}

    @property
    def longest(self) -> int:
        return max((len(one) for one in (*self.names, *self.written)), default=0)

    def add_name(self, text: str) -> None:
        self.names.add(key(text))
        if (one := written(text)) is not None:
            self.written.add(one)


def gather(
    results: Sequence[ToolResult],
    *,
    lexicon: Lexicon,
    grounding: Grounding,
    question: str,
    now: datetime,
    timezone: str,
    errors: Sequence[str] = (),
) -> Facts:
    """The facts behind an answer: the results of its tools, why others gave none, and what the question itself says."""
    facts = Facts(lexicon, now, zone_of(timezone), question)
    _add_moment(facts, now)
    facts.days.add(now.astimezone(facts.zone).date() - timedelta(days=1))
    for result in results:
        facts.free_text = result.free_text | {"notes"}
        _add_tree(facts, "", result.model_dump(by_alias=True, exclude={"evidence": {"__all__": {"statement"}}}))
        facts.scales.update(() if result.scale is None else (result.scale,))
    _add_unions(facts, results)
    for error in errors:
        _add_error(facts, error)
    _add_question(facts, question, grounding)
    for id in facts.ids:
        if id in lexicon.things:
            facts.names.update(lexicon.things[id].keys)
            facts.add_name(lexicon.things[id].name)
    return facts


def zone_of(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def numbers_in(text: str) -> Iterator[float]:
    """The numbers of a free text that are not part of a word or a name."""
    for match in NUMBER.finditer(text):
        before = text[: match.start()]
        if not re.search(r"(?:\w|[^\W\d][-./])$", before):
            yield float(match[0].replace(",", "")) * (-1 if re.search(r"(?:^|[\s(])[-−]$", before) else 1)


# -- results -----------------------------------------------------------------------------------------------------------


def _add_tree(facts: Facts, name: str, value: Any) -> None:
    match value:
        case bool() | None:
            pass
        case int() | float():
            facts.numbers.append(Number(float(value)))
            if float(value).is_integer():
                facts.counts.add(int(value))
            if name == "age_s":
                facts.durations.append(float(value))
        case str():
            _add_text(facts, name, value)
        case datetime():
            _add_moment(facts, value)
        case Mapping():
            _add_record(facts, cast(Mapping[str, Any], value))
        case list():
            _add_list(facts, name, cast(list[Any], value))
        case _:
            pass


def _add_text(facts: Facts, name: str, text: str) -> None:
    if name == "id":
        facts.ids.add(text)
    if len(text) <= _LONGEST_NAME:
        if text in facts.lexicon.things:
            facts.ids.add(text)
        found = key(text)
        if any(piece[0].isalpha() for piece in found):
            facts.add_name(text)
        elif len(found) == 1 and name in ("name", "key", "group", "place"):
            facts.numbers.append(Number(float(found[0])))
    if name in facts.free_text:
        _add_numbers_of_text(facts, text)
        _add_times_of_text(facts, text)
    facts.tokens.update(_tokens(text))


def _add_numbers_of_text(facts: Facts, text: str) -> None:
    for number in _numbers_said(facts, text):
        facts.numbers.append(Number(number))
        if number.is_integer():
            facts.counts.add(int(number))
            facts.said.add(int(number))  # whatever the text counts there


def _numbers_said(facts: Facts, text: str) -> Iterator[float]:
    """The numbers of a free text, in digits or in words."""
    yield from numbers_in(text)
    words = {piece.lower for piece in pieces(text)}
    yield from (float(value) for word, value in facts.number_words.items() if word in words)


def _add_times_of_text(facts: Facts, text: str) -> None:
    """“02:00” is of the day of asking, “19 Mar 21:45” of the last such day; in the plant's own time."""
    now = facts.now.astimezone(facts.zone)
    for day, clock in _TIME_SAID.findall(text):
        try:
            said = datetime.strptime(f"{day or f'{now:%d %b}'} {now.year} {clock}", "%d %b %Y %H:%M").replace(
                tzinfo=facts.zone
            )
            _add_moment(facts, said if said <= now + timedelta(days=1) else said.replace(year=now.year - 1))
        except ValueError:  # 31:99 is no time
            continue


def _tokens(text: str) -> Iterator[str]:
    for token in re.findall(r"[\w./+-]+", text):
        yield token.casefold().strip("./-+")


def _add_record(facts: Facts, record: Mapping[str, Any]) -> None:
    unit = record.get("unit")
    for name, value in record.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and isinstance(unit, str) and name in ("value", "low", "high"):
            facts.numbers.append(Number(float(value), unit))
            if unit in SECONDS:
                facts.durations.append(float(value) * SECONDS[unit])
        else:
            _add_tree(facts, name, value)
    start, end = record.get("start"), record.get("end")
    if isinstance(start, datetime) and isinstance(end, datetime):
        _add_window(facts, start, end)
    for label in (record.get("group"), record.get("key")):
        value = record.get("value", record.get("count"))
        if isinstance(label, str) and isinstance(value, int | float):
            facts.labelled[key(label)].append(float(value))
            _count_class(facts, label, record.get("count"))
    for class_, count in cast(Mapping[str, Any], record.get("by_class") or {}).items():
        _count_class(facts, class_, count)


def _count_class(facts: Facts, class_: str, count: Any) -> None:
    if isinstance(count, int) and class_ in facts.lexicon.vocabulary.classes:
        facts.counted.add(class_)
        facts.by_class[class_].add(count)


def _add_list(facts: Facts, name: str, items: list[Any]) -> None:
    facts.counts.add(len(items))
    for item in items:
        _add_tree(facts, name, item)
    records = [cast(Mapping[str, Any], item) for item in items if isinstance(item, Mapping)]
    facts.counts.update(_subtotals(records))
    entities = (record.get("entity") or record.get("asset") or record for record in records)
    classes = Counter(one for entity in entities for one in _line(facts.lexicon, entity.get("class")))
    for class_, count in classes.items():
        facts.by_class[class_].add(count)
        facts.counts.add(count)


def _subtotals(records: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """How many of a list share a place, a status, a quantity or a count; how many of those there are; and how many read above zero,
    at zero, or the same text."""
    entities = [record.get("entity") or record.get("asset") or record for record in records]
    for field_ in ("place", "status", "kind", "class"):
        found = Counter(str(entity.get(field_)) for entity in entities)
        yield from (len(found), *found.values())
    for field_ in ("quantity", "text", "stale", "status", "count"):
        found = Counter(str(record.get(field_)) for record in records)
        yield from (len(found), *found.values())
    values = [value for record in records if isinstance(value := record.get("value"), int | float)]
    yield from (len(values), sum(value > 0 for value in values), sum(value <= 0 for value in values))


def _line(lexicon: Lexicon, class_: object) -> Iterable[str]:
    term = lexicon.vocabulary.classes.get(class_) if isinstance(class_, str) else None
    return {class_, *(term.ancestors if term else ())} if isinstance(class_, str) else ()


def _add_unions(facts: Facts, results: Sequence[ToolResult]) -> None:
    """Two calls about the same kind of thing are told as one list."""
    by_field: dict[str, set[str]] = defaultdict(set)
    for result in results:
        for name in ("no_data", "missing", "assets", "connected"):
            for one in getattr(result, name, ()):
                by_field[name].add(getattr(getattr(one, "entity", one), "id", ""))
    facts.counts.update(len(ids) for ids in by_field.values())


def _add_error(facts: Facts, sentence: str) -> None:
    facts.tokens.update(_tokens(sentence))
    _add_numbers_of_text(facts, sentence)
    mentions = facts.linker.link(sentence).mentions
    facts.ids.update(candidate.id for mention in mentions for candidate in mention.candidates)


def _add_moment(facts: Facts, moment: datetime) -> None:
    facts.moments.append(moment)
    facts.days.update((moment.astimezone(facts.zone).date(), moment.astimezone(UTC).date()))
    facts.durations.append(abs((facts.now - moment).total_seconds()))


def _add_window(facts: Facts, start: datetime, end: datetime) -> None:
    facts.durations.append((end - start).total_seconds())
    first, last = start.astimezone(facts.zone).date(), end.astimezone(facts.zone).date()
    days = min((last - first).days, _MOST_DAYS)
    facts.days.update(first + timedelta(days=day) for day in range(days + 1))


# -- the question ------------------------------------------------------------------------------------------------------


def _add_question(facts: Facts, question: str, grounding: Grounding) -> None:
    """What people say themselves an answer may repeat: their numbers, and the names that were understood or not."""
    facts.tokens.update(_tokens(question))
    facts.ids.update(candidate.id for mention in grounding.mentions for candidate in mention.candidates)
    facts.ids.update(grounding.focus)
    facts.names.update(key(mention.text) for mention in grounding.mentions if _is_name(mention.text))
    rest = _without(question, [(mention.start, mention.end) for mention in grounding.mentions])
    said = [abs(one) for one in _numbers_said(facts, rest)]
    facts.numbers.extend(Number(one) for one in said)
    facts.said.update(int(one) for one in said if one.is_integer())
    facts.counts.update(facts.said)
    facts.ids.update(near(facts.linker, question))


def _is_name(text: str) -> bool:
    return any(piece[0].isalpha() for piece in key(text))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def near(linker: Linker, question: str) -> Iterator[str]:
    """The things that are offered instead of one that does not exist."""
    found = linker.respell(pieces(question))
    for index in range(len(found)):
        link = linker.at(found, index)
        if link is not None and not link.candidates:
            yield from (candidate.id for candidate in linker.nearest(link.classes))
