"""The bench's publisher says what it is to say, to a real broker as well."""

import asyncio

from evals.bench.ingest.flow import Flowed
from evals.bench.ingest.wire import Load, Payloads, Publishing, open_session
from ingestion.decoding.messages import decode
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.frames import Frames
from ingestion.sources.mqtt.source import open_mqtt_source

NOW = 1_772_445_600_000


def test_no_two_readings_are_of_one_point_and_moment():
    payloads = Payloads(Load(devices=7, metrics=3))
    packets = [payloads.packet(NOW + n // 100) for n in range(1000)]
    arrived, others = Frames(1).feed(b"".join(packets))
    assert (len(arrived), others) == (1000, b"")
    decoded = [decode(topic, payload, 0) for topic, payload, *_ in arrived]
    assert all(not d.problems and len(d.readings) == 3 for d in decoded)
    assert len({(r.source, r.at) for d in decoded for r in d.readings}) == 3000
    assert {r.value for d in decoded for r in d.readings if not 10 <= (r.value or 0) <= 30} == {40.5}


async def test_what_is_published_arrives(broker: Broker):
    payloads = Payloads(Load(devices=10, metrics=2))

    def publish() -> int:
        publishing = Publishing(broker, "bench-test")
        publishing.add([payloads.packet(NOW) for _ in range(300)])
        while publishing.acknowledged < 300:
            publishing.turn(0.1)
        publishing.close()
        return publishing.acknowledged

    await asyncio.to_thread(open_session, broker, "plantroom-ingest")
    async with open_mqtt_source(broker) as source:
        acknowledged = asyncio.create_task(asyncio.to_thread(publish))
        arrived = 0
        async with asyncio.timeout(20):
            while arrived < 300:
                messages = await source.poll_batch()
                arrived += len(messages)
                await source.commit(messages)
        assert (arrived, await acknowledged) == (300, 300)


def test_a_backlog_grows_when_it_gains_more_than_a_second():
    def grows(backlog: list[int]) -> bool:
        return Flowed(1000.0, 0, 0, backlog, 0.0, 0, 0.0, 1.0).grows

    assert not grows([0] * 100)
    assert not grows([800 if n % 7 == 0 else 100 for n in range(100)])
    assert grows([n * 50 for n in range(100)])
