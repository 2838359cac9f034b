from datetime import UTC, datetime

import numpy as np
import pytest

from ingestion.simulator.physics.weather import weather

YEAR = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000) + np.arange(0, 365 * 24, dtype=np.int64) * 3_600_000


@pytest.fixture(scope="module")
def year():
    return weather(7, 33.95, -117.4, YEAR)


def test_summer_is_warmer_than_winter(year):
    months = (YEAR - YEAR[0]) // (30 * 24 * 3_600_000)
    assert year.temperature[months == 6].mean() > year.temperature[months == 0].mean() + 8


def test_the_southern_hemisphere_has_its_summer_in_january():
    south = weather(7, -33.9, 151.2, YEAR)
    assert south.temperature[: 30 * 24].mean() > south.temperature[180 * 24 : 210 * 24].mean() + 5


def test_afternoons_are_warmer_than_early_mornings(year):
    local = (YEAR / 3_600_000 - 8) % 24
    assert year.temperature[local == 15].mean() > year.temperature[local == 5].mean() + 6


def test_the_sun_shines_by_day_only(year):
    local = (YEAR / 3_600_000 - 8) % 24
    assert year.irradiance[local == 0].max() == 0
    assert 600 < year.irradiance[local == 12].max() < 1050


def test_moist_air_is_consistent(year):
    assert np.all(year.dew_point < year.temperature)
    assert np.all(year.wet_bulb < year.temperature + 0.05)
    assert np.all((year.humidity > 5) & (year.humidity < 100))


def test_rain_is_rare(year):
    assert 0.01 < (year.rain > 0.1).mean() < 0.25
    assert year.rain.max() < 20
