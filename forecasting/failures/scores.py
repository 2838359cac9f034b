"""How good a failure model is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from forecasting.series import Floats

_metrics: Any = metrics  # partly typed


def average_precision(failed: Floats, risk: Floats) -> float:
    """Area under precision and recall; what chance reaches is the share that failed."""
    return float(_metrics.average_precision_score(failed, risk))


def area(failed: npt.NDArray[np.bool_], risk: Floats) -> float:
    """Area under the curve of true over false alarms: how often what failed was given the higher risk than what did not."""
    return float(_metrics.roc_auc_score(failed, risk))


def calibration_gap(failed: Floats, probability: Floats, bins: int = 10) -> float:
    """Mean distance between said and seen over bins of equal count (expected calibration error)."""
    parts = np.array_split(np.argsort(probability, kind="stable"), bins)
    gaps = [
        abs(float(failed[part].mean()) - float(probability[part].mean())) * len(part) for part in parts if len(part)
    ]
    return sum(gaps) / len(failed)
