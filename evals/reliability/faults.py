"""The faults, each while readings flow. A fault takes the stage and returns the verdict on it."""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from evals.reliability.devices import KEY, CarefulDevices, Ledger, PlainDevices
from evals.reliability.hostile import hostile_payloads
from evals.reliability.stage import BrokerKind, Stage
from evals.reliability.verdict import Verdict, judge
from ingestion.device.client import open_device_client

RATE = 2_000
"""Messages a second while something breaks."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``words``: what happens, for people; ``trust``: whose acknowledgement counts (the broker's, or ingestion's receipt).

    With ``disk_mb`` it wants a stage whose database has a disk of that size, with ``kafka`` one with the way through Kafka,
    and ``broker`` is whose acknowledgements are tried. A ``peer`` is there to compare with: its losses are not ours.
    """

    name: str
    words: str
    run: Callable[[Stage, float], Awaitable[Verdict]]
    trust: str = "broker"
    disk_mb: int | None = None
    kafka: bool = False
    broker: BrokerKind = "mosquitto"
    peer: bool = False


@asynccontextmanager
async def flowing(stage: Stage, prefix: str, seconds: float) -> AsyncGenerator[PlainDevices]:
    """Devices that trust the broker, reporting."""
    devices = PlainDevices(stage.broker.address, prefix)
    try:
        async with reporting(devices, seconds):
            yield devices
    finally:
        await asyncio.to_thread(devices.close)


@asynccontextmanager
async def reporting(
    devices: PlainDevices | CarefulDevices, seconds: float, per_second: int = RATE
) -> AsyncGenerator[None]:
    """Readings flow before, during and for ``seconds`` after the body; afterwards all of them have been acknowledged."""
    enough = asyncio.Event()
    flow = asyncio.create_task(devices.flow(enough, per_second))
    try:
        await asyncio.sleep(seconds)
        yield
        await asyncio.sleep(seconds)
        enough.set()
        await flow
        await devices.settle()
    finally:
        flow.cancel()


def while_flowing(
    name: str, strike: Callable[[Stage], Awaitable[None]]
) -> Callable[[Stage, float], Awaitable[Verdict]]:
    async def run(stage: Stage, seconds: float) -> Verdict:
        letters = await stage.letters.total()
        async with flowing(stage, name, seconds) as devices:
            await strike(stage)
        return await judge(stage, devices.ledger, letters)

    return run


def with_receipts(
    name: str, strike: Callable[[Stage], Awaitable[None]]
) -> Callable[[Stage, float], Awaitable[Verdict]]:
    async def run(stage: Stage, seconds: float) -> Verdict:
        letters = await stage.letters.total()
        client_of = open_device_client(stage.broker.address, window=20_000, resend_after_s=2, patience_s=20)
        async with client_of as client:
            devices = CarefulDevices(client, name)
            async with reporting(devices, seconds):
                await strike(stage)
        return await judge(stage, devices.ledger, letters)

    return run


async def _kill_ingester(stage: Stage) -> None:
    await stage.ingester.kill()
    await stage.ingester.start()


async def _kill_graph(stage: Stage) -> None:
    await stage.kill("graph")


async def _kill_postgres(stage: Stage) -> None:
    await stage.kill("postgres")


async def _kill_backend(stage: Stage) -> None:
    """kill -9 of the process that serves a COPY, caught in the act; PostgreSQL then restarts all of them."""
    async with asyncio.timeout(30):
        while True:
            rows = await stage.history.fetch(
                "select pid from pg_stat_activity where state = 'active' and query ilike 'copy %'"
            )
            if rows:
                os.kill(rows[0]["pid"], signal.SIGKILL)
                return


async def _restart_broker(stage: Stage) -> None:
    await stage.broker.kill()
    await asyncio.sleep(1)
    await stage.broker.start()


async def _close_database_briefly(stage: Stage) -> None:
    await _close_database(stage, 15)


async def _close_database_for_a_minute(stage: Stage) -> None:
    await _close_database(stage, 60)


async def _close_database(stage: Stage, seconds: float) -> None:
    await stage.close_database(True)
    try:
        await asyncio.sleep(seconds)
    finally:
        await stage.close_database(False)


