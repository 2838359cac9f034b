"""Answers in other languages, with their figures, dates and small words as the graders read them: in English. The words are in notation.yaml."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?![\d.])")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NARROW = "\u202f"


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal_comma: bool
    dates: Sequence[str]
    ordinal: str
    words: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Notation:
    decimal_comma: bool
    dates: re.Pattern[str]
    ordinal: re.Pattern[str]
    word: re.Pattern[str]
    english: Mapping[str, str]


def in_english(text: str, language: str) -> str:
    """The text with what graders look for in English; of a language that has no notation of its own, the text itself."""
    notation = _notations().get(language)
    if notation is None:
        return text
    text = notation.ordinal.sub(r"\1", notation.dates.sub(" ", text))
    text = notation.word.sub(lambda match: notation.english[match[0].lower()], text)
    return _with_point(text) if notation.decimal_comma else text


def _with_point(text: str) -> str:
    # Digits stay grouped: "20 Jan. 1504" would be a date.
    grouped = _GROUPED.sub(lambda match: match[0].replace(".", _NARROW), text)
    return _COMMA.sub(".", grouped)


@cache
def _notations() -> Mapping[str, _Notation]:
    content = yaml.safe_load(files("evals").joinpath("notation.yaml").read_text("utf-8"))
    return {language: _notation(_Written.model_validate(written)) for language, written in content.items()}


def _notation(written: _Written) -> _Notation:
    english = {word.lower(): meaning for meaning, words in written.words.items() for word in words}
    longest_first = sorted(map(re.escape, english), key=len, reverse=True)
    return _Notation(
        written.decimal_comma,
        re.compile("|".join(written.dates)),
        re.compile(written.ordinal),
        re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])", re.IGNORECASE),
        english,
    )
