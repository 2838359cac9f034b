"""Who may look, and from where: one ASGI layer over everything, web sockets included."""

import asyncio
import hmac
import time
from collections import defaultdict
from collections.abc import Callable
from http.cookies import SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.web.logins import VALID_S, Login, Logins

COOKIE = "plantroom_login"
OPEN_PATHS = ("/api/health", "/api/alive")
TRIES = 5
TRIES_WITHIN_S = 60.0
LOGIN_BYTES = 4096

_COMMON = "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; "
# Gradio compiles its templates in the page.
CONTENT_POLICY = _COMMON + "script-src 'self' 'unsafe-inline' 'unsafe-eval'; worker-src 'self' blob:"
VIEW_POLICY = _COMMON + "script-src 'self'"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",  # with no-referrer, a form of our own page would come from nowhere
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """With a password: nothing without having logged in. Without one: only people at this very machine.

    In both cases nothing for pages of other origins. ``clock`` gives monotonic seconds.
    """

    def __init__(
        self, app: ASGIApp, password: str | None, login_page: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._password = password
        self._page = login_page
        self._failures: dict[str, list[float]] = defaultdict(list)
        self._clock = clock
        self._logins = Logins(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not _is_address(f"//{Headers(scope=scope).get('host', '')}"):
            await _refuse("The request's Host header is not the name of a machine.", scope, receive, send, 400)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
        elif self._password is None or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, _with_headers(scope, send))
        else:
            await self._to_who_is_logged_in(scope, receive, send)

    async def _to_who_is_logged_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _cookie(Headers(scope=scope))
        login = self._logins.find(token)
        if login is None:
            await self._ask_to_log_in(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, _while_logged_in(receive, login), _with_headers(scope, send))
        elif (scope["method"], scope["path"]) == ("POST", "/logout"):
            self._logins.end(token)
            await _goodbye()(scope, receive, _with_headers(scope, send))
        else:
            await self._app(scope, receive, _with_headers(scope, send))

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if self._password is None and not _at_this_machine(scope, headers):
            return (
                "Plantroom is open to this machine only. Set a password (PLANTROOM_WEB_PASSWORD) to open it to others."
            )
        origin = headers.get("origin")
        if origin is not None and not (_is_address(origin) and urlsplit(origin).netloc == headers.get("host")):
            return "Plantroom does not answer to pages of other sites."
        return None

    async def _ask_to_log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = _with_headers(scope, send)
        if scope["type"] == "websocket":
            await _refuse("Log in first.", scope, receive, send)
            return
        request = Request(scope, receive)
        await (await self._login_response(request))(scope, receive, send)

    async def _login_response(self, request: Request) -> Response:
        if request.method == "POST" and request.url.path == "/login":
            return await self._log_in(request)
        if request.url.path.startswith(("/api/", "/gradio_api/")):
            return PlainTextResponse("Log in first.", status_code=401)
        return HTMLResponse(self._page.replace("{{message}}", ""), status_code=401)

    async def _log_in(self, request: Request) -> Response:
        assert self._password is not None
        who = request.client.host if request.client else ""
        now = self._clock()
        self._failures[who] = [at for at in self._failures[who] if now - at < TRIES_WITHIN_S]
        if len(self._failures[who]) >= TRIES:
            return self._again("Too many attempts. Wait a minute and try again.", 429)
        given = await _password_in(request)
        if not hmac.compare_digest(given.encode(), self._password.encode()):
            self._failures[who].append(now)
            return self._again("That is not the password.", 401)
        self._failures.pop(who, None)
        return self._welcome(request)

    def _welcome(self, request: Request) -> Response:
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            COOKIE,
            self._logins.begin(),
            max_age=VALID_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _again(self, message: str, status: int) -> Response:
        said = f'<p class="error" role="alert">{message}</p>'
        return HTMLResponse(self._page.replace("{{message}}", said), status_code=status)


def _cookie(headers: Headers) -> str:
    found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    return found.value if found else ""


def _goodbye() -> Response:
    """To the login page; what the browser keeps of this person's conversations goes too, where it does that."""
    response = RedirectResponse("/", status_code=303, headers={"clear-site-data": '"storage"'})
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _while_logged_in(receive: Receive, login: Login) -> Receive:
    """A view that is open is closed by the server once its person logs out."""

    async def receiving() -> Message:
        message = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(login.over.wait())
        try:
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else {"type": "websocket.disconnect", "code": 1008}
        finally:
            message.cancel()
            over.cancel()

    return receiving


async def _password_in(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LOGIN_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]


def _at_this_machine(scope: Scope, headers: Headers) -> bool:
    """From a loopback address, and under a loopback name: another name for it is a rebinding attack."""
    client = scope.get("client")
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return (client is None or _is_loopback(client[0])) and (name == "localhost" or _is_loopback(name))


def _is_address(url: str) -> bool:
    """Whether it can be taken apart; half an IPv6 address cannot, for one."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send, status: int = 403) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Closing before accepting is answered with 403.
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    await PlainTextResponse(reason, status_code=status)(scope, receive, _with_headers(scope, send))


def _with_headers(scope: Scope, send: Send) -> Send:
    policy = VIEW_POLICY if scope["path"].startswith("/app/") else CONTENT_POLICY

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS | {"content-security-policy": policy})
        await send(message)

    return sending
