"""Telemetry from an MQTT broker: QoS 1, a persistent session, acknowledged only after ``commit``."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from ingestion.decoding.messages import TELEMETRY, milliseconds
from ingestion.reading import Clock, Message, Reply, wall_clock
from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection, until_listening
from ingestion.sources.mqtt.frames import Arrival

_LINGER_S = 0.02
_BATCH_BYTES = 1 << 19


class MqttSource:
    """A bounded queue between the connection's thread and ``poll_batch``; a full one stops the reading.

    What one reading of the socket brings (64 KiB) is taken whole.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Sequence[str],
        client_id: str,
        batch: int,
        queue: int,
        queue_bytes: int,
        clock: Clock,
    ) -> None:
        # What is being written, and as much again that waits for it.
        self.connection = MqttConnection(broker, self, client_id, persistent=True, window=2 * batch)
        self._topics = [f"$share/{broker.share}/{topic}" if broker.share else topic for topic in topics]
        self._batch = batch
        self._clock = clock
        self._limit, self._byte_limit = queue, queue_bytes
        self._loop = asyncio.get_running_loop()
        self._waiting = asyncio.Event()
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._connections = 0

    async def poll_batch(self) -> Sequence[Message]:
        """Wait for a message, give its successors a moment to join it, and return at most a batch, oldest first."""
        while True:
            await self._waiting.wait()
            if len(self._messages) < self._batch:
                await asyncio.sleep(_LINGER_S)
            if messages := self._take():
                return messages

    def _take(self) -> Sequence[Message]:
        with self._lock:
            messages: list[Message] = []
            size = 0
            while self._messages and len(messages) < self._batch and size < _BATCH_BYTES:
                messages.append(self._messages.popleft())
                size += len(messages[-1].payload)
            self._bytes -= size
            if not self._messages:
                self._waiting.clear()
        self.connection.wake()
        return messages

    async def commit(self, messages: Sequence[Message]) -> None:
        """Acknowledge. After a reconnect in between this does nothing, and the broker delivers them again."""
        self.connection.acknowledge([token for m in messages if (token := cast(int, m.token))])

    async def send(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            self.connection.publish(reply.topic, reply.payload, qos=0)

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._messages)

    @property
    def reconnects(self) -> int:
        """How many connections followed the first."""
        return max(0, self._connections - 1)

    # Called in the connection's thread.

    def has_room(self) -> bool:
        return len(self._messages) < self._limit and self._bytes < self._byte_limit

    def connected(self, generation: int) -> None:
        self._connections += 1
        self.connection.subscribe(self._topics, qos=1)

    def arrived(self, arrivals: Sequence[Arrival]) -> None:
        now = milliseconds(self._clock())
        messages = [Message(topic, payload, token, now, retained) for topic, payload, token, retained in arrivals]
        size = sum([len(message.payload) for message in messages])
        with self._lock:
            first = not self._messages
            self._messages.extend(messages)
            self._bytes += size
        if first:
            self._loop.call_soon_threadsafe(self._waiting.set)


@asynccontextmanager
async def open_mqtt_source(
    broker: Broker,
    *,
    topics: Sequence[str] = (),
    client_id: str = "plantroom-ingest",
    batch: int = 5000,
    queue: int = 10_000,
    queue_bytes: int = 64 << 20,
    patience_s: float | None = 10,
    clock: Clock = wall_clock,
) -> AsyncGenerator[MqttSource]:
    """Subscribe to Plantroom's own topics and ``topics``: from here on nothing that is published is missed.

    Raises ``Unavailable`` where the broker has not connected us, or not answered, within ``patience_s``. With None a broker
    that is away is waited for in the background. One ``client_id`` is one session of the broker: give every process its own.
    """
    source = MqttSource(broker, [f"{TELEMETRY}+", *topics], client_id, batch, queue, queue_bytes, clock)
    async with open_connection(source.connection, patience_s):
        if patience_s is not None:
            await until_listening(source.connection, patience_s)
        yield source
