"""What a forecast cannot go beyond, in its middle, at both ends of its interval, and on every path."""

from collections.abc import Callable

import numpy as np
import pytest

from forecasting.jobs.point_forecasts import within
from forecasting.plant_points import Measured
from forecasting.series import Series
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.conformal import Calibration
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.plausibility.within import Within
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from forecasting.telemetry.windows import Windows
from graph_schema.ontology.physical import nature

WIDE = Calibration(np.repeat(np.linspace(-9, 9, 61)[:, None], 48, axis=1))


class Wild:
    """An own model that knows no bounds."""

    name = "wild"

    def guess(self, windows: Windows, horizon: int) -> Guess:
        middle = np.tile(np.linspace(-500, 500, horizon), (len(windows), 1))
        return Guess(middle, np.ones_like(middle), np.ones_like(middle))


def point(quantity: str, unit: str | None, **known: object) -> Measured:
    return Measured("p", "P", quantity, unit, "d/p", None, None, "a", "A", None, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quantity", "unit", "low", "high"),
    [
        ("electric_power", "kW", 0, np.inf),
        ("electric_power", "W", 0, np.inf),
        ("water_flow", "L/s", 0, np.inf),
        ("supply_air_flow", "cfm", 0, np.inf),
        ("zone_air_humidity", "%", 0, 100),
        ("valve_position_command", "%", 0, 100),
        ("damper_position", "%", 0, 100),
        ("zone_co2_level", "ppm", 0, np.inf),
        ("leaving_chilled_water_pressure", "kPa", 0, np.inf),
        ("power_factor", None, -1, 1),
        ("mystery", "m³/h", 0, np.inf),
        ("mystery", "furlong", -np.inf, np.inf),
    ],
)
@pytest.mark.parametrize("fitted", [SeasonalNaive("day"), Wild()])
def test_point_and_interval_forecasts_and_paths_keep_what_the_quantity_can_be(
    quantity: str, unit: str | None, low: float, high: float, fitted: SeasonalNaive | Wild
):
    span = (0.1, 1.0) if high == 1 else (1.0, 99.0)
    hours = np.arange(24 * 21)
    read = Series(0, 3600, span[0] + (span[1] - span[0]) * (1 + np.sin(2 * np.pi * hours / 24)) / 2)
    held = within(point(quantity, unit))
    assert (held.low, held.high) == (low, high)
    model = TelemetryModel(fitted, WIDE, 48, 3600, ())
    found = model.forecast(read, 48, within=held).quantiles
    (again,) = model.forecast_many([read], 48, within=[held])
    np.testing.assert_array_equal(again.quantiles, found)  # type: ignore[union-attr]
    for values in (found, model.paths(read, 48, 200, 1, within=held)):
        assert values.min() >= low
        assert values.max() <= high
    assert (np.diff(found, axis=1) >= 0).all()


def test_the_range_of_the_instrument_tightens_and_is_in_the_points_unit():
    held = within(point("electric_power", "kW", range_low=None, range_high=40.0))
    assert (held.low, held.high) == (0, 40)
    held = within(point("zone_air_temperature", "°F", range_low=32.0, range_high=122.0))
    assert (held.low, held.high) == (32, 122)


@pytest.mark.parametrize("kind", [None, "counter"])
def test_a_counter_never_falls_from_its_last_reading_on(kind: str | None, make: Callable[..., Series]):
    del make
    read = Series(0, 3600, 1000 + 3.0 * np.arange(24 * 21))
    held = within(point("electric_energy" if kind is None else "mystery", "kWh", series_kind=kind))
    assert held.rises
    model = TelemetryModel(SeasonalNaive("day"), WIDE, 48, 3600, ())
    quantiles = model.forecast(read, 48, within=held).quantiles
    assert quantiles.min() >= read.values[-1]
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert (np.diff(model.paths(read, 48, 50, 1, within=held), axis=1) >= 0).all()
    assert not within(point("electric_energy", "kWh", series_kind="amount")).rises


def test_a_meter_that_counts_what_is_fed_back_is_not_held_above_nothing_and_one_with_a_glitch_is():
    hours = np.arange(24 * 21)
    both_ways = Series(0, 3600, 50 * np.sin(2 * np.pi * hours / 24))
    assert Within(0).fitted_to(both_ways).low == both_ways.values.min()
    glitch = np.full(24 * 21, 10.0)
    glitch[5] = -3
    assert Within(0).fitted_to(Series(0, 3600, glitch)).low == 0


def test_power_that_is_fed_back_and_reactive_power_have_no_end_of_their_own():
    assert nature("reactive_power", "kvar").low is None
    assert nature("electric_power", "kW").low == 0
