"""A point's readings on a regular grid, and whether they are enough to say anything."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph_schema.errors import PlantroomError

Floats = npt.NDArray[np.float64]
DAY_S = 86_400


class NotEnoughData(PlantroomError):
    """There is too little data for a result."""

    def __init__(self, have_days: float, need_days: float, why: str = "") -> None:
        self.have_days = have_days
        self.need_days = need_days
        super().__init__(f"not enough data: {have_days:.3g} days of {need_days:.3g}{f' ({why})' if why else ''}")


@dataclass(frozen=True, slots=True)
class Series:
    """Values every ``step_s`` seconds from ``start_s`` (Unix time) on; shape ``(n,)``, NaN where nothing was read."""

    start_s: int
    step_s: int
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    @property
    def end_s(self) -> int:
        """When the step after the last one begins."""
        return self.start_s + self.step_s * len(self.values)

    @property
    def times_s(self) -> npt.NDArray[np.int64]:
        """When each step begins; shape ``(n,)``."""
        return self.start_s + self.step_s * np.arange(len(self.values), dtype=np.int64)

    @property
    def days(self) -> float:
        """How many days of values there are, gaps left out."""
        return float(np.count_nonzero(np.isfinite(self.values))) * self.step_s / DAY_S

    def last(self, steps: int) -> Series:
        """The newest ``steps``."""
        kept = self.values[-steps:] if steps else self.values[:0]
        return Series(self.end_s - self.step_s * len(kept), self.step_s, kept)

    def before(self, time_s: float) -> Series:
        """What was known at ``time_s``: the steps that had ended by then."""
        count = int(np.clip((time_s - self.start_s) // self.step_s, 0, len(self.values)))
        return Series(self.start_s, self.step_s, self.values[:count])


def gridded(times_s: npt.ArrayLike, values: npt.ArrayLike, step_s: int, start_s: int | None = None) -> Series:
    """The mean of the readings in each step. Order does not matter; of a time that is repeated the last value counts.

    Readings that are not finite are left out. Raises ``NotEnoughData`` when none is left.
    """
    times, read = np.asarray(times_s, dtype=np.float64), np.asarray(values, dtype=np.float64)
    sound = np.isfinite(read) & np.isfinite(times)
    times, read = times[sound], read[sound]
    if not len(times):
        raise NotEnoughData(0, step_s / DAY_S, "nothing was read")
    order = np.argsort(times, kind="stable")
    times, read = times[order], read[order]
    kept = np.append(times[1:] != times[:-1], True)
    times, read = times[kept], read[kept]
    first = int(times[0] // step_s) * step_s if start_s is None else start_s
    slots = ((times - first) // step_s).astype(np.int64)
    times, read, slots = times[slots >= 0], read[slots >= 0], slots[slots >= 0]
    if not len(slots):
        raise NotEnoughData(0, step_s / DAY_S, "nothing was read since then")
    size = int(slots[-1]) + 1
    sums, counts = np.bincount(slots, read, size), np.bincount(slots, minlength=size)
    with np.errstate(invalid="ignore"):
        return Series(first, step_s, sums / np.where(counts, counts, np.nan))


def filled(series: Series, longest_steps: int) -> Series:
    """Gaps of at most ``longest_steps`` are bridged by a straight line; longer ones stay."""
    values = series.values.copy()
    known = np.flatnonzero(np.isfinite(values))
    for left, right in itertools.pairwise(known):
        if 1 < right - left <= longest_steps + 1:
            values[left : right + 1] = np.linspace(values[left], values[right], right - left + 1)
    return Series(series.start_s, series.step_s, values)


def require(series: Series, need_days: float, *, largest_gap: float = 0.5) -> None:
    """Raise ``NotEnoughData`` where history is short, has too many gaps (a share of its span), or never changes."""
    if series.days < need_days:
        raise NotEnoughData(series.days, need_days)
    finite = series.values[np.isfinite(series.values)]
    gaps = 1 - len(finite) / len(series.values)
    if gaps > largest_gap:
        raise NotEnoughData(series.days, need_days, f"{gaps:.0%} of the time nothing was read")
    if np.ptp(finite) == 0:
        raise NotEnoughData(0, need_days, f"the value was {finite[0]:g} all the time")
