"""Telemetry from Kafka: a member of a consumer group whose offsets are committed only after ``commit``.

The library blocks, so a thread of its own owns the consumer. It takes records in only while there is room, and stays in
the group meanwhile. Any number of processes share a topic's partitions; a device's messages are in one of them, in order.
"""

import asyncio
import logging
import os
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as Record

from graph_schema.errors import PlantroomError
from ingestion.decoding.messages import TELEMETRY, milliseconds
from ingestion.reading import Clock, Message, Reply, wall_clock
from ingestion.sources.kafka.cluster import (
    RECEIVED_HEADER,
    RETAINED_HEADER,
    TOPIC_HEADER,
    Complaints,
    Kafka,
    ensure_topic,
    make_topic,
    reason,
)
from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection
from ingestion.sources.mqtt.frames import Arrival

log = logging.getLogger(__name__)

_LINGER_S = 0.02
_BATCH_BYTES = 4 << 20
_POLL_S, _MORE_S = 0.1, 0.005
_FULL_S = 0.5
_HAND_OVER_S = 10.0
_COMMIT_EVERY_S = 0.1
_RETRY_S = 1.0
_GROUP = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "partition.assignment.strategy": "cooperative-sticky",
    "session.timeout.ms": 6_000,  # a dead process's share is taken over after this
    "heartbeat.interval.ms": 1_000,  # the others learn of it this much later
    "queued.max.messages.kbytes": 16 << 10,
    "fetch.queue.backoff.ms": 20,
}


@dataclass(frozen=True, slots=True)
class _Token:
    """A record's place. ``claim`` tells this assignment of the partition to us from an earlier one."""

    partition: int
    offset: int
    claim: int


@dataclass(slots=True)
class Claim:
    """What of one partition is under way, from its assignment to us until it is taken away."""

    number: int
    taken: deque[int] = field(default_factory=deque[int])
    """Offsets that were handed out and are not behind ``position``, in order."""
    written: set[int] = field(default_factory=set[int])
    position: int | None = None
    """Everything before this offset is written."""
    told: int | None = None
    """The position that Kafka was last told."""

    @property
    def begins(self) -> int | None:
        """The first offset that is not written, as far as anything was handed out."""
        return self.position if self.position is not None else next(iter(self.taken), None)

    def hand_out(self, offset: int) -> None:
        self.taken.append(offset)

    def wrote(self, offset: int) -> None:
        """Batches may be written in any order; the position follows the oldest that is not."""
        self.written.add(offset)
        while self.taken and self.taken[0] in self.written:
            self.written.remove(self.taken[0])
            self.position = self.taken.popleft() + 1


