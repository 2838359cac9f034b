"""What a run comes to: cases with their answers, and the figures over all of them."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from evals.graders import Call

SOUND_SHARE = 0.9
"""A run is sound when this share of its cases passes, nothing is invented and nothing is written."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn: what was asked and answered. ``ms`` is our own time, without that of a remote model; ``endings`` as an answer has them."""

    question: str
    text: str
    calls: Sequence[Call] = ()
    highlight: Sequence[str] = ()
    invented: Sequence[str] = ()
    ms: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    endings: Sequence[str] | None = None

    @property
    def looks_answered(self) -> bool:
        """Whether it neither asked back nor said that something was left out, is out of reach or not recorded; never of a model that does not
        tell."""
        return self.endings is not None and not self.endings


@dataclass(frozen=True, slots=True)
class Tried:
    """One case as it went: the reasons why it fails (none: it passed) and its turns. ``silent``: a turn fails that looks answered."""

    why: Sequence[str]
    replies: Sequence[Reply]
    silent: bool = False


@dataclass(frozen=True, slots=True)
class CaseResult:
    id: str
    file: Path
    world: str
    category: str
    abstains: bool
    tried: Tried
    language: str = "en"

    @property
    def family(self) -> str:
        """Of questions that ask the same kind of thing: the id up to its first hyphen."""
        return self.id.partition("-")[0]

    @property
    def passed(self) -> bool:
        return not self.tried.why

    @property
    def replies(self) -> Sequence[Reply]:
        return self.tried.replies


@dataclass(frozen=True, slots=True)
class Control:
    """The same cases where the answer cannot be known. ``passed`` are those that pass all the same.

    What passes here measures nothing, unless all it asks for is an abstention.
    """

    name: str
    cases: int
    passed: Sequence[str]
    abstained: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Cases that did not run because files of their world are not on this machine."""

    file: Path
    world: str
    cases: int
    why: str


class Share(NamedTuple):
    """Of so many cases."""

    passed: int
    cases: int
    silent: int


@dataclass(frozen=True, slots=True)
class Outcome:
    model: str
    cases: Sequence[CaseResult]
    controls: Sequence[Control] = ()
    left_out: Sequence[LeftOut] = ()
    writes: Sequence[str] = ()
    """What changed in the stores while questions were asked; nothing may, as nobody approves anything."""
    troubles: Sequence[str] = ()
    """Worlds that could not be built or broke down."""
    seconds: float = 0.0
    replies: Sequence[Reply] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "replies", tuple(reply for case in self.cases for reply in case.replies))

    @property
    def passed(self) -> int:
        return sum(case.passed for case in self.cases)

    @property
    def silent(self) -> int:
        """Cases that fail although the answer looked like one."""
        return sum(case.tried.silent for case in self.cases)

    @property
    def invented(self) -> int:
        return sum(len(reply.invented) for reply in self.replies)

    @property
    def calls_per_answer(self) -> float:
        return sum(len(reply.calls) for reply in self.replies) / max(1, len(self.replies))

    @property
    def is_sound(self) -> bool:
        enough = bool(self.cases) and self.passed >= SOUND_SHARE * len(self.cases)
        return enough and not (self.invented or self.writes or self.troubles)

    def percentile_ms(self, share: float) -> float | None:
        """The time that this share of the answers takes at most; None where nothing was answered."""
        return percentile([reply.ms for reply in self.replies], share)

    def by(self, key: Callable[[CaseResult], str]) -> dict[str, Share]:
        """In the order of the files."""
        total = Counter(map(key, self.cases))
        passed = Counter(key(case) for case in self.cases if case.passed)
        silent = Counter(key(case) for case in self.cases if case.tried.silent)
        return {name: Share(passed[name], count, silent[name]) for name, count in total.items()}

    def by_category(self) -> dict[str, Share]:
        return self.by(lambda case: case.category)

    def by_family(self) -> dict[str, Share]:
        return self.by(lambda case: case.family)

    def by_language(self) -> dict[str, Share]:
        return self.by(lambda case: case.language)

    def by_world(self) -> dict[str, Share]:
        return self.by(lambda case: case.world)


def percentile(values: Iterable[float], share: float) -> float | None:
    """By nearest rank: a value that occurred."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
