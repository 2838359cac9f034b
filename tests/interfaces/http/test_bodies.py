"""Bodies that no honest client sends, at every route that takes one."""

import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from interfaces.http.bodies import Bodies

DEEP = b"[" * 100_000 + b"]" * 100_000
HUGE = b'{"data": "' + b"x" * 1_000_000 + b'"}'
BAD = {
    "deep": DEEP, "deep in a value": b'{"data": ' + DEEP + b"}", "NaN": b'{"data": NaN}', "infinite": b'{"data": -Infinity}',
    "no JSON": b"data=1;", "cut off": b'{"data": [1, 2', "binary": bytes(range(256)), "half a character": b'{"data": "\xff"}',
    "huge": b'{"data": "' + b"x" * 9_000_000 + b'"}',
}  # fmt: skip
WRONG: dict[str, Any] = {
    "a list": [], "a number": 1, "a text": "x", "null": None, "nothing in it": {}, "a wrong type": {"data": 5},
    "a huge number": {"data": ["x"], "number": 10**400}, "another place": {"data": ["x"], "number": 10**9},
    "huge and wrong": {"data": "x" * 1_000_000},
}  # fmt: skip


class Wanted(BaseModel):
    data: list[str]
    number: int = 0


async def typed(wanted: Wanted) -> Response:
    return JSONResponse([["one"][wanted.number]])


async def trusting(request: Request) -> Response:
    body = await request.json()
    return JSONResponse([["one"][body["number"]], body["data"][0].upper()])


async def broken(request: Request) -> Response:
    raise RuntimeError("x" * 4_000_000)


def app() -> FastAPI:
    """Routes as frameworks and people write them: typed, and trusting."""
    made, inner = FastAPI(middleware=[Middleware(Bodies)]), FastAPI()
    made.add_api_route("/typed", typed, methods=["POST"])
    made.add_api_route("/trusting", trusting, methods=["POST"])
    made.add_api_route("/broken", broken, methods=["POST"])
    inner.add_api_route("/trusting", trusting, methods=["POST"])
    made.mount("/mounted", inner)
    return made


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app())
    async with httpx.AsyncClient(transport=transport, base_url="http://plant") as opened:
        yield opened


def refused(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> None:
    assert 400 <= answer.status_code < 500
    assert answer.json().keys() == {"error"}
    assert len(answer.text) < 1_000
    assert answer.json()["error"].endswith(".")
    assert sum(len(line) for line in caplog.text.splitlines()) < 2_000
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("path", ["/typed", "/trusting", "/mounted/trusting"])
@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_what_cannot_be_read_is_refused_with_a_sentence(
    client: httpx.AsyncClient, path: str, body: bytes, caplog
):
    for headers in ({"content-type": "application/json"}, {}):
        refused(await client.post(path, content=body, headers=headers), caplog)


@pytest.mark.parametrize("path", ["/typed", "/trusting", "/mounted/trusting"])
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_what_does_not_fit_is_refused_with_a_sentence(client: httpx.AsyncClient, path: str, body: Any, caplog):
    caplog.set_level(logging.WARNING)
    refused(await client.post(path, json=body), caplog)


async def test_what_is_right_is_answered(client: httpx.AsyncClient):
    for path in ("/typed", "/trusting", "/mounted/trusting"):
        assert (await client.post(path, json={"data": ["x"], "number": 0})).status_code == 200


async def test_a_mistake_of_ours_is_one_line_of_the_log(client: httpx.AsyncClient, caplog):
    answer = await client.post("/broken", content=HUGE)
    assert (answer.status_code, answer.json()) == (500, {"error": "The server made a mistake; its log says more."})
    (told,) = caplog.records
    assert told.getMessage().startswith("POST /broken was not answered: RuntimeError: xxx")
    assert len(told.getMessage()) < 500


async def test_a_form_passes_untouched(client: httpx.AsyncClient):
    answer = await client.post("/typed", data={"password": "NaN"})
    assert answer.status_code == 422
    assert json.loads(answer.text)["error"]
