"""What energy costs and when: ``tariff.yaml``, written by people. What nobody has stated is unknown, and is said."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph_schema.errors import InvalidInput
from tools.maintenance.costs import first_mistake, read_yaml
from tools.maintenance.crews import Hours

_MOST = 1e6
_QUARTER = timedelta(minutes=15)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Times(Hours):
    """Some hours of some days of the week, in some months; all of them where nothing is said."""

    hours: str = "00:00-24:00"
    months: tuple[int, ...] = tuple(range(1, 13))

    @field_validator("months")
    @classmethod
    def _of_a_year(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        if not months or any(not 1 <= one <= 12 for one in months):
            raise ValueError("months are numbers from 1 to 12, such as [11, 12, 1, 2]")
        return months

    def holds(self, moment: datetime) -> bool:
        """At a moment in the tariff's own time."""
        span = self.on(moment.date()) if moment.month in self.months else None
        return span is not None and span[0] <= 60 * moment.hour + moment.minute < span[1]


class Period(Times):
    """A price of a kWh that holds at some times."""

    name: str = Field(default="", max_length=60)
    price: float = Field(ge=-_MOST, le=_MOST)


class Demand(Times):
    """What the highest mean power of a month costs, in currency a kW; only what falls within its times counts. ``reached_kw`` is the highest of this month so far."""

    price_per_kw: float = Field(ge=0, le=_MOST)
    reached_kw: float | None = Field(default=None, ge=0, le=_MOST)


class Event(_Model):
    """A demand response event: the site takes at most ``limit_kw``. What is taken beyond costs ``penalty_per_kwh``; where none is stated, the limit is a rule."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    limit_kw: float = Field(ge=0, le=_MOST)
    penalty_per_kwh: float | None = Field(default=None, ge=0, le=_MOST)

    @model_validator(mode="after")
    def _in_order(self) -> Event:
        if self.end <= self.start:
            raise ValueError("an event ends after it begins")
        return self


class Energy(_Model):
    """``price`` is that of a kWh where no period holds; the first period that holds counts. ``export`` is what a kWh fed back earns."""

    price: float | None = Field(default=None, ge=-_MOST, le=_MOST)
    periods: list[Period] = []
    export: float | None = Field(default=None, ge=-_MOST, le=_MOST)
    demand: Demand | None = None
    co2_kg_per_kwh: float | None = Field(default=None, ge=0, le=10)

    @model_validator(mode="after")
    def _pays_no_round_trip(self) -> Energy:
        least = min((one for one in (self.price, *(period.price for period in self.periods)) if one is not None), default=None)  # fmt: skip
        if self.export is not None and least is not None and self.export > least:
            raise ValueError("export earns more than a kWh costs at some time; state a lower one")
        return self

    def at(self, moment: datetime) -> float | None:
        """The price of a kWh at a moment in the tariff's own time; None where none is stated."""
        return next((one.price for one in self.periods if one.holds(moment)), self.price)


class Validity(_Model):
    """Both days count."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Validity:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("the tariff ends before it begins")
        return self


class Tariff(_Model):
    """``tariff.yaml``. Amounts are in ``currency``, times in ``timezone``, else in the plant's."""

    currency: str = Field(default="EUR", min_length=1, max_length=8)
    timezone: str | None = None
    valid: Validity = Validity()
    electricity: Energy = Energy()
    gas: Energy = Energy()
    co2_price_per_kg: float = Field(default=0, ge=0, le=_MOST)
    events: list[Event] = []

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone “{(name or '')[:40]}”") from error
        return name

    @model_validator(mode="after")
    def _sound(self) -> Tariff:
        if self.gas.demand is not None or self.gas.export is not None:
            raise ValueError("gas has no demand charge and no export")
        row = sorted(self.events, key=lambda one: one.start)
        if any(one.end > after.start for one, after in itertools.pairwise(row)):
            raise ValueError("two events overlap")
        return self

    def zone(self, plant: str) -> ZoneInfo:
        return ZoneInfo(self.timezone or plant)

    def prices(
        self, carrier: Literal["electricity", "gas"], starts: Sequence[datetime], hours: Sequence[float], zone: ZoneInfo
    ) -> list[float] | None:
        """Of a kWh in each step, the mean of its quarters of an hour; None where some price is not stated. Raises ``InvalidInput`` beyond the tariff's validity."""
        energy = self.electricity if carrier == "electricity" else self.gas
        found: list[float] = []
        for start, length in zip(starts, hours, strict=True):
            told = [energy.at(one) for one in _quarters(start, length, zone)]
            known = [one for one in told if one is not None]
            if len(known) < len(told):
                return None
            found.append(sum(known) / len(known))
        self._check_validity(starts, zone)
        return found

    def _check_validity(self, starts: Sequence[datetime], zone: ZoneInfo) -> None:
        for day in {one.astimezone(zone).date() for one in starts}:
            first, last = self.valid.first, self.valid.last
            if (first is not None and day < first) or (last is not None and day > last):
                span = f"from {first or 'ever'} to {last or 'further notice'}"
                raise InvalidInput(f"The tariff is valid {span}, and the plan reaches {day}. State the prices of that day.")  # fmt: skip


def _quarters(start: datetime, hours: float, zone: ZoneInfo) -> list[datetime]:
    return [(start + n * _QUARTER).astimezone(zone) for n in range(max(1, round(4 * hours)))]


def read_tariff(path: Path) -> Tariff:
    """Nothing is stated where there is no file. Raises ``InvalidInput`` with the place that is wrong."""
    return Tariff() if not path.exists() else tariff_of(read_yaml(path), path.name)


def tariff_of(told: Any, name: str = "tariff.yaml") -> Tariff:
    try:
        return Tariff.model_validate(told or {})
    except ValidationError as error:
        raise InvalidInput(f"{name} cannot be used: {first_mistake(error)}") from error


def unknown_costs(tariff: Tariff, uses_gas: bool) -> list[str]:
    """What nobody has stated, in sentences."""
    carriers = {"electricity": tariff.electricity} | ({"gas": tariff.gas} if uses_gas else {})
    found = [
        f"Nobody has stated what a kWh of {name} costs{' at all times' if energy.periods else ''}: the plan saves energy, and its cost is unknown."
        for name, energy in carriers.items()
        if energy.price is None
    ]
    found += [
        f"Nobody has stated the CO2 factor of {name}: its CO2 is unknown."
        for name, energy in carriers.items()
        if energy.co2_kg_per_kwh is None
    ]
    if tariff.electricity.demand is None:
        found.append("No demand charge is stated: a peak costs nothing.")
    elif tariff.electricity.demand.reached_kw is None:
        found.append("Nobody has stated the highest power of this month so far: the whole peak is charged.")
    if tariff.electricity.export is None:
        found.append("Nobody has stated what feeding back earns: it earns nothing.")
    return found
