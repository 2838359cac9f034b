"""One language: the rules of its phrases, the cues of its intents, the words that may be passed over. Read from ``agent/language/<code>/*.yaml``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.language import dates
from agent.language.phrase import NOTHING
from agent.language.templates import Cue, Firsts, Node, TemplateError, compared, cue, declined, template
from agent.vocabulary.function_words import FunctionWords
from graph_schema.errors import InvalidInput

_Compiled = TypeVar("_Compiled")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    kind: str
    node: Node
    says: Mapping[str, Any]
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class IntentCue:
    """One way to ask for an intent; ``says`` are constants of the way ("yes_no"). Where one of ``unless`` stands in the sentence it asks for
    something else."""

    intent: str
    parts: Cue
    says: Mapping[str, Any]
    cost: float
    text: str
    unless: Sequence[Cue] = ()


class _IntentWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    say: Sequence[str | Mapping[str, Any]]
    samples: Sequence[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Mapping[str, str] = {}
    fillers: Sequence[str] = ()
    openers: Sequence[str] = ()
    light: Sequence[str] = ()
    names: Mapping[str, Any] = {}
    rules: Mapping[str, Sequence[str | Mapping[str, Any]]] = {}
    intents: Mapping[str, _IntentWords] = {}


@dataclass(frozen=True)
class Grammar:
    """``fillers`` say nothing, ``openers`` nothing where a sentence begins with them ("cool, …"); what is ``light`` ("roughly") changes nothing that is looked up, and is named where it is left out."""

    code: str
    cues: Sequence[IntentCue]
    samples: Mapping[str, Sequence[str]]
    fillers: Sequence[Node]
    openers: Sequence[Node]
    light: Sequence[Node]
    literals: frozenset[str]
    """Every word of its templates, as it is compared."""
    function_words: FunctionWords
    decimal_comma: bool
    plural_endings: frozenset[str]
    """What the plural of a noun adds to it, where it is more than an s ("e en n er")."""
    same_in_plural: tuple[str, ...]
    """Ends of nouns that are the same for one and for many ("Kessel"): their article tells."""
    number_of_first: bool
    """Whether the first word of a class has its number (“bombas de agua fría”), not the last (“chilled water pumps”)."""
    lists: Mapping[str, frozenset[str]]
    """Further word lists by their name (``never_in``, ``no_heads``)."""
    folds: Sequence[tuple[str, str]]
    short_forms: Mapping[tuple[str, ...], tuple[str, ...]]
    """What is typed for other words, piece by piece: “hows” for “how's”, “rn” for “right now”, “war's” for “war es”."""
    compounds: bool
    """Whether words are written in one (“Campuszähler”)."""
    word_ends: Mapping[str, str]
    """Ends of words that are typed short: “zulufttemp”."""
    by_word: Mapping[tuple[str, str], Sequence[Rule]]
    by_phrase: Mapping[str, Sequence[Rule]]

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words that questions begin with."""
        found = (one.parts[0].first() for one in self.cues if one.parts)
        return frozenset(word for words in found if words is not None for word in words)

    @cached_property
    def nodes(self) -> Sequence[Node]:
        """What is looked for in a sentence besides the cues of intents."""
        against = (part for one in self.cues for cue in one.unless for part in cue)
        return [*self.fillers, *self.openers, *self.light, *against]

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What rules make."""
        return frozenset(self.by_phrase) | {kind for kind, _ in self.by_word}

    def beginning(self, kind: str, words: frozenset[str]) -> Sequence[Rule]:
        """The rules of a kind that may begin with one of the words."""
        found = [rule for word in words for rule in self.by_word.get((kind, word), ())]
        return [*dict.fromkeys(found), *self.by_phrase.get(kind, ())]


_LISTS = ("never_in", "no_heads", "leads", "between_questions", "past_tense")


@cache
def grammar(code: str) -> Grammar:
    """Raises ``InvalidInput`` that names the file and what does not fit."""
    read = [_read(code, name) for name in sorted(_names(code))]
    words = {name: text for file in read for name, text in file.words.items()}
    known: dict[str, Node] = {}
    rules = [
        rule for file in read for kind, ways in file.rules.items() for rule in _rules(code, kind, ways, words, known)
    ]
    by_word: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    by_phrase: dict[str, list[Rule]] = defaultdict(list)
    names = {key: value for file in read for key, value in file.names.items()}
    kinds = _first_words(rules, names)
    for rule in rules:
        first = rule.node.first(kinds)
        if first is None:
            by_phrase[rule.kind].append(rule)
        for word in first or ():
            by_word[rule.kind, word].append(rule)
    texts = [*words.values(), *(text for file in read for text in _texts(file))]
    literals = frozenset(piece for text in texts for piece in _literals(text, words))
    return Grammar(
        code=code,
        cues=[
            one
            for file in read
            for name, intent in file.intents.items()
            for one in _cues(code, name, intent, words, known)
        ],
        samples={name: intent.samples for file in read for name, intent in file.intents.items()},
        fillers=[template(text, words, known) for file in read for text in file.fillers],
        openers=[template(text, words, known) for file in read for text in file.openers],
        light=[template(text, words, known) for file in read for text in file.light],
        literals=literals,
        function_words=_function_words(names, literals),
        decimal_comma=names.get("decimal_comma") == "true",
        plural_endings=frozenset(str(names.get("plural_endings", "")).split()),
        same_in_plural=tuple(str(names.get("same_in_plural", "")).split()),
        number_of_first=names.get("number_of") == "first",
        lists={name: frozenset(str(names.get(name, "")).split()) for name in _LISTS},
        folds=[(str(typed), str(meant)) for typed, meant in names.get("folds", {}).items()],
        short_forms={
            tuple(str(typed).split()): tuple(str(meant).split())
            for typed, meant in names.get("short_forms", {}).items()
        },
        compounds=names.get("compounds") == "true",
        word_ends={str(typed): str(meant) for typed, meant in names.get("word_ends", {}).items()},
        by_word=by_word,
        by_phrase=by_phrase,
    )


@cache
def languages() -> tuple[str, ...]:
    """The codes of those that there are."""
    folders = files("agent.language").iterdir()
    return tuple(sorted(one.name for one in folders if one.is_dir() and one.joinpath("nouns.yaml").is_file()))


def _names(code: str) -> list[str]:
    """A language that is not complete can be read as well."""
    folder = files("agent.language").joinpath(code)
    names = [one.name for one in folder.iterdir() if one.name.endswith(".yaml")] if folder.is_dir() else []
    if not names:
        raise InvalidInput(f"The language {code} is not spoken here; there are {', '.join(languages())}.")
    return names


def _read(code: str, name: str) -> _File:
    text = files("agent.language").joinpath(code, name).read_text("utf-8")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # “on”, “no” and “1” stay as they are written
    try:
        return _File.model_validate(yaml.load(text, Loader=loader) or {})  # noqa: S506 - a safe loader, of texts alone
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file {name} of agent/language/{code} does not fit: {error}") from error


def _rules(
    code: str, kind: str, ways: Sequence[str | Mapping[str, Any]], words: Mapping[str, str], known: dict[str, Node]
) -> Iterator[Rule]:
    for way in ways:
        texts, says, cost = _way(way)
        for text in texts:
            yield Rule(kind, _compiled(code, text, words, template, known), says, cost)


def _cues(
    code: str, name: str, intent: _IntentWords, words: Mapping[str, str], known: dict[str, Node]
) -> Iterator[IntentCue]:
    for way in intent.say:
        texts, says, cost = _way(way)
        unless = NOTHING if isinstance(way, str) else way
        against = [_compiled(code, one, words, cue, known) for one in _several(unless.get("unless", ()))]
        for text in texts:
            yield IntentCue(name, _compiled(code, text, words, cue, known), says, cost, text, against)


def _way(way: str | Mapping[str, Any]) -> tuple[Sequence[str], Mapping[str, Any], float]:
    if isinstance(way, str):
        return (way,), NOTHING, 0.0
    says = {name: value for name, value in way.items() if name not in ("say", "cost", "unless")}
    return _several(way["say"]), says, float(way.get("cost", 0.0))


def _several(told: str | Sequence[str]) -> Sequence[str]:
    return (told,) if isinstance(told, str) else told


def _compiled(
    code: str,
    text: str,
    words: Mapping[str, str],
    read: Callable[[str, Mapping[str, str], dict[str, Node]], _Compiled],
    known: dict[str, Node],
) -> _Compiled:
    try:
        return read(text, words, known)
    except TemplateError as error:
        raise InvalidInput(f"A template of agent/language/{code} does not fit: {error}") from error


def _first_words(rules: Sequence[Rule], names: Mapping[str, Any]) -> Firsts:
    """The words that phrases of a kind begin with, for kinds that do not begin with a name, a class or a quantity."""
    by_kind: dict[str, list[Node]] = defaultdict(list)
    for rule in rules:
        by_kind[rule.kind].append(rule.node)
    found: dict[str, frozenset[str] | None] = {kind: frozenset({_UNKNOWN_YET}) for kind in by_kind}
    found.update(dates.FIRST_WORDS)
    found.update(dict.fromkeys(_OF_THE_PLANT))
    found["number"] = frozenset({dates.DIGITS, "-", "−", *names.get("numbers", ())})
    found["ordinal"] = frozenset({dates.DIGITS, *names.get("ordinals", ())})
    changed = True
    while changed:
        known = {kind: nodes for kind, nodes in by_kind.items() if found[kind] is not None}
        now = {kind: _all_of([node.first(found) for node in nodes]) for kind, nodes in known.items()}
        changed = any(found[kind] != words for kind, words in now.items())
        found.update(now)
    return found


_OF_THE_PLANT = ("name", "class", "quantity", "sensor", "unit", "quoted", "rest", "word")
"""Kinds that the vocabulary reads, from any word on."""
_UNKNOWN_YET = "\0"


def _all_of(firsts: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    words = [one for one in firsts if one is not None]
    return frozenset[str]().union(*words) if len(words) == len(firsts) else None


def _texts(file: _File) -> Iterator[str]:
    yield from (*file.fillers, *file.openers, *file.light)
    for way in (way for ways in file.rules.values() for way in ways):
        yield from _way(way)[0]
    for intent in file.intents.values():
        for way in intent.say:
            yield from _way(way)[0]


def _literals(text: str, words: Mapping[str, str]) -> Iterator[str]:
    plain = re.sub(r"\{[^{}]*\}|<[^<>]*>|[()\[\]|]|\.\.", " ", text)
    for symbol in plain.split():
        yield from declined(symbol, words) if symbol.endswith("~") else compared(symbol)


def _function_words(names: Mapping[str, Any], literals: frozenset[str]) -> FunctionWords:
    def words(name: str) -> frozenset[str]:
        return frozenset(str(names.get(name, "")).split())

    return FunctionWords(
        known=literals | words("known"),
        numbers={str(word): int(value) for word, value in names.get("numbers", {}).items()},
        ordinals={str(word): int(value) for word, value in names.get("ordinals", {}).items()},
        ordinal_endings=words("ordinal_endings"),
        lowest_level=str(names.get("lowest_level", "")),
        topmost=words("topmost"),
        bottommost=words("bottommost"),
        numbering=words("numbering"),
        singular_pronouns=words("singular_pronouns"),
        plural_pronouns=words("plural_pronouns"),
        pointing=words("pointing"),
        one=str(names.get("one", "")),
        joining=words("joining"),
        passed_over=words("passed_over"),
        definite=words("definite"),
        inside=words("inside"),
        restricting=words("restricting"),
        never_alone=words("never_alone"),
        units=words("units"),
        measure_units=words("measure_units"),
        levels={str(word): int(value) for word, value in names.get("levels", {}).items()},
    )
