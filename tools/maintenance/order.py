"""In which order a crew does the jobs of one day: exactly, by the earliest moment at which each set of them can be done.

A place is visited once, a far cluster as well, and a bundle is worked off in one go. Of two ways to have done the same jobs with the same last one, the one that ends earlier is never worse, so one is
kept for each (set, last job): dynamic programming as of Held and Karp (1962), over as many states as there are such orders.
"""

from __future__ import annotations

from collections.abc import Sequence

from tools.maintenance.candidates import stretches
from tools.maintenance.model import Crew, Job, Placement, Problem, Shift

_State = tuple[int, tuple[Placement, ...]]


def ordered(problem: Problem, crew: Crew, day: int, jobs: Sequence[Job]) -> tuple[Placement, ...] | None:
    """The jobs with their times, ending as early as can be, the dearest to wait for first among equals; None where they do not fit into the day."""
    shift = crew.shift_on(day)
    if not jobs:
        return ()
    if shift is None or shift.minutes < load(problem, crew, jobs):
        return None
    some = sorted(jobs, key=lambda one: (-one.growth(), one.id))
    if all(one.windows is None for one in some):
        return _in_a_row(problem, crew, day, shift, some)
    return _searched(problem, crew, day, shift, some)


def load(problem: Problem, crew: Crew, jobs: Sequence[Job]) -> int:
    """Minutes of work, isolation and ways; all that there is to know where no job has windows."""
    places = {one.place for one in jobs}
    clusters = {problem.cluster_of[one] for one in places if problem.is_far(one, crew)}
    bundles = {one.bundle: problem.setup_of(one) for one in jobs if one.bundle is not None}
    work = sum(one.minutes for one in jobs) + sum(bundles.values())
    return work + problem.visit_min * len(places) + problem.cluster_min * len(clusters)


def _in_a_row(
    problem: Problem, crew: Crew, day: int, shift: Shift, jobs: Sequence[Job]
) -> tuple[Placement, ...] | None:
    """Without windows any order ends at the same time: clusters, places and bundles as their dearest jobs stand."""
    cluster = problem.cluster_of
    rank: dict[tuple[str, str], int] = {}
    for index, one in enumerate(jobs):
        for key in (("cluster", cluster[one.place]), ("place", one.place), ("bundle", one.bundle or one.id)):
            rank.setdefault(key, index)
    row = sorted(
        jobs,
        key=lambda one: (rank["cluster", cluster[one.place]], rank["place", one.place], rank["bundle", one.bundle or one.id]),
    )  # fmt: skip
    at, done, last = shift.start, list[Placement](), None
    for one in row:
        placed = _next(problem, crew, day, shift, at, last, one)
        if placed is None:
            return None
        done.append(placed)
        at, last = placed.end, one
    return tuple(done)


def _searched(
    problem: Problem, crew: Crew, day: int, shift: Shift, jobs: Sequence[Job]
) -> tuple[Placement, ...] | None:
    layer: dict[tuple[int, int], _State] = {(0, -1): (shift.start, ())}
    for _ in jobs:
        grown: dict[tuple[int, int], _State] = {}
        for (done, last), (at, placed) in layer.items():
            for index in _may_follow(problem, crew, jobs, done, last):
                before = jobs[last] if last >= 0 else None
                one = _next(problem, crew, day, shift, at, before, jobs[index])
                key = (done | 1 << index, index)
                if one is not None and (key not in grown or one.end < grown[key][0]):
                    grown[key] = (one.end, (*placed, one))
        layer = grown
    return min(layer.values(), key=lambda one: one[0])[1] if layer else None


def _may_follow(problem: Problem, crew: Crew, jobs: Sequence[Job], done: int, last: int) -> list[int]:
    """What is left of the bundle, else of the place, else of the far cluster that the crew is at, else anything."""
    left = [index for index in range(len(jobs)) if not done >> index & 1]
    if last < 0:
        return left
    cluster = problem.cluster_of
    at = jobs[last]
    same_bundle = [index for index in left if at.bundle is not None and jobs[index].bundle == at.bundle]
    same_place = [index for index in left if jobs[index].place == at.place]
    far = problem.is_far(at.place, crew)
    same_cluster = [index for index in left if far and cluster[jobs[index].place] == cluster[at.place]]
    return same_bundle or same_place or same_cluster or left


def _next(
    problem: Problem, crew: Crew, day: int, shift: Shift, at: int, before: Job | None, job: Job
) -> Placement | None:
    """As early as can be after the one before; None where no stretch of time takes it."""
    arrived = at
    if before is None or before.place != job.place:
        arrived += problem.visit_min
        cluster = problem.cluster_of
        changed = before is None or cluster[before.place] != cluster[job.place]
        if changed and problem.is_far(job.place, crew):
            arrived += problem.cluster_min
    goes_on = before is not None and job.bundle is not None and before.bundle == job.bundle
    setup = 0 if goes_on else problem.setup_of(job)
    for start, end in stretches(job, shift, day):
        begins = max(start, arrived)
        if begins + setup + job.minutes <= end:
            return Placement(job.id, crew.id, day, begins, begins + setup + job.minutes, setup)
    return None
