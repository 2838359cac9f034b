"""A maintenance system on this machine: its orders in memory, its faults on demand."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY = "key-that-is-right"


@dataclass
class Faults:
    """What befalls the next requests. ``lost``: those that are carried out and get no answer, if ``fate`` picks them."""

    busy: int = 0
    retry_after: str = "0"
    down: int = 0
    lost: int = 0
    silent: float = 0
    page: bool = False
    picks: Callable[[Scope], bool] = lambda scope: scope["method"] in ("POST", "PATCH", "PUT")
    fate: Callable[[], Literal["busy", "down", "lost"] | None] = lambda: None
    """Of each request that comes, beside the others."""


@dataclass
class Ticking:
    """The vendor's clock: each change is later than the one before, unless it is stopped."""

    now: datetime = BEGIN
    step: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


@dataclass
class Vendor:
    """Orders by id, as the vendor shows them. ``seen`` are the requests that came: method, path, body."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    assets: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seen: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    faults: Faults = field(default_factory=Faults)
    clock: Ticking = field(default_factory=Ticking)
    forbidden: bool = False
    next_id: int = 1000

    def number(self) -> int:
        self.next_id += 1
        return self.next_id

    def requests(self, method: str, path: str) -> list[Any]:
        return [body for one, where, body in self.seen if one == method and where.startswith(path)]


class Faulty:
    """An ASGI layer that does what ``Faults`` says."""

    def __init__(self, app: ASGIApp, vendor: Vendor) -> None:
        self._app, self._vendor = app, vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._vendor.faults
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        self._vendor.seen.append((scope["method"], scope["path"], _parsed(body)))
        match faults.fate():
            case "busy":
                faults.busy += 1
            case "down":
                faults.down += 1
            case "lost":
                faults.lost += 1
            case None:
                pass
        if faults.page:
            await Response("<html>Log in</html>", media_type="text/html")(scope, receive, send)
        elif faults.busy:
            faults.busy -= 1
            await JSONResponse({}, 429, {"retry-after": faults.retry_after})(scope, receive, send)
        elif faults.down:
            faults.down -= 1
            await JSONResponse({"message": "maintenance"}, 503)(scope, receive, send)
        elif faults.silent:
            await asyncio.sleep(faults.silent)
        elif faults.lost and faults.picks(scope):
            faults.lost -= 1
            await self._app(scope, _again(body), _nowhere)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]})
            await send({"type": "http.response.body", "body": b""})  # less than was said: the connection breaks
        else:
            await self._app(scope, _again(body), send)


def refusal(request: Request, vendor: Vendor, key: str | None) -> Response | None:
    """For a wrong key, and for one that may not do this."""
    del request
    if key != KEY:
        return JSONResponse({"message": "Access denied"}, 401)
    return JSONResponse({"message": "Forbidden"}, 403) if vendor.forbidden else None


@asynccontextmanager
async def serving(app: Starlette, vendor: Vendor) -> AsyncGenerator[str]:
    """Its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        Faulty(app, vendor), log_level="critical", lifespan="off", http="h11", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _nowhere(message: Message) -> None:
    del message


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
