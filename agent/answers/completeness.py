"""What a language lacks: intents, rules and constants that another has, answers, problems, words of states, the sentences of tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import get_args

from agent.answers.wording import Wording, wording
from agent.language.grammar import Grammar, grammar
from agent.language.grammar import languages as read_languages
from agent.planning.intents import INTENTS
from agent.planning.problems import ProblemKind
from tools.sentences.language import USUAL
from tools.sentences.language import languages as tool_languages

SAMPLES = 6
"""Sentences that an intent has as examples in each language at least."""


def codes() -> Sequence[str]:
    """All languages of which there is any part."""
    answering = (one.name for one in files("agent.answers").iterdir() if one.is_dir() and _holds_data(one.name))
    return sorted({*read_languages(), *answering, *tool_languages()})


def lacking(code: str) -> Sequence[str]:
    """A sentence for each thing that a language lacks, by the file that it belongs in; nothing where it is complete."""
    return [*_unread(code), *_unanswered(code), *_unsaid(code)]


def _holds_data(name: str) -> bool:
    return any(one.name.endswith(".yaml") for one in files("agent.answers").joinpath(name).iterdir())


# -- questions -----------------------------------------------------------------------------------------------------------


def _unread(code: str) -> Iterator[str]:
    if code not in read_languages():
        yield f"agent/language/{code}: there is no nouns.yaml, so no question is read"
        return
    own, usual = grammar(code), grammar(USUAL)
    asked = {one.intent for one in own.cues}
    for intent in INTENTS:
        if intent not in asked:
            yield f"agent/language/{code}: nothing asks for the intent {intent}"
        if (given := len(own.samples.get(intent, ()))) < SAMPLES:
            yield f"agent/language/{code}: the intent {intent} has {given} samples, it needs {SAMPLES}"
    yield from (f"agent/language/{code}: there are no rules for “{kind}”" for kind in sorted(usual.kinds - own.kinds))
    missing = sorted(_constants(usual) - _constants(own))
    yield from (f"agent/language/{code}: nothing of “{of}” says {name}: {value}" for of, name, value in missing)


def _constants(own: Grammar) -> set[tuple[str, str, str]]:
    """What planning can be told: the constants of each kind of phrase that every language has words for, and of each intent."""
    rules = (rule for group in (*own.by_word.values(), *own.by_phrase.values()) for rule in group)
    said = [*((rule.kind, rule.says) for rule in rules), *((one.intent, one.says) for one in own.cues)]
    return {(of, name, str(value)) for of, says in said for name, value in says.items() if not _is_amount(value)}


def _is_amount(value: object) -> bool:
    """Of numbers a language has its own ("fortnight")."""
    return str(value).replace(".", "", 1).lstrip("-").isdigit()


# -- answers -------------------------------------------------------------------------------------------------------------


def _unanswered(code: str) -> Iterator[str]:
    own, usual = _wording(code), wording(USUAL)
    yield from (f"agent/answers/{code}: the intent {one} has no answer" for one in INTENTS if one not in own.answers)
    problems = (one for one in get_args(ProblemKind) if one not in own.problems)
    yield from (f"agent/answers/{code}: the problem {one} has no sentence" for one in problems)
    words = sorted(set(usual.words) - set(own.words))
    yield from (f"agent/answers/{code}: there is no word for “{one}”" for one in words)


def _wording(code: str) -> Wording:
    return wording(code) if files("agent.answers").joinpath(code).is_dir() else Wording()


# -- tools ---------------------------------------------------------------------------------------------------------------


def _unsaid(code: str) -> Iterator[str]:
    spoken = tool_languages()
    if code not in spoken:
        yield f"tools/sentences/{code}.yaml: there is none, so tools speak English"
        return
    own, usual = spoken[code], spoken[USUAL]
    for name, sentences in usual.tools.items():
        said = own.tools.get(name)
        if said is None or not said.title:
            yield f"tools/sentences/{code}.yaml: the tool {name} has no title"
        cases = sorted(set(sentences.summary) - set(said.summary if said is not None else ()))
        yield from (f"tools/sentences/{code}.yaml: the tool {name} has no summary “{case}”" for case in cases)
    for part in ("lists", "ages", "aggregates", "arguments", "values", "comparisons", "relations", "phrases", "notes"):
        words = sorted(set(getattr(usual, part)) - set(getattr(own, part)))
        yield from (f"tools/sentences/{code}.yaml: {part} has no “{word}”" for word in words)
