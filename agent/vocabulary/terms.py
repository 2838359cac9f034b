"""The words of the trade in one language, by the pieces in which sentences and names are compared.

English comes with the ontology (``english``); each other language is a file of ``graph_schema/ontology/words``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from agent.vocabulary.lexicon import Key, Vocabulary, class_phrases, phrases, quantity_phrases
from graph_schema.ontology.words import Words, read_words


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
    return Terms(_by_phrase(words.classes, words), _by_phrase(words.quantities, words))


def english(vocabulary: Vocabulary) -> Terms:
    """Those of the ontology: its own names, and the words of its library."""
    return Terms(class_phrases(vocabulary), quantity_phrases(vocabulary))


def _by_phrase(called: Mapping[str, Sequence[str]], words: Words) -> dict[Key, tuple[str, ...]]:
    whole = phrases((id, (way for text in texts for way in _written(text, words))) for id, texts in called.items())
    if not words.dropped:
        return whole
    short = phrases((id, (_hurried(text, words.dropped) for text in texts)) for id, texts in called.items())
    return {**short, **whole}


def _hurried(text: str, dropped: frozenset[str]) -> str:
    return " ".join(word for word in text.lower().split() if word not in dropped)


def _written(text: str, words: Words) -> Iterator[str]:
    """The text with each group of spellings followed or not. In lower case: a sentence is not split at capitals as names are ("kWh")."""
    for followed in product((False, True), repeat=len(words.spellings)):
        found = text.lower()
        for letters, follow in zip(words.spellings, followed, strict=True):
            found = found.translate(str.maketrans(dict(letters))) if follow else found
        yield found
