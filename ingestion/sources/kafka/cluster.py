"""Where Kafka is and who we are there; what its source and the bridge have in common.

confluent-kafka comes with the extra ``kafka``: whoever imports this says so where it is missing.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType  # pyright: ignore[reportPrivateImportUsage]

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.decoding.messages import MAX_PAYLOAD

log = logging.getLogger(__name__)

TOPIC_HEADER, RECEIVED_HEADER, SIZE_HEADER, RETAINED_HEADER = "topic", "received_at", "size", "retained"
"""A record's headers: the MQTT topic, the reception (epoch ms), and the size of a payload that was cut."""

RECORD_BYTES = MAX_PAYLOAD + (256 << 10)
"""The longest record: a payload that is just too long to be read, with the longest key and headers."""
_USUAL_BYTES = 1_000_000
"""What Kafka takes unless somebody has set it otherwise, rounded down."""

_CONSEQUENCES = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT)  # their cause is told as well
_CONNECTION = {
    "log_level": 0,  # what matters arrives at error_cb
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 2_000,
    "topic.metadata.refresh.interval.ms": 10_000,  # a topic that is made later, or grows
}


@dataclass(frozen=True, slots=True)
class Kafka:
    """``servers`` is ``host:port``, or several with commas; ``security`` holds further options of librdkafka by their names.

    ``partitions`` is how many a topic gets that does not exist: the most processes that can share the work.
    """

    servers: str
    topic: str = "plantroom.telemetry"
    group: str = "plantroom-ingest"
    partitions: int = 12
    security: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def options(self, on_error: Callable[[KafkaError], None], more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Options of a librdkafka client."""
        return {"bootstrap.servers": self.servers, **_CONNECTION, **self.security, **(more or {}), "error_cb": on_error}


class Complaints:
    """Says once what keeps Kafka away, and once that it is back. Called in a client's own thread."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self.problem: str | None = None

    def heard(self, error: KafkaError) -> None:
        """librdkafka's ``error_cb``."""
        if error.code() in _CONSEQUENCES:
            return
        if self.problem is None:
            log.warning("Kafka at %s: %s. Trying again.", self._kafka.servers, error.str())
        self.problem = error.str()

    def settled(self) -> None:
        if self.problem:
            log.warning("Kafka at %s answers again.", self._kafka.servers)
            self.problem = None


async def ensure_topic(kafka: Kafka, patience_s: float = 10) -> int:
    """Make the topic where there is none; returns the longest record, in bytes, that it takes. Raises ``Unavailable`` where Kafka does not answer, ``InvalidInput`` where it refuses."""
    return await asyncio.to_thread(make_topic, kafka, patience_s)


def make_topic(kafka: Kafka, patience_s: float) -> int:
    """``ensure_topic`` for a thread."""
    complaints = _FirstComplaint()
    try:
        admin = AdminClient(kafka.options(complaints))
    except (KafkaException, ValueError) as error:
        raise InvalidInput(f"Kafka's settings cannot be: {reason(error)}.") from error
    try:
        known = admin.list_topics(timeout=patience_s).topics
        if kafka.topic not in known:
            _create(admin, kafka, patience_s)
        return _longest_record(admin, kafka, patience_s)
    except KafkaException as error:
        admin.poll(0.1)  # what went wrong before
        raise Unavailable(f"Kafka at {kafka.servers} does not answer: {complaints.reason or reason(error)}.") from error


class _FirstComplaint:
    """The cause comes first; that all brokers are down is its consequence."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def __call__(self, error: KafkaError) -> None:
        self.reason = self.reason or error.str()


def _create(admin: AdminClient, kafka: Kafka, patience_s: float) -> None:
    topic = NewTopic(kafka.topic, kafka.partitions, config={"max.message.bytes": str(RECORD_BYTES)})
    try:
        admin.create_topics([topic], request_timeout=patience_s)[kafka.topic].result(patience_s)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # somebody else was quicker
            raise InvalidInput(
                f"Kafka has no topic “{kafka.topic}” and does not let us make it: {reason(error)}."
            ) from error
    else:
        log.info("Made the Kafka topic %s with %d partitions.", kafka.topic, kafka.partitions)


def _longest_record(admin: AdminClient, kafka: Kafka, patience_s: float) -> int:
    resource = ConfigResource(ResourceType.TOPIC, kafka.topic)
    try:
        described = cast(Future[Any], admin.describe_configs([resource], request_timeout=patience_s)[resource])
        longest = int(described.result(patience_s)["max.message.bytes"].value)
    except (KafkaException, KeyError, TypeError, ValueError) as error:
        log.info("Kafka does not tell how long a record of %s may be: %s.", kafka.topic, reason(error))
        return _USUAL_BYTES
    if longest < RECORD_BYTES:
        log.warning(
            "The Kafka topic %s takes records up to %d bytes; longer messages are cut. Set its max.message.bytes to %d.",
            kafka.topic, longest, RECORD_BYTES,
        )  # fmt: skip
    return longest


def reason(error: Exception) -> str:
    """What the library says, without its codes."""
    first = error.args[0] if error.args else error
    return first.str() if isinstance(first, KafkaError) else str(first)
