"""What is planned and what a plan is: values without a store or a solver. Power and load in kW, contents in kWh, lengths in hours, money in the tariff's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from tools.load.curve import Curve

Carrier = Literal["electricity", "gas"]
State = Literal["within gap", "within time", "by rule"]
Limit = Literal["load", "comfort", "content", "event", "ramp", "reserve", "run"]
"""Which constraint a plan cannot keep."""


@dataclass(frozen=True, slots=True)
class Step:
    start: datetime
    hours: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A chiller or a boiler with what runs with it alone (``companions``: its tower, its condenser pump), which its curve holds as well.

    Below ``least`` it runs as at ``least``. ``out`` are the steps in which it may not run; ``held_h`` is for how long it has been as it is now.
    """

    id: str
    name: str
    curve: Curve
    capacity: float
    least: float = 0.0
    min_run_h: float = 0.0
    min_rest_h: float = 0.0
    start_cost: float = 0.0
    out: frozenset[int] = frozenset()
    is_on: bool = False
    held_h: float = 1e6
    companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """Alike machines that serve all units of a system (pumps, fans), ``rated_kw`` each at full speed, where one carries ``capacity`` kW of the system's load.

    Their power falls with the cube of the speed (affinity laws), and the speed not below ``least_speed``.
    """

    id: str
    names: tuple[str, ...]
    rated_kw: float
    capacity: float
    least_speed: float = 0.3

    def power(self, load: float, count: int) -> float:
        """kW of so many of them."""
        speed = max(self.least_speed, load / (count * self.capacity))
        return count * self.rated_kw * min(speed, 1.0) ** 3

    def enough(self, load: float) -> int:
        """The fewest that carry a load, at most all."""
        return next((n for n in range(1, len(self.names)) if load <= n * self.capacity + 1e-9), len(self.names))

    def best(self, load: float) -> int:
        """How many take the least power together."""
        return min(range(self.enough(load), len(self.names) + 1), key=lambda n: (self.power(load, n), n))


@dataclass(frozen=True, slots=True)
class Store:
    """A tank, or the mass of a building (``degrees`` kWh a kelvin). ``low`` and ``high`` bound its content at the end of each step; 0 of a mass is the comfort set point.

    ``keep`` is the share that is left after an hour, ``rate`` what may go in or out in each step.
    """

    id: str
    name: str
    kind: Literal["tank", "mass"]
    start: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    rate: tuple[float, ...]
    keep: float = 1.0
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class System:
    """Units that carry one load together, each its share by capacity. ``load`` is expected, ``upper`` what it may well be; ``outside`` in °C."""

    id: str
    name: str
    carrier: Carrier
    units: tuple[Unit, ...]
    load: tuple[float, ...]
    upper: tuple[float, ...]
    outside: tuple[float, ...]
    shared: tuple[Shared, ...] = ()
    stores: tuple[Store, ...] = ()
    ramp_kw_per_h: float | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What energy costs in each step. Where ``is_priced`` is false the prices are weights of energy, and its cost is unknown.

    ``limit`` is what the site may take; beyond it each kWh costs ``penalty``, None where that is not allowed at all.
    """

    electricity: tuple[float, ...]
    gas: tuple[float, ...]
    export: float = 0.0
    demand_price: float = 0.0
    reached_kw: float = 0.0
    demand_counts: tuple[bool, ...] = ()
    limit: tuple[float | None, ...] = ()
    penalty: tuple[float | None, ...] = ()
    co2: Mapping[Carrier, float | None] = field(default_factory=dict["Carrier", "float | None"])
    co2_price: float = 0.0
    is_priced: bool = True

    def carbon(self, carrier: Carrier) -> float:
        """What the CO2 of a kWh costs."""
        return self.co2_price * (self.co2.get(carrier) or 0.0)

    def price(self, carrier: Carrier, step: int) -> float:
        return (self.electricity if carrier == "electricity" else self.gas)[step] + self.carbon(carrier)


@dataclass(frozen=True)
class Problem:
    """``base`` is what else the site takes, in kW; below nothing where it feeds back."""

    steps: tuple[Step, ...]
    systems: tuple[System, ...]
    base: tuple[float, ...]
    purchase: Purchase

    @cached_property
    def offsets(self) -> tuple[float, ...]:
        """Hours from now to the start of each step."""
        found, at = list[float](), 0.0
        for one in self.steps:
            found.append(at)
            at += one.hours
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Course:
    """How a system runs: which units, how much they deliver together, how many shared machines beside them, and what the stores hold at the end of each step."""

    running: tuple[frozenset[str], ...]
    delivered: tuple[float, ...]
    beside: Mapping[str, tuple[int, ...]]
    content: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A constraint that no plan keeps, in a step, by so much (kW, or kWh of a content)."""

    limit: Limit
    system: str
    step: int
    amount: float
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """``bound`` is what no plan can cost less than; ``shortfalls`` are empty where all is kept."""

    courses: Mapping[str, Course]
    state: State
    cost: float
    bound: float | None = None
    shortfalls: tuple[Shortfall, ...] = ()
    took_s: float = 0.0

    @property
    def gap(self) -> float | None:
        """How far it may be above the best there can be, as a share of its cost."""
        if self.bound is None:
            return None
        return max(0.0, self.cost - self.bound) / max(abs(self.cost), 1e-9)
