"""What a quantity can be at all, by ``physical.yaml``: the bounds beyond which a value is an error of its sensor, and the narrower ones
beyond which no forecast makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from graph_schema.errors import InvalidInput
from graph_schema.units import UNITS, convert, unit_name


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both included, in the unit of the point; ``what`` is said of a value within, as in “a temperature”."""

    low: float
    high: float
    unit: str
    what: str

    def objection(self, value: float) -> str | None:
        """A sentence about a value outside."""
        if self.low <= value <= self.high:
            return None
        unit = f" {self.unit}" if self.unit else ""
        return f"{value:.6g}{unit} is outside what {self.what} can be ({self.low:,.6g} to {self.high:,.6g}{unit})."


class _Range(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float
    high: float
    what: str
    unit: str | None = None

    @model_validator(mode="after")
    def _low_below_high(self) -> "_Range":
        if self.low >= self.high:
            raise ValueError("low must lie below high")
        return self


class _Nature(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float | None = None
    high: float | None = None
    unit: str | None = None
    rises: bool = False


class _Natures(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dimensions: dict[str, _Nature]
    units: dict[str, _Nature]
    quantities: dict[str, _Nature]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dimensions: dict[str, _Range]
    units: dict[str, _Range]
    quantities: dict[str, _Range]
    natural: _Natures


@dataclass(frozen=True, slots=True)
class Nature:
    """What a quantity cannot go beyond, in the unit of the point; ``rises``: it only counts up. None where there is no such end."""

    low: float | None = None
    high: float | None = None
    rises: bool = False


@lru_cache(65_536)
def nature(quantity: str | None, unit: str | None) -> Nature:
    """What a point of this quantity and unit cannot be by its nature: power below nothing, humidity above 100 %."""
    found = _file().natural
    unit = unit_name(unit) if unit else ""
    dimension = UNITS[unit].dimension if unit in UNITS else None
    general = found.dimensions.get(dimension or "") or found.units.get(unit)
    for one in (_by_name(found.quantities, quantity or ""), general):
        if one and (fitting := _nature_in_unit(one, unit)):
            return fitting
    return Nature()


def _nature_in_unit(found: _Nature, unit: str) -> Nature | None:
    """None where the point's unit measures something else. A quantity without a unit of its own has the same ends in any."""
    ends = [None if end is None else convert(end, found.unit or unit, unit) for end in (found.low, found.high)]
    if any(end is None and given is not None for end, given in zip(ends, (found.low, found.high), strict=True)):
        return None
    return Nature(ends[0], ends[1], found.rises)


@lru_cache(65_536)
def bounds(quantity: str | None, unit: str | None) -> Bounds | None:
    """What a point of this quantity and unit can show; None where nothing is known of it, a text's for instance."""
    found = _file()
    unit = unit_name(unit) if unit else ""
    named = _by_name(found.quantities, quantity or "")
    if named and (fitting := _in_unit(named, unit)):
        return fitting
    dimension = UNITS[unit].dimension if unit in UNITS else None
    general = found.dimensions.get(dimension or "") or found.units.get(unit)
    return _in_unit(general, unit) if general else None


_Named = TypeVar("_Named")


def _by_name(ranges: Mapping[str, _Named], quantity: str) -> _Named | None:
    fitting = [name for name in ranges if quantity == name or quantity.endswith(f"_{name}")]
    return ranges[max(fitting, key=len)] if fitting else None


def _in_unit(found: _Range, unit: str) -> Bounds | None:
    """The range in a point's own unit; None where that measures something else."""
    low = convert(found.low, found.unit or unit, unit)
    high = convert(found.high, found.unit or unit, unit)
    return None if low is None or high is None else Bounds(low, high, unit, found.what)


@cache
def _file() -> _File:
    text = files("graph_schema.ontology").joinpath("physical.yaml").read_text("utf-8")
    try:
        content: Any = yaml.safe_load(text)
        return _File.model_validate(content)
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"The file physical.yaml does not fit: {error}") from error
