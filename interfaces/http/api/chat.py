"""A question over server-sent events: the steps as they happen, the answer as it is written, and all of it at the end."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.responses import Response, StreamingResponse

from agent.agent import LONGEST_QUESTION
from agent.events import Answered, Event, TextDelta, ToolFinished, ToolStarted
from graph_schema.errors import PlantroomError
from ingestion.tasks import end
from interfaces.http.api.problems import status_of
from interfaces.http.api.served import Served
from tools.context import Caller

log = logging.getLogger(__name__)

ALIVE_S = 15.0
"""After which a comment keeps a quiet connection open."""
_NAMES: Mapping[type, str] = {ToolStarted: "step", ToolFinished: "found", TextDelta: "text", Answered: "answer"}
_SHAPES: Mapping[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in _NAMES}
_NOT_TOLD = {"tables"}
"""Each tool of the API gives its own."""
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["begin", *_NAMES.values(), "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_STREAM = {200: {"content": {"text/event-stream": {"schema": _EVENT}}, "description": "The events"}}


class Question(BaseModel):
    """``conversation`` is that of an earlier answer, for a question that goes on from there; a new one when left out."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        min_length=1, max_length=LONGEST_QUESTION, pattern=r"\S", examples=["Which AHU feeds the most VAVs?"]
    )
    conversation: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$")


def chat_routes(served: Served) -> APIRouter:
    """Whoever goes away before the answer ends it."""
    routes = APIRouter(tags=["chat"])

    async def chat(request: Request, body: Question) -> Response:
        """Ask, and follow: `begin` (the conversation), `step` and `found` for each tool, `text` as it is written, and `answer`; or `error`."""
        who = await served.reader(request)
        conversation = body.conversation or secrets.token_urlsafe(16)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        events = _told(served, body.question, conversation, who)
        return StreamingResponse(events, headers=headers, media_type="text/event-stream")

    stream: Any = _STREAM
    routes.add_api_route(
        "/chat", chat, methods=["POST"], operation_id="chat", response_class=Response, responses=stream
    )
    return routes


async def _told(served: Served, question: str, conversation: str, who: Caller) -> AsyncGenerator[bytes]:
    yield _event("begin", TypeAdapter(dict[str, str]).dump_json({"conversation": conversation}))
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(100)
    asking = asyncio.create_task(_ask(served.agent.ask(question, conversation, who), queue), name="chat")
    try:
        while True:
            try:
                said = await asyncio.wait_for(queue.get(), ALIVE_S)
            except TimeoutError:
                said = b": still at it\n\n"
            if said is None:
                return
            yield said
    finally:
        await end(asking)


async def _ask(events: AsyncIterator[Event], queue: asyncio.Queue[bytes | None]) -> None:
    try:
        async with aclosing(cast(AsyncGenerator[Event], events)) as told:
            async for event in told:
                await queue.put(
                    _event(_NAMES[type(event)], _SHAPES[type(event)].dump_json(event, by_alias=True, exclude=_NOT_TOLD))
                )
    except PlantroomError as error:
        await queue.put(_failed(status_of(error), str(error)))
    except Exception:  # the stream has begun: there is no status any more that could say so
        log.exception("A question over the API was not answered")
        await queue.put(_failed(500, "The server made a mistake; its log says more. Ask again later."))
    await queue.put(None)


def _failed(status: int, detail: str) -> bytes:
    return _event("error", TypeAdapter(dict[str, Any]).dump_json({"status": status, "detail": detail}))


def _event(name: str, data: bytes) -> bytes:
    """JSON has no bare line end, so that it is one line of data."""
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
