"""The servers of a run: those of ``scripts/services`` where they run, else embedded ones; a broker and a database of the run's own."""

import asyncio
import json
import secrets
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from filelock import FileLock
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from graph_schema.errors import Unavailable
from graph_schema.ontology.ontology import load_ontology
from graph_schema.store.bootstrap import bootstrap
from graph_schema.store.graph import open_graph
from ingestion.history.history import migrate
from ingestion.sources.mqtt.connection import Broker
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.child import Launch, start_child
from interfaces.embedded.home import Home, write_private
from interfaces.embedded.mqtt import MqttBroker, greet
from interfaces.embedded.ports import choose
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised

SERVICES = Path(__file__).parents[3] / "build" / "services"

_MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
max_inflight_messages 0
max_queued_messages 0
persistence true
persistence_location {folder}/
user root
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything is. ``names`` says what it is, for people."""

    broker: Broker
    dsn: str
    graph: dict[str, Any]
    names: dict[str, str]

    @property
    def job(self) -> dict[str, Any]:
        """What a process of the bench needs to know."""
        return {"broker": asdict(self.broker), "dsn": self.dsn}


@asynccontextmanager
async def open_stage(folder: Path, embedded: bool, with_graph: bool) -> AsyncGenerator[Stage]:
    """``graph`` is empty without one."""
    state = SERVICES / "state.json"
    services: dict[str, Any] = json.loads(state.read_text()) if state.exists() and not embedded else {}
    home = Home(folder / "home")
    home.prepare()
    async with AsyncExitStack() as stack:
        broker, broker_name = await _broker(stack, home, folder)
        dsn, postgres_name = await _database(stack, home, services.get("timescale", {}))
        graph, names = {}, {"broker": broker_name, "history": postgres_name}
        if with_graph:
            graph, names["graph"] = await _graph(stack, home, services.get("neo4j", {}))
        yield Stage(broker, dsn, graph, names)


async def _broker(stack: AsyncExitStack, home: Home, folder: Path) -> tuple[Broker, str]:
    binary = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
    if binary is None:
        server = MqttBroker(home)
        running = await stack.enter_async_context(Supervised(server, home))
        return server.intake(running.ports), "the embedded one"
    port = choose(["mqtt"], {})["mqtt"]
    broker = Broker("127.0.0.1", port, "plantroom", secrets.token_hex(12))
    place = folder / "mosquitto"
    place.mkdir()
    write_private(place / "passwords", f"{broker.user}:{broker.password}\n")
    hasher = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
    hashing = await asyncio.create_subprocess_exec(hasher, "-U", str(place / "passwords"))
    if await hashing.wait():
        raise Unavailable("mosquitto_passwd does not hash the broker's password.")
    (place / "mosquitto.conf").write_text(_MOSQUITTO.format(port=port, folder=place))
    child = await start_child(Launch([binary, "-c", str(place / "mosquitto.conf")], place), place / "log")
    stack.push_async_callback(child.stop)
    for _ in range(50):
        try:
            await greet(broker, patience_s=1)
            break
        except Unavailable:
            await asyncio.sleep(0.1)
    return broker, "Mosquitto"


async def _database(stack: AsyncExitStack, home: Home, service: dict[str, Any]) -> tuple[str, str]:
    dsn = service.get("dsn")
    if dsn is None:
        server = Postgres(home)
        running = await stack.enter_async_context(Supervised(server, home))
        dsn = server.endpoint(running.ports)
    name = f"bench_{secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as admin:
        cursor = await admin.execute("select current_setting('server_version'), current_setting('fsync')")
        version, fsync = await cursor.fetchone() or ("", "")
        await admin.execute(SQL("create database {}").format(Identifier(name)))
    stack.push_async_callback(_drop, dsn, name)
    own = make_conninfo(dsn, dbname=name)
    if service:
        async with await psycopg.AsyncConnection.connect(own, autocommit=True) as connection:
            await connection.execute("create extension if not exists timescaledb")
    await migrate(own)
    kind = "PostgreSQL with TimescaleDB" if service else "PostgreSQL (embedded)"
    return _as_url(own), f"{kind} {version.split()[0]}, fsync {fsync}"


async def _drop(dsn: str, name: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def _as_url(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    return f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{parts['dbname']}"


async def _graph(stack: AsyncExitStack, home: Home, service: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The address as ``open_graph`` takes it. The service is ours alone while the run lasts, as for a test."""
    ontology = load_ontology(home.folder / "ontology")
    if "uri" in service:
        lock = FileLock(SERVICES / "neo4j.lock", thread_local=False)
        await asyncio.to_thread(lock.acquire, timeout=600)
        stack.callback(lock.release)
        graph: dict[str, Any] = {"uri": service["uri"], "user": service["user"], "password": service["password"]}
        sql, name = None, "Neo4j"
    else:
        server = ArcadeDb(home, "512m")
        running = await stack.enter_async_context(Supervised(server, home))
        place = server.endpoint(running.ports)
        graph = {"uri": place.url, "user": place.user, "password": place.password, "database": place.database}
        sql, name = place.sql, "ArcadeDB (embedded)"
    async with open_graph(**graph) as store:
        await bootstrap(store, ontology, sql)
    return graph, name
