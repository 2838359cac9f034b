"""What answers are made of in one language: templates of intents, problems, and the words of states. Read from ``agent/answers/<code>/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from graph_schema.errors import InvalidInput


class Wording(BaseModel):
    """``answers`` are Jinja templates by intent; ``problems`` by the kind of a problem; ``words`` what identifiers are called (states, kinds of
    causes); ``asked`` what each intent asks for, in a few words; ``parts`` are macros that answers share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: str = ""
    answers: Mapping[str, str] = {}
    problems: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    asked: Mapping[str, str] = {}


@cache
def wording(code: str) -> Wording:
    """Raises ``InvalidInput`` that names the file and what does not fit."""
    parts: list[str] = []
    answers: dict[str, str] = {}
    problems: dict[str, str] = {}
    words: dict[str, str] = {}
    asked: dict[str, str] = {}
    for file in sorted(files("agent.answers").joinpath(code).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            read = _read(f"{code}/{file.name}", file.read_text("utf-8"))
            parts.append(read.parts)
            answers |= read.answers
            problems |= read.problems
            words |= read.words
            asked |= read.asked
    return Wording(parts="\n".join(parts), answers=answers, problems=problems, words=words, asked=asked)


def _read(name: str, text: str) -> Wording:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return Wording.model_validate(yaml.load(text, Loader=loader) or {})  # noqa: S506 - a safe loader, of texts alone
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file agent/answers/{name} does not fit: {error}") from error
