"""Nothing without having logged in, or for people at this machine alone; nothing for pages of other origins."""

import asyncio
from typing import Any

import httpx
import pytest

from graph_schema.errors import Unavailable
from interfaces.http.auth.guard import Guard
from tests.interfaces.http.auth.conftest import PAGE, SHARED, House, beyond, browser, guarded


async def test_where_nobody_has_a_name_this_machine_may_look(house: House):
    async with browser(house.identity()) as page:
        answer = (await page.get("/")).json()
        assert (answer["name"], answer["roles"]) == ("anybody", ["manager", "technician", "viewer"])
    async with browser(house.identity(role="viewer")) as page:
        assert (await page.get("/")).json()["roles"] == ["viewer"]


@pytest.mark.parametrize("client", ["192.168.1.7", "10.0.0.1", "2001:db8::1"])
async def test_where_nobody_has_a_name_other_machines_may_not(house: House, client: str):
    async with browser(house.identity(), client=client) as page:
        answer = await page.get("/")
        assert answer.status_code == 403
        assert "Set a password" in answer.text
        assert (await page.get("/api/health")).status_code == 403


async def test_a_foreign_name_for_this_machine_is_refused(house: House):
    async with browser(house.identity(), host="evil.example") as page:
        assert (await page.get("/")).status_code == 403


@pytest.mark.parametrize("host", ["[::1", "[", "127.0.0.1:port", "[::1]:99999999"])
@pytest.mark.parametrize("password", [None, SHARED])
async def test_a_host_that_is_none_is_refused(house: House, host: str, password: str | None):
    async with browser(house.identity(password=password)) as page:
        answer = await page.get("/", headers={"host": host})
        assert (answer.status_code, answer.text) == (400, "The request's Host header is not the name of a machine.")


async def test_with_a_public_address_no_other_name_is_answered(house: House):
    identity = house.identity(password=SHARED, public_url="https://plant.example")
    async with beyond(identity, host="other.example") as page:
        answer = await page.get("/")
        assert (answer.status_code, "PLANTROOM_PUBLIC_URL" in answer.text) == (400, True)
        assert (await page.get("/api/health")).status_code != 400, "a probe calls us by our address"
    async with beyond(identity) as page:
        assert (await page.get("/")).status_code == 401


