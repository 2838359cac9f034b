"""Questions of a technician through the whole agent: graph, history, tools, and what the answer begins with."""

from collections.abc import Callable

import pytest

from agent.agent import Agent
from agent.events import Answered


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("was chiller 1 running yesterday", "No: Chiller 1 was running 0 h "),
        ("was AHU-1 running this morning", "Yes: AHU-1 Supply Fan was running "),
        ("how long did chiller 1 run yesterday", "Chiller 1 was running "),
        ("since when is chiller 1 running", "Now it is "),
        (
            "plot the supply air temperature of AHU-3 and Sewage Pump 2",
            "“Sewage Pump 2” has no such point. Ask about the others alone.",
        ),
    ],
)
async def test_what_an_answer_begins_with(question: str, begins: str, agent_with: Callable[..., Agent]) -> None:
    events = [event async for event in agent_with().ask(question, "c")]
    last = events[-1]
    assert isinstance(last, Answered)
    assert last.text.startswith(begins), last.text
