"""From the plant to a problem: its chillers and boilers with what runs beside them, their curves and loads from history, its site's other power, and what energy costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from forecasting.plant_points import Layout, measured_points, read_layout, read_series
from forecasting.plant_points import Measured as PointOf
from graph_schema.errors import InvalidInput
from graph_schema.units import convert
from tools.context import ToolContext
from tools.load.book import BuildingEntry, LoadBook, SystemEntry
from tools.load.curve import Floats
from tools.load.demand import Demand, demand
from tools.load.machines import Beside, Measured, shared_of, together, unit_of
from tools.load.model import Problem, Purchase, Shared, Step, Store, System, Unit
from tools.load.tariff import Tariff, unknown_costs
from tools.topology.snapshot import Topologies

DAYS = 28
"""So much history is learnt from."""
FINE_H = 12
"""So many hours are planned by the quarter of an hour, the rest by the hour."""
GAS_KWH = 10.0
"""Of a cubic metre of natural gas, where its power is not measured."""
_HOUR = 3600
Serves = Literal["cooling", "heating"]
_SERVES: Mapping[Serves, str] = {"cooling": "Chiller", "heating": "Boiler"}
_OUTSIDE = "outside_air_temperature"


@dataclass(frozen=True, slots=True)
class Gathered:
    """``notes`` say what is assumed and what is not known. ``missed`` is by how much forecasts of each system's load were off in their trials, as a share."""

    problem: Problem
    notes: tuple[str, ...]
    missed: Mapping[str, float]
    zone: ZoneInfo
    air: tuple[tuple[str, tuple[bool, ...]], ...]
    """Air handlers that run by their schedule."""


async def gather(context: ToolContext, topologies: Topologies, book: LoadBook, tariff: Tariff, hours: int) -> Gathered:
    """For so many hours from the next quarter. Raises ``InvalidInput`` where there is nothing to plan."""
    now = context.clock()
    layout = await read_layout(context.graph)
    topology = await topologies.current(context.graph, context.ontology)
    names = {id_: node.name for id_, node in topology.nodes.items()}
    points = await measured_points(context.graph)
    end = now.replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    wanted = [one.source for one in points if one.quantity in _QUANTITIES]
    series = await read_series(context.history, wanted, start, end, _HOUR)
    read = {source: one.values[: 24 * DAYS] for source, one in series.items()}
    classes: dict[Serves, frozenset[str]] = {
        name: context.ontology.descendants(class_) for name, class_ in _SERVES.items()
    }
    zone = ZoneInfo(context.plant_timezone)
    return PlantRecord(layout, names, points, read, classes, book, tariff, zone, end, steps_of(now, hours)).gathered()


def steps_of(now: datetime, hours: int) -> tuple[Step, ...]:
    """From the next quarter of an hour on."""
    begins = datetime.fromtimestamp(math.ceil(now.timestamp() / 900) * 900, now.tzinfo)
    fine = 4 * min(hours, FINE_H)
    steps = [Step(begins + timedelta(minutes=15 * n), 0.25) for n in range(fine)]
    coarse = [Step(begins + timedelta(hours=FINE_H + n), 1.0) for n in range(hours - FINE_H)]
    return (*steps, *coarse)


_QUANTITIES = frozenset(
    {_OUTSIDE, "electric_power", "active_power", "coefficient_of_performance", "natural_gas_flow", "speed"}
)
_UNITS = {"electric_power": "kW", "active_power": "kW", "natural_gas_flow": "m³/h"}


