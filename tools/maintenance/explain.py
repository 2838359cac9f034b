"""Why each job stands where it does, what a day more would cost, what was left out and why, and what would free it. Sentences for people, from the plan's own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tools.maintenance.candidates import Hindrance, candidates, hindrance
from tools.maintenance.model import Crew, Job, Placement, Problem, Schedule, Slot, by_slot
from tools.maintenance.order import load, ordered

Why = Literal["first day", "no room", "redundancy", "cheaper", Hindrance]

_EARLIER: dict[Why, str] = {
    "first day": "the first day of the plan",
    "no room": "the day before has no room left at any crew that can do it",
    "redundancy": "the day before, what stands in for it is out of service",
    "cheaper": "a day earlier costs more in all",
    "begun": "it is begun, so it stays",
    "skill": "no crew with the skill is at work the day before",
    "parts": "its parts are there from this day on",
    "deadline": "it is not allowed the day before",
    "off": "no crew that can do it is at work the day before",
    "window": "no window is open for it the day before",
    "length": "no shift of the day before is long enough",
}
_FREES: dict[Hindrance, str] = {
    "begun": "its crew at work on the day when it was begun",
    "skill": "a crew that can do all of {skills}",
    "parts": "its parts earlier than day {release}",
    "deadline": "a later day than {latest}",
    "off": "a crew with {skills} at work on one of its days",
    "window": "a window of {minutes} minutes in a shift",
    "length": "a shift that holds {minutes} minutes beside the way there",
}
_TELLING: tuple[Hindrance, ...] = ("window", "length", "off", "parts", "deadline", "skill", "begun")
"""The last thing in the way tells the most: what gets so far lacks only that."""


@dataclass(frozen=True, slots=True)
class Reason:
    """``day_later`` is what one day more would cost, in hundredths; None where a day later is not possible."""

    job: str
    why: Why
    sentence: str
    day_later: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``frees`` says what would make room for it; ``hinders`` whether the plan breaks a promise by leaving it out."""

    job: str
    sentence: str
    frees: str
    hinders: bool


def reasons(problem: Problem, schedule: Schedule, currency: str) -> list[Reason]:
    """Of every job that is in the plan."""
    days = by_slot(schedule.placements)
    return [_reason(problem, days, one, currency) for one in schedule.placements]


def left_out(problem: Problem, schedule: Schedule, currency: str) -> list[LeftOut]:
    """Of every job that is not, those that had to be done first."""
    days = by_slot(schedule.placements)
    found = [_left_out(problem, days, problem.job_of[one], currency) for one in schedule.left_out]
    return sorted(found, key=lambda one: (not one.hinders, one.job))


def money(cents: int, currency: str) -> str:
    return f"{cents / 100:,.0f} {currency}"


_Days = dict[Slot, list[Placement]]


def _reason(problem: Problem, days: _Days, one: Placement, currency: str) -> Reason:
    job = problem.job_of[one.job]
    why = _why_not_earlier(problem, days, job, one.day)
    later = _day_later(problem, days, job, one)
    together = [other for other in days[one.slot] if problem.job_of[other.job].bundle == job.bundle is not None]
    said = _EARLIER[why]
    if len(together) > 1:
        said += f"; {len(together)} jobs share its isolation that day"
    wait = "a day later is not possible" if later is None else f"a day later costs {money(later, currency)}"
    return Reason(job.id, why, f"{said}; {wait}", later)


def _why_not_earlier(problem: Problem, days: _Days, job: Job, day: int) -> Why:
    if job.begun is not None:
        return "begun"
    if day == 0:
        return "first day"
    hindrances: dict[str, Hindrance | None] = {
        crew.id: hindrance(problem, job, crew, day - 1) for crew in problem.crews
    }
    open_ = [problem.crew_of[id_] for id_, one in hindrances.items() if one is None]
    if not open_:
        return _most_telling(list(hindrances.values()))
    if not _keeps_redundancy(problem, days, job, day - 1):
        return "redundancy"
    return "cheaper" if any(_has_room(problem, days, job, crew, day - 1) for crew in open_) else "no room"


