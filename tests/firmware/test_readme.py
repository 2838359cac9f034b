"""What the guide for devices says is what ingestion reads: its examples as they stand, and the last will through real brokers."""

import asyncio
import json
import re
import socket
import threading

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingestion.decoding.messages import TELEMETRY, decode
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import open_mqtt_source
from tests.conftest import ROOT

README = (ROOT / "firmware" / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json\n(.+?)\n```", README, re.DOTALL)
TOPIC = f"{TELEMETRY}room-12"
RECEIVED_AT = 1_772_449_200_000
WILL = EXAMPLES[-1]


def test_the_topic_is_the_one_that_ingestion_subscribes_to():
    assert f"`{TELEMETRY}<device>`" in README
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_read_whole(example: str):
    decoded = decode(TOPIC, example.encode(), RECEIVED_AT)
    assert decoded.problems == ()
    document = json.loads(example)
    samples = document if isinstance(document, list) else [document]
    expected = {
        (f"room-12/{key}", sample.get("ts", RECEIVED_AT / 1000) * 1000): float(value)
        for sample in samples
        for key, value in sample["values"].items()
    }
    assert {(reading.source, reading.at): reading.value for reading in decoded.readings} == expected


async def test_a_last_will_arrives_as_a_reading_when_a_device_is_cut_off(broker: Broker):
    async with open_mqtt_source(broker) as source:
        await asyncio.to_thread(connect_and_break, broker)
        async with asyncio.timeout(20):
            messages = []
            while not messages:
                messages = [message for message in await source.poll_batch() if message.topic == TOPIC]
    decoded = decode(TOPIC, messages[0].payload, RECEIVED_AT)
    assert [(reading.source, reading.value) for reading in decoded.readings] == [("room-12/online", 0.0)]


def connect_and_break(broker: Broker) -> None:
    """Without goodbye, as when the power fails."""
    connected = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, "room-12")
    client.username_pw_set(broker.user, broker.password)
    client.will_set(TOPIC, WILL, qos=1)
    client.on_connect = lambda *_: connected.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert connected.wait(20)
    client.loop_stop()
    connection = client.socket()
    assert isinstance(connection, socket.socket)
    connection.shutdown(socket.SHUT_RDWR)
