"""An asset's past as spells: from the day it was new or as good as new until it failed, was renewed in time, or today.

A spell is cut into pieces of ``step_days``, so that what is known of the asset (recent alarms, its age) may change while it runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Past:
    """What is on record of one asset (or of one of its parts); all times in days since any common origin.

    ``renewals`` are repairs and replacements after which it is as good as new, planned or not, the first start included;
    ``failures`` the times it failed; ``events`` the times of alarms or errors by kind; ``traits`` what does not change, such as a
    rating; ``born_days`` is when the asset as a whole was built; ``heard_since`` is from when on events of a kind were noticed.
    """

    asset: str
    renewals: Sequence[float]
    failures: Sequence[float]
    until_days: float
    since_days: float = float("-inf")  # what happened before was not watched
    events: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])
    traits: Mapping[str, float] = field(default_factory=dict[str, float])
    born_days: float | None = None
    heard_since: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def watched_failures(self) -> list[float]:
        """Those that it had while it was watched."""
        return [time for time in self.failures if time > self.since_days]


Known = Callable[[Past, float], Mapping[str, float]]
"""What was known of an asset at a moment, by covariate."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``asset`` was watched from ``entry`` to ``exit`` days after its renewal, and failed at the exit or not.

    ``known`` are covariates as they were at the entry; ``at_days`` is the entry on the common time line.
    """

    asset: str
    entry: float
    exit: float
    failed: bool
    known: Mapping[str, float]
    at_days: float


def pieces(past: Past, step_days: float, *, recent_days: float = 7.0, known: Known | None = None) -> list[Piece]:
    """Spells cut into pieces. Between a failure and the renewal after it the asset is not at risk.

    Covariates are those of ``known``, by default those of ``known_at``.
    """
    knows: Known = known or partial(known_at, recent_days=recent_days)
    starts = sorted(set(past.renewals))
    failures = sorted(past.failures)
    found: list[Piece] = []
    for start, end in pairwise([*starts, past.until_days]):
        if end <= start:
            continue
        index = bisect_right(failures, start)
        failed = index < len(failures) and failures[index] <= end
        found += _cut(past, start, failures[index] if failed else end, failed, step_days, knows)
    return found


def known_at(past: Past, at_days: float, *, recent_days: float = 7.0) -> dict[str, float]:
    """Covariates as of a moment: how many events of each kind there were in the last ``recent_days``, traits, years since built.

    Kinds of events that nobody noticed yet are left out.
    """
    counts = {
        f"recent {kind}": float(bisect_left(times, at_days) - bisect_left(times, at_days - recent_days))
        for kind, times in past.events.items()
        if at_days - recent_days >= past.heard_since.get(kind, float("-inf"))
    }
    born = {} if past.born_days is None else {"age in years": (at_days - past.born_days) / YEAR_DAYS}
    return {**counts, **past.traits, **born}


def at_risk(past: Past, at_days: float) -> bool:
    """Whether it runs at that moment: it was renewed, and has not failed since."""
    start = so_far(past, at_days)
    return start is not None and not any(at_days - start < time <= at_days for time in past.failures)


def so_far(past: Past, at_days: float) -> float | None:
    """Days since the last renewal; None where none is on record."""
    index = bisect_right(sorted(past.renewals), at_days)
    return at_days - sorted(past.renewals)[index - 1] if index else None


def _cut(past: Past, start: float, end: float, failed: bool, step: float, knows: Known) -> list[Piece]:
    begin = max(start, past.since_days)
    found: list[Piece] = []
    while begin < end:
        finish = min(begin + step, end)
        found.append(
            Piece(past.asset, begin - start, finish - start, failed and finish == end, knows(past, begin), begin)
        )
        begin = finish
    return found
