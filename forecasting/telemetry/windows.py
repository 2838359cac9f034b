"""The history before each of many origins as one table, so that a batch of series is forecast at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import DAY_S, Floats, NotEnoughData, Series, require

CONTEXT_DAYS = 35
NEED_DAYS = 7.0
_SILENT_DAYS = 1.0  # longer without a reading up to now, and the latest state is not known

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """``values[i]`` are the 35 days before origin ``i``, gaps filled; shape ``(n, context)``.

    ``read`` says where a value was read; ``ends_s`` is when each origin's first unknown step begins. ``drivers`` are what else is
    known, shape ``(n, kinds, context + horizon)``, NaN where it is not.
    """

    step_s: int
    ends_s: Ints
    values: Floats
    read: Bools
    drivers: Floats

    def __len__(self) -> int:
        return len(self.values)

    @property
    def day(self) -> int:
        """Steps of a day."""
        return steps_of_a_day(self.step_s)

    def take(self, rows: npt.NDArray[np.intp] | slice) -> Windows:
        return Windows(self.step_s, self.ends_s[rows], self.values[rows], self.read[rows], self.drivers[rows])


def steps_of_a_day(step_s: int) -> int:
    """``ValueError`` where a day is no whole number of steps, or one alone."""
    if DAY_S % step_s or step_s == DAY_S:
        raise ValueError(f"a step of {step_s} s does not divide a day")
    return DAY_S // step_s


def check(history: Series) -> None:
    """Raise ``NotEnoughData`` where nothing can be said: short, gappy, constant, or silent for the last day."""
    recent = history.last(CONTEXT_DAYS * steps_of_a_day(history.step_s))
    first = np.flatnonzero(np.isfinite(recent.values))
    if not len(first):
        raise NotEnoughData(0, NEED_DAYS, "nothing was read")
    require(recent.last(len(recent) - int(first[0])), NEED_DAYS)
    silent = (len(recent) - 1 - int(first[-1])) * history.step_s / DAY_S
    if silent > _SILENT_DAYS:
        raise NotEnoughData(recent.days, NEED_DAYS, f"nothing was read in the last {silent:.3g} days")


def windows(
    series: Sequence[Series],
    origins: Sequence[Sequence[int]],
    horizon: int,
    drivers: Sequence[Sequence[Series]] | None = None,
) -> Windows:
    """The windows before ``origins[i]`` (indices into ``series[i]``, from its start to its length), series by series.

    All series have one step. Of each series' drivers, what ends before the horizon does is NaN from there on.
    """
    step = common_step(series)
    context = CONTEXT_DAYS * steps_of_a_day(step)
    count = sum(len(one) for one in origins)
    kinds = len(drivers[0]) if drivers else 0
    values = np.full((count, context), np.nan)
    outside = np.full((count, kinds, context + horizon), np.nan)
    ends = np.empty(count, dtype=np.int64)
    row = 0
    for index, one in enumerate(series):
        for origin in origins[index]:
            known = one.values[max(0, origin - context) : origin]
            values[row, context - len(known) :] = known
            ends[row] = one.start_s + origin * step
            for kind, driver in enumerate(drivers[index] if drivers else ()):
                outside[row, kind] = _cut(driver, int(ends[row]) - context * step, context + horizon)
            row += 1
    values[~np.isfinite(values)] = np.nan
    read = np.isfinite(values)
    return Windows(step, ends, _filled(values, steps_of_a_day(step)), read, outside)


def current(series: Sequence[Series], horizon: int, drivers: Sequence[Sequence[Series]] | None = None) -> Windows:
    """The windows before the end of each series."""
    return windows(series, [[len(one)] for one in series], horizon, drivers)


def outcomes(series: Sequence[Series], origins: Sequence[Sequence[int]], horizon: int) -> Floats:
    """What came after each origin, shape ``(n, horizon)``, NaN where nothing was read or the series ends."""
    came = np.full((sum(len(one) for one in origins), horizon), np.nan)
    row = 0
    for one, own in zip(series, origins, strict=True):
        for origin in own:
            known = one.values[origin : origin + horizon]
            came[row, : len(known)] = known
            row += 1
    return came


def common_step(series: Sequence[Series]) -> int:
    """``ValueError`` unless there are series and all have one step."""
    steps = {one.step_s for one in series}
    if len(steps) != 1:
        raise ValueError(f"series need one common step, these have {sorted(steps)} s")
    return steps.pop()


def _cut(driver: Series, start_s: int, count: int) -> Floats:
    """``count`` steps of the driver from ``start_s`` on; NaN outside of it."""
    offset = (start_s - driver.start_s) // driver.step_s
    index = offset + np.arange(count)
    inside = (index >= 0) & (index < len(driver))
    return np.where(inside, driver.values[np.clip(index, 0, len(driver) - 1)], np.nan)


def _filled(values: Floats, day: int) -> Floats:
    """Gaps hold what was read at that time a week before or after, else a day, else the mean of the window."""
    filled = values.copy()
    for lag in (7 * day, day):
        blocks = filled.reshape(len(filled), -1, lag)
        for index in range(1, blocks.shape[1]):
            _copy_known(blocks[:, index - 1], blocks[:, index])
        for index in range(blocks.shape[1] - 2, -1, -1):
            _copy_known(blocks[:, index + 1], blocks[:, index])
    known = np.isfinite(filled)
    means = np.where(known, filled, 0).sum(axis=1) / np.maximum(1, known.sum(axis=1))
    return np.where(known, filled, means[:, None])


def _copy_known(source: Floats, target: Floats) -> None:
    np.copyto(target, source, where=np.isnan(target))
