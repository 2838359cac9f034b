"""Pictures of signals, as numbers: what was read, what is foretold, and the limits."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from forecasting.plant_points import Measured
from forecasting.series import Series
from tools.results.result import Chart, ChartLine


def chart_of(point: Measured, series: Series) -> Chart:
    """The readings of a point with its limits; steps without any are left out."""
    return Chart(title=point.name, unit=point.unit, low=point.low, high=point.high, lines=[line("read", series)])


def line(name: str, series: Series) -> ChartLine:
    """A series as a line."""
    known = np.isfinite(series.values)
    return ChartLine(
        name=name,
        at=[datetime.fromtimestamp(int(t), UTC) for t in series.times_s[known]],
        values=[float(f"{value:.5g}") for value in series.values[known]],
    )
