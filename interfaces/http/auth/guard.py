"""Who may look, and from where: one ASGI layer over everything, web sockets included."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_schema.errors import NotAllowed, PlantroomError, Unavailable
from interfaces.http.api.problems import refusal
from interfaces.http.auth.account import Unauthenticated
from interfaces.http.auth.addresses import (
    LOGIN_POLICY,
    at_this_machine,
    foreign,
    is_address,
    other_name,
    with_headers,
)
from interfaces.http.auth.doorway import Doorway
from interfaces.http.auth.identity import Doors, Identity, Known, keep
from interfaces.http.auth.logins import LOOK_AGAIN, Login

OPEN_PATHS = ("/api/health", "/api/alive")
OPEN_BELOW = ("/.well-known/",)
_FOR_PROGRAMS = ("/api/", "/gradio_api/", "/mcp", "/graphql", "/metrics")
_OF_THE_API = ("/api/v1", "/mcp", "/graphql")
_CODES: dict[type[PlantroomError], int] = {Unauthenticated: 401, NotAllowed: 403, Unavailable: 503}


class Guard:
    """Nothing without having logged in, or, where nobody can, only for people at this very machine; nothing for pages of other origins.

    ``open_below`` are the beginnings of paths that are open to whoever may reach us: what is sent there proves itself, by its signature.
    """

    def __init__(
        self, app: ASGIApp, identity: Identity, login_page: str, open_below: Collection[str] = OPEN_BELOW
    ) -> None:
        self._app = app
        self._identity = identity
        self._doorway = Doorway(identity, login_page)
        self._open_below = tuple(open_below)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_address(f"//{headers.get('host', '')}"):
            await _refuse("The request's Host header is not the name of a machine.", 400, scope, receive, send)
        elif other_name(headers, self._identity.public_url) and scope["path"] not in OPEN_PATHS:
            await _refuse(
                "Plantroom is not opened under this name: see PLANTROOM_PUBLIC_URL.", 400, scope, receive, send
            )
        elif foreign(scope, headers):
            await _refuse("Plantroom does not answer to pages of other sites.", 403, scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            doors = await self._identity.doors()
            if self._is_open(scope) and (doors.any or at_this_machine(scope, Headers(scope=scope))):
                await self._app(scope, receive, with_headers(scope, send))
                return
            response = (
                await self._doorway.answer(Request(scope, receive), doors) if _may_be_door(scope, doors) else None
            )
            if response is not None:
                await response(scope, receive, with_headers(scope, send, LOGIN_POLICY))
                return
            known = await self._known(scope)
        except Unavailable as away:
            await self._without_database(away, scope, receive, send)
        except (Unauthenticated, NotAllowed) as refused:
            await self._turn_away(refused, scope, receive, send)
        else:
            await self._let_in(known, scope, receive, send)

    async def _known(self, scope: Scope) -> Known:
        """Raises ``Unauthenticated``, or ``NotAllowed`` for who has no role here."""
        known = await self._identity.known(HTTPConnection(scope))
        self._identity.caller(known.account)
        return known

    async def _let_in(self, known: Known, scope: Scope, receive: Receive, send: Send) -> None:
        keep(scope, known)
        if scope["type"] == "websocket" and known.login is not None:
            receive = self._while_logged_in(receive, known.login)
        await self._app(scope, receive, with_headers(scope, send))

    def _is_open(self, scope: Scope) -> bool:
        return scope["path"] in OPEN_PATHS or scope["path"].startswith(self._open_below)

    async def _without_database(self, away: Unavailable, scope: Scope, receive: Receive, send: Send) -> None:
        """Health tells which store it is."""
        if scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, with_headers(scope, send))
        else:
            await _refuse(str(away), 503, scope, receive, send)

    async def _turn_away(self, refused: PlantroomError, scope: Scope, receive: Receive, send: Send) -> None:
        code = next(code for kind, code in _CODES.items() if isinstance(refused, kind))
        if scope["type"] == "websocket":
            await _refuse(str(refused), code, scope, receive, send)
            return
        response = await self._turned_away(refused, code, Request(scope, receive))
        await response(scope, receive, with_headers(scope, send, LOGIN_POLICY))

    async def _turned_away(self, refused: PlantroomError, code: int, request: Request) -> Response:
        if request.url.path.startswith(_FOR_PROGRAMS) or "authorization" in request.headers:
            headers = {"www-authenticate": self._challenge(request)} if code == 401 else None
            return refusal(request.scope, code, str(refused), headers)
        doors = await self._identity.doors()
        if code == 401:
            return self._doorway.page(doors)
        return self._doorway.refusal(str(refused)) if doors.any else PlainTextResponse(str(refused), code)

    def _challenge(self, request: Request) -> str:
        """By RFC 6750, and where to read by whose tokens one may come (RFC 9728)."""
        server = self._identity.login_server
        stated = 'Bearer realm="plantroom"' + (', error="invalid_token"' if "authorization" in request.headers else "")
        if server is None or server.client.audience is None:
            return stated
        base = (self._identity.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")
        below = "/mcp" if request.url.path == "/mcp" else ""
        return f'{stated}, resource_metadata="{base}/.well-known/oauth-protected-resource{below}"'

    def _while_logged_in(self, receive: Receive, login: Login) -> Receive:
        """A view that is open is closed by the server once its person logs out, is locked or removed."""

        async def receiving() -> Message:
            message = asyncio.ensure_future(receive())
            over = asyncio.ensure_future(self._until_over(login))
            try:
                await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
                return message.result() if message.done() else {"type": "websocket.disconnect", "code": 1008}
            finally:
                message.cancel()
                over.cancel()

        return receiving

    async def _until_over(self, login: Login) -> None:
        """Ended in this process it is over at once, by another within seconds."""
        while True:
            try:
                await asyncio.wait_for(login.over.wait(), LOOK_AGAIN.total_seconds())
                return
            except TimeoutError:
                if not await self._identity.logins.holds(login):
                    return


def _may_be_door(scope: Scope, doors: Doors) -> bool:
    return doors.any and scope["type"] == "http" and scope["path"].startswith(("/login", "/logout"))


async def _refuse(reason: str, code: int, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Closing before accepting is answered with 403.
        await send({"type": "websocket.close", "code": 1008, "reason": reason[:120]})
        return
    told = refusal(scope, code, reason) if scope["path"].startswith(_OF_THE_API) else PlainTextResponse(reason, code)
    await told(scope, receive, with_headers(scope, send))
