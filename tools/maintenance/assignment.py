"""Stage A as a program for CP-SAT: each job to at most one crew's day. Imported only where it is solved; needs the extra ``plans``.

Sets: jobs j, crews c, days d, places s, clusters k, bundles b, assets a. Variables, all 0 or 1: x[j,c,d] the job is done there; visit[s,c,d]; stay[k,c,d] away from the own
cluster; setup[b,c,d]; out[a,d] the asset is out of service. The mathematics with units stand in docs/engineers/schedule.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ortools.sat.python import cp_model

from tools.maintenance.candidates import candidates, stretches
from tools.maintenance.model import Job, Problem, Slot
from tools.maintenance.plan_cost import dread

Progress = Callable[[float, float], None]
"""Told of each better plan: seconds, cost in hundredths."""
_Pairs = Sequence[tuple[Job, cp_model.IntVar]]
_SLACK = 1e-6


class _Key(NamedTuple):
    """Of a variable that comes with doing a job: a crew's visit, stay or set-up on a day, or an asset's outage (of no crew)."""

    kind: Literal["visit", "stay", "setup", "out"]
    of: str
    crew: str
    day: int


@dataclass(frozen=True, slots=True)
class Answer:
    """``chosen`` is None where no plan was found in time, ``bound`` where nothing was proven."""

    chosen: Mapping[str, Slot] | None
    bound: int | None
    optimal: bool
    first_s: float | None


class Assignment:
    """The program of a problem. ``_offset`` is what is paid in any case."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._model = cp_model.CpModel()
        self._x: dict[tuple[str, Slot], cp_model.IntVar] = {}
        self._opened: dict[_Key, cp_model.IntVar] = {}
        self._terms: list[tuple[int, cp_model.IntVar]] = []
        self._offset = 0
        self._guarded = {asset for one in problem.redundancy for asset in one.members}
        self._dread = dread(problem)
        self._build()

    def hint(self, chosen: Mapping[str, Slot]) -> None:
        """Begin the search at a plan: every variable has its value there, so that it is a plan at once."""
        self._model.clear_hints()
        on: set[_Key] = set()
        for (job, slot), var in self._x.items():
            taken = chosen.get(job) == slot
            self._model.add_hint(var, taken)
            if taken:
                on |= set(self._comes_with(self._problem.job_of[job], slot))
        for key, var in self._opened.items():
            self._model.add_hint(var, key in on)

    def forbid_together(self, jobs: frozenset[str], slot: Slot) -> None:
        """These cannot all be done there: no order of them fits. Unless another job of one of their bundles is: it may isolate before a window opens."""
        problem = self._problem
        bundles = {problem.job_of[one].bundle for one in jobs} - {None}
        others = [
            var
            for (id_, other), var in self._x.items()
            if other == slot and id_ not in jobs and problem.job_of[id_].bundle in bundles
        ]
        self._model.add(sum(self._x[one, slot] for one in sorted(jobs)) - sum(others) <= len(jobs) - 1)

    def solved(self, seconds: float, workers: int, seed: int, progress: Progress | None) -> Answer:
        """The best within so many seconds."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.catch_sigint_signal = False  # else Ctrl-C ends the process that serves, ever after
        watch = _Watch(self._offset, progress)
        status = solver.solve(self._model, watch)
        is_plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        chosen = {job: slot for (job, slot), var in self._x.items() if solver.boolean_value(var)} if is_plan else None
        proven = solver.best_objective_bound
        bound = math.ceil(proven - _SLACK) + self._offset if math.isfinite(proven) and is_plan else None
        return Answer(chosen, bound, status == cp_model.OPTIMAL, watch.first_s)

    def _build(self) -> None:
        for job in sorted(self._problem.jobs, key=_content):
            self._place(job)
        by_slot: defaultdict[Slot, list[tuple[Job, cp_model.IntVar]]] = defaultdict(list)
        for (id_, slot), var in self._x.items():
            by_slot[slot].append((self._problem.job_of[id_], var))
        for slot, some in by_slot.items():
            self._fill(slot, some)
        self._keep_redundancy()
        self._model.minimize(sum(price * var for price, var in self._terms))

    def _place(self, job: Job) -> None:
        """Prices count from leaving it out, so a cost that is paid whatever is planned cannot change the plan."""
        problem = self._problem
        out = job.failure[-1] + (self._dread if job.must or job.begun is not None else 0)
        held = problem.in_force.get(job.id)
        self._offset += out + (problem.churn if held is not None else 0)
        some: list[cp_model.IntVar] = []
        for crew, day in candidates(problem, job):
            slot = Slot(crew.id, day)
            var = self._model.new_bool_var("")
            self._x[job.id, slot] = var
            some.append(var)
            price = job.failure[day] + job.downtime[day] + job.minutes * crew.rate - out
            self._terms.append((price - (problem.churn if held == slot else 0), var))
            for key in self._comes_with(job, slot):
                self._model.add_implication(var, self._at(key))
        if some:
            self._model.add_at_most_one(some)

    def _comes_with(self, job: Job, slot: Slot) -> list[_Key]:
        problem = self._problem
        keys = [_Key("visit", job.place, slot.crew, slot.day)]
        if problem.is_far(job.place, problem.crew_of[slot.crew]):
            keys.append(_Key("stay", problem.cluster_of[job.place], slot.crew, slot.day))
        if job.bundle is not None:
            keys.append(_Key("setup", job.bundle, slot.crew, slot.day))
        return [*keys, *(_Key("out", one, "", slot.day) for one in sorted(problem.isolated_by(job) & self._guarded))]

    def _at(self, key: _Key) -> cp_model.IntVar:
        if key not in self._opened:
            self._opened[key] = self._model.new_bool_var("")
        return self._opened[key]

    def _fill(self, slot: Slot, some: _Pairs) -> None:
        """What a crew's day holds: its ways and set-ups are paid, and all of it fits into the shift."""
        problem, crew = self._problem, self._problem.crew_of[slot.crew]
        shift = crew.shift_on(slot.day)
        assert shift is not None
        used: list[tuple[int, cp_model.IntVar]] = []
        for key in sorted({key for job, _ in some for key in self._comes_with(job, slot) if key.kind != "out"}):
            minutes, cost = self._way(key)
            used.append((minutes, self._at(key)))
            self._terms.append((minutes * crew.rate + cost, self._at(key)))
        ways = sum(minutes * var for minutes, var in used)
        self._model.add(sum(one.minutes * var for one, var in some) + ways <= shift.minutes)
        for place in sorted({one.place for one, _ in some}):
            way = problem.visit_min + (problem.cluster_min if problem.is_far(place, crew) else 0)
            self._cut([pair for pair in some if pair[0].place == place], slot, place, shift.minutes - way)
        self._keep_windows(slot, some)

    def _way(self, key: _Key) -> tuple[int, int]:
        """Minutes and downtime of a visit, a stay or a set-up."""
        if key.kind == "setup":
            bundle = self._problem.bundle_of[key.of]
            return bundle.setup_min, bundle.setup_cost
        return self._problem.visit_min if key.kind == "visit" else self._problem.cluster_min, 0

    def _cut(self, some: _Pairs, slot: Slot, place: str, room: int) -> None:
        """The work at a place fits beside the way there, and is none without a visit: implied by the rest, and what lifts the bound."""
        bundles = sorted({one.bundle for one, _ in some if one.bundle is not None})
        setups = sum(
            self._problem.bundle_of[one].setup_min * self._at(_Key("setup", one, slot.crew, slot.day))
            for one in bundles
        )
        visit = self._at(_Key("visit", place, slot.crew, slot.day))
        self._model.add(sum(one.minutes * var for one, var in some) + setups <= room * visit)

    def _keep_windows(self, slot: Slot, some: _Pairs) -> None:
        """Work that may go on only within a stretch of the shift fits into it."""
        shift = self._problem.crew_of[slot.crew].shift_on(slot.day)
        assert shift is not None
        open_ = {one.id: stretches(one, shift, slot.day) for one, _ in some if one.windows is not None}
        reach = {id_: (row[0][0], max(end for _, end in row)) for id_, row in open_.items()}
        for start, end in sorted(set(reach.values())):
            inside = [
                pair for pair in some if pair[0].id in reach and reach[pair[0].id][0] >= start and reach[pair[0].id][1] <= end
            ]  # fmt: skip
            self._model.add(sum(one.minutes * var for one, var in inside) <= end - start)

    def _keep_redundancy(self) -> None:
        for group in self._problem.redundancy:
            for day in range(self._problem.days):
                keys = [_Key("out", one, "", day) for one in sorted(group.members)]
                out = [self._opened[key] for key in keys if key in self._opened]
                if len(out) > group.spare:
                    self._model.add(sum(out) <= group.spare)


def _content(job: Job) -> tuple[object, ...]:
    """By what a job is before what it is called, so that another name hardly changes a plan."""
    return (job.place, job.minutes, job.failure, job.downtime, job.id)


class _Watch(cp_model.CpSolverSolutionCallback):
    """Notes when there was a first plan, and tells of each better one."""

    def __init__(self, offset: int, progress: Progress | None) -> None:
        super().__init__()
        self._offset, self._progress = offset, progress
        self.first_s: float | None = None

    def on_solution_callback(self) -> None:
        if self.first_s is None:
            self.first_s = self.wall_time
        if self._progress is not None:
            self._progress(self.wall_time, self.objective_value + self._offset)
