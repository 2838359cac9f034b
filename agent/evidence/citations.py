"""Citations put into words: “[a2.since]” becomes the moment, in the person's language, unit and time zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from agent.evidence.ledger import Fact, Ledger
from agent.evidence.marks import CITED
from graph_schema.question import DISTANCES
from graph_schema.units import convert, convert_difference

Units = Literal["metric", "imperial"]
IMPERIAL: Mapping[str, str] = {
    "°C": "°F", "K": "°F", "kPa": "psi", "bar": "psi", "m³/h": "cfm", "L/s": "gpm", "m³": "ft³", "m": "ft", "mm/s": "in/s", "m/s": "ft/min",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How a person reads: ``language`` is a code, ``units`` a system, ``zone`` their time."""

    language: str
    units: Units
    zone: tzinfo
    now: datetime
    wanted: str | None = None
    """A unit that was asked for, which comes before those of the system."""

    def spoken(self, language: str) -> Style:
        """For an answer in another language."""
        return replace(self, language=language)

    def number(self, value: float) -> str:
        """Two decimals below ten, one below ten thousand, none beyond; whole numbers stay whole."""
        whole = value == int(value) and abs(value) < 1e15
        pattern = "#,##0" if whole or abs(value) >= 10_000 else "#,##0.00" if abs(value) < 10 else "#,##0.0"
        return format_decimal(value, format=pattern, locale=self._locale)

    def amount(self, value: float, unit: str | None) -> str:
        return self._turned(value, unit, convert)

    def difference(self, value: float, unit: str | None) -> str:
        """A rise or a spread: 2 °C are 3.6 °F of it."""
        return self._turned(value, unit, convert_difference)

    def _turned(self, value: float, unit: str | None, turn: Callable[[float, str, str], float | None]) -> str:
        for other in (self.wanted, IMPERIAL.get(unit or "") if self.units == "imperial" else None):
            if unit and other and (turned := turn(value, unit, other)) is not None:
                return f"{self.number(turned)} {other}"
        return f"{self.number(value)} {unit}" if unit else self.number(value)

    def moment(self, at: datetime) -> str:
        """“14:05” of today, with its day on another, with its year in another."""
        return self.clock(at) if self.is_today(at) else f"{self.day(at)}, {self.clock(at)}"

    def is_today(self, at: datetime) -> bool:
        return at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()

    def clock(self, at: datetime) -> str:
        return format_time(at.astimezone(self.zone), "HH:mm", locale=self._locale)

    def day(self, at: datetime) -> str:
        """“3 Mar”, with its year in another."""
        local = at.astimezone(self.zone)
        pattern = "d MMM" if local.year == self.now.astimezone(self.zone).year else "d MMM y"
        return format_date(local, pattern, locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.language)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A sentence with its citations in words; ``facts`` with where they stand in it."""

    text: str
    facts: Sequence[tuple[Fact, int, int]] = ()


def render(text: str, ledger: Ledger, style: Style) -> Rendered:
    """Citations of what there is become words; others stay as they are written."""
    parts: list[str] = []
    facts: list[tuple[Fact, int, int]] = []
    at = 0
    for match in CITED.finditer(text):
        fact = ledger.cited.get(match[1])
        if fact is None:
            continue
        parts.append(text[at : match.start()])
        said = _said(fact, style)
        start = sum(map(len, parts))
        parts.append(said)
        facts.append((fact, start, start + len(said)))
        at = match.end()
        unit = fact.unit
        if unit and text[at:].lstrip().startswith(unit):  # “[a1] °C”: the unit once
            at += text[at:].index(unit) + len(unit)
    return Rendered("".join([*parts, text[at:]]), facts)


def _said(fact: Fact, style: Style) -> str:
    match fact.value:
        case datetime():
            return style.moment(fact.value)
        case str():
            return f"“{fact.value}”" if fact.kind == "text" else fact.value
        case _ if fact.aggregate in DISTANCES:
            return style.difference(float(fact.value), fact.unit)
        case _:
            return style.amount(float(fact.value), fact.unit)
