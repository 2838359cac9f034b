"""What a plan does with few jobs, where the right one can be told by hand; and that it explains itself."""

import signal
from dataclasses import replace

import pytest

from graph_schema.errors import InvalidInput
from tests.tools.maintenance.problems import crew, job, problem
from tools.maintenance.explain import left_out, reasons
from tools.maintenance.greedy import earliest_due_first, risk_first
from tools.maintenance.model import Absence, Bundle, Place, Problem, Redundancy, Shift, Slot, Window
from tools.maintenance.solve import Search, solve

EXACT = Search(seconds=10.0, workers=1)
CHILLERS = (Redundancy("chillers", frozenset({"CH-1", "CH-2"}), 1),)


def days(given: Problem) -> dict[str, int]:
    plan = solve(given, EXACT)
    assert plan.state == "optimal"
    assert plan.bound == plan.cost.total
    return {one.job: one.day for one in plan.placements}


def why(given: Problem) -> dict[str, str]:
    return {one.job: one.sentence for one in reasons(given, solve(given, EXACT), "EUR")}


def test_never_both_chillers_on_one_day():
    given = problem(job("a", isolates=frozenset({"CH-1"})), job("b", isolates=frozenset({"CH-2"})), redundancy=CHILLERS)
    assert sorted(days(given).values()) == [0, 1]
    assert "what stands in for it is out of service" in " ".join(why(given).values())


def test_a_bundle_does_not_isolate_what_redundancy_needs():
    given = problem(
        job("a", isolates=frozenset({"CH-1"})),
        job("b", bundle="x"),
        bundles=(Bundle("x", 30, frozenset({"CH-2"})),),
        redundancy=CHILLERS,
    )
    assert len(set(days(given).values())) == 2


def test_jobs_behind_one_isolation_go_together():
    """Waiting a day costs less than isolating twice."""
    short = crew(shifts={0: Shift(480, 600), 1: Shift(480, 960), 2: Shift(480, 960)})
    slow = (0, 100, 200, 100_000)
    jobs = (job("a", bundle="x", failure=slow), job("b", bundle="x", failure=slow))
    given = problem(*jobs, crews=(short,), bundles=(Bundle("x", 30),))
    plan = solve(given, EXACT)
    assert {one.day for one in plan.placements} == {1}
    assert [one.setup_min for one in plan.placements] == [30, 0]
    assert all("share its isolation" in one.sentence for one in reasons(given, plan, "EUR"))


def test_what_waits_for_parts_waits():
    given = problem(job("a", release=2))
    assert days(given) == {"a": 2}
    assert why(given)["a"].startswith("its parts are there from this day on")


def test_the_dearest_to_wait_for_goes_first_where_there_is_room_for_one():
    short = crew(shifts=dict.fromkeys(range(3), Shift(480, 560)))
    given = problem(job("a"), job("b", failure=(0, 50_000, 90_000, 200_000)), crews=(short,))
    assert days(given) == {"b": 0, "a": 1}
    assert why(given)["a"].startswith("the day before has no room left")
    plan = solve(given, EXACT)
    later = {one.job: one.day_later for one in reasons(given, plan, "EUR")}
    assert later == {"b": None, "a": 10_000}  # the day after b's is taken


def test_two_that_want_the_same_hour_go_on_two_days():
    hour = tuple(Window(day, 600, 670) for day in range(3))
    assert sorted(days(problem(job("a", windows=hour), job("b", windows=hour))).values()) == [0, 1]


def test_windows_that_only_an_order_shows_to_clash_are_found():
    """Each window alone has room for its job and both fit into the shift, but there is no order for them."""
    first = tuple(Window(day, 600, 680) for day in range(3))
    second = tuple(Window(day, 620, 700) for day in range(3))
    assert sorted(days(problem(job("a", windows=first), job("b", windows=second))).values()) == [0, 1]


def test_the_way_to_another_cluster_is_paid_once_a_day():
    far = crew(cluster="near")
    given = problem(
        job("a", place="there"),
        job("b", place="yonder"),
        crews=(far,),
        places=(Place("there", "far"), Place("yonder", "far")),
    )
    plan = solve(given, EXACT)
    assert [one.start for one in plan.placements] == [480 + 15 + 60, 480 + 15 + 60 + 60 + 15]
    assert plan.cost.labour == 100 * (60 + 15 + 60 + 15 + 60)


