"""Statistical forecasts of the statsforecast package, to compare with: MSTL with AutoETS on what it leaves, AutoETS alone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from forecasting.series import Floats

_LEVEL = 80


def peer_forecasts(histories: Sequence[Floats], horizon: int, seasons: tuple[int, ...]) -> dict[str, Floats]:
    """By name, the 10%, 50% and 90% quantiles of each history, shape ``(n, horizon, 3)``; none without the package.

    MSTL takes all ``seasons``, AutoETS the first.
    """
    if find_spec("statsforecast") is None:
        return {}
    models: Any = import_module("statsforecast.models")
    makers = {
        "mstl": lambda: models.MSTL(season_length=list(seasons), trend_forecaster=models.AutoETS(model="ZZN")),
        "autoets": lambda: models.AutoETS(season_length=seasons[0]),
    }
    return {name: np.stack([_said(make(), one, horizon) for one in histories]) for name, make in makers.items()}


def _said(model: Any, history: Floats, horizon: int) -> Floats:
    said: dict[str, Floats] = model.forecast(y=history, h=horizon, level=[_LEVEL])
    return np.column_stack([said[f"lo-{_LEVEL}"], said["mean"], said[f"hi-{_LEVEL}"]])
