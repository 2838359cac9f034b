"""The check finds every kind of fault: each is put into a sound plan by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.tools.maintenance.problems import crew, job, problem
from tools.maintenance.model import Absence, Bundle, Placement, Problem, Redundancy, Slot, Window
from tools.maintenance.plan_cost import schedule_of
from tools.maintenance.verify import violations

SOUND = [Placement("a", "crew", 0, 495, 555), Placement("b", "crew", 0, 555, 615)]


def pair(**more: object) -> Problem:
    return problem(job("a"), job("b"), **more)


def test_a_sound_plan_has_no_fault():
    assert violations(pair(), schedule_of(pair(), SOUND)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: (pair(crews=(crew(skills=frozenset()),)), SOUND), "cannot do"),
        (lambda: (pair(crews=(crew(absences=(Absence(0, 0),)),)), SOUND), "not at work"),
        (lambda: (pair(), [SOUND[0], replace(SOUND[1], start=545, end=605)]), "cannot be at"),
        (lambda: (pair(), [replace(SOUND[0], start=480, end=540), SOUND[1]]), "cannot be at"),
        (lambda: (pair(), [SOUND[0], replace(SOUND[1], start=930, end=990)]), "beyond the shift"),
        (lambda: (pair(), [SOUND[0], replace(SOUND[1], end=600)]), "takes 60 minutes"),
        (lambda: (problem(job("a", windows=(Window(0, 600, 700),)), job("b")), SOUND), "outside its windows"),
        (lambda: (problem(job("a", release=1), job("b")), SOUND), "may not be done on day 0"),
        (lambda: (problem(job("a", begun=Slot("crew", 1)), job("b")), SOUND), "may not be moved"),
        (lambda: (problem(job("a", place="there"), job("b"), crews=(crew(cluster="near"),)), SOUND), "cannot be at"),
        (lambda: (problem(job("a", bundle="x"), job("b"), bundles=(Bundle("x", 30),)), SOUND), "for its isolation"),
        (lambda: (pair(), [*SOUND, SOUND[0]]), "2 times"),
    ],
)  # fmt: skip
def test_each_fault_is_found(wrong: Callable[[], tuple[Problem, list[Placement]]], said: str):
    given, placements = wrong()
    assert any(said in text for text in violations(given, schedule_of(given, placements)))


def test_both_of_a_pair_out_on_one_day_is_found():
    jobs = (job("a", isolates=frozenset({"CH-1"})), job("b", bundle="x", minutes=60))
    given = problem(
        *jobs,
        bundles=(Bundle("x", 0, frozenset({"CH-2"})),),
        redundancy=(Redundancy("chillers", frozenset({"CH-1", "CH-2"}), 1),),
    )
    assert violations(given, schedule_of(given, SOUND)) == ["Of chillers fewer than 1 stay in service on day 0."]


def test_a_way_back_to_a_place_or_a_far_cluster_is_found():
    given = problem(job("a"), job("b", place="there"), job("c"), crews=(crew(cluster="other"),))
    row = [
        Placement("a", "crew", 0, 560, 620),
        Placement("b", "crew", 0, 700, 760),
        Placement("c", "crew", 0, 850, 910),
    ]
    said = " ".join(violations(given, schedule_of(given, row)))
    assert "goes to here twice" in said
    assert "goes to near twice" in said


def test_a_wrong_sum_and_a_bound_above_the_cost_are_found():
    plan = schedule_of(pair(), SOUND)
    assert violations(pair(), replace(plan, cost=replace(plan.cost, labour=1)))
    assert violations(pair(), replace(plan, bound=plan.cost.total + 1))
    assert violations(pair(), replace(plan, left_out=("a",)))
