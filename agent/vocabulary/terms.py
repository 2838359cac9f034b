"""The words of the trade in one language, by the pieces in which sentences and names are compared.

English comes with the ontology (``english``); each other language is a file of ``agent/vocabulary/words``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.vocabulary.lexicon import Key, Vocabulary, class_phrases, phrases, quantity_phrases
from graph_schema.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Terms:
    """Phrases by their ``key``, with the classes (``Chiller``) or quantities (``water_flow``) that each may mean.

    Where the trade uses one word for several ("Strom"), all of them, in the order of the file. Among the classes is ``Device``,
    which is a kind of node and no class of the ontology.
    """

    classes: Mapping[Key, tuple[str, ...]]
    quantities: Mapping[Key, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Labels:
    """The usual word for each class and quantity; English has none here, as its ids are its words."""

    classes: Mapping[str, str]
    quantities: Mapping[str, str]


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    spellings: Sequence[Mapping[str, str]] = ()
    dropped: frozenset[str] = frozenset()
    """Words that are left out in a hurry (“bomba agua fría”)."""
    classes: Mapping[str, Sequence[str]]
    quantities: Mapping[str, Sequence[str]]


@cache
def terms(language: str) -> Terms:
    """Those of a language file, ``de`` or ``es``; raises ``InvalidInput`` for a language without a file."""
    words = _read(language)
    return Terms(_by_phrase(words.classes, words), _by_phrase(words.quantities, words))


@cache
def labels(language: str) -> Labels:
    """Those of a language; raises ``InvalidInput`` for one without a file."""
    if language == "en":
        return Labels({}, {})
    words = _read(language)
    return Labels(_usual(words.classes), _usual(words.quantities))


def _usual(words: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    return {id: texts[0] for id, texts in words.items() if texts}


def english(vocabulary: Vocabulary) -> Terms:
    """Those of the ontology: its own names, and the words of its library."""
    return Terms(class_phrases(vocabulary), quantity_phrases(vocabulary))


def _read(language: str) -> _Words:
    file = files("agent.vocabulary.words").joinpath(f"{language}.yaml")
    if not file.is_file():
        raise InvalidInput(
            f"There are no words for the language {language}: write agent/vocabulary/words/{language}.yaml."
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Words.model_validate(yaml.load(file.read_text("utf-8"), Loader=loader))  # noqa: S506 - both are safe
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file {language}.yaml of agent/vocabulary/words does not fit: {error}") from error


def _by_phrase(called: Mapping[str, Sequence[str]], words: _Words) -> dict[Key, tuple[str, ...]]:
    whole = phrases((id, (way for text in texts for way in _written(text, words))) for id, texts in called.items())
    if not words.dropped:
        return whole
    short = phrases((id, (_hurried(text, words.dropped) for text in texts)) for id, texts in called.items())
    return {**short, **whole}


def _hurried(text: str, dropped: frozenset[str]) -> str:
    return " ".join(word for word in text.lower().split() if word not in dropped)


def _written(text: str, words: _Words) -> Iterator[str]:
    """The text with each group of spellings followed or not. In lower case: a sentence is not split at capitals as names are ("kWh")."""
    for followed in product((False, True), repeat=len(words.spellings)):
        found = text.lower()
        for letters, follow in zip(words.spellings, followed, strict=True):
            found = found.translate(str.maketrans(dict(letters))) if follow else found
        yield found
