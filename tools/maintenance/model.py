"""What a maintenance schedule is made of. Days count from 0 at the first day of the plan, times are minutes of a day, money is whole hundredths of the currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from graph_schema.errors import InvalidInput

VISIT_MIN = 15
"""To get to a place of the own cluster, sign in and unload, in minutes; once for each visit."""
CLUSTER_MIN = 60
"""To another cluster of places and back, in minutes; once for each stay there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Places of one ``cluster`` are close to each other."""

    id: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``start`` to ``end``, minutes of one day."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Window:
    """When work on a job may go on: all of it between ``start`` and ``end`` of that day."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Absence:
    """From the first day to the last, both away."""

    first: int
    last: int

    def covers(self, day: int) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Crew:
    """``shifts`` by day; ``cluster`` is where it starts, None where no place is far; ``rate`` is in hundredths a minute."""

    id: str
    skills: frozenset[str]
    shifts: Mapping[int, Shift]
    absences: tuple[Absence, ...] = ()
    cluster: str | None = None
    rate: int = 0

    def shift_on(self, day: int) -> Shift | None:
        """None on a day off."""
        return None if any(one.covers(day) for one in self.absences) else self.shifts.get(day)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Jobs at one place behind one isolation: ``setup_min`` to isolate, drain and put back, paid once where a crew does several of them in a row on one day.
    ``isolates`` is out of service while any of them is worked on, ``setup_cost`` its downtime meanwhile."""

    id: str
    setup_min: int
    isolates: frozenset[str] = frozenset()
    setup_cost: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A crew's day."""

    crew: str
    day: int


@dataclass(frozen=True, slots=True)
class Job:
    """``failure[d]`` is the expected cost of a failure before day d, where it is done; its last entry, one beyond the last day, is that of leaving the job out of the plan.
    ``downtime[d]`` is what the work itself keeps from running on that day. ``release`` is the first day (parts are there), ``latest`` the last one that is allowed.
    ``must`` is one that the plan may not leave out. ``begun`` stays where it is.
    """

    id: str
    place: str
    skills: frozenset[str]
    minutes: int
    failure: tuple[int, ...]
    downtime: tuple[int, ...]
    release: int = 0
    latest: int | None = None
    windows: tuple[Window, ...] | None = None
    bundle: str | None = None
    isolates: frozenset[str] = frozenset()
    must: bool = False
    begun: Slot | None = None
    asset: str = ""
    text: str = ""
    order: str | None = None
    plan: str | None = None
    due: int | None = None
    """By which day it is wanted; being late costs what ``failure`` says of it, and is allowed."""
    unknown: tuple[str, ...] = ()
    """Which of its costs nobody has stated."""

    def growth(self) -> float:
        """What each day of waiting costs, on average over the plan."""
        return (self.failure[-1] - self.failure[0]) / max(1, len(self.failure) - 1)


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Of these assets at least ``keep`` stay in service on each day."""

    id: str
    members: frozenset[str]
    keep: int

    @property
    def spare(self) -> int:
        """How many may be out on one day."""
        return len(self.members) - self.keep


@dataclass(frozen=True, slots=True)
class Problem:
    """``in_force`` is the plan that holds so far; each job that leaves its place in it costs ``churn``. Raises ``InvalidInput`` for what contradicts itself."""

    start: date
    days: int
    jobs: tuple[Job, ...]
    crews: tuple[Crew, ...]
    places: tuple[Place, ...]
    bundles: tuple[Bundle, ...] = ()
    redundancy: tuple[Redundancy, ...] = ()
    in_force: Mapping[str, Slot] = field(default_factory=dict[str, Slot])
    churn: int = 0
    visit_min: int = VISIT_MIN
    cluster_min: int = CLUSTER_MIN
    cluster_of: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Of each place."""
    bundle_of: Mapping[str, Bundle] = field(init=False, repr=False, compare=False)
    job_of: Mapping[str, Job] = field(init=False, repr=False, compare=False)
    crew_of: Mapping[str, Crew] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for kind, ids in (
            ("jobs", [one.id for one in self.jobs]),
            ("crews", [one.id for one in self.crews]),
            ("places", [one.id for one in self.places]),
            ("bundles", [one.id for one in self.bundles]),
        ):
            if twice := sorted({one for one in ids if ids.count(one) > 1}):
                raise InvalidInput(f"These {kind} stand twice in the plan: {', '.join(twice[:5])}.")
        object.__setattr__(self, "cluster_of", {one.id: one.cluster for one in self.places})
        object.__setattr__(self, "bundle_of", {one.id: one for one in self.bundles})
        object.__setattr__(self, "job_of", {one.id: one for one in self.jobs})
        object.__setattr__(self, "crew_of", {one.id: one for one in self.crews})
        of: dict[str, str] = {}
        for job in self.jobs:
            if job.place not in self.cluster_of:
                raise InvalidInput(f"The job {job.id} is at “{job.place}”, which is no place of the plan.")
            if len(job.failure) != self.days + 1 or len(job.downtime) != self.days:
                raise InvalidInput(f"The costs of the job {job.id} do not cover the {self.days} days of the plan.")
            if job.bundle is not None and job.bundle not in self.bundle_of:
                raise InvalidInput(f"The job {job.id} is of the bundle “{job.bundle}”, which the plan does not have.")
            if job.bundle is not None and of.setdefault(job.bundle, job.place) != job.place:
                raise InvalidInput(f"The bundle {job.bundle} has jobs at two places, so they share no isolation.")

    def setup_of(self, job: Job) -> int:
        """Minutes of isolation that the job needs where it comes first."""
        return 0 if job.bundle is None else self.bundle_of[job.bundle].setup_min

    def is_far(self, place: str, crew: Crew) -> bool:
        """Whether the place lies in another cluster than the crew starts in."""
        return crew.cluster is not None and self.cluster_of[place] != crew.cluster

    def isolated_by(self, job: Job) -> frozenset[str]:
        """What is out of service on the day of the job, by itself or by its bundle."""
        return job.isolates if job.bundle is None else job.isolates | self.bundle_of[job.bundle].isolates


