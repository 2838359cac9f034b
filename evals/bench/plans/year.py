"""``python -m evals.bench.plans.year``: what a year of maintenance costs by plan, by earliest due first and by risk first, on the same failures.

A renewal model: each asset has a Weibull life with its own shape (2 to 4: it wears) and scale; work on it, before or after it fails, makes it as new. Each Monday all three are given the same kind of jobs:
what is due by its calendar (half its scale after the last work), what is likely to fail within four weeks, and what has failed. The lives are drawn before, so all three meet the same ones.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from rich.console import Console

from tools.maintenance.costs import BEYOND_DAYS
from tools.maintenance.greedy import earliest_due_first, risk_first
from tools.maintenance.model import Crew, Job, Place, Problem, Schedule, Shift
from tools.maintenance.solve import Search, solve

DAYS, WEEK, YEAR = 14, 7, 364
LIKELY, AHEAD = 0.05, 28
"""Work is listed where a failure within so many days is that likely."""
SERVICE_COST = 40_000
"""Parts of a preventive job, in hundredths."""
DOWN_SHARE = 0.05
"""Of what a failure costs, for each day until it is mended."""
ASSETS = 40
Rule = Callable[[Problem], Schedule]


@dataclass(frozen=True, slots=True)
class Machine:
    """``lives`` in days, one after each renewal; ``age`` at the beginning."""

    id: str
    shape: float
    scale: float
    cost: int
    minutes: int
    place: str
    age: float
    lives: tuple[float, ...]

    def fails_by(self, age: float, days: float) -> float:
        """P(T < age + days | T > age) of a Weibull life."""
        return 1 - math.exp((age / self.scale) ** self.shape - ((age + days) / self.scale) ** self.shape)


def machines(seed: int) -> list[Machine]:
    random = Random(seed)  # noqa: S311 - years are to come again
    found: list[Machine] = []
    for n in range(ASSETS):
        shape, scale = random.uniform(2, 4), random.uniform(60, 400)
        age = random.uniform(0, 0.7) * scale
        first = scale * ((age / scale) ** shape - math.log(1 - random.random())) ** (1 / shape)
        lives = (first, *(random.weibullvariate(scale, shape) for _ in range(YEAR // WEEK + 1)))
        cost = random.choice((200_000, 800_000, 3_000_000))
        found.append(Machine(f"m{n:02}", shape, scale, cost, random.choice((60, 120, 240)), f"p{n % 5}", age, lives))
    return found


def year_cost(seed: int, rule: Rule) -> int:
    """Failures, days out of service, parts and labour of a year, in hundredths."""
    fleet = machines(seed)
    born = {one.id: -one.age for one in fleet}
    renewed = dict.fromkeys(born, 0)
    failed: dict[str, int] = {}
    cost = 0
    for monday in range(0, YEAR, WEEK):
        problem = _problem(fleet, born, failed, monday)
        plan = rule(problem) if problem.jobs else None
        work = {one.job: one.day for one in plan.placements if one.day < WEEK} if plan else {}
        cost += sum((one.end - one.start) * 100 for one in plan.placements if one.day < WEEK) if plan else 0
        for day in range(monday, monday + WEEK):
            for one in fleet:
                if one.id not in failed and born[one.id] + one.lives[renewed[one.id]] < day + 1:
                    failed[one.id] = day
                    cost += one.cost
                if work.get(one.id) == day - monday:
                    cost += SERVICE_COST
                    born[one.id], renewed[one.id] = day + 1.0, renewed[one.id] + 1
                    failed.pop(one.id, None)
                cost += round(DOWN_SHARE * one.cost) if one.id in failed else 0
    return cost


def _problem(fleet: list[Machine], born: Mapping[str, float], failed: Mapping[str, int], monday: int) -> Problem:
    jobs: list[Job] = []
    for one in fleet:
        age = monday - born[one.id]
        due = round(born[one.id] + one.scale / 2) - monday
        moments = [*range(DAYS), DAYS + BEYOND_DAYS]
        if one.id in failed:
            failure = tuple(round(DOWN_SHARE * one.cost * t) for t in moments)
            due = failed[one.id] - monday
        elif due <= DAYS or one.fails_by(age, AHEAD) >= LIKELY:
            failure = tuple(round(one.cost * one.fails_by(age, t)) for t in moments)
        else:
            continue
        parts = (SERVICE_COST,) * DAYS
        jobs.append(Job(one.id, one.place, frozenset(), one.minutes, failure, parts, due=due, asset=one.id))
    shifts = {day: Shift(420, 900) for day in range(DAYS) if day % 7 < 5}
    crews = tuple(Crew(f"crew-{n}", frozenset(), shifts, rate=100) for n in range(1))
    return Problem(date(2026, 1, 5), DAYS, tuple(jobs), crews, tuple(Place(f"p{n}") for n in range(5)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=2.0, help="of search for each week")
    given = parser.parse_args()
    search, console = Search(given.seconds), Console()
    saved: dict[str, list[float]] = {"earliest due first": [], "risk first": []}
    for seed in range(1, given.seeds + 1):
        planned = year_cost(seed, lambda problem: solve(problem, search))
        for name, rule in (("earliest due first", earliest_due_first), ("risk first", risk_first)):
            saved[name].append(100 * (1 - planned / year_cost(seed, rule)))
        console.print(f"{seed}: saves {', '.join(f'{values[-1]:.1f}% of {name}' for name, values in saved.items())}")
    for name, values in saved.items():
        middle = statistics.median(values)
        console.print(f"Of {name}: {min(values):.1f} to {max(values):.1f}%, median {middle:.1f}%, {len(values)} years")


if __name__ == "__main__":
    main()
