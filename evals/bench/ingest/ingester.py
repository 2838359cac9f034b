"""Plantroom's ingestion in a process of its own: reads its job from standard input, runs until SIGTERM, reports twice a second.

Without a ``graph`` in the job it writes history alone, as the peers do.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from graph_schema.store.graph import open_graph
from ingestion.decoding.messages import decode
from ingestion.history.history import History, open_history
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline, Present
from ingestion.pipeline.service import build, consuming
from ingestion.reading import Reading
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import MqttSource, open_mqtt_source
from ingestion.tasks import end

CLIENT_ID = "bench-plantroom"


class Counted:
    """Counts what history has taken, on the way to the graph if there is one."""

    def __init__(self, present: Present | None = None) -> None:
        self._present = present
        self.rows = 0

    def offer(self, readings: Sequence[Reading]) -> None:
        self.rows += len(readings)
        if self._present:
            self._present.offer(readings)

    def undated(self, readings: Sequence[Reading]) -> None:
        if self._present:
            self._present.undated(readings)

    def away(self, devices: Sequence[str]) -> None:
        if self._present:
            self._present.away(devices)


async def main() -> None:
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with (
        open_history(job["dsn"]) as history,
        open_mqtt_source(Broker(**job["broker"]), client_id=CLIENT_ID) as source,
    ):
        if job.get("graph"):
            await _with_graph(history, source, job, stopped)
        else:
            counted = Counted()
            pipeline = Pipeline(history, DeadLetters(history), counted, decode)
            task = asyncio.create_task(pipeline.run(source))
            await _report(source, counted, stopped)
            await end(task)


async def _with_graph(history: History, source: MqttSource, job: dict[str, Any], stopped: asyncio.Event) -> None:
    async with AsyncExitStack() as stack:
        graph = await stack.enter_async_context(open_graph(**job["graph"]))
        parts = build(history, graph)
        counted = Counted(parts.projection)
        counting = Pipeline(history, parts.dead_letters, counted, parts.decode)
        await stack.enter_async_context(consuming(replace(parts, pipeline=counting), source))
        await _report(source, counted, stopped)


async def _report(source: MqttSource, counted: Counted, stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        print(json.dumps({"rows": counted.rows, "depth": source.depth}), flush=True)
        try:
            await asyncio.wait_for(stopped.wait(), 0.5)
        except TimeoutError:
            continue


if __name__ == "__main__":
    asyncio.run(main())
