"""The source on a real Kafka: in order per device, committed only when written, bounded, shared by several."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pytest

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.reading import Message, Reply
from ingestion.sources.kafka.cluster import Kafka, ensure_topic
from ingestion.sources.kafka.source import Claim, KafkaSource, open_kafka_source

pytestmark = pytest.mark.service

AT = 1_772_445_600_000


def sent(count: int, devices: int = 5) -> list[tuple[str | None, bytes, dict[str, str]]]:
    """Numbered messages of some devices, as the bridge writes them."""
    return [
        (f"d{n % devices}", b"%d" % n, {"topic": f"plantroom/telemetry/d{n % devices}", "received_at": str(AT + n)})
        for n in range(count)
    ]


async def take(source: KafkaSource, count: int, commit: bool = True) -> list[Message]:
    """Batches until there are so many messages."""
    messages: list[Message] = []
    async with asyncio.timeout(30):
        while len(messages) < count:
            batch = await source.poll_batch()
            messages.extend(batch)
            if commit:
                await source.commit(batch)
    return messages


def numbers(messages: Sequence[Message]) -> list[int]:
    return [int(message.payload) for message in messages]


def by_device(messages: Sequence[Message]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for message in messages:
        found[message.topic].append(int(message.payload))
    return found


async def test_each_devices_messages_come_in_order_in_batches(records):
    await records.write(sent(500))
    async with open_kafka_source(records.kafka, batch=40) as source:
        batches: list[Sequence[Message]] = []
        while sum(map(len, batches)) < 500:
            batches.append(await asyncio.wait_for(source.poll_batch(), 20))
    messages = [message for batch in batches for message in batch]
    assert max(map(len, batches)) <= 40
    assert sorted(numbers(messages)) == list(range(500))
    assert all(found == sorted(found) for found in by_device(messages).values())
    assert all(message.received_at == AT + int(message.payload) for message in messages)


async def test_a_record_of_another_producer_is_its_devices_message(records):
    await records.write([("pump-1", b"{}", {}), (None, b"{}", {}), ("pump-2", b"1", {"received_at": "soon"})])
    async with open_kafka_source(records.kafka) as source:
        messages = sorted(await take(source, 3), key=lambda m: m.topic)
    assert [m.topic for m in messages] == [f"plantroom/telemetry/{name}" for name in ("", "pump-1", "pump-2")]
    assert min(m.received_at for m in messages) > AT


async def test_a_record_has_the_same_reception_each_time(records):
    await records.write([("pump-1", b"{}", {})])
    receptions: list[int] = []
    for _ in range(2):
        async with open_kafka_source(records.kafka) as source:
            receptions += [m.received_at for m in await take(source, 1, commit=False)]
    assert receptions[0] == receptions[1]


async def test_what_was_not_committed_comes_again(records):
    await records.write(sent(100, devices=1))
    async with open_kafka_source(records.kafka, batch=30) as source:
        first = await take(source, 30)
        await take(source, 30, commit=False)
    assert await records.committed() == 30
    async with open_kafka_source(records.kafka) as source:
        rest = await take(source, 70)
    assert numbers(first) == list(range(30))
    assert numbers(rest) == list(range(30, 100))
    assert await records.committed() == 100


async def test_offsets_are_committed_while_it_runs(records, eventually):
    await records.write(sent(10))
    async with open_kafka_source(records.kafka) as source:
        await take(source, 10)

        async def all_committed() -> bool:
            return await records.committed() == 10

        await eventually(all_committed)


async def test_what_is_in_kafka_and_not_written_is_the_lag(records, eventually):
    await records.write(sent(100))
    async with open_kafka_source(records.kafka) as source:
        messages = await take(source, 100, commit=False)

        async def all_of_it() -> bool:
            return source.lag == 100

        async def nothing() -> bool:
            return source.lag == 0

        await eventually(all_of_it)
        await source.commit(messages)
        await eventually(nothing)


async def test_a_later_batch_that_is_written_first_commits_nothing_before_it(records):
    await records.write(sent(20, devices=1))
    async with open_kafka_source(records.kafka, batch=10) as source:
        await take(source, 10, commit=False)
        await take(source, 10)
    assert await records.committed() == 0


def test_a_claims_position_follows_the_oldest_unwritten():
    claim = Claim(1)
    for offset in (5, 6, 9, 10):
        claim.hand_out(offset)
    positions: list[int | None] = []
    for offset in (6, 5, 10, 9):
        claim.wrote(offset)
        positions.append(claim.position)
    assert positions == [None, 7, 7, 11]
    assert not claim.taken
    assert not claim.written


async def test_a_full_queue_is_no_reason_to_be_expelled(records):
    await records.write(sent(3000))
    impatient = replace(records.kafka, security={"max.poll.interval.ms": "6000"})
    async with open_kafka_source(impatient, batch=100, queue=200) as source:
        first = await take(source, 100)
        await asyncio.sleep(8)
        held = source.depth
        rest = await take(source, 2900)
    assert held < 200 + 100
    assert sorted(numbers([*first, *rest])) == list(range(3000)), "each once: nobody was expelled"
    assert await records.committed() == 3000


async def test_one_that_joins_gets_its_share_and_nothing_twice(records, eventually, running):
    seen: list[tuple[str, Message]] = []

    async def work(name: str, source: KafkaSource) -> None:
        while True:
            batch = await source.poll_batch()
            await asyncio.sleep(0.05)  # a database
            seen.extend((name, message) for message in batch)
            await source.commit(batch)

    async def all_seen() -> bool:
        return len({m.payload for _, m in seen}) == 4000

    async with open_kafka_source(records.kafka, batch=20) as first, running(work("first", first)):
        await records.write(sent(2000, devices=40))
        async with open_kafka_source(records.kafka, batch=20) as second, running(work("second", second)):

            async def shared() -> bool:
                return len(first.partitions) == len(second.partitions) == 2

            await eventually(shared)
            await records.write([(k, b"%d" % (int(v) + 2000), h) for k, v, h in sent(2000, devices=40)])
            await eventually(all_seen, 30)
    assert {name for name, _ in seen} == {"first", "second"}
    assert len(seen) == 4000, "a handover waits for what is being written"
    assert all(found == sorted(found) for found in by_device([m for _, m in seen]).values())


async def test_replies_go_out_over_mqtt(records, mosquitto, eventually):
    from ingestion.sources.mqtt.source import open_mqtt_source

    topic = f"replies/{records.kafka.group}"
    async with (
        open_mqtt_source(mosquitto, topics=[topic], client_id=records.kafka.group) as listener,
        open_kafka_source(records.kafka, broker=mosquitto) as source,
    ):
        heard: list[Message] = []

        async def answered() -> bool:
            await source.send([Reply(topic, b"hello")])  # at most once: the connection may not be there yet
            try:
                heard.extend(await asyncio.wait_for(listener.poll_batch(), 0.3))
            except TimeoutError:
                return False
            return True

        await eventually(answered)
    assert heard[0].payload == b"hello"


async def test_a_topic_is_made_where_there_is_none(records):
    other = replace(records.kafka, topic=records.kafka.topic + "-later")
    async with open_kafka_source(other, patience_s=None) as source:
        await type(records)(other).write(sent(10))
        assert len(await take(source, 10)) == 10


async def test_a_kafka_that_does_not_answer_is_a_sentence():
    with pytest.raises(Unavailable, match=r"Kafka at 127.0.0.1:1 does not answer: .*refused"):
        async with open_kafka_source(Kafka("127.0.0.1:1"), patience_s=0.5):
            pass


async def test_a_setting_that_cannot_be_is_a_sentence():
    wrong = Kafka("127.0.0.1:1", security={"security.protocol": "tls"})
    with pytest.raises(InvalidInput, match="Kafka's settings cannot be"):
        await ensure_topic(wrong)


def test_what_kafka_is_told_of_us_is_not_shown():
    kafka = Kafka("127.0.0.1:1", security={"sasl.password": "secret"})
    assert "secret" not in repr(kafka)
