"""Ingestion as one service that runs: a source, the pipeline and the graph's projection, wired together."""

import asyncio
import contextlib
from collections import ChainMap
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from neo4j.exceptions import Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.changes import Batch, follow
from ingestion.decoding.messages import Decode
from ingestion.decoding.telemetry_map import TelemetryMap, decoder
from ingestion.decoding.validation import Validation
from ingestion.export.directory import PlantDirectory
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.live.projection import PLANT_CHANGED, TICK_S, Projection
from ingestion.pipeline.admission import USUAL, Admission, Caps
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.metrics import Meter
from ingestion.pipeline.pipeline import Pipeline
from ingestion.pipeline.topic_use import TopicCounts
from ingestion.quality.device_clocks import DeviceClocks
from ingestion.reading import Clock, Source, wall_clock
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import open_mqtt_source
from ingestion.tasks import end


class QueuedSource(Source, Protocol):
    """A source that knows how many messages wait in it."""

    @property
    def depth(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Ingestion:
    history: History
    graph: GraphStore
    pipeline: Pipeline
    projection: Projection
    dead_letters: DeadLetters
    validation: Validation
    rollups: Rollups
    decode: Decode
    """Reads and judges a message, as the pipeline does."""
    meter: Meter
    topics: TopicCounts
    """What arrives, and what is made of it."""
    directory: PlantDirectory
    """What points and assets are called, for who reads SQL."""
    source: QueuedSource | None


def build(
    history: History,
    graph: GraphStore,
    telemetry_map: TelemetryMap | None = None,
    clock: Clock = wall_clock,
    caps: Caps = USUAL,
) -> Ingestion:
    """The parts, with nothing running: for a fast in-process write (``pipeline.accept``, then ``projection.tick``)."""
    projection = Projection(graph, history, clock)
    stated = telemetry_map.units if telemetry_map else {}
    dead_letters = DeadLetters(history)
    validation = Validation(stated, telemetry_map.decimal if telemetry_map else None)
    projection.units = ChainMap(stated, validation.written)
    decode = validation.checking(validation.addressing.resolving(decoder(telemetry_map)))
    meter = Meter(clock=clock)
    meter.watch_clocks(validation.skews)
    projection.ticked = meter.tick
    meter.watch_texts(lambda: validation.without_value)
    topics = TopicCounts(history, telemetry_map)
    admission = Admission(history, validation.describes, caps)
    pipeline = Pipeline(history, dead_letters, projection, decode, meter, topics, admission)
    return Ingestion(
        history,
        graph,
        pipeline,
        projection,
        dead_letters,
        validation,
        Rollups(history, clock),
        decode,
        meter,
        topics,
        PlantDirectory(graph, history),
        None,
    )


@asynccontextmanager
async def open_ingestion(
    history: History,
    graph: GraphStore,
    broker: Broker,
    *,
    telemetry_map: TelemetryMap | None = None,
    client_id: str = "plantroom-ingest",
    tick_s: float = TICK_S,
    patience_s: float | None = 10,
    clock: Clock = wall_clock,
) -> AsyncGenerator[Ingestion]:
    """Build the parts and run them until the context ends, as ``ingesting`` does."""
    parts = build(history, graph, telemetry_map, clock)
    topics = telemetry_map.subscriptions if telemetry_map else ()
    async with ingesting(
        parts, broker, topics=topics, client_id=client_id, tick_s=tick_s, patience_s=patience_s, clock=clock
    ) as running:
        yield running


@asynccontextmanager
async def ingesting(
    parts: Ingestion,
    broker: Broker,
    *,
    topics: Sequence[str] = (),
    client_id: str = "plantroom-ingest",
    tick_s: float = TICK_S,
    patience_s: float | None = 10,
    clock: Clock = wall_clock,
) -> AsyncGenerator[Ingestion]:
    """Run until the context ends. Raises ``Unavailable`` where the broker does not answer in ``patience_s`` (None: wait)."""
    async with (
        open_mqtt_source(broker, topics=topics, client_id=client_id, patience_s=patience_s, clock=clock) as source,
        consuming(parts, source, tick_s) as running,
    ):
        yield running


@asynccontextmanager
async def consuming(parts: Ingestion, source: QueuedSource, tick_s: float = TICK_S) -> AsyncGenerator[Ingestion]:
    """Run on a source, of whatever kind, until the context ends."""
    parts.meter.watch(source)
    with contextlib.suppress(Unavailable):  # without the graph nothing is known of its points, and history goes on
        await parts.validation.refresh(parts.graph)
        await parts.directory.refresh()
    # Not a TaskGroup: it would wrap the errors of whoever uses this context. The loops survive what they meet.
    tasks = [
        asyncio.create_task(parts.validation.keep(parts.graph), name="points to judge by"),
        asyncio.create_task(_follow(parts), name="changes of the plant"),
        asyncio.create_task(parts.topics.keep(), name="what arrives on which topics"),
        asyncio.create_task(parts.projection.values.serve(), name="values for other processes"),
        asyncio.create_task(parts.pipeline.run(source), name="ingestion pipeline"),
        asyncio.create_task(parts.projection.run(tick_s), name="graph projection"),
        asyncio.create_task(DeviceClocks(parts.graph, parts.validation.skews).keep(), name="clocks of devices"),
    ]
    try:
        yield replace(parts, source=source)
    finally:
        await end(*tasks)


async def _follow(parts: Ingestion) -> None:
    """Tell the projection and the validation of what others changed."""
    projection = parts.projection
    try:
        async with aclosing(follow(parts.history, kinds=[PLANT_CHANGED, "alarm.cleared"])) as batches:
            async for batch in batches:
                projection.notified = True
                await _pass_on(parts, batch)
    finally:
        projection.notified = False


async def _pass_on(parts: Ingestion, batch: Batch) -> None:
    if any(change.data.get("reason") for change in batch.changes):  # cleared by hand, not by its value
        parts.projection.alarms_changed()
    if not batch.changes or any(change.kind == PLANT_CHANGED for change in batch.changes):
        parts.projection.plant_changed()
        with contextlib.suppress(Unavailable, Neo4jError):  # it looks again by itself
            await parts.validation.refresh(parts.graph)
            await parts.directory.refresh()
