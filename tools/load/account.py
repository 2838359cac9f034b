"""What a course of all systems takes and costs, by the curves themselves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from tools.load.model import Carrier, Course, Problem, System


@dataclass(frozen=True, slots=True)
class Account:
    """``power`` is by system, of its own carrier; ``beside`` is the electricity of shared machines of all systems; ``site`` what the site takes of the grid, below nothing where it feeds back. All in kW by step.

    ``costs`` are by kind. ``co2_kg`` is None where a factor is unknown.
    """

    power: Mapping[str, tuple[float, ...]]
    beside: tuple[float, ...]
    site: tuple[float, ...]
    peak_kw: float
    energy_kwh: float
    gas_kwh: float
    co2_kg: float | None
    costs: Mapping[str, float]

    @property
    def cost(self) -> float:
        return sum(self.costs.values())


def unit_loads(system: System, running: frozenset[str], delivered: float) -> dict[str, float]:
    """What each unit carries: parallel machines at one supply temperature share by capacity."""
    on = [one for one in system.units if one.id in running]
    together = sum(one.capacity for one in on)
    return {one.id: delivered * one.capacity / together for one in on}


def own_power(system: System, step: int, running: frozenset[str], delivered: float) -> float:
    """kW of the units with what runs with each of them alone."""
    loads = unit_loads(system, running, delivered)
    return sum(
        one.curve.power(max(loads[one.id], one.least), system.outside[step])
        for one in system.units
        if one.id in running
    )


def account(problem: Problem, courses: Mapping[str, Course]) -> Account:
    hours = [one.hours for one in problem.steps]
    power = {one.id: _power(one, courses[one.id]) for one in problem.systems}
    beside = tuple(
        sum(_beside(one, courses[one.id], step) for one in problem.systems) for step in range(len(problem.steps))
    )
    electric = [power[one.id] for one in problem.systems if one.carrier == "electricity"]
    site = tuple(
        base + extra + sum(one[step] for one in electric)
        for step, (base, extra) in enumerate(zip(problem.base, beside, strict=True))
    )
    gas = [
        sum(power[one.id][step] for one in problem.systems if one.carrier == "gas")
        for step in range(len(problem.steps))
    ]
    energy = sum(max(0.0, kw) * h for kw, h in zip(site, hours, strict=True))
    burnt = sum(kw * h for kw, h in zip(gas, hours, strict=True))
    peak = max([problem.purchase.reached_kw, *_counted(problem, site)])
    return Account(
        power, beside, site, max(0.0, *site), energy, burnt, _co2(problem, energy, burnt),
        _costs(problem, courses, site, gas, peak),
    )  # fmt: skip


def _power(system: System, course: Course) -> tuple[float, ...]:
    pairs = zip(course.running, course.delivered, strict=True)
    return tuple(own_power(system, step, on, load) for step, (on, load) in enumerate(pairs))


def _beside(system: System, course: Course, step: int) -> float:
    if not course.running[step]:
        return 0.0
    return sum(one.power(course.delivered[step], course.beside[one.id][step]) for one in system.shared)


def _counted(problem: Problem, site: tuple[float, ...]) -> list[float]:
    """What counts for the demand charge."""
    return [kw for kw, counts in zip(site, problem.purchase.demand_counts, strict=True) if counts]


def _co2(problem: Problem, energy: float, burnt: float) -> float | None:
    used: dict[Carrier, float] = {"electricity": energy, "gas": burnt}
    found = [(kwh, problem.purchase.co2.get(name)) for name, kwh in used.items() if kwh > 0]
    known = [kwh * factor for kwh, factor in found if factor is not None]
    return sum(known) if len(known) == len(found) else None


def _costs(
    problem: Problem, courses: Mapping[str, Course], site: tuple[float, ...], gas: list[float], peak: float
) -> dict[str, float]:
    buys = problem.purchase
    found = {"electricity": 0.0, "gas": 0.0, "demand": buys.demand_price * (peak - buys.reached_kw), "starts": 0.0, "events": 0.0}  # fmt: skip
    for step, one in enumerate(problem.steps):
        taken, fed = max(0.0, site[step]), max(0.0, -site[step])
        found["electricity"] += one.hours * (taken * buys.price("electricity", step) - fed * buys.export)
        found["gas"] += one.hours * gas[step] * buys.price("gas", step)
        limit, penalty = buys.limit[step], buys.penalty[step]
        if limit is not None and penalty is not None:
            found["events"] += one.hours * penalty * max(0.0, taken - limit)
    for system in problem.systems:
        found["starts"] += sum(one.start_cost * _starts(one.id, one.is_on, courses[system.id]) for one in system.units)
    return found


def _starts(unit: str, is_on: bool, course: Course) -> int:
    row = [is_on, *(unit in on for on in course.running)]
    return sum(after and not before for before, after in itertools.pairwise(row))
