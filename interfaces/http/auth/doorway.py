"""Logging in and out: the login page, what it sends, and the way to a login server and back."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import parse_qs

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from graph_schema.errors import NotAllowed, Unavailable
from interfaces.http.auth.account import Account
from interfaces.http.auth.attempts import TooManyAttempts
from interfaces.http.auth.identity import COOKIE, Doors, Identity
from interfaces.http.auth.login_server import LoginServer, Pending
from interfaces.http.auth.logins import lasts
from interfaces.http.auth.people import Person

LOG_IN, LOG_OUT, OIDC = "/login", "/logout", "/login/oidc"
BACK = f"{OIDC}/back"
_PENDING = "plantroom_oidc"
_PENDING_S = 600
_LARGEST = 4096
_LOCKED = "This account is locked. Ask an admin to unlock it."
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_FIELD = '<label>{label}\n        <input name="{id}" type="{type}" autocomplete="{complete}" maxlength="1000" required {more} /></label>'
_PASSWORD = _FIELD.format(id="password", label="Password", type="password", complete="current-password", more="{more}")


class Doorway:
    """``page`` is the login page, with places for its fields and a message."""

    def __init__(self, identity: Identity, page: str) -> None:
        self._identity = identity
        self._page = page
        # What a browser carries while its person is at the login server; a start in between only means to begin again.
        self._carried = URLSafeTimedSerializer(secrets.token_bytes(32), salt=_PENDING)

    async def answer(self, request: Request, doors: Doors) -> Response | None:
        """None for what is none of its business."""
        match request.method, request.url.path:
            case "POST", "/login" if doors.shared or doors.local:
                return await self._log_in(request, doors)
            case "POST", "/logout":
                return await self._log_out(request)
            case "GET", "/login":  # where a login that failed has left the browser
                return RedirectResponse("/", status_code=303)
            case "GET", "/login/oidc" if self._identity.login_server:
                return await self._to_login_server(request, self._identity.login_server, doors)
            case "GET", "/login/oidc/back" if self._identity.login_server:
                return await self._back(request, self._identity.login_server, doors)
            case _:
                return None

    def page(self, doors: Doors, message: str = "", status: int = 401, name: str = "") -> HTMLResponse:
        """``name`` is what was typed already."""
        told = f'<p class="error" role="alert">{html.escape(message)}</p>' if message else ""
        return self._filled(status, form=_form(doors, name), message=told, other=self._other())

    def refusal(self, sentence: str) -> HTMLResponse:
        """For who is logged in and may not look: why, and the way out."""
        form = f'<form method="post" action="{LOG_OUT}"><button type="submit">Log out</button></form>'
        told = f'<p class="error" role="alert">{html.escape(sentence)}</p>'
        return self._filled(403, form=form, message=told)

    def _filled(self, status: int, **parts: str) -> HTMLResponse:
        """In one go: what somebody typed may look like a place itself."""
        return HTMLResponse(_PLACE.sub(lambda place: parts.get(place[1], ""), self._page), status_code=status)

    def _other(self) -> str:
        server = self._identity.login_server
        return f'<a class="other" href="{OIDC}">Log in with {html.escape(server.client.title)}</a>' if server else ""

    async def _log_in(self, request: Request, doors: Doors) -> Response:
        identity, address = self._identity, _address(request)
        form = await _form_of(request)
        name = _typed(form.get("name", "")) if doors.local else ""
        try:
            await identity.attempts.begin(name, address)
            account = await self._account(name, form.get("password", ""), doors)
            identity.caller(account)
        except NotAllowed as refused:
            who = name if name and await identity.people.knows(name) else "nobody"
            await self._note_refusal(refused, who, address)
            return self.page(doors, str(refused), _status(refused), name)
        await identity.attempts.worked(name, address)
        return await self._welcome(request, account)

    async def _note_refusal(self, refused: NotAllowed, who: str, address: str) -> None:
        """But for one of too many: nothing that anybody can send without end may fill the audit log."""
        if not isinstance(refused, TooManyAttempts):
            await self._identity.note("login.refused", who, address, str(refused))

    async def _account(self, name: str, password: str, doors: Doors) -> Account:
        """Raises ``NotAllowed``."""
        if not doors.local:
            if secrets.compare_digest(password.encode(), (self._identity.password or "").encode()) and doors.shared:
                return self._identity.with_shared_password()
            raise _WrongPassword("That is not the password.")
        person = await self._identity.people.check(name, password)
        if person is None:
            raise _WrongPassword("That is not the name or the password.")
        return _unlocked(person)

    async def _welcome(self, request: Request, account: Account) -> Response:
        token = await self._identity.logins.begin(account, _address(request))
        await self._identity.note("login", account.name, _address(request), account.door)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(lasts(account).total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def _log_out(self, request: Request) -> Response:
        """To the login page; what the browser keeps of this person's conversations goes too, where it does that."""
        account = await self._identity.logins.end(request.cookies.get(COOKIE, ""))
        if account is not None:
            await self._identity.note("logout", account.name, _address(request))
        server = self._identity.login_server
        place = await server.goodbye(self._base(request)) if server and account and account.door == "oidc" else None
        response = self._gone(server, place) if server and place else RedirectResponse("/", status_code=303)
        response.headers["clear-site-data"] = '"storage"'
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def _gone(self, server: LoginServer, place: str) -> Response:
        """A redirect of the form to another site would be stopped by our own policy."""
        title, address = html.escape(server.client.title), html.escape(place)
        links = f'<p>You are logged out here.</p><a class="other" href="{address}">Log out of {title} too</a><a class="other" href="/">Log in again</a>'
        return self._filled(200, other=links)

    async def _to_login_server(self, request: Request, server: LoginServer, doors: Doors) -> Response:
        try:
            place, pending = await server.begin(self._back_to(request))
        except Unavailable as away:
            return self.page(doors, str(away), 503)
        response = RedirectResponse(place, status_code=303)
        response.set_cookie(
            _PENDING,
            self._carried.dumps(asdict(pending)),
            max_age=_PENDING_S,
            path=OIDC,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def _back(self, request: Request, server: LoginServer, doors: Doors) -> Response:
        attempts, address = self._identity.attempts, _address(request)
        try:
            await attempts.begin("", address)
            answer = dict(request.query_params)
            account = await server.finish(answer, self._pending(request), self._back_to(request))
            if await self._identity.people.knows(account.name):
                raise NotAllowed(
                    f"{account.name} is a local user's name here: that user has to be removed or named otherwise first."
                )
            self._identity.caller(account)
            await attempts.worked("", address)
            response = await self._welcome(request, account)
        except NotAllowed as refused:
            await self._note_refusal(refused, "nobody", address)
            response = self.page(doors, str(refused), _status(refused))
        except Unavailable as away:
            response = self.page(doors, str(away), 503)
        response.delete_cookie(_PENDING, path=OIDC, httponly=True, samesite="lax")
        return response

    def _pending(self, request: Request) -> Pending | None:
        try:
            return Pending(**self._carried.loads(request.cookies.get(_PENDING, ""), max_age=_PENDING_S))
        except BadData:
            return None

    def _back_to(self, request: Request) -> str:
        return f"{self._base(request)}{BACK}"

    def _base(self, request: Request) -> str:
        return (self._identity.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


class _WrongPassword(NotAllowed):
    """Not an answer for who may not: who it is is not known."""


def _status(refused: NotAllowed) -> int:
    if isinstance(refused, TooManyAttempts):
        return 429
    return 401 if isinstance(refused, _WrongPassword) else 403


def _unlocked(person: Person) -> Account:
    """Raises ``NotAllowed``; told only to who knows the password."""
    if person.locked:
        raise NotAllowed(_LOCKED)
    return person.account


def _form(doors: Doors, name: str) -> str:
    """The cursor is where the person goes on typing."""
    if not (doors.shared or doors.local):
        return ""
    fields = [_name_field(name)] if doors.local else []
    fields.append(_PASSWORD.format(more="" if doors.local and not name else "autofocus"))
    return f'<form method="post" action="{LOG_IN}">\n      {"".join(fields)}\n      <button type="submit">Log in</button>\n    </form>'


def _name_field(name: str) -> str:
    more = f'value="{html.escape(name)}"' if name else "autofocus"
    return _FIELD.format(
        id="name",
        label="Name",
        type="text",
        complete="username",
        more=f'autocapitalize="none" spellcheck="false" {more}',
    )


def _typed(name: str) -> str:
    """As a name is kept; a character that the database refuses is in none."""
    return "".join(letter for letter in name if letter.isprintable()).strip().lower()[:64]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _form_of(request: Request) -> Mapping[str, str]:
    """Its fields; nothing where it is too large to be a login."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
