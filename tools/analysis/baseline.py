"""What would have been used: days of the weeks before, by weekday and outside temperature, by ordinary least squares. Pure.

use = mean of its weekday + slope x (outside temperature of the day), or the weekday's mean alone where no outside temperature is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Rule = Literal["weekday and outside temperature", "weekday"]
LEAST_DAYS = 14
"""Fewer days tell too little of seven weekdays."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Day:
    """``weekday`` runs from 0 (Monday); ``use`` in kWh, ``outside`` the day's mean in °C, None where nothing measured it."""

    weekday: int
    use: float
    outside: float | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """``expected`` in kWh for each day asked about. ``r2`` is the share of the variance of the days before that the rule explains, 1 at most;
    ``error_percent`` the root mean square of what it leaves, of their mean (CV(RMSE) of ASHRAE Guideline 14)."""

    rule: Rule
    expected: tuple[float, ...]
    days: int
    r2: float | None
    error_percent: float | None
    per_kelvin: float | None


def baseline(before: Sequence[Day], asked: Sequence[tuple[int, float | None]]) -> Baseline | None:
    """For the weekdays and outside temperatures asked about; None where the days before are too few, or miss a weekday that is asked about."""
    warm = bool(asked) and all(outside is not None for _, outside in asked)
    usable = [day for day in before if not warm or day.outside is not None]
    if warm and len(usable) < LEAST_DAYS:
        warm, usable = False, list(before)
    if len(usable) < LEAST_DAYS or not {weekday for weekday, _ in asked} <= {day.weekday for day in usable}:
        return None
    weekdays = np.array([day.weekday for day in usable])
    outside = np.array([day.outside or 0.0 for day in usable]) if warm else None
    use = np.array([day.use for day in usable])
    design = _design(weekdays, outside)
    coefficients = np.linalg.lstsq(design, use, rcond=None)[0]
    wanted = _design(
        np.array([weekday for weekday, _ in asked]), np.array([t or 0.0 for _, t in asked]) if warm else None
    )
    expected = np.maximum(wanted @ coefficients, 0.0)
    r2, error = _fit(use, use - design @ coefficients, int(np.linalg.matrix_rank(design)))
    return Baseline(
        rule="weekday and outside temperature" if warm else "weekday",
        expected=tuple(float(one) for one in expected),
        days=len(usable),
        r2=r2,
        error_percent=error,
        per_kelvin=float(coefficients[-1]) if warm else None,
    )


def _design(weekdays: npt.NDArray[np.int64], outside: _Floats | None) -> _Floats:
    of_weekday = (weekdays[:, None] == np.arange(7)[None, :]).astype(np.float64)
    return of_weekday if outside is None else np.hstack([of_weekday, outside[:, None]])


def _fit(use: _Floats, left: _Floats, parameters: int) -> tuple[float | None, float | None]:
    total = float(((use - use.mean()) ** 2).sum())
    rest = float((left**2).sum())
    mean, free = float(use.mean()), len(use) - parameters
    r2 = 1 - rest / total if total > 0 else None
    error = 100 * float(np.sqrt(rest / free)) / mean if free > 0 and mean > 0 else None
    return r2, error
