"""Random maintenance problems of any size, the same for the same seed: what the benchmark times, and what the tests check plans of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from tools.maintenance.model import (
    Absence,
    Bundle,
    Crew,
    Job,
    Place,
    Problem,
    Redundancy,
    Shift,
    Slot,
    Window,
)  # fmt: skip

SKILLS = ("mechanical", "electrical", "controls", "refrigeration")
_MONDAY = date(2026, 1, 5)
_SHIFT = Shift(7 * 60, 15 * 60)
_RATE = 100
_LONG = 2.0


@dataclass(frozen=True, slots=True)
class Size:
    """``windowed`` is the share of jobs that may be done only at certain hours, ``must`` of those that may not be left out."""

    jobs: int = 100
    crews: int = 6
    days: int = 14
    places: int = 10
    clusters: int = 3
    bundles: int = 15
    groups: int = 4
    windowed: float = 0.15
    must: float = 0.0
    in_force: float = 0.0
    begun: int = 0


FULL = Size()


def instance(seed: int, size: Size = FULL) -> Problem:
    """Failure costs grow with the day to the power of 1 to 2, jobs take half an hour to three, a quarter waits for parts."""
    random = Random(seed)  # noqa: S311 - instances are to come again
    places = tuple(Place(f"place-{n}", f"cluster-{n % size.clusters}") for n in range(size.places))
    bundles = tuple(_bundle(random, n) for n in range(size.bundles))
    at = {one.id: random.choice(places).id for one in bundles}
    crews = tuple(_crew(random, n, size) for n in range(size.crews))
    jobs = tuple(_job(random, n, size, places, at) for n in range(size.jobs))
    jobs = tuple(_begun(random, job, crews, size) if n < size.begun else job for n, job in enumerate(jobs))
    held = [one for one in jobs if one.begun is None and random.random() < size.in_force]
    in_force = {one.id: Slot(random.choice(crews).id, random.randrange(size.days)) for one in held}
    return Problem(
        start=_MONDAY, days=size.days, jobs=jobs, crews=crews, places=places, bundles=bundles, redundancy=_groups(size), in_force=in_force, churn=2_000
    )  # fmt: skip


def _bundle(random: Random, n: int) -> Bundle:
    return Bundle(f"bundle-{n}", 30, frozenset({f"asset-{n}"}), random.choice((0, 1_000, 5_000)))


def _groups(size: Size) -> tuple[Redundancy, ...]:
    """Pairs of neighbours, of which one stays in service."""
    return tuple(
        Redundancy(f"pair-{n}", frozenset({f"asset-{2 * n}", f"asset-{2 * n + 1}"}), 1) for n in range(size.groups)
    )


def _crew(random: Random, n: int, size: Size) -> Crew:
    skills = frozenset({SKILLS[n % len(SKILLS)], *random.sample(SKILLS, 2)})
    shifts = {day: _SHIFT for day in range(size.days) if day % 7 < 5}
    away = random.randrange(size.days)
    absences = (Absence(away, away + random.randrange(3)),) if random.random() < 0.5 else ()
    return Crew(f"crew-{n}", skills, shifts, absences, f"cluster-{n % size.clusters}", _RATE)


def _job(random: Random, n: int, size: Size, places: Sequence[Place], at: dict[str, str]) -> Job:
    bundle = random.choice(sorted(at)) if at and random.random() < 0.35 else None
    daily, power = random.choice((500, 2_000, 8_000, 30_000)), random.uniform(1.0, _LONG)
    failure = tuple(round(daily * day**power / size.days ** (power - 1)) for day in range(size.days))
    left_out = 2 * round(daily * size.days) + random.choice((5_000, 20_000))
    release = random.randrange(size.days // 2 + 1) if random.random() < 0.25 else 0
    latest = min(size.days - 1, release + random.randrange(3, max(4, size.days + 1))) if random.random() < 0.3 else None
    hours = random.choice(((7 * 60, 10 * 60), (12 * 60, 15 * 60), (9 * 60, 13 * 60)))
    windows = tuple(Window(day, *hours) for day in range(size.days)) if random.random() < size.windowed else None
    asset = f"asset-{random.randrange(2 * size.groups + 10)}"
    return Job(
        id=f"job-{n}",
        place=random.choice(places).id if bundle is None else at[bundle],
        skills=frozenset({random.choice(SKILLS)}),
        minutes=random.choice((30, 45, 60, 90, 120, 180)),
        failure=(*failure, left_out),
        downtime=tuple(random.choice((0, 500)) for _ in range(size.days)),
        release=release,
        latest=latest,
        windows=windows,
        bundle=bundle,
        isolates=frozenset({asset}) if random.random() < 0.4 else frozenset(),
        must=random.random() < size.must,
        asset=asset,
    )


def _begun(random: Random, job: Job, crews: Sequence[Crew], size: Size) -> Job:
    """At work on the first day, by a crew that can do it; as it is where there is none."""
    fit = [one for one in crews if job.skills <= one.skills and one.shift_on(0) is not None]
    if not fit:
        return job
    return Job(
        job.id, job.place, job.skills, job.minutes, job.failure, job.downtime, asset=job.asset, begun=Slot(random.choice(fit).id, 0)
    )  # fmt: skip
