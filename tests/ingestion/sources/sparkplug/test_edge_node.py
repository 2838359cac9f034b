"""An edge node on a real broker: from its birth to its death, with ingestion stopping in between."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from graph_schema.store.graph import GraphStore
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.history.history import History
from ingestion.pipeline.service import open_ingestion
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.sparkplug.payload import parse_payload

NODE = "plant:boiler-room"
MAP = TelemetryMap(sparkplug=True)


class Connection:
    """A node's own client, with its death as last will; notes the commands that arrive."""

    def __init__(self, address: Broker, edge) -> None:
        self.commands: list[str] = []
        self._client = Client(CallbackAPIVersion.VERSION2, "edge-node", reconnect_on_failure=False)
        self._client.username_pw_set(address.user, address.password)
        self._client.will_set(*edge.node_death(), qos=1)
        self._client.on_message = lambda _c, _d, message: self.commands.append(
            parse_payload(message.payload).metrics[0].name
        )
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect(address.host, address.port)
        self._client.loop_start()
        self._client.subscribe(edge.topic("NCMD"), 1)
        assert subscribed.wait(10)

    def send(self, message: tuple[str, bytes]) -> None:
        self._client.publish(*message, qos=1).wait_for_publish(10)

    def break_off(self) -> None:
        """Vanish without a goodbye, as a lost network does: the broker then publishes the last will."""
        self._client.socket().shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()


@asynccontextmanager
async def connected(address: Broker, edge) -> AsyncGenerator[Connection]:
    connection = await asyncio.to_thread(Connection, address, edge)
    yield connection


def now() -> int:
    return round(time.time() * 1000)


def point(graph: GraphStore, source: str, **expected: object):
    async def so() -> bool:
        rows = await graph.read(
            "MATCH (p:Point {source: $source}) RETURN p.value AS value, p.text AS text, p.status AS status",
            source=source,
        )
        return bool(rows) and all(rows[0][name] == wanted for name, wanted in expected.items())

    return so


async def test_a_life(mortal_broker, history: History, graph: GraphStore, eventually, edge):
    def ingesting():
        return open_ingestion(history, graph, mortal_broker.address, telemetry_map=MAP, tick_s=0.1)

    async with connected(mortal_broker.address, edge) as node:
        async with ingesting():
            await asyncio.sleep(0.3)
            node.send(edge.birth([("Load", 1, 0.1), ("Mode", 2, "auto")], at=now()))
            node.send(edge.birth([("Flow", 7, 1.0)], "pump-1", at=now()))
            node.send(edge.data([(None, 7, 2.5)], "pump-1", at=now()))
            await eventually(point(graph, f"{NODE}:pump-1/Flow", value=2.5, status="normal"))
            await eventually(point(graph, f"{NODE}/Mode", text="auto"))
            await eventually(point(graph, f"{NODE}:pump-1/online", value=1.0))

        # Ingestion starts anew: the births that it kept still explain the aliases, and nobody is asked for anything.
        async with ingesting() as running:
            node.send(edge.data([(None, 7, 3.5)], "pump-1", at=now()))
            await eventually(point(graph, f"{NODE}:pump-1/Flow", value=3.5))
            assert (node.commands, await running.dead_letters.list()) == ([], [])

            edge.data([(None, 1, 0.2)])  # a message that never arrives
            node.send(edge.data([(None, 1, 0.3)], at=now()))

            async def asked() -> bool:
                return node.commands == ["Node Control/Rebirth"]

            await eventually(asked)
            await eventually(point(graph, f"{NODE}/Load", value=0.3))

            node.break_off()
            await eventually(point(graph, f"{NODE}:pump-1/online", value=0.0, status="normal"))
            await eventually(point(graph, f"{NODE}:pump-1/Flow", value=3.5, status="stale"))
            assert await running.dead_letters.total() == 0
