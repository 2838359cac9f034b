"""Whether a schedule keeps every rule: checked step by step from its own times, and by nothing that the solver or the rules for greedy plans use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.maintenance.model import Cost, Job, Placement, Problem, Schedule


def violations(problem: Problem, schedule: Schedule) -> list[str]:
    """In sentences; empty where all is well."""
    return [
        *_everything_once(problem, schedule),
        *(text for one in schedule.placements if one.job in problem.job_of for text in _alone(problem, one)),
        *(text for row in _days(schedule.placements) for text in _in_turn(problem, row)),
        *_redundancy(problem, schedule),
        *_cost(problem, schedule),
    ]


def _everything_once(problem: Problem, schedule: Schedule) -> Iterator[str]:
    told = [*(one.job for one in schedule.placements), *schedule.left_out]
    for id_ in sorted(set(told) | {one.id for one in problem.jobs}):
        if told.count(id_) != 1 or id_ not in problem.job_of:
            yield f"The job {id_} stands in the plan {told.count(id_)} times."


def _alone(problem: Problem, one: Placement) -> Iterator[str]:
    """What a placement has to keep whatever else is done."""
    job = problem.job_of[one.job]
    crew = next((crew for crew in problem.crews if crew.id == one.crew), None)
    if crew is None:
        yield f"{one.job} is given to {one.crew}, which is no crew."
        return
    if missing := job.skills - crew.skills:
        yield f"{one.crew} cannot do {one.job}: it lacks {', '.join(sorted(missing))}."
    shift = crew.shifts.get(one.day)
    if shift is None or any(away.first <= one.day <= away.last for away in crew.absences):
        yield f"{one.crew} is not at work on day {one.day}."
    elif one.start < shift.start or one.end > shift.end:
        yield f"{one.job} reaches beyond the shift of {one.crew} on day {one.day}."
    if one.end - one.start != job.minutes + one.setup_min:
        yield f"{one.job} takes {job.minutes} minutes and {one.setup_min} for the isolation, not {one.end - one.start}."
    windows = job.windows
    if windows is not None and not any(w.day == one.day and w.start <= one.start and one.end <= w.end for w in windows):
        yield f"{one.job} lies outside its windows on day {one.day}."
    if job.begun is not None:
        if (job.begun.crew, job.begun.day) != (one.crew, one.day):
            yield f"{one.job} is begun and may not be moved."
    elif one.day < job.release or (job.latest is not None and one.day > job.latest):
        yield f"{one.job} may not be done on day {one.day}."


def _days(placements: Sequence[Placement]) -> list[list[Placement]]:
    rows: dict[tuple[str, int], list[Placement]] = {}
    for one in placements:
        rows.setdefault((one.crew, one.day), []).append(one)
    return [sorted(row, key=lambda one: one.start) for row in rows.values()]


def _in_turn(problem: Problem, row: Sequence[Placement]) -> Iterator[str]:
    """Nothing at once, with time for every way and every isolation."""
    crew = next(one for one in problem.crews if one.id == row[0].crew)
    shift = crew.shifts.get(row[0].day)
    free_from = 0 if shift is None else shift.start
    before: Job | None = None
    isolated: set[str] = set()
    visited: list[str] = []
    for one in row:
        job = next(job for job in problem.jobs if job.id == one.job)
        place = next(place for place in problem.places if place.id == job.place)
        there = None if before is None else next(place for place in problem.places if place.id == before.place)
        way = 0 if there is not None and there.id == place.id else problem.visit_min
        is_far = crew.cluster is not None and place.cluster != crew.cluster
        if is_far and (there is None or there.cluster != place.cluster):
            way += problem.cluster_min
        if visited and visited[-1] != place.id and place.id in visited:
            yield f"{one.crew} goes to {place.id} twice on day {one.day}."
        stays = [next(p.cluster for p in problem.places if p.id == id_) for id_ in visited]
        if is_far and stays and stays[-1] != place.cluster and place.cluster in stays:
            yield f"{one.crew} goes to {place.cluster} twice on day {one.day}."
        visited.append(place.id)
        if one.start < free_from + way:
            yield f"{one.crew} cannot be at {one.job} by minute {one.start} of day {one.day}."
        goes_on = before is not None and job.bundle is not None and job.bundle == before.bundle
        setups = [bundle.setup_min for bundle in problem.bundles if bundle.id == job.bundle and not goes_on]
        if one.setup_min != sum(setups):
            yield f"{one.job} needs {sum(setups)} minutes for its isolation, not {one.setup_min}."
        if setups and job.bundle in isolated:
            yield f"{one.crew} isolates the bundle {job.bundle} twice on day {one.day}."
        isolated |= {job.bundle} if job.bundle is not None else set()
        free_from, before = one.end, job


def _redundancy(problem: Problem, schedule: Schedule) -> Iterator[str]:
    for day in range(problem.days):
        out: set[str] = set()
        for one in schedule.placements:
            job = problem.job_of.get(one.job)
            if one.day == day and job is not None:
                out |= job.isolates
                out |= {asset for bundle in problem.bundles if bundle.id == job.bundle for asset in bundle.isolates}
        for group in problem.redundancy:
            if len(group.members - out) < group.keep:
                yield f"Of {group.id} fewer than {group.keep} stay in service on day {day}."


def _cost(problem: Problem, schedule: Schedule) -> Iterator[str]:
    counted = _counted(problem, schedule)
    if counted != schedule.cost:
        yield f"The plan says it costs {schedule.cost.total}, and comes to {counted.total}."
    if schedule.bound is not None and schedule.bound > counted.total:
        yield f"The plan costs {counted.total}, less than the bound of {schedule.bound}."


def _counted(problem: Problem, schedule: Schedule) -> Cost:
    """From the times that crews are away: from one end to the next, less what they wait."""
    failure = downtime = labour = churn = 0
    placed = {one.job: one for one in schedule.placements}
    for job in problem.jobs:
        one = placed.get(job.id)
        failure += job.failure[problem.days] if one is None else job.failure[one.day]
        downtime += 0 if one is None else job.downtime[one.day]
        held = problem.in_force.get(job.id)
        churn += (
            0 if held is None or (one is not None and (one.crew, one.day) == (held.crew, held.day)) else problem.churn
        )
    for row in _days(schedule.placements):
        crew = next(one for one in problem.crews if one.id == row[0].crew)
        places = {problem.job_of[one.job].place for one in row}
        clusters = {place.cluster for place in problem.places if place.id in places} - {crew.cluster}
        ways = problem.visit_min * len(places) + problem.cluster_min * (0 if crew.cluster is None else len(clusters))
        labour += crew.rate * (ways + sum(one.end - one.start for one in row))
        bundles = {problem.job_of[one.job].bundle for one in row}
        downtime += sum(one.setup_cost for one in problem.bundles if one.id in bundles)
    return Cost(failure, downtime, labour, churn)
