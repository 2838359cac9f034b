"""What is done to a plant from outside: import a model, write a simulated past, replay recorded data."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from graph_schema.importers import read_plant, read_plant_document
from graph_schema.model import Plant
from graph_schema.ontology.ontology import load_ontology
from graph_schema.store.loader import ImportReport, load_plant
from ingestion.changes import NewChange, record
from ingestion.decoding.telemetry_map import load_map
from ingestion.device.client import open_device_client
from ingestion.live.projection import PLANT_CHANGED
from ingestion.orders.plans import MaintenancePlans, PlanFile, read_plans
from ingestion.pipeline.service import QueuedSource, consuming
from ingestion.simulator.simulator import Simulator
from ingestion.sources.mqtt.source import open_mqtt_source
from ingestion.sources.replay.account import Account
from ingestion.sources.replay.replay import replay
from interfaces.app.composition import App
from interfaces.app.kafka import kafka_of, session_of
from interfaces.app.site_clock import SiteClock
from interfaces.embedded.home import Home
from interfaces.progress import Report
from interfaces.settings import Settings

if TYPE_CHECKING:
    from ingestion.sources.kafka.cluster import Kafka


async def import_plant(app: App, path: Path, report: Report) -> tuple[Plant, ImportReport]:
    """Read a plant model (.ttl, .yaml, .csv) and load it into the graph."""
    report(f"Reading {path.name}")
    plant = read_plant(path, app.ontology)
    return plant, await load(app, plant, report)


def read_plants(settings: Settings, paths: Sequence[Path], report: Report) -> list[Plant]:
    """Read all of several models before a server is started for any of them. Raises ``InvalidInput`` with the file."""
    Home(settings.home).prepare()
    ontology = load_ontology(settings.home / "cache")
    plants: list[Plant] = []
    for path in paths:
        report(f"Reading {path.name}")
        plants.append(read_plant(path, ontology))
    return plants


async def import_plans(app: App, path: Path) -> PlanFile:
    """Maintenance plans and spare parts of a YAML file; none where it has no such sections. Raises ``InvalidInput``."""
    found = read_plans(path, await SiteClock(app.graph, app.settings.timezone).zone())
    await MaintenancePlans(app.history).put(found)
    return found


async def load(app: App, plant: Plant, report: Report) -> ImportReport:
    """Bring what was read into the graph."""
    sentence = f"Loading {plant.name} into the graph"
    report(sentence, 0.0)
    loaded = await load_plant(app.graph, app.ontology, plant, lambda _, share: report(sentence, share))
    await tell_of(app, plant.name, version=loaded.version)
    await app.ingestion.projection.tick()
    return loaded


async def tell_of(app: App, subject: str, **data: Any) -> None:
    """Whoever serves the plant reads it again: its view, and what judges readings."""
    async with app.history.connection() as connection, connection.transaction():
        await record(connection, [NewChange(PLANT_CHANGED, subject, app.clock(), data)])


async def write_history(
    app: App, simulator: Simulator, start: datetime, end: datetime, report: Report, step_s: float = 900
) -> int:
    """Write what the simulated plant did between two moments (both included); returns the number of readings."""
    days = (end - start).total_seconds() / 86_400
    sentence = f"Writing {days:.0f} days of history" if days >= 2 else f"Writing {days * 24:.0f} hours of history"
    span, written = (end - start).total_seconds(), 0
    for batch in simulator.history(start, end + timedelta(milliseconds=1), step_s):
        written += await app.ingestion.pipeline.accept(batch)
        report(sentence, (batch[-1].at / 1000 - start.timestamp()) / span)
    await app.ingestion.projection.tick()
    return written


async def replay_file(app: App, file: Path, map_file: Path, speed: float | None, report: Report) -> Account:
    """Play a recorded file through the broker until all of it is in history; its map's plant is imported first.

    ``speed`` is how many times as fast as it was recorded; None is as fast as it goes.
    """
    telemetry_map = load_map(map_file)
    if telemetry_map.plant:
        await load(app, read_plant_document(telemetry_map.plant, map_file, app.ontology), report)
    sentence = f"Replaying {file.name}"
    async with ingestion_of(app), open_device_client(app.endpoints.broker, client_id="plantroom-replay") as device:
        await app.ingestion.validation.refresh(app.graph)
        played = await replay(
            file, telemetry_map, device, app.history, app.ingestion.validation, speed,
            lambda p: report(sentence, p.rows / max(p.total, 1)),
        )  # fmt: skip
    await app.ingestion.projection.tick()
    return played


@asynccontextmanager
async def ingestion_of(app: App) -> AsyncGenerator[bool]:
    """Ingestion while the context lasts; whether we are the first on this home, which looks ahead for all.

    Over MQTT one process ingests for a home: another's where one runs. From Kafka all of them do, each its share.
    """
    turn = FileLock(app.settings.home / "ingest.lock")
    with contextlib.suppress(Timeout):
        turn.acquire(blocking=False)
    kafka = kafka_of(app.settings)
    try:
        if kafka is None and not turn.is_locked:
            yield False
            return
        async with _source(app, kafka) as source, consuming(app.ingestion, source):
            yield turn.is_locked
    finally:
        turn.release()


@asynccontextmanager
async def _source(app: App, kafka: "Kafka | None") -> AsyncGenerator[QueuedSource]:
    broker = app.endpoints.intake
    if kafka:
        from ingestion.sources.kafka.source import open_kafka_source

        async with open_kafka_source(kafka, broker=broker, clock=app.clock) as source:
            yield source
        return
    topics = app.telemetry_map.subscriptions if app.telemetry_map else ()
    client_id = session_of(app.settings.home, "ingest")
    async with open_mqtt_source(broker, topics=topics, client_id=client_id, clock=app.clock) as source:
        yield source
