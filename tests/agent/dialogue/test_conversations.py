"""Conversations through the whole agent: graph, history, tools, and what people read, in three languages."""

from collections.abc import Mapping, Sequence

import pytest

from agent.agent import Agent
from agent.events import Answered
from tools.context import Caller

CONVERSATIONS: Mapping[str, Sequence[Sequence[tuple[str, str]]]] = {
    "en": [
        [
            ("list the pumps", "11 pumps"),
            ("which of them are off?", "5 pumps"),
            ("how many are that?", "5 pumps"),
            ("show me the first", "Booster Pump 2 (Utility Yard): "),
        ],
        [("power of the chiller", "Which one do you mean"), ("the second", "Chiller 2 ")],
        [
            ("outside air temperature", "Weather Station"),
            ("in °F", "Weather Station outside air temperature is 5"),
            ("and then?", "I do not know what “and then?” goes on from"),
        ],
    ],
    "de": [
        [
            ("Liste die Pumpen auf", "11 "),
            ("welche davon sind aus?", "5 "),
            ("wie viele sind das?", "5 "),
            ("zeig mir die erste", "Booster Pump 2"),
        ],
        [("Leistung der Kältemaschine", "Was ist mit"), ("die zweite", "Chiller 2")],
        [("Außentemperatur", "Weather Station"), ("und dann?", "Ich weiß nicht, woran „und dann?“ anschließt")],
    ],
    "es": [
        [
            ("lista las bombas", "11 "),
            ("¿cuáles de ellas están paradas?", "5 "),
            ("¿cuántas son?", "5 "),
            ("muéstrame la primera", "Booster Pump 2"),
        ],
        [("potencia de la enfriadora", "¿"), ("la segunda", "Chiller 2")],
        [("¿cómo está AHU-1?", "AHU-1"), ("¿y luego?", "No sé de qué sigue")],
    ],
}
SEVERAL: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    "en": [
        ("what is in alarm and how warm is it outside", ["Nothing is beyond its limits", "Weather Station outside"]),
        ("supply air temperature of:\nAHU-1\nAHU-2", ["AHU-1 supply air", "AHU-2 supply air"]),
    ],
    "de": [
        ("Was ist in Alarm und wie warm ist es draußen?", ["", "Weather Station"]),
        ("Zulufttemperatur von:\nAHU-1\nAHU-2", ["AHU-1", "AHU-2"]),
    ],
    "es": [("temperatura de impulsión de:\nAHU-1\nAHU-2", ["", ""])],
}
NOT_UNDERSTOOD = {
    "en": ("how blorgy is the frobnicator", "“how blorgy”", "You can ask, for example:"),
    "de": ("Wie blorgig ist der Frobnikator?", "„Wie blorgig“", "Fragen Sie zum Beispiel:"),
    "es": ("¿qué temperatura tiene el frobnicador?", "«frobnicador»", "Puede preguntar, por ejemplo:"),
}
IN_PART = {
    "en": ("supply air temperature of AHU-2 blorgishly", "I did read: supply air temperature, AHU-2."),
    "de": ("Zulufttemperatur der AHU-2 blorgisch", "Gelesen habe ich: Zulufttemperatur, AHU-2."),
    "es": ("temperatura de impulsión de AHU-2 blorguemente", "Sí he leído: temperatura de impulsión, AHU-2."),
}
GUESSED = {
    "en": ("supply air temperatur of AHU-2", "Read as: supply air temperature, AHU-2."),
    "de": ("Zuluftemperatur der AHU-2", "Gelesen als: Zulufttemperatur, AHU-2."),
    "es": ("potncia de Chiller 1", "Leído como: "),
}


async def answered(agent: Agent, own: str, text: str, conversation: str) -> Answered:
    last = [event async for event in agent.ask(text, conversation, Caller("anna", language=own))][-1]
    assert isinstance(last, Answered)
    assert not last.invented
    return last


@pytest.mark.parametrize("own", ["en", "de", "es"])
async def test_conversations(own: str, agent: Agent) -> None:
    for number, turns in enumerate(CONVERSATIONS[own]):
        for text, begins in turns:
            said = (await answered(agent, own, text, f"c{number}")).text
            assert said.startswith(begins), said
    for text, parts in SEVERAL[own]:
        paragraphs = (await answered(agent, own, text, text)).text.split("\n\n")
        assert len(paragraphs) >= len(parts)
        assert all(one.startswith(begins) for one, begins in zip(paragraphs, parts, strict=False)), paragraphs
    text, named, offers = NOT_UNDERSTOOD[own]
    said, *offered = (await answered(agent, own, text, text)).text.split("\n\n")
    assert named in said
    assert offered[0] == offers
    assert offered[1].count("\n- ") == 2
    text, so_far = IN_PART[own]
    assert so_far in (await answered(agent, own, text, text)).text
    text, read = GUESSED[own]
    assert read in (await answered(agent, own, text, text)).text
