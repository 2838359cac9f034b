"""The small plant of the load plan's benchmark: it answers what is set, and keeps its building comfortable whatever is set."""

import pytest

from evals.bench.plans.load.closed_loop import Run, Setting, run, step
from evals.bench.plans.load.plant import BEHIND_K, WARM_UP_DAYS, world

FIRST = 96 * WARM_UP_DAYS


def test_a_season_is_the_same_each_time():
    assert world("summer", 3, 1).load == world("summer", 3, 1).load
    assert world("summer", 3, 1).load != world("summer", 4, 1).load


def test_what_is_delivered_cools_the_building_and_costs_power():
    plant = world("summer", 1, 1)
    still, cooled = Run(), Run()
    noon = FIRST + 48
    step(plant, noon, still, Setting(frozenset({"Chiller 1"}), 0.0), is_rule=False)
    step(plant, noon, cooled, Setting(frozenset({"Chiller 1"}), 200.0), is_rule=False)
    assert still.x - cooled.x == pytest.approx(0.25 * 200 / plant.mass)
    assert cooled.energy > still.energy


def test_local_control_keeps_comfort_where_nothing_is_set():
    plant = world("summer", 1, 1)
    state = Run(on=frozenset())
    for quarter in range(FIRST + 28, FIRST + 76):
        step(plant, quarter, state, Setting(frozenset(), 0.0), is_rule=False)
        assert state.x <= BEHIND_K
    assert state.outside_comfort_h == 0


def test_a_plan_a_day_ahead_costs_less_than_the_rule_and_no_comfort():
    plant = world("summer", 1, 1)
    rule, ahead = run(plant, "rule", 1), run(plant, "day ahead", 1)
    assert ahead.cost < rule.cost
    assert ahead.outside_comfort_h <= rule.outside_comfort_h
