"""Kafka, where the settings name one: what its clients are told, and the bridge that fills its topic."""

import hashlib
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from graph_schema.errors import InvalidInput
from ingestion.decoding.telemetry_map import load_map
from interfaces.embedded.servers import open_broker
from interfaces.progress import Report
from interfaces.settings import Settings

if TYPE_CHECKING:  # confluent-kafka is an extra
    from ingestion.sources.kafka.bridge import Bridge
    from ingestion.sources.kafka.cluster import Kafka


def kafka_of(settings: Settings) -> "Kafka | None":
    """None where telemetry comes over MQTT. Raises ``InvalidInput`` where the extra is missing or a setting cannot be."""
    if settings.kafka is None:
        return None
    try:
        from ingestion.sources.kafka.cluster import Kafka
    except ImportError as error:
        raise InvalidInput(
            "Kafka needs an extra that is not installed here: `pip install plantroom[kafka]`."
        ) from error
    return Kafka(
        settings.kafka, settings.kafka_topic, settings.kafka_group, settings.kafka_partitions, _security(settings)
    )


def _security(settings: Settings) -> dict[str, str]:
    """By librdkafka's names."""
    options = {"security.protocol": settings.kafka_security}
    if settings.kafka_security.startswith("sasl"):
        if not settings.kafka_user:
            raise InvalidInput(f"PLANTROOM_KAFKA_SECURITY={settings.kafka_security} needs PLANTROOM_KAFKA_USER.")
        options |= {
            "sasl.mechanism": settings.kafka_sasl,
            "sasl.username": settings.kafka_user,
            "sasl.password": settings.kafka_password.get_secret_value(),
        }
    files = {
        "ssl.ca.location": settings.kafka_ca_file,
        "ssl.certificate.location": settings.kafka_cert_file,
        "ssl.key.location": settings.kafka_key_file,
    }
    return options | {name: str(path) for name, path in files.items() if path}


@asynccontextmanager
async def open_bridge_of(settings: Settings, report: Report) -> "AsyncGenerator[Bridge]":
    """A bridge from the settings' broker, or the embedded one, to the settings' Kafka. One at a time on one home."""
    kafka = kafka_of(settings)
    if kafka is None:
        raise InvalidInput("A bridge needs to know where Kafka is: set PLANTROOM_KAFKA to host:port.")
    from ingestion.sources.kafka.bridge import open_bridge

    telemetry_map = load_map(settings.map) if settings.map else None
    async with open_broker(settings, report) as broker:
        turn = FileLock(settings.home / "bridge.lock")
        try:
            turn.acquire(blocking=False)
        except Timeout as error:
            raise InvalidInput(f"A bridge runs on {settings.home} already.") from error
        try:
            report("Connecting")
            async with open_bridge(
                broker, kafka, telemetry_map, client_id=session_of(settings.home, "bridge")
            ) as bridge:
                yield bridge
        finally:
            turn.release()


def session_of(home: Path, what: str) -> str:
    """A name for the broker's persistent session: always the same for this home, and nobody else's."""
    place = f"{socket.gethostname()}:{home.resolve()}"
    return f"plantroom-{what}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
