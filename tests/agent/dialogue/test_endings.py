"""What an answer tells besides its words: whether it answers, for those who count silently wrong answers."""

from collections.abc import Mapping, Sequence

import pytest

from agent.agent import Agent
from agent.events import Answered
from tools.context import Caller

ENDINGS: Mapping[str, Mapping[str, Sequence[str | None]]] = {
    "en": {
        "list the pumps": [None],
        "thanks": [None],
        "I smell gas in the plant room": [None],
        "power of the chiller": ["asked_back"],
        "how blorgy is the frobnicator": ["asked_back"],
        "turn off AHU-1": ["refused"],
        "will it rain tomorrow?": ["refused"],
        "supply air temperature of AHU-1 in March 2019": ["not_recorded"],
        "list the pumps. Power of the chiller?": [None, "asked_back"],
    },
    "de": {"Liste die Pumpen auf": [None], "Leistung der Kältemaschine": ["asked_back"]},
    "es": {"potencia de la enfriadora": ["asked_back"], "¿Cómo va últimamente la caldera 2?": ["left_out"]},
}


async def endings(agent: Agent, text: str, caller: Caller) -> Sequence[str | None]:
    """Of a question in a conversation of its own."""
    (answered,) = [event async for event in agent.ask(text, f"c-{text}", caller) if isinstance(event, Answered)]
    assert answered.reading is not None
    return [part["ending"] for part in (answered.reading, *answered.reading.get("also", ()))]


@pytest.mark.parametrize("language", list(ENDINGS))
async def test_an_answer_tells_how_each_of_its_questions_ends(agent: Agent, language: str):
    caller = Caller("anybody", language=language)
    expected = ENDINGS[language]
    assert {text: await endings(agent, text, caller) for text in expected} == expected
