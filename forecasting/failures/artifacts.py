"""The types that a stored model of failures holds beside numpy's and scikit-learn's own: all that skops is asked to trust."""

from __future__ import annotations

TRUSTED: tuple[str, ...] = (
    "forecasting.failures.life.baseline.Noise",
    "forecasting.failures.model_selection.FailingModel",
    "forecasting.failures.classifier.FailureModel",
    "forecasting.failures.classifier.Member",
    "forecasting.failures.life.intervals.Bands",
    "forecasting.failures.life.remaining_life.LifeModel",
    "forecasting.failures.life.run_to_failure.Lives",
    "forecasting.failures.survival.SurvivalModel",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
