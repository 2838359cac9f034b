"""kill -9 of the ingesting process when the record has what the graph has not: the next one brings the graph in step, once."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from graph_schema.importers.plant_file import read_plant_file
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.bootstrap import bootstrap
from graph_schema.store.graph import GraphStore, open_graph
from graph_schema.store.loader import load_plant
from ingestion.device.client import DeviceClient, open_device_client
from ingestion.history.history import History, open_history
from interfaces.embedded import open_servers
from interfaces.embedded.home import Home
from interfaces.settings import Settings

pytestmark = pytest.mark.slow

PLANT = """
site: {id: works, name: Harbour Works}
assets:
  - id: boiler
    class: Boiler
    name: Boiler 1
    in: works
    points: {leaving_hot_water_temperature: {unit: °C, source: boiler/temperature, high: 90, delay_on_s: 0, delay_off_s: 0}}
"""


@dataclass
class Works:
    """Servers that outlive the ingesting process, and a device."""

    home: Home
    graph: GraphStore
    history: History
    device: DeviceClient

    async def reads(self, value: float) -> None:
        """A reading, until history is told to have it."""
        await self.device.publish("boiler", round(time.time() * 1000), {"temperature": value})
        await self.device.drain(60)

    async def present(self) -> tuple[Any, ...]:
        rows = await self.graph.read(
            "MATCH (p:Point {source: 'boiler/temperature'}) RETURN p.value AS v, p.status AS s"
        )
        return tuple(rows[0].values())

    async def becomes(self, *present: Any) -> None:
        async with asyncio.timeout(60):
            while await self.present() != present:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def alarms(self) -> list[bool]:
        """Whether each is still open."""
        rows = await self.history.fetch("select cleared_at is null as open from alarm order by raised_at")
        return [row["open"] for row in rows]

    async def changes(self, kind: str) -> list[Any]:
        query = "select data from change where kind = %(kind)s order by seq"
        return [row["data"] for row in await self.history.fetch(query, {"kind": kind})]


@pytest.fixture
async def works(terminal, ontology: Ontology) -> AsyncGenerator[Works]:
    async with AsyncExitStack() as stack:
        places = await stack.enter_async_context(open_servers(Settings(_env_file=None, home=terminal.home)))
        at = places.graph
        graph = await stack.enter_async_context(open_graph(at.url, at.user, at.password, at.database))
        history = await stack.enter_async_context(open_history(places.postgres_dsn))
        await bootstrap(graph, ontology, at.sql)
        terminal.file("works.yaml", PLANT)
        await load_plant(graph, ontology, read_plant_file(terminal.folder / "works.yaml", ontology))
        device = await stack.enter_async_context(open_device_client(places.intake, resend_after_s=2, patience_s=60))
        yield Works(Home(terminal.home), graph, history, device)


async def test_what_the_record_has_and_the_graph_lacks_is_caught_up_once(terminal, works: Works):
    graph = works.home.running("graph")
    assert graph
    async with terminal.running("ingest") as ingest:
        await ingest.says("Ingesting from")
        await works.reads(70.0)
        await works.becomes(70.0, "normal")
        os.kill(graph.pid, signal.SIGSTOP)
        try:
            await works.reads(95.0)
            async with asyncio.timeout(30):
                while not await works.alarms():  # noqa: ASYNC110 - recorded, and not yet in the graph
                    await asyncio.sleep(0.05)
            ingest.process.kill()
            await ingest.process.wait()
        finally:
            os.kill(graph.pid, signal.SIGCONT)
    assert await works.present() == (70.0, "normal")

    async with terminal.running("ingest") as ingest:
        await ingest.says("Ingesting from")
        await works.becomes(95.0, "alarm")
        assert await works.alarms() == [True]
        assert [one["status"] for one in await works.changes("status.changed")][-1:] == ["alarm"]
        assert len(await works.changes("alarm.raised")) == 1

        await works.reads(70.0)
        await works.becomes(70.0, "normal")
        assert await works.alarms() == [False]
        assert [one["status"] for one in await works.changes("status.changed")].count("alarm") == 1
        assert len(await works.changes("alarm.cleared")) == 1
        rows = await works.history.fetch("select value from reading order by at")
        assert [row["value"] for row in rows] == [70.0, 95.0, 70.0]
