"""How two series of hourly means go together: Pearson, Spearman, and the lag at which they do so most. Pure.

A relation is no cause: both may follow a third, such as the weather or the time of day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_HOURS = 24
MOST_LAG_H = 24

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relation:
    """``hours`` are common to both. Coefficients run from -1 to 1; None where a series does not move.

    ``lag_h`` is by how many hours the first follows the other where they go together most (negative where it goes before), ``at_lag`` the
    Pearson coefficient there and ``lag_hours`` its common hours.
    """

    hours: int
    pearson: float | None
    spearman: float | None
    lag_h: int | None
    at_lag: float | None
    lag_hours: int | None


def relation(first: Mapping[int, float], other: Mapping[int, float]) -> Relation | None:
    """Of means by the number of their hour; None where fewer than ``LEAST_HOURS`` hours are common."""
    common = sorted(first.keys() & other.keys())
    if len(common) < LEAST_HOURS:
        return None
    one, two = _values(first, common), _values(other, common)
    best = _strongest(first, other, max(LEAST_HOURS, len(common) // 2))
    lag, at_lag, hours = best if best else (None, None, None)
    return Relation(len(common), pearson(one, two), pearson(_ranks(one), _ranks(two)), lag, at_lag, hours)


def pearson(one: _Floats, two: _Floats) -> float | None:
    """None where one of them is the same all the time, to what a float can tell."""
    a, b = one - one.mean(), two - two.mean()
    size_a, size_b = float(np.sqrt((a**2).sum())), float(np.sqrt((b**2).sum()))
    if min(_moves(one, size_a), _moves(two, size_b)) == 0.0:
        return None
    return float(np.clip((a * b).sum() / (size_a * size_b), -1.0, 1.0))


def _moves(values: _Floats, size: float) -> float:
    return size if size > 1e-9 * max(1.0, float(np.abs(values).max())) * np.sqrt(len(values)) else 0.0


def _strongest(first: Mapping[int, float], other: Mapping[int, float], least: int) -> tuple[int, float, int] | None:
    """Of lags that leave enough common hours; of equals the shortest."""
    found: list[tuple[int, float, int]] = []
    for lag in sorted(range(-MOST_LAG_H, MOST_LAG_H + 1), key=abs):
        hours = sorted(hour for hour in first if hour - lag in other)
        if len(hours) < least:
            continue
        r = pearson(_values(first, hours), _values(other, [hour - lag for hour in hours]))
        if r is not None:
            found.append((lag, r, len(hours)))
    return max(found, key=lambda one: (round(abs(one[1]), 9), -abs(one[0])), default=None)


def _values(means: Mapping[int, float], hours: Sequence[int]) -> _Floats:
    return np.array([means[hour] for hour in hours])


def _ranks(values: _Floats) -> _Floats:
    """From 1; equal values share the mean of their ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]