@dataclass(frozen=True, slots=True)
class Placement:
    """From ``start`` to ``end`` of that day; ``setup_min`` at its beginning is for the isolation."""

    job: str
    crew: str
    day: int
    start: int
    end: int
    setup_min: int = 0

    @property
    def slot(self) -> Slot:
        return Slot(self.crew, self.day)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a schedule comes to, in hundredths."""

    failure: int = 0
    downtime: int = 0
    labour: int = 0
    churn: int = 0

    @property
    def total(self) -> int:
        return self.failure + self.downtime + self.labour + self.churn


@dataclass(frozen=True, slots=True)
class Schedule:
    """``bound`` is what no plan can be cheaper than, None where none was proven; ``first_s`` is when there was a first plan, ``took_s`` the whole time."""

    placements: tuple[Placement, ...]
    left_out: tuple[str, ...]
    cost: Cost
    bound: int | None = None
    state: Literal["optimal", "within time", "by rule"] = "by rule"
    first_s: float | None = None
    took_s: float = 0.0

    @property
    def gap(self) -> float | None:
        """How far above the bound it is, as a share of its cost; None without a bound."""
        if self.bound is None:
            return None
        return 0.0 if self.cost.total <= 0 else max(0.0, (self.cost.total - self.bound) / self.cost.total)


def by_slot(placements: Sequence[Placement]) -> dict[Slot, list[Placement]]:
    """Each crew's day in its order."""
    found: dict[Slot, list[Placement]] = {}
    for one in sorted(placements, key=lambda one: (one.crew, one.day, one.start)):
        found.setdefault(one.slot, []).append(one)
    return found
