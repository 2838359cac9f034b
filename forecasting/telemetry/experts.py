"""Seven plain forecasts of each window, how well each did lately, and their blend.

All are sums of what was read a day or a week before, so they follow any daily or weekly rhythm at once; the blend weighs each by
the inverse cube of its mean absolute error a day ahead over the last week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats
from forecasting.telemetry.seasonal_naive import smallest
from forecasting.telemetry.windows import Windows

_REACH = np.array([1, 7, 7, 7, 7, 8, 8])  # days back to what each must have read
_POWER = 3.0
_RECENT = 0.6  # weight of each day against the one after it


@dataclass(frozen=True, slots=True)
class Experts:
    """``ahead`` has shape ``(n, 7, horizon)``, ``errors`` ``(n, 7)``, ``blend`` ``(n, horizon)``; ``scale`` ``(n,)`` is the blend's error."""

    ahead: Floats
    errors: Floats
    blend: Floats
    scale: Floats


def consult(windows: Windows, horizon: int) -> Experts:
    """What the seven say of each window, in the points' units."""
    day, values = windows.day, windows.values
    size = values.shape[1]
    ahead = _at(values, day, size + np.arange(horizon, dtype=np.int64), size)
    lately = np.arange(size - 7 * day, size, dtype=np.int64)
    errors = _errors(windows, _at(values, day, lately, None), lately)
    errors = np.maximum(errors, smallest(windows)[:, None])
    weights = errors**-_POWER
    weights /= weights.sum(axis=1, keepdims=True)
    blend = np.einsum("nk,nkh->nh", weights, ahead)
    return Experts(ahead, errors, blend, (weights * errors).sum(axis=1))


def _at(values: Floats, day: int, steps: npt.NDArray[np.int64], known: int | None) -> Floats:
    """The seven at ``steps``, shape ``(n, 7, steps)``, from what came before ``known``; None: a day before each step."""
    week = 7 * day
    limit = steps - day + 1 if known is None else np.full(len(steps), known)
    back_day = steps - day * (-(-(steps - limit + 1) // day))
    back_week = steps - week * np.maximum(1, -(-(steps - limit + 1) // week))
    days = [values[:, back_day - day * k] for k in range(7)]
    weeks = [values[:, back_week - week * k] for k in range(3)]
    sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)

    def mean(end: npt.NDArray[np.int64], count: int) -> Floats:
        return (sums[:, end] - sums[:, end - count]) / count

    profile = np.mean(days, axis=0)
    shares = _RECENT ** np.arange(7)
    recent = np.tensordot(shares / shares.sum(), np.stack(days), axes=1)
    of_week = np.mean(weeks, axis=0)
    level = mean(limit, day)
    return np.stack(
        [
            days[0],
            weeks[0],
            profile,
            recent,
            of_week,
            weeks[0] + level - mean(limit - week, day),
            profile + level - mean(limit, week),
        ],
        axis=1,
    )


def _errors(windows: Windows, said: Floats, steps: npt.NDArray[np.int64]) -> Floats:
    """Mean absolute error of each, shape ``(n, 7)``, at the steps that were read and before which it had readings to go by.

    One that had none yet, in a history of a week or two, counts as the worst of the others: what is filled in repeats itself, and
    would make it look perfect.
    """
    first = windows.read.argmax(axis=1)
    has_past = steps[None, None, :] - windows.day * _REACH[None, :, None] >= first[:, None, None]
    counted = windows.read[:, None, steps] & has_past
    wrong = np.abs(said - windows.values[:, None, steps]) * counted
    times = counted.sum(axis=2)
    errors: Floats = wrong.sum(axis=2) / np.maximum(1, times)
    worst: Floats = np.where(times > 0, errors, 0.0).max(axis=1)
    return np.asarray(np.where(times > 0, errors, worst[:, None]), dtype=np.float64)
