"""The schedule: stage A gives jobs to crews' days, stage B puts each day in order; a day that has no order is told to stage A, which tries again.

Runs for as long as it may on all cores: call it in an executor, never on the event loop. Needs the extra ``plans``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from graph_schema.errors import InvalidInput, PlantroomError
from tools.maintenance.greedy import Draft, cheapest_first, complete
from tools.maintenance.model import Job, Placement, Problem, Schedule, Slot
from tools.maintenance.order import ordered
from tools.maintenance.plan_cost import dread, schedule_of
from tools.maintenance.verify import violations

if TYPE_CHECKING:
    from tools.maintenance.assignment import Progress

SECONDS = 60.0
"""How long is searched, where nothing else is said."""
WORKERS = 8
"""Of the solver, whatever the number of cores: with fewer, no worker of its portfolio works on the bound."""
ROUNDS = 20
"""So often at most stage A is told of days that have no order."""
_LEAST_S = 0.05
_SHARE = 0.8
"""Of the time that is left, for one round where days may turn out to have no order."""


@dataclass(frozen=True, slots=True)
class Search:
    """How long and with what. One worker and a ``seed`` give the same plan each time, as long as the time suffices."""

    seconds: float = SECONDS
    workers: int = WORKERS
    seed: int = 0


def solve(problem: Problem, search: Search | None = None, progress: Progress | None = None) -> Schedule:
    """The cheapest plan that was found, with what none can be cheaper than. It is checked before it is returned.

    Raises ``InvalidInput`` where the solver is not installed, and ``PlantroomError`` where a plan would break a rule.
    """
    try:
        from tools.maintenance.assignment import Assignment
    except ImportError as error:
        raise InvalidInput("Plans need the solver: install Plantroom with the extra “plans”.") from error
    search = search or Search()
    began = time.monotonic()
    best = cheapest_first(problem)
    made = Assignment(problem)
    result = _Result()
    has_windows = any(one.windows is not None for one in problem.jobs)
    for _ in range(ROUNDS):
        since = time.monotonic() - began
        left = search.seconds - since
        if left < _LEAST_S:
            break
        made.hint({one.job: one.slot for one in best.placements})
        answer = made.solved(left * (_SHARE if has_windows else 1.0), search.workers, search.seed, progress)
        result.add(answer.bound, None if answer.first_s is None else since + answer.first_s)
        if answer.chosen is None:
            break
        placements, clashes = in_order(problem, answer.chosen)
        best = min(best, schedule_of(problem, placements), key=lambda one: _rank(problem, one))
        if not clashes:
            result.state = "optimal" if answer.optimal else "within time"
            break
        for slot, jobs in clashes.items():
            made.forbid_together(jobs, slot)
    bound = None if result.bound is None else result.bound - dread(problem) * left_out_musts(problem, best)
    found = replace(best, bound=bound, state=result.state, first_s=result.first_s, took_s=time.monotonic() - began)
    if broken := violations(problem, found):
        raise PlantroomError(f"The plan that was found breaks a rule, so it is not shown: {broken[0]}")
    return found


@dataclass(slots=True)
class _Result:
    bound: int | None = None
    first_s: float | None = None
    state: Literal["optimal", "within time"] = "within time"

    def add(self, bound: int | None, first_s: float | None) -> None:
        if bound is not None:
            self.bound = bound if self.bound is None else max(self.bound, bound)
        self.first_s = first_s if self.first_s is None else self.first_s


def in_order(problem: Problem, chosen: Mapping[str, Slot]) -> tuple[list[Placement], dict[Slot, frozenset[str]]]:
    """Stage B: the days in their order; and of those that have none the fewest jobs that clash. What has no room there goes where it adds least."""
    draft, clashes, waiting = Draft(problem), dict[Slot, frozenset[str]](), list[Job]()
    days: dict[Slot, list[Job]] = {}
    for id_, slot in sorted(chosen.items()):
        days.setdefault(slot, []).append(problem.job_of[id_])
    for slot, jobs in days.items():
        crew = problem.crew_of[slot.crew]
        row = ordered(problem, crew, slot.day, jobs)
        if row is not None:
            draft.days[slot] = row
            continue
        clashes[slot] = _fewest(problem, slot, jobs)
        waiting += [
            one
            for one in sorted(jobs, key=lambda one: (one.begun is None, not one.must, -one.growth(), one.id))
            if not draft.takes(one, crew, slot.day)
        ]
    complete(draft, waiting)
    return draft.placements, clashes


def _fewest(problem: Problem, slot: Slot, jobs: Sequence[Job]) -> frozenset[str]:
    """None of them can be spared: without any one the rest has an order. Jobs of a bundle go together, as one of them isolates for the others."""
    kept = list(jobs)
    for unit in dict.fromkeys(one.bundle or one.id for one in jobs):
        rest = [one for one in kept if (one.bundle or one.id) != unit]
        if ordered(problem, problem.crew_of[slot.crew], slot.day, rest) is None:
            kept = rest
    return frozenset(one.id for one in kept)


def left_out_musts(problem: Problem, schedule: Schedule) -> int:
    return sum(1 for one in schedule.left_out if problem.job_of[one].must or problem.job_of[one].begun is not None)


def _rank(problem: Problem, schedule: Schedule) -> tuple[int, int]:
    return left_out_musts(problem, schedule), schedule.cost.total
