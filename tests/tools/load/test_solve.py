"""Load plans: cheaper than the rule where there is something to gain, all constraints kept, and plain words where they cannot be."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evals.bench.plans.load.check import checked
from evals.bench.plans.load.instances import instance
from graph_schema.errors import InvalidInput
from tools.load.account import account
from tools.load.changes import change_of
from tools.load.curve import CENTRIFUGAL, from_library
from tools.load.explain import binding, obstacles, stretches
from tools.load.model import Course, Plan, Problem, Purchase, Shared, Step, Store, System, Unit
from tools.load.modes import modes
from tools.load.solve import Search, ruled, solve
from tools.load.verify import violations

UTC_ZONE = ZoneInfo("UTC")
START = datetime(2026, 7, 6, 6, tzinfo=UTC)
SEARCH = Search(seconds=10, gap=0.002)


def _unit(id_: str, capacity: float, **more: object) -> Unit:
    return replace(Unit(id_, id_, from_library(capacity, capacity / 5, CENTRIFUGAL), capacity), **more)


def _problem(load: list[float], units: tuple[Unit, ...], stores: tuple[Store, ...] = (), **buys: object) -> Problem:
    many = len(load)
    steps = tuple(Step(START + timedelta(hours=n), 1.0) for n in range(many))
    system = System("cooling", "cooling", "electricity", units, tuple(load), tuple(load), (20.0,) * many, (), stores)
    nothing: tuple[float | None, ...] = (None,) * many
    purchase = Purchase((0.2,) * many, (0.0,) * many, 0.0, 0.0, 0.0, (True,) * many, nothing, nothing)
    return Problem(steps, (system,), (10.0,) * many, replace(purchase, **buys))


def _tank(many: int, size: float = 400.0) -> Store:
    return Store("tank", "Tank", "tank", 0.0, (0.0,) * many, (size,) * many, (150.0,) * many)


@pytest.mark.parametrize("seeds", [range(first, first + 40) for first in range(0, 200, 40)], ids=str)
def test_no_plan_breaks_a_constraint(seeds: range):
    assert [(seed, broken) for seed in seeds if (broken := checked(seed))] == []


def test_the_unit_that_takes_less_power_runs():
    good = _unit("good", 200)
    poor = replace(_unit("poor", 200), curve=from_library(200, 60, CENTRIFUGAL), is_on=True)
    plan = solve(_problem([150.0] * 6, (poor, good)), SEARCH)
    assert plan.courses["cooling"].running == (frozenset({"good"}),) * 6
    assert plan.cost < ruled(_problem([150.0] * 6, (poor, good))).cost


def test_a_tank_is_filled_while_energy_is_cheap():
    price = (0.05,) * 4 + (0.5,) * 4
    plan = solve(_problem([100.0] * 8, (_unit("one", 250),), (_tank(8),), electricity=price), SEARCH)
    assert plan.courses["cooling"].content["tank"][3] > 300
    assert plan.courses["cooling"].content["tank"][7] == pytest.approx(0, abs=1)


def test_a_demand_charge_flattens_the_peak():
    load = [50.0, 50.0, 50.0, 200.0, 50.0, 50.0]
    flat, free = (
        account(problem, solve(problem, SEARCH).courses).peak_kw
        for problem in (_problem(load, (_unit("one", 250),), (_tank(6),), demand_price=price) for price in (20.0, 0.0))
    )
    assert flat < free - 5


def test_a_run_once_begun_lasts_its_least_time():
    units = (_unit("base", 100, is_on=True), _unit("more", 100, min_run_h=4.0))
    on = solve(_problem([50.0, 150.0, 50.0, 50.0, 50.0, 50.0, 50.0], units), SEARCH).courses["cooling"].running
    assert [("more" in one) for one in on].count(True) >= 4


def test_what_runs_is_enough_for_the_upper_load():
    problem = _problem([90.0] * 4, (_unit("a", 100, is_on=True), _unit("b", 100)))
    upper = replace(problem, systems=(replace(problem.systems[0], upper=(90.0, 90.0, 130.0, 90.0)),))
    on = solve(upper, SEARCH).courses["cooling"].running
    assert on[2] == frozenset({"a", "b"})


def test_what_cannot_be_kept_is_named_with_what_would_free_it():
    problem = _problem([150.0] * 3, (_unit("one", 100), _unit("two", 100, out=frozenset({1}))))
    plan = solve(problem, SEARCH)
    assert {(one.limit, one.step) for one in plan.shortfalls} >= {("load", 1)}
    (said,) = [one for one in obstacles(problem, plan, UTC_ZONE) if "cannot be delivered" in one]
    assert said.startswith(
        "At Mon 06 Jul 07:00 50 kW of the cooling load cannot be delivered. What would free it: a unit"
    )
    assert plan.bound is None


def test_an_event_without_a_penalty_is_a_rule_and_with_one_a_price():
    limit = (None, 20.0, None)
    hard = solve(_problem([100.0] * 3, (_unit("one", 150),), limit=limit), SEARCH)
    assert [one.limit for one in hard.shortfalls] == ["event"]
    priced = _problem([100.0] * 3, (_unit("one", 150),), limit=limit, penalty=(None, 2.0, None))
    plan = solve(priced, SEARCH)
    assert plan.shortfalls == ()
    assert account(priced, plan.courses).costs["events"] > 0


def test_out_of_time_gives_the_best_found_and_never_less_than_the_rule():
    units = tuple(_unit(str(n), 100 + 10 * n) for n in range(4))
    problem = _problem([60.0 + 20 * (n % 12) for n in range(72)], units, (_tank(72),), demand_price=10.0)
    assert violations(problem, ruled(problem)) == []
    plan = solve(problem, Search(seconds=0.05))
    assert violations(problem, plan) == []
    assert plan.state != "within gap"
    assert plan.cost <= ruled(problem).cost


def test_the_check_finds_what_is_wrong():
    problem = _problem([100.0] * 3, (_unit("a", 150, min_run_h=3.0), _unit("b", 150, out=frozenset({0}))))
    on, off = frozenset({"a"}), frozenset[str]()
    for running, delivered, said in (
        ((on, off, on), (100.0, 0.0, 100.0), "for a load of 100.00 in step 1"),
        ((on, frozenset({"b"}), on), (100.0, 100.0, 100.0), "a ran for 1.00 h of 3.00 before step 1"),
        ((frozenset({"b"}), on, on), (100.0, 100.0, 100.0), "b runs in step 0, when it is out of service"),
        ((on, on, on), (100.0, 170.0, 100.0), "delivers 170.0 kW of 150.0"),
    ):
        plan = Plan({"cooling": Course(running, delivered, {}, {})}, "by rule", 0.0)
        assert any(said in one for one in violations(problem, plan)), (said, violations(problem, plan))


def test_every_stretch_has_its_reason_and_covers_the_plan():
    problem = instance(11, fine=8, coarse=6)
    plan = solve(problem, SEARCH)
    for system in problem.systems:
        row = [one for one in stretches(problem, plan) if one.system == system.id]
        assert [row[0].first, row[-1].last] == [0, len(problem.steps) - 1]
        assert all(after.first == one.last + 1 for one, after in itertools.pairwise(row))
        assert all(one.why for one in row)
    assert any(
        one.startswith("The peak is") for one in binding(problem, plan, account(problem, plan.courses), UTC_ZONE)
    )


def test_lines_of_a_mode_lie_below_what_it_takes():
    pumps = Shared("pumps", ("1", "2", "3"), 11.0, 120.0)
    system = replace(_problem([0.0], (_unit("a", 150), _unit("b", 200, least=60.0))).systems[0], shared=(pumps,))
    for mode in modes(system)[1:]:
        problem = replace(_problem([0.0], system.units), systems=(system,))
        for share in (0.1, 0.35, 0.7, 1.0):
            load = share * mode.capacity
            course = Course((mode.units,), (load,), {"pumps": (pumps.best(load),)}, {})
            real = account(problem, {"cooling": course}).site[0] - 10.0
            below = max(slope * load + constant for slope, constant in mode.own)
            assert below <= real + 1e-6
            assert below >= 0.9 * real


def test_more_pumps_at_less_speed_take_less():
    pumps = Shared("pumps", ("1", "2", "3"), 10.0, 100.0, least_speed=0.2)
    assert pumps.enough(150) == 2
    assert pumps.best(150) == 3
    assert pumps.power(150, 3) < pumps.power(150, 2)


def test_what_if_changes_the_same_problem():
    problem = _problem([150.0] * 20, (_unit("Chiller 1", 200, is_on=True), _unit("Chiller 2", 200)))
    out = change_of(problem, "out chiller 1 on 2026-07-06", UTC_ZONE, 0.025)
    assert len(out.after.systems[0].units[0].out) == 18
    warmer = change_of(problem, "supply +1", UTC_ZONE, 0.025)
    cheaper = [solve(one, SEARCH).cost for one in (warmer.before, warmer.after)]
    assert cheaper[1] < cheaper[0]
    later = change_of(problem, "postpone Chiller 1 from 2026-07-06 to 2026-07-07", UTC_ZONE, 0.025)
    assert [len(one.systems[0].units[0].out) for one in (later.before, later.after)] == [18, 2]
    for text, said in (
        ("sell chiller 1", "is no change that can be planned"),
        ("out Chiller 9 on 2026-07-06", "none of what is planned: Chiller 1, Chiller 2"),
        ("out Chiller 1 on 2026-08-06", "is beyond it"),
        ("out Chiller 1 on 2026-13-06", "is no day"),
        ("supply +9", "by 5 K at most"),
    ):
        with pytest.raises(InvalidInput, match=said):
            change_of(problem, text, UTC_ZONE, 0.025)


def test_too_many_units_are_refused():
    with pytest.raises(InvalidInput, match="has 6 units; a plan takes 5 at most"):
        solve(_problem([10.0] * 2, tuple(_unit(str(n), 10) for n in range(6))), SEARCH)