async def _kill_kafka(stage: Stage) -> None:
    assert stage.kafka
    await stage.kafka.broker.kill()
    await asyncio.sleep(1)
    await stage.kafka.broker.start()


async def _kill_bridge(stage: Stage) -> None:
    assert stage.kafka
    await stage.kafka.bridge.kill()
    await asyncio.sleep(1)
    await stage.kafka.bridge.start()


async def _kill_one_of_two(stage: Stage) -> None:
    """It stays away until the fault is over: the other has to take over its share."""
    await stage.ingester.kill()


async def _one_of_two(stage: Stage, seconds: float) -> Verdict:
    verdict = await while_flowing("one-of-two", _kill_one_of_two)(stage, seconds)
    await stage.ingester.start()
    return verdict


async def _fill_disk(stage: Stage) -> None:
    assert stage.disk
    await asyncio.to_thread(stage.disk.fill)
    try:
        await stage.ingester.says("No space left on device")
        await asyncio.sleep(10)
    finally:
        stage.disk.free()


async def _late_broker(stage: Stage, seconds: float) -> Verdict:
    """Ingestion and devices start while no broker answers."""
    letters = await stage.letters.total()
    await stage.ingester.stop()
    await stage.broker.stop()
    await stage.ingester.launch()
    async with flowing(stage, "late", max(seconds, 5)) as devices:
        await stage.broker.start()
    return await judge(stage, devices.ledger, letters)


async def _backlog(stage: Stage, seconds: float) -> Verdict:
    """30,000 messages wait at the broker; the database goes away in the middle of their reading."""
    letters = await stage.letters.total()
    await stage.ingester.stop()
    devices = PlainDevices(stage.broker.address, "backlog")
    try:
        for n in range(30_000):
            devices.publish(devices.names[n % len(devices.names)])
        await devices.settle()
        await stage.ingester.start()
        await _close_database(stage, 3)
    finally:
        await asyncio.to_thread(devices.close)
    return await judge(stage, devices.ledger, letters)


