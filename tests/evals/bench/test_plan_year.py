"""The year of maintenance: the same failures for every rule, and work that renews."""

from dataclasses import replace

import pytest

from evals.bench.plans.year import machines, year_cost
from tests.tools.maintenance.problems import crew, job, problem
from tools.maintenance.greedy import earliest_due_first, risk_first
from tools.maintenance.model import Problem, Schedule, Shift
from tools.maintenance.plan_cost import schedule_of


def nothing(given: Problem) -> Schedule:
    return schedule_of(given, [])


def test_a_year_comes_again_and_is_dearer_where_nothing_is_done():
    assert year_cost(3, risk_first) == year_cost(3, risk_first)
    assert year_cost(3, nothing) > year_cost(3, risk_first)


def test_a_life_that_has_lasted_is_likelier_to_end_soon_and_begins_beyond_its_age():
    for one in machines(1):
        assert one.lives[0] > one.age
        assert one.fails_by(one.age + one.scale, 28) > one.fails_by(0, 28)
        assert replace(one, scale=1e9).fails_by(0, 28) == pytest.approx(0, abs=1e-6)


def test_the_earliest_due_goes_first_and_may_be_late():
    short = crew(shifts=dict.fromkeys(range(3), Shift(480, 560)))
    given = problem(job("a", due=1), job("b", due=-4), job("c"), crews=(short,))
    assert {one.job: one.day for one in earliest_due_first(given).placements} == {"b": 0, "a": 1, "c": 2}
