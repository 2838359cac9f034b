"""What a forecast says of its own numbers."""

import numpy as np
import pytest

from forecasting.telemetry.result import Forecast, checked_levels


def test_intervals_and_levels_between_are_read_off_the_quantiles():
    forecast = Forecast(3600, 60, (0.1, 0.5, 0.9), np.array([[1.0, 2.0, 4.0], [2.0, 3.0, 5.0]]), "any")
    assert forecast.times_s.tolist() == [3600, 3660]
    assert forecast.median.tolist() == [2.0, 3.0]
    low, high = forecast.interval(0.8)
    assert (low.tolist(), high.tolist()) == ([1.0, 2.0], [4.0, 5.0])
    assert forecast.at(0.7).tolist() == pytest.approx([3.0, 4.0])
    with pytest.raises(ValueError, match=r"levels from 0\.1 to 0\.9"):
        forecast.at(0.95)


@pytest.mark.parametrize("levels", [(), (0.0, 0.5), (0.5, 1.0), (0.5, 0.5), (0.9, 0.1)])
def test_levels_have_to_grow_between_0_and_1(levels: tuple[float, ...]):
    with pytest.raises(ValueError, match="levels have to grow"):
        checked_levels(levels)
