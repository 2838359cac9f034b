"""What an answer tells besides its words: whether it answers, for those who count silently wrong answers."""

from collections.abc import Sequence

import pytest

from agent.agent import Agent
from agent.events import Answered
from tools.context import Caller


async def endings(agent: Agent, text: str, language: str = "en") -> Sequence[str | None]:
    caller = Caller("anybody", language=language)
    (answered,) = [event async for event in agent.ask(text, "c-1", caller) if isinstance(event, Answered)]
    assert answered.reading is not None
    return [part["ending"] for part in (answered.reading, *answered.reading.get("also", ()))]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "list the pumps", [None]),
        ("en", "thanks", [None]),
        ("en", "I smell gas in the plant room", [None]),
        ("en", "power of the chiller", ["asked_back"]),
        ("en", "how blorgy is the frobnicator", ["asked_back"]),
        ("en", "turn off AHU-1", ["refused"]),
        ("en", "will it rain tomorrow?", ["refused"]),
        ("en", "supply air temperature of AHU-1 in March 2019", ["not_recorded"]),
        ("en", "please list the pumps blorg", ["left_out"]),
        ("en", "list the pumps. Power of the chiller?", [None, "asked_back"]),
        ("de", "Liste die Pumpen auf", [None]),
        ("de", "Leistung der Kältemaschine", ["asked_back"]),
        ("es", "potencia de la enfriadora", ["asked_back"]),
    ],
)
async def test_an_answer_tells_how_it_ends(agent: Agent, language: str, text: str, expected: Sequence[str | None]):
    assert await endings(agent, text, language) == expected
