"""Units that measure the same thing, and how to turn one into another.

Units are written as ``graph_schema.importers.units`` writes them (``°C``, ``m³/h``); the spellings of people and models are
understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_schema.importers.units import unit_symbol


@dataclass(frozen=True, slots=True)
class Unit:
    """A value in the dimension's base unit is ``value * scale + offset``."""

    dimension: str
    scale: float
    offset: float = 0.0


_INCH_WATER = 249.0889
_TON_KW = 3.51685284
"""A ton of refrigeration, 12,000 BTU/h."""
_FAHRENHEIT = Unit("temperature", 5 / 9, -160 / 9)

UNITS: Mapping[str, Unit] = {
    "°C": Unit("temperature", 1.0), "°F": _FAHRENHEIT, "K": Unit("temperature", 1.0, -273.15),
    "W": Unit("power", 0.001), "kW": Unit("power", 1.0), "MW": Unit("power", 1000.0), "hp": Unit("power", 0.745699872), "BTU/h": Unit("power", 0.00029307107),
    "MBH": Unit("power", 0.29307107), "ton": Unit("power", _TON_KW), "TR": Unit("power", _TON_KW),
    "Wh": Unit("energy", 0.001), "kWh": Unit("energy", 1.0), "MWh": Unit("energy", 1000.0), "J": Unit("energy", 1 / 3.6e6), "kJ": Unit("energy", 1 / 3600), "MJ": Unit("energy", 1 / 3.6), "GJ": Unit("energy", 1000 / 3.6),
    "GWh": Unit("energy", 1e6), "BTU": Unit("energy", 0.00029307107), "MMBTU": Unit("energy", 293.07107), "therm": Unit("energy", 29.307107), "TRh": Unit("energy", _TON_KW),
    "VA": Unit("apparent power", 0.001), "kVA": Unit("apparent power", 1.0), "var": Unit("reactive power", 0.001), "kvar": Unit("reactive power", 1.0),
    "kVAh": Unit("apparent energy", 1.0), "kvarh": Unit("reactive energy", 1.0),
    "Pa": Unit("pressure", 1.0), "hPa": Unit("pressure", 100.0), "kPa": Unit("pressure", 1000.0), "MPa": Unit("pressure", 1e6), "mbar": Unit("pressure", 100.0), "bar": Unit("pressure", 1e5), "psi": Unit("pressure", 6894.757293), "inH₂O": Unit("pressure", _INCH_WATER), "ftH₂O": Unit("pressure", 12 * _INCH_WATER),
    "inHg": Unit("pressure", 3386.389),
    "m³/h": Unit("flow", 1.0), "m³/min": Unit("flow", 60.0), "m³/s": Unit("flow", 3600.0), "L/s": Unit("flow", 3.6), "L/min": Unit("flow", 0.06), "L/h": Unit("flow", 0.001), "cfm": Unit("flow", 1.69901082), "gpm": Unit("flow", 0.227124707),
    "m/s": Unit("speed", 1.0), "mm/s": Unit("speed", 0.001), "km/h": Unit("speed", 1 / 3.6), "mph": Unit("speed", 0.44704), "ft/min": Unit("speed", 0.00508), "in/s": Unit("speed", 0.0254),
    "m": Unit("length", 1.0), "cm": Unit("length", 0.01), "mm": Unit("length", 0.001), "ft": Unit("length", 0.3048), "in": Unit("length", 0.0254),
    "m³": Unit("volume", 1.0), "L": Unit("volume", 0.001), "gal": Unit("volume", 0.003785411784), "ft³": Unit("volume", 0.028316846592),
    "m²": Unit("area", 1.0), "ft²": Unit("area", 0.09290304),
    "kg": Unit("mass", 1.0), "g": Unit("mass", 0.001), "t": Unit("mass", 1000.0), "lb": Unit("mass", 0.45359237),
    "kg/s": Unit("mass flow", 1.0), "kg/h": Unit("mass flow", 1 / 3600), "lb/h": Unit("mass flow", 0.45359237 / 3600),
    "lx": Unit("illuminance", 1.0), "fc": Unit("illuminance", 10.7639104), "ppm": Unit("concentration", 1.0), "ppb": Unit("concentration", 0.001),
    "V": Unit("voltage", 1.0), "mV": Unit("voltage", 0.001), "kV": Unit("voltage", 1000.0), "A": Unit("current", 1.0), "mA": Unit("current", 0.001),
    "h": Unit("time", 1.0), "min": Unit("time", 1 / 60), "s": Unit("time", 1 / 3600), "d": Unit("time", 24.0), "week": Unit("time", 168.0),
    "Hz": Unit("frequency", 1.0), "rpm": Unit("frequency", 1 / 60),
}  # fmt: skip
_SPELLINGS = {
    "c": "°C", "f": "°F", "°c": "°C", "°f": "°F", "kelvin": "K", "l/s": "L/s", "l/min": "L/min", "l/h": "L/h", "m3/h": "m³/h", "m3/s": "m³/s", "m^3/h": "m³/h",
    "mg/l": "mg/L", "g/l": "g/L", "µg/l": "µg/L", "litres": "L", "liters": "L", "gallons": "gal", "feet": "ft", "inches": "in", "hours": "h", "minutes": "min", "seconds": "s", "days": "d", "inwc": "inH₂O",
    "in.w.c.": "inH₂O", "horsepower": "hp", "btu/h": "BTU/h", "fpm": "ft/min",
    "usrt": "TR", "rt": "TR", "tr": "TR", "tons": "TR", "tons of refrigeration": "TR", "ton of refrigeration": "TR", "trh": "TRh", "ton-hours": "TRh", "mbh": "MBH", "kbtu/h": "MBH", "mbtu/h": "MBH",
    "therms": "therm", "thm": "therm", "mmbtu": "MMBTU", "gwh": "GWh", "kvarh": "kvarh", "kvah": "kVAh", "lux": "lx", "footcandles": "fc", "sqft": "ft²", "sqm": "m²", "cf": "ft³",
    "lbs": "lb", "tonnes": "t", "weeks": "week", "fth2o": "ftH₂O", "ft.w.c.": "ftH₂O", "cubic feet per minute": "cfm",
}  # fmt: skip


def unit_name(text: str) -> str:
    """The way a unit is written here, however it is spelt; an unknown one stays as it is."""
    text = text.strip()
    return text if text in UNITS else _SPELLINGS.get(text.lower(), unit_symbol(text))


def alike(unit: str) -> Mapping[str, Unit]:
    """Every unit that measures what this one measures; empty for a unit that nothing else can be turned into."""
    found = UNITS.get(unit)
    return {name: other for name, other in UNITS.items() if found and other.dimension == found.dimension}


def convert(value: float, given: str, wanted: str) -> float | None:
    """The value in another unit, None where the two measure different things."""
    if given == wanted:
        return value
    if (source := UNITS.get(given)) is None or wanted not in alike(given):
        return None
    target = UNITS[wanted]
    return (value * source.scale + source.offset - target.offset) / target.scale


def convert_difference(value: float, given: str, wanted: str) -> float | None:
    """As ``convert`` for a distance between two values: 9 °F more are 5 °C more."""
    if given == wanted:
        return value
    if (source := UNITS.get(given)) is None or wanted not in alike(given):
        return None
    return value * source.scale / UNITS[wanted].scale
