"""What waiting costs: from how likely an asset fails and what a failure costs there, to the expected cost by day. What nobody has stated is said, and counts as nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Priority

BEYOND_DAYS = 14
"""What is left out of a plan waits for the one after it: so long beyond the last day, in days."""
_MOST = 1e9


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AssetCost(_Model):
    """``failure`` is a repair with all that comes of it; ``downtime_per_hour`` what an hour out of service costs. Of one asset, or of all of a class."""

    asset: str | None = Field(default=None, description="id or name")
    class_: str | None = Field(default=None, alias="class", description="a Brick class")
    failure: float | None = Field(default=None, ge=0, le=_MOST)
    downtime_per_hour: float | None = Field(default=None, ge=0, le=_MOST)


class CostBook(_Model):
    """``costs.yaml``. Amounts are in ``currency``; whatever is missing is unknown."""

    currency: str = Field(default="EUR", min_length=1, max_length=8)
    labour_per_hour: float | None = Field(default=None, ge=0, le=_MOST)
    dependent_per_hour: float | None = Field(default=None, ge=0, le=_MOST, description="of each asset that hangs on it")
    late_per_day: dict[Priority, float] = Field(default={}, description="of an order beyond its day, by its priority")
    move: float = Field(default=0, ge=0, le=_MOST, description="of moving a job of the plan in force")
    assets: list[AssetCost] = []

    def failure_of(self, asset: str, name: str, classes: Sequence[str]) -> float | None:
        """By the asset's own entry, else by that of its nearest class; None where neither states it."""
        return _first(one.failure for one in self._about(asset, name, classes))

    def downtime_of(self, asset: str, name: str, classes: Sequence[str]) -> float | None:
        """An hour of it."""
        return _first(one.downtime_per_hour for one in self._about(asset, name, classes))

    def _about(self, asset: str, name: str, classes: Sequence[str]) -> list[AssetCost]:
        """Its own entries first, then those of its classes, the nearest first."""
        called = (asset.casefold(), name.casefold())
        own = [one for one in self.assets if one.asset is not None and one.asset.casefold() in called]
        return [*own, *(one for class_ in classes for one in self.assets if one.class_ == class_)]


def _first(told: Iterable[float | None]) -> float | None:
    return next((one for one in told if one is not None), None)


def read_costs(path: Path) -> CostBook:
    """Raises ``InvalidInput`` with the place that is wrong."""
    return CostBook.model_validate({}) if not path.exists() else costs_of(read_yaml(path), path.name)


def costs_of(told: Any, name: str) -> CostBook:
    try:
        return CostBook.model_validate(told or {})
    except ValidationError as error:
        raise InvalidInput(f"{name} cannot be used: {first_mistake(error)}") from error


def read_yaml(path: Path) -> Any:
    """Raises ``InvalidInput`` where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {' '.join(str(error).split())[:200]}") from error


def first_mistake(error: ValidationError) -> str:
    """Where it is and what is wrong there."""
    one = error.errors()[0]
    place = ".".join(str(part) for part in one["loc"]) or "the file"
    return f"{place}: {one['msg']}."


def failure_by_day(
    probability: float, horizon_days: float, consequence: int, days: int, shape: float = 1.0
) -> tuple[int, ...]:
    """Expected cost of a failure before each day, in hundredths; one entry more than days, of leaving it out.

    P(t) = 1 - (1 - p)^((t / h)^k): the forecast's probability p within its horizon h, with a hazard that is constant (k = 1) or grows (k > 1), as of a Weibull life.
    """
    sure = min(max(probability, 0.0), 0.999)
    moments = [*range(days), days + BEYOND_DAYS]
    return tuple(round(consequence * (1 - (1 - sure) ** ((t / horizon_days) ** shape))) for t in moments)


def late_by_day(due: int | None, per_day: int, days: int) -> tuple[int, ...]:
    """What being late costs when it is done on each day, in hundredths; ``due`` is the day it is due, before the first one where it is late already."""
    moments = [*range(days), days + BEYOND_DAYS]
    return tuple(0 if due is None else per_day * max(0, t - due) for t in moments)


def together(*each: Sequence[int]) -> tuple[int, ...]:
    """Costs by day added up."""
    return tuple(sum(some) for some in zip(*each, strict=True))


def cents(amount: float) -> int:
    """Hundredths of the currency."""
    return round(100 * amount)
