"""kill -9 of each embedded server while a device publishes: the plant recovers by itself, and nothing that was confirmed is missing."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.store.bootstrap import bootstrap
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.device.client import DeviceClient, open_device_client
from ingestion.history.history import History, open_history
from ingestion.pipeline.service import open_ingestion
from interfaces.embedded import open_servers
from interfaces.embedded.home import Home
from interfaces.settings import Settings

START = 1_772_445_600_000
POINTS = 5
SOURCES = [f"meter-{number}/power" for number in range(POINTS)]


@dataclass
class Plant:
    home: Home
    graph: GraphStore
    history: History
    device: DeviceClient
    sent: int = 0

    async def publish(self, until: asyncio.Event) -> None:
        """One message for each meter every 20 ms; the value is the message's number."""
        while not until.is_set():
            self.sent += 1
            for source in SOURCES:
                await self.device.publish(source.partition("/")[0], START + self.sent, {"power": float(self.sent)})
            await asyncio.sleep(0.02)

    async def kill(self, name: str) -> None:
        """kill -9, and wait until another process answers in its place."""
        running = self.home.running(name)
        assert running
        os.kill(running.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while (now := self.home.running(name)) is None or now.pid == running.pid or not now.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def recorded(self) -> dict[str, list[tuple[int, float]]]:
        rows = await self.history.fetch(
            "select source, extract(epoch from at) * 1000 - %(start)s as n, value from reading "
            "join series on id = series order by source, at",
            {"start": START},
        )
        found: dict[str, list[tuple[int, float]]] = {source: [] for source in SOURCES}
        for row in rows:
            found[row["source"]].append((int(row["n"]), row["value"]))
        return found

    async def present(self) -> dict[str, float]:
        rows = await self.graph.read("MATCH (p:Point) RETURN p.source AS source, p.value AS value")
        return {row["source"]: row["value"] for row in rows}


@pytest.fixture
def folder() -> Generator[Path]:
    made = Path(tempfile.mkdtemp(prefix="plantroom-test-"))
    yield made
    shutil.rmtree(made)


@asynccontextmanager
async def plant_at(folder: Path, ontology: Ontology) -> AsyncGenerator[Plant]:
    """The stores and ingestion as the composition root puts them together, and a device."""
    async with AsyncExitStack() as stack:
        places = await stack.enter_async_context(open_servers(Settings(_env_file=None, home=folder)))
        at = places.graph
        graph = await stack.enter_async_context(open_graph(at.url, at.user, at.password, at.database))
        history = await stack.enter_async_context(open_history(places.postgres_dsn))
        await bootstrap(graph, ontology, at.sql)
        await stack.enter_async_context(open_ingestion(history, graph, places.intake, tick_s=0.2))
        device = await stack.enter_async_context(open_device_client(places.broker, resend_after_s=2))
        yield Plant(Home(folder), graph, history, device)


@pytest.mark.slow
@pytest.mark.parametrize(
    "victims", [("graph",), ("postgres",), ("broker",), ("graph", "postgres", "broker")], ids=" ".join
)
async def test_kill_of_servers_in_mid_flow_loses_nothing(folder: Path, ontology: Ontology, victims: tuple[str, ...]):
    async with plant_at(folder, ontology) as plant:
        enough = asyncio.Event()
        publishing = asyncio.create_task(plant.publish(enough))
        await asyncio.sleep(1)
        before = plant.sent
        await asyncio.gather(*(plant.kill(name) for name in victims))
        assert plant.sent > before, "nothing was published meanwhile"
        await asyncio.sleep(1)
        enough.set()
        await publishing
        await plant.device.drain(60)

        numbers = range(1, plant.sent + 1)
        assert await plant.recorded() == {source: [(n, float(n)) for n in numbers] for source in SOURCES}
        async with asyncio.timeout(30):
            while await plant.present() != dict.fromkeys(SOURCES, float(plant.sent)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
