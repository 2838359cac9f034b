"""The servers of a small plant, and ``plantroom ingest`` as a process of its own: all of it can be killed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from evals.reliability.mosquitto import Mosquitto
from evals.reliability.small_disk import SmallDisk, small_disk
from graph_schema.bootstrap import bootstrap
from graph_schema.ontology import load_ontology
from graph_schema.store import GraphStore, open_graph
from ingestion.dead_letters import DeadLetters
from ingestion.history import History, open_history
from interfaces.servers import open_servers
from interfaces.servers.child import Child, Launch, start_child
from interfaces.servers.home import Home, write_private
from interfaces.settings import Settings

READY = "Ingesting from"
_READY_S = 60.0


class Ingester:
    """``plantroom ingest`` on the stage's home."""

    def __init__(self, home: Home, environment: str) -> None:
        self._folder = home.folder / "ingester"
        self._folder.mkdir(mode=0o700)
        write_private(self._folder / ".env", environment)
        self._log = self._folder / "ingest.log"
        self._child: Child | None = None

    async def start(self) -> None:
        """Start, and wait until it says that it ingests."""
        before = self.log.count(READY)
        await self.launch()
        assert self._child
        async with asyncio.timeout(_READY_S):
            while self.log.count(READY) == before:
                assert not self._child.exited, self._child.last_words()
                await asyncio.sleep(0.05)

    async def launch(self) -> None:
        argv = [str(Path(sys.executable).with_name("plantroom")), "ingest", "--verbose"]
        self._child = await start_child(Launch(argv, self._folder), self._log)

    async def says(self, words: str, patience_s: float = 30) -> None:
        """Wait for words in its log: proof that a fault has reached it."""
        async with asyncio.timeout(patience_s):
            while words not in self.log:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """kill -9."""
        assert self._child
        os.kill(self._child.pid, signal.SIGKILL)
        await self._child.wait()

    async def stop(self) -> None:
        if self._child:
            await self._child.stop()

    @property
    def pid(self) -> int:
        assert self._child
        return self._child.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


@dataclass(frozen=True)
class Stage:
    """Everything that a fault may touch. The servers of ``home`` come back by themselves; the broker does not."""

    home: Home
    mosquitto: Mosquitto
    ingester: Ingester
    graph: GraphStore
    history: History
    dsn: str
    disk: SmallDisk | None

    @property
    def letters(self) -> DeadLetters:
        return DeadLetters(self.history)

    async def kill(self, name: str) -> None:
        """kill -9 of a server of the home (``graph``, ``postgres``); returns once another process answers in its place."""
        running = self.home.running(name)
        assert running
        os.kill(running.pid, signal.SIGKILL)
        async with asyncio.timeout(90):
            while (now := self.home.running(name)) is None or now.pid == running.pid or not now.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def close_database(self, closed: bool) -> None:
        """Refuse connections and end those that are there, or take them again."""
        name = conninfo_to_dict(self.dsn)["dbname"]
        async with await psycopg.AsyncConnection.connect(self.dsn, dbname="template1", autocommit=True) as other:
            allowed = str(not closed).lower()
            await other.execute(f"alter database {name} allow_connections {allowed}".encode())
            if closed:
                await other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])


@contextmanager
def stage_folder() -> Generator[Path]:
    """A temporary folder that other accounts may pass through, as PostgreSQL's must under root."""
    with tempfile.TemporaryDirectory(prefix="plantroom-stage-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@asynccontextmanager
async def open_stage(
    folder: Path, say: Callable[[str], None] = lambda _: None, disk_mb: int | None = None
) -> AsyncGenerator[Stage]:
    """Start the servers in ``folder`` and the ingester. ``folder`` must be open to the account that PostgreSQL runs as.

    With ``disk_mb`` PostgreSQL's data has a disk of its own, of that size.
    """
    say("Starting the servers")
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "home" / "postgres", disk_mb)) if disk_mb else None
        mosquitto = Mosquitto(folder / "mosquitto")
        await mosquitto.prepare()
        await mosquitto.start()
        stack.push_async_callback(mosquitto.stop)
        url = f"mqtt://127.0.0.1:{mosquitto.address.port}"
        settings = Settings(home=folder / "home", mqtt_url=url, _env_file=None)  # pyright: ignore[reportCallIssue]
        places = await stack.enter_async_context(open_servers(settings))
        at = places.graph
        graph = await stack.enter_async_context(open_graph(at.url, at.user, at.password, at.database))
        history = await stack.enter_async_context(open_history(places.postgres_dsn))
        home = Home(settings.home)
        await bootstrap(graph, load_ontology(settings.home / "cache"), at.sql)
        environment = {
            "HOME": settings.home,
            "MQTT_URL": url,
            "MQTT_USER": mosquitto.address.user,
            "MQTT_PASSWORD": mosquitto.address.password,
        }
        lines = "".join(f"PLANTROOM_{name}={value}\n" for name, value in environment.items())
        ingester = Ingester(home, lines)
        say("Starting plantroom ingest")
        await ingester.start()
        stack.push_async_callback(ingester.stop)
        yield Stage(home, mosquitto, ingester, graph, history, places.postgres_dsn, disk)
