"""Questions of people in Slack, answered as those of the web chat are: by the same conversations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from agent.events import Answered, TextDelta, ToolFinished, ToolStarted
from graph_schema.errors import PlantroomError
from interfaces.slack.attachments import Attachment, attachments
from interfaces.slack.blocks import below
from interfaces.slack.calls import ERRORS, patiently, reason
from interfaces.slack.people import SlackPeople
from interfaces.slack.record import Place
from interfaces.slack.stream import AnswerStream
from interfaces.slack.text import cut, markdown
from interfaces.slack.views.board import Board
from interfaces.slack.views.view import View, proposal_notice
from interfaces.web.chat.conversations import Answering
from interfaces.web.chat.steps import unescaped
from tools.context import Caller
from tools.results.proposals import ProposedChange

log = logging.getLogger(__name__)

RESTARTED = "This question was not answered, because Plantroom was started again. Ask it again."
EMPTY = "Ask me about the plant: “Which assets are in alarm?”"
LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """``direct``: nobody else reads along."""

    text: str
    place: Place
    user: str
    team: str | None
    direct: bool

    @property
    def conversation(self) -> str:
        """A thread is a conversation, for each person apart."""
        return f"slack-{self.place.channel}-{self.place.thread}"


class Asking:
    """``answering`` is that of the chat; ``address`` is where people open the plant."""

    def __init__(
        self,
        client: AsyncWebClient,
        people: SlackPeople,
        answering: Answering,
        board: Board,
        address: str | None = None,
    ) -> None:
        self._board = board
        self._address = address
        self._client = client
        self._people = people
        self._answering = answering

    async def answer(self, question: Question) -> None:
        """In the thread where it was asked; who may not ask is told so alone."""
        try:
            caller = await self._people.caller(question.user)
        except PlantroomError as error:
            await self._tell(question, str(error))
            return
        except ERRORS as error:
            log.warning("Slack did not say who asks: %s", reason(error))
            await self._tell(question, "Slack did not say who you are. Ask again in a moment.")
            return
        if not question.text:
            await self._tell(question, EMPTY)
            return
        await self._answer(question, caller)

    async def command(self, text: str, user: str, channel: str, respond: Callable[..., Awaitable[Any]]) -> None:
        """“/plantroom which AHUs are there?”: answered to who asks, alone. Of each person and channel it is one conversation."""
        try:
            caller = await self._people.caller(user)
        except PlantroomError as error:
            await respond(text=str(error))
            return
        if not text:
            await respond(text=EMPTY)
            return
        transcript = self._answering.transcript(caller.language)
        proposals: Sequence[ProposedChange] = ()
        events = self._answering.events(text[:LONGEST_QUESTION], f"slack-command-{channel}", caller, transcript)
        async with aclosing(events) as told:
            async for event in told:
                if isinstance(event, Answered):
                    proposals = event.proposals
        said = markdown(transcript.text)
        await respond(text=cut(said, 300), blocks=[{"type": "markdown", "text": said}, *below(transcript.foldout)])
        await self._propose(Place(user, ""), caller, proposals, str(transcript.zone))

    async def restarted(self, place: Place) -> None:
        await patiently(
            lambda: self._client.chat_postMessage(channel=place.channel, thread_ts=place.thread, text=RESTARTED)
        )

    async def _tell(self, question: Question, sentence: str) -> None:
        channel, thread = question.place.channel, question.place.thread
        if question.direct:
            await patiently(lambda: self._client.chat_postMessage(channel=channel, thread_ts=thread, text=sentence))
        else:
            await patiently(
                lambda: self._client.chat_postEphemeral(
                    channel=channel, thread_ts=thread, user=question.user, text=sentence
                )
            )

    async def _answer(self, question: Question, caller: Caller) -> None:
        transcript = self._answering.transcript(caller.language)
        stream = AnswerStream(self._client, question.place, question.user, question.team)
        answered: Answered | None = None
        text = question.text[:LONGEST_QUESTION]
        events = self._answering.events(text, question.conversation, caller, transcript)
        async with aclosing(events) as told:
            async for event in told:
                match event:
                    case ToolStarted():
                        await stream.step(event.id, event.title, "in_progress")
                    case ToolFinished():
                        title = unescaped(str(transcript.steps[event.id]["metadata"]["title"]))
                        await stream.step(event.id, title, "complete" if event.ok else "error", event.summary)
                    case TextDelta():
                        await stream.text(transcript.text)
                    case Answered():
                        answered = event
                    case _:
                        pass
        await stream.end(transcript.text, below(transcript.foldout))
        if answered is not None:
            await self._propose(question.place, caller, answered.proposals, str(transcript.zone))
            await self._attach(question, await asyncio.to_thread(attachments, answered, transcript.zone))

    async def _propose(self, place: Place, caller: Caller, proposals: Sequence[ProposedChange], timezone: str) -> None:
        """What waits for a person has a message of its own, which shows what becomes of it."""
        for one in {one.id: one for one in proposals}.values():
            view = View(caller.language, caller.timezone or timezone, [proposal_notice(one)], self._address)
            await patiently(partial(self._board.post, place.channel, view, place.thread or None))

    async def _attach(self, question: Question, files: Sequence[Attachment]) -> None:
        if not files:
            return
        place = question.place
        given = [_upload(one) for one in files]
        await patiently(
            lambda: self._client.files_upload_v2(channel=place.channel, thread_ts=place.thread, file_uploads=given)
        )


def _upload(one: Attachment) -> dict[str, Any]:
    return {"filename": one.filename, "title": one.title, "content": one.content, "alt_txt": one.described}
