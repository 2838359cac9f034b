"""All three servers of a home at once: secrets, and what people are told when they cannot be."""

import os
import stat
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import psutil
import psycopg
import pytest

from graph_schema.errors import InvalidInput, Unavailable
from graph_schema.store import open_graph
from interfaces.servers import open_servers
from interfaces.servers.home import Home
from interfaces.servers.mqtt import greet
from interfaces.settings import Settings


def settings(folder: Path, **more: object) -> Settings:
    return Settings(home=folder, graph_memory="256m", _env_file=None, **more)  # pyright: ignore


async def test_everything_answers_and_no_secret_is_seen(folder: Path):
    async with open_servers(settings(folder)) as places:
        graph = places.graph
        async with open_graph(graph.url, graph.user, graph.password) as store:
            assert await store.read("RETURN 1 AS one") == [{"one": 1}]
        async with await psycopg.AsyncConnection.connect(places.postgres_dsn) as connection:
            assert await (await connection.execute("select 1")).fetchone() == (1,)
        await greet(places.broker)

        home = Home(folder)
        secrets = [home.secret(name) for name in ("graph", "postgres", "broker")]
        seen = " ".join(" ".join(process.cmdline()) for process in psutil.process_iter() if _is_readable(process))
        seen += "".join(log.read_text(errors="replace") for log in (folder / "servers").glob("*.log"))
        seen += repr(places) + repr(places.broker)
        assert not [secret for secret in secrets if secret in seen]
    for path in (folder / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700


def _is_readable(process: psutil.Process) -> bool:
    try:
        return bool(process.cmdline())
    except psutil.Error:
        return False


async def test_strangers_are_refused(folder: Path):
    async with open_servers(settings(folder)) as places:
        with pytest.raises(Unavailable, match="refuses"):
            async with open_graph(places.graph.url, places.graph.user, "guess"):
                pass
        with pytest.raises(psycopg.OperationalError, match="password"):
            await psycopg.AsyncConnection.connect(places.postgres_dsn, password="guess")
        broker = places.broker
        with pytest.raises(Unavailable, match="refuses"):
            await greet(type(broker)(broker.host, broker.port, broker.user, "guess"))


async def test_servers_of_the_settings_are_not_started(folder: Path):
    named = {
        "graph_url": "bolt://graph.example:7687",
        "postgres_url": "postgresql://someone@history.example/plant",
        "mqtt_url": "mqtts://broker.example",
    }
    async with open_servers(settings(folder, **named)) as places:
        assert places.graph.url == named["graph_url"]
        assert places.postgres_dsn == named["postgres_url"]
        assert (places.broker.host, places.broker.port) == ("broker.example", 8883)
    assert [path.name for path in (folder / "servers").iterdir()] == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [("graph_url", "http://127.0.0.1:7474"), ("postgres_url", "nonsense"), ("mqtt_url", "127.0.0.1:1883")],
)
async def test_an_address_that_cannot_be_is_said_to_be_wrong(folder: Path, setting: str, value: str):
    with pytest.raises(InvalidInput, match="must look like"):
        async with open_servers(settings(folder, **{setting: value})):
            pass


async def test_a_file_in_the_place_of_the_folder(folder: Path):
    (folder / "file").touch()
    with pytest.raises(Unavailable, match="PLANTROOM_HOME"):
        async with open_servers(settings(folder / "file" / "home")):
            pass


@pytest.fixture
def small_disk(folder: Path) -> Generator[Path]:
    """A disk of 50 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = folder / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


async def test_a_full_disk_is_told_before_anything_starts(small_disk: Path):
    with pytest.raises(Unavailable, match="full"):
        async with open_servers(settings(small_disk / "home")):
            pass
