"""Metrics where Prometheus finds them: on the web app, and on a port of their own beside a bare ingest."""

import asyncio
import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry

from graph_schema.errors import Unavailable
from interfaces.app.metrics import serving_metrics


async def fetched(url: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.read().decode()

    return await asyncio.to_thread(get)


async def test_the_web_app_shows_them_to_this_machine(served):
    _, address = served
    text = await fetched(f"{address}/metrics")
    assert "# TYPE plantroom_graph_tick_seconds histogram" in text
    assert 'plantroom_queue_messages{source="mqtt"} 0.0' in text


async def test_with_a_password_they_are_shown_to_nobody_without_it(terminal):
    async with terminal.running("serve", "--port", "0", PLANTROOM_WEB_PASSWORD="open sesame") as running:
        address = await running.serving()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            await fetched(f"{address}/metrics")
        assert await running.stop() == 0


async def test_a_bare_ingest_shows_them_on_a_port_of_its_own(terminal):
    async with terminal.running("ingest", "--metrics-port", "0") as running:
        place = (await running.says(r"Metrics at (http://127\.0\.0\.1:\d+/metrics)"))[1]
        assert "plantroom_messages_total" in await fetched(place)
        assert await running.stop() == 0
    with pytest.raises(urllib.error.URLError):
        await fetched(place)


def test_a_taken_port_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(Unavailable, match=f"Port {port} cannot be used"),
            serving_metrics(CollectorRegistry(), port),
        ):
            pass
