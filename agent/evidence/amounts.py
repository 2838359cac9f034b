"""Numbers and units as people write them, and whether one is a value of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph_schema.units import UNITS, convert, unit_name

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
UNIT = re.compile(
    r"\s?(?P<unit>°\s?[CF]\b|℃|℉|%|[kMG]?Wh\b|[kMG]?W\b|k?VA\b|kvar\b|[hkM]?Pa\b|m?bar\b|psi\b|inH₂O|inWC\b|pp[mb]\b|rpm\b|k?Hz\b|[kM]?V\b|m?A\b|mm/s\b"
    r"|[mµμ]?g/(?:[lL]|m[³3])\b|kg/[sh]\b|[lL]/(?:s|min|h)\b|m/s\b|km/h\b|m[³3]/[hs]\b|m[³3]\b|cfm\b|gpm\b|lux\b|lx\b|K\b|hp\b|BTU/h\b|tons?\b|TR\b|USRT\b|[GMk]?J\b|L\b|gal\b|ft/min\b|fpm\b"
    r"|mm\b|cm\b|[€$£]|EUR\b|USD\b|GBP\b|s\b|min\b|h\b|d\b)"
)
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "wk": 604_800.0, "mo": 2_629_800.0}
_SAME = {"℃": "°C", "℉": "°F", "°c": "°C", "°f": "°F", "EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is written: its value, and how many decimals it is given with."""

    value: float
    decimals: int = 0

    def is_of(self, value: float) -> bool:
        """Whether a value of the evidence, rounded to these decimals, is this number."""
        return abs(self.value - value) <= 0.5 * 10.0**-self.decimals + 1e-9 * max(1.0, abs(value))


def amounts(text: str, decimal: str, *, minus: bool = False) -> Iterator[Amount]:
    """What a written number may mean: “1,234” is 1234 in English and 1.234 in German, “1.234” the other way round."""
    sign = -1.0 if minus else 1.0
    for plain in _readings(text, decimal):
        yield Amount(sign * float(plain), len(plain.partition(".")[2]))


def _readings(text: str, decimal: str) -> Iterator[str]:
    signs = [one for one in text if one in ".,"]
    if not signs:
        yield text
    elif len(set(signs)) == 2 or len(signs) > 1:
        last = signs[-1] if len(set(signs)) == 2 else ""
        yield "".join("." if one == last else "" if one in ".," else one for one in text)
    else:
        (sign,) = signs
        whole, _, rest = text.partition(sign)
        if sign == decimal or len(rest) != 3:
            yield f"{whole}.{rest}"
        if len(rest) == 3 and sign != decimal:
            yield whole + rest
            if decimal == ",":  # a model that writes German with a point
                yield f"{whole}.{rest}"


def unit_written(text: str) -> str:
    """The unit as the product writes it."""
    plain = text.strip().replace("° ", "°")
    return _SAME.get(plain, unit_name(plain))


def is_value(amount: Amount, unit: str | None, value: float, of: str | None) -> bool:
    """Whether a number with a unit is a value in its own unit, turned into the other where the two measure the same."""
    if unit in (None, ""):
        return amount.is_of(value)
    if unit == "°":
        return of in ("°C", "°F", "K") and amount.is_of(value)
    if of is None:
        return False
    if unit == of:
        return amount.is_of(value)
    turned = convert(value, of, unit) if of in UNITS and unit in UNITS else None
    return turned is not None and amount.is_of(turned)
