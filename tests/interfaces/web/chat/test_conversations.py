"""Conversations answer by themselves: questions wait for one another, and nothing that was said is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, tzinfo

import pytest

from agent.events import Answered, Event, TextDelta
from graph_schema.errors import Unavailable
from interfaces.web.chat import conversations as subject
from interfaces.web.chat.conversations import Answering, Conversation, Conversations, Full, remembered
from interfaces.web.chat.transcript import ChatRow
from interfaces.web.sessions import Sessions
from tools.context import Caller
from tools.results.result import Scene

PAGE = "page"


class Slow:
    """Says half of an answer, and the rest once it is let."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        if question == "break":
            raise Unavailable("The graph does not answer.")
        if question == "burst":
            raise RuntimeError("a secret of the server")
        yield TextDelta("half")
        await self.go.wait()
        yield Answered(f"all of {question}", scene=Scene(highlight=["ahu-1"], focus=None))


async def no_names() -> dict[str, str]:
    return {}


async def utc() -> tzinfo:
    return UTC


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def known(slow: Slow) -> Conversations:
    return Conversations(Answering(slow, Sessions(), no_names, lambda: 0, utc))


def said(conversation: Conversation) -> list[str]:
    return [row["content"] for row in conversation.rows()]


async def until(conversation: Conversation, wanted: Callable[[list[str]], bool]) -> list[str]:
    async with asyncio.timeout(10):
        while True:
            async with aclosing(conversation.watch(PAGE)) as growing:
                async for _ in growing:
                    if wanted(said(conversation)):
                        return said(conversation)
            if wanted(said(conversation)):
                return said(conversation)


async def finished(conversation: Conversation) -> list[str]:
    async with asyncio.timeout(10):
        async for _ in conversation.watch(PAGE):
            pass
    return said(conversation)


async def test_questions_are_answered_one_after_the_other(known: Conversations, slow: Slow):
    conversation = known.new()
    conversation.ask("one")
    conversation.ask("two")
    assert await until(conversation, lambda rows: "half" in rows) == ["one", "half", "two", ""]
    slow.go.set()
    assert await finished(conversation) == ["one", "all of one", "two", "all of two"]


async def test_too_many_questions_are_refused(known: Conversations):
    conversation = known.new()
    for number in range(subject.MOST_WAITING + 1):
        conversation.ask(str(number))
    with pytest.raises(Full, match="wait already"):
        conversation.ask("one more")
    await known.close_all()


async def test_what_is_stopped_stays_and_the_next_question_is_answered(known: Conversations, slow: Slow):
    conversation = known.new()
    conversation.ask("one")
    conversation.ask("two")
    await until(conversation, lambda rows: "half" in rows)
    conversation.stop()
    slow.go.set()
    assert await finished(conversation) == ["one", "half\n\nStopped.", "two", "all of two"]


async def test_an_answer_goes_on_where_nobody_watches(known: Conversations, slow: Slow):
    conversation = known.new()
    conversation.ask("one")
    await until(conversation, lambda rows: "half" in rows)
    slow.go.set()
    again = known.open({"id": conversation.id, "rows": []})
    assert again is conversation
    assert await finished(again) == ["one", "all of one"]
    assert again.highlight.ids == ["ahu-1"]


async def test_the_newest_page_watches_alone(known: Conversations, slow: Slow):
    conversation = known.new()
    conversation.ask("one")
    earlier = conversation.watch("one page")
    await anext(earlier)
    later = conversation.watch("another page")
    await anext(later)
    with pytest.raises(StopAsyncIteration):
        await anext(earlier)
    slow.go.set()
    assert [rows async for rows in later][-1][-1]["content"] == "all of one"


async def test_a_page_watches_once(known: Conversations, slow: Slow):
    """Of two streams to one page, what the one says late could cover what the other said last."""
    conversation = known.new()
    conversation.ask("one")
    first = conversation.watch(PAGE)
    await anext(first)
    conversation.ask("two")
    assert [rows async for rows in conversation.watch(PAGE)] == []
    slow.go.set()
    assert [rows async for rows in first][-1][-1]["content"] == "all of two"
    assert [rows async for rows in conversation.watch(PAGE)] == []  # it shows them all


async def test_what_changes_between_two_streams_is_told_by_the_later(known: Conversations, slow: Slow):
    conversation = known.new()
    slow.go.set()
    conversation.ask("one")
    conversation.rows()
    async with asyncio.timeout(10):
        while conversation.busy:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert [rows[-1]["content"] async for rows in conversation.watch(PAGE)] == ["all of one"]


async def test_who_watches_after_the_last_is_not_ended_by_it(known: Conversations, slow: Slow):
    conversation = known.new()
    conversation.ask("break")
    async for _ in (ending := conversation.watch(PAGE)):
        if not conversation.busy:
            break
    conversation.ask("one")
    watching = conversation.watch(PAGE)
    await anext(watching)
    assert [rows async for rows in ending] == []
    slow.go.set()
    assert [rows async for rows in watching][-1][-1]["content"] == "all of one"


@pytest.mark.parametrize("question", ["break", "burst"])
async def test_an_error_is_a_sentence_under_its_question(known: Conversations, question: str):
    conversation = known.new()
    conversation.ask(question)
    rows = await finished(conversation)
    assert rows[0] == question
    assert "does not answer" in rows[1] or "Something went wrong" in rows[1]
    assert "secret" not in rows[1]


async def test_a_question_is_asked_again_from_where_it_was(known: Conversations, slow: Slow):
    slow.go.set()
    conversation = known.new()
    for question in ("one", "two"):
        conversation.ask(question)
    await finished(conversation)
    assert conversation.back_to(1) == "one"
    assert said(conversation) == []


def test_what_a_page_kept_is_shown_after_a_restart(known: Conversations):
    rows: list[ChatRow] = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "all"}]
    assert known.open({"id": "x", "rows": rows}).rows() == rows


def test_a_question_that_a_restart_cut_off_says_so():
    step = {"role": "assistant", "content": "", "metadata": {"title": "Looking", "status": "pending"}}
    rows: list[ChatRow] = [{"role": "user", "content": "one"}, step]
    assert remembered(rows) == [rows[0], {"role": "assistant", "content": subject.RESTARTED}]


@pytest.mark.parametrize("rubbish", [None, "rows", [1], [{"role": "user"}], {"a": 1}])
def test_what_is_no_conversation_is_an_empty_one(rubbish: object):
    assert remembered(rubbish) == []


async def test_of_too_many_the_longest_unused_is_forgotten_and_none_that_answers(
    known: Conversations, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(subject, "MOST", 2)
    busy, idle = known.new(), known.new()
    busy.ask("one")
    latest = known.new()
    assert [known.find(one.id) for one in (busy, idle, latest)] == [busy, None, latest]
    await known.close_all()


async def test_a_conversation_is_of_one_person(known: Conversations):
    anns = known.new(Caller("ann"))
    assert known.find(anns.id, Caller("ann")) is anns
    assert known.find(anns.id, Caller("bob")) is None
    assert known.open({"id": anns.id, "rows": []}, Caller("bob")) is not anns


def test_what_a_tab_kept_of_one_person_is_not_shown_to_the_next(known: Conversations):
    rows: list[ChatRow] = [{"role": "user", "content": "a question"}, {"role": "assistant", "content": "an answer"}]
    kept = {"id": "x", "who": "ann", "rows": rows}
    assert known.open(kept, Caller("ann")).kept() == kept
    bobs = known.open(kept, Caller("bob"))
    assert (bobs.id == "x", bobs.rows()) == (False, [])
