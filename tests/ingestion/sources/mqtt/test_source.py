"""The source on a real broker: bounded, patient, clear about what it cannot reach."""

import asyncio
import ssl
import time
from datetime import UTC, datetime
from typing import cast

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.decoding.messages import milliseconds
from ingestion.device.client import open_device_client
from ingestion.reading import Message
from ingestion.sources.mqtt.connection import Broker, Tls
from ingestion.sources.mqtt.sockets import FramedSocket, Framing
from ingestion.sources.mqtt.source import MqttSource, open_mqtt_source

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_messages_come_oldest_first_in_batches_and_stamped_by_the_clock(mortal_broker):
    async with (
        open_mqtt_source(mortal_broker.address, batch=4, clock=lambda: NOW) as source,
        open_device_client(mortal_broker.address) as client,
    ):
        for n in range(10):
            await client.publish("d", 1_700_000_000_000 + n, {"t": n * 1.0})
        messages = []
        while len(messages) < 10:
            batch = await asyncio.wait_for(source.poll_batch(), 10)
            assert len(batch) <= 4
            messages.extend(batch)
        assert [b'"t":%d.0' % n in m.payload for n, m in enumerate(messages)] == [True] * 10
        assert {m.received_at for m in messages} == {milliseconds(NOW)}
        assert {m.topic for m in messages} == {"plantroom/telemetry/d"}


async def test_what_was_not_acknowledged_comes_again_and_nothing_else(mortal_broker):
    async def received(source: MqttSource, number: int) -> list[Message]:
        messages: list[Message] = []
        async with asyncio.timeout(15):
            while len(messages) < number:
                messages.extend(await source.poll_batch())
        return messages

    async with open_device_client(mortal_broker.address, resend_after_s=60) as client:
        async with open_mqtt_source(mortal_broker.address) as source:
            for n in range(1000):
                await client.publish("d", 1_700_000_000_000 + n, {"t": n * 1.0})
            first = await received(source, 1000)
            await source.commit(first[:300])
            await asyncio.sleep(0.5)  # a broker that is left sees to what it has read by then
        async with open_mqtt_source(mortal_broker.address) as source:
            again = await received(source, 700)
            assert [m.payload for m in again] == [m.payload for m in first[300:]]
            await source.commit(again)
            await asyncio.sleep(0.5)
        async with open_mqtt_source(mortal_broker.address) as source:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(source.poll_batch(), 1)


async def test_what_is_published_once_the_source_is_open_arrives(mortal_broker, monkeypatch):
    subscribe = MqttSource.connected

    def late(source: MqttSource, generation: int) -> None:
        time.sleep(0.3)
        subscribe(source, generation)

    monkeypatch.setattr(MqttSource, "connected", late)
    async with (
        open_device_client(mortal_broker.address, resend_after_s=60) as client,
        open_mqtt_source(mortal_broker.address) as source,
    ):
        await client.publish("d", NOW, {"t": 1.0})
        assert len(await asyncio.wait_for(source.poll_batch(), 10)) == 1


async def test_a_broker_that_does_not_answer_the_subscription_is_a_sentence(mortal_broker, monkeypatch):
    monkeypatch.setattr(MqttSource, "connected", lambda *_: None)
    with pytest.raises(Unavailable, match="does not answer our subscription"):
        async with open_mqtt_source(mortal_broker.address, patience_s=0.5):
            pass


async def test_paho_lets_us_stand_beneath_it_and_ends_the_connection_as_it_should(mortal_broker):
    """If paho stops wrapping its socket in the context it is given, this fails before anything else."""
    framing = Framing(1, v5=False, tls=None)
    client = Client(CallbackAPIVersion.VERSION2, "beneath", manual_ack=True)
    client.username_pw_set(mortal_broker.address.user, mortal_broker.address.password)
    client.tls_set_context(cast(ssl.SSLContext, framing))
    await asyncio.to_thread(client.connect, mortal_broker.address.host, mortal_broker.address.port)
    link = client.socket()
    assert isinstance(link, FramedSocket)
    link.flush()
    async with asyncio.timeout(10):
        while not client.is_connected():
            link.receive()
            client.loop_read()
            await asyncio.sleep(0.01)
    client.disconnect()
    assert client.socket() is None
    assert link.fileno() == -1


async def test_a_broker_that_is_away_at_the_start_is_waited_for(mortal_broker):
    await mortal_broker.kill()
    async with (
        open_mqtt_source(mortal_broker.address, patience_s=None) as source,
        open_device_client(mortal_broker.address, patience_s=None, resend_after_s=0.5) as client,
    ):
        await client.publish("d", NOW, {"t": 1.0})
        await mortal_broker.start()
        assert await asyncio.wait_for(source.poll_batch(), 20)


async def test_a_broker_that_does_not_answer_is_a_sentence():
    with pytest.raises(Unavailable, match="does not answer"):
        async with open_mqtt_source(Broker("127.0.0.1", 1), patience_s=0.5):
            pass


def test_addresses_are_urls():
    assert Broker.at("mqtt://broker") == Broker("broker", 1883)
    assert Broker.at("mqtt://u:p@broker:1884") == Broker("broker", 1884, "u", "p")
    assert Broker.at("mqtts://broker", "u", "p") == Broker("broker", 8883, "u", "p", Tls())


@pytest.mark.parametrize("url", ["broker:1883", "http://broker", "mqtt://", "mqtt://broker:x", ""])
def test_a_wrong_address_is_a_sentence(url: str):
    with pytest.raises(InvalidInput, match="address"):
        Broker.at(url)
