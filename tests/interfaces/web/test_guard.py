import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from interfaces.web.guard import Guard

PAGE = "<form>{{message}}</form>"
PASSWORD = "open sesame"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def secret(_: Request) -> PlainTextResponse:
    return PlainTextResponse("secret", headers={"x-frame-options": "ALLOWALL"})


@asynccontextmanager
async def browser(
    password: str | None = None, host: str = "127.0.0.1:8420", client: str = "127.0.0.1", clock: Clock | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    routes = [Route(path, secret) for path in ("/", "/api/scene", "/api/health", "/app/index.html")]
    app: Any = Guard(Starlette(routes=routes), password, PAGE, clock or Clock())
    transport = httpx.ASGITransport(app, client=(client, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as browser:
        yield browser


async def test_without_a_password_this_machine_may_look():
    async with browser() as page:
        assert (await page.get("/")).text == "secret"


@pytest.mark.parametrize("client", ["192.168.1.7", "10.0.0.1", "2001:db8::1"])
async def test_without_a_password_other_machines_may_not(client: str):
    async with browser(client=client) as page:
        answer = await page.get("/")
        assert answer.status_code == 403
        assert "Set a password" in answer.text


async def test_a_foreign_name_for_this_machine_is_refused():
    async with browser(host="evil.example") as page:
        assert (await page.get("/")).status_code == 403


@pytest.mark.parametrize("host", ["[::1", "[", "127.0.0.1:port", "[::1]:99999999"])
@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_a_host_that_is_none_is_refused(host: str, password: str | None):
    async with browser(password) as page:
        answer = await page.get("/", headers={"host": host})
        assert (answer.status_code, answer.text) == (400, "The request's Host header is not the name of a machine.")


@pytest.mark.parametrize("origin", ["http://[::1", "http://evil.example", "http://127.0.0.1:9999", "null"])
@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_pages_of_other_origins_are_refused(origin: str, password: str | None):
    async with browser(password) as page:
        answer = await page.get("/api/scene", headers={"origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def test_pages_of_its_own_origin_are_served():
    async with browser() as page:
        answer = await page.get("/api/scene", headers={"origin": "http://127.0.0.1:8420"})
        assert answer.status_code == 200


async def test_with_a_password_nothing_is_shown_before_the_login():
    async with browser(PASSWORD, host="plant.example", client="192.168.1.7") as page:
        assert "secret" not in (await page.get("/")).text
        assert (await page.get("/")).status_code == 401
        assert (await page.get("/api/scene")).status_code == 401
        assert (await page.get("/app/index.html")).status_code == 401
        assert (await page.get("/api/health")).status_code == 200


async def test_the_password_opens_everything():
    async with browser(PASSWORD, host="plant.example", client="192.168.1.7") as page:
        answer = await page.post("/login", data={"password": PASSWORD})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert (await page.get("/api/scene")).text == "secret"


async def test_over_https_the_cookie_is_secure():
    async with browser(PASSWORD) as page:
        answer = await page.post("https://127.0.0.1:8420/login", data={"password": PASSWORD})
        assert "Secure" in answer.headers["set-cookie"]


async def test_a_wrong_password_is_said_to_be_wrong():
    async with browser(PASSWORD) as page:
        answer = await page.post("/login", data={"password": "guess"})
        assert answer.status_code == 401
        assert "not the password" in answer.text


async def test_guessing_is_slowed_down():
    clock = Clock()
    async with browser(PASSWORD, clock=clock) as page:
        for _ in range(5):
            await page.post("/login", data={"password": "guess"})
        assert (await page.post("/login", data={"password": PASSWORD})).status_code == 429
        clock.now = 61
        assert (await page.post("/login", data={"password": PASSWORD})).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "1.2", "99999999999.deadbeef", "99999999999.é", "²."])
async def test_a_forged_cookie_is_no_login(cookie: str):
    async with browser(PASSWORD) as page:
        answer = await page.get("/api/scene", headers={"cookie": f"plantroom_login={cookie}".encode()})
        assert answer.status_code == 401


async def test_a_large_login_is_not_read():
    async with browser(PASSWORD) as page:
        assert (await page.post("/login", data={"password": "x" * 100_000})).status_code == 401


async def test_every_answer_carries_the_security_headers():
    async with browser() as page:
        headers = (await page.get("/app/index.html")).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["content-security-policy"].endswith("script-src 'self'")
        assert "default-src 'self'" in (await page.get("/")).headers["content-security-policy"]


async def test_logging_out_ends_the_login_and_not_only_the_cookie():
    async with browser(PASSWORD) as page:
        await page.post("/login", data={"password": PASSWORD})
        stolen = page.cookies["plantroom_login"]
        answer = await page.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "plantroom_login" not in page.cookies
        assert (await page.get("/api/scene")).status_code == 401
        again = await page.get("/api/scene", headers={"cookie": f"plantroom_login={stolen}"})
        assert again.status_code == 401


async def test_logging_out_ends_one_login_and_no_other():
    async with browser(PASSWORD) as page:
        await page.post("/login", data={"password": PASSWORD})
        other = page.cookies["plantroom_login"]
        page.cookies.clear()
        await page.post("/login", data={"password": PASSWORD})
        await page.post("/logout")
        assert (await page.get("/api/scene", headers={"cookie": f"plantroom_login={other}"})).text == "secret"


async def test_a_page_of_another_site_logs_nobody_out():
    async with browser(PASSWORD) as page:
        await page.post("/login", data={"password": PASSWORD})
        await page.post("/logout", headers={"origin": "http://evil.example"})
        assert (await page.get("/logout")).status_code == 404
        assert (await page.get("/api/scene")).text == "secret"


async def test_a_login_is_over_after_thirty_days():
    clock = Clock()
    async with browser(PASSWORD, clock=clock) as page:
        await page.post("/login", data={"password": PASSWORD})
        clock.now = 30 * 24 * 3600
        assert (await page.get("/api/scene")).status_code == 401


async def test_a_view_that_is_open_is_closed_by_logging_out():
    ended = asyncio.Event()

    async def view(_: Any, receive: Any, __: Any) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass
        ended.set()

    async def waits() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    async def dropped(_: Any) -> None:
        pass

    guard = Guard(view, PASSWORD, PAGE, Clock())
    transport = httpx.ASGITransport(guard)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as page:
        await page.post("/login", data={"password": PASSWORD})
        cookie = f"plantroom_login={page.cookies['plantroom_login']}".encode()
        scope = {
            "type": "websocket",
            "path": "/api/scene/live",
            "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie)],
        }
        looking = asyncio.create_task(guard(scope, waits, dropped))
        await asyncio.sleep(0)
        assert not ended.is_set()
        await page.post("/logout")
        async with asyncio.timeout(10):
            await ended.wait()
            await looking
