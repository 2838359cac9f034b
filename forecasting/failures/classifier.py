"""The probability that an asset fails within a horizon, from what its windows say: trees, calibrated out of fold.

Per fold of assets gradient boosting and extremely randomised trees, which err differently where failures are few; their mean
log-odds are the score. What they say of assets that they have not seen is set against what happened (Platt scaling), so that a probability of 0.2 means two of ten. Rows of one asset stay in one fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from forecasting.failures.minimum_data import NEED_FAILURES, require_failures
from forecasting.series import Floats

_LEAST = 3e-4  # a share of trees says no more than this


@dataclass(frozen=True)
class Cause:
    """A feature that raises the risk: ``effect`` is how much the probability falls when it alone is the fleet's median."""

    feature: str
    effect: float
    value: float
    usual: float

    @property
    def words(self) -> str:
        """Such as “pressure slope 0.4, usually 0.01”."""
        return f"{self.feature} {self.value:.3g}, usually {self.usual:.3g}"


@dataclass(frozen=True)
class Member:
    """What is fitted to all folds but one. The trees count twice: where failures are few they are the steadier of the two."""

    booster: HistGradientBoostingClassifier
    trees: ExtraTreesClassifier

    def log_odds(self, rows: Floats) -> Floats:
        chances = np.asarray(self.trees.predict_proba(rows), dtype=np.float64)[:, 1]
        inside = np.clip(chances, _LEAST, 1 - _LEAST)
        boosted = np.asarray(self.booster.decision_function(rows), dtype=np.float64)
        return (boosted + 2 * np.log(inside / (1 - inside))) / 3


@dataclass(frozen=True)
class FailureModel:
    """``members`` are those of the folds, ``usual`` the median of each feature among rows without a failure."""

    names: list[str]
    members: list[Member]
    intercept: float
    slope: float
    usual: Floats
    failures: int

    def probability(self, rows: Floats) -> Floats:
        """Calibrated probabilities of a failure; ``rows`` is (n, features), NaN where a feature is not known."""
        return _logistic(self.intercept + self.slope * self._score(rows))

    def causes(self, row: Floats, most: int = 5) -> list[Cause]:
        """The features that raise the risk of one row ``(features,)``, the strongest first."""
        swapped = np.where(np.eye(len(row), dtype=bool), self.usual, row)
        chances = self.probability(np.vstack([row, swapped]))
        effects = chances[0] - chances[1:]
        order: list[int] = np.argsort(-effects, kind="stable").tolist()[:most]
        return [
            Cause(self.names[i], float(effects[i]), float(row[i]), float(self.usual[i]))
            for i in order
            if effects[i] > 1e-4
        ]

    def _score(self, rows: Floats) -> Floats:
        return np.mean([member.log_odds(rows) for member in self.members], axis=0)


def fit(
    rows: Floats,
    failed: npt.NDArray[np.bool_],
    assets: Sequence[str],
    *,
    names: Sequence[str],
    folds: int = 10,
    need: int = NEED_FAILURES,
    seed: int = 0,
) -> FailureModel:
    """A model of rows ``(n, features)`` of which ``failed`` says what followed, each of the asset named in ``assets``.

    Raises ``TooFewFailures`` under ``need`` rows, or under two assets, with a failure.
    """
    require_failures(int(failed.sum()), need)
    owners = np.unique(np.array(assets), return_inverse=True)[1]
    troubled = len(np.unique(owners[failed]))
    require_failures(troubled, 2, "assets that have failed")
    members: list[Member] = []
    unseen = np.zeros(len(rows))
    split = StratifiedGroupKFold(min(folds, troubled), shuffle=True, random_state=seed)
    for fold, (others, mine) in enumerate(split.split(rows, failed, owners)):
        member = Member(_booster(seed + fold), _trees(seed + fold))
        member.booster.fit(rows[others], failed[others])
        member.trees.fit(rows[others], failed[others])
        unseen[mine] = member.log_odds(rows[mine])
        members.append(member)
    platt: Any = LogisticRegression(C=1e6)
    platt.fit(unseen[:, None], failed)
    usual = np.nanmedian(rows[~failed], axis=0)
    return FailureModel(
        list(names), members, float(platt.intercept_[0]), float(platt.coef_[0, 0]), usual, int(failed.sum())
    )


def _booster(seed: int) -> HistGradientBoostingClassifier:
    """Small steps and small trees: failures are few."""
    return HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.05,
        max_leaf_nodes=15,
        min_samples_leaf=10,
        l2_regularization=1.0,
        early_stopping=False,  # pyright: ignore[reportArgumentType]
        random_state=seed,
    )


def _trees(seed: int) -> ExtraTreesClassifier:
    return ExtraTreesClassifier(100, max_features=1.0, min_samples_leaf=2, random_state=seed)  # pyright: ignore[reportArgumentType]


def _logistic(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))