class KafkaSource:
    """A bounded queue between the consumer's thread and ``poll_batch``; a full one stops the reading."""

    def __init__(
        self,
        kafka: Kafka,
        replies: MqttConnection | None,
        batch: int,
        queue: int,
        queue_bytes: int,
        clock: Clock,
    ) -> None:
        self._kafka = kafka
        self._replies = replies
        self._batch = batch
        self._clock = clock
        self._limit, self._byte_limit = queue, queue_bytes
        self._loop = asyncio.get_running_loop()
        self._waiting = asyncio.Event()
        self._changed = threading.Condition()
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._claims: dict[int, Claim] = {}
        self._numbers = 0
        self._held = False
        self._committed_at = 0.0
        self._lag = 0
        self._complaints = Complaints(kafka)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"kafka {kafka.group}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Tell Kafka what is written, leave the group and wait for the thread."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    async def poll_batch(self) -> Sequence[Message]:
        """Wait for a message, give its successors a moment to join it, and return at most a batch, each device's oldest first."""
        while True:
            await self._waiting.wait()
            if len(self._messages) < self._batch:
                await asyncio.sleep(_LINGER_S)
            if messages := self._take():
                return messages

    def _take(self) -> Sequence[Message]:
        with self._changed:
            messages: list[Message] = []
            size = 0
            while self._messages and len(messages) < self._batch and size < _BATCH_BYTES:
                message = self._messages.popleft()
                token = cast(_Token, message.token)
                self._claims[token.partition].hand_out(token.offset)
                messages.append(message)
                size += len(message.payload)
            self._bytes -= size
            if not self._messages:
                self._waiting.clear()
            self._changed.notify_all()
        return messages

    async def commit(self, messages: Sequence[Message]) -> None:
        """Let the thread commit the offsets. Of a partition that was taken away meanwhile there is nothing to commit."""
        with self._changed:
            for message in messages:
                token = cast(_Token, message.token)
                claim = self._claims.get(token.partition)
                if claim and claim.number == token.claim:
                    claim.wrote(token.offset)
            self._changed.notify_all()

    async def send(self, replies: Sequence[Reply]) -> None:
        """Over MQTT, to which devices listen; without a broker nowhere."""
        if self._replies:
            for reply in replies:
                self._replies.publish(reply.topic, reply.payload, qos=0)

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._messages)

    @property
    def partitions(self) -> Sequence[int]:
        """Those that are ours now."""
        return sorted(self._claims)

    @property
    def lag(self) -> int:
        """How many messages of our partitions are in Kafka and not yet written, as far as is known."""
        return self._lag

    # From here on everything runs in the consumer's own thread.

    def _run(self) -> None:
        while not self._closing.is_set():
            consumer: Consumer | None = None
            try:
                consumer = Consumer(self._kafka.options(self._complaints.heard, self._group()))
                self._consume(consumer)
            except KafkaException as error:
                # A fatal error of the library: only a new member of the group can go on.
                log.warning("The membership in %s ended: %s. Joining again.", self._kafka.group, reason(error))
            except Exception:
                # A thread that ends without a word would be a stall; a new member reads again what is not written.
                log.exception("Reading from Kafka failed. Joining the group again.")
            finally:
                if consumer:
                    self._leave(consumer)
            self._closing.wait(_RETRY_S)

    def _group(self) -> dict[str, Any]:
        name = f"{self._kafka.group}-{socket.gethostname()}-{os.getpid()}"
        return {**_GROUP, "group.id": self._kafka.group, "client.id": name, "on_commit": self._on_commit}

    def _consume(self, consumer: Consumer) -> None:
        consumer.subscribe(
            [self._kafka.topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )
        while not self._closing.is_set():
            self._commit(consumer)
            if self._has_room():
                self._flow(consumer)
                self._arrived(_records(consumer, self._batch))
            elif not self._room_soon():
                # Kafka expels who does not ask for records for minutes: ask, and say that none are wanted.
                consumer.pause(consumer.assignment())
                self._held = True
                self._arrived(_records(consumer, 1))

    def _has_room(self) -> bool:
        return len(self._messages) < self._limit and self._bytes < self._byte_limit

    def _room_soon(self) -> bool:
        # A pause makes the library throw away what it has fetched, so a queue that is merely full for a moment is waited for.
        with self._changed:
            return self._changed.wait_for(
                lambda: self._has_room() or self._closing.is_set(), _COMMIT_EVERY_S if self._held else _FULL_S
            )

    def _flow(self, consumer: Consumer) -> None:
        if self._held:
            consumer.resume(consumer.assignment())
            self._held = False

    def _arrived(self, records: Sequence[Record]) -> None:
        messages: list[Message] = []
        for record in records:
            if error := record.error():
                self._failed(error)
            elif claim := self._claims.get(cast(int, record.partition())):
                messages.append(self._message(record, claim.number))
        if not messages:
            return
        self._complaints.settled()
        with self._changed:
            self._messages.extend(messages)
            self._bytes += sum(len(message.payload) for message in messages)
        self._loop.call_soon_threadsafe(self._waiting.set)

    def _failed(self, error: KafkaError) -> None:
        self._complaints.heard(error)
        if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            try:
                make_topic(self._kafka, _RETRY_S)
            except PlantroomError as problem:
                log.info("%s", problem)

    def _message(self, record: Record, claim: int) -> Message:
        """A record of the bridge, or of anybody who writes a device's own format under the device's name."""
        headers = dict(cast(list[tuple[str, bytes | None]], record.headers() or []))
        topic = headers.get(TOPIC_HEADER)
        if topic is None:
            topic = TELEMETRY.encode() + (record.key() or b"")
        token = _Token(cast(int, record.partition()), cast(int, record.offset()), claim)
        received_at = self._received_at(record, headers)
        retained = RETAINED_HEADER in headers
        return Message(topic.decode(errors="replace"), record.value() or b"", token, received_at, retained)

    def _received_at(self, record: Record, headers: dict[str, bytes | None]) -> int:
        """The same moment for each delivery of a record, so that a value without a timestamp stays one reading."""
        header, stamped = headers.get(RECEIVED_HEADER) or b"", record.timestamp()[1]
        if header.isdigit() and len(header) == 13:
            return int(header)
        return stamped if stamped > 0 else milliseconds(self._clock())

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        with self._changed:
            for partition in partitions:
                self._numbers += 1
                self._claims[partition.partition] = Claim(self._numbers)
        self._complaints.settled()
        log.info("Took over the partitions %s of %s.", _names(partitions), self._kafka.topic)

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Others get these partitions: what waits is theirs, and what is being written is waited for, so that order holds."""
        numbers = {partition.partition for partition in partitions}
        with self._changed:
            self._drop(numbers)
            self._changed.wait_for(lambda: self._closing.is_set() or not self._in_hand(numbers), _HAND_OVER_S)
            left = sum(len(self._claims[number].taken) for number in numbers & self._claims.keys())
        self._commit_now(consumer)
        self._forget(numbers)
        if left:
            log.info("%d messages of handed over partitions are not written yet; they are delivered again.", left)
        log.info("Handed over the partitions %s of %s.", _names(partitions), self._kafka.topic)

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Others have these partitions already."""
        numbers = {partition.partition for partition in partitions}
        with self._changed:
            self._drop(numbers)
        self._forget(numbers)
        log.warning("Lost the partitions %s of %s to others of the group.", _names(partitions), self._kafka.topic)

    def _drop(self, numbers: set[int]) -> None:
        kept = [message for message in self._messages if cast(_Token, message.token).partition not in numbers]
        self._messages = deque(kept)
        self._bytes = sum(len(message.payload) for message in kept)

    def _in_hand(self, numbers: set[int]) -> bool:
        return any(self._claims[number].taken for number in numbers & self._claims.keys())

    def _forget(self, numbers: set[int]) -> None:
        with self._changed:
            for number in numbers:
                self._claims.pop(number, None)

    def _commit(self, consumer: Consumer) -> None:
        """Now and then, and without waiting for the answer."""
        if time.monotonic() - self._committed_at < _COMMIT_EVERY_S:
            return
        self._committed_at = time.monotonic()
        self._lag = self._behind(consumer)
        if positions := self._news():
            self._attempt(lambda: consumer.commit(offsets=positions, asynchronous=True))

    def _behind(self, consumer: Consumer) -> int:
        """By the ends that the last fetches have told; asks nobody."""
        with self._changed:
            starts = {number: claim.begins for number, claim in self._claims.items()}
        behind = 0
        for number, known in starts.items():
            place = TopicPartition(self._kafka.topic, number)
            _, end = consumer.get_watermark_offsets(place, cached=True)
            start = consumer.position([place])[0].offset if known is None else known
            behind += max(0, end - start) if start >= 0 else 0
        return behind

    def _commit_now(self, consumer: Consumer) -> None:
        if positions := self._news():
            self._attempt(lambda: consumer.commit(offsets=positions, asynchronous=False))

    def _news(self) -> list[TopicPartition]:
        """What is written and not yet told."""
        with self._changed:
            found: list[TopicPartition] = []
            for number, claim in self._claims.items():
                if claim.position is not None and claim.position != claim.told:
                    claim.told = claim.position
                    found.append(TopicPartition(self._kafka.topic, number, claim.position))
            return found

    def _attempt(self, commit: Callable[[], object]) -> None:
        try:
            commit()
        except KafkaException as error:
            self._not_told(error.args[0])

    def _on_commit(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        refused = error or next((p.error for p in partitions if p.error), None)
        if refused:
            self._not_told(refused)

    def _not_told(self, error: KafkaError) -> None:
        """The coordinator is away, or the group has moved on: commit again, or read again what is then not ours."""
        log.info("Kafka did not take the offsets: %s. They are told again.", error.str())
        for claim in self._claims.values():
            claim.told = None

    def _leave(self, consumer: Consumer) -> None:
        try:
            consumer.close()  # hands over what is ours, by the callbacks
        except (KafkaException, RuntimeError) as error:
            log.info("Leaving Kafka's group failed: %s.", reason(error))
        with self._changed:
            self._drop(set(self._claims))
            self._claims.clear()


class _Speaker:
    """Wants nothing of an MQTT connection but to publish."""

    def has_room(self) -> bool:
        return True

    def connected(self, generation: int) -> None: ...

    def arrived(self, arrivals: Sequence[Arrival]) -> None: ...


@asynccontextmanager
async def open_kafka_source(
    kafka: Kafka,
    *,
    broker: Broker | None = None,
    batch: int = 5000,
    queue: int = 10_000,
    queue_bytes: int = 64 << 20,
    patience_s: float | None = 10,
    clock: Clock = wall_clock,
) -> AsyncGenerator[KafkaSource]:
    """Join the group. Raises ``Unavailable`` where Kafka does not answer in ``patience_s`` (None: waited for in the background).

    Replies to devices go to ``broker``; without one they are dropped. The topic is made where there is none.
    """
    async with AsyncExitStack() as stack:
        replies: MqttConnection | None = None
        if broker:
            speaker = MqttConnection(broker, _Speaker(), f"plantroom-replies-{secrets.token_hex(4)}", persistent=False)
            replies = await stack.enter_async_context(open_connection(speaker, patience_s=None))
        if patience_s is not None:
            await ensure_topic(kafka, patience_s)
        source = KafkaSource(kafka, replies, batch, queue, queue_bytes, clock)
        source.start()
        stack.push_async_callback(asyncio.to_thread, source.close)
        yield source


def _records(consumer: Consumer, most: int) -> list[Record]:
    """Wait for the first; what has come with it is taken along."""
    first = consumer.poll(_POLL_S)
    if first is None:
        return []
    return [first, *(consumer.consume(most - 1, _MORE_S) if most > 1 else [])]


def _names(partitions: Sequence[TopicPartition]) -> str:
    return ", ".join(str(partition.partition) for partition in partitions) or "none"
