"""Passwords: made up, readable by their owner only, in no process list, needed for each server, none of which leaves loopback."""

import asyncio
import stat

import psutil
import psycopg
import pytest

from graph_schema.errors import Unavailable
from graph_schema.store.graph import open_graph
from ingestion.sources.mqtt.connection import Broker
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.endpoints import Endpoints
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker, greet
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Server, Supervised

OPEN_LATER = {"mqtt"}
"""The devices' door of the broker opens when ingestion has subscribed."""


async def test_no_secret_is_in_a_command_line_an_environment_or_a_log(
    server: Server, home: Home, watched, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-servers")
    async with Supervised(server, home):
        secret = home.secret(server.name)
        for process in psutil.process_iter():
            assert secret not in " ".join(_of(process.cmdline))
        child = psutil.Process(watched.state.pid)
        for process in (child, *child.children(recursive=True)):
            environment = str(_of(process.environ))
            assert secret not in environment
            assert "sk-not-for-servers" not in environment
    assert secret not in home.log(server.name).read_text(errors="replace")


def _of(read):
    try:
        return read()
    except psutil.Error:  # ended meanwhile
        return []


async def test_files_with_secrets_are_readable_by_their_owner_only(server: Server, home: Home):
    async with Supervised(server, home):
        assert stat.S_IMODE((home.folder / "secrets").stat().st_mode) == 0o700
        assert stat.S_IMODE((home.folder / "servers").stat().st_mode) == 0o700
        private = [*(home.folder / "secrets").iterdir(), *(home.folder / "servers").iterdir()]
        assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
        secret = home.secret(server.name).encode()
        holders = [
            file
            for file in home.folder.rglob("*")
            if file.is_file() and file.stat().st_size < 1_000_000 and secret in file.read_bytes()
        ]
        assert holders == [home.secret_file(server.name)]


async def test_every_home_has_its_own_secret(home: Home, tmp_path):
    other = Home(tmp_path / "other")
    other.prepare()
    assert home.secret("graph") == home.secret("graph") != other.secret("graph")
    assert len(home.secret("graph")) >= 24


async def test_servers_listen_on_loopback_only(server: Server, home: Home, watched):
    async with Supervised(server, home):
        found = psutil.Process(watched.state.pid).net_connections("inet")
        listening = {c.laddr.port: c.laddr.ip for c in found if c.status == psutil.CONN_LISTEN}
        assert set(listening) == {port for name, port in watched.state.ports.items() if name not in OPEN_LATER}
        assert {ip.removeprefix("::ffff:") for ip in listening.values()} == {"127.0.0.1"}


async def test_the_graph_refuses_a_wrong_password(home: Home):
    server = ArcadeDb(home, "256m")
    async with Supervised(server, home) as running:
        place = server.endpoint(running.ports)
        with pytest.raises(Unavailable, match="refuses user “root”"):
            async with open_graph(place.url, place.user, "wrong"):
                pass


async def test_postgres_refuses_a_wrong_password(home: Home):
    server = Postgres(home)
    async with Supervised(server, home) as running:
        for wrong in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError, match="password"):
                await psycopg.AsyncConnection.connect(server.endpoint(running.ports), password=wrong)


async def test_the_broker_refuses_strangers(home: Home):
    server = MqttBroker(home)
    async with Supervised(server, home) as running:
        await greet(server.intake(running.ports))
        port = running.ports["intake"]
        strangers = Broker("127.0.0.1", port), Broker("127.0.0.1", port, "plantroom", "wrong"), Broker("127.0.0.1", port, "x", "y")  # fmt: skip
        for stranger in strangers:
            with pytest.raises(Unavailable, match="does not answer"):
                await asyncio.wait_for(greet(stranger), 10)


def test_endpoints_do_not_show_secrets(home: Home):
    graph = ArcadeDb(home, "256m").endpoint({"bolt": 1, "http": 2})
    dsn = Postgres(home).endpoint({"postgres": 3})
    server = MqttBroker(home)
    doors = [door({"mqtt": 4, "intake": 5}) for door in (server.endpoint, server.intake)]
    shown = repr(Endpoints(graph, dsn, *doors))
    assert "bolt://127.0.0.1:1" in shown
    for name in ("graph", "postgres", "broker"):
        assert home.secret(name) not in shown
