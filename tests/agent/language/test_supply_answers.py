"""What is told of supply, through the whole agent, in each language."""

from collections.abc import Callable

import pytest

from agent.agent import Agent
from agent.events import Answered


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("does the boardroom lose air if AHU-3 fails", "Yes: without AHU-3"),
        ("if CHWP-1 stops does AHU-2 still get chilled water", "another supply"),
        ("which rooms would be without air if AHU-3 stopped", "Without AHU-3 "),
        ("if we lose utility power, what is still supplied", "What it does not supply goes on as before."),
        ("how does chilled water get to AHU-2", "Chiller 1"),
        ("will anything fail tomorrow", "Failures are forecast for the next 30 days as a whole"),
        ("Wer versorgt AHU-2 mit Kaltwasser?", "AHU-2 wird versorgt von"),
        ("Welche Räume sind ohne Luft, wenn AHU-3 ausfällt?", "nicht mehr mit dem versorgt, was darüber kommt"),
        (
            "¿La biblioteca se queda sin aire si se para AHU-3?",
            "No: no consta que Library se alimente a través de AHU-3.",
        ),
    ],
)
async def test_what_is_said(question: str, says: str, agent_with: Callable[..., Agent]) -> None:
    events = [event async for event in agent_with().ask(question, "c")]
    last = events[-1]
    assert isinstance(last, Answered)
    assert says in last.text, last.text
