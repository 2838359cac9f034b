"""Plans by rule: the earliest due first, the greatest risk first, and the cheapest place for each job in turn, which the solver begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.maintenance.candidates import candidates
from tools.maintenance.model import Crew, Job, Placement, Problem, Schedule, Slot
from tools.maintenance.order import load, ordered
from tools.maintenance.plan_cost import schedule_of


@dataclass(slots=True)
class Draft:
    """A plan in the making: a job comes in where everything that holds still holds."""

    problem: Problem
    days: dict[Slot, tuple[Placement, ...]] = field(default_factory=dict[Slot, tuple[Placement, ...]])

    def on(self, slot: Slot) -> list[Job]:
        return [self.problem.job_of[one.job] for one in self.days.get(slot, ())]

    def takes(self, job: Job, crew: Crew, day: int) -> bool:
        slot = Slot(crew.id, day)
        if not self._keeps_redundancy(job, day):
            return False
        row = ordered(self.problem, crew, day, [*self.on(slot), job])
        if row is None:
            return False
        self.days[slot] = row
        return True

    def _keeps_redundancy(self, job: Job, day: int) -> bool:
        out = self.problem.isolated_by(job)
        groups = [one for one in self.problem.redundancy if out & one.members]
        if not groups:
            return True
        for slot in self.days:
            if slot.day == day:
                out = out.union(*(self.problem.isolated_by(one) for one in self.on(slot)))
        return all(len(out & one.members) <= one.spare for one in groups)

    @property
    def placements(self) -> list[Placement]:
        return [one for row in self.days.values() for one in row]


def earliest_due_first(problem: Problem) -> Schedule:
    """By the day until which a job is to be done, each as early as there is room."""
    return _by_rule(problem, lambda one: (_due(problem, one), one.release, one.id))


def _due(problem: Problem, job: Job) -> int:
    told = [one for one in (job.due, job.latest) if one is not None]
    return min(told, default=problem.days)


def risk_first(problem: Problem) -> Schedule:
    """By what a day of waiting costs, the dearest first, each as early as there is room."""
    return _by_rule(problem, lambda one: (-one.growth(), one.id))


def _by_rule(problem: Problem, key: Callable[[Job], tuple[float | str, ...]]) -> Schedule:
    draft = Draft(problem)
    for job in _begun_first(problem, key):
        for crew, day in sorted(candidates(problem, job), key=lambda one: (one[1], one[0].rate, one[0].id)):
            if draft.takes(job, crew, day):
                break
    return schedule_of(problem, draft.placements)


def cheapest_first(problem: Problem) -> Schedule:
    """The dearest to leave out first, each where it adds least; in its place of the plan in force where that still goes."""
    draft = Draft(problem)
    complete(draft, _begun_first(problem, lambda one: (not one.must, one.failure[0] - one.failure[-1], one.id)))
    return schedule_of(problem, draft.placements)


def complete(draft: Draft, jobs: Sequence[Job]) -> None:
    """Each in turn where it adds least, unless leaving it out is cheaper."""
    for job in jobs:
        some = [(_added(draft, job, crew, day), day, crew.id) for crew, day in candidates(draft.problem, job)]
        optional = not job.must and job.begun is None
        for price, day, crew in sorted(some):
            if optional and price >= job.failure[-1]:
                break
            if draft.takes(job, draft.problem.crew_of[crew], day):
                break


def _added(draft: Draft, job: Job, crew: Crew, day: int) -> int:
    problem = draft.problem
    slot = Slot(crew.id, day)
    there = draft.on(slot)
    minutes = load(problem, crew, [*there, job]) - load(problem, crew, there)
    opened = job.bundle is not None and job.bundle not in {one.bundle for one in there}
    setup = problem.bundle_of[job.bundle].setup_cost if opened and job.bundle is not None else 0
    moved = problem.churn if job.id in problem.in_force and problem.in_force[job.id] != slot else 0
    return job.failure[day] + job.downtime[day] + setup + minutes * crew.rate + moved


def _begun_first(problem: Problem, key: Callable[[Job], tuple[float | str | bool, ...]]) -> Sequence[Job]:
    return sorted(problem.jobs, key=lambda one: (one.begun is None, *key(one)))
