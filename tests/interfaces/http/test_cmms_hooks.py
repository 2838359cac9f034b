"""Webhooks of a maintenance system: forged, replayed and late ones change nothing."""

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from ingestion.history.history import History
from interfaces.http.cmms_hooks import cmms_hook_routes
from tools.cmms import atlas, maintainx
from tools.cmms.sync.record import SyncRecord
from tools.cmms.webhooks import Hook

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
SECRET = "whsec-of-the-plant"
ATLAS = Hook("x-webhook-signature", "hmac-hex", atlas.order_in_hook)
MAINTAINX = Hook("x-maintainx-webhook-body-signature", "timed", maintainx.order_in_hook)
BODY = json.dumps({"workOrderId": 12, "newStatus": "COMPLETE", "occurredAt": 1772474400000}).encode()


class Door:
    """Where webhooks are sent to, and how often a run was asked for."""

    def __init__(self, http: httpx.AsyncClient, record: SyncRecord) -> None:
        self._http, self.record, self.hurried = http, record, 0

    async def hurry(self) -> None:
        self.hurried += 1

    async def post(self, body: bytes, **headers: str) -> int:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await self._http.post("/api/hooks/cmms", content=body, headers=told)).status_code


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture(params=[ATLAS])
def hook(request: pytest.FixtureRequest) -> Hook | None:
    return request.param


@pytest.fixture
async def door(history: History, hook: Hook | None) -> AsyncGenerator[Door]:
    app = FastAPI()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://plant.example") as http:
        door = Door(http, SyncRecord(history, "atlas"))
        app.include_router(cmms_hook_routes(hook, SECRET, door.record, door.hurry, lambda: NOW))
        yield door


async def test_a_signed_message_says_which_order_to_read_again(door: Door):
    assert await door.post(BODY, x_webhook_signature=signed(BODY)) == 202
    assert [one for one, _ in await door.record.told(10)] == ["12"]
    assert door.hurried == 1


async def test_one_that_came_before_changes_nothing(door: Door):
    for code in (202, 200, 200):
        assert await door.post(BODY, x_webhook_signature=signed(BODY)) == code
    assert (await door.record.waiting_hooks(), door.hurried) == (1, 1)


async def test_a_forged_or_changed_one_is_refused(door: Door):
    assert await door.post(BODY) == 401
    assert await door.post(BODY, x_webhook_signature="") == 401
    assert await door.post(BODY, x_webhook_signature=signed(BODY, "another")) == 401
    assert await door.post(BODY.replace(b"12", b"13"), x_webhook_signature=signed(BODY)) == 401
    assert await door.record.waiting_hooks() == 0


async def test_what_is_about_no_order_is_left_aside(door: Door):
    for body in (b'{"assetId": 3}', b'{"workOrderId": true}', b'{"workOrderId": {"a": 1}}'):
        assert await door.post(body, x_webhook_signature=signed(body)) == 200
    for body in (b"[1]", b"no json", b"[" * 5000):
        assert await door.post(body, x_webhook_signature=signed(body)) == 400
    assert await door.post(b"x" * 1_000_001) == 413
    assert await door.record.waiting_hooks() == 0


@pytest.mark.parametrize("hook", [None], indirect=True)
async def test_a_vendor_that_signs_nothing_has_no_webhooks(door: Door):
    assert await door.post(BODY, x_webhook_signature=signed(BODY)) == 404


@pytest.mark.parametrize("hook", [MAINTAINX], indirect=True)
@pytest.mark.parametrize(
    ("age", "code"),
    [(timedelta(0), 202), (timedelta(minutes=4), 202), (timedelta(minutes=6), 401), (timedelta(minutes=-6), 401)],
)
async def test_a_signed_moment_has_to_be_fresh(door: Door, age: timedelta, code: int):
    at = str(int((NOW - age).timestamp()))
    signature = signed(f"{at}.".encode() + BODY)
    assert await door.post(BODY, **{"x-maintainx-webhook-body-signature": f"t={at},v1={signature}"}) == code
