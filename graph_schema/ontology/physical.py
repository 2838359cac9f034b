"""What a quantity can be at all, by ``physical.yaml``: the bounds beyond which a value is an error of its sensor."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

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


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dimensions: dict[str, _Range]
    units: dict[str, _Range]
    quantities: dict[str, _Range]


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


def _by_name(ranges: Mapping[str, _Range], quantity: str) -> _Range | None:
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
