"""What a broker had acknowledged to plain devices, and what of it is in history, after everything that ends a broker.

The devices trust the PUBACK and nothing else; half of them speak MQTT 3.1.1, half MQTT 5. The embedded broker stands
beside Mosquitto, which writes down what it holds once a second, as usual, or with every message.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable

from evals.reliability.devices import PlainDevices
from evals.reliability.embedded import EmbeddedBroker
from evals.reliability.faults import Fault, reporting
from evals.reliability.stage import BrokerKind, Stage
from evals.reliability.verdict import Verdict, judge

RATE, SLOW_RATE = 300, 50
"""Messages a second of each version; and where the broker writes down each one as it comes, which takes it 8 ms."""

_SLOW: BrokerKind = "mosquitto-each-change"
_PATIENCE_S = 20.0
_LOG_BYTES = 1_000_000


def _trusting(
    name: str, strike: Callable[[Stage], Awaitable[None]], rate: int
) -> Callable[[Stage, float], Awaitable[Verdict]]:
    async def run(stage: Stage, seconds: float) -> Verdict:
        letters = await stage.letters.total()
        old = PlainDevices(stage.broker.address, f"{name}-v3")
        new = PlainDevices(stage.broker.address, f"{name}-v5", v5=True)
        try:
            async with reporting(old, seconds, rate), reporting(new, 0, rate):
                await strike(stage)
        finally:
            for devices in (old, new):
                await asyncio.to_thread(devices.close)
        first = await judge(stage, old.ledger, letters, _PATIENCE_S)
        return _sum(first, await judge(stage, new.ledger, letters, _PATIENCE_S))

    return run


def _sum(one: Verdict, other: Verdict) -> Verdict:
    never = one.recovery_s is None or other.recovery_s is None
    return Verdict(
        one.sent + other.sent,
        one.acknowledged + other.acknowledged,
        one.recorded + other.recorded,
        one.missing + other.missing,
        one.strange + other.strange,
        other.dead_letters,
        one.graph_is_newest and other.graph_is_newest,
        None if never else (one.recovery_s or 0.0) + (other.recovery_s or 0.0),
    )


async def _restart(stage: Stage) -> None:
    await stage.ingester.stop()
    await stage.broker.stop()
    if not isinstance(stage.broker, EmbeddedBroker):
        await stage.broker.start()
    await stage.ingester.start()


async def _kill_server(stage: Stage) -> None:
    await stage.ingester.kill()
    await stage.ingester.start()


async def _kill_broker(stage: Stage) -> None:
    await stage.broker.kill()
    if not isinstance(stage.broker, EmbeddedBroker):
        await asyncio.sleep(1)
    await stage.broker.start()


async def _power_cut(stage: Stage) -> None:
    """All at the same moment."""
    postgres = stage.home.running("postgres")
    assert postgres
    os.kill(stage.ingester.pid, signal.SIGSTOP)  # so that it does nothing about the end of the others
    await stage.broker.kill()
    os.kill(postgres.pid, signal.SIGKILL)
    await stage.ingester.kill()
    if not isinstance(stage.broker, EmbeddedBroker):
        await stage.broker.start()
    await stage.ingester.start()


async def _take_over(stage: Stage) -> None:
    """Another command on the home takes the broker over, ingests nothing, and ends when the ingester is back."""
    await stage.second.start()
    before = stage.home.running("broker")
    await stage.ingester.kill()
    async with asyncio.timeout(30):
        while (now := stage.home.running("broker")) == before or not (now and now.ready):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    await stage.ingester.start()
    await stage.second.stop()


async def _orphan(stage: Stage) -> None:
    """The broker outlives the server that ran it, with its doors open, until the next start."""
    assert isinstance(stage.broker, EmbeddedBroker)
    stage.broker.orphan()
    await stage.ingester.kill()
    await asyncio.sleep(3)
    await stage.ingester.start()


async def _flood(stage: Stage) -> None:
    """More clients than are allowed, each with something else than MQTT, over and over."""
    assert isinstance(stage.broker, EmbeddedBroker)
    address = stage.broker.address

    async def misbehave(number: int) -> None:
        for _ in range(2):
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(address.host, address.port)
                writer.write((b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\x7f", b"\xe0\x00")[number % 3])
                await reader.read(100)
                writer.close()

    await asyncio.gather(*(misbehave(number) for number in range(1_500)))
    assert stage.broker.log_bytes < _LOG_BYTES, f"the broker's log has {stage.broker.log_bytes:,} bytes"


def _fault(kind: BrokerKind, who: str, name: str, words: str, strike: Callable[[Stage], Awaitable[None]]) -> Fault:
    full = f"{kind}-{name}"
    return Fault(
        full,
        f"{who}: {words}",
        _trusting(full, strike, SLOW_RATE if kind == _SLOW else RATE),
        broker=kind,
        peer=kind != "embedded",
    )


_COMMON = (
    ("restart", "server and broker are stopped and started", _restart),
    ("server-killed", "kill -9 of the server", _kill_server),
    ("broker-killed", "kill -9 of the broker", _kill_broker),
    ("power-cut", "kill -9 of server, broker and PostgreSQL at once", _power_cut),
)
_EMBEDDED = (
    ("take-over", "kill -9 of the server, and another command takes the broker over", _take_over),
    ("orphan", "kill -9 of the server, and the broker lives on without it", _orphan),
    ("flood", "3,000 connections that send something else than MQTT", _flood),
)
BROKER = (
    *(_fault("embedded", "embedded broker", *one) for one in (*_COMMON, *_EMBEDDED)),
    *(_fault("mosquitto", "Mosquitto beside it", *one) for one in _COMMON),
    *(_fault(_SLOW, "Mosquitto that writes each message", *one) for one in _COMMON[-1:]),
)
