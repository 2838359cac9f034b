"""Units as models name them (QUDT and its like) and as people write them."""

import re

_SYMBOLS = {
    "degc": "°C", "celsius": "°C", "degreescelsius": "°C", "degf": "°F", "fahrenheit": "°F", "degreesfahrenheit": "°F", "k": "K",
    "kilow": "kW", "kw": "kW", "kilowatts": "kW", "w": "W", "watts": "W", "megaw": "MW", "kilowhr": "kWh", "kwh": "kWh", "kilowatthours": "kWh",
    "megawhr": "MWh", "whr": "Wh", "kilova": "kVA", "kilovareactive": "kvar", "kilovar": "kvar", "va": "VA", "v": "V", "volts": "V", "a": "A",
    "amperes": "A", "hz": "Hz", "hertz": "Hz", "percent": "%", "percentrh": "%", "unitless": "", "num": "", "ppm": "ppm", "partspermillion": "ppm",
    "pa": "Pa", "pascals": "Pa", "kilopa": "kPa", "kilopascals": "kPa", "bar": "bar", "psi": "psi", "inh2o": "inH₂O", "lbfperin2": "psi",
    "m3perhr": "m³/h", "m3persec": "m³/s", "lpersec": "L/s", "litrespersecond": "L/s", "ft3permin": "cfm", "cubicfeetperminute": "cfm", "cfm": "cfm",
    "galuspermin": "gpm", "gpm": "gpm", "mpersec": "m/s", "kmperhr": "km/h", "m": "m", "centim": "cm", "millim": "mm", "m3": "m³", "l": "L",
    "deg": "°", "degreesangular": "°", "revpermin": "rpm", "rpm": "rpm", "lux": "lx", "lx": "lx", "wperm2": "W/m²", "jouleperkg": "J/kg",
    "hr": "h", "min": "min", "sec": "s", "millimpersec": "mm/s", "millimperhr": "mm/h", "microgperm3": "µg/m³",
    "c": "°C", "f": "°F", "m3h": "m³/h", "m3s": "m³/s", "ls": "L/s", "lmin": "L/min", "lh": "L/h", "inwc": "inH₂O", "btuh": "BTU/h",
    "microgmperm3": "µg/m³", "ppb": "ppb", "partsperbillion": "ppb", "celcius": "°C", "relativehumidity": "%", "lm": "lm", "m2": "m²", "ft2": "ft²", "ft3": "ft³",
    "ft": "ft", "galus": "gal", "lpermin": "L/min", "m3permin": "m³/min", "kilogmpersec": "kg/s", "kilogmperhr": "kg/h", "megapa": "MPa", "inhg": "inHg",
    "btuitperhr": "BTU/h", "btuit": "BTU", "tonfg": "ton", "ftpermin": "ft/min", "hp": "hp", "j": "J", "kiloj": "kJ", "megaj": "MJ", "gigaj": "GJ", "day": "d", "nm": "N·m",
    "nounits": "", "percentrelativehumidity": "%", "cubicmetersperhour": "m³/h", "cubicmeterspersecond": "m³/s", "cubicmetersperminute": "m³/min",
    "literspersecond": "L/s", "litersperminute": "L/min", "litersperhour": "L/h", "usgallonsperminute": "gpm", "meterspersecond": "m/s",
    "bars": "bar", "millibars": "mbar", "hectopascals": "hPa", "megapascals": "MPa", "inchesofwater": "inH₂O", "poundsforcepersquareinch": "psi",
    "watthours": "Wh", "megawatthours": "MWh", "megawatts": "MW", "btusperhour": "BTU/h", "kilobtusperhour": "MBH", "tonsrefrigeration": "ton",
    "kilojoules": "kJ", "megajoules": "MJ", "gigajoules": "GJ", "kilovoltamperes": "kVA", "voltamperes": "VA", "kilovoltamperesreactive": "kvar",
    "millivolts": "mV", "kilovolts": "kV", "milliamperes": "mA", "hours": "h", "minutes": "min", "seconds": "s", "days": "d",
    "cubicmeters": "m³", "liters": "L", "cubicfeet": "ft³", "usgallons": "gal", "squaremeters": "m²", "squarefeet": "ft²", "kilograms": "kg",
    "kilogramspersecond": "kg/s", "kilogramsperhour": "kg/h", "luxes": "lx", "revolutionsperminute": "rpm", "degreeskelvin": "K",
    "feetperminute": "ft/min", "meters": "m", "millimeters": "mm", "centimeters": "cm", "millimeterspersecond": "mm/s",
}  # fmt: skip

_RAISED = str.maketrans("²³", "23")


def unit_symbol(name: str) -> str:
    """``DEG_C`` is ``°C`` and ``KiloW-HR`` is ``kWh``; what is unknown stays as it is."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower().translate(_RAISED))
    return _SYMBOLS.get(plain, name)
