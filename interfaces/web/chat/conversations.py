"""The conversations of the pages: each answers its questions by itself, one after the other, whether or not a page looks on.

So nothing is lost where a page is loaded anew or its connection is cut: the answer goes on, and whoever looks again sees it.
"""

import asyncio
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import tzinfo
from typing import Any, cast

from agent.agent import ANYBODY
from agent.events import Answered
from graph_schema.errors import InvalidInput, NotAllowed, NotFound, PlantroomError
from ingestion.tasks import end
from interfaces.web.chat.agent import Agent
from interfaces.web.chat.cards import APPROVE, REJECT, proposal_of_row, settled_card, with_buttons
from interfaces.web.chat.steps import plain
from interfaces.web.chat.transcript import ChatRow, Transcript
from interfaces.web.room.messages import HighlightMessage
from interfaces.web.sessions import Sessions
from tools.approvals.proposal import Proposal, id_of
from tools.approvals.settlement import Settlement
from tools.context import Caller
from tools.sentences.language import USUAL, language

log = logging.getLogger(__name__)

KEPT = 60
"""Messages of a conversation that are shown again after a reload."""
MOST = 1000
MOST_WAITING = 5
AT_ONCE = 20
"""Questions of all conversations that are answered at the same time."""

AGAIN_S = 1.0
"""How often a page is told what it shows while nothing changes."""
STOPPED = "Stopped."
RESTARTED = "This question was not answered, because Plantroom was started again. Ask it again."


class Full(PlantroomError):
    """Too many questions wait already."""


class Conversation:
    """``rows`` is what is said so far; ``token`` is of the page whose view marks what an answer speaks of, ``language`` that of who looks at
    it; ``caller`` is the person, with the roles of now."""

    def __init__(self, id_: str, rows: list[ChatRow], answering: "Answering", caller: Caller) -> None:
        self.id = id_
        self.caller = caller
        self.token = ""
        self.language = USUAL
        self.highlight = HighlightMessage(ids=[])
        self._rows = rows
        self._answering = answering
        self._waiting: deque[str] = deque()
        self._transcript: Transcript | None = None
        self._task: asyncio.Task[None] | None = None
        self._watching = ""
        self._changed = asyncio.Event()
        self._shown = self._changed

    @property
    def busy(self) -> bool:
        return self._task is not None

    def kept(self) -> dict[str, Any]:
        """What its tab keeps of it."""
        return {"id": self.id, "who": self.caller.name, "rows": self._said()[-KEPT:]}

    def rows(self) -> list[ChatRow]:
        """What the chat shows now: what is said, the answer as far as it is, the questions that wait for it."""
        self._shown = self._changed
        return with_buttons(self._said())

    @property
    def begun(self) -> bool:
        return bool(self._said())

    def _said(self) -> list[ChatRow]:
        growing = self._transcript.rows() if self._transcript else []
        return [*self._rows, *growing, *(row for question in self._waiting for row in waiting(question))]

    def ask(self, question: str) -> None:
        """Answer it, after the ones before it. Raises ``Full`` where too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            raise Full(f"{MOST_WAITING} questions wait already. Send this one when the next is answered.")
        self._waiting.append(question)
        self._go_on()

    def stop(self) -> None:
        """End the answer that is under way; what there is of it stays."""
        if self._task is not None:
            self._task.cancel()

    async def settle(self, choice: str) -> None:
        """“approve P-12”: a button of a card was pressed. Raises ``PlantroomError`` where that cannot be."""
        verb, _, name = choice.partition(" ")
        if not any(proposal_of_row(row) == name for row in self._rows):
            raise NotFound(f"Proposal {name[:20]} does not wait in this conversation.")
        settled = settled_card(await self._answering.settle(verb, name, self.caller))
        self._rows = [settled if proposal_of_row(row) == name else row for row in self._rows]
        self._tell()

    def back_to(self, index: int) -> str | None:
        """Forget everything from a question on, and give it back; None while an answer is under way."""
        if self.busy or not 0 <= index < len(self._rows):
            return None
        while index > 0 and self._rows[index]["role"] != "user":
            index -= 1
        question = self._rows[index]["content"]
        del self._rows[index:]
        return str(question)

    async def watch(self, page: str) -> AsyncGenerator[list[ChatRow]]:
        """What the chat shows, whenever that changes and every second, until nothing is under way or another page watches. A page that watches
        already, or shows it all, gets nothing more: Gradio says the last of a stream again when it ends, late, over what was said since."""
        if page == self._watching or (not self.busy and self._changed is self._shown):
            return
        self._watching = page
        self._tell()
        whole = False
        try:
            while self.busy and page == self._watching:
                changed = self._changed  # what happens while the rows are taken is told by the next
                yield self.rows()
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await changed.wait()
            whole = page == self._watching
        finally:
            if page == self._watching:
                self._watching = ""  # whoever asks from now on watches anew
        if whole:
            yield self.rows()

    async def close(self) -> None:
        """Nobody wants its answers any more."""
        self._watching = ""
        self._waiting.clear()
        if self._task is not None:
            await end(self._task)
        self._tell()

    def _go_on(self) -> None:
        if self._task is None and self._waiting:
            question = self._waiting.popleft()
            self._rows.append({"role": "user", "content": plain(question)})
            self._transcript = transcript = self._answering.transcript(self.language)
            self._task = asyncio.create_task(self._answer(question, transcript), name="answering")
            self._task.add_done_callback(lambda task: self._answered(task, transcript))
        self._tell()

    async def _answer(self, question: str, transcript: Transcript) -> None:
        caller = replace(self.caller, language=self.language)
        async for event in self._answering.events(question, self.id, caller, transcript):
            if isinstance(event, Answered) and event.scene is not None:
                self.highlight = HighlightMessage(ids=event.scene.highlight, focus=event.scene.focus)
                self._answering.sessions.highlight(self.token, self.highlight)
            self._tell()

    def _answered(self, task: asyncio.Task[None], transcript: Transcript) -> None:
        if task.cancelled():
            transcript.fail(STOPPED)
        self._rows = [*self._rows, *transcript.rows()][-KEPT:]
        self._transcript = self._task = None
        self._go_on()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Answering:
    """How questions are answered. ``names`` are of assets and points by id, ``clock`` gives epoch milliseconds, ``zone`` is that of the site,
    ``settlement`` is for changes that wait for a person."""

    def __init__(
        self,
        agent: Agent,
        sessions: Sessions,
        names: Callable[[], Awaitable[Mapping[str, str]]],
        clock: Callable[[], int],
        zone: Callable[[], Awaitable[tzinfo]],
        settlement: Settlement | None = None,
    ) -> None:
        self.sessions = sessions
        self._zone = zone
        self._agent = agent
        self._names = names
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._settlement = settlement

    def transcript(self, code: str = USUAL) -> Transcript:
        """In the language of a code."""
        return Transcript(time.monotonic, {}, self._clock(), spoken=language(code))

    async def events(self, question: str, id_: str, caller: Caller, transcript: Transcript) -> AsyncGenerator[object]:
        """The agent's events, put into the transcript; an error ends it with a sentence."""
        try:
            async with self._places:
                transcript.names, transcript.zone = await self._known_names(), await self._zone()
                async for event in self._agent.ask(question, id_, caller):
                    transcript.apply(event)
                    yield event
        except PlantroomError as error:
            transcript.fail(str(error))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("A question could not be answered (%s)", reference)
            transcript.fail(f"Something went wrong while answering. The server's log says more under {reference}.")

    async def settle(self, verb: str, name: str, caller: Caller) -> Proposal:
        """By the person at the page: what became of it, also where somebody else was faster."""
        if self._settlement is None:
            raise NotAllowed("Nothing can be approved here.")
        settle = {APPROVE: self._settlement.approve, REJECT: self._settlement.reject}.get(verb)
        if settle is None:
            raise InvalidInput("A proposal is approved or rejected.")
        try:
            return await settle(id_of(name), caller)
        except NotAllowed:
            known = await self._settlement.record.get(id_of(name))
            if known.state == "proposed":
                raise
            return known

    async def _known_names(self) -> Mapping[str, str]:
        try:
            return await self._names()
        except PlantroomError:
            return {}


