"""What a schedule costs, from its placements."""

from __future__ import annotations

from collections.abc import Sequence

from tools.maintenance.model import Cost, Placement, Problem, Schedule, by_slot
from tools.maintenance.order import load


def cost_of(problem: Problem, placements: Sequence[Placement]) -> Cost:
    """All that is in the objective; what is left out costs its last entry."""
    placed = {one.job: one for one in placements}
    failure = downtime = labour = 0
    for job in problem.jobs:
        one = placed.get(job.id)
        failure += job.failure[-1 if one is None else one.day]
        downtime += 0 if one is None else job.downtime[one.day]
    for slot, row in by_slot(placements).items():
        jobs = [problem.job_of[one.job] for one in row]
        crew = problem.crew_of[slot.crew]
        labour += load(problem, crew, jobs) * crew.rate
        downtime += sum(problem.bundle_of[one].setup_cost for one in {job.bundle for job in jobs} if one is not None)
    return Cost(failure, downtime, labour, problem.churn * moved(problem, placements))


def moved(problem: Problem, placements: Sequence[Placement]) -> int:
    """How many jobs leave the place that they have in the plan in force."""
    placed = {one.job: one.slot for one in placements}
    return sum(
        1 for job in problem.jobs if job.id in problem.in_force and placed.get(job.id) != problem.in_force[job.id]
    )


def schedule_of(problem: Problem, placements: Sequence[Placement], took_s: float = 0.0) -> Schedule:
    """Of a plan that nothing was proven of."""
    placed = {one.job for one in placements}
    left_out = tuple(job.id for job in problem.jobs if job.id not in placed)
    row = tuple(sorted(placements, key=lambda one: (one.day, one.crew, one.start)))
    return Schedule(row, left_out, cost_of(problem, placements), took_s=took_s)


def dread(problem: Problem) -> int:
    """Dearer than anything that a plan could cost, so that what must be done is left out only where it cannot be done."""
    rate = max((one.rate for one in problem.crews), default=0)
    setup = max((one.setup_cost for one in problem.bundles), default=0)
    return 1 + sum(
        max(one.failure) + max(one.downtime, default=0) + setup + problem.churn
        + rate * (one.minutes + problem.setup_of(one) + problem.visit_min + problem.cluster_min)
        for one in problem.jobs
    )  # fmt: skip
