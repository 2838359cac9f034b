"""The project's own question sets, with the offline model: what `make evals` reports, as a threshold."""

from pathlib import Path

import pytest

from evals.outcome import Outcome
from evals.runner import NO_PLANT, NO_TOOLS, run_evals
from interfaces.settings import Settings

CASES = Path(__file__).parents[2] / "evals" / "cases"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return await run(CASES / "demo_plant.yaml", tmp_path_factory)


@pytest.fixture(scope="module")
async def soda(tmp_path_factory: pytest.TempPathFactory, buildings: Path) -> Outcome:
    assert (buildings / "soda_brick.ttl").exists()
    return await run(CASES / "soda_hall.yaml", tmp_path_factory)


@pytest.fixture(scope="module")
async def assetops(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Outcome:
    assert (shared_data / "assetops").is_dir()
    return await run(CASES / "assetops.yaml", tmp_path_factory)


async def run(file: Path, folders: pytest.TempPathFactory) -> Outcome:
    settings = Settings(home=folders.mktemp("home"), model="offline")
    return await run_evals([file], settings)


@pytest.fixture(params=["demo", "soda", "assetops"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return request.getfixturevalue(request.param)


def failures(outcome: Outcome) -> list[str]:
    return [f"{case.id}: {'; '.join(case.tried.why)}" for case in outcome.cases if not case.passed]


def test_nine_in_ten_cases_pass_and_nothing_is_invented_or_written(outcome: Outcome):
    assert outcome.troubles == []
    assert outcome.left_out == []
    assert len(outcome.cases) >= 30
    assert outcome.invented == 0
    assert outcome.writes == []
    assert outcome.passed >= 0.9 * len(outcome.cases), failures(outcome)


def test_the_time_of_an_answer_is_measured(outcome: Outcome):
    """How long is for `plantroom evals` to print: it is another on another machine."""
    median = outcome.percentile_ms(0.5)
    assert median is not None
    assert median > 0


def test_an_agent_that_cannot_know_passes_next_to_nothing(outcome: Outcome):
    """Both controls ask the same cases; what passes there measures nothing."""
    assert {control.name for control in outcome.controls} == {NO_TOOLS, NO_PLANT}
    for control in outcome.controls:
        assert control.cases == len(outcome.cases)
        assert control.abstained > 0
        assert len(control.passed) <= 0.05 * control.cases, f"{control.name}: {control.passed}"
