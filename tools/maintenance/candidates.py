"""On which crew's days a job can be done at all, and what stands in the way on the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tools.maintenance.model import Crew, Job, Problem, Shift, Slot

Hindrance = Literal["begun", "skill", "parts", "deadline", "off", "window", "length"]
"""Begun elsewhere, the crew cannot do it, its parts are not there yet, it would be too late, nobody is at work, no window is open, the shift is too short."""


def stretches(job: Job, shift: Shift, day: int) -> list[tuple[int, int]]:
    """When in a shift work on it may go on."""
    if job.windows is None:
        return [(shift.start, shift.end)]
    own = [(max(shift.start, one.start), min(shift.end, one.end)) for one in job.windows if one.day == day]
    return sorted((start, end) for start, end in own if end > start)


def way_to(problem: Problem, job: Job, crew: Crew) -> int:
    """Minutes to get to the job's place, where nothing else takes the crew there."""
    return problem.visit_min + (problem.cluster_min if problem.is_far(job.place, crew) else 0)


def hindrance(problem: Problem, job: Job, crew: Crew, day: int) -> Hindrance | None:
    """The first thing that keeps a job from a crew's day if it were the only job there; None where nothing does."""
    if job.begun is not None and job.begun != Slot(crew.id, day):
        return "begun"
    if not job.skills <= crew.skills:
        return "skill"
    if job.begun is None and day < job.release:
        return "parts"
    if job.begun is None and job.latest is not None and day > job.latest:
        return "deadline"
    shift = crew.shift_on(day)
    if shift is None:
        return "off"
    needed, way = job.minutes + problem.setup_of(job), way_to(problem, job, crew)
    if shift.minutes < needed + way:
        return "length"
    arrived = shift.start + way
    # Another job of its bundle may have isolated before.
    if not any(end - max(start, arrived) >= job.minutes for start, end in stretches(job, shift, day)):
        return "window"
    return None


def candidates(problem: Problem, job: Job) -> Iterator[tuple[Crew, int]]:
    """All crew's days that could take it if it were the only job."""
    for crew in problem.crews:
        for day in range(problem.days):
            if hindrance(problem, job, crew, day) is None:
                yield crew, day
