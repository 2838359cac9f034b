"""Servers for the tests: embedded ones, started when a test first asks, and the real ones that ``scripts/services`` runs.

A test that asks for ``graph``, ``postgres_dsn`` or ``broker`` finds it empty. Where a statement or a session first meets a server
(``CONTRACTS``) the test runs twice, on the embedded ones and on Neo4j, TimescaleDB and Mosquitto; elsewhere on the embedded ones.

Several workers (xdist) run at once, each with embedded servers of its own; a file stays together on one of them. The real servers, which
there is one of, are used by one test at a time (``Services.alone``). What takes longest begins first.
"""

import asyncio
import json
import logging
import os
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from filelock import FileLock
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from psycopg.conninfo import make_conninfo

from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology, load_ontology
from graph_schema.store.bootstrap import SqlEndpoint, bootstrap
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.history.history import History, migrate, open_history
from ingestion.simulator.demo import demo_plant_file
from ingestion.sources.mqtt.connection import Broker
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised

pytest_plugins = ["tests.cost", "tests.mail"]

ROOT = Path(__file__).parent.parent

# A graph lives for minutes here: what its Java would spend on compiling for hours is never earned back. The real servers have the same.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")

# The workers share the cores: threads that scikit-learn starts for every core in each of them wait for one another, at three times the CPU.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A served plant is 4,000 modules: without what Python keeps of them, each command that a test starts would compile them anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
SERVICES = ROOT / "build" / "services"
CONTRACTS = (
    "agent/conversation/", "agent/vocabulary/test_lexicon", "forecasting/jobs/test_asset_outlooks",
    "forecasting/jobs/test_forecast_verification", "forecasting/registry/", "forecasting/test_outlook", "forecasting/test_plant_points",
    "graph_schema/store/", "graph_schema/test_compiler", "ingestion/decoding/test_validation", "ingestion/export/test_views", "ingestion/device/",
    "ingestion/history/", "ingestion/live/", "ingestion/alarms/", "ingestion/test_changes", "ingestion/orders/",
    "ingestion/pipeline/test_dead_letters", "ingestion/pipeline/test_pipeline", "ingestion/quality/test_watch",
    "ingestion/sources/mqtt/", "ingestion/sources/sparkplug/", "tools/catalogue/", "tools/query/",
)  # fmt: skip
PERSISTENT_CLIENTS = ("plantroom-ingest",)

EMPTY = (
    "MATCH (n) WHERE NOT n:Class AND NOT n:Meta DETACH DELETE n",
    "MATCH (m:Meta) WHERE m.id <> 'plant' DETACH DELETE m",
)
RESET = "MERGE (m:Meta {id: 'plant'}) SET m = $properties"
CLASSES = "MATCH (c:Class) OPTIONAL MATCH (c)-[r:SUBCLASS_OF]->(:Class) RETURN count(DISTINCT c) AS classes, count(r) AS links"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Generator[None]:
    """A command that is called in this process sets up the log, on a stream that ends with its test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


class Services:
    """What ``scripts/services up`` started."""

    def __init__(self, folder: Path) -> None:
        state = folder / "state.json"
        self._state: dict[str, dict[str, Any]] = json.loads(state.read_text()) if state.exists() else {}
        self._folder = folder

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Where a service is; without it the test is skipped, and with CI=true it fails."""
        entry = self._state.get(name, {"error": "run scripts/services up"})
        if "error" in entry:
            missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            missing(f"{name} does not run: {entry['error']}")
        return entry

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncGenerator[None]:
        """Other test runs on this machine use the same service: one test at a time."""
        lock = FileLock(self._folder / f"{name}.lock", thread_local=False)
        await asyncio.to_thread(lock.acquire, timeout=600)
        try:
            yield
        finally:
            lock.release()


