"""Remaining useful life: how many steps an asset has left, with an interval and the signals that say so.

Signals are seen as deviations from the asset's own first steps, so its age is not needed; where it is known it helps. A linear
health index joins the signals (it is steadier than any of them), and gradient boosting turns index, deviations, slopes and levels
into steps left. Far from its end a machine shows nothing, so life is learnt up to a ``cap``; intervals are those of the uncapped life.
Several regressors, each blind to a fifth of the assets: their mean predicts, and the mean of those that have not seen an asset makes
the errors that the interval is built from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold

from forecasting.failures.life import baseline, drivers
from forecasting.failures.life.drivers import Driver
from forecasting.failures.life.intervals import Bands, bands
from forecasting.failures.life.runs import Run
from forecasting.failures.minimum_data import NEED_FAILURES, require_failures
from forecasting.series import Floats

CAP = 125.0  # steps; the convention for C-MAPSS (Heimes 2008)


@dataclass(frozen=True)
class Life:
    """Steps left: ``expected``, and an interval that holds 90 of 100 true lives. ``drivers`` shorten it, the strongest first."""

    expected: float
    low90: float
    high90: float
    drivers: list[Driver]


@dataclass(frozen=True)
class LifeModel:
    """A fitted model; ``members`` are the regressors of the folds, ``healthy`` the features of the fleet at its normal."""

    names: list[str]
    cap: float
    use_age: bool
    noise: baseline.Noise
    index_weights: Floats
    members: list[HistGradientBoostingRegressor]
    bands: Bands
    failures: int

    def predict(self, history: Run) -> Life:
        """The life left after the last step. Raises ``NotEnoughData`` under 30 steps."""
        signals = baseline.cleaned(history.signals)
        expected = float(self.expected([history])[0])
        low, high = self.bands.around(expected)
        return Life(expected, low, high, self._drivers(signals, history.last_age, expected))

    def expected(self, histories: Sequence[Run]) -> Floats:
        """Steps left after the last step of each, without intervals and drivers; shape ``(histories,)``."""
        rows = [self._table(baseline.cleaned(one.signals), one.last_age)[-1] for one in histories]
        return self._mean(np.array(rows))

    def _mean(self, table: Floats) -> Floats:
        return np.clip(np.mean([_predicted(member, table) for member in self.members], axis=0), 0.0, self.cap)

    def _table(self, signals: Floats, last_age: float) -> Floats:
        return _table(signals, last_age if self.use_age else None, self.noise, self.index_weights)

    def _drivers(self, signals: Floats, last_age: float, expected: float) -> list[Driver]:
        """What each signal takes off the life: the life with that signal alone put back to normal, less the life as it is."""
        rows: list[Floats] = []
        for column in range(signals.shape[1]):
            mended = signals.copy()
            mended[:, column] = baseline.normal(signals)[column]
            rows.append(self._table(mended, last_age)[-1])
        gains = self._mean(np.array(rows)) - expected
        return drivers.ranked(self.names, gains, signals, self.noise)


def fit(
    runs: Sequence[Run],
    *,
    names: Sequence[str],
    use_age: bool = True,
    cap: float = CAP,
    folds: int = 5,
    repeats: int = 2,
    every: int = 2,
    need: int = NEED_FAILURES,
    seed: int = 0,
) -> LifeModel:
    """A model of these runs: ``repeats`` times ``folds`` regressors on every second (third, …) step, as neighbours are alike. Of an asset that has not failed, the steps that lie ``cap`` or more before its last one count.

    Raises ``TooFewFailures`` under ``need`` runs that ended in a failure; runs under 30 steps are left out.
    """
    long = [run for run in runs if len(run) >= baseline.STEPS]
    failed = sum(run.failed for run in long)
    require_failures(failed, need)
    histories = [baseline.cleaned(run.signals) for run in long]
    fleet = baseline.noise(histories)
    left = [_left(run, cap) for run in long]
    weights = _index_weights(histories, left, fleet, cap)
    tables = [
        _table(signals, run.last_age if use_age else None, fleet, weights)
        for run, signals in zip(long, histories, strict=True)
    ]
    known = [np.isfinite(steps) & (np.arange(len(steps))[::-1] % every == 0) for steps in left]
    table = np.vstack([rows[keep] for rows, keep in zip(tables, known, strict=True)])
    true = np.concatenate([steps[keep] for steps, keep in zip(left, known, strict=True)])
    asset_of = np.repeat(np.arange(len(long)), [int(keep.sum()) for keep in known])
    owners = _owners([run.asset for run in long])[asset_of]
    uncensored = np.array([run.failed for run in long])[asset_of]
    members: list[HistGradientBoostingRegressor] = []
    unseen = np.zeros(len(true))
    for repeat in range(repeats):
        split = GroupKFold(min(folds, failed), shuffle=True, random_state=seed + repeat)
        for others, mine in split.split(table, groups=owners):
            member = _regressor(seed + len(members))
            member.fit(table[others], np.minimum(true[others], cap))
            unseen[mine] += np.clip(_predicted(member, table[mine]), 0.0, cap) / repeats
            members.append(member)
    found = bands(unseen[uncensored], true[uncensored], owners[uncensored])
    return LifeModel(list(names), cap, use_age, fleet, weights, members, found, failed)


def _left(run: Run, cap: float) -> Floats:
    """Steps left from the 30th step on; NaN where it is not known, at least ``cap`` where only that is."""
    steps = np.arange(len(run) - baseline.STEPS, -1, -1, dtype=np.float64)
    return steps if run.failed else np.where(steps >= cap, steps, np.nan)


def _owners(assets: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A number for each asset; a rebuilt asset has several runs and stays in one fold."""
    return np.unique(np.array(assets), return_inverse=True)[1].astype(np.int64)


def _index_weights(histories: Sequence[Floats], left: Sequence[Floats], fleet: baseline.Noise, cap: float) -> Floats:
    away = np.vstack([fleet.deviations(signals)[baseline.STEPS - 1 :] for signals in histories])
    steps = np.concatenate(left)
    known = np.isfinite(steps)
    ridge = RidgeCV(np.logspace(-2, 3, 6)).fit(away[known], np.minimum(steps[known], cap))
    return np.asarray(ridge.coef_, dtype=np.float64)


def _table(signals: Floats, last_age: float | None, fleet: baseline.Noise, weights: Floats) -> Floats:
    parts = [baseline.features(signals, fleet), baseline.index_features(fleet.deviations(signals) @ weights)]
    if last_age is not None:
        ages = last_age - np.arange(len(signals) - baseline.STEPS, -1, -1)
        parts.append(ages[:, None].astype(np.float64))
    return np.hstack(parts)


def _regressor(seed: int) -> HistGradientBoostingRegressor:
    """Chosen by grouped cross-validation on the training engines of C-MAPSS FD001."""
    return HistGradientBoostingRegressor(
        max_iter=150,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=30,
        l2_regularization=10.0,
        max_features=0.25,
        random_state=seed,
    )


def _predicted(member: HistGradientBoostingRegressor, table: Floats) -> Floats:
    return np.asarray(member.predict(table), dtype=np.float64)
