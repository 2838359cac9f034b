"""The whole of ingestion, running: from a device's message to the record and to the present."""

import asyncio
import json

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.device.client import open_device_client
from ingestion.history.history import History
from ingestion.pipeline.service import build, open_ingestion
from ingestion.reading import Reading
from ingestion.sources.mqtt.connection import Broker

AT = 1_772_445_600_000


def value(graph: GraphStore, source: str, expected: float):
    async def arrived() -> bool:
        rows = await graph.read("MATCH (p:Point {source: $source}) RETURN p.value AS value", source=source)
        return [row["value"] for row in rows] == [expected]

    return arrived


async def test_a_message_becomes_history_and_present(mortal_broker, history: History, graph: GraphStore, eventually):
    async with (
        open_ingestion(history, graph, mortal_broker.address, tick_s=0.1),
        open_device_client(mortal_broker.address) as client,
    ):
        await client.publish("pump-1", AT, {"flow": 4.5})
        await client.drain(15)
        assert (await history.last_seen(["pump-1/flow"]))[0]["value"] == 4.5
        await eventually(value(graph, "pump-1/flow", 4.5))


async def test_a_foreign_device_needs_only_a_map(mortal_broker, history: History, graph: GraphStore, eventually):
    spec = {
        "topic": "legacy/{unit}",
        "device": "legacy-{unit}",
        "values": {"FLOW": {"key": "flow", "scale": 0.1, "unit": "L/s"}},
    }
    telemetry_map = TelemetryMap.model_validate({"topics": [spec]})
    async with open_ingestion(
        history, graph, mortal_broker.address, telemetry_map=telemetry_map, tick_s=0.1
    ) as ingestion:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(publish, mortal_broker.address, "legacy/7", {"FLOW": "45"})
        await asyncio.to_thread(publish, mortal_broker.address, "legacy/7", {"FLOW": {"a": 1}})
        await eventually(value(graph, "legacy-7/flow", 4.5))
        rows = await graph.read("MATCH (p:Point {source: 'legacy-7/flow'}) RETURN p.unit AS unit")
        assert rows == [{"unit": "L/s"}]

        async def one_letter() -> bool:
            return await ingestion.dead_letters.total() == 1

        await eventually(one_letter)


async def test_a_bulk_write_in_the_process_needs_no_broker(history: History, graph: GraphStore):
    parts = build(history, graph)
    assert await parts.pipeline.accept([Reading("d/t", AT + n, float(n)) for n in range(1000)]) == 1000
    assert await parts.projection.tick() == 1
    assert await value(graph, "d/t", 999.0)()


async def test_without_a_broker_there_is_a_sentence(history: History, graph: GraphStore):
    with pytest.raises(Unavailable, match="MQTT broker does not answer"):
        async with open_ingestion(history, graph, Broker("127.0.0.1", 1), patience_s=0.3):
            pass


def publish(address: Broker, topic: str, document: object) -> None:
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(address.user, address.password)
    client.connect(address.host, address.port)
    client.loop_start()
    client.publish(topic, json.dumps(document), qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()
