"""Requests that no honest client sends, at every door of a served plant: a sentence each, no fault of the server, and a short log."""

import asyncio
import re
import socket

import httpx
import pytest

from interfaces.embedded.home import Home
from interfaces.local.endpoint import place_of

pytestmark = pytest.mark.slow

DEEP = b"[" * 100_000 + b"]" * 100_000
BODIES = {
    "deep": DEEP, "NaN": b'{"data": NaN}', "no JSON": b"data=1;", "a list": b"[]", "a number": b"1", "null": b"null",
    "nothing in it": b"{}", "wrong types": b'{"data": 5, "fn_index": "x", "session_hash": [], "event_id": {}, "value": 1}',
    "out of range": b'{"data": [], "fn_index": 1000000000, "session_hash": "s"}',
    "a large one": b'{"data": ["' + b"x" * 4_000_000 + b'"], "fn_index": "' + b"y" * 1_000_000 + b'"}',
}  # fmt: skip
CHAT = (
    "queue/join", "cancel", "reset", "run/predict", "api/predict", "call/predict", "call/v2/predict", "component_server",
    "stream/none", "stream/none/close", "process_recording",
)  # fmt: skip


@pytest.fixture(scope="module")
async def serving(shared_terminal):
    async with shared_terminal.running("serve", "--port", "0") as running:
        yield running, await running.serving(), shared_terminal


@pytest.mark.parametrize(
    "path", [*(f"/gradio_api/{one}" for one in CHAT), "/login", "/api/scene", "/api/health", "/metrics", "/"]
)
async def test_a_body_that_cannot_be_is_no_fault_of_the_server(serving, path: str):
    running, address, _ = serving
    before = len(running.said)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        for name, body in BODIES.items():
            answer = await client.post(path, content=body, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (name, answer.text[:300], running.said[before:])
            assert len(answer.content) < 2_000, name
        assert (await client.get("/api/alive")).status_code == 200
    assert "Traceback" not in running.said[before:]
    assert len(running.said) - before < 5_000


async def test_the_local_endpoint_refuses_them_too(serving):
    _, _, terminal = serving
    place = place_of(Home(terminal.home).folder)
    transport = httpx.AsyncHTTPTransport(uds=str(place.socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://plantroom.local", timeout=30) as client:
        for path in ("/run", "/answer/none"):
            for name, body in BODIES.items():
                answer = await client.post(path, content=body)
                assert 400 <= answer.status_code < 500, (path, name, answer.status_code)
                assert answer.json().keys() == {"error"}


@pytest.mark.parametrize("host", ["[::1", "["])
async def test_half_an_address_as_host_is_refused(serving, host: str):
    _, address, _ = serving
    name, port = re.fullmatch(r"http://(.+):(\d+)", address).groups()
    reader, writer = await asyncio.open_connection(name, int(port), family=socket.AF_INET)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    head = (await reader.read()).decode()
    writer.close()
    assert head.startswith("HTTP/1.1 400")
