"""The load plan as a linear program: one binary for each mode and step, contents of stores, the site's purchase and its peak.

Whatever cannot be kept has a slack that costs more than anything else, so there is always a plan, and what is in the way shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.load.linear import FREE, Program
from tools.load.model import Course, Limit, Problem, Shortfall, Store, System, Unit
from tools.load.modes import Mode, modes

RESERVE_H = 1.0
"""Until the next plan: for so long a store has to bear what is beyond the expected load."""
_DEAR = {"load": 400.0, "content": 400.0, "comfort": 200.0, "event": 100.0, "ramp": 20.0, "run": 1000.0, "reserve": 10.0}  # fmt: skip
"""What a shortfall of 1 kW for an hour (or of 1 kWh) costs, in times of the dearest kWh."""
_SMALL = 1e-4


@dataclass(slots=True)
class _Columns:
    """Of one system; lists are by step."""

    mode: list[list[int]] = field(default_factory=list["list[int]"])
    delivered: list[list[int]] = field(default_factory=list["list[int]"])
    content: dict[str, list[int]] = field(default_factory=dict[str, "list[int]"])


class LoadProgram:
    """The program of a problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.linear = Program()
        self._modes: dict[str, list[Mode]] = {}
        self._columns: dict[str, _Columns] = {}
        self._slack: list[tuple[int, Limit, str, int, str | None]] = []
        self._electric: list[dict[int, float]] = [{} for _ in problem.steps]
        purchase = problem.purchase
        self._dearest = max(
            0.01, *(abs(one) for one in purchase.electricity), *(abs(one) for one in purchase.gas), purchase.demand_price,
            purchase.carbon("electricity") + purchase.carbon("gas"), *(one or 0.0 for one in purchase.penalty),
        )  # fmt: skip
        for system in problem.systems:
            self._run(system)
        self._buy()

    def hint(self, courses: Mapping[str, Course]) -> dict[int, float]:
        """The binaries of a plan."""
        found: dict[int, float] = {}
        for system in self._problem.systems:
            for step, on in enumerate(courses[system.id].running):
                for mode, column in zip(self._modes[system.id], self._columns[system.id].mode[step], strict=True):
                    found[column] = float(mode.units == on)
        return found

    def courses(self, values: list[float]) -> dict[str, Course]:
        """What a solution says."""
        return {one.id: self._course(one, values) for one in self._problem.systems}

    def shortfalls(self, values: list[float]) -> tuple[Shortfall, ...]:
        return tuple(
            Shortfall(limit, system, step, values[column], store)
            for column, limit, system, step, store in self._slack
            if values[column] > _SMALL * 10
        )

    def _course(self, system: System, values: list[float]) -> Course:
        columns, running, delivered = self._columns[system.id], list[frozenset[str]](), list[float]()
        for step in range(len(self._problem.steps)):
            found = self._modes[system.id]
            chosen = max(range(len(found)), key=lambda m, step=step: values[columns.mode[step][m]])
            running.append(found[chosen].units)
            total = sum(values[one] for one in columns.delivered[step])
            delivered.append(min(max(0.0, total), found[chosen].capacity))
        beside = {
            one.id: tuple(one.best(load) if on else 0 for on, load in zip(running, delivered, strict=True))
            for one in system.shared
        }
        content = {name: tuple(values[one] for one in row) for name, row in columns.content.items()}
        return Course(tuple(running), tuple(delivered), beside, content)

    # -- systems -------------------------------------------------------------------------------------------------------

    def _run(self, system: System) -> None:
        self._modes[system.id], self._columns[system.id] = modes(system), _Columns()
        for step in range(len(self._problem.steps)):
            self._run_step(system, step)
        for store in system.stores:
            self._columns[system.id].content[store.id] = [
                self.linear.column(-FREE, high) for high in store.high
            ]  # fmt: skip
        for step in range(len(self._problem.steps)):
            self._balance(system, step)
        for unit in system.units:
            self._switch(system, unit)
        self._ramp(system)

    def _run_step(self, system: System, step: int) -> None:
        """One mode, its load within its capacity, its power above each of its lines."""
        linear, hours = self.linear, self._problem.steps[step].hours
        out = {one.id for one in system.units if step in one.out}
        ons, loads = list[int](), list[int]()
        for mode in self._modes[system.id]:
            on = linear.binary(high=0.0 if mode.units & out else 1.0)
            load = linear.column(high=mode.capacity)
            ons.append(on)
            loads.append(load)
            if not mode.units:
                continue
            linear.row({load: 1.0, on: -mode.capacity}, high=0.0)
            price = hours * self._problem.purchase.price("gas", step) if system.carrier == "gas" else 0.0
            own = linear.column(cost=price)
            warmth = mode.slope(system.outside[step])
            for slope, constant in mode.own:
                linear.row({own: 1.0, load: -(slope + warmth), on: -constant}, low=0.0)
            if system.carrier == "electricity":
                self._electric[step][own] = 1.0
            if mode.beside:
                extra = linear.column()
                self._electric[step][extra] = 1.0
                for slope, constant in mode.beside:
                    linear.row({extra: 1.0, load: -slope, on: -constant}, low=0.0)
        linear.row(dict.fromkeys(ons, 1.0), 1.0, 1.0)
        self._columns[system.id].mode.append(ons)
        self._columns[system.id].delivered.append(loads)

    def _balance(self, system: System, step: int) -> None:
        """What is delivered, with what stores give, is the load; and what runs, with what they could give, is enough for what the load may be."""
        linear, hours = self.linear, self._problem.steps[step].hours
        columns = self._columns[system.id]
        given = dict.fromkeys(columns.delivered[step], 1.0)
        ready = {
            on: mode.capacity for on, mode in zip(columns.mode[step], self._modes[system.id], strict=True) if mode.units
        }
        for store in system.stores:
            flow, low = self._store(system, store, step)
            given[flow] = -1.0
            spare = linear.column(high=store.rate[step])
            self._left(store, columns, step, {spare: -max(hours, RESERVE_H), low: 1.0})
            ready[spare] = 1.0
        given[self._slacked("load", system.id, step, hours)] = 1.0
        linear.row(given, system.load[step], system.load[step])
        ready[self._slacked("reserve", system.id, step, hours)] = 1.0
        linear.row(ready, low=max(system.upper[step], system.load[step]))

    def _left(self, store: Store, columns: _Columns, step: int, factors: dict[int, float]) -> None:
        """What is kept of the content before this step, with ``factors``, stays above the low bound."""
        kept = store.keep ** self._problem.steps[step].hours
        if step:
            self.linear.row({columns.content[store.id][step - 1]: kept, **factors}, low=store.low[step])
        else:
            self.linear.row(factors, low=store.low[step] - kept * store.start)

    def _store(self, system: System, store: Store, step: int) -> tuple[int, int]:
        """The columns of what flows in and of what lacks to the low bound."""
        linear, hours = self.linear, self._problem.steps[step].hours
        content = self._columns[system.id].content[store.id]
        kept = store.keep**hours
        flow = linear.column(-store.rate[step], store.rate[step])
        spilt = self._slacked("content" if store.kind == "tank" else "comfort", system.id, step, 1.0, store.id)
        low = self._slacked("content" if store.kind == "tank" else "comfort", system.id, step, 1.0, store.id)
        linear.row({content[step]: 1.0, low: 1.0}, low=store.low[step])
        change = {content[step]: 1.0, flow: -hours, spilt: 1.0}
        if step:
            linear.row({**change, content[step - 1]: -kept}, 0.0, 0.0)
        else:
            linear.row(change, kept * store.start, kept * store.start)
        return flow, low

    def _slacked(self, limit: Limit, system: str, step: int, hours: float, store: str | None = None) -> int:
        column = self.linear.column(cost=_DEAR[limit] * self._dearest * hours)
        self._slack.append((column, limit, system, step, store))
        return column

    # -- units ---------------------------------------------------------------------------------------------------------

    def _switch(self, system: System, unit: Unit) -> None:
        """Starts and stops, each followed by its least time."""
        linear, offsets = self.linear, self._problem.offsets
        on = [self._on(system, unit, step) for step in range(len(offsets))]
        starts = [linear.column(high=1.0, cost=unit.start_cost) for _ in offsets]
        stops = [linear.column(high=1.0) for _ in offsets]
        for step in range(len(offsets)):
            before = dict.fromkeys(on[step - 1], -1.0) if step else {}
            now = dict.fromkeys(on[step], 1.0)
            was = 0.0 if step else float(unit.is_on)
            linear.row({**now, **before, starts[step]: -1.0, stops[step]: 1.0}, was, was)
            if step not in unit.out:
                self._hold(offsets, step, unit.min_run_h, starts, on[step], sign=-1.0, most=0.0)
            self._hold(offsets, step, unit.min_rest_h, stops, on[step], sign=1.0, most=1.0)
            self._hold_present(system, unit, step, on[step])

    def _on(self, system: System, unit: Unit, step: int) -> list[int]:
        """The binaries of the modes in which it runs: their sum is 1 where it does."""
        pairs = zip(self._modes[system.id], self._columns[system.id].mode[step], strict=True)
        return [column for mode, column in pairs if unit.id in mode.units]

    def _hold(
        self, offsets: tuple[float, ...], step: int, least_h: float, changes: list[int], on: list[int], sign: float, most: float
    ) -> None:  # fmt: skip
        recent = [changes[k] for k in range(step + 1) if offsets[step] - offsets[k] < least_h - 1e-9]
        if recent:
            self.linear.row({**dict.fromkeys(recent, 1.0), **dict.fromkeys(on, sign)}, high=most)

    def _hold_present(self, system: System, unit: Unit, step: int, on: list[int]) -> None:
        """What began before now goes on for its least time."""
        least = unit.min_run_h if unit.is_on else unit.min_rest_h
        if self._problem.offsets[step] >= least - unit.held_h - 1e-9 or unit.out:
            return
        slack = self._slacked("run", system.id, step, 1.0)
        held = float(unit.is_on)
        if unit.is_on:
            self.linear.row({**dict.fromkeys(on, 1.0), slack: 1.0}, low=held)
        else:
            self.linear.row({**dict.fromkeys(on, 1.0), slack: -1.0}, high=held)

    def _ramp(self, system: System) -> None:
        if system.ramp_kw_per_h is None:
            return
        steps, loads = self._problem.steps, self._columns[system.id].delivered
        for step in range(1, len(steps)):
            most = system.ramp_kw_per_h * (steps[step - 1].hours + steps[step].hours) / 2
            change = {**dict.fromkeys(loads[step], 1.0), **dict.fromkeys(loads[step - 1], -1.0)}
            slack = self._slacked("ramp", system.id, step, 1.0)
            self.linear.row({**change, slack: -1.0}, high=most)
            self.linear.row({**change, slack: 1.0}, low=-most)

    # -- the grid ------------------------------------------------------------------------------------------------------

    def _buy(self) -> None:
        """The site's balance, its peak and what events allow."""
        linear, purchase = self.linear, self._problem.purchase
        peak = linear.column(purchase.reached_kw, cost=purchase.demand_price)
        carbon = purchase.carbon("electricity")
        for step, one in enumerate(self._problem.steps):
            taken = linear.column(cost=one.hours * (purchase.electricity[step] + carbon))
            fed = linear.column(cost=-one.hours * purchase.export)
            used = {column: -factor for column, factor in self._electric[step].items()}
            linear.row({taken: 1.0, fed: -1.0, **used}, self._problem.base[step], self._problem.base[step])
            if purchase.demand_counts[step] and purchase.demand_price:
                linear.row({peak: 1.0, taken: -1.0}, low=0.0)
            limit, penalty = purchase.limit[step], purchase.penalty[step]
            if limit is not None:
                beyond = self._slacked("event", "", step, one.hours) if penalty is None else linear.column(cost=one.hours * penalty)  # fmt: skip
                linear.row({taken: 1.0, beyond: -1.0}, high=limit)

    @property
    def offset(self) -> float:
        """What the objective holds and nobody pays: the peak that was reached before."""
        return -self._problem.purchase.demand_price * self._problem.purchase.reached_kw
