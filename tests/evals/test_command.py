"""The command as it is typed; no server is started for these."""

import json
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from evals.command import evals

CASE = "cases: [{id: a-1, turns: [{ask: x}]}]"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTROOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def call(*arguments: str) -> Result:
    cli = typer.Typer()
    cli.command()(evals)
    return CliRunner().invoke(cli, list(arguments))


def test_the_project_contributes_the_command_to_the_command_line():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    contributed = EntryPoint("evals", project["entry-points"]["plantroom.commands"]["evals"], "plantroom.commands")
    assert contributed.load() is evals


def test_results_are_written_as_json_and_failing_cases_end_with_1(tmp_path: Path):
    (tmp_path / "q.yaml").write_text(f"world: atlantis\n{CASE}", "utf-8")
    result = call("q.yaml", "--json", "new/folder/out.json", "--model", "offline", "--no-controls")
    assert result.exit_code == 1
    assert "atlantis" in result.output
    written = json.loads((tmp_path / "new" / "folder" / "out.json").read_text("utf-8"))
    assert written["summary"]["cases"] == 1
    assert written["summary"]["passed"] == 0
    assert written["summary"]["p50_ms"] is None
    assert "atlantis" in written["cases"][0]["why"]


@pytest.mark.parametrize(
    ("content", "told"), [(None, "There is no case file or folder at q.yaml"), ("cases: []", "does not name its world")]
)
def test_a_file_that_is_no_case_file_is_one_sentence(tmp_path: Path, content: str | None, told: str):
    if content is not None:
        (tmp_path / "q.yaml").write_text(content, "utf-8")
    result = call("q.yaml")
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_the_word_statements_judges_statement_files(tmp_path: Path):
    (tmp_path / "s.yaml").write_text("world: demo\ncases: []", "utf-8")
    result = call("statements", "s.yaml")
    assert result.exit_code == 1
    assert "does not follow the format of statements: cases" in " ".join(result.output.split())
