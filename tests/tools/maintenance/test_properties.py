"""Whatever is to be planned, no rule is broken, by the solver or by a rule of thumb; the check is by other code than the plans are made by."""

from dataclasses import replace

import pytest

from evals.bench.plans.check import SMALL, checked
from evals.bench.plans.instances import Size, instance
from tools.maintenance.explain import left_out, reasons
from tools.maintenance.greedy import cheapest_first, earliest_due_first, risk_first
from tools.maintenance.model import Slot
from tools.maintenance.solve import Search, left_out_musts, solve
from tools.maintenance.verify import violations

QUICK = Search(seconds=1.0, workers=1)
EXACT = Search(seconds=20.0, workers=1)
TINY = Size(jobs=7, crews=2, days=4, places=3, clusters=2, bundles=2, groups=1)


@pytest.mark.parametrize("seeds", [range(first, first + 50) for first in range(0, 300, 50)], ids=str)
def test_no_plan_breaks_a_rule(seeds: range):
    assert [(seed, broken) for seed in seeds if (broken := checked(seed))] == []


@pytest.mark.parametrize("rule", [earliest_due_first, risk_first, cheapest_first])
def test_plans_by_rule_keep_all_rules_at_full_size(rule):
    problem = instance(5)
    assert violations(problem, rule(problem)) == []


def test_every_job_is_explained():
    problem = instance(11, SMALL)
    plan = solve(problem, QUICK)
    assert {one.job for one in reasons(problem, plan, "EUR")} == {one.job for one in plan.placements}
    assert {one.job for one in left_out(problem, plan, "EUR")} == set(plan.left_out)


@pytest.mark.parametrize("seed", range(12))
def test_a_sunk_cost_changes_no_plan(seed: int):
    """What is paid whatever is planned, under whichever name, moves no job."""
    problem = instance(seed, TINY)
    plan = solve(problem, EXACT)
    assert plan.state == "optimal"
    sunk = tuple(
        replace(one, failure=tuple(cost + 7_000_000 for cost in one.failure)) if n % 2 else one
        for n, one in enumerate(problem.jobs)
    )
    again = solve(replace(problem, jobs=sunk), EXACT)
    assert again.placements == plan.placements


@pytest.mark.parametrize("seed", range(12))
def test_names_and_their_order_change_no_cost(seed: int):
    problem = instance(seed, TINY)
    renamed = tuple(replace(one, id=f"z{n}") for n, one in enumerate(reversed(problem.jobs)))
    plans = [solve(one, EXACT) for one in (problem, replace(problem, jobs=renamed))]
    assert [one.state for one in plans] == ["optimal", "optimal"]
    assert plans[0].cost.total == plans[1].cost.total == plans[0].bound == plans[1].bound


@pytest.mark.parametrize("seed", range(8))
def test_the_best_plan_is_never_dearer_than_one_by_rule(seed: int):
    problem = instance(seed, TINY)
    best = solve(problem, EXACT)
    others = [rule(problem) for rule in (earliest_due_first, risk_first, cheapest_first)]
    assert all(best.cost.total <= one.cost.total for one in others if left_out_musts(problem, one) == 0)


def test_a_plan_in_force_is_kept_where_leaving_it_saves_little():
    problem = instance(3, replace(SMALL, windowed=0.0))
    plan = solve(problem, EXACT)
    held = {one.job: Slot(one.crew, one.day) for one in plan.placements}
    again = solve(replace(problem, in_force=held, churn=10_000_000), EXACT)
    assert {one.job: one.slot for one in again.placements} == held
    assert again.cost.churn == 0
