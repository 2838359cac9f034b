"""Rule-based staging, a day ahead without planning again, and planning again each hour, on the same plant and weather: peak, energy, cost, hours out of comfort."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Literal, get_args

import numpy as np
from rich.console import Console
from rich.table import Table

from evals.bench.plans.load.plant import (
    AHEAD_K,
    BEHIND_K,
    COUPLING,
    EMPTY_BEHIND_K,
    MASS,
    QUARTER,
    WARM_UP_DAYS,
    Season,
    World,
    is_occupied,
    machines,
    world,
)
from tools.load.account import own_power
from tools.load.demand import demand
from tools.load.model import Problem, Purchase, Step, Store, System, Unit
from tools.load.rule import by_rule
from tools.load.solve import Search, solve

Policy = Literal["rule", "day ahead", "each hour"]
POLICIES: Sequence[Policy] = get_args(Policy)
DEMAND_PRICE = 11.5
_HORIZON_H, _FINE_H = 24, 1
_SEARCH = Search(seconds=1.0, gap=0.02)


@dataclass(slots=True)
class Run:
    """What a policy came to; ``x`` is how much warmer than its set point the building is, ``held`` for how many hours each unit is as it is."""

    x: float = 0.0
    on: frozenset[str] = frozenset({"Chiller 1"})
    held: dict[str, float] = field(default_factory=lambda: {"Chiller 1": 9.0, "Chiller 2": 9.0})
    energy: float = 0.0
    paid: float = 0.0
    peak: float = 0.0
    outside_comfort_h: float = 0.0
    starts: int = 0

    @property
    def cost(self) -> float:
        return self.paid + DEMAND_PRICE * self.peak


@dataclass(frozen=True, slots=True)
class Setting:
    """What is set for a quarter of an hour: which units run, and what they deliver; None: what holds the set point."""

    on: frozenset[str]
    kw: float | None


def price(moment_hour: int, is_workday: bool) -> float:
    """Of a kWh."""
    return (0.42 if 16 <= moment_hour < 20 else 0.29 if 8 <= moment_hour < 20 else 0.19) if is_workday else 0.19


def behind(world: World, quarter: int) -> float:
    return BEHIND_K if is_occupied(world.moment(quarter)) else EMPTY_BEHIND_K


def run(plant: World, policy: Policy, days: int) -> Run:
    """So many days after the plant's past."""
    state, settings = Run(), list[Setting]()
    first = 96 * WARM_UP_DAYS
    for n in range(96 * days):
        if policy == "day ahead" and n % 96 == 0:
            settings = planned(plant, first + n, state)[:96]
        if policy == "each hour" and n % 4 == 0:
            settings = planned(plant, first + n, state)[:4]
        set_ = settings.pop(0) if settings else ruled(plant, first + n, state)
        step(plant, first + n, state, set_, is_rule=policy == "rule")
    return state


def ruled(plant: World, quarter: int, state: Run) -> Setting:
    """Staging by what is asked for now, at the set point."""
    wanted = max(0.0, plant.load[quarter] + state.x * (plant.mass / QUARTER - plant.coupling))
    most = sum(one.capacity for one in plant.system.units)
    system = replace(
        plant.system, units=tuple(_now(one, state) for one in plant.system.units), load=(min(wanted, most),), upper=(0.0,), outside=(plant.outside[quarter],)
    )  # fmt: skip
    steps = (Step(plant.moment(quarter), QUARTER),)
    nothing = Purchase((0.0,), (0.0,), demand_counts=(False,), limit=(None,), penalty=(None,))
    return Setting(by_rule(Problem(steps, (system,), (0.0,), nothing))["cooling"].running[0], None)


def _now(unit: Unit, state: Run) -> Unit:
    return replace(unit, is_on=unit.id in state.on, held_h=state.held[unit.id])


def step(plant: World, quarter: int, state: Run, set_: Setting, is_rule: bool) -> None:
    """A quarter of an hour: what is set is delivered within what runs and within comfort; before comfort is lost, now or within an hour, it starts what rests."""
    units, on = plant.system.units, set(set_.on)
    drift = state.x + QUARTER * (plant.load[quarter] - plant.coupling * state.x) / plant.mass
    warmest = 0.9 * min(behind(plant, quarter), behind(plant, quarter + 4))
    for one in units:
        if drift - QUARTER * _capacity(units, on) / plant.mass > warmest:
            on.add(one.id)
    least, most = (max(0.0, (drift - edge) * plant.mass / QUARTER) for edge in (warmest, -AHEAD_K))
    wanted = drift * plant.mass / QUARTER if set_.kw is None else min(max(set_.kw, least), most)
    delivered = min(max(0.0, wanted), _capacity(units, on))
    pumps = plant.system.shared[0]
    count = max(len(on), pumps.enough(delivered)) if is_rule else pumps.best(delivered)
    system = replace(plant.system, outside=(plant.outside[quarter],))
    kw = plant.base[quarter] + (own_power(system, 0, frozenset(on), delivered) + pumps.power(delivered, count) if on else 0.0)  # fmt: skip
    moment = plant.moment(quarter)
    state.x = drift - QUARTER * delivered / plant.mass
    state.energy += QUARTER * kw
    state.paid += QUARTER * kw * price(moment.hour, moment.weekday() < 5)
    state.peak = max(state.peak, kw)
    if is_occupied(moment) and not -AHEAD_K - 0.05 <= state.x <= BEHIND_K + 0.05:
        state.outside_comfort_h += QUARTER
    state.starts += len(on - state.on)
    for one in units:
        state.held[one.id] = (state.held[one.id] if (one.id in on) == (one.id in state.on) else 0.0) + QUARTER
    state.on = frozenset(on)


