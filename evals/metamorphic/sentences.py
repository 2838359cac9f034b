"""Sentences to change: the examples of a language, about other assets of a plant and at other times."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.language.grammar import grammar
from agent.planning.assets import Assets
from agent.planning.intents import INTENTS
from agent.planning.understanding import FOLLOW_UP, Understanding, Understood
from agent.vocabulary.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    read: Understood
    others: Sequence[str]
    """Names of assets that it does not name."""


def sentences(
    demo: Understanding, understanding: Understanding, code: str, now: datetime, chance: random.Random
) -> Iterator[Sentence]:
    """Without end; those alone that are read in their whole. The examples name assets of the ``demo`` plant."""
    samples = [text for intent, some in grammar(code).samples.items() if _depends(intent) for text in some]
    while True:
        chance.shuffle(samples)
        for sample in samples:
            read = demo.understand(sample, code, now)
            if read is None or read.problem is not None or read.language != code:
                continue
            text = _about_others(sample, read, demo.lexicon, understanding.lexicon, chance)
            found = understanding.understand(text, code, now)
            if found is not None and found.problem is None and found.language == code:
                yield Sentence(text, found, _others(text, found, understanding, chance))


def _depends(intent: str) -> bool:
    """Whether the answer depends on all that is said."""
    return intent != FOLLOW_UP.name and not INTENTS[intent].regardless


def _about_others(sample: str, read: Understood, demo: Lexicon, lexicon: Lexicon, chance: random.Random) -> str:
    """With each asset that it names in place of another one of its class, or of any where there is none."""
    for assets in (one for one in read.asked.values.get("assets", ()) if isinstance(one, Assets) and len(one.ids) == 1):
        own = demo.things[assets.ids[0]]
        same = lexicon.of_class(own.class_ or "") or lexicon.of_class("Equipment")
        if own.name in sample and same:
            sample = sample.replace(own.name, lexicon.things[chance.choice(same)].name, 1)
    return sample


def _others(text: str, read: Understood, understanding: Understanding, chance: random.Random) -> Sequence[str]:
    """Names of assets that it is not about, by whatever name."""
    own = {id_ for one in read.asked.values.get("assets", ()) if isinstance(one, Assets) for id_ in one.ids}
    things = understanding.lexicon.things
    names = [one.name for id_, one in things.items() if one.kind != "Point" and one.name and id_ not in own]
    strange = [name for name in names if name not in text]
    return chance.sample(strange, min(8, len(strange)))
