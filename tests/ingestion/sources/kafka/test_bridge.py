"""The bridge between a real MQTT broker and a real Kafka: keyed by device, and acknowledged only once Kafka has it."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace

import pytest
from confluent_kafka import Consumer
from confluent_kafka import Message as Record
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from graph_schema.errors import Unavailable
from ingestion.decoding.messages import MAX_PAYLOAD
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.device.client import open_device_client
from ingestion.reading import Message, Reply
from ingestion.sources.kafka.bridge import Bridge, keyed_by_device, open_bridge
from ingestion.sources.kafka.cluster import RECORD_BYTES, Kafka
from ingestion.sources.mqtt.connection import Broker

pytestmark = pytest.mark.service

AT = 1_772_445_600_000


class Inbox:
    """A source that is given its batches and notes what is acknowledged."""

    def __init__(self) -> None:
        self.batches = asyncio.Queue[Sequence[Message]]()
        self.acknowledged: list[Message] = []

    def put(self, *messages: tuple[str, bytes]) -> None:
        self.batches.put_nowait([Message(topic, payload, None, AT) for topic, payload in messages])

    async def poll_batch(self) -> Sequence[Message]:
        return await self.batches.get()

    async def commit(self, messages: Sequence[Message]) -> None:
        self.acknowledged.extend(messages)

    async def send(self, replies: Sequence[Reply]) -> None:
        raise AssertionError("a bridge does not talk to devices")


def read(kafka: Kafka, count: int) -> list[Record]:
    """What the topic holds."""
    consumer = Consumer(
        {"bootstrap.servers": kafka.servers, "group.id": f"{kafka.group}-reader", "auto.offset.reset": "earliest"}
    )
    try:
        consumer.subscribe([kafka.topic])
        found: list[Record] = []
        while len(found) < count:
            found += (batch := consumer.consume(count - len(found), 10))
            assert batch, f"{len(found)} of {count} records arrived"
        assert [record for record in found if record.error()] == []
        return found
    finally:
        consumer.close()


@pytest.fixture
async def forwarded(records, running, eventually):
    """Send messages through a bridge and return the records they became."""

    async def forward(*messages: tuple[str, bytes], kafka: Kafka = records.kafka) -> list[Record]:
        inbox = Inbox()
        bridge = Bridge(inbox, kafka, keyed_by_device())
        inbox.put(*messages)

        async def all_acknowledged() -> bool:
            return len(inbox.acknowledged) == len(messages)

        async with running(bridge.run()):
            await eventually(all_acknowledged, 30)
        bridge.close()
        return await asyncio.to_thread(read, kafka, len(messages))

    return forward


async def test_a_message_is_a_record_under_its_device(forwarded):
    (record,) = await forwarded(("plantroom/telemetry/pump-1", b'{"values": {"t": 1}}'))
    assert (record.key(), record.value()) == (b"pump-1", b'{"values": {"t": 1}}')
    assert dict(record.headers() or []) == {
        "topic": b"plantroom/telemetry/pump-1",
        "received_at": str(AT).encode(),
    }


async def test_a_devices_messages_stay_in_order_in_one_partition(forwarded):
    found = await forwarded(*((f"plantroom/telemetry/d{n % 7}", b"%d" % n) for n in range(2000)))
    for device in range(7):
        theirs = [record for record in found if record.key() == f"d{device}".encode()]
        assert len({record.partition() for record in theirs}) == 1
        numbers = [int(record.value() or b"") for record in theirs]
        assert numbers == list(range(device, 2000, 7))


async def test_what_nobody_can_read_goes_on(forwarded):
    strange = [("plantroom/telemetry/", b"\xff\x00"), ("who/knows", b""), ("(a topic that is not UTF-8)", b"1")]
    found = await forwarded(*strange)
    assert sorted(dict(r.headers() or [])["topic"].decode() for r in found) == sorted(topic for topic, _ in strange)


async def test_a_message_too_long_to_be_read_goes_on_cut(forwarded):
    found = await forwarded(
        ("plantroom/telemetry/long", os.urandom(3 << 20)), ("plantroom/telemetry/fits", os.urandom(MAX_PAYLOAD))
    )
    sizes = {r.key(): (len(r.value() or b""), dict(r.headers() or []).get("size")) for r in found}
    assert sizes == {b"long": (MAX_PAYLOAD + 1, str(3 << 20).encode()), b"fits": (MAX_PAYLOAD, None)}


async def test_a_topic_that_takes_less_costs_the_long_message_alone(records, forwarded):
    def shrink() -> None:
        entry = ConfigEntry("max.message.bytes", "20000", incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, records.kafka.topic, incremental_configs=[entry])
        admin = AdminClient({"bootstrap.servers": records.kafka.servers})
        admin.incremental_alter_configs([resource])[resource].result(10)

    await asyncio.to_thread(shrink)
    found = await forwarded(*((f"plantroom/telemetry/d{n}", os.urandom(30_000 if n == 5 else 500)) for n in range(100)))
    cut = [record for record in found if "size" in dict(record.headers() or [])]
    assert [record.key() for record in cut] == [b"d5"]
    assert len(cut[0].value() or b"") < 20_000


async def test_a_topic_that_vanished_is_made_again(records, forwarded):
    assert len(
        await forwarded(("plantroom/telemetry/d", b"1"), kafka=replace(records.kafka, topic=f"{records.kafka.topic}-2"))
    )


def test_the_key_is_the_device():
    spec = {"topic": "site/{building}/ahu/{unit}/state", "device": "{building}-{unit}", "values": "all"}
    key = keyed_by_device(TelemetryMap.model_validate({"topics": [spec]}))
    assert key("plantroom/telemetry/pump-1") == "pump-1"
    assert key("site/b1/ahu/7/state") == "b1-7"
    assert key("site/b1/ahu/7/else") == "site/b1/ahu/7/else"
    assert key("plantroom/telemetry/") == "plantroom/telemetry/"


def test_all_of_a_sparkplug_edge_node_has_one_key():
    key = keyed_by_device()
    topics = ["spBv1.0/g/NBIRTH/edge", "spBv1.0/g/DBIRTH/edge/device", "spBv1.0/g/DDATA/edge/other"]
    assert {key(topic) for topic in topics} == {"g/edge"}
    assert key("spBv1.0/STATE/host") == "spBv1.0/STATE/host"


@pytest.mark.parametrize("servers", ["real"])
async def test_an_mqtt_message_is_acknowledged_only_with_kafka(mortal_broker, mortal_kafka, running, eventually):
    """Kafka is killed: what is published meanwhile waits in the broker's session, also for the next bridge."""
    kafka = Kafka(mortal_kafka.servers, partitions=4)
    address: Broker = mortal_broker.address
    async with open_device_client(address, resend_after_s=600) as device:
        async with open_bridge(address, kafka) as bridge, running(bridge.run()):
            for n in range(100):
                await device.publish(f"d{n % 3}", AT + n, {"n": n})

            async def forwarded_all() -> bool:
                return bridge.forwarded >= 100

            await eventually(forwarded_all)
            await mortal_kafka.kill()
            for n in range(100, 200):
                await device.publish(f"d{n % 3}", AT + n, {"n": n})
            await asyncio.sleep(1)
            assert bridge.forwarded == 100
        await mortal_kafka.start()
        async with open_bridge(address, kafka, patience_s=60) as bridge, running(bridge.run()):

            async def forwarded_rest() -> bool:
                return bridge.forwarded >= 100

            await eventually(forwarded_rest, 40)
    found = await asyncio.to_thread(read, kafka, 200)
    assert len({record.value() for record in found}) == 200


async def test_a_kafka_that_does_not_answer_is_a_sentence(mosquitto):
    with pytest.raises(Unavailable, match=r"Kafka at 127.0.0.1:1 does not answer"):
        async with open_bridge(mosquitto, Kafka("127.0.0.1:1"), patience_s=0.5):
            pass


def test_a_record_has_room_for_the_longest_message():
    assert RECORD_BYTES > MAX_PAYLOAD + 2 * 65_535
