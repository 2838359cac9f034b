"""Prophet on the last two weeks: flat trend, daily seasonality, spread from its own noise.

On windows this short a trend that bends is noise carried forward, so the trend is flat. Where the optimiser (L-BFGS) fails, Prophet
would go on with Newton's method, minutes for a single series; here that is the candidate's failure. A fit takes less than a
tenth of a second and is made anew for each history, so there is no Prophet object to keep: what is learnt is the calibration.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from forecasting.series import DAY_S, Floats, Series
from forecasting.telemetry.candidates import CandidateFailed, Guess
from forecasting.telemetry.seasonal_naive import smallest
from forecasting.telemetry.windows import Windows

_WEEKLY_FROM_DAYS = 28


@dataclass(frozen=True, slots=True)
class FlatProphet:
    """``days`` of history make a fit; from 28 on the week counts as well."""

    days: int = 14
    most_windows: int | None = 120

    @property
    def name(self) -> str:
        return f"Prophet, {self.days} days"

    @property
    def rank(self) -> int:
        return 3

    def fit(
        self, train: Sequence[Series], horizon: int, drivers: Sequence[Sequence[Series]] | None, seed: int
    ) -> FlatProphet:
        del train, horizon, drivers, seed
        return self

    def guess(self, windows: Windows, horizon: int) -> Guess:
        middle, spread = np.empty((len(windows), horizon)), np.empty(len(windows))
        count = self.days * windows.day
        for row in range(len(windows)):
            known = np.where(windows.read[row], windows.values[row], np.nan)[-count:]
            middle[row], spread[row] = self._one(known, int(windows.ends_s[row]), windows.step_s, horizon)
        wide = np.repeat(np.maximum(spread, smallest(windows))[:, None], horizon, axis=1)
        return Guess(middle, wide, wide)

    def _one(self, known: Floats, end_s: int, step_s: int, horizon: int) -> tuple[Floats, float]:
        times = end_s + step_s * np.arange(-len(known), horizon, dtype=np.int64)
        stamps = pd.to_datetime(times, unit="s")
        past = pd.DataFrame({"ds": stamps[: len(known)], "y": known})
        prophet, silenced = _libraries()
        model: Any = prophet(
            growth="flat",
            n_changepoints=0,
            uncertainty_samples=0,
            daily_seasonality=True,  # pyright: ignore[reportArgumentType]
            weekly_seasonality=len(known) * step_s >= _WEEKLY_FROM_DAYS * DAY_S,  # pyright: ignore[reportArgumentType]
            yearly_seasonality=False,  # pyright: ignore[reportArgumentType]
        )
        model.stan_backend.set_options(newton_fallback=False)
        try:
            with silenced():
                model.fit(past, algorithm="LBFGS")
            ahead = model.predict(pd.DataFrame({"ds": stamps[len(known) :]}))["yhat"].to_numpy(dtype=np.float64)
        except (RuntimeError, ValueError) as error:
            raise CandidateFailed(f"Prophet found no fit: {error}") from error
        noise = float(np.asarray(model.params["sigma_obs"], dtype=np.float64).mean() * model.y_scale)
        if not np.isfinite(ahead).all():
            raise CandidateFailed("Prophet's forecast is not finite")
        return ahead, noise


def _libraries() -> tuple[Any, Any]:
    """Prophet, and what silences the optimiser under it, which logs every fit.

    The import takes seconds and complains of a missing library for plots, so it happens when a fit is first asked for.
    """
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    return import_module("prophet").Prophet, import_module("cmdstanpy").disable_logging
