"""The probability of failing within some days, given that an asset has come this far.

A Weibull model with censoring, fitted by lifelines: what has not failed yet, or was renewed in time, counts for as long as it was
watched. Weibull is the one distribution that is an accelerated-failure-time and a proportional-hazards model at once, so covariates
may change from piece to piece of a spell (late entry, Kalbfleisch & Prentice 2002, ch. 6):

    H(t | x) = (t / exp(b0 + b·x))^rho       P(fails within d | survived t) = 1 − exp(H(t) − H(t + d))
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lifelines import WeibullAFTFitter
from lifelines.exceptions import ConvergenceError, ConvergenceWarning
from lifelines.utils import concordance_index  # pyright: ignore[reportUnknownVariableType]

from forecasting.failures.minimum_data import NEED_FAILURES, require_failures
from forecasting.failures.renewal_intervals import Piece
from forecasting.series import Floats, NotEnoughData

_PENALTY = 0.01  # ridge on standardised covariates: without it a covariate that separates the failures runs to infinity


@dataclass(frozen=True)
class SurvivalModel:
    """``shape`` is Weibull's rho: above 1 the asset wears out, below 1 it dies young. Covariates are standardised by ``centre`` and
    ``scale``; ``weights`` act on the log of the time scale (negative: shortens life)."""

    names: list[str]
    centre: Floats
    scale: Floats
    weights: Floats
    log_scale: float
    shape: float
    failures: int

    def failing_within(self, days: float, so_far: float, known: Mapping[str, float]) -> float:
        """Probability of a failure in the coming ``days``, ``so_far`` days after the last renewal.

        A covariate that is not known counts as the fleet's mean.
        """
        return -float(np.expm1(-self.hazard(so_far, so_far + days, known)))

    def hazard(self, begin: float, end: float, known: Mapping[str, float]) -> float:
        """Cumulative hazard between two ages in days."""
        log_scale = self.log_scale + float(self._standardised(known) @ self.weights)
        power = self.shape * (np.log(np.maximum([begin, end], 1e-9)) - log_scale)
        low, high = np.exp(np.minimum(power, 50.0))
        return float(high - low)

    def median_days(self, so_far: float, known: Mapping[str, float]) -> float:
        """Days until half of the assets like this one have failed."""
        return self.days_until(0.5, so_far, known)

    def days_until(self, share: float, so_far: float, known: Mapping[str, float]) -> float:
        """Days until that share of the assets like this one have failed."""
        log_scale = self.log_scale + float(self._standardised(known) @ self.weights)
        passed = (max(so_far, 0.0) / np.exp(log_scale)) ** self.shape
        return float(np.exp(log_scale) * (passed - np.log1p(-share)) ** (1 / self.shape) - so_far)

    def factors(self, known: Mapping[str, float]) -> dict[str, float]:
        """By which factor each covariate multiplies the hazard, against the fleet's mean."""
        parts = -self.shape * self.weights * self._standardised(known)
        return {name: float(np.exp(part)) for name, part in zip(self.names, parts, strict=True)}

    def _standardised(self, known: Mapping[str, float]) -> Floats:
        values = np.array([known.get(name, np.nan) for name in self.names], dtype=np.float64)
        return np.nan_to_num((values - self.centre) / self.scale)


def fit(pieces: Sequence[Piece], need: int = NEED_FAILURES) -> SurvivalModel:
    """A model of these pieces of spells. Covariates that never change are left out.

    Raises ``TooFewFailures`` under ``need`` failures, and ``NotEnoughData`` where the fit does not settle.
    """
    failed = sum(piece.failed for piece in pieces)
    require_failures(failed, need)
    names = sorted({name for piece in pieces for name in piece.known})
    table = np.array([[piece.known.get(name, np.nan) for name in names] for piece in pieces]).reshape(len(pieces), -1)
    centre, scale = _moments(table)
    kept = scale > 1e-9
    names = [name for name, keep in zip(names, kept, strict=True) if keep]
    centre, scale = centre[kept], scale[kept]
    standard = np.nan_to_num((table[:, kept] - centre) / scale)
    weights, log_scale, shape = _weibull(pieces, standard)
    return SurvivalModel(names, centre, scale, weights, log_scale, shape, failed)


def concordance(model: SurvivalModel, pieces: Sequence[Piece], days: float) -> float:
    """Of two pieces of which one failed first, how often its asset was given the higher probability (Harrell's C)."""
    # Rounded, so that equal risks are ties whatever the last bits say.
    risk = [round(model.failing_within(days, piece.entry, piece.known), 9) for piece in pieces]
    watched: list[float] = [piece.exit - piece.entry for piece in pieces]
    return float(concordance_index(watched, [-one for one in risk], [piece.failed for piece in pieces]))


def _moments(table: Floats) -> tuple[Floats, Floats]:
    if not table.shape[1]:
        return np.zeros(0), np.zeros(0)
    return np.nanmean(table, axis=0), np.nanstd(table, axis=0)


def _weibull(pieces: Sequence[Piece], standard: Floats) -> tuple[Floats, float, float]:
    columns = [f"x{index}" for index in range(standard.shape[1])]
    frame = pd.DataFrame(dict(zip(columns, standard.T, strict=True)))
    frame["entry"] = [piece.entry for piece in pieces]
    frame["exit"] = [max(piece.exit, piece.entry + 1e-6) for piece in pieces]
    frame["failed"] = [piece.failed for piece in pieces]
    fitter: Any = WeibullAFTFitter(penalizer=_PENALTY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", ConvergenceWarning)
            fitter.fit(frame, "exit", event_col="failed", entry_col="entry")
    except (ConvergenceError, ConvergenceWarning) as error:
        raise NotEnoughData(0, 0, "the survival model does not settle on these failures") from error
    scale = fitter.params_["lambda_"]
    weights = np.array([float(scale[column]) for column in columns], dtype=np.float64)
    return weights, float(scale["Intercept"]), float(np.exp(fitter.params_["rho_"]["Intercept"]))
