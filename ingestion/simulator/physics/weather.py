"""Weather at a site as a function of the moment: seasons, days, fronts, clouds and rain."""

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.physics.noise import Floats, Times, channels, smooth

_CHANNELS = channels(["front", "long front", "cloud", "rain", "wind", "gust"], "weather")


@dataclass(frozen=True, slots=True)
class Weather:
    """One value for each moment: °C, °C, %, °C, W/m² on the horizontal, degrees (sun), m/s, mm/h, lx."""

    temperature: Floats
    dew_point: Floats
    humidity: Floats
    wet_bulb: Floats
    irradiance: Floats
    sun_azimuth: Floats
    wind: Floats
    rain: Floats
    illuminance: Floats


def weather(seed: int, latitude: float, longitude: float, at: Times) -> Weather:
    """A mild climate whose mean and seasons follow from the latitude."""
    hours = at / 3_600_000
    noise = _curves(seed, hours)
    elevation, azimuth = _sun(latitude, longitude, hours)
    season = np.cos(2 * np.pi * (hours / 24 / 365.25 - 0.56)) * np.sign(latitude or 1.0)
    cloud = np.clip(0.35 + 0.55 * noise[2] - 0.25 * noise[0] - 0.18 * season, 0, 1)
    fronts = 2.6 * noise[0] + 2.2 * noise[1]
    mean = 30 - 0.35 * abs(latitude) + 0.2 * abs(latitude) * season + fronts
    solar_hour = (hours + longitude / 15) % 24
    irradiance = 1000 * np.clip(np.sin(elevation), 0, None) ** 1.15 * (1 - 0.75 * cloud**2)
    swing = (6.5 - 3.0 * cloud) * np.cos(2 * np.pi * (solar_hour - 15) / 24)
    temperature = mean + swing
    dew_point = np.minimum(mean - 9 + 4 * cloud + 2 * noise[3], temperature - 0.6)
    humidity = 100 * _vapour(dew_point) / _vapour(temperature)
    return Weather(
        temperature=temperature,
        dew_point=dew_point,
        humidity=humidity,
        wet_bulb=_wet_bulb(temperature, humidity),
        irradiance=irradiance,
        sun_azimuth=azimuth,
        wind=np.clip(
            2.2 + 1.5 * noise[4] + 0.8 * noise[5] + 0.9 * np.cos(2 * np.pi * (solar_hour - 16) / 24), 0.1, None
        ),
        rain=np.clip((cloud - 0.72) * (0.6 + noise[3]), 0, None) * 30,
        illuminance=110 * irradiance + 0.3,
    )


def _curves(seed: int, hours: Floats) -> list[Floats]:
    """Periods of about four days, eleven days, half a day and hours; one curve for each channel."""
    periods = (90.0, 260.0, 13.0, 7.0, 9.0, 0.8)
    return [smooth(seed, _CHANNELS[i : i + 1], hours, period)[:, 0] for i, period in enumerate(periods)]


def _sun(latitude: float, longitude: float, hours: Floats) -> tuple[Floats, Floats]:
    """Elevation in radians and azimuth in degrees from north, clockwise (Cooper's declination, no equation of time)."""
    day = hours / 24 % 365.25
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    angle = np.radians(15 * ((hours + longitude / 15) % 24 - 12))
    phi = np.radians(latitude)
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(angle)
    east = -np.cos(declination) * np.sin(angle)
    north = np.cos(phi) * np.sin(declination) - np.sin(phi) * np.cos(declination) * np.cos(angle)
    return np.arcsin(np.clip(sine, -1, 1)), np.degrees(np.arctan2(east, north)) % 360


def _vapour(temperature: Floats) -> Floats:
    """Saturation pressure in hPa (Magnus)."""
    return 6.112 * np.exp(17.62 * temperature / (243.12 + temperature))


def _wet_bulb(temperature: Floats, humidity: Floats) -> Floats:
    """Stull 2011, doi 10.1175/JAMC-D-11-0143.1: within 1 K for 5 to 99 % and -20 to 50 °C."""
    return (
        temperature * np.arctan(0.151977 * np.sqrt(humidity + 8.313659))
        + np.arctan(temperature + humidity)
        - np.arctan(humidity - 1.676331)
        + 0.00391838 * humidity**1.5 * np.arctan(0.023101 * humidity)
        - 4.686035
    )