@pytest.fixture(scope="session")
def services() -> Services:
    return Services(SERVICES)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    stated = any("servers" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize"))
    if "servers" in metafunc.fixturenames and not stated:
        real = [pytest.param("real", marks=pytest.mark.service)] if _is_contract(metafunc.definition.path) else []
        metafunc.parametrize("servers", ["embedded", *real], indirect=True)


def _is_contract(path: Path) -> bool:
    return path.relative_to(ROOT / "tests").as_posix().startswith(CONTRACTS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)  # stable: a file's tests stay in their order


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> str:
    """``embedded`` or ``real``."""
    return request.param


@pytest.fixture(scope="session")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return load_ontology(tmp_path_factory.mktemp("ontology"))


@pytest.fixture(scope="session")
def demo_plant(ontology: Ontology) -> Plant:
    """As its file says; not yet in any graph."""
    return read_plant(demo_plant_file(), ontology)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public recordings and Brick models, which the repository does not hold."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.exists():
        pytest.skip(f"the public data is not at {folder}")
    return folder


@pytest.fixture(scope="session")
def buildings(shared_data: Path) -> Path:
    return shared_data / "buildings"


@pytest.fixture(scope="session")
def server_home() -> Generator[Home]:
    """Not below pytest's own folder, which it closes to the account that PostgreSQL runs as under root."""
    folder = Path(tempfile.mkdtemp(prefix="plantroom-test-"))
    home = Home(folder)
    home.prepare()
    yield home
    shutil.rmtree(folder)


# The graph

GRAPH_LIMIT_S = 120.0
"""Seconds that a statement of a test may take, on a machine that does much else; how long people wait has tests of its own."""


@dataclass(frozen=True)
class GraphServer:
    store: GraphStore
    sql: SqlEndpoint | None
    meta: dict[str, Any]
    classes: list[dict[str, Any]]
    """The hierarchy as it was loaded."""


@asynccontextmanager
async def graph_server_at(
    place: tuple[str, str, str], ontology: Ontology, sql: SqlEndpoint | None
) -> AsyncGenerator[GraphServer]:
    async with open_graph(*place, limit_s=GRAPH_LIMIT_S) as store:
        await bootstrap(store, ontology, sql)
        ((meta,),) = [row.values() for row in await store.read("MATCH (m:Meta {id: 'plant'}) RETURN properties(m)")]
        kept = {key: value for key, value in meta.items() if key in ("id", "search", "ontology")}
        yield GraphServer(store, sql, kept, await store.read(CLASSES))


async def emptied(server: GraphServer, ontology: Ontology) -> GraphStore:
    """Without things, as after the bootstrap. The classes take seconds to load and so stay, if they are whole."""
    for statement in EMPTY:
        await server.store.write(statement)
    if await server.store.read(CLASSES) == server.classes:
        await server.store.write(RESET, properties=server.meta)
    else:
        await server.store.write("MATCH (n) DETACH DELETE n")
        await bootstrap(server.store, ontology, server.sql)
    return server.store


@pytest.fixture(scope="session")
async def arcadedb(server_home: Home, ontology: Ontology) -> AsyncGenerator[GraphServer]:
    server = ArcadeDb(server_home, "512m")
    async with Supervised(server, server_home) as running:
        place = server.endpoint(running.ports)
        async with graph_server_at((place.url, place.user, place.password), ontology, place.sql) as found:
            yield found


@pytest.fixture(scope="session")
async def neo4j(services: Services, ontology: Ontology) -> AsyncGenerator[GraphServer]:
    place = services["neo4j"]
    async with AsyncExitStack() as stack:
        async with services.alone("neo4j"):
            address = (place["uri"], place["user"], place["password"])
            server = await stack.enter_async_context(graph_server_at(address, ontology, None))
        yield server


@pytest.fixture
def graph_server(request: pytest.FixtureRequest, servers: str) -> GraphServer:
    return request.getfixturevalue("arcadedb" if servers == "embedded" else "neo4j")


@pytest.fixture
def graph_sql(graph_server: GraphServer) -> SqlEndpoint | None:
    """The graph's second address, for a test that bootstraps it again."""
    return graph_server.sql


@pytest.fixture
async def graph(
    graph_server: GraphServer, servers: str, services: Services, ontology: Ontology
) -> AsyncGenerator[GraphStore]:
    """A graph with the ontology's classes and nothing else."""
    async with services.alone("neo4j") if servers == "real" else nullcontext():
        yield await emptied(graph_server, ontology)


# PostgreSQL


@asynccontextmanager
async def template_at(admin_dsn: str, extension: str | None) -> AsyncGenerator[str]:
    """The name of a migrated database to clone."""
    name = f"test_template_{secrets.token_hex(6)}"
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(f"create database {name}")
        dsn = make_conninfo(admin_dsn, dbname=name)
        if extension:
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as inside:
                await inside.execute(f"create extension if not exists {extension}")
        packages = (
            "interfaces.http.auth",
            "interfaces.http.api",
            "interfaces.http.webhooks",
            "interfaces.notifications",
            "interfaces.slack",
            "interfaces.briefings",
            "tools.cmms",
        )
        for package in ("ingestion", "forecasting", "agent", *packages):
            await migrate(dsn, package)
        # Background workers of an extension would count as users of it, and a database in use cannot be cloned.
        await admin.execute(f"alter database {name} allow_connections false")
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        yield name
        await admin.execute(f"drop database {name} with (force)")


FORGETFUL = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""Nobody needs what these databases hold after a crash: nothing of them is waited for to be on the disk."""


@pytest.fixture(scope="session")
async def embedded_postgres(server_home: Home) -> AsyncGenerator[tuple[str, str]]:
    server = Postgres(server_home)
    await server.prepare()
    with (server_home.folder / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("\n".join(["", *FORGETFUL, ""]))
    async with Supervised(server, server_home) as running:
        dsn = server.endpoint(running.ports)
        async with template_at(dsn, None) as template:
            yield dsn, template


@pytest.fixture(scope="session")
async def timescale(services: Services) -> AsyncGenerator[tuple[str, str]]:
    dsn = services["timescale"]["dsn"]
    async with template_at(dsn, "timescaledb") as template:
        yield dsn, template


@pytest.fixture
def postgres_server(request: pytest.FixtureRequest, servers: str) -> tuple[str, str]:
    return request.getfixturevalue("embedded_postgres" if servers == "embedded" else "timescale")


@pytest.fixture
async def postgres_dsn(postgres_server: tuple[str, str]) -> AsyncGenerator[str]:
    """A database of the test's own, migrated and empty."""
    admin_dsn, template = postgres_server
    name = f"test_{secrets.token_hex(6)}"
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(f"create database {name} template {template}")
        yield make_conninfo(admin_dsn, dbname=name)
        await admin.execute(f"drop database {name} with (force)")


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    async with open_history(postgres_dsn) as opened:
        yield opened


# The broker


@pytest.fixture(scope="session")
async def own_broker(server_home: Home) -> AsyncGenerator[Broker]:
    server = MqttBroker(server_home)
    async with Supervised(server, server_home) as running:
        yield server.intake(running.ports)


@pytest.fixture(scope="session")
def mosquitto(services: Services) -> Broker:
    place = services["mosquitto"]
    return Broker(place["host"], place["port"], place["user"], place["password"])


@pytest.fixture
def broker_server(request: pytest.FixtureRequest, servers: str) -> Broker:
    return request.getfixturevalue("own_broker" if servers == "embedded" else "mosquitto")


@pytest.fixture
async def broker(broker_server: Broker, servers: str, services: Services) -> AsyncGenerator[Broker]:
    """A broker that keeps nothing of earlier tests for the product's clients."""
    async with services.alone("mosquitto") if servers == "real" else nullcontext():
        await asyncio.to_thread(forget, broker_server)
        yield broker_server


def forget(broker: Broker) -> None:
    """Connecting once with a clean session drops what the broker keeps for a client."""
    for client_id in PERSISTENT_CLIENTS:
        _connect_once(broker, client_id)


def _connect_once(broker: Broker, client_id: str) -> None:
    connected = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id, clean_session=True)
    client.username_pw_set(broker.user, broker.password)
    client.on_connect = lambda *_: connected.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        assert connected.wait(10)
    finally:
        client.disconnect()
        client.loop_stop()
