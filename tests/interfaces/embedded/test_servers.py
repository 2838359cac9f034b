"""What the settings say is used, the rest is started; what cannot be is a sentence."""

from pathlib import Path

import psycopg
import pytest

from graph_schema.errors import InvalidInput, Unavailable
from graph_schema.store.graph import open_graph
from ingestion.history.history import open_history
from ingestion.sources.mqtt.connection import Broker, Tls
from ingestion.sources.mqtt.source import open_mqtt_source
from interfaces.embedded import open_servers
from interfaces.embedded.child import started
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import greet
from interfaces.settings import Settings

REAL = {
    "graph_url": "bolt://graph.example:7687",
    "graph_password": "g",
    "postgres_url": "postgresql://u:p@db.example/plant",
    "mqtt_url": "mqtts://broker.example",
    "mqtt_user": "ingest",
    "mqtt_password": "m",
}


def settings(home: Path, **values: object) -> Settings:
    return Settings(_env_file=None, home=home, **values)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch):
    for name in REAL:
        monkeypatch.delenv(f"PLANTROOM_{name.upper()}", raising=False)


async def test_everything_is_started_together_and_works(folder: Path):
    heard: list[tuple[str, float | None]] = []
    async with open_servers(settings(folder), lambda sentence, share=None: heard.append((sentence, share))) as places:
        graph = places.graph
        async with open_graph(graph.url, graph.user, graph.password, graph.database) as store:
            assert await store.read("RETURN 1 AS one") == [{"one": 1}]
        async with open_history(places.postgres_dsn) as history:
            assert await history.series() == []
        await greet(places.intake)
        with pytest.raises(Unavailable, match="Connection refused"):
            await greet(places.broker, patience_s=0.5)
        async with open_mqtt_source(places.intake):
            await greet(places.broker)
        assert graph.sql
    assert [share for _, share in heard] == [0.0, 1 / 3, 2 / 3, 1.0]
    assert {sentence for sentence, _ in heard} == {"Starting the embedded servers"}


async def test_with_real_servers_nothing_is_started(folder: Path):
    async with open_servers(settings(folder, **REAL)) as places:
        assert (places.graph.url, places.graph.user, places.graph.password) == (
            "bolt://graph.example:7687",
            "neo4j",
            "g",
        )
        assert places.graph.sql is None
        assert places.postgres_dsn == REAL["postgres_url"]
        assert places.broker == places.intake == Broker("broker.example", 8883, "ingest", "m", Tls())
    assert list((folder / "servers").iterdir()) == []


async def test_one_real_server_among_embedded_ones(folder: Path):
    given = {name: REAL[name] for name in ("graph_url", "graph_password", "mqtt_url")}
    async with open_servers(settings(folder, **given)) as places:
        assert places.graph.url == REAL["graph_url"]
        async with await psycopg.AsyncConnection.connect(places.postgres_dsn) as connection:
            assert await (await connection.execute("select 1")).fetchone() == (1,)
    assert {file.suffix: file.stem for file in (folder / "servers").iterdir()} == {
        ".json": "postgres",
        ".lock": "postgres",
        ".log": "postgres",
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("graph_url", "http://localhost:7474", "PLANTROOM_GRAPH_URL is “http://localhost:7474”"),
        ("graph_url", "localhost:7687", "must look like bolt://host:7687"),
        ("postgres_url", "mysql://u:secret@host/db", "PLANTROOM_POSTGRES_URL must look like postgresql://"),
        ("postgres_url", "postgresql://u:secret@host/db?nonsense=1", "PLANTROOM_POSTGRES_URL must look like"),
        ("mqtt_url", "tcp://broker", "must look like mqtt://"),
    ],
)
async def test_a_wrong_address_is_a_sentence_without_secrets(folder: Path, name: str, value: str, sentence: str):
    with pytest.raises(InvalidInput, match=sentence) as caught:
        async with open_servers(settings(folder, **{name: value})):
            pass
    assert "secret" not in str(caught.value)


async def test_a_home_that_cannot_be_made_is_a_sentence(folder: Path):
    file = folder / "file"
    file.touch()
    with pytest.raises(Unavailable, match=r"cannot be written: .*Set PLANTROOM_HOME"):
        async with open_servers(settings(file / "home")):
            pass


async def test_one_server_that_does_not_start_ends_the_others(folder: Path):
    Home(folder).prepare()
    (folder / "graph").write_text("in the way")
    with pytest.raises(Unavailable, match=r"The graph \(ArcadeDB\) cannot be started\. .*/graph"):
        async with open_servers(settings(folder)):
            pass
    for name in ("postgres", "broker"):
        running = Home(folder).running(name)
        assert running is None or started(running.pid) is None