@dataclass(frozen=True, slots=True)
class PlantRecord:
    """What a problem is made of. ``read`` are hourly means by source, up to ``end``."""

    layout: Layout
    names: Mapping[str, str]
    points: Sequence[PointOf]
    read: Mapping[str, Floats]
    classes: Mapping[Serves, frozenset[str]]
    book: LoadBook
    tariff: Tariff
    zone: ZoneInfo
    end: datetime
    steps: tuple[Step, ...]

    def gathered(self) -> Gathered:
        notes, missed, systems = list[str](), dict[str, float](), list[System]()
        used = list[Floats]()
        outside = self._outside(notes)
        for serves in self.classes:
            found = self._system(serves, outside, notes, used)
            if found is not None:
                systems.append(found[0])
                missed[found[0].id] = found[1]
        if not systems:
            detail = f" {' '.join(notes)}" if notes else ""
            raise InvalidInput(
                f"There is nothing to plan: the plant has no chiller or boiler that enough is known of.{detail} State them in load.yaml; docs/operators/load.md shows one."
            )
        base = self._base(used, notes)
        air = tuple((one.asset, tuple(any(t.holds(s.start.astimezone(self.zone)) for t in one.runs) for s in self.steps)) for one in self.book.air_handlers)  # fmt: skip
        power = {one.asset: one.power_kw for one in self.book.air_handlers}
        if self.book.base_kw is not None:
            base = tuple(kw + sum(power[name] * row[step] for name, row in air) for step, kw in enumerate(base))
        purchase, unknown = self._purchase(any(one.carrier == "gas" for one in systems))
        problem = Problem(self.steps, tuple(systems), base, purchase)
        return Gathered(problem, (*unknown, *dict.fromkeys(notes)), missed, self.zone, air)

    # -- systems -------------------------------------------------------------------------------------------------------

    def _system(
        self, serves: Serves, outside: Floats, notes: list[str], used: list[Floats]
    ) -> tuple[System, float] | None:
        """With by how much its forecasts were off; None where the plant has no such units."""
        carrier = "electricity" if serves == "cooling" else "gas"
        ids = sorted(one.id for one in self.layout.assets.values() if one.class_ in self.classes[serves])
        entry = self.book.system(serves) or SystemEntry(serves=serves)
        known = [
            unit
            for id_ in ids
            if (unit := unit_of(self._measured(id_, carrier), carrier, outside, self.book.unit(id_, self._name(id_))))
        ]
        named = {one.unit.id for one in known} | {one.unit.name for one in known}
        strangers = [one.asset for one in entry.units if one.asset.casefold() not in {n.casefold() for n in named}]
        if strangers:
            notes.append(f"load.yaml names {', '.join(strangers)}, which is no {_SERVES[serves].lower()} of the plant.")
        if not known:
            return None
        for one in known:
            notes += one.notes
        load = together([one.load for one in known], 24 * DAYS)
        capacity = sum(one.unit.capacity for one in known)
        shared = tuple(self._shared([one.unit for one in known], load, capacity))
        for one in known if carrier == "electricity" else ():
            used.append(self._measured(one.unit.id, carrier).power)
        used += [power for one in shared for power in self._powers(one)]
        coming = self._demand(entry, load, serves, notes)
        if coming is None:
            return None
        expected, upper = (self._by_step(one) for one in (coming.expected, coming.upper))
        if max(upper) > capacity + 1e-6:
            notes.append(f"The {serves} load may go beyond all that there is ({capacity:.0f} kW): all is kept ready then.")  # fmt: skip
        if entry.load_kw is None:
            expected = [min(one, capacity) for one in expected]
        if all(one.unit.start_cost == 0 for one in known):
            notes.append(f"Nobody has stated what a start costs ({serves}): it costs nothing.")
        warm = demand(outside, self.end, self._hours, 0.9, self.zone)
        system = System(
            serves, serves, carrier, tuple(one.unit for one in known), tuple(expected),
            tuple(min(one, capacity) for one in upper),
            tuple(self._by_step(warm.expected)) if warm is not None else (20.0,) * len(self.steps),
            shared, tuple(self._stores(entry, capacity, notes)), entry.ramp_kw_per_h,
        )  # fmt: skip
        return system, coming.missed

    def _measured(self, id_: str, carrier: str) -> Measured:
        size = 24 * DAYS
        if carrier == "gas":
            flow = self._of(id_, "natural_gas_flow")
            power = flow * GAS_KWH if flow is not None else np.full(size, np.nan)
            return Measured(id_, self._name(id_), power, None, (), self.layout.assets[id_].rated_power_kw)
        own = self._of(id_, "electric_power")
        cop = self._of(id_, "coefficient_of_performance")
        beside = [(one, kw) for one in self._companions(id_) if (kw := self._of(one, "electric_power")) is not None]
        power = together([one for one in (own, *(kw for _, kw in beside)) if one is not None], size)
        load = own * cop if own is not None and cop is not None else None
        names = tuple(self._name(one) for one, _ in beside)
        return Measured(id_, self._name(id_), power, load, names, self.layout.assets[id_].rated_power_kw)

    def _companions(self, id_: str) -> list[str]:
        """What feeds this unit and nothing else."""
        feeders = {start for start, end in self.layout.feeds if end == id_}
        return sorted(one for one in feeders if {end for start, end in self.layout.feeds if start == one} == {id_})

    def _shared(self, units: Sequence[Unit], load: Floats, capacity: float) -> Iterable[Shared]:
        """What all units feed, and what feeds what feeds them: pumps and towers, by class."""
        ids = [one.id for one in units]
        fed = [{end for start, end in self.layout.feeds if start == id_} for id_ in ids]
        own = {one for id_ in ids for one in self._companions(id_)}
        before = {start for start, end in self.layout.feeds if end in own}
        groups: dict[str, list[str]] = {}
        for one in sorted(fed[0].intersection(*fed) | before):
            if self._of(one, "electric_power") is not None and one not in own:
                groups.setdefault(self.layout.assets[one].class_ or "machine", []).append(one)
        for class_, members in groups.items():
            speeds = [kw for one in members if (kw := self._of(one, "speed")) is not None]
            powers = [kw for one in members if (kw := self._of(one, "electric_power")) is not None]
            beside = Beside(class_, tuple(self._name(one) for one in members), powers, [one / 100 for one in speeds] if len(speeds) == len(powers) else ())  # fmt: skip
            found = shared_of(beside, load, capacity)
            if found is not None:
                yield found

    def _powers(self, shared: Shared) -> list[Floats]:
        ids = [one for one in self.layout.assets if self._name(one) in shared.names]
        return [kw for one in ids if (kw := self._of(one, "electric_power")) is not None]

    def _demand(self, entry: SystemEntry, load: Floats, serves: str, notes: list[str]) -> Demand | None:
        if entry.load_kw is not None:
            expected = _stretched(entry.load_kw, self._hours)
            upper = _stretched(entry.upper_kw, self._hours) if entry.upper_kw is not None else expected
            return Demand(expected, np.maximum(expected, upper), float("nan"), 0)
        found = demand(load, self.end, self._hours, self.book.quantile, self.zone)
        if found is None:
            notes.append(f"The {serves} plant is left out: less than a week of its load is known. State load_kw in load.yaml.")  # fmt: skip
        elif found.trials:
            notes.append(f"The {serves} load is expected as at the same hours of days alike; on {found.trials} days behind, that was off by {100 * found.missed:.0f}% (median).")  # fmt: skip
        return found

    def _stores(self, entry: SystemEntry, capacity: float, notes: list[str]) -> Iterable[Store]:
        many = len(self.steps)
        if entry.tank is not None:
            tank = entry.tank
            holds = min(tank.holds_kwh, tank.kwh)
            kept = (1 - tank.lost_per_day) ** (1 / 24)
            floor = holds * kept ** sum(one.hours for one in self.steps)
            yield Store(
                "tank", "Tank", "tank", holds, (*(0.0,) * (many - 1), floor), (tank.kwh,) * many, (tank.rate_kw,) * many, kept
            )  # fmt: skip
        if entry.building is not None:
            yield self._mass(entry.building, capacity)
        else:
            notes.append(f"Nobody has stated what the building stores ({entry.serves}): nothing is cooled or heated ahead.")  # fmt: skip

    def _mass(self, told: BuildingEntry, capacity: float) -> Store:
        held = [told.is_occupied(one.start.astimezone(self.zone)) for one in self.steps]
        low = tuple(-told.kwh_per_k * (told.behind_k if one else told.empty_behind_k) for one in held)
        return Store(
            "building", "Building", "mass", 0.0, (*low[:-1], 0.0), (told.kwh_per_k * told.ahead_k,) * len(held),
            (capacity,) * len(held), math.exp(-1 / told.hours), told.kwh_per_k,
        )  # fmt: skip

    # -- the site ------------------------------------------------------------------------------------------------------

    def _base(self, used: Sequence[Floats], notes: list[str]) -> tuple[float, ...]:
        """What else the site takes: its greatest meter less what is planned."""
        if self.book.base_kw is not None:
            return (self.book.base_kw,) * len(self.steps)
        owners = sorted({one.owner for one in self.points if one.quantity == "active_power"})
        meters = [kw for one in owners if (kw := self._of(one, "active_power")) is not None]
        site = max(meters, key=lambda one: float(np.nanmean(one)) if np.isfinite(one).any() else 0.0, default=None)
        rest = None if site is None else np.maximum(site - together(used, len(site)) if used else site, 0.0)
        coming = None if rest is None else demand(rest, self.end, self._hours, self.book.quantile, self.zone)
        if coming is None:
            notes.append("No meter says what else the site takes: the peak is that of the planned machines alone.")
            return (0.0,) * len(self.steps)
        return tuple(self._by_step(coming.expected))

    def _outside(self, notes: list[str]) -> Floats:
        found = next((self.read[one.source] for one in self.points if one.quantity == _OUTSIDE and one.source in self.read), None)  # fmt: skip
        if found is None:
            notes.append("No outside temperature is measured: curves hold at any weather.")
            return np.full(24 * DAYS, np.nan)
        return found

    def _purchase(self, uses_gas: bool) -> tuple[Purchase, list[str]]:
        """What energy costs in each step; where a price is not stated, energy itself counts."""
        tariff, zone = self.tariff, self.tariff.zone(str(self.zone))
        starts, hours = [one.start for one in self.steps], [one.hours for one in self.steps]
        electricity = tariff.prices("electricity", starts, hours, zone)
        gas = tariff.prices("gas", starts, hours, zone) if uses_gas else [0.0] * len(starts)
        is_priced = electricity is not None and gas is not None
        ones = [1.0] * len(starts)
        demand_ = tariff.electricity.demand if is_priced else None
        events = [next((e for e in tariff.events if e.start < s.start + timedelta(hours=s.hours) and s.start < e.end), None) for s in self.steps]  # fmt: skip
        purchase = Purchase(
            tuple(electricity if is_priced and electricity else ones), tuple(gas if is_priced and gas else ones),
            (tariff.electricity.export or 0.0) if is_priced else 0.0,
            demand_.price_per_kw if demand_ else 0.0, (demand_.reached_kw or 0.0) if demand_ else 0.0,
            tuple(demand_.holds(one.astimezone(zone)) if demand_ else False for one in starts),
            tuple(one.limit_kw if one else None for one in events), tuple(one.penalty_per_kwh if one else None for one in events),
            {"electricity": tariff.electricity.co2_kg_per_kwh, "gas": tariff.gas.co2_kg_per_kwh},
            tariff.co2_price_per_kg if is_priced else 0.0, is_priced,
        )  # fmt: skip
        return purchase, unknown_costs(tariff, uses_gas)

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def _hours(self) -> int:
        return math.ceil((self.steps[-1].start - self.end) / timedelta(hours=1)) + 1

    def _by_step(self, hourly: Floats) -> list[float]:
        """The hour that each step lies in."""
        return [float(hourly[int((one.start - self.end) / timedelta(hours=1))]) for one in self.steps]

    def _of(self, asset: str, quantity: str) -> Floats | None:
        """Power in kW, flow of gas in m³/h, else in the point's own unit; None where it is not read, or in a unit that measures something else."""
        found = next((one for one in self.points if one.owner == asset and one.quantity == quantity), None)
        wanted = _UNITS.get(quantity)
        if found is None or found.source not in self.read:
            return None
        factor = 1.0 if wanted is None or found.unit is None else convert(1.0, found.unit, wanted)
        return None if factor is None else self.read[found.source] * factor

    def _name(self, asset: str) -> str:
        return self.names.get(asset, asset)


def _stretched(told: Sequence[float], hours: int) -> Floats:
    """The last one stated holds on."""
    return np.array([told[min(n, len(told) - 1)] for n in range(hours)], dtype=np.float64)
