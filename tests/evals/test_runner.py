"""What the runner does with sets whose worlds cannot be built; no server is started for these."""

from pathlib import Path

import pytest

from evals.runner import run_evals
from interfaces.settings import Settings

CASES = "cases: [{id: a-1, turns: [{ask: x}]}, {id: b-1, turns: [{ask: x, expect: {nubmers: []}}]}]"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", model="offline")


def questions(folder: Path, world: str, name: str = "questions.yaml") -> Path:
    path = folder / name
    path.write_text(f"world: {world}\n{CASES}", "utf-8")
    return path


async def test_the_cases_of_a_world_that_nobody_knows_fail_with_the_reason(tmp_path: Path, settings: Settings):
    outcome = await run_evals([questions(tmp_path, "neverland")], settings)
    assert [case.passed for case in outcome.cases] == [False, False]
    assert "names the world “neverland”" in outcome.cases[0].tried.why[0]
    assert "nubmers" in outcome.cases[1].tried.why[0]
    assert not outcome.is_sound


async def test_the_past_of_a_world_that_lacks_its_map_fails_its_cases(tmp_path: Path, settings: Settings):
    (tmp_path / "w.yaml").write_text("history: [{file: wo.csv}]", "utf-8")
    outcome = await run_evals([questions(tmp_path, "w.yaml")], settings)
    assert "history.0.map" in outcome.cases[0].tried.why[0]


async def test_a_world_whose_files_are_not_here_is_left_out_with_the_reason(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / "w.yaml").write_text("import: [nowhere.ttl]\nreplay: [{file: a.csv, map: b.yaml}]", "utf-8")
    outcome = await run_evals([questions(tmp_path, "w.yaml")], settings)
    (left,) = outcome.left_out
    assert (left.cases, left.why) == (1, "The world w needs nowhere.ttl, a.csv, b.yaml, which are not here.")
    assert [case.id for case in outcome.cases] == ["b-1"]


async def test_in_ci_a_world_whose_files_are_not_here_fails(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CI", "true")
    (tmp_path / "w.yaml").write_text("import: [nowhere.ttl]", "utf-8")
    outcome = await run_evals([questions(tmp_path, "w.yaml")], settings)
    assert outcome.left_out == []
    assert [case.tried.why[0] for case in outcome.cases if case.id == "a-1"] == [
        "The world w needs nowhere.ttl, which is not here."
    ]


async def test_results_keep_the_order_of_the_files(tmp_path: Path, settings: Settings):
    first, second = questions(tmp_path, "nobody", "1.yaml"), questions(tmp_path, "noone", "2.yaml")
    outcome = await run_evals([second, first], settings)
    assert [(case.file.name, case.id) for case in outcome.cases] == [
        ("2.yaml", "a-1"), ("2.yaml", "b-1"), ("1.yaml", "a-1"), ("1.yaml", "b-1"),
    ]  # fmt: skip
