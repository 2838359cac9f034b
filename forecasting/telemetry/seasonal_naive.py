"""As at the same time a day, or a week, ago: the forecast that any other has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecasting.series import Floats, Series
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.windows import Windows


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """There is nothing to learn, so the candidate is the fitted forecast as well."""

    season: Literal["day", "week"] = "day"
    most_windows: int | None = None

    @property
    def name(self) -> str:
        return f"as the {self.season} before"

    @property
    def rank(self) -> int:
        return 0 if self.season == "day" else 1

    def fit(
        self, train: Sequence[Series], horizon: int, drivers: Sequence[Sequence[Series]] | None, seed: int
    ) -> SeasonalNaive:
        del train, horizon, drivers, seed
        return self

    def guess(self, windows: Windows, horizon: int) -> Guess:
        lag = windows.day * (1 if self.season == "day" else 7)
        middle = repeated(windows.values, lag, horizon)
        spread = np.empty_like(middle)
        for ahead in range(-(-horizon // lag)):
            spread[:, ahead * lag : (ahead + 1) * lag] = _change(windows, lag * (ahead + 1))[:, None]
        return Guess(middle, spread, spread)


def repeated(values: Floats, lag: int, horizon: int) -> Floats:
    """The last ``lag`` steps over and over, shape ``(n, horizon)``."""
    return values[:, values.shape[1] - lag + np.arange(horizon) % lag]


def _change(windows: Windows, lag: int) -> Floats:
    """Mean absolute change over ``lag`` steps where both ends were read, shape ``(n,)``; positive."""
    lag = min(lag, windows.values.shape[1] // 2)
    both = windows.read[:, lag:] & windows.read[:, :-lag]
    change = np.abs(windows.values[:, lag:] - windows.values[:, :-lag])
    mean = (change * both).sum(axis=1) / np.maximum(1, both.sum(axis=1))
    known = np.asarray(np.where(both.any(axis=1), mean, windows.values.std(axis=1)), dtype=np.float64)
    return np.maximum(known, smallest(windows))


def smallest(windows: Windows) -> Floats:
    """A spread below which no point is known, shape ``(n,)``: a thousandth of its range, for division."""
    return 1e-3 * np.ptp(windows.values, axis=1) + 1e-12