def test_a_job_that_costs_more_than_it_saves_is_left_out_and_says_so():
    given = problem(job("a", failure=(0, 0, 0, 10)))
    plan = solve(given, EXACT)
    assert plan.left_out == ("a",)
    assert left_out(given, plan, "EUR")[0].frees == "nothing is in the way but what it costs"


@pytest.mark.parametrize(
    ("given", "frees"),
    [
        (problem(job("a", must=True, skills=frozenset({"welding"}))), "a crew that can do all of welding"),
        (problem(job("a", must=True, release=3)), "its parts earlier than day 4"),
        (problem(job("a", must=True), crews=(crew(absences=(Absence(0, 2),)),)), "a crew with mechanical at work on one of its days"),
        (problem(job("a", must=True, windows=())), "a window of 60 minutes in a shift"),
        (problem(job("a", must=True, minutes=600)), "a shift that holds 600 minutes beside the way there"),
        (problem(job("a", must=True, release=2, latest=1)), "its parts earlier than day 3"),
        (
            problem(job("a", must=True), job("b", must=True), crews=(crew(shifts={0: Shift(480, 600)}),)),
            "15 minutes more of crew on day 1",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_what_would_free_it(given: Problem, frees: str):
    plan = solve(given, EXACT)
    told = left_out(given, plan, "EUR")
    assert [(one.frees, one.hinders) for one in told] == [(frees, True)]


def test_what_must_be_done_is_done_whatever_it_costs():
    dear = job("a", must=True, downtime=(90_000_000,) * 3)
    assert solve(problem(dear), EXACT).left_out == ()


def test_a_sick_crew_moves_its_jobs_and_no_others():
    jobs = [job(f"j{n}", failure=(0, 10, 20, 900_000)) for n in range(8)]
    before = problem(*jobs, crews=(crew("one"), crew("two")))
    held = {one.job: one.slot for one in solve(before, EXACT).placements}
    ill = problem(*jobs, crews=(crew("one", absences=(Absence(0, 2),)), crew("two")), in_force=held, churn=5_000)
    now = {one.job: one.slot for one in solve(ill, EXACT).placements}
    assert {id_ for id_, slot in held.items() if now[id_] != slot} == {id_ for id_, slot in held.items() if slot.crew == "one"}  # fmt: skip


def test_what_is_begun_stays_though_another_place_is_cheaper():
    given = problem(job("a", begun=Slot("crew", 2)))
    assert days(given) == {"a": 2}
    assert why(given)["a"].startswith("it is begun, so it stays")


def test_out_of_time_is_the_best_found_with_no_bound_or_a_true_one():
    plan = solve(problem(job("a")), Search(seconds=0.0))
    assert plan.state == "within time"
    assert plan.gap is None
    assert {one.job for one in plan.placements} == {"a"}


def test_the_solver_leaves_ctrl_c_to_who_calls_it():
    before = signal.getsignal(signal.SIGINT)
    solve(problem(job("a")), EXACT)
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_rules_place_each_job_as_early_as_there_is_room():
    short = crew(shifts=dict.fromkeys(range(3), Shift(480, 560)))
    given = problem(job("a", latest=2), job("b", latest=0, failure=(0, 1, 2, 3)), crews=(short,))
    assert {one.job: one.day for one in earliest_due_first(given).placements} == {"b": 0, "a": 1}
    assert {one.job: one.day for one in risk_first(given).placements} == {"a": 0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: problem(job("a"), job("a")), "stand twice"),
        (lambda: problem(job("a", place="nowhere")), "no place of the plan"),
        (lambda: problem(job("a", bundle="x")), "which the plan does not have"),
        (lambda: problem(job("a", failure=(1,))), "do not cover"),
        (lambda: problem(job("a", bundle="x"), job("b", bundle="x", place="there"), bundles=(Bundle("x", 1),)), "two places"),
    ],
)  # fmt: skip
def test_a_problem_that_contradicts_itself_is_refused(wrong, said: str):
    with pytest.raises(InvalidInput, match=said):
        wrong()


def test_the_gap_is_a_share_of_the_cost():
    plan = solve(problem(job("a")), EXACT)
    assert replace(plan, bound=plan.cost.total // 2).gap == pytest.approx(0.5, abs=0.01)
