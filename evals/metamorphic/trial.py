"""Many changed sentences, and what became of each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.planning.understanding import Understanding, Understood
from evals.metamorphic.changes import Changed, changes, is_silent
from evals.metamorphic.sentences import Sentence, sentences
from graph_schema.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Silent:
    """A change that made no difference, or (``same``) a politeness that did."""

    language: str
    kind: str
    before: str
    after: str


@dataclass
class Trial:
    """``outcomes`` counts (language, kind, outcome), an outcome being told, changed, same, silent or astray."""

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    silent: list[Silent] = field(default_factory=list[Silent])

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    def count(self, outcome: str) -> int:
        return sum(number for (_, _, one), number in self.outcomes.items() if one == outcome)


def try_sentences(
    demo: Understanding,
    understanding: Understanding,
    codes: Sequence[str],
    now: datetime,
    number: int,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Trial:
    """``number`` changed sentences of all languages together, about the plant of ``understanding``; the examples are about the ``demo``."""
    trial = Trial()
    chance = random.Random(seed)  # noqa: S311 - drawn again by its seed
    springs = {code: sentences(demo, understanding, code, now, chance) for code in codes}
    while trial.total < number:
        for code in codes:
            _change(next(springs[code]), understanding, code, now, chance, trial)
        report(min(trial.total, number), number)
    return trial


def _change(
    sentence: Sentence, understanding: Understanding, code: str, now: datetime, chance: random.Random, trial: Trial
) -> None:
    for changed in changes(sentence.text, sentence.read, sentence.others, chance):
        outcome = _outcome(sentence.read, changed, _read(understanding, changed.text, code, now))
        trial.outcomes[code, changed.kind, outcome] += 1
        if outcome in ("silent", "astray"):
            trial.silent.append(Silent(code, changed.kind, sentence.text, changed.text))


def _read(understanding: Understanding, text: str, code: str, now: datetime) -> Understood | None:
    try:
        return understanding.understand(text, code, now)
    except InvalidInput:
        return None


def _outcome(before: Understood, changed: Changed, after: Understood | None) -> str:
    if changed.same:
        return "same" if is_silent(before, after) else "astray"
    if is_silent(before, after):
        return "silent"
    return "told" if after is None or after.problem is not None else "changed"
