"""The servers of a small plant, and ``plantroom ingest`` as a process of its own: all of it can be killed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from evals.reliability.embedded import EmbeddedBroker
from evals.reliability.mosquitto import Mosquitto
from evals.reliability.small_disk import SmallDisk, small_disk
from graph_schema.ontology.ontology import load_ontology
from graph_schema.store.bootstrap import bootstrap
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.history.history import History, open_history
from ingestion.pipeline.dead_letters import DeadLetters
from interfaces.embedded import open_servers
from interfaces.embedded.child import Child, Launch, start_child
from interfaces.embedded.home import Home, write_private
from interfaces.settings import Settings

if TYPE_CHECKING:  # Kafka's library is an extra
    from evals.reliability.kafka import KafkaBroker

BrokerKind = Literal["mosquitto", "mosquitto-each-change", "embedded"]

_SAYS = {"ingest": "Ingesting from", "bridge": "Forwarding to"}
_READY_S = 60.0


class Command:
    """``plantroom ingest`` or ``plantroom bridge`` as a process, with its settings in a folder of its own."""

    def __init__(self, folder: Path, name: str, environment: Mapping[str, str]) -> None:
        self._name = name
        self._folder = folder
        self._environment = environment
        folder.mkdir(mode=0o700)
        self._write({})
        self._log = folder / "log"
        self._child: Child | None = None

    def _write(self, more: Mapping[str, str]) -> None:
        stated = {**self._environment, **more}
        write_private(self._folder / ".env", "".join(f"PLANTROOM_{name}={value}\n" for name, value in stated.items()))

    async def restart(self, **more: str) -> None:
        """Stop, and start with these settings as well."""
        await self.stop()
        self._write(more)
        await self.start()

    async def start(self) -> None:
        """Start, and wait until it says that it works."""
        ready = _SAYS[self._name]
        before = self.log.count(ready)
        await self.launch()
        assert self._child
        async with asyncio.timeout(_READY_S):
            while self.log.count(ready) == before:
                assert not self._child.exited, self._child.last_words()
                await asyncio.sleep(0.05)

    async def launch(self) -> None:
        argv = [str(Path(sys.executable).with_name("plantroom")), self._name, "--verbose"]
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
    """Everything that a fault may touch. The servers of ``home`` come back by themselves; Mosquitto does not.

    The embedded broker belongs to the ingester, or else to ``second``, a command on the same home that is not started yet.
    """

    home: Home
    broker: Mosquitto | EmbeddedBroker
    ingester: Command
    second: Command
    graph: GraphStore
    history: History
    dsn: str
    disk: SmallDisk | None
    kafka: "KafkaStage | None"

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


@dataclass(frozen=True)
class KafkaStage:
    """Between broker and ingestion, where readings take the way through Kafka; ``second`` shares them with the ingester."""

    broker: "KafkaBroker"
    bridge: Command
    second: Command


@contextmanager
def stage_folder() -> Generator[Path]:
    """A temporary folder that other accounts may pass through, as PostgreSQL's must under root."""
    with tempfile.TemporaryDirectory(prefix="plantroom-stage-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@asynccontextmanager
async def open_stage(
    folder: Path,
    say: Callable[[str], None] = lambda _: None,
    disk_mb: int | None = None,
    kafka: bool = False,
    broker: BrokerKind = "mosquitto",
) -> AsyncGenerator[Stage]:
    """Start the servers in ``folder`` and the ingester. ``folder`` must be open to the account that PostgreSQL runs as.

    With ``disk_mb`` PostgreSQL's data has a disk of its own, of that size; with ``kafka`` readings go through Kafka.
    """
    say("Starting the servers")
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "home" / "postgres", disk_mb)) if disk_mb else None
        mosquitto = await _mosquitto(stack, folder, broker)
        url = f"mqtt://127.0.0.1:{mosquitto.address.port if mosquitto else 1}"
        settings = Settings(home=folder / "home", mqtt_url=url, _env_file=None)  # pyright: ignore[reportCallIssue]
        places = await stack.enter_async_context(open_servers(settings))
        at = places.graph
        graph = await stack.enter_async_context(open_graph(at.url, at.user, at.password, at.database))
        history = await stack.enter_async_context(open_history(places.postgres_dsn))
        home = Home(settings.home)
        await bootstrap(graph, load_ontology(settings.home / "cache"), at.sql)
        environment = {"HOME": str(settings.home)}
        if mosquitto:
            environment |= {
                "MQTT_URL": url,
                "MQTT_USER": mosquitto.address.user or "",
                "MQTT_PASSWORD": mosquitto.address.password or "",
            }
        through = await _kafka(stack, folder, environment) if kafka else None
        ingester = Command(folder / "ingester", "ingest", environment)
        say("Starting plantroom ingest")
        await ingester.start()
        second = Command(folder / "second", "ingest", environment)
        for command in (ingester, second):
            stack.push_async_callback(command.stop)
        own = mosquitto or EmbeddedBroker(home)
        yield Stage(home, own, ingester, second, graph, history, places.postgres_dsn, disk, through)


async def _mosquitto(stack: AsyncExitStack, folder: Path, broker: BrokerKind) -> Mosquitto | None:
    """None where the ingester brings its own broker."""
    if broker == "embedded":
        return None
    mosquitto = Mosquitto(folder / "mosquitto", each_change=broker == "mosquitto-each-change")
    await mosquitto.prepare()
    await mosquitto.start()
    stack.push_async_callback(mosquitto.stop)
    return mosquitto


async def _kafka(stack: AsyncExitStack, folder: Path, environment: dict[str, str]) -> KafkaStage:
    """Start Kafka, the bridge and an ingester of the group; ``environment`` then leads the next ones there as well."""
    from evals.reliability.kafka import kafka_broker

    broker = kafka_broker(folder / "kafka")
    await broker.prepare()
    await broker.start()
    stack.push_async_callback(broker.stop)
    environment |= {"KAFKA": broker.servers, "KAFKA_PARTITIONS": "4"}
    commands = [Command(folder / name, name, environment) for name in ("bridge", "ingest")]
    for command in commands:
        await command.start()
        stack.push_async_callback(command.stop)
    return KafkaStage(broker, *commands)
