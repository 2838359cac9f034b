"""German questions through the whole agent: graph, history, tools, and answers in German."""

import re
from collections.abc import Callable

import pytest

from agent.agent import Agent
from agent.events import Answered, ToolFinished, ToolStarted
from tools.context import Caller

ANNA = Caller("anna", language="de")
ENGLISH_WORDS = re.compile(r"\b(the|is|are|of|from|to|and|within|limits|since|alarms?|points?|running|without|None)\b")


@pytest.fixture
def agent(agent_with: Callable[..., Agent]) -> Agent:
    """Of the demo plant with two days behind it."""
    return agent_with()


async def test_german_questions_are_answered_in_german(agent: Agent) -> None:
    expected = {
        "Wie geht es AHU-2?": "AHU-2 (Main Roof): ",
        "Was ist heute passiert?": "gekommen",
        "Kann ich CHWP-2 abschalten?": "ohne Chilled Water Pump 2",
        "Vergleiche die Zulufttemperatur von AHU-1 und AHU-2 gestern": "Zulufttemperatur, Mittelwert am 1 März:",
        "Warum ist die Zulufttemperatur der AHU-2 so hoch?": "AHU-2",
        "Höchstwert und Tiefstwert der Außentemperatur gestern": "höchster Wert",
        "Wie viel Strom hat die Anlage gestern verbraucht?": "verbraucht",
        "Zeichne die Zulufttemperatur der AHU-2 gestern": "Zulufttemperatur am 1 März:",
        "Notizen zu AHU-2": "Zu AHU-2 hat niemand eine Notiz hinterlassen.",
    }
    wrong: list[str] = []
    for question, part in expected.items():
        events = [event async for event in agent.ask(question, "c", ANNA)]
        last = events[-1]
        assert isinstance(last, Answered)
        steps = [one.title for one in events if isinstance(one, ToolStarted)]
        found = [one.summary for one in events if isinstance(one, ToolFinished)]
        wrong += [] if part in last.text else [last.text]
        wrong += ENGLISH_WORDS.findall(" ".join((*steps, *found)))
    assert not wrong
