"""Plans of small random problems, checked rule by rule."""

from __future__ import annotations

from dataclasses import replace

from evals.bench.plans.instances import Size, instance
from graph_schema.errors import PlantroomError
from tools.maintenance.greedy import earliest_due_first, risk_first
from tools.maintenance.solve import Search, solve
from tools.maintenance.verify import violations

SMALL = Size(
    jobs=14, crews=3, days=5, places=5, clusters=2, bundles=4, groups=3, windowed=0.4, must=0.2, in_force=0.3, begun=2
)
_QUICK = Search(seconds=0.4, workers=1)


def checked(seed: int) -> list[str]:
    """What is wrong with the plans of one problem: the solver's (which checks itself as well) and those of both rules. The kind of problem changes with the seed."""
    size = replace(SMALL, crews=1 + seed % 4, jobs=6 + seed % 15, windowed=(0.0, 0.4, 0.9)[seed % 3])
    problem = instance(seed, size)
    try:
        plans = (solve(problem, replace(_QUICK, seed=seed)), earliest_due_first(problem), risk_first(problem))
    except PlantroomError as error:
        return [str(error)]
    return [text for plan in plans for text in violations(problem, plan)]
