"""When a limit is crossed: the first passage of sample paths.

The chance that *some* step of the horizon is beyond a limit does not follow from the quantiles of single steps, which say nothing of how
steps hang together. Paths do: each carries the errors of one backtest window from its first step to its last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.series import Floats, NotEnoughData, Series
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.plausibility.within import ANYTHING, Within
from graph_schema.condition import Side, is_beyond

_PATHS = 2_000
_ENOUGH = 20  # crossing paths, for a spread of times to be told


@dataclass(frozen=True, slots=True)
class Crossing:
    """The chance that a step's value is beyond ``limit`` (above it for "high") within ``horizon_s`` seconds.

    ``early_s``, ``expected_s`` and ``late_s`` are the 10%, 50% and 90% quantiles, in seconds from the forecast's begin, of when the first
    such step begins in those cases where there is one; None where too few paths cross. ``beyond_now``: the last value read already is.
    """

    side: Side
    limit: float
    probability: float
    horizon_s: int
    early_s: float | None
    expected_s: float | None
    late_s: float | None
    beyond_now: bool


def crossing(
    model: TelemetryModel,
    history: Series,
    side: Side,
    limit: float,
    horizon: int,
    *,
    seed: int = 0,
    regressors: Sequence[Series] = (),
    within: Within = ANYTHING,
) -> Crossing:
    """Of the ``horizon`` steps after ``history``. Raises ``NotEnoughData`` as ``TelemetryModel.forecast`` does."""
    paths = model.paths(history, horizon, max(_PATHS, len(model.calibration)), seed, regressors, within)
    return _crossing(paths, history, side, limit)


def crossings(
    model: TelemetryModel,
    histories: Sequence[Series],
    limits: Sequence[tuple[Side, float]],
    horizon: int,
    *,
    seed: int = 0,
    regressors: Sequence[Sequence[Series]] | None = None,
) -> list[Crossing | NotEnoughData]:
    """The same for many series, each with its own side and limit; where history is too little the reason stands in its place."""
    count = max(_PATHS, len(model.calibration))
    all_paths = model.paths_many(histories, horizon, count, seed, regressors)
    return [
        paths if isinstance(paths, NotEnoughData) else _crossing(paths, history, side, limit)
        for paths, history, (side, limit) in zip(all_paths, histories, limits, strict=True)
    ]


def _crossing(paths: Floats, history: Series, side: Side, limit: float) -> Crossing:
    last = float(history.values[np.isfinite(history.values)][-1])
    return first_passage(paths, side, limit, history.step_s, beyond_now=is_beyond(last, side, limit))


def first_passage(paths: Floats, side: Side, limit: float, step_s: int, *, beyond_now: bool = False) -> Crossing:
    """Of paths ``(count, horizon)``."""
    beyond = is_beyond(paths, side, limit)
    crosses = beyond.any(axis=1)
    after = beyond[crosses].argmax(axis=1) * float(step_s)
    early, expected, late = (float(np.quantile(after, p)) if len(after) >= _ENOUGH else None for p in (0.1, 0.5, 0.9))
    probability = float(crosses.mean())
    return Crossing(side, limit, probability, paths.shape[1] * step_s, early, expected, late, beyond_now)
