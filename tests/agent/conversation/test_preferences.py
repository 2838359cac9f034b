"""How people want to be answered: said in their language, kept per person, undone."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from agent.agent import ANYBODY, Agent
from agent.conversation.preferences import PreferenceBook
from agent.dialogue.model import dialogue_model
from agent.events import Answered
from ingestion.history.history import History, migrate, open_history
from tests.agent.conftest import OneLexicon, context
from tools.context import Caller
from tools.registry.registry import Registry

ASKED = "supply air temperature of AHU-1"


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    await migrate(postgres_dsn, "agent")
    async with open_history(postgres_dsn) as opened:
        yield opened


@pytest.fixture
def agent(history: History, lexicons: OneLexicon, registry: Registry) -> Agent:
    model = dialogue_model(lexicons, registry)
    return Agent(model, registry, context, lexicons, preferences=PreferenceBook(history))


async def said(agent: Agent, caller: Caller, *turns: str, conversation: str = "c") -> Sequence[str]:
    found: list[str] = []
    for turn in turns:
        last: Any = [event async for event in agent.ask(turn, conversation, caller)][-1]
        assert isinstance(last, Answered)
        found.append(last.text)
    return found


@pytest.mark.parametrize(
    ("own", "wish", "answer"),
    [
        ("en", "always answer in °F", "From now on I give you values in imperial units"),
        ("de", "antworte immer in °F", "Ab jetzt nenne ich Ihnen Werte in imperialen Einheiten"),
        ("es", "responde siempre en °F", "A partir de ahora le doy los valores en unidades imperiales"),
    ],
)
async def test_units_are_kept_for_every_conversation_of_a_person(
    own: str, wish: str, answer: str, agent: Agent
) -> None:
    anna = Caller("anna", language=own)
    (stated,) = await said(agent, anna, wish)
    assert stated.startswith(answer)
    (later,) = await said(agent, anna, ASKED, conversation="another")
    assert "°F" in later
    (other,) = await said(agent, Caller("bob", language=own), ASKED)
    assert "°C" in other


@pytest.mark.parametrize(("own", "undo"), [("en", "undo that"), ("de", "mach das rückgängig"), ("es", "deshaz eso")])
async def test_a_wish_is_taken_back(own: str, undo: str, agent: Agent) -> None:
    anna = Caller("anna", language=own)
    wish = {"en": "use imperial units", "de": "verwende imperiale Einheiten", "es": "usa unidades imperiales"}[own]
    *_, before, _, after = await said(agent, anna, wish, ASKED, undo, ASKED)
    assert "°F" in before
    assert "°C" in after


async def test_the_language_of_answers_is_the_one_that_was_wished(agent: Agent) -> None:
    anna = Caller("anna")
    stated, answer, back, then = await said(agent, anna, "answer in Spanish", ASKED, "forget my preferences", ASKED)
    assert stated.startswith("A partir de ahora le respondo en español.")
    assert "temperatura de impulsión" in answer
    assert back
    assert "supply air temperature" in then


async def test_a_unit_in_a_question_is_for_that_question_alone(agent: Agent) -> None:
    anna = Caller("anna")
    asked, then = await said(agent, anna, f"{ASKED} in °F", ASKED)
    assert "°F" in asked
    assert "°C" in then


async def test_who_is_not_known_by_name_has_wishes_for_one_conversation(agent: Agent) -> None:
    await said(agent, ANYBODY, "use imperial units", conversation="one")
    assert "°F" in (await said(agent, ANYBODY, ASKED, conversation="one"))[0]
    assert "°C" in (await said(agent, ANYBODY, ASKED, conversation="other"))[0]
