"""The order of a crew's day is the one that ends first: compared with every order there is."""

from dataclasses import replace
from itertools import permutations

import pytest

from evals.bench.plans.instances import Size, instance
from tools.maintenance.model import Crew, Job, Placement, Problem, Shift
from tools.maintenance.order import ordered
from tools.maintenance.plan_cost import schedule_of
from tools.maintenance.verify import violations

DAY = Size(jobs=5, crews=1, days=1, places=3, clusters=2, bundles=2, groups=0, windowed=0.8)


def by_trial(problem: Problem, crew: Crew, jobs: list[Job]) -> int | None:
    """When the best of all orders ends, each job as early as its windows and the way allow; the check sorts out what is not allowed."""
    ends: list[int] = []
    for row in permutations(jobs):
        alone = ordered_as_given(problem, crew, list(row))
        if alone is not None and not violations(problem, schedule_of(problem, alone)):
            ends.append(alone[-1].end)
    return min(ends, default=None)


def ordered_as_given(problem: Problem, crew: Crew, row: list[Job]):
    shift, at, done, before = crew.shifts[0], crew.shifts[0].start, [], None
    for job in row:
        new_place = before is None or before.place != job.place
        new_cluster = before is None or problem.cluster_of[before.place] != problem.cluster_of[job.place]
        at += problem.visit_min * new_place + problem.cluster_min * (new_cluster and problem.is_far(job.place, crew))
        setup = 0 if before is not None and job.bundle and before.bundle == job.bundle else problem.setup_of(job)
        stretches = [(shift.start, shift.end)] if job.windows is None else [(w.start, w.end) for w in job.windows]
        fits = [max(at, a) for a, b in sorted(stretches) if max(at, a) + setup + job.minutes <= min(b, shift.end)]
        if not fits:
            return None
        done.append(Placement(job.id, crew.id, 0, fits[0], fits[0] + setup + job.minutes, setup))
        at, before = done[-1].end, job
    return done


@pytest.mark.parametrize("seed", range(40))
def test_the_order_ends_as_early_as_any(seed: int):
    given = instance(seed, DAY)
    crew = replace(
        given.crews[0],
        skills=frozenset().union(*(one.skills for one in given.jobs)),
        shifts={0: Shift(420, 1000)},
        absences=(),
    )
    jobs = [replace(one, release=0, latest=None, minutes=min(60, one.minutes)) for one in given.jobs]
    given = replace(given, crews=(crew,), jobs=tuple(jobs), redundancy=())
    some = jobs[: 2 + seed % 4]
    given = replace(given, jobs=tuple(some))
    found = ordered(given, crew, 0, some)
    best = by_trial(given, crew, some)
    assert (None if found is None else found[-1].end) == best