def _day_later(problem: Problem, days: _Days, job: Job, one: Placement) -> int | None:
    """By the same or the cheapest other crew that has room, as failure and downtime; ways are left aside."""
    day = one.day + 1
    if day >= problem.days or job.begun is not None or not _keeps_redundancy(problem, days, job, day):
        return None
    open_ = [crew for crew in problem.crews if hindrance(problem, job, crew, day) is None]
    if not any(_has_room(problem, days, job, crew, day) for crew in open_):
        return None
    return job.failure[day] - job.failure[one.day] + job.downtime[day] - job.downtime[one.day]


def _left_out(problem: Problem, days: _Days, job: Job, currency: str) -> LeftOut:
    hinders = job.must or job.begun is not None
    some = list(candidates(problem, job))
    if not some:
        told = _most_telling(
            [hindrance(problem, job, crew, day) for crew in problem.crews for day in range(problem.days)]
        )
        return LeftOut(job.id, "no crew's day can take it", _freed(problem, job, told), hinders)
    kept = [(crew, day) for crew, day in some if _keeps_redundancy(problem, days, job, day)]
    if not kept:
        groups = [one.id for one in problem.redundancy if one.members & problem.isolated_by(job)]
        said = "on each of its days what stands in for it is out of service"
        return LeftOut(job.id, said, f"another day for the work on {', '.join(groups)}", hinders)
    if not any(_has_room(problem, days, job, crew, day) for crew, day in kept):
        missing, crew, day = min((_missing(problem, days, job, crew, day), crew.id, day) for crew, day in kept)
        frees = f"{missing} minutes more of {crew} on day {day + 1}" if missing else f"a wider window on day {day + 1}"
        return LeftOut(job.id, "no crew that can do it has room left", frees, hinders)
    crew, day = min(kept, key=lambda one: job.failure[one[1]] + job.downtime[one[1]])
    doing = job.failure[day] + job.downtime[day] + crew.rate * load(problem, crew, [job])
    said = f"doing it costs up to {money(doing, currency)}, leaving it out {money(job.failure[-1], currency)}"
    return LeftOut(job.id, said, "nothing is in the way but what it costs", hinders)


def _freed(problem: Problem, job: Job, told: Hindrance) -> str:
    latest = problem.days if job.latest is None else job.latest + 1
    minutes = job.minutes + problem.setup_of(job)
    skills = ", ".join(sorted(job.skills)) or "any skill"
    return _FREES[told].format(skills=skills, release=job.release + 1, latest=latest, minutes=minutes)


def _most_telling(told: Sequence[Hindrance | None]) -> Hindrance:
    for one in _TELLING:
        if one in told:
            return one
    return "off"


def _others(problem: Problem, days: _Days, job: Job, crew: Crew, day: int) -> list[Job]:
    return [problem.job_of[one.job] for one in days.get(Slot(crew.id, day), []) if one.job != job.id]


def _has_room(problem: Problem, days: _Days, job: Job, crew: Crew, day: int) -> bool:
    return ordered(problem, crew, day, [*_others(problem, days, job, crew, day), job]) is not None


def _missing(problem: Problem, days: _Days, job: Job, crew: Crew, day: int) -> int:
    """Minutes that the shift lacks."""
    shift = crew.shift_on(day)
    assert shift is not None
    return max(0, load(problem, crew, [*_others(problem, days, job, crew, day), job]) - shift.minutes)


def _keeps_redundancy(problem: Problem, days: _Days, job: Job, day: int) -> bool:
    others = [problem.job_of[p.job] for slot, row in days.items() if slot.day == day for p in row if p.job != job.id]
    out = problem.isolated_by(job).union(*(problem.isolated_by(one) for one in others))
    touched = [one for one in problem.redundancy if one.members & problem.isolated_by(job)]
    return all(len(out & one.members) <= one.spare for one in touched)
