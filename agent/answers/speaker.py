"""Puts what was found into words: the templates of a language over results, with its names, units, numbers and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from agent.answers.comparison import holds
from agent.answers.offers import Offers, offers_of
from agent.answers.wording import Wording, wording
from agent.evidence.citations import Style
from agent.evidence.compact import plain
from agent.vocabulary.lexicon import Lexicon
from graph_schema.ontology.words import Labels, labels
from graph_schema.question import AssetQuery, Window
from graph_schema.units import UNITS, convert
from tools.results.assets import AssetColumn, EntityRef
from tools.sentences.language import Language, language
from tools.sentences.notation import ACRONYMS

_LISTED = 60
_NAMED = 12
_LONGEST_TEXT = 300
_BLANK_LINE = re.compile(r"\n[ ]*(?=\n)")
_PARAGRAPH = "\ue000"


@dataclass(frozen=True)
class Speaker:
    """Says results in one person's language, units and time zone, by the names that this plant has."""

    lexicon: Lexicon
    style: Style

    def answer(self, intent: str, **facts: Any) -> str:
        """The answer of an intent; ``facts`` are what its template reads."""
        return self._said(self._wording.answers[intent], facts)

    def problem(self, kind: str, **facts: Any) -> str:
        return self._said(self._wording.problems[kind], facts)

    def asked(self, intent: str) -> str | None:
        """What an intent asks for: “a value”; none of what asks for nothing of the plant."""
        return self._wording.asked.get(intent)

    def _said(self, template: str, facts: Mapping[str, Any]) -> str:
        text = _compiled(self._wording.parts + template).render(speaker=self, now=self.style.now, **facts)
        return _laid_out(" ".join(line.split()) for line in text.splitlines())

    # -- words -------------------------------------------------------------------------------------------------------

    def name(self, ref: EntityRef) -> str:
        """The name, with the id where several assets have it."""
        known = self.lexicon.things.get(ref.id)
        same = self.lexicon.names.get(known.keys[0], ()) if known is not None and known.keys else ()
        return f"{ref.name} ({ref.id})" if len(same) > 1 and ref.name != ref.id else ref.name

    def called(self, id_: str) -> str:
        """The name of an asset that is known by its id."""
        known = self.lexicon.things.get(id_)
        return known.name if known is not None else id_

    def named(self, query: AssetQuery) -> Sequence[str]:
        """The ids that a query names inside its relations."""
        inner = (query.within, query.fed_by, query.feeds, query.part_of, query.has_part, *query.any_of)
        found = (id_ for one in inner if one is not None for id_ in (*(one.ids or ()), *self.named(one)))
        return list(dict.fromkeys(found))

    def states(self, query: AssetQuery) -> Sequence[str]:
        """The states that a query asks for, of an asset or of its parts: “on”, “alarm”."""
        asked = [one.value for one in query.where if isinstance(one.value, str)]
        parts: Sequence[str] = self.states(query.has_part) if query.has_part is not None else []
        return [*asked, *query.status, *parts]

    def kind_beside(self, ref: EntityRef) -> str:
        """What a point measures, where its name does not say it: “ (supply air flow sensor)”."""
        label = self.label(ref.class_)
        told = ref.kind != "Point" or all(word in ref.name.lower() for word in label.lower().split()[:-1])
        return "" if told else f" ({label})"

    def listed(self, names: Iterable[Any], total: int | None = None) -> str:
        said = [self.name(one) if isinstance(one, EntityRef) else str(getattr(one, "name", one)) for one in names]
        return self._language.listed(said, total, _LISTED if total is None else _NAMED)

    def listed_or(self, names: Iterable[Any]) -> str:
        """“A, B or C”."""
        return self._language.joined([getattr(one, "name", one) for one in list(names)[:_NAMED]], "or")

    def label(self, class_: str | None) -> str:
        """What a class is called: “air handling unit”."""
        named = self._labels.classes.get(class_ or "Equipment")
        text = named or self.lexicon.label(class_ or "Equipment")
        return text if named else " ".join(_in_a_sentence(word) for word in text.split())

    def quantity(self, quantity: str) -> str:
        named = self._labels.quantities.get(quantity)
        return named or " ".join(_in_a_sentence(word) for word in quantity.split("_"))

    def word(self, identifier: object) -> str:
        """What an identifier (a state, a kind of cause) is called."""
        text = str(identifier)
        return self._wording.words.get(text) or plain(text, _LONGEST_TEXT).replace("_", " ")

    def counted(self, count: int, class_: str) -> str:
        """“3 pumps”."""
        return f"{self.style.number(count)} {self._language.plural(self.label(class_), count)}"

    def heading(self, column: str) -> str:
        """What a column of a list is called: a fact, a class or a quantity."""
        named = self._wording.words.get(column)
        return named or (self.label(column) if column[:1].isupper() else self.quantity(column))

    def cell(self, value: float | str | None, column: AssetColumn) -> str:
        """A cell of a table; nothing where there is nothing."""
        if value is None:
            return ""
        if isinstance(value, float | int):
            return self.style.amount(value, column.unit)
        longest = len(value) if column.kind == "name" else _LONGEST_TEXT  # names are listed whole
        return plain(value, longest).replace("|", "/")

    def plural(self, noun: str, count: int) -> str:
        return self._language.plural(noun, count)

    def amount(self, value: float | None, unit: str | None = None, text: str | None = None) -> str:
        if value is None:
            return self.quoted(text) if text else self.word("no_value")
        return self.style.amount(value, unit)

    def converted(self, value: float, unit: str | None, wanted: str | None) -> float:
        """A value that was said, in the unit that something is measured in."""
        known = unit is not None and wanted is not None and unit in UNITS and wanted in UNITS
        found = convert(value, str(unit), str(wanted)) if known else None
        return value if found is None else found

    def difference(self, value: float, unit: str | None = None) -> str:
        return self.style.difference(value, unit)

    def plain(self, text: str) -> str:
        """What comes from outside, on one line and without signs of ours."""
        return plain(text, _LONGEST_TEXT)

    def sentence(self, text: str) -> str:
        """With a full stop, where it has no end of its own."""
        return text if text[-1:] in ".!?…" else f"{text}."

    def begin(self, text: str) -> str:
        """As a sentence begins: “CO2 level”, “Supply air temperature”."""
        return text[:1].upper() + text[1:]

    def quoted(self, text: str) -> str:
        """What a device, a person or a document says, on one line and with nothing in it that ends the quotation."""
        return self._wording.words["quoted"].format(text=plain(text, _LONGEST_TEXT))

    def window(self, window: Window) -> str:
        """“1 March”, “from 1 March 22:00 to 06:00”."""
        start, end = (one.astimezone(self.style.zone) for one in (window.start, window.end))
        days = (end.date() - start.date()).days
        whole = start.time() == end.time() == datetime.min.time()
        if whole and days == 1:
            return self._wording.words["on_day"].format(day=self.style.day(start))
        if whole:
            last = self.style.day(end - timedelta(days=1))
            return self._wording.words["on_days"].format(first=self.style.day(start), last=last)
        if abs((window.end - self.style.now).total_seconds()) < 1:
            return self._wording.words["since"].format(start=self.moment(start))
        return self._wording.words["between"].format(start=self.moment(start), end=self.moment(end))

    def moment(self, at: datetime) -> str:
        """“14:05” of today, “1 Mar, 14:05”; with an article where the language has one: “las 14:05”."""
        form = self._wording.words.get("at_clock" if self.style.is_today(at) else "at_day_and_clock")
        if form is None:
            return self.style.moment(at)
        return form.format(day=self.style.day(at), clock=self.style.clock(at))

    def on_day(self, at: datetime) -> str:
        """“on 1 March”."""
        return self._wording.words["on_day"].format(day=self.style.day(at))

    def number(self, value: float) -> str:
        return self.style.number(value)

    def hours(self, value: float) -> str:
        return f"{self.style.number(round(value, 2))} h"

    def percent(self, value: float) -> str:
        return f"{self.style.number(value)} %" if self.style.language != "en" else f"{self.style.number(value)}%"

    def age(self, at: datetime) -> str:
        return self._language.age((self.style.now - at).total_seconds())

    # -- what templates read -----------------------------------------------------------------------------------------

    @cached_property
    def offers(self) -> Offers:
        return offers_of(self.lexicon)

    @cached_property
    def _wording(self) -> Wording:
        return wording(self.style.language)

    @cached_property
    def _language(self) -> Language:
        return language(self.style.language)

    @cached_property
    def _labels(self) -> Labels:
        return labels(self.style.language)


