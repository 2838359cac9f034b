"""One boosted model of many series: quantiles of how far the value will be from a blend of plain forecasts.

Inputs and target carry no unit (they are in units of each series' own error), so one model serves thousands of points, also those it
has never seen, and forecasts a batch of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor

from forecasting.series import Floats, Series
from forecasting.telemetry.candidates import CandidateFailed, Guess
from forecasting.telemetry.features import tabulated
from forecasting.telemetry.windows import NEED_DAYS, Windows, common_step, outcomes, steps_of_a_day, windows

_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9
_MOST_ROWS = 150_000
_STEPS_OF_A_WINDOW = 12  # of a window's horizon; neighbours tell the same
_TABLE_ROWS = 400_000  # predicted at once: some 100 MB
_UNKNOWN_AHEAD = 0.5  # share of training windows whose drivers are hidden from the origin on
_NARROWEST = 0.05  # of the series' own error


@dataclass(frozen=True, slots=True)
class Boosting:
    """The settings. ``calendar``: the time of day and the day of the week mean something (times are real).

    A leaf holds at least ``leaf_rows``, and as many rows as ``leaf_days`` of one series give: rows of a day overlap, and are no more
    evidence the more of them there are. ``history_days`` of more than a year let the model have seen the season that comes.
    """

    calendar: bool = True
    iterations: int = 150
    learning_rate: float = 0.06
    leaves: int = 31
    leaf_rows: int = 60
    leaf_days: float = 3.0
    history_days: float = 400.0
    most_windows: int | None = None

    @property
    def name(self) -> str:
        return "boosting"

    @property
    def rank(self) -> int:
        return 2

    def fit(
        self, train: Sequence[Series], horizon: int, drivers: Sequence[Sequence[Series]] | None, seed: int
    ) -> BoostedQuantiles:
        """Raises ``CandidateFailed`` where no series holds a week before and a horizon after some origin."""
        rng = np.random.default_rng(seed)
        origins = _origins(train, horizon, self.history_days, rng)
        if not sum(len(one) for one in origins):
            raise CandidateFailed("no series is long enough to learn from")
        rows, targets = self._rows(train, origins, horizon, drivers, rng)
        leaf_rows = max(self.leaf_rows, round(self.leaf_days * len(rows) / _days(train, horizon, self.history_days)))
        made: dict[float, Any] = {
            level: HistGradientBoostingRegressor(
                loss="quantile",
                quantile=level,
                max_iter=self.iterations,
                learning_rate=self.learning_rate,
                max_leaf_nodes=self.leaves,
                min_samples_leaf=leaf_rows,
                l2_regularization=1.0,
                early_stopping=False,  # pyright: ignore[reportArgumentType]
                random_state=seed,
            ).fit(rows, targets)
            for level in (_LOW, _MIDDLE, _HIGH)
        }
        return BoostedQuantiles(made[_LOW], made[_MIDDLE], made[_HIGH], self.calendar)

    def _rows(
        self,
        train: Sequence[Series],
        origins: Sequence[Sequence[int]],
        horizon: int,
        drivers: Sequence[Sequence[Series]] | None,
        rng: np.random.Generator,
    ) -> tuple[Floats, Floats]:
        rows: list[Floats] = []
        targets: list[Floats] = []
        for first in range(0, len(train), 50):
            part, of_part = train[first : first + 50], origins[first : first + 50]
            if not sum(len(one) for one in of_part):
                continue
            given = windows(part, of_part, horizon, drivers[first : first + 50] if drivers else None)
            hidden = rng.random(len(given)) < _UNKNOWN_AHEAD
            given.drivers[hidden, :, given.values.shape[1] :] = np.nan
            came = outcomes(part, of_part, horizon)
            table = tabulated(given, horizon, calendar=self.calendar)
            target = (came - table.base) / table.scale[:, None]
            chosen = rng.random(target.shape) < _STEPS_OF_A_WINDOW / horizon
            chosen &= np.isfinite(target) & _said(given)[:, None]
            rows.append(table.rows[chosen])
            targets.append(target[chosen])
        x, y = np.concatenate(rows), np.concatenate(targets)
        if len(y) > _MOST_ROWS:
            kept = rng.choice(len(y), _MOST_ROWS, replace=False)
            x, y = x[kept], y[kept]
        if len(y) < 4 * self.leaf_rows:
            raise CandidateFailed("there are too few readings to learn from")
        return x, y


@dataclass(frozen=True)
class BoostedQuantiles:
    """Three fitted estimators (10%, 50%, 90%) of targets as ``features.tabulated`` defines them."""

    low: HistGradientBoostingRegressor
    centre: HistGradientBoostingRegressor
    high: HistGradientBoostingRegressor
    calendar: bool

    @property
    def name(self) -> str:
        return "boosting"

    def guess(self, windows: Windows, horizon: int) -> Guess:
        parts = [np.empty((len(windows), horizon)) for _ in range(3)]
        most = max(1, _TABLE_ROWS // horizon)
        for first in range(0, len(windows), most):
            rows = slice(first, first + most)
            table = tabulated(windows.take(rows), horizon, calendar=self.calendar)
            flat = table.rows.reshape(-1, table.rows.shape[2])
            scale = table.scale[:, None]
            low, middle, high = (_predicted(one, flat, table.base.shape) for one in (self.low, self.centre, self.high))
            parts[0][rows] = table.base + scale * middle
            parts[1][rows] = scale * np.maximum(middle - low, _NARROWEST)
            parts[2][rows] = scale * np.maximum(high - middle, _NARROWEST)
        return Guess(*parts)


def _predicted(estimator: Any, rows: Floats, shape: tuple[int, ...]) -> Floats:
    return np.asarray(estimator.predict(rows), dtype=np.float64).reshape(shape)


def _said(given: Windows) -> npt.NDArray[np.bool_]:
    """The windows in which enough was read, shape ``(n,)``: before the first reading a window has no error to be a unit."""
    enough = given.read.sum(axis=1) >= NEED_DAYS * given.day / 2
    return enough & (np.ptp(given.values, axis=1) > 0)


def _rooms(train: Sequence[Series], horizon: int, history_days: float) -> list[int]:
    """Of each series, the steps that can be origins."""
    day = steps_of_a_day(common_step(train))
    need, longest = int(NEED_DAYS * day), int(history_days * day)
    return [max(0, min(len(one) - horizon - need, longest)) for one in train]


def _days(train: Sequence[Series], horizon: int, history_days: float) -> float:
    """Days of all series together that are learnt from."""
    return max(1.0, sum(_rooms(train, horizon, history_days)) / steps_of_a_day(common_step(train)))


def _origins(train: Sequence[Series], horizon: int, history_days: float, rng: np.random.Generator) -> list[list[int]]:
    """Origins with a week of history before and a horizon after, evenly spread with a random phase; enough for ``_MOST_ROWS``."""
    day = steps_of_a_day(common_step(train))
    rooms = _rooms(train, horizon, history_days)
    wanted = 1.3 * _MOST_ROWS / min(_STEPS_OF_A_WINDOW, horizon)
    stride = max(1, round(sum(rooms) / wanted))
    stride += (
        stride > 1 and stride % 2 == 0 and day % 2 == 0
    )  # an even stride would meet the same hours again and again
    found: list[list[int]] = []
    for one, room in zip(train, rooms, strict=True):
        last = len(one) - horizon
        found.append(list(range(last - int(rng.integers(0, stride)), last - room, -stride)) if room else [])
    return found
