"""How a sentence is changed, and what of the reading must change with it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict
from yaml import CSafeLoader, load

from agent.language.times import Span
from agent.planning.assets import Assets
from agent.planning.understanding import Understood

_USUAL_WINDOW = timedelta(hours=24)


class Additions(BaseModel):
    """What is put into sentences of one language. ``end`` by its kind goes to the end, ``anywhere`` between any two words outside a name,
    ``start`` before everything; ``polite`` changes nothing that is asked. ``{asset}`` is the name of another asset."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Mapping[str, Sequence[str]]
    anywhere: Mapping[str, Sequence[str]]
    end: Mapping[str, Sequence[str]]
    polite: Sequence[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence with what was done to it: ``kind`` names the change, ``same`` says that nothing else may be looked up."""

    text: str
    kind: str
    same: bool = False


@cache
def additions(code: str) -> Additions:
    text = files("evals.metamorphic").joinpath(f"{code}.yaml").read_text("utf-8")
    return Additions.model_validate(load(text, Loader=CSafeLoader))


def changes(sentence: str, read: Understood, others: Sequence[str], chance: random.Random) -> Iterator[Changed]:
    """One change of each kind, drawn by chance; ``others`` are names that may be put in."""
    added = additions(read.language)
    gaps = list(_gaps(sentence, read))
    for kind, ways in added.start.items():
        yield Changed(f"{_filled(chance.choice(ways), others, chance)} {sentence}", kind)
    for kind, ways in added.anywhere.items():
        at, way = chance.choice(gaps), _filled(chance.choice(ways), others, chance)
        yield Changed(f"{sentence[:at]} {way} {sentence[at:]}".replace("  ", " ").strip(), kind)
    for kind, ways in added.end.items():
        yield Changed(f"{sentence} {_filled(chance.choice(ways), others, chance)}", kind)
    for slot in ("time", "assets", "quantity"):
        phrases = [one for one in read.frame.slots.get(slot, ()) if not _whole_plant(slot, read)]
        if phrases and not _is_implied(slot, read):
            yield Changed(_without(sentence, read.frame.written(chance.choice(phrases))), f"without {slot}")
    if read.calls:  # a courtesy with thanks is another one
        yield Changed(chance.choice(added.polite).format(sentence=sentence), "polite", same=True)


def _is_implied(slot: str, read: Understood) -> bool:
    """What the rest of a question says as well: “now”, the last 24 hours of a statistic, and the quantity beside “24 °C”."""
    if slot == "time":
        times = [*read.asked.spans(), *read.asked.spans("other_time")]
        return any(one.kind == "now" or _is_usual(one, read) for one in times)
    return slot == "quantity" and bool(read.frame.slots.get("comparison") or read.frame.slots.get("excess"))


def _is_usual(span: Span, read: Understood) -> bool:
    """The window of a statistic where none is said; the answer tells it."""
    return bool(read.frame.slots.get("statistic")) and span.recent and span.length == _USUAL_WINDOW


def _whole_plant(slot: str, read: Understood) -> bool:
    """What is asked about where nothing is named: “the plant”, “the equipment”, “the zones”."""
    said = [one for one in read.asked.values.get("assets", ()) if isinstance(one, Assets)]
    return slot == "assets" and any(not one.ids and not one.restricted and not one.tests for one in said)


def _filled(way: str, others: Sequence[str], chance: random.Random) -> str:
    return way.format(asset=chance.choice(others)) if "{asset}" in way else way


def _without(sentence: str, phrase: str) -> str:
    return " ".join(sentence.replace(phrase, " ", 1).split())


def _gaps(sentence: str, read: Understood) -> Iterator[int]:
    """Places between two words, none of them inside a phrase that was read."""
    inside: set[int] = set()
    for _, phrase in read.frame.phrases():
        written = read.frame.offsets[phrase.start][0], read.frame.offsets[phrase.end - 1][1]
        inside.update(range(written[0] + 1, written[1]))
    yield 0
    yield from (at + 1 for at, letter in enumerate(sentence) if letter == " " and at not in inside)
    yield len(sentence)


def is_silent(before: Understood, after: Understood | None) -> bool:
    """Whether a change made no difference and nobody is told."""
    if after is None or after.problem is not None:
        return False
    told = any(one.light for one in after.frame.left_out)
    return not told and _looked_up(after) == _looked_up(before)


def _looked_up(read: Understood) -> tuple[object, ...]:
    """With what the answer is told by."""
    return read.asked.intent, dict(read.asked.says), read.calls, read.asked.unit, read.asked.values.get("comparison")