_FILTERS: Sequence[Callable[..., Any]] = (
    Speaker.name, Speaker.called, Speaker.named, Speaker.states, Speaker.kind_beside, Speaker.listed, Speaker.listed_or, Speaker.label, Speaker.quantity, Speaker.word, Speaker.heading, Speaker.counted, Speaker.amount, Speaker.difference, Speaker.converted, Speaker.window, Speaker.on_day, Speaker.age, Speaker.moment, Speaker.number, Speaker.plural, Speaker.cell, Speaker.hours, Speaker.percent, Speaker.plain, Speaker.sentence, Speaker.begin, Speaker.quoted,
)  # fmt: skip
"""What templates can do with a value."""


def _spoken(method: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is a method of the speaker who renders."""

    @pass_context
    def said(context: Context, *values: Any, **more: Any) -> str:
        return method(context["speaker"], *values, **more)

    return said


@cache
def _environment() -> Environment:
    """Answers are plain text: the interfaces escape them."""
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    filters: dict[str, Callable[..., Any]] = environment.filters
    filters["holds"] = holds
    filters.update({one.__name__: _spoken(one) for one in _FILTERS})
    return environment


@cache
def _compiled(template: str) -> Template:
    """Blank lines of a template part paragraphs; a line that has nothing to say is none."""
    return _environment().from_string(_BLANK_LINE.sub(f"\n{_PARAGRAPH}\n", template))


def _in_a_sentence(word: str) -> str:
    """Acronyms in capitals, other words small."""
    return word.upper() if word.lower() in ACRONYMS else word if word.isupper() else word.lower()


def _laid_out(lines: Iterable[str]) -> str:
    """Sentences of one paragraph on one line, lists apart from them: as terminals and Markdown show alike."""
    blocks: list[str] = []
    goes_on = False
    for line in lines:
        if line == _PARAGRAPH:
            goes_on = False
            continue
        listed = line[:2] if line.startswith(("- ", "| ", "|-")) else ""
        if listed and blocks and blocks[-1][:1] == listed[:1]:
            blocks[-1] += f"\n{line}"
        elif line and not listed and goes_on:
            blocks[-1] += f" {line}"
        elif line:
            blocks.append(line)
        goes_on = not listed if line else goes_on
    return "\n\n".join(blocks)
