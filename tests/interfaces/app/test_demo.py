"""The demo plant on its first start: every question that the README and the start page suggest, and what will fail, has an answer."""

import re
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from agent.events import Answered
from ingestion.alarms.alarms import Alarms
from interfaces.app.composition import App, open_app
from interfaces.app.demo import prepare_demo
from interfaces.app.forecasts import first_forecasts
from interfaces.progress import silent
from interfaces.settings import Settings
from interfaces.web.chat.examples import Examples
from interfaces.web.room.feed import LivePlant
from tools.context import Caller

README = Path(__file__).parents[3] / "README.md"
NO_ANSWER = re.compile(r"did not understand|cannot|could not|no forecast|Nothing was assessed", re.IGNORECASE)
AHEAD = (
    "What will fail?",
    "What will the zone air temperature of VAV-101 be tomorrow at noon?",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def demo() -> AsyncGenerator[App]:
    """Its home is not below pytest's own folder, which is closed to the account that PostgreSQL runs as under root."""
    home = Path(mkdtemp(prefix="plantroom-test-"))
    async with open_app(Settings(home=home, model="offline"), silent) as app:
        await prepare_demo(app, silent, days=18)
        await app.ingestion.projection.tick()
        assets, points = await first_forecasts(app)
        assert assets.failures == points.failures == ()
        assert assets.sound > 60
        assert points.points > 300
        yield app
    shutil.rmtree(home)


async def answer(app: App, question: str) -> str:
    async for event in app.agent.ask(question, question, Caller("test", frozenset({"viewer"}))):
        if isinstance(event, Answered):
            return event.text
    raise AssertionError(f"{question} has no answer")


def questions_of_the_readme() -> list[str]:
    text = README.read_text("utf-8").replace("\n", " ")
    return [*re.findall(r"“([^”]+\?)”", text), *re.findall(r'plantroom ask "([^"]+)"', text)]


async def test_every_suggested_question_is_answered(demo: App):
    plant = LivePlant(demo.graph, Alarms(demo.history), demo.ontology, demo.now_ms, demo.health)
    suggested = await Examples(demo.understandings, demo.now_ms).of(await plant.scene(), "en")
    questions = [*questions_of_the_readme(), *suggested, *AHEAD]
    assert len(questions) >= 11
    answers = {question: await answer(demo, question) for question in questions}
    assert {question: said for question, said in answers.items() if NO_ANSWER.search(said)} == {}
