from pathlib import Path

import pytest

from evals.cases import BrokenCase, Case, read_cases, read_world_file
from graph_schema.errors import InvalidInput, NotFound

DESIGN = """
world: demo
title: fields that are not part of the format may stand beside
cases:
  - id: live-01
    as: engineer
    turns:
      - ask: "What is the supply air temperature of AHU-2 right now?"
        expect:
          calls:
            - {tool: query_telemetry, args: {asset: ahu-2, quantity: supply_air_temperature}}
          forbid_calls: [create_work_order]
          numbers:
            - {sql: "select 1", tolerance: 0.5, unit: "°C"}
            - {value: 33}
          mentions: [AHU-2, 243]
          any_mention: [[stale, "no data"]]
          not_mentions: []
          entities: {cypher: "match (n) return n.id"}
          scene: {highlight: [ahu-2]}
          proposes: {tool: create_work_order, args: {asset: ahu-2}}
          abstains: false
          asks_back: false
          max_calls: 4
  - {id: cannot-know-2, turns: [{ask: a, expect: {abstains: true}}, {ask: and then}]}
  - {id: 7, category: odd, turns: [{ask: b}]}
"""


def written(folder: Path, text: str, name: str = "questions.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_every_field_of_the_format_is_read(tmp_path: Path):
    (file,) = read_cases(written(tmp_path, DESIGN))
    first, second, third = file.cases
    assert isinstance(first, Case)
    assert file.language == "en"
    assert (file.world, first.as_, first.group, first.abstains) == ("demo", "engineer", "live", False)
    assert first.turns[0].expect.mentions == ["AHU-2", "243"]
    assert isinstance(second, Case)
    assert (second.group, second.abstains, second.as_) == ("cannot-know", True, "technician")
    assert isinstance(third, Case)
    assert (third.id, third.group, third.abstains) == ("7", "odd", False)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (
            "{id: a-1, turns: [{ask: x, expect: {numbers: [{value: 1, sql: select 1}]}}]}",
            "exactly one of value, sql and",
        ),
        ("{id: a-1, turns: [{ask: x, expect: {number: [{value: 1}]}}]}", "turns.0.expect.number"),
        ("{id: a-1, turns: [{ask: x, expcet: {}}]}", "turns.0.expcet"),
        ("{id: a-1, turns: []}", "turns"),
        ("{id: a-1}", "turns"),
        ("{id: a-1, turns: [{ask: x, expect: {entities: {}}}]}", "exactly one of cypher, sql and ids"),
    ],
)
def test_a_case_that_does_not_follow_the_format_names_file_case_and_field(tmp_path: Path, case: str, told: str):
    good = "{id: b-1, turns: [{ask: x}]}"
    (file,) = read_cases(written(tmp_path, f"world: demo\ncases: [{case}, {good}]"))
    broken, other = file.cases
    assert isinstance(broken, BrokenCase)
    assert broken.why.startswith("questions.yaml, a-1: ")
    assert told in broken.why
    assert isinstance(other, Case)


def test_a_file_says_which_language_its_questions_are_in(tmp_path: Path):
    (file,) = read_cases(written(tmp_path, "world: demo\nlanguage: de\ncases: []"))
    assert file.language == "de"
    with pytest.raises(InvalidInput, match="'xx'; there are de, en, es"):
        read_cases(written(tmp_path, "world: demo\nlanguage: xx\ncases: []"))


def test_what_is_to_be_asked_back_measures_nothing_in_a_control(tmp_path: Path):
    (file,) = read_cases(
        written(tmp_path, "world: demo\ncases: [{id: a-1, turns: [{ask: x, expect: {asks_back: true}}]}]")
    )
    assert [case.abstains for case in file.cases if isinstance(case, Case)] == [True]


def test_a_case_without_an_id_is_known_by_its_place(tmp_path: Path):
    (file,) = read_cases(written(tmp_path, "world: demo\ncases: [just words]"))
    assert isinstance(file.cases[0], BrokenCase)
    assert file.cases[0].id == "case 1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cases: []", "does not name its world"),
        ("world: demo", "no list of cases"),
        ("[1, 2]", "is not a mapping"),
        ("a: [", "is not YAML"),
        ("", "is not a mapping"),
    ],
)
def test_a_file_that_is_no_case_file_is_named(tmp_path: Path, text: str, told: str):
    path = written(tmp_path, text)
    with pytest.raises(InvalidInput, match=told) as caught:
        read_cases(path)
    assert str(path) in str(caught.value)


def test_a_folder_gives_every_case_file_in_it_and_leaves_its_worlds(tmp_path: Path):
    written(tmp_path, DESIGN, "a.yaml")
    written(tmp_path, "name: here", "worlds/here.yaml")
    written(tmp_path, "[of, something, else]", "list.yaml")
    written(tmp_path, "world: ../worlds/here.yaml\ncases: []", "more/b.yml")
    assert [file.path.name for file in read_cases(tmp_path)] == ["a.yaml", "b.yml"]


def test_where_nothing_is_is_said(tmp_path: Path):
    with pytest.raises(NotFound, match="no case file or folder"):
        read_cases(tmp_path / "nowhere")
    with pytest.raises(NotFound, match="no case file under"):
        read_cases(tmp_path)


def test_a_world_file_is_named_by_itself_where_it_has_no_name(tmp_path: Path):
    world = read_world_file(written(tmp_path, "clock: 2026-03-02T10:00:00Z\nimport: [a.ttl]", "soda.yaml"))
    assert (world.name, world.import_) == ("soda", ["a.ttl"])
    assert world.clock is not None
    assert world.clock.utcoffset() is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("timezone: Mars/Olympus", "no time zone 'Mars/Olympus'"),
        ("clock: 2026-03-02T10:00:00", "clock"),
        ("imports: [a.ttl]", "imports"),
    ],
)
def test_a_world_that_does_not_follow_the_format_is_named(tmp_path: Path, text: str, told: str):
    path = written(tmp_path, text, "world.yaml")
    with pytest.raises(InvalidInput, match=told) as caught:
        read_world_file(path)
    assert str(path) in str(caught.value)


def test_the_question_sets_of_the_project_follow_the_format_and_have_no_id_twice():
    files = read_cases(Path(__file__).parents[2] / "evals" / "cases")
    cases = [case for file in files for case in file.cases]
    assert [case for case in cases if isinstance(case, BrokenCase)] == []
    ids = [case.id for case in cases]
    assert len(ids) == len(set(ids)) >= 60
    assert len({case.group for case in cases}) >= 10
