"""A number with its unit, and turning one unit into another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph_schema.errors import InvalidInput
from graph_schema.units import UNITS, convert, convert_difference, unit_name


@dataclass(frozen=True, slots=True)
class Amount:
    """``unit`` is written as the plant writes units; None for a plain number."""

    value: float
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.value:.6g} {self.unit}" if self.unit else f"{self.value:.6g}"

    @property
    def dimension(self) -> str | None:
        """What its unit measures, where that is known."""
        known = UNITS.get(self.unit or "")
        return known.dimension if known else None


def named(unit: str | None) -> str | None:
    """A unit as it is written here. One of parts, such as kW/TR or EUR/kWh, keeps a currency as it stands."""
    if not unit or not unit.strip():
        return None
    whole = unit_name(unit)
    if whole in UNITS or "/" not in whole:
        return whole
    above, _, below = whole.rpartition("/")
    return f"{unit_name(above)}/{unit_name(below)}"


def turned(amount: Amount, unit: str | None, *, difference: bool = False) -> Amount:
    """In another unit; a ``difference`` of temperatures has no zero point. Raises ``InvalidInput`` where it does not convert."""
    if amount.unit == unit:
        return amount
    if amount.unit is None or unit is None:
        raise InvalidInput(
            f"{amount} and a value in {unit or amount.unit} do not go together: give every number its unit."
        )
    value = (convert_difference if difference else convert)(amount.value, amount.unit, unit)
    if value is None:
        raise InvalidInput(f"{amount} cannot be turned into {unit}: the two measure different things.")
    return Amount(value, unit)


def alike(amounts: Sequence[Amount]) -> list[Amount]:
    """All of them in the unit of the first. Raises ``InvalidInput`` where one does not convert."""
    return [turned(one, amounts[0].unit) for one in amounts]
