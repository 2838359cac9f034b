"""An identity over a database of the test's own, a clock that stands until it is moved, and a browser beyond its guard."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ingestion.history.history import History
from interfaces.http.auth.guard import Guard
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.passwords import Passwords
from tests.conftest import ROOT
from tools.audit.log import Choice

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
PAGE = (ROOT / "interfaces" / "web" / "page" / "login.html").read_text("utf-8")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SHARED = "open sesame"
ANNS = "correct horse battery"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class House:
    """Makes identities over one database: another one is what a restart makes."""

    history: History
    clock: Clock

    def identity(self, **made_with: Any) -> Identity:
        return Identity(self.history, self.clock, passwords=Passwords(QUICK), **made_with)

    async def audited(self, what: str | None = None) -> list[tuple[str, str, str | None]]:
        """Who, what, what came of it; the oldest first."""
        found = await self.identity().audit.newest(Choice(what=what), 100)
        return [(one.who, one.what, one.outcome) for one in reversed(found)]


@pytest.fixture
def servers() -> str:
    return "embedded"


@pytest.fixture
def house(history: History) -> House:
    return House(history, Clock())


async def who(request: Request) -> JSONResponse:
    identity: Identity = request.app.state.identity
    caller = await identity.caller_of(request)
    return JSONResponse({"name": caller.name, "roles": sorted(caller.roles), "scopes": sorted(caller.scopes)})


async def well(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def guarded(identity: Identity) -> Any:
    routes = [Route("/api/health", well)]
    routes += [Route(path, who, methods=["GET", "POST"]) for path in ("/", "/api/scene", "/app/index.html")]
    app = Starlette(routes=routes)
    app.state.identity = identity
    return Guard(app, identity, PAGE)


@asynccontextmanager
async def browser(
    identity: Identity, host: str = "127.0.0.1:8420", client: str = "127.0.0.1", scheme: str = "http"
) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(guarded(identity), client=(client, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://{host}") as page:
        yield page


async def log_in(page: httpx.AsyncClient, name: str = "ann", password: str = ANNS) -> httpx.Response:
    return await page.post("/login", data={"name": name, "password": password})


def beyond(identity: Identity, **options: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """From another machine."""
    return browser(identity, **{"host": "plant.example", "client": "192.168.1.7", **options})
