"""What a text means where a value is expected: a number as people and programs write it, a switch, no value, or a word. Pure.

A text says by itself whether it can be a number; what it then becomes is decided by what its point measures (``Expected``). The rule
for the decimal sign is in ``docs/operators/values-and-moments.md``.
"""

from __future__ import annotations

import decimal as exact
import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from graph_schema.ontology.physical import bounds
from graph_schema.units import UNITS, unit_name

DecimalSign = Literal[",", "."]
Expected = Literal["number", "switch", "state", "any"]
"""What a point takes: a quantity takes numbers, a switch that has numbers takes 1 and 0, a state takes its words, and of a series
that no model describes the text itself decides."""


@dataclass(frozen=True, slots=True)
class Number:
    """``unit`` is the one that the text names beside it."""

    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A comma before three digits: both readings of it."""

    as_decimal: float
    as_group: float

    @property
    def sentence(self) -> str:
        return (
            f"can be {self.as_decimal:g} or {self.as_group:g}. Say in the map what a comma is: "
            'decimal: "," or decimal: "."'
        )


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a text cannot be a value of its point."""

    sentence: str


class NoValue:
    """The text says that there is no value: no reading, and the last one stands."""


NO_VALUE = NoValue()

_SIGNS = str.maketrans(
    {
        "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\ufe63": "-", "\uff0d": "-", "\uff0b": "+",
        "\u00a0": " ", "\u2007": " ", "\u2008": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u2006": " ", "\u3000": " ",
        "\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'", "\u066c": "'", "\u066b": ".",
        "\u00ba": "°", "\u02da": "°", "\u2103": "°C", "\u2109": "°F", "\u03bc": "µ", "\ufeff": None, "\u200b": None,
    }
)  # fmt: skip
_NUMBER = re.compile(r"([+-]?) ?((?:\d[\d., ']*)?\d[.,]?|[.,]\d+)(?:[eE]([+-]?\d{1,3})(?![\w°%]))? ?(\D.*)?")
_GROUPS = re.compile(r"\d{1,3}([., '])\d{3}(?:\1\d{3})*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
"""Of a network; it would pass for grouped thousands."""
_LONGEST = 60

_PLAIN_UNITS = frozenset(
    (
        "%", "ppm", "ppb", "µg/m³", "mg/m³", "pH", "lx", "W/m²", "dB", "°", "NTU", "mg/L", "µS/cm", "g/kg", "mm/h", "lm", "m²", "ft²",
        "m³/min", "kg/s", "kg/h", "kg", "g", "t", "BTU", "ton", "N·m", "inHg", "J/kg", "kvarh", "kVAh", "Mvar", "dBm", "hPa", "Bq/m³",
    )
)  # fmt: skip
_NO_UNITS = frozenset(
    ("", "bool", "boolean", "on/off", "true/false", "enum", "state", "text", "string", "mode", "-", "none", "1")
)

_NO_VALUE = frozenset(
    (
        "", "unavailable", "unknown", "null", "nan", "n/a", "n.a.", "na", "none", "nil", "no data", "nodata", "no value", "novalue", "no reading",
        "i/o timeout", "bad input", "comm fail", "not connect", "missing", "undefined", "undef", "not available", "not a number", "(null)", "<null>", "[null]", "1.#qnan", "-1.#ind", "1.#ind",
        "#n/a", "#na", "#value!", "#div/0!", "#ref!", "#null!", "#num!", "nicht verfügbar", "unbekannt", "keine daten", "kein wert", "k.a.", "k. a.",
        "indisponible", "inconnu", "no disponible", "desconocido", "sin datos",
    )
)  # fmt: skip
_ONLY_MARKS = re.compile(r"[-–—?*#~_.,…/ ]+")

_ON = frozenset(
    (
        "on", "true", "yes", "open", "opened", "running", "run", "active", "activated", "enabled", "enable", "started", "occupied", "detected", "present",
        "ein", "an", "ja", "wahr", "auf", "offen", "geöffnet", "läuft", "aktiv", "belegt", "marche", "oui", "vrai", "ouvert", "actif",
        "encendido", "sí", "abierto", "activo", "verdadero",
    )
)  # fmt: skip
_OFF = frozenset(
    (
        "off", "false", "no", "closed", "close", "stopped", "stop", "inactive", "deactivated", "disabled", "disable", "unoccupied", "clear", "absent",
        "aus", "nein", "falsch", "zu", "geschlossen", "steht", "gestoppt", "inaktiv", "frei", "arrêt", "non", "faux", "fermé", "inactif",
        "apagado", "cerrado", "inactivo", "falso",
    )
)  # fmt: skip
_TROUBLED = frozenset(("alarm", "fault", "trouble", "failure", "error", "störung", "fehler", "in alarm"))
_SOUND = frozenset(("normal", "ok", "okay", "good", "healthy", "no alarm", "no fault"))

_STATES = frozenset(
    (
        "status",
        "state",
        "command",
        "mode",
        "enable",
        "enabled",
        "alarm",
        "fault",
        "switch",
        "on",
        "off",
        "occupied",
        "occupancy",
    )
)
_MEASURED = frozenset(
    (
        "temperature", "humidity", "pressure", "power", "energy", "flow", "rate", "speed", "frequency", "voltage", "setpoint", "concentration", "co2",
        "count", "consumption", "volume", "vibration", "efficiency", "ratio", "demand", "illuminance", "rainfall", "turbidity", "conductivity",
        "enthalpy", "dewpoint", "thrust", "torque",
    )
)  # fmt: skip


@lru_cache(8192)
def number_in(text: str, decimal: DecimalSign | None = None) -> Number | Ambiguous | None:
    """The number that a text is, with a known unit beside it or without one; None for any other text.

    ``decimal`` says which sign begins the decimals. Without it, and where that cannot be, two different signs tell each other apart, a sign that comes twice
    groups, and a single dot is a decimal point; a single comma is one too, unless it may as well group thousands (``Ambiguous``).
    """
    if len(text) > _LONGEST:
        return None
    found = _NUMBER.fullmatch(text.translate(_SIGNS).strip())
    if found is None or (decimal != "," and _ADDRESS.fullmatch(found[2])):
        return None
    sign, body, exponent, rest = found.groups()
    unit = known_unit(rest) if rest else None
    if rest and unit is None:
        return None
    values = [float(f"{sign}{digits}e{exponent or 0}") for digits in _digits(body, decimal)]
    if not values or not all(map(math.isfinite, values)):
        return None
    return Number(values[0], unit) if len(values) == 1 else Ambiguous(*values)


def written(number: Number) -> str:
    """The same number and unit as a text that has one reading, whatever sign begins decimals."""
    parts = exact.Decimal(repr(number.value)).as_tuple()
    digits = "".join(map(str, parts.digits))
    return f"{'-' if parts.sign else ''}{digits}e{parts.exponent} {number.unit or ''}".strip()


def _digits(body: str, decimal: DecimalSign | None) -> Sequence[str]:
    """What the body can be, as Python writes it; nothing where it is no number, and two where it may be either."""
    if decimal:
        whole, _, part = body.partition(decimal)
        if found := _composed(whole, part):
            return found
    comma, dot = body.rfind(","), body.rfind(".")
    place = max(comma, dot)
    if place < 0:
        return _composed(body, "")
    if min(comma, dot) < 0:
        if body.count(body[place]) > 1:
            return _composed(body, "")
        if body[place] == "," and body[0] != "0" and _GROUPS.fullmatch(body):
            return body.replace(",", "."), body.replace(",", "")
    return _composed(body[:place], body[place + 1 :])


def _composed(whole: str, part: str) -> Sequence[str]:
    """Digits, grouped or not, and decimals."""
    if part and not part.isdecimal():
        return ()
    if whole and not (whole.isdecimal() or _GROUPS.fullmatch(whole) or _INDIAN.fullmatch(whole)):
        return ()
    digits = "".join(filter(str.isdecimal, whole))
    return (f"{digits or '0'}.{part or '0'}",)


@lru_cache(4096)
def known_unit(text: str) -> str | None:
    """The unit that a text names, as units are written here."""
    text = text.translate(_SIGNS).strip()
    if text.startswith("%"):
        return "%"
    name = unit_name(text)
    return name if name in UNITS or name in _PLAIN_UNITS else None


@lru_cache(8192)
def is_no_value(text: str) -> bool:
    """Whether it says that there is nothing to report: ``unavailable``, ``n/a``, ``---``."""
    plain = " ".join(text.translate(_SIGNS).split()).casefold()
    return plain in _NO_VALUE or plain.replace("_", " ") in _NO_VALUE or bool(_ONLY_MARKS.fullmatch(plain))


@lru_cache(8192)
def switch_in(text: str, quantity: str | None = None) -> bool | None:
    """The position of a switch that a word names; of an alarm or a fault also whether there is one."""
    plain = text.strip().casefold()
    if plain in _ON or plain in _OFF:
        return plain in _ON
    if _words(quantity) & {"alarm", "fault", "failure", "trouble"} and (plain in _TROUBLED or plain in _SOUND):
        return plain in _TROUBLED
    return None


def expected(quantity: str | None, unit: str | None, *, described: bool, numbers: bool, texts: bool) -> Expected:
    """What a point takes. ``described``: by the plant's model and not by its first message. ``numbers`` and ``texts``: what
    its series has so far."""
    if is_unit(unit):
        return "number"
    if not described:
        return "any"
    words = _words(quantity)
    if _is_measured(quantity, words):
        return "number"
    if texts:
        return "state"
    if numbers:
        return "switch"
    return "state" if words & _STATES else "any"


def is_unit(unit: str | None) -> bool:
    """Whether the word after a point's name says that it has numbers."""
    return unit is not None and unit.strip().casefold() not in _NO_UNITS


def _is_measured(quantity: str | None, words: Set[str]) -> bool:
    return bool(words) and not words & _STATES and (bool(words & _MEASURED) or bounds(quantity, None) is not None)


def _words(quantity: str | None) -> Set[str]:
    return frozenset((quantity or "").casefold().replace("-", "_").split("_"))


def meaning(
    text: str, wanted: Expected, what: str, quantity: str | None = None, decimal: DecimalSign | None = None
) -> Number | str | NoValue | Objection:
    """What a text is for a point that takes ``wanted``: a number, the word itself, no value, or an objection.

    ``what`` names the point's kind of value in an objection ("an air temperature in °C").
    """
    if wanted == "state":
        return text
    found = number_in(text, decimal)
    if isinstance(found, Number):
        return found
    if is_no_value(text):
        return NO_VALUE
    if isinstance(found, Ambiguous):
        return Objection(f"“{text[:40]}” {found.sentence}.")
    if wanted == "switch" and (on := switch_in(text, quantity)) is not None:
        return Number(float(on))
    return text if wanted == "any" else Objection(f"“{text[:40]}” is no number, and the point {what}.")
