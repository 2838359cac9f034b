"""An answer as it grows in a thread of Slack: its steps, its text, and at the end where it comes from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.messages.chunk import TaskUpdateChunk
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from interfaces.slack.calls import ERRORS, patiently, reason
from interfaces.slack.record import Place
from interfaces.slack.text import cut, markdown

log = logging.getLogger(__name__)

_BUFFER = 120
_LONGEST_STEP = 250


class AnswerStream:
    """For one person who asked. Where Slack does not take the stream, the whole answer is posted at the end instead."""

    def __init__(self, client: AsyncWebClient, place: Place, user: str, team: str | None) -> None:
        self._client = client
        self._place = place
        self._user = user
        self._team = team
        self._stream: AsyncChatStream | None = None
        self._sent = ""
        self._broken = False

    async def step(self, id_: str, title: str, status: str, output: str = "") -> None:
        """``status`` is “in_progress”, “complete” or “error”."""
        step = TaskUpdateChunk(
            id=id_, title=cut(title, _LONGEST_STEP), status=status, output=cut(output, _LONGEST_STEP) or None
        )
        await self._append(chunks=[step])

    async def text(self, whole: str) -> None:
        """The answer as far as it is; what is said already stands."""
        shown = markdown(whole).removesuffix("]")  # what follows may make a link of it
        if shown.startswith(self._sent) and len(shown) > len(self._sent):
            more, self._sent = shown[len(self._sent) :], shown
            await self._append(markdown_text=more)

    async def end(self, whole: str, blocks: Sequence[dict[str, Any]]) -> None:
        """The whole answer, with blocks below it."""
        shown = markdown(whole)
        goes_on = shown.startswith(self._sent) and not self._broken
        if goes_on and await self._stopped(shown[len(self._sent) :], blocks):
            return
        ts = self._stream.ts if self._stream else None
        if ts is not None and not self._broken:
            await self._stopped("", ())
        blocks = [{"type": "markdown", "text": shown}, *blocks]
        channel, text = self._place.channel, cut(shown, 300)
        if ts is not None:
            await patiently(lambda: self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks))
        else:
            thread = self._place.thread
            await patiently(
                lambda: self._client.chat_postMessage(channel=channel, thread_ts=thread, text=text, blocks=blocks)
            )

    async def _append(self, markdown_text: str | None = None, chunks: Sequence[TaskUpdateChunk] | None = None) -> None:
        if self._broken:
            return
        try:
            await (await self._begun()).append(markdown_text=markdown_text, chunks=chunks)
        except ERRORS as error:
            self._broken = True
            log.info("Slack takes no stream of this answer: %s", reason(error))

    async def _stopped(self, rest: str, blocks: Sequence[dict[str, Any]]) -> bool:
        try:
            await (await self._begun()).stop(markdown_text=rest or None, blocks=list(blocks))
        except ERRORS as error:
            self._broken = True
            log.info("Slack did not end the stream of this answer: %s", reason(error))
            return False
        return True

    async def _begun(self) -> AsyncChatStream:
        if self._stream is None:
            self._stream = await self._client.chat_stream(
                channel=self._place.channel,
                thread_ts=self._place.thread,
                recipient_user_id=self._user,
                recipient_team_id=self._team,
                buffer_size=_BUFFER,
                task_display_mode="timeline",
            )
        return self._stream