class Conversations:
    """Those of the last while, of each person apart; of too many the one is forgotten that was longest unused, by the server and not by its page."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._by_id: OrderedDict[tuple[str, str], Conversation] = OrderedDict()

    def open(self, kept: Mapping[str, Any] | None, caller: Caller = ANYBODY) -> Conversation:
        """The conversation that a page kept: as it is here, else as the page remembers it, else a new one."""
        kept = kept if kept and is_of(kept, caller) else {}
        id_ = str(kept.get("id") or "")
        if (known := self.find(id_, caller)) is not None:
            return known
        return self._add(id_ or secrets.token_urlsafe(12), remembered(kept.get("rows")), caller)

    def new(self, caller: Caller = ANYBODY) -> Conversation:
        return self.open(None, caller)

    def find(self, id_: str, caller: Caller = ANYBODY) -> Conversation | None:
        """One of this person's."""
        key = caller.name, id_
        if (found := self._by_id.get(key)) is not None:
            found.caller = caller
            self._by_id.move_to_end(key)
        return found

    async def close(self, id_: str, caller: Caller = ANYBODY) -> None:
        if (known := self._by_id.pop((caller.name, id_), None)) is not None:
            await known.close()

    async def close_all(self) -> None:
        for key in list(self._by_id):
            await self._by_id.pop(key).close()

    def _add(self, id_: str, rows: list[ChatRow], caller: Caller) -> Conversation:
        made = self._by_id[caller.name, id_] = Conversation(id_, rows, self._answering, caller)
        idle = [key for key, one in self._by_id.items() if not one.busy and one is not made]
        for old in idle[: max(0, len(self._by_id) - MOST)]:
            del self._by_id[old]
        return made


def is_of(kept: Mapping[str, Any], caller: Caller) -> bool:
    """Whether what a tab kept is this person's, and not of who was logged in before in the same tab."""
    return kept.get("who", ANYBODY.name) == caller.name


def waiting(question: str) -> Iterable[ChatRow]:
    """How a question is shown that is not yet begun."""
    yield {"role": "user", "content": plain(question)}
    yield {"role": "assistant", "content": "", "metadata": {"title": "Waits for the answer above", "status": "pending"}}


def remembered(rows: object) -> list[ChatRow]:
    """What a page kept of its conversation; a question that has no answer says why."""
    given = cast(list[Any], rows) if isinstance(rows, list) else []
    known = [cast(ChatRow, row) for row in given if isinstance(row, dict) and {"role", "content"} <= row.keys()][-KEPT:]
    kept = [row for row in known if (row.get("metadata") or {}).get("status") != "pending"]
    cut = bool(known) and (len(kept) < len(known) or kept[-1]["role"] == "user")
    return [*kept, {"role": "assistant", "content": RESTARTED}] if cut else kept
