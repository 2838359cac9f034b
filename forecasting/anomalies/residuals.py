"""A signal against what its own past would have it be.

The own model is a ridge regression on the drivers, their squares and, where asked for, their products and the hour of the day, learned while the asset was sound. What it misses is
judged by the median over a stretch of time, so that a deviation has to last half of it. The limit is twice the largest such median on blocks of
history that the model had not learned, and never below a tolerance in the signal's unit. Outside the range of drivers learned it abstains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from forecasting.anomalies.verdict import (
    Verdict,
    Window,
    amount,
    cannot_tell,
    flagged,
    missing,
    plain,
    sound,
    span,
    table,
)
from forecasting.series import DAY_S, Floats, NotEnoughData

if TYPE_CHECKING:  # it takes a while to import, and reading a plant does without it
    from scipy.spatial import KDTree

Truths = npt.NDArray[np.bool_]
_FOLDS = 6
_RIDGE = 1e-3
_MARGIN = 0.1
_SAFETY = 2.0
_LEAST = 0.25
_NEIGHBOURS, _NEAR = 8, 0.25  # learned rows at most so far away, in standard deviations of each driver


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a signal depends on. ``tolerance`` is the least deviation that matters, in the signal's unit; ``running`` names a status
    that must be on for a step to count; ``busy`` is the share of its largest value that the first driver must have for a step to count;
    ``least`` is the share of a stretch that has to count; ``products`` lets drivers multiply each other; ``hours`` lets the time of day count."""

    signal: str
    drivers: tuple[str, ...]
    tolerance: float
    unit: str = ""
    running: str | None = None
    over: timedelta = timedelta(hours=24)
    hours: bool = True
    busy: float = 0.0
    least: float = 0.25
    products: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        return (self.signal, *self.drivers, *((self.running,) if self.running else ()))


@dataclass(frozen=True, slots=True)
class OwnModel:
    """``mean`` and ``scale`` standardise the drivers, ``low`` and ``high`` bound what was learned; shapes (drivers,). ``lowest`` and ``highest`` bound
    what is expected: what was read at most while learning, and a margin. ``learned`` holds the standardised drivers, where there are several."""

    expectation: Expectation
    mean: Floats
    scale: Floats
    low: Floats
    high: Floats
    weights: Floats
    lowest: float
    highest: float
    limit: float
    learned: KDTree | None

    def residuals(self, window: Window) -> Floats:
        """Read less expected, NaN where a reading is missing, the asset rests or a driver is outside what was learned; shape (steps,)."""
        values, counts = _rows(self.expectation, window)
        drivers = values[:, 1:]
        counts &= _within(drivers, self.low, self.high) & _is_busy(self.expectation, drivers, self.high)
        if self.learned is not None:
            counts[counts] = _is_near(cast("Any", self.learned), (drivers[counts] - self.mean) / self.scale)
        expected = _features(self.expectation, drivers, window, self.mean, self.scale) @ self.weights
        return np.where(counts, values[:, 0] - np.clip(expected, self.lowest, self.highest), np.nan)

    def deviations(self, window: Window) -> Floats:
        """The median residual of each whole stretch, NaN where too little of it counts; shape (stretches,)."""
        return _medians(self.residuals(window), _steps(self.expectation, window), self.expectation.least)

    def judge(self, window: Window) -> Verdict:
        """Of the last stretch of the window."""
        asked = self.expectation
        if lacking := missing(window, asked.needed):
            return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking)
        steps = _steps(asked, window)
        values, resting = _rows(asked, window)
        recent = self.residuals(window)[-steps:]
        if np.count_nonzero(np.isfinite(recent)) < asked.least * steps:
            return cannot_tell(self._why(values[-steps:], resting[-steps:]), asked.needed)
        away = float(np.nanmedian(recent))
        score = abs(away) / self.limit
        if score <= 1:
            return sound(score)
        read = float(np.nanmedian(values[-steps:, 0][np.isfinite(recent)]))
        given = f" given {' and '.join(map(plain, asked.drivers))}" if asked.drivers else ""
        return flagged(
            score,
            [
                f"{plain(asked.signal)} is {amount(read, asked.unit)}, {amount(abs(away), asked.unit)} "
                f"{'above' if away > 0 else 'below'} what it used to be{given} (median over {span(steps * _step_s(asked, window))})"
            ],
            asked.needed[: 1 + len(asked.drivers)],
        )

    def _why(self, values: Floats, counts: Truths) -> str:
        if np.count_nonzero(counts) < self.expectation.least * len(counts):
            return "it did not run, or was not read, for long enough"
        outside = [
            plain(name)
            for name, column, low, high in zip(
                self.expectation.drivers, values[:, 1:].T, self.low, self.high, strict=True
            )
            if not low <= np.nanmedian(column) <= high
        ]
        return f"{' and '.join(outside) or 'its drivers'} went outside what was learned"


