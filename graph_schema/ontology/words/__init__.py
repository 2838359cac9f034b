"""The words of the trade for classes and quantities in languages other than English, a data file each; English comes with the ontology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from graph_schema.errors import InvalidInput


class Words(BaseModel):
    """Of each class and quantity the usual word first; ``spellings`` are letters that many type otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spellings: Sequence[Mapping[str, str]] = ()
    dropped: frozenset[str] = frozenset()
    """Words that are left out in a hurry (“bomba agua fría”)."""
    classes: Mapping[str, Sequence[str]]
    quantities: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Labels:
    """The usual word for each class and quantity; English has none here, as its ids are its words."""

    classes: Mapping[str, str]
    quantities: Mapping[str, str]


@cache
def read_words(language: str) -> Words:
    """Those of a language file, ``de`` or ``es``; raises ``InvalidInput`` for a language without a file."""
    file = files("graph_schema.ontology.words").joinpath(f"{language}.yaml")
    if not file.is_file():
        raise InvalidInput(
            f"There are no words for the language {language}: write graph_schema/ontology/words/{language}.yaml."
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Words.model_validate(yaml.load(file.read_text("utf-8"), Loader=loader))  # noqa: S506 - both are safe
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file {language}.yaml of graph_schema/ontology/words does not fit: {error}") from error


@cache
def labels(language: str) -> Labels:
    """Those of a language; raises ``InvalidInput`` for one without a file."""
    if language == "en":
        return Labels({}, {})
    words = read_words(language)
    return Labels(_usual(words.classes), _usual(words.quantities))


def _usual(words: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    return {id_: texts[0] for id_, texts in words.items() if texts}
