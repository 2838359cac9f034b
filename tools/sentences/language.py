"""One language as data: the sentences of the tools, and how counts, lists, ages and values are said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict

from graph_schema.ontology.words import labels
from tools.sentences.notation import class_label, number, words

USUAL = "en"
_LISTED = 12
_AGES = ((90, 1, "s"), (5400, 60, "min"), (172_800, 3600, "h"))
_DAY_S = 86_400


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolSentences(_Data):
    """Of one tool: ``title`` is a template of its arguments, ``summary`` has a template for each case of its result. ``proposal``, of a tool
    that changes something, says what it would do with its arguments."""

    title: str = ""
    proposal: str = ""
    summary: Mapping[str, str] = {}


class Nouns(_Data):
    """Rules for the number of a noun: a pattern, and what stands in its place."""

    one: Sequence[tuple[str, str]] = ()
    many: Sequence[tuple[str, str]] = ()


class Language(_Data):
    """A language file."""

    tools: Mapping[str, ToolSentences]
    nouns: Nouns
    lists: Mapping[str, str]
    ages: Mapping[str, str]
    no_value: str
    aggregates: Mapping[str, str]
    any_aggregate: str
    arguments: Mapping[str, str]
    values: Mapping[str, str]
    comparisons: Mapping[str, str]
    relations: Mapping[str, str]
    phrases: Mapping[str, str]
    sources: Mapping[str, str]
    proposals: Mapping[str, str]
    notes: Mapping[str, str]
    called: Mapping[str, str] = {}
    """What classes, quantities and the product's own nouns ("point") are called, where that is not their identifier."""

    def noun(self, identifier: str | None) -> str:
        """What a class or a noun of the product is called: “fan coil unit”."""
        return self.called.get(identifier or "asset") or class_label(identifier)

    def quantity(self, identifier: str) -> str:
        """“zone air temperature”."""
        return self.called.get(identifier) or words(identifier)

    def plural(self, noun: str, count: int = 2) -> str:
        """The noun in the number that fits the count: “pump”, “pumps”."""
        for pattern, said in (self.nouns.one if count == 1 else self.nouns.many) if noun else ():
            if re.search(pattern, noun):
                return re.sub(pattern, said, noun, count=1)
        return noun

    def counted(self, count: int, noun: str) -> str:
        return f"{count} {self.plural(noun, count)}"

    def joined(self, names: Sequence[str], word: str = "and") -> str:
        if len(names) < 2:
            return "".join(names)
        return self.lists[word].format(first=", ".join(names[:-1]), last=names[-1])

    def listed(self, names: Sequence[str], total: int | None = None, most: int = 60) -> str:
        """All names up to ``most``; beyond that the first dozen and how many more."""
        everything = total if total is not None else len(names)
        if everything <= most and len(names) >= everything:
            return self.joined(names)
        shown = names[:_LISTED]
        return self.lists["more"].format(shown=", ".join(shown), count=everything - len(shown))

    def age(self, seconds: float | None) -> str:
        """“12 s ago”, “3 min ago”, “2 h ago”, “5 days ago”."""
        if seconds is None:
            return ""
        size, unit = next(((size, unit) for below, size, unit in _AGES if seconds < below), (_DAY_S, "d"))
        return self.ages[unit].format(count=max(0, round(seconds / size)))

    def with_unit(self, value: float | None, text: str | None, unit: str | None) -> str:
        if value is None:
            return f"“{text}”" if text else self.no_value
        return f"{number(value)} {unit}" if unit else number(value)

    def measured(self, quantity: str, aggregate: str = "latest") -> str:
        """“average zone air temperature”."""
        template = self.aggregates.get(aggregate, self.any_aggregate)
        return template.format(quantity=self.quantity(quantity), aggregate=aggregate)


def read_language(text: str, code: str = USUAL) -> Language:
    """A language from the text of its file, with the words of the ontology."""
    data = yaml.safe_load(text)
    known = labels(code)
    return Language.model_validate({**data, "called": {**known.quantities, **known.classes, **data.get("called", {})}})


@cache
def languages() -> Mapping[str, Language]:
    """All that there are, by their code."""
    found = sorted(files(__package__ or "tools.sentences").iterdir(), key=lambda file: file.name)
    read = {
        (code := one.name.removesuffix(".yaml")): read_language(one.read_text("utf-8"), code)
        for one in found
        if one.name.endswith(".yaml")
    }
    return MappingProxyType(read)


def language(code: str = USUAL) -> Language:
    """The language of a code; English where it is not spoken here."""
    spoken = languages()
    return spoken.get(code, spoken[USUAL])
