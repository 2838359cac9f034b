"""The runner's side of one conversation, with an agent that says what the test scripts."""

from collections.abc import AsyncIterator, Mapping

import pytest

from agent.events import Answered, Event, TextDelta, ToolFinished, ToolStarted
from agent.models.chat_model import Usage
from evals.asking import try_case
from evals.cases import Case
from evals.graders import Gold
from evals.names import Names
from evals.outcome import Tried
from tools.context import Caller
from tools.results.result import Scene

COUNTED = [
    ToolStarted("1", "find_assets", {"query": {"class": "Pump"}}),
    ToolFinished("1", "3 pumps"),
    TextDelta("There are "),
    Answered("There are 3 pumps.", Scene(highlight=["p1"]), usage=Usage(100, 20), model_ms=5.0),
]


class Scripted:
    """Says its lines by the question, and keeps who asked what in which conversation."""

    def __init__(self, lines: Mapping[str, list[Event] | Exception]) -> None:
        self.lines = lines
        self.heard: list[tuple[str, str, Caller]] = []

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        self.heard.append((question, conversation, caller))
        line = self.lines[question]
        if isinstance(line, Exception):
            raise line
        for event in line:
            yield event


def a_case(*turns: Mapping[str, object]) -> Case:
    return Case.model_validate({"id": "a-1", "as": "engineer", "turns": list(turns)})


async def tried(case: Case, agent: Scripted, *, remote: bool = False) -> Tried:
    golds = [Gold([n.value for n in turn.expect.numbers], None, Names([])) for turn in case.turns]
    return await try_case(case, golds, agent, "c-1", remote=remote)


async def test_an_answer_is_what_the_agent_called_and_said():
    agent = Scripted({"how many?": COUNTED})
    expect = {
        "calls": [{"tool": "find_assets", "args": {"query": {"class": "Pump"}}}],
        "mentions": ["3 pumps"],
        "scene": {"highlight": ["p1"]},
    }
    result = await tried(a_case({"ask": "how many?", "expect": expect}), agent)
    assert result.why == []
    (reply,) = result.replies
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("There are 3 pumps.", 100, 20)
    assert agent.heard == [("how many?", "c-1", Caller("evals", frozenset({"engineer"})))]


async def test_a_remote_models_time_is_not_ours():
    agent = Scripted({"how many?": COUNTED})
    case = a_case({"ask": "how many?"})
    ours, less = (await tried(case, agent)).replies[0].ms, (await tried(case, agent, remote=True)).replies[0].ms
    assert ours >= 0
    assert less < ours


async def test_turns_share_a_conversation_and_a_failure_names_its_turn():
    agent = Scripted({"how many?": COUNTED, "and fans?": [Answered("I cannot tell.")]})
    case = a_case(
        {"ask": "how many?", "expect": {"numbers": [{"value": 3}]}},
        {"ask": "and fans?", "expect": {"numbers": [{"value": 5}]}},
    )
    result = await tried(case, agent)
    assert result.why == ["turn 2: the number 5 is not in the answer"]
    assert len(result.replies) == 2
    assert {conversation for _, conversation, _ in agent.heard} == {"c-1"}


def answered(text: str, *endings: str | None) -> list[Event]:
    first, *others = [{"ending": one} for one in endings]
    return [Answered(text, reading={**first, "also": others} if others else first)]


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        (answered("There are 4.", None), True),
        (answered("There are 4. I left out “old”.", "left_out"), False),
        (answered("Which one?", "asked_back"), False),
        (answered("There are 4. Which one?", None, "asked_back"), False),
        (answered("There are 3.", None), False),
        ([Answered("There are 4.")], False),
        ([Answered("There are 4.", reading={"said_in": "en"})], False),
        (ZeroDivisionError("division by zero"), False),
    ],
)
async def test_a_wrong_answer_is_silent_where_it_looks_like_one(line: list[Event] | Exception, silent: bool):
    turns = [{"ask": "how many?", "expect": {"numbers": [{"value": 3}]}}, {"ask": "thanks"}]
    result = await tried(a_case(*turns), Scripted({"how many?": line, "thanks": answered("You are welcome.", None)}))
    assert result.silent is silent


async def test_who_asks_reads_the_language_of_the_questions():
    agent = Scripted({"wie viele?": COUNTED})
    await try_case(
        a_case({"ask": "wie viele?"}), [Gold([], None, Names([]))], agent, "c-1", remote=False, language="de"
    )
    assert agent.heard[0][2].language == "de"


async def test_an_agent_that_breaks_fails_the_case_and_keeps_what_came_before():
    agent = Scripted({"how many?": COUNTED, "and fans?": ZeroDivisionError("division by zero")})
    result = await tried(a_case({"ask": "how many?"}, {"ask": "and fans?"}, {"ask": "how many?"}), agent)
    assert result.why == ["turn 2: ZeroDivisionError: division by zero"]
    assert len(result.replies) == 1


async def test_an_agent_that_never_answers_fails_the_case():
    result = await tried(a_case({"ask": "how many?"}), Scripted({"how many?": COUNTED[:3]}))
    assert result.why == ["RuntimeError: the agent ended without an answer"]
