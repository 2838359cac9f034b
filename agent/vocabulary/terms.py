"""The words of the trade in one language, by the pieces in which sentences and names are compared.

English comes with the ontology (``english``); each other language is a file of ``graph_schema/ontology/words``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from agent.vocabulary.lexicon import Key, Vocabulary, class_phrases, phrases, quantity_phrases
from graph_schema.ontology.words import read_words


@dataclass(frozen=True, slots=True)
class Terms:
    """Phrases by their ``key``, with the classes (``Chiller``) or quantities (``water_flow``) that each may mean.

    Where the trade uses one word for several ("Strom"), all of them, in the order of the file. Among the classes is ``Device``,
    which is a kind of node and no class of the ontology.
    """

    classes: Mapping[Key, tuple[str, ...]]
    quantities: Mapping[Key, tuple[str, ...]]


@cache
def terms(language: str) -> Terms:
    """Those of a language file, ``de`` or ``es``; raises ``InvalidInput`` for a language without a file."""
    words = read_words(language)
    return Terms(_by_phrase(words.classes, words.spellings), _by_phrase(words.quantities, words.spellings))


def english(vocabulary: Vocabulary) -> Terms:
    """Those of the ontology: its own names, and the words of its library."""
    return Terms(class_phrases(vocabulary), quantity_phrases(vocabulary))


def _by_phrase(
    words: Mapping[str, Sequence[str]], spellings: Sequence[Mapping[str, str]]
) -> dict[Key, tuple[str, ...]]:
    return phrases((id, (way for text in texts for way in _written(text, spellings))) for id, texts in words.items())


def _written(text: str, spellings: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The text with each group of spellings followed or not. In lower case: a sentence is not split at capitals as names are ("kWh")."""
    for followed in product((False, True), repeat=len(spellings)):
        found = text.lower()
        for letters, follow in zip(spellings, followed, strict=True):
            found = found.translate(str.maketrans(dict(letters))) if follow else found
        yield found
