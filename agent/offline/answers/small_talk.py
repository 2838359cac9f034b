"""What is said to be polite and asks for nothing: thanks, greetings, goodbyes, "ok". It is answered shortly and looks nothing up."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, RootModel

Kind = Literal["thanks", "bye", "greet", "noted"]
_LONGEST = 16  # words: who says more than that has something to ask
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LETTER = re.compile(r"\w")
_NO_SIGN = re.compile(r"[\s!-/:->@\[-`{-~?¿¡…]")


class Reply(BaseModel):
    answer: str
    phrases: list[str]


class Talk(BaseModel):
    """The small talk of one language."""

    thanks: Reply
    bye: Reply
    greet: Reply
    noted: Reply
    filler: list[str]


class Languages(RootModel[dict[str, Talk]]):
    pass


@dataclass(frozen=True, slots=True)
class Phrase:
    """What some words are; a filler has no kind."""

    kind: Kind | None
    answer: str = ""


def reply_to(text: str) -> str | None:
    """The short answer to small talk; None for everything else, above all for what asks about the plant."""
    if not _LETTER.search(text):
        return _phrases()[("ok",)].answer if _NO_SIGN.sub("", text) else None  # a thumb, a smile
    words = [word.replace("’", "'") for word in _WORD.findall(text.casefold())]
    if len(words) > _LONGEST or re.search(r"\d", text):
        return None
    found = list(_cut(words))
    said = [phrase for phrase in found if phrase is not None and phrase.kind is not None]
    if None in found or not said:
        return None
    if text.rstrip().endswith("?") and any(phrase.kind != "greet" for phrase in said):
        return None
    telling = [phrase for phrase in said if phrase.kind != "noted"]
    return (telling or said)[-1].answer


def _cut(words: Sequence[str]) -> Iterator[Phrase | None]:
    """The longest phrases from left to right; None for a word that is part of none."""
    known, start = _phrases(), 0
    while start < len(words):
        ends = range(min(len(words), start + _most_words()), start, -1)
        end = next((end for end in ends if tuple(words[start:end]) in known), None)
        if end is None:
            yield None
            return
        yield known[tuple(words[start:end])]
        start = end


@cache
def _phrases() -> dict[tuple[str, ...], Phrase]:
    """Every phrase by its words; a language that comes first keeps what two have in common."""
    data = yaml.safe_load((files("agent.offline.answers") / "small_talk.yaml").read_text("utf-8"))
    known: dict[tuple[str, ...], Phrase] = {}
    for talk in Languages.model_validate(data).root.values():
        kinds: list[tuple[Kind, Reply]] = [
            ("thanks", talk.thanks), ("bye", talk.bye), ("greet", talk.greet), ("noted", talk.noted),
        ]  # fmt: skip
        for kind, reply in kinds:
            for phrase in reply.phrases:
                known.setdefault(tuple(phrase.split()), Phrase(kind, reply.answer))
        for filler in talk.filler:
            known.setdefault(tuple(filler.split()), Phrase(None))
    return known


@cache
def _most_words() -> int:
    return max(map(len, _phrases()))