@pytest.mark.parametrize("origin", ["http://[::1", "http://evil.example", "http://127.0.0.1:9999", "null"])
@pytest.mark.parametrize("password", [None, SHARED])
async def test_pages_of_other_origins_are_refused(house: House, origin: str, password: str | None):
    async with browser(house.identity(password=password)) as page:
        answer = await page.get("/api/scene", headers={"origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def test_a_change_from_another_site_is_refused_where_the_browser_names_no_origin(house: House):
    async with browser(house.identity()) as page:
        assert (await page.post("/", headers={"sec-fetch-site": "cross-site"})).status_code == 403
        assert (await page.post("/", headers={"sec-fetch-site": "same-origin"})).status_code == 200
        assert (await page.get("/", headers={"sec-fetch-site": "cross-site"})).status_code == 200


async def test_pages_of_its_own_origin_are_served(house: House):
    async with browser(house.identity()) as page:
        assert (await page.get("/api/scene", headers={"origin": "http://127.0.0.1:8420"})).status_code == 200


async def test_with_a_password_nothing_is_shown_before_the_login(house: House):
    async with beyond(house.identity(password=SHARED)) as page:
        shown = await page.get("/")
        assert (shown.status_code, "anybody" in shown.text) == (401, False)
        assert 'name="password"' in shown.text
        assert 'name="name"' not in shown.text
        assert (await page.get("/api/scene")).json() == {"error": "Log in first."}
        assert (await page.get("/app/index.html")).status_code == 401
        assert (await page.get("/api/health")).status_code == 200


async def test_the_password_opens_everything(house: House):
    async with beyond(house.identity(password=SHARED)) as page:
        answer = await page.post("/login", data={"password": SHARED})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert (await page.get("/api/scene")).json()["name"] == "anybody"


async def test_over_https_the_cookie_is_secure_and_the_browser_stays_with_it(house: House):
    async with browser(house.identity(password=SHARED), scheme="https") as page:
        answer = await page.post("/login", data={"password": SHARED})
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_wrong_password_is_said_to_be_wrong(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        answer = await page.post("/login", data={"password": "guess"})
        assert answer.status_code == 401
        assert "not the password" in answer.text


@pytest.mark.parametrize("cookie", ["", "x", "1.2", "99999999999.deadbeef", "99999999999.é", "²."])
async def test_a_forged_cookie_is_no_login(house: House, cookie: str):
    async with browser(house.identity(password=SHARED)) as page:
        answer = await page.get("/api/scene", headers={"cookie": f"plantroom_login={cookie}".encode()})
        assert answer.status_code == 401


async def test_a_large_login_is_not_read(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        assert (await page.post("/login", data={"password": "x" * 100_000})).status_code == 401


async def test_every_answer_carries_the_security_headers(house: House):
    async with browser(house.identity()) as page:
        headers = (await page.get("/app/index.html")).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["content-security-policy"].endswith("script-src 'self'")
        assert "default-src 'self'" in (await page.get("/")).headers["content-security-policy"]
    async with browser(house.identity(password=SHARED)) as page:
        assert "default-src 'none'" in (await page.get("/")).headers["content-security-policy"]


async def test_logging_out_ends_the_login_and_not_only_the_cookie(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        await page.post("/login", data={"password": SHARED})
        stolen = page.cookies["plantroom_login"]
        answer = await page.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "plantroom_login" not in page.cookies
        assert (await page.get("/api/scene")).status_code == 401
        again = await page.get("/api/scene", headers={"cookie": f"plantroom_login={stolen}"})
        assert again.status_code == 401


async def test_logging_out_ends_one_login_and_no_other(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        await page.post("/login", data={"password": SHARED})
        other = page.cookies["plantroom_login"]
        page.cookies.clear()
        await page.post("/login", data={"password": SHARED})
        await page.post("/logout")
        assert (await page.get("/api/scene", headers={"cookie": f"plantroom_login={other}"})).status_code == 200


async def test_a_page_of_another_site_logs_nobody_out(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        await page.post("/login", data={"password": SHARED})
        await page.post("/logout", headers={"origin": "http://evil.example"})
        assert (await page.get("/logout")).status_code == 404
        assert (await page.get("/api/scene")).status_code == 200


async def test_a_login_is_over_after_thirty_days(house: House):
    async with browser(house.identity(password=SHARED)) as page:
        await page.post("/login", data={"password": SHARED})
        house.clock.passes(days=30)
        assert (await page.get("/api/scene")).status_code == 401


async def test_where_the_database_is_away_health_still_tells_and_known_logins_count(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    identity = house.identity(password=SHARED)
    async with browser(identity) as page, browser(house.identity(password=SHARED)) as started_now:
        await page.post("/login", data={"password": SHARED})
        await page.get("/")
        house.clock.passes(minutes=1)

        async def away(*_: Any) -> Any:
            raise Unavailable("The history database does not answer.")

        with monkeypatch.context() as broken:
            broken.setattr(house.history, "fetch", away)
            assert (await page.get("/api/scene")).status_code == 200
            refused = await started_now.get("/api/scene")
            assert (refused.status_code, refused.text) == (503, "The history database does not answer.")
            assert (await started_now.get("/api/scene", headers={"cookie": "plantroom_login=x"})).status_code == 503
            house.clock.passes(minutes=20)
            assert (await page.get("/api/scene")).status_code == 503


async def test_a_view_that_is_open_is_closed_by_logging_out(house: House):
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

    guard = Guard(view, house.identity(password=SHARED), PAGE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://127.0.0.1") as page:
        await page.post("/login", data={"password": SHARED})
        cookie = f"plantroom_login={page.cookies['plantroom_login']}".encode()
        scope = {
            "type": "websocket",
            "path": "/api/scene/live",
            "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie)],
        }
        looking = asyncio.create_task(guard(scope, waits, dropped))
        await asyncio.sleep(0.2)
        assert not ended.is_set()
        await page.post("/logout")
        async with asyncio.timeout(60):
            await ended.wait()
            await looking


async def test_a_view_is_not_opened_without_a_login(house: House):
    sent: list[Any] = []

    async def connects() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/scene/live", "headers": [(b"host", b"127.0.0.1")]}
    await guarded(house.identity(password=SHARED))(scope, connects, send)
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "Log in first."}]
