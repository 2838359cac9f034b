"""``python -m evals.bench.plans``: how soon there is a plan and how close to its bound, beside the plans by rule; with ``--check`` whether no rule is broken in so many random problems. Then load plans in a closed loop beside the rule (``--load``: these alone)."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from evals.bench.plans.check import checked
from evals.bench.plans.instances import FULL, instance
from evals.bench.plans.load.check import checked as load_checked
from evals.bench.plans.load.closed_loop import compare
from tools.maintenance.greedy import earliest_due_first, risk_first
from tools.maintenance.solve import SECONDS, WORKERS, Search, solve

FIRST_S, GAP = 5.0, 0.10
"""What is wanted of a problem of full size: a plan within so many seconds, and a gap to the bound of at most so much."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Of one problem. ``early_gap`` is how far the plan after five seconds is above the bound that is known in the end; the last two say how much dearer the plans by rule are."""

    seed: int
    first_s: float | None
    early_gap: float | None
    gap: float | None
    left_out: int
    due_first: float
    risk_first: float


def timed(seed: int, search: Search) -> Timed:
    problem = instance(seed)
    seen: list[tuple[float, float]] = []
    plan = solve(problem, search, lambda seconds, cost: seen.append((seconds, cost)))
    early = min((cost for seconds, cost in seen if seconds <= FIRST_S), default=None)
    early_gap = None if early is None or plan.bound is None else (early - plan.bound) / early
    dearer = [rule(problem).cost.total / plan.cost.total - 1 for rule in (earliest_due_first, risk_first)]
    return Timed(seed, plan.first_s, early_gap, plan.gap, len(plan.left_out), *dearer)


def bench(seeds: Sequence[int], search: Search, console: Console) -> bool:
    """Whether all that is wanted was reached, with the spread over the problems."""
    rows: list[Timed] = []
    for seed in seeds:
        rows.append(timed(seed, search))
        one = rows[-1]
        console.print(f"{one.seed}: first {_s(one.first_s)}, gap {_percent(one.gap)}, {one.left_out} left out")
    table = Table("figure", "least", "median", "most", "problems")
    figures = {
        "first plan, s": [one.first_s for one in rows],
        "plan at 5 s above that bound, %": [None if one.early_gap is None else 100 * one.early_gap for one in rows],
        f"gap at {search.seconds:g} s, %": [None if one.gap is None else 100 * one.gap for one in rows],
        "earliest due first is dearer by, %": [100 * one.due_first for one in rows],
        "risk first is dearer by, %": [100 * one.risk_first for one in rows],
    }
    for name, told in figures.items():
        known = [one for one in told if one is not None]
        least = [f"{f(known):.2f}" if known else "–" for f in (min, statistics.median, max)]
        table.add_row(name, *least, f"{len(known)} of {len(rows)}")
    console.print(f"{FULL.jobs} jobs, {FULL.crews} crews, {FULL.days} days; {search.workers} workers of the solver")
    console.print(table)
    return all(one.first_s is not None and one.first_s <= FIRST_S and (one.gap or 0) <= GAP for one in rows)


def check(count: int, console: Console, of: Callable[[int], list[str]]) -> bool:
    """Whether no rule is broken in so many problems."""
    began, broken = time.monotonic(), 0
    for seed in range(count):
        for text in of(seed):
            broken += 1
            console.print(f"{seed}: {text}")
    console.print(f"{count:,} problems, {broken} rules broken, {time.monotonic() - began:.0f} s")
    return broken == 0


def _s(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.2f} s"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--check", type=int, metavar="COUNT", help="only check plans of so many small problems")
    parser.add_argument("--load", action="store_true", help="load plans alone, without maintenance schedules")
    parser.add_argument("--days", type=int, default=30, help="of each season of the load plan")
    parser.add_argument("--seeds", type=int, default=3, help="weathers of each season")
    given = parser.parse_args()
    console = Console(width=120)
    if given.check:
        return 0 if check(given.check, console, load_checked if given.load else checked) else 1
    loads_fine = compare(console, given.days, range(1, given.seeds + 1))
    if given.load:
        return 0 if loads_fine else 1
    search = Search(given.seconds, given.workers)
    return 0 if bench(range(1, given.instances + 1), search, console) and loads_fine else 1


if __name__ == "__main__":
    sys.exit(main())
