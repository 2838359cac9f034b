"""A plant that is served while one of its stores hangs: who asks hears so within seconds, and nothing that devices were told to be kept is lost."""

import asyncio
import time
from collections.abc import AsyncGenerator

import httpx
import pytest

from evals.reliability.freezing import frozen
from interfaces.embedded.home import Home

pytestmark = pytest.mark.slow

WITHIN_S = 30.0
QUESTION = "How many pumps are there?"


@pytest.fixture(scope="module")
async def demo(shared_terminal) -> AsyncGenerator[tuple[object, str]]:
    async with shared_terminal.running("demo", "--days", "0.1", "--port", "0") as running:
        yield shared_terminal, await running.serving()


async def health(client: httpx.AsyncClient, code: int) -> dict[str, object]:
    """Once it is so."""
    async with asyncio.timeout(WITHIN_S):
        while (answer := await client.get("/api/health")).status_code != code:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return answer.json()


@pytest.mark.parametrize(
    ("server", "store", "title"), [("graph", "graph", "The graph"), ("postgres", "history", "The history database")]
)
async def test_a_store_that_hangs_is_told_and_questions_are_refused_until_it_is_back(demo, server, store, title):
    terminal, address = demo
    home = Home(terminal.home)
    async with httpx.AsyncClient(base_url=address, timeout=WITHIN_S) as client:
        assert (await client.get("/api/scene")).status_code == 200
        assert (await health(client, 200))["away"] == []
        pid = home.running(server).pid
        running = home.running(server)
        with frozen(running and running.pid):
            began = time.monotonic()
            asked = await terminal.run("ask", QUESTION)
            assert (asked.code, time.monotonic() - began < WITHIN_S) == (1, True)
            assert "does not answer" in asked.err
            away = (await health(client, 503))["away"]
            assert [(one["store"], one["title"]) for one in away] == [(store, title)]
            assert (await client.get("/api/alive")).status_code == 200
            assert (await client.get("/api/scene")).status_code == 200, "the view shows what it knew"
        await health(client, 200)
        assert home.running(server).pid == pid, "a moment's silence is no reason to restart it"
        again = await terminal.run("ask", QUESTION)
        assert (again.code, again.err) == (0, "")
