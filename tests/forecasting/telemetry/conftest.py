"""Series whose truth is known, and a small model of them."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.series import DAY_S, Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.seasonal_naive import SeasonalNaive

HOUR_S = 3600
START_S = 19_000 * DAY_S
SMALL = Settings(
    candidates=(SeasonalNaive("day"), SeasonalNaive("week"), Boosting(iterations=30, leaves=15)), windows=240
)


def ar1(days: int, seed: int, *, rho: float = 0.9, rhythm: float = 3.0) -> Series:
    """20 + a daily rhythm + an AR(1) process with unit shocks, hourly; ``rho`` 1 is a random walk."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=24 * days)
    state = np.zeros(24 * days)
    for step in range(1, len(state)):
        state[step] = rho * state[step - 1] + shocks[step]
    return Series(START_S, HOUR_S, 20 + rhythm * np.sin(2 * np.pi * np.arange(24 * days) / 24) + state)


@pytest.fixture(scope="session")
def make() -> Callable[..., Series]:
    return ar1


@pytest.fixture(scope="session")
def ar1_model() -> TelemetryModel:
    return fit([ar1(42, seed) for seed in range(12)], horizon=24, settings=SMALL)


@pytest.fixture(scope="session")
def walk_model() -> TelemetryModel:
    return fit([ar1(42, seed, rho=1.0, rhythm=0.0) for seed in range(12)], horizon=24, settings=SMALL)
