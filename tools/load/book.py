"""What people state of a plant that its model does not hold: ``load.yaml``. All of it is optional."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from graph_schema.errors import InvalidInput
from tools.load.tariff import Times
from tools.maintenance.costs import first_mistake, read_yaml

_MOST = 1e6


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitEntry(_Model):
    """A chiller or a boiler. ``curve`` are pairs of load and power in kW; without it the curve is learnt, else from a library by ``cop`` (of a boiler: its efficiency)."""

    asset: str = Field(description="id or name")
    capacity_kw: float | None = Field(default=None, gt=0, le=_MOST)
    cop: float | None = Field(default=None, gt=0, le=20)
    curve: list[tuple[float, float]] | None = None
    least_kw: float = Field(default=0, ge=0, le=_MOST)
    min_run_h: float = Field(default=1.0, ge=0, le=48)
    min_rest_h: float = Field(default=0.5, ge=0, le=48)
    start_cost: float = Field(default=0, ge=0, le=_MOST)

    @field_validator("curve")
    @classmethod
    def _grows(cls, curve: list[tuple[float, float]] | None) -> list[tuple[float, float]] | None:
        if curve is not None:
            loads = [load for load, _ in curve]
            if len(curve) < 2 or loads != sorted(set(loads)) or min(min(pair) for pair in curve) < 0:
                raise ValueError("a curve has two pairs of load and power at least, with growing loads")
        return curve


class TankEntry(_Model):
    """Of chilled or hot water. ``lost_per_day`` is the share that leaks in a day."""

    kwh: float = Field(gt=0, le=_MOST)
    rate_kw: float = Field(gt=0, le=_MOST)
    holds_kwh: float = Field(ge=0, le=_MOST, description="now")
    lost_per_day: float = Field(default=0.02, ge=0, lt=1)


class BuildingEntry(_Model):
    """The mass of what is cooled or heated: ``kwh_per_k`` stores, and ``hours`` is its time constant. Temperatures may leave the set point by so many kelvin, ``ahead`` (colder where it is cooled) and ``behind``."""

    kwh_per_k: float = Field(gt=0, le=_MOST)
    hours: float = Field(default=24, gt=0, le=1000)
    ahead_k: float = Field(default=1.0, ge=0, le=10)
    behind_k: float = Field(default=0.5, ge=0, le=10)
    empty_behind_k: float = Field(default=2.0, ge=0, le=15, description="when nobody is in")
    occupied: list[Times] = [Times(days="mon-fri", hours="07:00-19:00")]

    def is_occupied(self, moment: datetime) -> bool:
        return any(one.holds(moment) for one in self.occupied)


class AirEntry(_Model):
    """An air handler that runs by its schedule, with the power of its fans."""

    asset: str
    power_kw: float = Field(ge=0, le=_MOST)
    runs: list[Times] = Field(min_length=1)


class SystemEntry(_Model):
    """Of the plant's cooling, or of its heating. ``load_kw`` is the expected load of each coming hour, ``upper_kw`` what it may be; without them both are forecast from history."""

    serves: Literal["cooling", "heating"]
    units: list[UnitEntry] = []
    tank: TankEntry | None = None
    building: BuildingEntry | None = None
    ramp_kw_per_h: float | None = Field(default=None, gt=0, le=_MOST)
    load_kw: list[float] | None = Field(default=None, min_length=1)
    upper_kw: list[float] | None = Field(default=None, min_length=1)


class LoadBook(_Model):
    """``load.yaml``. The plan is ready for the ``quantile`` of the load; ``base_kw`` is what else the site takes, where no meter says."""

    systems: list[SystemEntry] = []
    air_handlers: list[AirEntry] = []
    quantile: float = Field(default=0.9, ge=0.5, le=0.99)
    base_kw: float | None = Field(default=None, ge=-_MOST, le=_MOST)
    supply_effect_per_k: float = Field(
        default=0.025, ge=0, le=0.2, description="share of a chiller's power that a kelvin of warmer supply saves"
    )

    def system(self, serves: str) -> SystemEntry | None:
        return next((one for one in self.systems if one.serves == serves), None)

    def unit(self, asset: str, name: str) -> UnitEntry | None:
        called = (asset.casefold(), name.casefold())
        return next((one for system in self.systems for one in system.units if one.asset.casefold() in called), None)


def read_book(path: Path) -> LoadBook:
    """Nothing is stated where there is no file. Raises ``InvalidInput`` with the place that is wrong."""
    return LoadBook() if not path.exists() else book_of(read_yaml(path), path.name)


def book_of(told: Any, name: str = "load.yaml") -> LoadBook:
    try:
        return LoadBook.model_validate(told or {})
    except ValidationError as error:
        raise InvalidInput(f"{name} cannot be used: {first_mistake(error)}") from error
