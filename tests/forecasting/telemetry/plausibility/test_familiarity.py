"""What history has not seen is not forecast."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.series import Series
from forecasting.telemetry.plausibility.familiarity import unfamiliar
from forecasting.telemetry.plausibility.within import Within


def shifted(series: Series, by: float, hours: int) -> Series:
    values = series.values.copy()
    values[-hours:] += by
    return Series(series.start_s, series.step_s, values)


@pytest.mark.parametrize("by", [-60.0, 60.0])
@pytest.mark.parametrize("hours", [6, 24, 60])
def test_a_level_that_never_was_is_told_with_its_numbers(make: Callable[..., Series], by: float, hours: int):
    reason = unfamiliar(shifted(make(40, 1), by, hours))
    assert reason
    assert "of late, and between" in reason


def test_a_new_level_is_forecast_again_once_it_has_lasted(make: Callable[..., Series]):
    assert unfamiliar(shifted(make(40, 1), 60, 24 * 4)) is None


def test_usual_days_a_short_history_and_a_counter_are_none_of_it(make: Callable[..., Series]):
    for seed in range(40):
        assert unfamiliar(make(40, seed)) is None
    assert unfamiliar(shifted(make(8, 1), 60, 6)) is None
    counted = Series(0, 3600, np.arange(24.0 * 40) ** 2)
    assert unfamiliar(counted, Within(rises=True)) is None
