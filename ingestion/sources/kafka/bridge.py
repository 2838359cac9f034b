"""From MQTT to Kafka: each message a record under its device's name, acknowledged to the broker once Kafka has it.

Nothing is decoded here. What nobody can read goes on as it is: the pipeline makes it a dead letter.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from confluent_kafka import KafkaError, KafkaException, Producer

from graph_schema.errors import PlantroomError
from ingestion.decoding.messages import MAX_PAYLOAD, SPARKPLUG, TELEMETRY
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.reading import Message, Source
from ingestion.sources.kafka.cluster import (
    RECEIVED_HEADER,
    RECORD_BYTES,
    RETAINED_HEADER,
    SIZE_HEADER,
    TOPIC_HEADER,
    Complaints,
    Kafka,
    ensure_topic,
    make_topic,
)
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import open_mqtt_source

log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_OVERHEAD = 1_000
_PRODUCER = {
    "enable.idempotence": True,  # with it acks=all, and a key's order holds over retries
    "message.timeout.ms": 0,  # a Kafka that is away is waited for
    "topic.metadata.propagation.max.ms": 3_000,  # a topic that is not there for so long is made
    "compression.type": "lz4",
    "linger.ms": 5,
}

Key = Callable[[str], str]
"""The key of a topic's messages. Those of one key stay in order."""


def keyed_by_device(telemetry_map: TelemetryMap | None = None) -> Key:
    """The device of a topic; for Sparkplug B its edge node, whose messages are counted through. Failing that the topic."""
    patterns = telemetry_map.topics if telemetry_map else []

    def key(topic: str) -> str:
        for pattern in patterns:
            if (device := pattern.device_of(topic)) is not None:
                return device
        levels = topic.split("/")
        if topic.startswith(SPARKPLUG) and len(levels) >= 4:
            return f"{levels[1]}/{levels[3]}"
        return topic.removeprefix(TELEMETRY) or topic

    return key


class Bridge:
    """Forwards a source's batches, one after the other. ``longest`` is the longest record, in bytes, that the topic takes."""

    def __init__(self, source: Source, kafka: Kafka, key: Key, longest: int = RECORD_BYTES) -> None:
        self._source = source
        self._kafka = kafka
        self._key = key
        self._longest = longest
        self._complaints = Complaints(kafka)
        self._closing = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka bridge")
        self._producer: Producer | None = None
        self.forwarded = 0

    async def run(self) -> None:
        """Forward until cancelled."""
        while True:
            messages = await self._source.poll_batch()
            await self._forward(messages)
            await self._source.commit(messages)

    async def _forward(self, messages: Sequence[Message]) -> None:
        """Return when Kafka has all of them, however long that takes."""
        left, pause = messages, _FIRST_PAUSE_S
        while left := await asyncio.get_running_loop().run_in_executor(self._thread, self._send, left):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
        self.forwarded += len(messages)

    def close(self) -> None:
        """Give up what is under way: its messages were not acknowledged and come again."""
        self._closing.set()
        self._thread.shutdown()
        self._discard()

    # From here on everything runs in the bridge's own thread.

    def _send(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Send, wait for the reports, and return what Kafka refused."""
        failed: dict[int, KafkaError] = {}
        producer = self._producer = self._producer or self._new_producer()
        for number, message in enumerate(messages):
            self._produce(producer, message, number, failed)
        while producer.flush(0.2) and not self._closing.is_set():
            pass
        if self._closing.is_set():
            return messages
        if failed:
            self._recover(next(iter(failed.values())))
        else:
            self._complaints.settled()
        return [messages[number] for number in sorted(failed)]

    def _new_producer(self) -> Producer:
        most = min(self._longest, RECORD_BYTES)
        sizes = {"message.max.bytes": most, "batch.size": min(most, 1_000_000)}
        return Producer(self._kafka.options(self._complaints.heard, {**_PRODUCER, **sizes}))

    def _produce(self, producer: Producer, message: Message, number: int, failed: dict[int, KafkaError]) -> None:
        def reported(error: KafkaError | None, _: object) -> None:
            if error:
                failed[number] = error

        key, topic = self._key(message.topic).encode(errors="replace"), message.topic.encode(errors="replace")
        headers: dict[str, str | bytes | None] = {TOPIC_HEADER: topic, RECEIVED_HEADER: str(message.received_at)}
        if message.retained:
            headers[RETAINED_HEADER] = "1"
        payload = message.payload
        room = max(0, min(MAX_PAYLOAD + 1, self._longest - len(key) - len(topic) - _OVERHEAD))
        if len(payload) > room:
            log.warning("A message of %d bytes on %s is cut to %d.", len(payload), message.topic[:200], room)
            headers[SIZE_HEADER] = str(len(payload))
            payload = payload[:room]
        try:
            producer.produce(self._kafka.topic, payload, key, headers=headers, on_delivery=reported)
        except KafkaException as error:
            failed[number] = error.args[0]

    def _recover(self, error: KafkaError) -> None:
        """Kafka waited for is Kafka's own affair; here is what waiting does not cure: a lost topic, a smaller limit, a fatal error."""
        self._complaints.heard(error)
        self._discard()
        try:
            longest = make_topic(self._kafka, _LONGEST_PAUSE_S)
        except PlantroomError as problem:
            log.warning("%s", problem)
            return
        refused_size = error.code() == KafkaError.MSG_SIZE_TOO_LARGE and longest >= self._longest
        self._longest = self._longest // 2 if refused_size else longest

    def _discard(self) -> None:
        if self._producer:
            self._producer.purge()
            self._producer.flush(1)
            self._producer = None


@asynccontextmanager
async def open_bridge(
    broker: Broker,
    kafka: Kafka,
    telemetry_map: TelemetryMap | None = None,
    *,
    client_id: str = "plantroom-bridge",
    patience_s: float | None = 10,
) -> AsyncGenerator[Bridge]:
    """Connect both ends. Raises ``Unavailable`` where one does not answer in ``patience_s`` (None: waited for in the background).

    One ``client_id`` is one session of the broker: give every process its own.
    """
    topics = telemetry_map.subscriptions if telemetry_map else ()
    longest = RECORD_BYTES if patience_s is None else await ensure_topic(kafka, patience_s)
    async with open_mqtt_source(broker, topics=topics, client_id=client_id, patience_s=patience_s) as source:
        bridge = Bridge(source, kafka, keyed_by_device(telemetry_map), longest)
        try:
            yield bridge
        finally:
            await asyncio.to_thread(bridge.close)
