import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evals.graders import Call
from evals.outcome import CaseResult, Control, LeftOut, Outcome, Reply, Tried, percentile
from evals.report import print_report, to_json

FILE = Path("questions.yaml")


def case(
    id: str, *why: str, invented: tuple[str, ...] = (), ms: float = 10.0, silent: bool = False, language: str = "en"
) -> CaseResult:
    reply = Reply("How many [red]pumps?", "There are 3.", (Call("find_assets", {"limit": 3}),), (), invented, ms, 5, 2)
    tried = Tried(why, (reply,), silent)
    return CaseResult(id, FILE, "demo", id.rpartition("-")[0], abstains=False, tried=tried, language=language)


def outcome(*cases: CaseResult, **more: object) -> Outcome:
    return Outcome("offline", cases, **more)  # type: ignore[arg-type]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_occurred_and_that_share_is_at_most_it(values: list[float], share: float):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) < share * len(values) + 1e-6


def test_there_is_no_percentile_of_nothing():
    assert percentile([], 0.5) is None


def test_pass_rates_are_counted_by_category():
    run = outcome(case("live-1"), case("live-2", "wrong"), case("count-1"))
    assert run.by_category() == {"live": (1, 2, 0), "count": (1, 1, 0)}
    assert run.by_world() == {"demo": (2, 3, 0)}
    assert (run.passed, run.invented, run.calls_per_answer) == (2, 0, 1.0)


def test_what_fails_and_looked_answered_is_counted_by_family_and_language():
    run = outcome(
        case("live-air-1"), case("live-water-1", "wrong", silent=True), case("count-1", "wrong", language="de")
    )
    assert run.silent == 1
    assert run.by_family() == {"live": (1, 2, 1), "count": (0, 1, 0)}
    assert run.by_language() == {"en": (1, 2, 1), "de": (0, 1, 0)}


@pytest.mark.parametrize(
    ("endings", "looks_answered"), [((), True), (("asked_back",), False), (("left_out",), False), (None, False)]
)
def test_an_answer_looks_answered_unless_it_says_otherwise_or_the_model_does_not_tell(
    endings: tuple[str, ...] | None, looks_answered: bool
):
    assert Reply("?", "There are 3.", endings=endings).looks_answered is looks_answered


@pytest.mark.parametrize(
    ("run", "sound"),
    [
        (outcome(*(case(f"a-{i}") for i in range(9)), case("b-1", "wrong")), True),
        (outcome(*(case(f"a-{i}") for i in range(8)), case("b-1", "wrong")), False),
        (outcome(case("a-1", invented=("17",))), False),
        (outcome(case("a-1"), writes=["ahu-1 is not as before"]), False),
        (outcome(case("a-1"), troubles=["The world broke."]), False),
        (outcome(), False),
    ],
)
def test_a_run_is_sound_from_nine_in_ten_with_nothing_invented_or_written(run: Outcome, sound: bool):
    assert run.is_sound is sound


def test_the_json_has_the_documented_keys_and_is_json():
    run = outcome(case("live-1", ms=10.0), case("live-2", "wrong", "twice", invented=("17",), ms=30.0))
    written = json.loads(json.dumps(to_json(run)))
    summary = {
        key: written["summary"][key] for key in ("cases", "passed", "invented", "unapproved_writes", "p50_ms", "p95_ms")
    }
    assert summary == {"cases": 2, "passed": 1, "invented": 1, "unapproved_writes": 0, "p50_ms": 10.0, "p95_ms": 30.0}
    second = {key: written["cases"][1][key] for key in ("id", "passed", "why", "answer", "calls")}
    assert second == {
        "id": "live-2",
        "passed": False,
        "why": "wrong; twice",
        "answer": "There are 3.",
        "calls": [{"tool": "find_assets", "args": {"limit": 3}}],
    }


def test_the_report_says_what_failed_what_measures_nothing_and_what_was_left_out():
    run = outcome(
        case("live-1"),
        case("live-2", "the number 4 is not in the answer", silent=True, language="de"),
        controls=[Control("without tools", 2, ["live-1"], 0), Control("with an empty graph", 2, [], 1)],
        left_out=[LeftOut(FILE, "soda", 32, "The world soda needs a.ttl, which is not here.")],
        writes=["ahu-1 is not as before"],
    )
    console = Console(width=200, record=True, force_terminal=False)
    print_report(console, run)
    text = console.export_text()
    for expected in (
        "live           1   2  50%               1",
        "de             0   1    0%               1",
        "✗ live-2 questions.yaml silently wrong",
        "Silently wrong: 1. Invented: 0.",
        "How many [red]pumps?",
        "the number 4 is not in the answer",
        "Control without tools: 1 of 2 pass (0 abstentions aside).",
        "These measure nothing: live-1",
        "Control with an empty graph: 0 of 1 pass (1 abstentions aside).",
        "Left out: 32 cases of questions.yaml. The world soda needs a.ttl",
        "Written without approval: ahu-1 is not as before",
        "1 of 2 cases pass (50.0%)",
        "p50 10 ms, p95 10 ms",
    ):
        assert expected in text
