"""The load plan of a plant: its files, its machines, and the solver beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_schema.errors import InvalidInput
from interfaces.app.composition import App
from interfaces.settings import Settings
from tools.context import Caller
from tools.load.account import Account, account
from tools.load.book import LoadBook, read_book
from tools.load.changes import at_level, change_of
from tools.load.explain import Stretch, binding, obstacles, stretches
from tools.load.gather import Gathered, gather
from tools.load.model import Plan, Problem
from tools.load.solve import Search, ruled, solve
from tools.load.tariff import Tariff, read_tariff
from tools.maintenance.costs import read_costs
from tools.results.result import Chart, ChartLine
from tools.topology.snapshot import Topologies

_LOAD, _TARIFF, _COSTS = "load.yaml", "tariff.yaml", "costs.yaml"
_MOST_CHECKS = 100
"""Of a work order's checklist."""


def tariff_file(settings: Settings) -> Path:
    return settings.tariff or settings.home / _TARIFF


def load_file(settings: Settings) -> Path:
    return settings.load or settings.home / _LOAD


def books(settings: Settings) -> tuple[LoadBook, Tariff]:
    """Raises ``InvalidInput`` with what is wrong with a file, or where two of them state different currencies."""
    tariff = read_tariff(tariff_file(settings))
    costs_file = settings.costs or settings.home / _COSTS
    if costs_file.exists() and tariff_file(settings).exists():
        costs = read_costs(costs_file)
        if costs.currency != tariff.currency:
            raise InvalidInput(
                f"{costs_file.name} is in {costs.currency}, {tariff_file(settings).name} in {tariff.currency}. State one currency."
            )
    return read_book(load_file(settings)), tariff


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made of, and what the plant would do by itself."""

    gathered: Gathered
    plan: Plan
    made: Account
    rule: Account
    currency: str

    @property
    def problem(self) -> Problem:
        return self.gathered.problem

    def stretches(self) -> list[Stretch]:
        return stretches(self.problem, self.plan)

    def binding(self) -> list[str]:
        return binding(self.problem, self.plan, self.made, self.gathered.zone)

    def obstacles(self) -> list[str]:
        return obstacles(self.problem, self.plan, self.gathered.zone)

    def chart(self) -> Chart:
        """What the site takes, with the plan and by the rule."""
        at = [one.start for one in self.problem.steps]
        lines = [
            ChartLine(name=name, at=at, values=[round(kw, 2) for kw in some.site])
            for name, some in (("by the plan", self.made), ("by the rule", self.rule))
        ]
        return Chart(title="Power that the site takes", unit="kW", lines=lines)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a change does to the cost (or, unpriced, to the energy): expected, and between a low and a high load."""

    text: str
    assumes: str
    before: float
    after: float
    low: float
    high: float
    obstacles: tuple[str, ...]


async def planned(app: App, hours: int, seconds: float) -> Planned:
    """For so many hours from the next quarter of an hour. Searched for so many seconds at most."""
    book, tariff = books(app.settings)
    context = await app.context(Caller("load"))
    found = await gather(context, Topologies(), book, tariff, hours)
    plan = await asyncio.to_thread(solve, found.problem, Search(seconds))
    rule = account(found.problem, ruled(found.problem).courses)
    return Planned(found, plan, account(found.problem, plan.courses), rule, tariff.currency)


async def compared(app: App, plan: Planned, change: str, seconds: float) -> Compared:
    """The same model with a change, at the expected load and at those that forecasts were off by."""
    book, _ = books(app.settings)
    gathered = plan.gathered
    found = change_of(gathered.problem, change, gathered.zone, book.supply_effect_per_k)
    off = max((one for one in gathered.missed.values() if one == one), default=0.0)
    differences = list[float]()
    for factor in (1 - off, 1 + off) if off else ():
        pair = [await _solved(at_level(one, factor), seconds) for one in (found.before, found.after)]
        differences.append(pair[1].cost - pair[0].cost)
    before, after = await _solved(found.before, seconds), await _solved(found.after, seconds)
    differences.append(after.cost - before.cost)
    said = [one for one in obstacles(found.after, after, gathered.zone) if one not in plan.obstacles()]
    return Compared(found.text, found.assumes, before.cost, after.cost, min(differences), max(differences), tuple(said))


async def _solved(problem: Problem, seconds: float) -> Plan:
    return await asyncio.to_thread(solve, problem, Search(seconds))


def wish(plan: Planned) -> tuple[str, Mapping[str, Any]]:
    """What would put the plan before a person: an order with its set points as a checklist, as a call that somebody approves."""
    zone, first = plan.gathered.zone, plan.problem.systems[0].units[0]
    lines = [set_point(one, plan)[:200] for one in plan.stretches()][:_MOST_CHECKS]
    begins, last = plan.problem.steps[0].start, plan.problem.steps[-1].start
    text = f"Run the load plan from {begins.astimezone(zone):%a %d %b %H:%M} to {last.astimezone(zone):%a %d %b %H:%M}"
    return "create_work_order", {"asset": first.id, "text": text, "kind": "other", "due": begins.isoformat(), "checklist": lines}  # fmt: skip


def set_point(one: Stretch, plan: Planned) -> str:
    """What a person sets at the beginning of a stretch."""
    zone = plan.gathered.zone
    when = f"{one.begins.astimezone(zone):%a %d %b %H:%M}–{one.ends.astimezone(zone):%H:%M}"
    return f"{when} {one.system}: {units_of(one)}{beside_of(one)}{stores_of(one, plan)}"


def units_of(one: Stretch) -> str:
    """The units with what each carries."""
    told = [f"{name} {low:.0f}–{high:.0f} kW" if round(low) != round(high) else f"{name} {high:.0f} kW" for name, (low, high) in one.loads.items()]  # fmt: skip
    return ", ".join(told) or "all off"


def beside_of(one: Stretch) -> str:
    told = [f"{count} × {name.replace('_', ' ').lower()}" for name, count in one.beside.items() if count]
    return f"; {', '.join(told)}" if told else ""


def stores_of(one: Stretch, plan: Planned) -> str:
    system = next(some for some in plan.problem.systems if some.id == one.system)
    told = list[str]()
    for store in system.stores:
        held = plan.plan.courses[one.system].content[store.id][one.last]
        if store.degrees is not None:
            kelvin = abs(held) / store.degrees
            word = ("below" if held > 0 else "above") if one.system == "cooling" else ("above" if held > 0 else "below")
            told.append(f"building {kelvin:.1f} K {word} its set point at the end")
        else:
            told.append(f"tank holds {held:.0f} kWh at the end")
    return f"; {', '.join(told)}" if told else ""
