"""Webhooks from an alarm to another system's door: signed, once for each event, again until taken, and nowhere they may not go."""

import asyncio
import json
import stat
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from graph_schema.errors import InvalidInput, NotFound
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.changes import Change
from ingestion.history.history import History
from interfaces.http.webhooks.delivery import READER, Telling, keep_queueing
from interfaces.http.webhooks.destinations import Destinations
from interfaces.http.webhooks.events import event_of
from interfaces.http.webhooks.secrets import Secrets, new_secret
from interfaces.http.webhooks.sender import Sender
from interfaces.http.webhooks.webhooks import WAITS_S, Webhooks, again_at
from tests.interfaces.web.conftest import served_app

HERE = Destinations.within("127.0.0.0/8")


@dataclass
class Receiver:
    """Another system. ``answers`` are its statuses in order, the last one again and again."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Response(status_code=status, headers={"location": f"{self.url}/elsewhere"} if status == 302 else None)


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    found = Receiver()
    app = FastAPI()
    app.add_api_route("/{path:path}", found.take, methods=["POST"])
    async with served_app(app) as port:
        found.url = f"http://127.0.0.1:{port}/hook"
        yield found


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    webhooks: Webhooks
    telling: Telling
    history: History
    clock: Clock

    async def happens(self, *changes: Change) -> None:
        await self.webhooks.queue([event for one in changes if (event := event_of(one))], self.clock())


@pytest.fixture
def desk(history: History, tmp_path: Path) -> Desk:
    clock = Clock()
    webhooks = Webhooks(history, Secrets.in_home(tmp_path))
    return Desk(webhooks, Telling(webhooks, Sender(HERE, clock, 2.0), clock), history, clock)


def raised(seq: int = 1) -> Change:
    return Change(
        seq, "alarm.raised", "ahu-1.sat", datetime.now(UTC), {"alarm": 7, "assets": ["ahu-1"], "level": "alarm"}
    )


async def test_an_alarm_is_told_with_a_signature(desk: Desk, receiver: Receiver):
    _, secret = await desk.webhooks.add(receiver.url, ["alarm"], "ann", desk.clock())
    await desk.happens(
        raised(),
        Change(2, "proposal.done", "P-1", desk.clock(), {}),
        Change(3, "status.changed", "x", desk.clock(), {}),
    )
    assert await desk.telling.run() == 1
    ((headers, body),) = receiver.got
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]["resource"]) == ("alarm.raised", "/api/v1/alarms/7")
    assert headers["webhook-id"] == "msg_1"
    assert (await desk.webhooks.list())[0].waiting == 0


async def test_forged_late_and_replayed_ones_are_seen_through(desk: Desk, receiver: Receiver):
    """As a receiver does it with the library: the signature is of the id, the time and the body."""
    _, secret = await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    await desk.happens(raised())
    await desk.telling.run()
    ((headers, body),) = receiver.got
    verify = Webhook(secret).verify
    for forged in (
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(desk.clock().timestamp()) + 1)},
        {"webhook-signature": "v1,AAAA"},
    ):
        with pytest.raises(WebhookVerificationError):
            verify(body, headers | forged)
    with pytest.raises(WebhookVerificationError):
        verify(body.replace(b"alarm", b"order"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
    late = desk.clock() - timedelta(minutes=10)
    signed = {
        **headers,
        "webhook-timestamp": str(int(late.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", late, body.decode()),
    }
    with pytest.raises(WebhookVerificationError):
        verify(body, signed)
    await desk.happens(raised())  # the stream told it again
    assert await desk.telling.run() == 0
    assert len(receiver.got) == 1


async def test_what_is_not_taken_is_told_again_under_the_same_id_and_then_given_up(desk: Desk, receiver: Receiver):
    receiver.answers = [500, 503, 204]
    await desk.webhooks.add(receiver.url, ["alarm.raised"], "ann", desk.clock())
    await desk.happens(raised())
    for _ in range(3):
        await desk.telling.run()
        assert await desk.telling.run() == 0  # not before its time
        desk.clock.now += timedelta(hours=1)
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ["msg_1"] * 3
    receiver.answers = [500]
    await desk.happens(raised(2))
    for _ in range(len(WAITS_S) + 1):
        await desk.telling.run()
        desk.clock.now += timedelta(days=1)
    (letter,) = await desk.webhooks.dead(10)
    assert (letter.kind, letter.status, letter.attempts) == ("alarm.raised", 500, len(WAITS_S) + 1)
    receiver.answers = [204]
    assert await desk.webhooks.again([letter.id], desk.clock()) == 1
    assert await desk.telling.run() == 1
    assert await desk.webhooks.dead(10) == []


async def test_redirects_are_not_followed_and_who_is_gone_is_left_alone(desk: Desk, receiver: Receiver):
    await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    receiver.answers = [302]
    await desk.happens(raised())
    await desk.telling.run()
    assert len(receiver.got) == 1
    receiver.answers = [410]
    await desk.happens(raised(2))
    await desk.telling.run()
    (endpoint,) = await desk.webhooks.list()
    assert "gone" in endpoint.paused
    await desk.happens(raised(3))
    desk.clock.now += timedelta(days=1)
    assert await desk.telling.run() == 0


async def test_who_does_not_answer_holds_up_nobody_else(desk: Desk, receiver: Receiver):
    await desk.webhooks.add("http://127.0.0.1:9/closed", [], "ann", desk.clock())
    await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    await desk.happens(*(raised(seq) for seq in range(1, 6)))
    assert await desk.telling.run() == 6
    assert len(receiver.got) == 5


async def test_the_secret_is_told_once_and_unreadable_in_the_database(desk: Desk, receiver: Receiver, tmp_path: Path):
    id_, secret = await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    assert "secret" not in str(await desk.webhooks.list())
    (row,) = await desk.history.fetch("select * from webhook_endpoint")
    assert secret not in str(row)
    assert stat.S_IMODE((tmp_path / "webhook-key").stat().st_mode) == 0o600
    assert await desk.webhooks.endpoint(id_) == (receiver.url, secret)
    other = Webhooks(desk.history, Secrets(bytes(32)))
    with pytest.raises(InvalidInput, match="another key"):
        await other.endpoint(id_)
    with pytest.raises(InvalidInput, match="already"):
        await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    with pytest.raises(InvalidInput, match="no event"):
        await desk.webhooks.add(f"{receiver.url}/2", ["weather"], "ann", desk.clock())
    assert await desk.webhooks.remove(id_) == receiver.url
    with pytest.raises(NotFound):
        await desk.webhooks.remove(id_)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1/x", "no public address"),
        ("https://127.0.0.1/x", "no public address"),
        ("https://localhost/x", "no public address"),
        ("https://10.1.2.3/x", "no public address"),
        ("https://169.254.169.254/latest/meta-data", "no public address"),
        ("https://[::1]/x", "no public address"),
        ("https://[::ffff:127.0.0.1]/x", "no public address"),
        ("https://[fd00::1]/x", "no public address"),
        ("https://0/x", "no public address"),
        ("https://2130706433/x", "no public address"),
        ("http://8.8.8.8/x", "https only"),
        ("https://user:pass@8.8.8.8/x", "without a user"),
        ("ftp://8.8.8.8/x", "no address"),
        ("https://8.8.8.8:99999/x", "no address"),
        ("https://8.8.8.8/x y", "no address"),
        ("gopher", "no address"),
    ],
)  # fmt: skip
async def test_only_public_addresses_over_tls(url: str, says: str):
    with pytest.raises(InvalidInput, match=says):
        await Destinations().resolved(url)


async def test_a_network_that_the_settings_name_is_told_and_only_loopback_without_tls():
    destinations = Destinations.within("127.0.0.1, 10.0.0.0/8")
    assert (await destinations.resolved("http://127.0.0.1:8080/x")).address == "127.0.0.1"
    assert (await destinations.resolved("https://10.1.2.3/x")).port == 443
    with pytest.raises(InvalidInput, match="https only"):
        await destinations.resolved("http://10.1.2.3/x")


async def test_a_real_alarm_reaches_the_queue_through_the_stream(desk: Desk, receiver: Receiver):
    await desk.webhooks.add(receiver.url, [], "ann", desk.clock())
    hurried = asyncio.Event()

    async def hurry() -> None:
        hurried.set()

    await desk.history.fetch("insert into change_reader (name, seq) values (%s, 0)", [READER])
    queueing = asyncio.create_task(keep_queueing(desk.history, desk.webhooks, desk.clock, hurry))
    await Alarms(desk.history).write(
        [AlarmChange("raised", "ahu-1.sat", "ahu-1/sat", ["ahu-1"], "alarm", 1_700_000_000_000)]
    )
    await asyncio.wait_for(hurried.wait(), 30)
    queueing.cancel()
    await asyncio.gather(queueing, return_exceptions=True)
    assert await desk.telling.run() == 1
    assert json.loads(receiver.got[0][1])["data"]["id"] == "ahu-1.sat"


def test_a_day_passes_before_it_is_given_up():
    now = datetime.now(UTC)
    assert again_at(len(WAITS_S), now) is None
    assert sum(WAITS_S) >= 20 * 3600
