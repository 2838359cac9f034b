"""What a load will be: as at the same hour of days of the same kind before, at the level of the last day; with the interval that this rule had over the days behind.

Split conformal: the rule is tried from the midnight of each day before, and the quantiles of what it missed, relative to what it expected, are its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEAST_DAYS = 7
"""Fewer days say too little of workdays and weekends."""
_DAYS_ALIKE = 5
_TRIALS = 21
_FOLLOWS = 0.5
"""So much of how far the last day was from its kind is taken for the next."""


@dataclass(frozen=True, slots=True)
class Demand:
    """By hour. ``missed`` is the median of what the rule missed by in its trials, as a share; ``trials`` how many days it was tried on."""

    expected: Floats
    upper: Floats
    missed: float
    trials: int


def demand(values: Floats, end: datetime, hours: int, quantile: float, zone: tzinfo) -> Demand | None:
    """``values`` are hourly means up to ``end``, NaN where nothing was read. None where less than a week is known."""
    kinds = _kinds(len(values) + hours, end - timedelta(hours=len(values)), zone)
    if np.count_nonzero(np.isfinite(values)) < 24 * LEAST_DAYS:
        return None
    expected = _expected(values, kinds, hours)
    errors: list[Floats] = []
    for back in range(1, _TRIALS + 1):
        known = len(values) - 24 * back
        if known < 24 * LEAST_DAYS:
            break
        ahead = min(hours, len(values) - known)
        guess = _expected(values[:known], kinds, ahead)
        real = values[known : known + ahead]
        errors.append((real - guess)[np.isfinite(real - guess)] / max(float(np.nanmean(guess)), 1e-9))
    missed = np.concatenate(errors) if errors else np.empty(0)
    if not len(missed):
        return Demand(expected, expected * 1.25, float("nan"), 0)
    beyond = max(0.0, float(np.quantile(missed, quantile))) * float(np.mean(expected))
    return Demand(expected, expected + beyond, float(np.median(np.abs(missed))), len(errors))


def _kinds(count: int, start: datetime, zone: tzinfo) -> npt.NDArray[np.int64]:
    """Hour of the day, and 24 more at weekends."""
    first = start.astimezone(UTC)
    local = [(first + timedelta(hours=n)).astimezone(zone) for n in range(count)]
    return np.array([one.hour + (24 if one.weekday() >= 5 else 0) for one in local])


def _expected(values: Floats, kinds: npt.NDArray[np.int64], hours: int) -> Floats:
    known = len(values)
    profile = np.array([_alike(values, kinds[:known], kinds[known + n]) for n in range(hours)])
    recent = np.array([_alike(values[: known - 24], kinds[: known - 24], kinds[n]) for n in range(known - 24, known)])
    last = values[known - 24 :]
    both = np.isfinite(last) & np.isfinite(recent)
    level = float(last[both].sum() / recent[both].sum()) if both.any() and recent[both].sum() > 0 else 1.0
    fallback = float(np.nanmean(values[-24 * LEAST_DAYS :]))
    return np.maximum(
        0.0, np.where(np.isfinite(profile), profile, fallback) * (1 + _FOLLOWS * (min(max(level, 0.5), 2.0) - 1))
    )


def _alike(values: Floats, kinds: npt.NDArray[np.int64], kind: int) -> float:
    """The mean of the newest few hours of this kind; NaN where none is known."""
    found = values[(kinds == kind) & np.isfinite(values)][-_DAYS_ALIKE:]
    return float(found.mean()) if len(found) else float("nan")
