"""What strangers asked of three plants: each question is read as was meant, or asked back; nothing that was said is dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from agent.planning.memory import kept, remembered
from agent.planning.understanding import Understanding, Understood
from evals.metamorphic.plants import understanding_of
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file
from tests.agent.language.conftest import NOW

_ASKED: Sequence[Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("asked.yaml").read_text("utf-8"))
_PLANTS = sorted({one.get("plant", "demo") for one in _ASKED})


@pytest.mark.parametrize("plant", _PLANTS)
def test_strangers_are_understood_or_asked_back(plant: str, ontology: Ontology, buildings: Path) -> None:
    understanding = understanding_of(demo_plant_file() if plant == "demo" else buildings / plant, ontology)
    wrong = [line for one in _ASKED if one.get("plant", "demo") == plant for line in _amiss(one, understanding)]
    assert not wrong, "\n".join(wrong)


def _amiss(one: Mapping[str, Any], understanding: Understanding) -> Sequence[str]:
    turns = [one["ask"]] if isinstance(one["ask"], str) else one["ask"]
    read = _last(turns, one.get("language", "en"), understanding)
    if read is None:
        return [] if one.get("open") else [f"{turns}: unread"]
    if one.get("open"):  # not understood yet: whatever is made of it, nothing may be dropped
        whole = read.problem is not None or read.frame.is_whole or read.is_urgent
        return [] if whole else [f"{turns}: drops {[left.text for left in read.frame.left_out]}"]
    problem = read.problem.kind if read.problem is not None else None
    if problem != one.get("problem"):
        return [f"{turns}: {problem} ({read.asked.intent}), not {one.get('problem')}"]
    if "intent" in one and read.asked.intent != one["intent"]:
        return [f"{turns}: {read.asked.intent}, not {one['intent']}"]
    if "tool" in one and not any(_is_called(one, call.tool, call.args) for call in read.calls):
        return [
            f"{turns}: {[(call.tool, dict(call.args)) for call in read.calls]}, not {one['tool']} {one.get('args')}"
        ]
    return []


def _last(turns: Sequence[str], language: str, understanding: Understanding) -> Understood | None:
    """The last turn of a conversation, each in the light of the one before."""
    read, before = None, None
    for turn in turns:
        read = understanding.understand(turn, language, NOW, (), before)
        if read is not None:
            keep = read.open_question if read.problem is not None else None if read.is_aside else read.asked
            before = remembered(kept(keep)) if keep is not None else before
    return read


def _is_called(one: Mapping[str, Any], tool: str, args: Mapping[str, Any]) -> bool:
    return tool == one["tool"] and _within(one.get("args", {}), args)


def _within(wanted: object, found: object) -> bool:
    """Whether all that is wanted is there."""
    if not isinstance(wanted, Mapping):
        return wanted == found
    if not isinstance(found, Mapping):
        return False
    there = cast(Mapping[str, object], found)
    return all(_within(value, there.get(name)) for name, value in cast(Mapping[str, object], wanted).items())