async def _ten_times(stage: Stage, seconds: float) -> Verdict:
    """Every message is sent ten times."""
    letters = await stage.letters.total()
    devices = PlainDevices(stage.broker.address, "ten")
    try:
        for n in range(2_000):
            device = devices.names[n % len(devices.names)]
            devices.publish(device)
            for _ in range(9):
                devices.publish(device, devices.ledger.payload(n // len(devices.names) + 1))
        await devices.settle()
    finally:
        await asyncio.to_thread(devices.close)
    return await judge(stage, devices.ledger, letters)


async def _garbage(stage: Stage, seconds: float) -> Verdict:
    """One message in a hundred is malformed, truncated, huge or hostile."""
    payloads = hostile_payloads(200)

    async def strike(stage: Stage, devices: PlainDevices) -> None:
        for payload in payloads:
            devices.publish(devices.names[0], payload)
            await asyncio.sleep(100 / RATE)

    letters = await stage.letters.total()
    async with flowing(stage, "garbage", seconds) as devices:
        await strike(stage, devices)
    return await judge(stage, devices.ledger, letters)


def _two_among(name: str, poison: Sequence[bytes]) -> Callable[[Stage, float], Awaitable[Verdict]]:
    """Two bad messages among 20,000 good ones that arrive as fast as they can."""

    async def run(stage: Stage, seconds: float) -> Verdict:
        letters = await stage.letters.total()
        devices = PlainDevices(stage.broker.address, name)
        places = random.Random(5).sample(range(20_000), len(poison))  # noqa: S311
        bad = dict(zip(places, poison, strict=True))
        try:
            for n in range(20_000):
                devices.publish(devices.names[n % len(devices.names)])
                if n in bad:
                    devices.publish(devices.names[0], bad[n])
            await devices.settle()
        finally:
            await asyncio.to_thread(devices.close)
        return await judge(stage, devices.ledger, letters)

    return run


async def _clock_ahead(stage: Stage, seconds: float) -> Verdict:
    """A device's clock is a day ahead, and is then set right: history keeps what was said, the graph follows the device."""
    letters = await stage.letters.total()
    devices = PlainDevices(stage.broker.address, "ahead", devices=1)
    day = 86_400_000
    ahead = Ledger(start=round(time.time() * 1000) + day)
    device = devices.names[0]
    try:
        for number in range(1, 101):
            ahead.sent.add((device, number))
            devices.publish(device, ahead.payload(number))
        await asyncio.sleep(1)
        for _ in range(200):
            devices.publish(device)
        await devices.settle()
    finally:
        await asyncio.to_thread(devices.close)
    ahead.acknowledged = set(ahead.sent)
    return await _judge_clock(stage, devices.ledger, ahead, letters)


async def _judge_clock(stage: Stage, right: Ledger, ahead: Ledger, letters: int) -> Verdict:
    both = Ledger(right.start)
    shift = ahead.start - right.start
    both.sent = right.sent | {(device, number + shift) for device, number in ahead.sent}
    both.acknowledged = right.acknowledged  # the graph must show the newest of the right clock
    verdict = await judge(stage, both, letters)
    rows = await stage.history.fetch(
        "select count(*) as kept from reading join series on id = series where source = %(source)s and at > now()",
        {"source": f"{next(iter(ahead.sent))[0]}/{KEY}"},
    )
    present = await stage.graph.read(
        "MATCH (p:Point {source: $source}) RETURN p.value AS value", source=f"{next(iter(ahead.sent))[0]}/{KEY}"
    )
    return Verdict(
        verdict.sent,
        verdict.acknowledged + len(ahead.sent),
        verdict.recorded,
        verdict.missing + len(ahead.sent) - rows[0]["kept"],
        0,
        verdict.dead_letters,
        bool(present) and present[0]["value"] == 200.0,
        verdict.recovery_s,
    )


_NUL = json.dumps({"values": {KEY: "a\x00b"}}).encode()

FAULTS = (
    Fault("ingester-killed", "kill -9 of the ingester", while_flowing("ingester-killed", _kill_ingester)),
    Fault("postgres-killed", "kill -9 of PostgreSQL", while_flowing("postgres-killed", _kill_postgres)),
    Fault(
        "backend-killed", "kill -9 of a database backend in mid-COPY", while_flowing("backend-killed", _kill_backend)
    ),
    Fault("graph-killed", "kill -9 of the graph", while_flowing("graph-killed", _kill_graph)),
    Fault("broker-killed", "kill -9 of the broker", with_receipts("broker-killed", _restart_broker), "receipt"),
    Fault("broker-late", "the broker is away when ingestion starts", _late_broker),
    Fault(
        "database-away", "the database takes no connections for 15 s", while_flowing("away", _close_database_briefly)
    ),
    Fault("disk-full", "the database's disk is full", while_flowing("disk-full", _fill_disk), disk_mb=300),
    Fault("backlog", "the database goes away while 30,000 waiting messages are read", _backlog),
    Fault("ten-times", "every message arrives ten times", _ten_times),
    Fault(
        "two-bad", "two texts that are no readings among 20,000 messages", _two_among("two-bad", (b"off line", b"\xff"))
    ),
    Fault(
        "poison", "two values that PostgreSQL refuses among 20,000 messages", _two_among("poison", (_NUL, _NUL + b" "))
    ),
    Fault("garbage", "1% of the messages are malformed, truncated, huge or hostile", _garbage),
    Fault("clock-ahead", "a device's clock is a day ahead and is then set right", _clock_ahead),
)
KAFKA = (
    Fault("one-of-two-killed", "with Kafka: kill -9 of one of two ingesters", _one_of_two, kafka=True),
    Fault("bridge-killed", "with Kafka: kill -9 of the bridge", while_flowing("bridge", _kill_bridge), kafka=True),
    Fault("kafka-killed", "with Kafka: kill -9 of the Kafka broker", while_flowing("kafka", _kill_kafka), kafka=True),
)
LONG = (
    Fault(
        "database-away-minute",
        "the database takes no connections for a minute",
        while_flowing("minute", _close_database_for_a_minute),
    ),
)
