"""Slack's door: what it tells us is acknowledged at once, taken in once, and dealt with beside."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Coroutine, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from graph_schema.errors import PlantroomError
from ingestion.reading import Clock
from ingestion.tasks import end
from interfaces.slack.access import Access
from interfaces.slack.acting import Acting, Press
from interfaces.slack.asking import Asking, Question
from interfaces.slack.calls import ERRORS, reason
from interfaces.slack.manifest import COMMAND
from interfaces.slack.record import Events, Place
from interfaces.slack.text import question_of
from interfaces.slack.views.board import Board
from interfaces.slack.views.home import Home

log = logging.getLogger(__name__)

EVENTS = "/slack/events"
"""Open to whoever may reach us: what comes there is signed."""
_MOST_BYTES = 1_000_000
_AGAIN_S = (1.0, 5.0, 15.0, 60.0)
_FORGET_S = 3_600.0
_PING_S = 5.0


def client_of(access: Access) -> AsyncWebClient:
    """Waits where Slack asks for it (429)."""
    client = AsyncWebClient(token=access.bot_token, base_url=access.url, timeout=30)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    return client


class SlackDoor:
    """``keep`` runs beside the plant; ``routes`` are for the web app."""

    def __init__(
        self,
        access: Access,
        client: AsyncWebClient,
        events: Events,
        asking: Asking,
        acting: Acting,
        board: Board,
        home: Home,
        clock: Clock,
    ) -> None:
        self._home = home
        self._access = access
        self._acting = acting
        self._board = board
        self._events = events
        self._asking = asking
        self._clock = clock
        self._work: set[asyncio.Task[None]] = set()
        self.app = AsyncApp(
            client=client, signing_secret=access.signing_secret or "", name="slack"
        )  # the name of its loggers too, whose level Bolt sets
        self._listen()

    def _listen(self) -> None:
        self.app.event("app_mention")(self._asked)
        self.app.event("message")(self._written)
        self.app.event("app_home_opened")(self._opened)
        self.app.command(COMMAND)(self._commanded)
        self.app.event(re.compile(".*"))(self._ignored)
        self.app.action(re.compile("^plantroom_"))(self._pressed)
        self.app.action(re.compile(".*"))(self._acknowledged)

    async def keep(self) -> None:
        """Until cancelled."""
        try:
            await self._tell_cut_off()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_forgetting())
                group.create_task(self._board.keep())
                if self._access.app_token is not None:
                    group.create_task(self._keep_connected(self._access.app_token))
        finally:
            await end(*self._work)

    def routes(self) -> APIRouter:
        """Where Slack calls us; empty where no signing secret is set."""
        routes = APIRouter()
        if self._access.signing_secret:
            handler = AsyncSlackRequestHandler(self.app)

            @routes.post(EVENTS, include_in_schema=False)
            async def _take(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
                body = await request.body()
                if len(body) > _MOST_BYTES or not _is_text(body):
                    return JSONResponse({"error": "The request is none of Slack's."}, 400)
                return await handler.handle(request)

        return routes

    # Listeners

    async def _asked(self, body: Mapping[str, Any]) -> None:
        await self._take(body)

    async def _written(self, body: Mapping[str, Any]) -> None:
        """Of messages those in a direct conversation, written by a person, as they were first."""
        event = body["event"]
        if event.get("channel_type") == "im" and event.get("subtype") in (None, "file_share", "thread_broadcast"):
            await self._take(body)

    async def _opened(self, event: Mapping[str, Any]) -> None:
        """As it is now, each time: an event that comes again does no harm."""
        if event.get("tab", "home") == "home":
            self.beside(self._home.show(str(event["user"])))

    async def _commanded(self, ack: Any, respond: Any, command: Mapping[str, Any]) -> None:
        await ack()
        self.beside(self._command(command, respond))

    async def _command(self, command: Mapping[str, Any], respond: Any) -> None:
        if await self._events.take(f"command:{command['trigger_id']}", self._clock()):
            text, user, channel = (str(command.get(name) or "") for name in ("text", "user_id", "channel_id"))
            await self._asking.command(question_of(text), user, channel, respond)

    async def _ignored(self, event: Mapping[str, Any]) -> None:
        log.debug("Slack told of %s", event.get("type"))

    async def _acknowledged(self, ack: Any, action: Mapping[str, Any]) -> None:
        """A button of a message that is older than what it does."""
        await ack()
        log.info("Somebody pressed a button in Slack that does nothing any more: %s", action.get("action_id"))

    async def _pressed(self, ack: Any, body: Mapping[str, Any]) -> None:
        await ack()
        action: Mapping[str, Any] = body["actions"][0]
        message: Mapping[str, Any] = body.get("message") or {}
        place: Mapping[str, Any] = body.get("channel") or {}
        channel = str(place.get("id") or "")
        user, name = str(body["user"]["id"]), str(action["action_id"])
        press = Press(name, str(action.get("value") or ""), user, channel, message.get("thread_ts"))
        id_ = ":".join(["press", channel, str(message.get("ts")), name, user, str(action.get("action_ts"))])
        self.beside(self._act(id_, press))

    async def _act(self, id_: str, press: Press) -> None:
        if await self._events.take(id_, self._clock()):
            await self._acting.act(press)

    async def _take(self, body: Mapping[str, Any]) -> None:
        event = body["event"]
        user, text = event.get("user"), event.get("text")
        if not user or event.get("bot_id") or text is None:
            return
        place = Place(str(event["channel"]), str(event.get("thread_ts") or event["ts"]))
        direct = event.get("channel_type") == "im"
        team = event.get("user_team") or event.get("team") or body.get("team_id")
        question = Question(question_of(str(text)), place, str(user), team, direct)
        self.beside(self._answer(str(body["event_id"]), question, str(event["ts"])))

    async def _answer(self, id_: str, question: Question, message: str) -> None:
        if not await self._events.begin(id_, question.place, message, self._clock()):
            log.info("Slack told %s again; it is dealt with already.", id_)
            return
        await self._asking.answer(question)
        await self._events.done(id_)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """What takes longer than Slack waits."""
        task = asyncio.create_task(_kept(work), name="slack")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    # Beside the plant

    async def _tell_cut_off(self) -> None:
        for place in await self._events.cut_off(self._clock()):
            self.beside(self._asking.restarted(place))

    async def _keep_forgetting(self) -> None:
        while True:
            try:
                await self._events.forget(self._clock())
            except PlantroomError as error:
                log.warning("What Slack told cannot be forgotten, and is tried again: %s", error)
            await asyncio.sleep(_FORGET_S)

    async def _keep_connected(self, token: str) -> None:
        """The library connects anew by itself once it was connected."""
        handler = AsyncSocketModeHandler(self.app, token, ping_interval=_PING_S)
        try:
            await self._connect(handler)
            await asyncio.Event().wait()
        finally:
            await handler.close_async()

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        tried = 0
        while True:
            try:
                await handler.connect_async()
            except ERRORS as error:
                log.warning(
                    "Slack does not let us in (%s), and is asked again. See: plantroom slack check", reason(error)
                )
                await asyncio.sleep(_AGAIN_S[min(tried, len(_AGAIN_S) - 1)])
                tried += 1
            else:
                log.info("Connected to Slack.")
                return


async def _kept(work: Coroutine[Any, Any, None]) -> None:
    """What goes wrong with one is told in the log, and stops nobody else."""
    try:
        await work
    except PlantroomError as error:
        log.warning("What Slack told could not be dealt with: %s", error)
    except Exception:
        log.exception("What Slack told could not be dealt with")


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
