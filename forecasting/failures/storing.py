"""The types that a stored model of failures holds beside numpy's and scikit-learn's own: all that skops is asked to trust."""

from __future__ import annotations

TRUSTED: tuple[str, ...] = (
    "forecasting.failures.baseline.Noise",
    "forecasting.failures.choosing.FailingModel",
    "forecasting.failures.classifier.FailureModel",
    "forecasting.failures.classifier.Member",
    "forecasting.failures.intervals.Bands",
    "forecasting.failures.life.LifeModel",
    "forecasting.failures.lives.Lives",
    "forecasting.failures.survival.SurvivalModel",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