def learn(expectation: Expectation, windows: Sequence[Window]) -> OwnModel:
    """From windows in which the asset was sound. Raises ``NotEnoughData`` below twelve stretches of readings, or without a needed signal."""
    for window in windows:
        if lacking := missing(window, expectation.needed):
            raise NotEnoughData(0, _need_days(expectation), f"no readings of {', '.join(map(plain, lacking))}")
    parts = [_rows(expectation, window) for window in windows]
    counted = np.concatenate([values[counts] for values, counts in parts])
    step = _step_s(expectation, windows[0])
    if len(counted) * step / DAY_S < _need_days(expectation) * expectation.least:
        raise NotEnoughData(len(counted) * step / DAY_S, _need_days(expectation) * expectation.least)
    low, high = _range(counted[:, 1:])
    busy = [counts & _is_busy(expectation, values[:, 1:], high) for values, counts in parts]
    parts = [(values, counts) for (values, _), counts in zip(parts, busy, strict=True)]
    counted = np.concatenate([values[counts] for values, counts in parts])
    drivers = counted[:, 1:]
    mean, scale = drivers.mean(axis=0), np.maximum(drivers.std(axis=0), 1e-9)
    features = np.concatenate(
        [_features(expectation, v[:, 1:], w, mean, scale)[c] for (v, c), w in zip(parts, windows, strict=True)]
    )
    met = _unlearned(drivers, features, counted[:, 0], _steps(expectation, windows[0]))
    limit = max(expectation.tolerance, _SAFETY * met)
    (least,), (most,) = _range(counted[:, :1])
    room = _MARGIN * (most - least)
    weights = _solve(features, counted[:, 0])
    seen = _tree((drivers - mean) / scale) if len(expectation.drivers) > 1 else None
    return OwnModel(expectation, mean, scale, low, high, weights, float(least - room), float(most + room), limit, seen)


def _rows(expectation: Expectation, window: Window) -> tuple[Floats, Truths]:
    """The signal and its drivers, and which steps count."""
    values = table(window, (expectation.signal, *expectation.drivers))
    counts: Truths = np.asarray(np.isfinite(values).all(axis=1), dtype=np.bool_)
    if expectation.running:
        counts = np.logical_and(counts, window[expectation.running].values > 0.5)
    return values, counts


def _range(drivers: Floats) -> tuple[Floats, Floats]:
    if not drivers.size:
        return drivers.mean(axis=0), drivers.mean(axis=0)
    low, high = np.quantile(drivers, [0.001, 0.999], axis=0)
    return low, high


def _within(drivers: Floats, low: Floats, high: Floats) -> Truths:
    room = _MARGIN * (high - low)
    return np.asarray(((drivers >= low - room) & (drivers <= high + room)).all(axis=1), dtype=np.bool_)


def _tree(drivers: Floats) -> KDTree:
    from scipy.spatial import KDTree

    return KDTree(drivers)


def _is_near(learned: KDTree, drivers: Floats) -> Truths:
    """Whether such values of the drivers, taken together, were seen for a while: each may be usual and the two of them new."""
    apart: Floats = np.asarray(cast("Any", learned).query(drivers, k=_NEIGHBOURS)[0], dtype=np.float64)
    return np.asarray(apart[:, -1] <= _NEAR * np.sqrt(drivers.shape[1]), dtype=np.bool_)


def _is_busy(expectation: Expectation, drivers: Floats, high: Floats) -> Truths:
    if not expectation.busy:
        return np.ones(len(drivers), dtype=np.bool_)
    return drivers[:, 0] >= expectation.busy * high[0]


def _features(expectation: Expectation, drivers: Floats, window: Window, mean: Floats, scale: Floats) -> Floats:
    standard = (drivers - mean) / scale
    columns = [np.ones((len(drivers), 1)), standard, standard**2]
    if expectation.products:
        columns += [(standard[:, i] * standard[:, j])[:, None] for i, j in combinations(range(standard.shape[1]), 2)]
    if expectation.hours:
        angle = 2 * np.pi * (window[expectation.signal].times_s % DAY_S) / DAY_S
        columns += [np.column_stack([np.sin(k * angle), np.cos(k * angle)]) for k in (1, 2)]
    return np.column_stack(columns)


def _solve(features: Floats, wanted: Floats) -> Floats:
    penalty = _RIDGE * len(features) * np.eye(features.shape[1])
    penalty[0, 0] = 0
    return np.linalg.solve(features.T @ features + penalty, features.T @ wanted).astype(np.float64)


def _unlearned(drivers: Floats, features: Floats, wanted: Floats, steps: int) -> float:
    """The largest median of a stretch on blocks of history that were left out while learning, where the rest had seen such drivers."""
    found: list[float] = []
    for block in np.array_split(np.arange(len(wanted)), _FOLDS):
        learned = np.ones(len(wanted), dtype=bool)
        learned[block] = False
        residuals = wanted[block] - features[block] @ _solve(features[learned], wanted[learned])
        residuals[~_within(drivers[block], *_range(drivers[learned]))] = np.nan
        found += [abs(float(one)) for one in _medians(residuals, min(steps, len(block)), _LEAST) if np.isfinite(one)]
    return max(found, default=0.0)


def _medians(residuals: Floats, steps: int, least: float) -> Floats:
    whole = residuals[: len(residuals) // steps * steps].reshape(-1, steps)
    found = np.full(len(whole), np.nan)
    enough = np.isfinite(whole).sum(axis=1) >= least * steps
    if enough.any():
        found[enough] = np.nanmedian(whole[enough], axis=1)
    return found


def _steps(expectation: Expectation, window: Window) -> int:
    return max(1, round(expectation.over.total_seconds() / _step_s(expectation, window)))


def _step_s(expectation: Expectation, window: Window) -> int:
    return window[expectation.signal].step_s


def _need_days(expectation: Expectation) -> float:
    return 2 * _FOLDS * expectation.over.total_seconds() / DAY_S
