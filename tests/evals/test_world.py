from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.world import BUILT_IN, beginning, missing_files, read_world
from graph_schema.errors import InvalidInput, NotFound
from ingestion.simulator.demo import DEMO_FAULTS

CASES = Path(__file__).parents[2] / "evals" / "cases"


def test_the_demo_world_is_the_demo_plant_with_its_faults_at_a_frozen_moment():
    world, _ = read_world("demo", Path("anywhere/questions.yaml"))
    assert world.clock == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert world.simulate is not None
    assert {(f.asset, f.fault, world.clock - f.start) for f in world.simulate.faults} == {
        (f.asset, f.name, f.age) for f in DEMO_FAULTS
    }


def test_a_built_in_world_is_one_world_whichever_file_names_it():
    assert read_world("demo", Path("a/1.yaml")) == read_world("demo", Path("b/2.yaml"))


def test_a_world_file_is_found_beside_the_case_file(tmp_path: Path):
    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "here.yaml").write_text("import: [../models/a.ttl]", "utf-8")
    world, file = read_world("worlds/here.yaml", tmp_path / "questions.yaml")
    assert file == tmp_path / "worlds" / "here.yaml"
    assert missing_files(world, file.parent) == ["../models/a.ttl"]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.ttl").touch()
    assert missing_files(world, file.parent) == []


def test_an_unknown_world_is_refused_and_one_of_ours_goes_by_its_name(tmp_path: Path):
    with pytest.raises(NotFound, match="neverland"):
        read_world("neverland", tmp_path / "questions.yaml")
    world, file = read_world("assetops", tmp_path / "questions.yaml")
    assert (world.name, file.name) == ("assetops", "assetops.yaml")


def test_the_past_of_a_world_is_tables_with_their_maps(tmp_path: Path):
    (tmp_path / "w.yaml").write_text("history: [{file: wo.csv, map: wo.yaml}]", "utf-8")
    world, file = read_world("w.yaml", tmp_path / "questions.yaml")
    assert missing_files(world, file.parent) == ["wo.csv", "wo.yaml"]
    (tmp_path / "w.yaml").write_text("history: [{file: wo.csv, map: wo.yaml, kind: orders}]", "utf-8")
    with pytest.raises(InvalidInput, match="history"):
        read_world("w.yaml", tmp_path / "questions.yaml")


@pytest.mark.parametrize("name", ["soda", "dief_site_b", "lbnl_air_handler", "assetops"])
def test_the_worlds_of_the_project_name_files_of_the_project_that_exist(name: str):
    world, file = read_world(f"../worlds/{name}.yaml", CASES / "x.yaml")
    outside = {file for file in missing_files(world, file.parent) if "shared/data" in file}
    assert set(missing_files(world, file.parent)) == outside
    assert world.clock is not None


def test_the_plant_of_a_simulation_can_be_missing(tmp_path: Path):
    (tmp_path / "w.yaml").write_text("simulate: {plant: mine.yaml, days: 1}", "utf-8")
    world, file = read_world("w.yaml", tmp_path / "questions.yaml")
    assert missing_files(world, file.parent) == ["mine.yaml"]
    assert missing_files(BUILT_IN["demo"], tmp_path) == []


def test_the_beginning_of_a_recording_has_its_heading_and_first_rows(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.csv").write_text("t,v\n1,a\n2,b\n3,c\n", "utf-8")
    part = beginning(tmp_path / "in" / "all.csv", 2, tmp_path)
    assert part == tmp_path / "all.csv"
    assert part.read_text("utf-8") == "t,v\n1,a\n2,b\n"
