"""``plantroom map suggest`` as the docs show it, its exit codes, and the file that it writes."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.decoding.presets import preset_names
from ingestion.decoding.telemetry_map import load_map
from interfaces.cli.main import cli

DOC = Path(__file__).parents[3] / "docs" / "operators" / "first-hour.md"
EXAMPLES = re.findall(
    r"`([\w.]+)`:\n\n```csv\n(.*?)```\n\n```\n\$ plantroom (map suggest [^\n]*)\n(.*?)```",
    DOC.read_text("utf-8"),
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANTROOM_HOME", str(tmp_path / "home"))


def run(*args: str):
    return CliRunner().invoke(cli, list(args))


def test_the_docs_have_examples():
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize(("name", "content", "command", "shown"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_an_example_of_the_docs(tmp_path: Path, name: str, content: str, command: str, shown: str):
    (tmp_path / name).write_text(content, "utf-8")
    result = run(*command.split())
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == shown.strip()


def test_a_map_goes_to_a_new_file_only(tmp_path: Path):
    (tmp_path / "a.csv").write_text("time,v\n2026-01-01T00:00Z,1\n2026-01-01T00:15Z,2\n", "utf-8")
    written = run("map", "suggest", "a.csv", "--output", "map.yaml")
    assert (written.exit_code, written.stdout.splitlines()[0]) == (0, "The map is in map.yaml.")
    assert "device: a" in (tmp_path / "map.yaml").read_text("utf-8")
    assert run("map", "suggest", "a.csv", "--output", "map.yaml").exit_code == 2


def test_a_preset_is_written_out_and_one_that_there_is_not_is_told():
    assert "shellies/{device}/relay/{n}/energy" in run("map", "suggest", "--preset", "shelly1").stdout
    unknown = run("map", "suggest", "--preset", "any")
    assert unknown.exit_code == 1
    assert "There are: chirpstack, esphome" in unknown.output


def test_rows_that_cannot_be_read_and_files_that_are_no_tables_end_with_1(tmp_path: Path):
    rows = "".join(f"2026-01-01T00:{n:02}Z,{n}\n" for n in range(30))
    (tmp_path / "bad.csv").write_text(f"time,v\n{rows}2026-01-01T00:31Z,1,5\n", "utf-8")
    bad = run("map", "suggest", "bad.csv")
    assert bad.exit_code == 1
    assert "line 32: has 3 columns, and the header 2" in bad.stdout
    (tmp_path / "none.csv").write_text("Room,Temperature\nA,21\n", "utf-8")
    assert run("map", "suggest", "none.csv").exit_code == 1
    assert run("map", "suggest").exit_code == 2


def test_the_map_of_the_docs_is_one(tmp_path: Path):
    (found,) = re.findall(r"`works.yaml`:\n\n```yaml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    (tmp_path / "works.yaml").write_text(found, "utf-8")
    telemetry_map = load_map(tmp_path / "works.yaml")
    assert "tele/+/SENSOR" in telemetry_map.subscriptions
    assert telemetry_map.ignores("gw/debug")


def test_the_docs_name_every_preset():
    assert all(f"`{name}`" in DOC.read_text("utf-8") for name in preset_names())
