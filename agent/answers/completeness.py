"""What a language lacks: intents, rules and constants that another has, answers, problems, words of states, the sentences of tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import cast, get_args

from agent.answers.wording import Wording, wording
from agent.language.grammar import Grammar, Rule, grammar
from agent.language.grammar import languages as read_languages
from agent.language.templates import Either, Node, Ref, Run
from agent.planning.intents import INTENTS
from agent.planning.problems import ProblemKind
from tools.sentences.language import USUAL
from tools.sentences.language import languages as tool_languages

_TIMES = {"time", "time_slot"}
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
    shared = _shared_kinds(usual)
    yield from (f"agent/language/{code}: there are no rules for “{kind}”" for kind in sorted(shared - own.kinds))
    missing = sorted(_constants(usual, shared) - _constants(own, shared))
    yield from (f"agent/language/{code}: nothing of “{of}” says {name}: {value}" for of, name, value in missing)


def _shared_kinds(usual: Grammar) -> set[str]:
    """The kinds of phrases that planning reads: all that are in slots but times, which each language builds in its own way."""
    rules: dict[str, set[str]] = {}
    for rule in _rules(usual):
        rules.setdefault(rule.kind, set()).update(_kinds_in(rule.node))
    found = {kind for one in INTENTS.values() for slot in one.slots.slots for kind in (slot, f"{slot}_slot")} - _TIMES
    while more := {inner for kind in found for inner in rules.get(kind, ())} - found - _TIMES:
        found |= more
    return found & set(rules)


def _kinds_in(node: Node) -> Iterator[str]:
    match node:
        case Ref(kind=kind):
            yield kind
        case Either(options=inner) | Run(items=inner):
            yield from (kind for one in inner for kind in _kinds_in(one))
        case _:
            pass


def _rules(own: Grammar) -> Sequence[Rule]:
    return [rule for group in (*own.by_word.values(), *own.by_phrase.values()) for rule in group]


def _constants(own: Grammar, kinds: set[str]) -> set[tuple[str, str, str]]:
    """What planning can be told: the constants of each of these kinds and of each intent."""
    said = [
        *((rule.kind, rule.says) for rule in _rules(own) if rule.kind in kinds),
        *((one.intent, one.says) for one in own.cues),
    ]
    return {(of, name, str(value)) for of, says in said for name, value in says.items()}


# -- answers -------------------------------------------------------------------------------------------------------------


def _unanswered(code: str) -> Iterator[str]:
    own, usual = _wording(code), wording(USUAL)
    yield from (f"agent/answers/{code}: the intent {one} has no answer" for one in INTENTS if one not in own.answers)
    asked = (one for one in usual.asked if one not in own.asked)
    yield from (f"agent/answers/{code}: there is no word for what the intent {one} asks" for one in asked)
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
        if sentences.proposal and (said is None or not said.proposal):
            yield f"tools/sentences/{code}.yaml: the tool {name} has no proposal"
    for part, texts in usual:
        if isinstance(texts, Mapping) and part not in ("tools", "called"):
            words = sorted(set(cast(Mapping[str, str], texts)) - set(getattr(own, part)))
            yield from (f"tools/sentences/{code}.yaml: {part} has no “{word}”" for word in words)
