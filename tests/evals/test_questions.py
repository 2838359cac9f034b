"""The question sets in evals/questions: they follow the format, and none of them asks what the language was written from."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from rapidfuzz import fuzz, process

from agent.language.grammar import grammar
from evals.cases import BrokenCase, Case, CaseFile, read_cases
from evals.world import read_world
from ingestion.simulator.demo import demo_plant_file

FILES = sorted((Path(__file__).parents[2] / "evals" / "questions").glob("*.yaml"))
ALIKE = 95.0
"""Of 100. One letter in twenty: a sample with a slip of the pen, an ending or a particle more. What shares its words but not their order or
their wording lies below 90."""
SHORT = 16
"""Letters without names. “Why?” and “and yesterday?” can be said in one way only."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_question_set_follows_the_format(path: Path):
    (file,) = read_cases(path)
    assert [case.why for case in file.cases if isinstance(case, BrokenCase)] == []
    ids = [case.id for case in file.cases]
    assert len(ids) == len(set(ids))
    assert [case.id for case in cases(file) if all(turn.expect == type(turn.expect)() for turn in case.turns)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_question_is_a_sample_of_the_language(path: Path):
    (file,) = read_cases(path)
    names = frozenset({*plant_names(demo_plant_file()), *names_of(file)})
    samples = [masked(one, names) for given in grammar(file.language).samples.values() for one in given]
    asked = [(case.id, turn.ask) for case in cases(file) for turn in case.turns]
    assert [(id, ask) for id, ask in asked if is_sample(masked(ask, names), samples)] == []


@pytest.mark.parametrize(
    ("question", "alike"),
    [
        ("What is the supply air temperature of AHU-7?", True),
        ("what is the suply air temperature of ahu-2", True),
        ("whats the supply air temp on ahu 2 rn", False),
        ("Is the supply air temperature of AHU-1 what it should be?", False),
        ("why?", False),
    ],
)
def test_what_counts_as_a_sample(question: str, alike: bool):
    samples = [masked(one, frozenset({"ahu-1"})) for one in ("What is the supply air temperature of AHU-1?", "Why?")]
    assert is_sample(masked(question, frozenset({"ahu-2", "ahu-7", "ahu 2", "ahu-1"})), samples) is alike


def cases(file: CaseFile) -> list[Case]:
    return [case for case in file.cases if isinstance(case, Case)]


def is_sample(question: str, samples: list[str]) -> bool:
    if len(question) < SHORT:
        return False
    return process.extractOne(question, samples, scorer=fuzz.ratio, score_cutoff=ALIKE) is not None


def masked(text: str, names: frozenset[str]) -> str:
    """Lower case without accents and signs; a name of the plant is “x”, a number “0”."""
    plain = text.casefold()
    if found := names_pattern(names):
        plain = found.sub(" x ", plain)
    letters = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(re.sub(r"\d+", "0", one) for one in re.findall(r"\w+", letters))


@cache
def names_pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest)})(?!\w)") if longest else None


def names_of(file: CaseFile) -> Iterator[str]:
    """Of the plant that a set is about."""
    world, place = read_world(file.world, file.path)
    stated = [*world.import_, *(one.map for one in world.replay)]
    for name in stated:
        if name.endswith(".yaml") and (place.parent / name).is_file():
            yield from plant_names(place.parent / name)


@cache
def plant_names(path: Path) -> frozenset[str]:
    return frozenset(_names(yaml.safe_load(path.read_text("utf-8"))))


def _names(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for one in cast(list[Any], content):
            yield from _names(one)
    elif isinstance(content, dict):
        fields = cast(dict[str, Any], content)
        for name in (fields.get("name"), fields.get("id"), *(fields.get("aliases") or ())):
            if isinstance(name, str) and len(name) > 2:
                yield name.casefold()
        for one in fields.values():
            yield from _names(one)
