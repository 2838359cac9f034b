"""A point's readings on a regular grid, and whether they are enough to say anything."""

from __future__ import annotations

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


def coarser(series: Series, step_s: int) -> Series:
    """The mean of what was read in each longer step. Only whole steps are kept; ``step_s`` is a multiple of the series' own."""
    times = series.step_s
    skipped = (-series.start_s % step_s) // times
    count = step_s // times
    whole = (len(series.values) - skipped) // count
    values = series.values[skipped : skipped + whole * count].reshape(max(whole, 0), count)
    known = np.isfinite(values).sum(axis=1)
    means = np.where(known > 0, np.nansum(values, axis=1) / np.maximum(known, 1), np.nan)
    return Series(series.start_s + skipped * times, step_s, means)


def filled(series: Series, longest_steps: int) -> Series:
    """Gaps of at most ``longest_steps`` are bridged by a straight line; longer ones stay."""
    known = np.flatnonzero(np.isfinite(series.values))
    if len(known) in (0, len(series)):
        return series
    steps = np.arange(len(series))
    after = np.searchsorted(known, steps)
    inside = (after > 0) & (after < len(known))
    gap = np.zeros(len(series), dtype=np.int64)
    gap[inside] = known[after[inside]] - known[after[inside] - 1] - 1
    bridged = np.isnan(series.values) & inside & (gap <= longest_steps)
    values = np.where(bridged, np.interp(steps, known, series.values[known]), series.values)
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
