"""Servers that are stopped in the middle: nobody waits for them longer than the limit, and they are used again as soon as they answer."""

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from evals.reliability.freezing import frozen
from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.history.history import History, open_history
from ingestion.reading import Reading
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised

LIMIT_S = 1.5
SOON_S = 8.0


@pytest.fixture
async def graph_server(home: Home) -> AsyncGenerator[Supervised]:
    async with Supervised(ArcadeDb(home, "256m"), home) as running:
        yield running


@pytest.fixture
async def stopped_graph(home: Home, graph_server: Supervised) -> AsyncGenerator[GraphStore]:
    at = ArcadeDb(home, "256m").endpoint(graph_server.ports)
    async with open_graph(at.url, at.user, at.password, at.database, limit_s=LIMIT_S) as graph:
        yield graph


@pytest.fixture
async def postgres_server_of_its_own(home: Home) -> AsyncGenerator[Supervised]:
    async with Supervised(Postgres(home), home) as running:
        yield running


@pytest.fixture
async def stopped_history(home: Home, postgres_server_of_its_own: Supervised) -> AsyncGenerator[History]:
    dsn = Postgres(home).endpoint(postgres_server_of_its_own.ports)
    async with open_history(dsn, limit_s=LIMIT_S) as history:
        yield history


async def test_a_graph_that_hangs_is_away_within_the_limit_and_used_again_afterwards(
    stopped_graph: GraphStore, graph_server: Supervised
):
    graph = stopped_graph
    await graph.write("CREATE (:Entity {id: 'kept'})")
    with frozen(graph_server.pid):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="The graph does not answer: it has said nothing for 2 seconds"):
            await graph.read("MATCH (n:Entity) RETURN n.id AS id")
        with pytest.raises(Unavailable):
            await graph.write("CREATE (:Entity {id: 'late'})")
        assert time.monotonic() - began < SOON_S
        assert graph.answering.away
    async with asyncio.timeout(SOON_S):
        while await found(graph) != [{"id": "kept"}]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert graph.answering.away is None


async def found(graph: GraphStore) -> list[dict[str, str]] | None:
    try:
        return await graph.read("MATCH (n:Entity) RETURN n.id AS id")
    except Unavailable:
        return None


async def test_a_probe_ends_what_waits_for_a_graph_that_hangs(home: Home, graph_server: Supervised):
    at = ArcadeDb(home, "256m").endpoint(graph_server.ports)
    async with open_graph(at.url, at.user, at.password, at.database, limit_s=60) as graph:
        await graph.read("RETURN 1 AS one")
        with frozen(graph_server.pid):
            waiting = asyncio.create_task(graph.read("MATCH (n:Entity) RETURN n.id AS id"))
            await asyncio.sleep(0)
            began = time.monotonic()
            with pytest.raises(Unavailable):
                await graph.probe(1)
            with pytest.raises(Unavailable):
                await waiting
            assert time.monotonic() - began < SOON_S


async def test_a_history_that_hangs_is_away_within_the_limit_and_loses_nothing(
    stopped_history: History, postgres_server_of_its_own: Supervised
):
    history = stopped_history
    await history.write([Reading("meter/power", 1_772_445_600_000, 1.0)])
    with frozen(postgres_server_of_its_own.pid):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="The history database does not answer"):
            await history.fetch("select 1")
        with pytest.raises(Unavailable):
            await history.write([Reading("meter/power", 1_772_445_601_000, 2.0)])
        assert time.monotonic() - began < 2 * SOON_S
        assert history.answering.away
    async with asyncio.timeout(SOON_S):
        while not await written(history):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    rows = await history.fetch("select value from reading order by at")
    assert [row["value"] for row in rows] == [1.0, 2.0]
    assert history.answering.away is None


async def written(history: History) -> bool:
    try:
        await history.write([Reading("meter/power", 1_772_445_601_000, 2.0)])
    except Unavailable:
        return False
    return True


async def test_what_is_under_way_in_a_database_that_stops_is_cut(
    stopped_history: History, postgres_server_of_its_own: Supervised
):
    history = stopped_history
    asked = asyncio.Event()

    async def sleeping() -> None:
        async with history.connection() as connection:
            await connection.execute("select 1")
            asked.set()
            await connection.execute("select pg_sleep(0.5)")

    task = asyncio.create_task(sleeping())
    await asked.wait()
    with frozen(postgres_server_of_its_own.pid):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="said nothing for too long"):
            await task
        assert time.monotonic() - began < SOON_S