def _capacity(units: Sequence[Unit], on: set[str]) -> float:
    return sum(one.capacity for one in units if one.id in on)


def planned(plant: World, quarter: int, state: Run) -> list[Setting]:
    """The settings of the coming quarters, by what a planner knows: stated machines, a forecast from the past, its own guess of the building."""
    problem = _problem(plant, quarter, state)
    plan = solve(problem, _SEARCH)
    course = plan.courses["cooling"]
    return [
        Setting(on, kw)
        for on, kw, length in zip(course.running, course.delivered, problem.steps, strict=True)
        for _ in range(round(length.hours / QUARTER))
    ]


def _problem(plant: World, quarter: int, state: Run) -> Problem:
    hours = [QUARTER] * (4 * _FINE_H) + [1.0] * (_HORIZON_H - _FINE_H)
    at = [quarter + round(4 * sum(hours[:n])) for n in range(len(hours))]
    steps = tuple(Step(plant.moment(one), length) for one, length in zip(at, hours, strict=True))
    load, upper = _forecast(plant.load, plant, quarter, at)
    outside, _ = _forecast(plant.outside, plant, quarter, at)
    _, base = _forecast(plant.base, plant, quarter, at)
    known = machines()
    most = sum(one.capacity for one in known.units)
    start = min(max(-state.x * MASS, -MASS * EMPTY_BEHIND_K), MASS * AHEAD_K)
    keep = math.exp(-COUPLING / MASS)
    low = [-0.8 * MASS * behind(plant, min(one + round(4 * length), len(plant.load) - 1)) for one, length in zip(at, hours, strict=True)]  # fmt: skip
    building = Store(
        "building", "Building", "mass", start, (*low[:-1], min(0.0, start)), (MASS * AHEAD_K,) * len(at),
        (most,) * len(at), keep, MASS,
    )  # fmt: skip
    system: System = replace(
        known, units=tuple(_now(one, state) for one in known.units), load=tuple(min(one, most) for one in load),
        upper=tuple(min(one, most) for one in upper), outside=tuple(outside), stores=(building,),
    )  # fmt: skip
    none: tuple[float | None, ...] = (None,) * len(at)
    prices = tuple(price(one.start.hour, one.start.weekday() < 5) for one in steps)
    buys = Purchase(prices, (0.0,) * len(at), 0.0, DEMAND_PRICE, state.peak, (True,) * len(at), none, none)
    return Problem(steps, (system,), tuple(base), buys)


def _forecast(
    values: Sequence[float], plant: World, quarter: int, at: Sequence[int]
) -> tuple[list[float], list[float]]:
    hour = quarter // 4
    past = np.array(values[: 4 * hour]).reshape(hour, 4).mean(axis=1)[-24 * WARM_UP_DAYS :]
    found = demand(past, plant.moment(4 * hour), _HORIZON_H + 1, 0.9, UTC)
    assert found is not None
    pairs = [(float(found.expected[(one - 4 * hour) // 4]), float(found.upper[(one - 4 * hour) // 4])) for one in at]
    return [one for one, _ in pairs], [one for _, one in pairs]


def compare(console: Console, days: int, seeds: Sequence[int], seasons: Sequence[Season] = get_args(Season)) -> bool:
    """Whether planning again each hour never costs more than the rule, nor comfort. Prints each season by policy, median with its spread over the seeds."""
    table = Table("season", "policy", "peak, kW", "energy, kWh", "cost", "out of comfort, h", "starts")
    is_fine = True
    for season in seasons:
        runs = {policy: [run(world(season, seed, days), policy, days) for seed in seeds] for policy in POLICIES}
        for policy, some in runs.items():
            figures = [[one.peak for one in some], [one.energy for one in some], [one.cost for one in some]]
            rest = [[one.outside_comfort_h for one in some], [float(one.starts) for one in some]]
            table.add_row(season, policy, *(_spread(one) for one in (*figures, *rest)))
        for ruled_, hourly in zip(runs["rule"], runs["each hour"], strict=True):
            is_fine &= hourly.cost <= ruled_.cost and hourly.outside_comfort_h <= ruled_.outside_comfort_h
        saved = [100 * (1 - b.cost / a.cost) for a, b in zip(runs["rule"], runs["each hour"], strict=True)]
        ahead = [100 * (1 - b.cost / a.cost) for a, b in zip(runs["rule"], runs["day ahead"], strict=True)]
        console.print(f"{season}: each hour saves {_spread(saved, 1)}% of the rule's cost, a day ahead {_spread(ahead, 1)}%")  # fmt: skip
    console.print(f"{days} days, {len(seeds)} seeds; median (least to most)")
    console.print(table)
    return is_fine


def _spread(row: Sequence[float], digits: int = 0) -> str:
    middle = f"{statistics.median(row):,.{digits}f}"
    return middle if len(row) == 1 else f"{middle} ({min(row):,.{digits}f} to {max(row):,.{digits}f})"
