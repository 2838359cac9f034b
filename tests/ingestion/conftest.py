"""What ingestion's tests share: a history, a broker of their own that can be killed, and a stand-in for the graph."""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from evals.reliability.kafka import KafkaBroker
from graph_schema.errors import Unavailable
from ingestion.decoding.messages import decode
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.reading import Reading
from ingestion.sources.kafka.cluster import Kafka, ensure_topic
from ingestion.sources.mqtt.connection import Broker
from ingestion.tasks import end
from interfaces.embedded.child import Child, Launch, start_child
from interfaces.embedded.home import Home, write_private
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.ports import choose, connects

_MOSQUITTO = """
listener {port} 127.0.0.1
user root
allow_anonymous false
password_file {passwords}
max_inflight_messages 0
max_queued_messages 0
"""


class Offered:
    """Collects what the pipeline offers to the present."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.gone: list[str] = []
        self.stale: list[Reading] = []

    def away(self, devices: Sequence[str]) -> None:
        self.gone.extend(devices)

    def undated(self, readings: Sequence[Reading]) -> None:
        self.stale.extend(readings)

    def offer(self, readings: Sequence[Reading]) -> None:
        self.readings.extend(readings)


class BrokerProcess:
    """A broker that may be killed. Of the embedded one it is ingestion's door, which is always open."""

    def __init__(self, address: Broker, launch: Launch, log: Path) -> None:
        self.address = address
        self._launch = launch
        self._log = log
        self._child: Child | None = None

    async def start(self) -> None:
        self._child = await start_child(self._launch, self._log)
        async with asyncio.timeout(20):
            while not await self._listens():
                assert not self._child.exited, self._child.last_words()
                await asyncio.sleep(0.05)

    async def _listens(self) -> bool:
        try:
            await connects(self.address.port)
        except Unavailable:
            return False
        return True

    async def kill(self) -> None:
        if self._child:
            os.kill(self._child.pid, signal.SIGKILL)
            await self._child.wait()
            self._child = None


async def embedded_broker(folder: Path) -> BrokerProcess:
    home = Home(folder)
    home.prepare()
    server = MqttBroker(home)
    await server.prepare()
    ports = choose(server.ports, {})
    return BrokerProcess(server.intake(ports), server.launch(ports), home.log("broker"))


async def own_mosquitto(folder: Path) -> BrokerProcess:
    binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    hasher = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
    ports = choose(["mqtt"], {})
    address = Broker("127.0.0.1", ports["mqtt"], "plantroom", secrets.token_urlsafe(12))
    passwords, configuration = folder / "passwords", folder / "mosquitto.conf"
    write_private(passwords, f"{address.user}:{address.password}\n")
    hashing = await asyncio.create_subprocess_exec(hasher, "-U", str(passwords))
    assert await hashing.wait() == 0
    configuration.write_text(_MOSQUITTO.format(port=address.port, passwords=passwords))
    return BrokerProcess(address, Launch([binary, "-c", str(configuration)], folder), folder / "mosquitto.log")


@pytest.fixture
def offered() -> Offered:
    return Offered()


@pytest.fixture
def pipeline(history: History, offered: Offered) -> Pipeline:
    return Pipeline(history, DeadLetters(history), offered, decode)


@pytest.fixture
async def mortal_broker(servers: str, services, tmp_path: Path) -> AsyncGenerator[BrokerProcess]:
    """A broker of the test's own, which it may kill and start again."""
    if servers == "embedded":
        broker = await embedded_broker(tmp_path / "broker-home")
    else:
        assert services["mosquitto"]
        broker = await own_mosquitto(tmp_path)
    await broker.start()
    yield broker
    await broker.kill()


@pytest.fixture
def eventually():
    """Wait until a condition holds; fail after ``within`` seconds."""

    async def wait(condition: Callable[[], Awaitable[bool]], within: float = 15) -> None:
        async with asyncio.timeout(within):
            while not await condition():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture
def running():
    """Run a coroutine beside the test until the block ends."""

    @asynccontextmanager
    async def run(coroutine: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
        task = asyncio.create_task(coroutine)
        try:
            yield
        finally:
            await end(task)

    return run


@pytest.fixture
def database_switch(postgres_dsn: str):
    """Shut the test's database as an outage would, ending its sessions; or open it again."""

    async def allow(connections: bool) -> None:
        name = psycopg.conninfo.conninfo_to_dict(postgres_dsn)["dbname"]
        async with await psycopg.AsyncConnection.connect(postgres_dsn, dbname="postgres", autocommit=True) as other:
            await other.execute(f"alter database {name} allow_connections {str(connections).lower()}")
            await other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])

    return allow


# Kafka


class Records:
    """Writes to a topic as a producer of our own, and looks at what the group has committed."""

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka

    async def write(self, records: Iterable[tuple[str | None, bytes, dict[str, str]]], partition: int = -1) -> None:
        """Key, value and headers of each; returns when Kafka has them all."""
        await asyncio.to_thread(self._write, list(records), partition)

    def _write(self, records: Sequence[tuple[str | None, bytes, dict[str, str]]], partition: int) -> None:
        problems: list[object] = []
        producer = Producer({"bootstrap.servers": self.kafka.servers, "enable.idempotence": True})
        for key, value, headers in records:
            producer.produce(
                self.kafka.topic,
                value,
                key,
                partition=partition,
                headers=dict(headers),
                on_delivery=lambda error, _: problems.append(error) if error else None,
            )
        assert producer.flush(30) == 0
        assert problems == []

    async def committed(self) -> int:
        """How many records lie before the group's offsets, over all partitions."""
        return await asyncio.to_thread(self._committed)

    def _committed(self) -> int:
        consumer = Consumer({"bootstrap.servers": self.kafka.servers, "group.id": self.kafka.group})
        places = [TopicPartition(self.kafka.topic, number) for number in range(self.kafka.partitions)]
        try:
            return sum(max(0, place.offset) for place in consumer.committed(places, timeout=20))
        finally:
            consumer.close()


def some_topic(servers: str) -> Kafka:
    unique = secrets.token_hex(4)
    return Kafka(servers, f"telemetry-{unique}", f"ingest-{unique}", partitions=4)


@pytest.fixture
async def records(services) -> AsyncGenerator[Records]:
    """A topic and a group of the test's own on the Kafka that ``scripts/services`` runs."""
    kafka = some_topic(services["kafka"]["servers"])
    await ensure_topic(kafka)
    yield Records(kafka)
    admin = AdminClient({"bootstrap.servers": kafka.servers})
    await asyncio.to_thread(admin.delete_topics([kafka.topic])[kafka.topic].result)


@pytest.fixture
async def mortal_kafka(services, tmp_path: Path) -> AsyncGenerator[KafkaBroker]:
    """A Kafka broker that the test may kill and start again."""
    pattern = services["kafka"]
    broker = KafkaBroker(tmp_path / "kafka", pattern["jars"], Path(pattern["settings"]))
    await broker.prepare()
    await broker.start()
    yield broker
    await broker.kill()
