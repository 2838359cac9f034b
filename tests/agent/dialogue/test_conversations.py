"""Conversations through the whole agent: graph, history, tools, and what people read, in three languages."""

from collections.abc import Sequence

import pytest

from agent.agent import Agent
from agent.events import Answered
from tools.context import Caller


async def answered(agent: Agent, own: str, *turns: str) -> Sequence[Answered]:
    found: list[Answered] = []
    for turn in turns:
        last = [event async for event in agent.ask(turn, "c", Caller("anna", language=own))][-1]
        assert isinstance(last, Answered)
        found.append(last)
    return found


@pytest.mark.parametrize(
    ("own", "turns", "said"),
    [
        (
            "en",
            ["list the pumps", "which of them are off?", "how many are that?", "show me the first"],
            ["11 pumps", "5 pumps", "5 pumps", "Booster Pump 2: "],
        ),
        (
            "de",
            ["Liste die Pumpen auf", "welche davon sind aus?", "wie viele sind das?", "zeig mir die erste"],
            ["11 ", "5 ", "5 ", "Booster Pump 2"],
        ),
        (
            "es",
            ["lista las bombas", "¿cuáles de ellas están paradas?", "¿cuántas son?", "muéstrame la primera"],
            ["11 ", "5 ", "5 ", "Booster Pump 2"],
        ),
        ("en", ["power of the chiller", "the second"], ["Which one do you mean", "Chiller 2 "]),
        ("de", ["Leistung der Kältemaschine", "die zweite"], ["Was ist mit", "Chiller 2"]),
        ("es", ["potencia de la enfriadora", "la segunda"], ["¿", "Chiller 2"]),
        (
            "en",
            ["outside air temperature", "in °F"],
            ["Weather Station", "Weather Station outside air temperature is 5"],
        ),
    ],
)
async def test_a_conversation(own: str, turns: Sequence[str], said: Sequence[str], agent: Agent) -> None:
    for one, begins in zip(await answered(agent, own, *turns), said, strict=True):
        assert one.text.startswith(begins), one.text
        assert not one.invented


@pytest.mark.parametrize(
    ("own", "text", "parts"),
    [
        (
            "en",
            "what is in alarm and how warm is it outside",
            ["Nothing is beyond its limits", "Weather Station outside air temperature is"],
        ),
        ("de", "Was ist in Alarm und wie warm ist es draußen?", ["", "Weather Station"]),
        ("es", "¿Qué está en alarma? ¿Y cómo está AHU-1?", ["", "AHU-1"]),
        ("en", "supply air temperature of:\nAHU-1\nAHU-2", ["AHU-1 supply air", "AHU-2 supply air"]),
        ("de", "Zulufttemperatur von:\nAHU-1\nAHU-2", ["AHU-1", "AHU-2"]),
        ("es", "temperatura de impulsión de:\nAHU-1\nAHU-2", ["", ""]),
    ],
)
async def test_each_question_has_its_paragraph(own: str, text: str, parts: Sequence[str], agent: Agent) -> None:
    (one,) = await answered(agent, own, text)
    paragraphs = one.text.split("\n\n")
    assert len(paragraphs) >= len(parts)
    assert all(paragraph.startswith(begins) for paragraph, begins in zip(paragraphs, parts, strict=False)), one.text


@pytest.mark.parametrize(
    ("own", "text", "named", "offers"),
    [
        ("en", "how blorgy is the frobnicator", "“how blorgy”", "You can ask, for example:"),
        ("de", "Wie blorgig ist der Frobnikator?", "„Wie blorgig“", "Fragen Sie zum Beispiel:"),
        ("es", "¿qué temperatura tiene el frobnicador?", "«frobnicador»", "Puede preguntar, por ejemplo:"),
    ],
)
async def test_what_is_not_understood_is_named_and_other_questions_are_offered(
    own: str, text: str, named: str, offers: str, agent: Agent
) -> None:
    (one,) = await answered(agent, own, text)
    said, *offered = one.text.split("\n\n")
    assert named in said
    assert offered[0] == offers
    assert offered[1].count("\n- ") == 2
    assert not one.invented


@pytest.mark.parametrize(
    ("own", "text", "read"),
    [
        ("en", "supply air temperatur of AHU-2", "Read as: supply air temperature, AHU-2."),
        ("de", "Zuluftemperatur der AHU-2", "Gelesen als: Zulufttemperatur, AHU-2."),
        ("es", "temperatura de impulsin de AHU-2", "Leído como: "),
    ],
)
async def test_what_was_guessed_is_read_back(own: str, text: str, read: str, agent: Agent) -> None:
    (one,) = await answered(agent, own, text)
    assert read in one.text
    assert one.reading is not None


async def test_what_was_said_plainly_is_not_read_back(agent: Agent) -> None:
    (one,) = await answered(agent, "en", "supply air temperature of AHU-2")
    assert "Read as" not in one.text
