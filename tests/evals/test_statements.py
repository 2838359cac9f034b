"""Statements of a scripted model, judged through the whole agent on a plant built for them."""

from pathlib import Path

import pytest

from evals.command import BUILT_IN_STATEMENTS
from evals.scripted.judging import Judged, Judgement, by_world, judge_statements
from evals.scripted.report import judgement_json
from evals.scripted.statements import Statement, read_statements
from graph_schema.errors import InvalidInput, NotFound
from interfaces.settings import Settings

PLANT = """
site: {id: mill, name: Mill}
assets: [{id: p1, class: Pump, name: Feed Pump 1}, {id: p2, class: Pump, name: Feed Pump 2}]
"""
STATEMENTS = """
world: world.yaml
cases:
  - question: How many pumps are there?
    calls: [{tool: find_assets, args: {query: {class: Pump}}}]
    statements:
      - {say: There are 2 pumps., holds: true, kind: count}
      - {say: There are 17 pumps., holds: false, kind: count}
      - {say: "Es gibt 17 Pumpen.", holds: false, kind: count, language: de}
      - {say: Feed Pump 1 is in alarm., holds: false, kind: state}
  - question: Is the pump on?
    calls: [{tool: no_such_tool}]
    statements: [{say: I cannot tell., holds: true, kind: outside}]
"""


def test_the_statements_of_the_project_are_of_five_plants_and_three_languages():
    files = read_statements(BUILT_IN_STATEMENTS)
    said = [one for _, content in files for case in content.cases for one in case.statements]
    assert len({content.world.rpartition("/")[2] for _, content in files}) == 5
    assert len(said) >= 360
    for language in ("en", "de", "es"):
        assert {one.holds for one in said if one.language == language} == {True, False}
    assert sorted(len(of_it) for of_it in by_world(files)) == [2, 2, 2, 2, 3], (
        "a world is built once, wherever its files lie"
    )


@pytest.mark.slow
async def test_of_the_statements_about_a_waterworks_most_true_ones_come_out_and_hardly_a_false_one(tmp_path: Path):
    found = await judge_statements(
        [BUILT_IN_STATEMENTS / "waterworks.yaml"], Settings(_env_file=None, home=tmp_path / "home")
    )
    total = found.total
    assert not any(one.trouble for one in found.judged)
    assert total.accepted >= 0.85 * total.true
    assert total.let_out <= 0.03 * total.false


@pytest.mark.slow
async def test_true_statements_come_out_and_false_ones_do_not(tmp_path: Path):
    (tmp_path / "plant.yaml").write_text(PLANT, "utf-8")
    (tmp_path / "world.yaml").write_text("import: [plant.yaml]", "utf-8")
    file = tmp_path / "statements.yaml"
    file.write_text(STATEMENTS, "utf-8")
    found = await judge_statements([file], Settings(_env_file=None, home=tmp_path / "home"))
    assert [(one.statement.say, one.right, one.trouble and one.trouble[:13]) for one in found.judged] == [
        ("There are 2 pumps.", True, None),
        ("There are 17 pumps.", True, None),
        ("Es gibt 17 Pumpen.", True, None),
        ("Feed Pump 1 is in alarm.", True, None),
        ("I cannot tell.", False, "There is no t"),
    ]
    assert judgement_json(found)["all"] == {"accepted": 1, "true": 2, "let_out": 0, "false": 3}
    assert [(kind, language) for kind, language, _ in found.groups] == [
        ("count", "de"), ("count", "en"), ("outside", "en"), ("state", "en"),
    ]  # fmt: skip
    assert not found.is_sound


def judged(*, holds: bool, let_out: bool, times: int) -> list[Judged]:
    statement = Statement(say="x", holds=holds, kind="value")
    return [Judged(Path("f"), "q", statement, let_out)] * times


@pytest.mark.parametrize(
    ("left_out", "let_out", "sound"), [(0, 0, True), (3, 0, True), (4, 0, False), (0, 1, True), (0, 2, False)]
)
def test_how_much_may_be_wrong(left_out: int, let_out: int, sound: bool):
    found = Judgement([
        *judged(holds=True, let_out=True, times=100 - left_out), *judged(holds=True, let_out=False, times=left_out),
        *judged(holds=False, let_out=True, times=let_out), *judged(holds=False, let_out=False, times=100 - let_out),
    ])  # fmt: skip
    assert found.is_sound is sound


def test_what_is_no_statement_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(NotFound, match="no statement file"):
        read_statements(tmp_path / "nowhere")
    file = tmp_path / "s.yaml"
    file.write_text(
        "world: demo\ncases: [{question: q, statements: [{say: x, holds: maybe so, kind: value}]}]", "utf-8"
    )
    with pytest.raises(InvalidInput, match=r"cases\.0\.statements\.0\.holds"):
        read_statements(file)
