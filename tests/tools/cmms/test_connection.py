"""What goes wrong between here and there is told in a sentence that says what to do, and never with a key in it."""

import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from graph_schema.errors import Unavailable
from tests.tools.cmms.conftest import at_once
from tools.cmms.connection import Connection, Request, Timeouts, open_connection
from tools.cmms.outcomes import Refused, UntrustedServer, WrongAddress


@asynccontextmanager
async def to(url: str, **more: object) -> AsyncGenerator[Connection]:
    async with open_connection(
        url, "Atlas CMMS", {"x-api-key": "sesame"}, Timeouts(5, 5), sleep=at_once, **more
    ) as found:  # pyright: ignore[reportArgumentType]
        yield found


async def answered(response: Response) -> Connection:
    async def give(_: object) -> Response:
        return response

    app = Starlette(routes=[Route("/{path:path}", give, methods=["GET", "POST"])])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cmms.example/")
    return Connection(client, "Atlas CMMS", lambda: datetime(2026, 3, 2, tzinfo=UTC), at_once)


@pytest.mark.parametrize("url", ["cmms.example", "ftp://cmms.example", "https://", ""])
async def test_an_address_that_is_none_is_named(url: str):
    with pytest.raises(WrongAddress, match="https://"):
        async with to(url):
            pass


async def test_nobody_at_the_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with to(f"http://127.0.0.1:{taken.getsockname()[1]}") as connection:
            with pytest.raises(Unavailable, match="PLANTROOM_CMMS_URL"):
                await connection.read("assets")


async def test_a_name_that_there_is_not():
    async with to("http://no-such-machine.invalid") as connection:
        with pytest.raises(Unavailable, match=r"no-such-machine\.invalid"):
            await connection.read("assets")


async def test_a_certificate_that_nobody_vouches_for_is_told_and_trusted_once_it_is_named(tmp_path: Path):
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    async with over_tls(tmp_path / "server.pem") as port:
        async with to(f"https://localhost:{port}") as connection:
            with pytest.raises(UntrustedServer, match="PLANTROOM_CMMS_CA_FILE"):
                await connection.read("assets")
        async with to(f"https://localhost:{port}", ca_file=str(tmp_path / "ca.pem")) as connection:
            assert await connection.read("assets") == {"fine": True}
        async with to(f"http://localhost:{port}") as connection:
            with pytest.raises(Unavailable):
                await connection.read("assets")


@asynccontextmanager
async def over_tls(certificate: Path) -> AsyncGenerator[int]:
    import asyncio

    async def fine(_: object) -> Response:
        return JSONResponse({"fine": True})

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/assets", fine)])
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", lifespan="off", ssl_certfile=certificate, timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def test_a_file_of_authorities_that_is_none(tmp_path: Path):
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(UntrustedServer, match="PLANTROOM_CMMS_CA_FILE"):
        async with to("https://cmms.example", ca_file=str(tmp_path / "ca.pem")):
            pass


async def test_a_redirect_is_not_followed_with_the_key():
    connection = await answered(RedirectResponse("https://evil.example/login"))
    with pytest.raises(WrongAddress, match=r"evil\.example"):
        await connection.read("assets")


async def test_what_is_no_json_is_not_the_interface():
    with pytest.raises(WrongAddress):
        await (await answered(Response("hello", media_type="text/plain"))).read("assets")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "title: must not be null"}, "title: must not be null"),
        ({"errors": [{"error": "one"}, {"error": "two"}]}, "one; two"),
        ({"Error": {"message": "BMXAA1 - no"}}, "BMXAA1 - no"),
        ({"message": "x" * 900}, "x" * 200),
        ({}, "(400)"),
    ],
)
async def test_the_vendors_reason_is_told_on_one_short_line(body: object, said: str):
    connection = await answered(JSONResponse(body, 400))
    with pytest.raises(Refused) as told:
        await connection.send(Request("POST", "work-orders", body={}))
    assert said in str(told.value)
    assert len(str(told.value)) < 300


async def test_an_answer_without_end_is_left_unread():
    connection = await answered(Response(b" " * 20_000_001, media_type="application/json"))
    with pytest.raises(Unavailable, match="20 MB"):
        await connection.read("assets")


async def test_the_log_holds_no_address_with_a_key(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with to(f"http://127.0.0.1:{taken.getsockname()[1]}") as connection:
            with pytest.raises(Unavailable) as told:
                await connection.read("assets", {"accessKey": "open"})
    assert "sesame" not in caplog.text + str(told.value)
    assert "accessKey" not in caplog.text + str(told.value)
