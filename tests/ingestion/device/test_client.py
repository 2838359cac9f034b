"""Devices with receipts over a real broker: whatever dies in mid-flow, history ends up complete."""

import asyncio

import pytest

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.device.client import DeviceClient, open_device_client
from ingestion.history.history import History
from ingestion.sources.mqtt.source import open_mqtt_source

AT = 1_772_445_600_000


async def count(history: History) -> int:
    return (await history.fetch("select count(*) as n from reading"))[0]["n"]


async def send(client: DeviceClient, first: int, last: int) -> None:
    for n in range(first, last):
        await client.publish(f"d{n % 5}", AT + n, {"a": float(n), "b": n % 2 == 0})


async def test_what_is_drained_is_in_history(mortal_broker, pipeline, history: History, running):
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        await send(client, 0, 500)
        await client.drain(15)
        assert client.unconfirmed == 0
        assert await count(history) == 1000


async def test_a_full_window_holds_the_publisher_back(mortal_broker):
    async with open_device_client(mortal_broker.address, window=10) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await send(client, 0, 100)
        assert client.unconfirmed == 10
        with pytest.raises(Unavailable, match="10 messages are not confirmed"):
            await client.drain(0.1)


async def test_messages_of_one_list_are_confirmed_as_one(mortal_broker, pipeline, history: History, running):
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        await client.publish_many("d", [(AT + n, {"t": n * 1.0, "none": float("nan")}) for n in range(100)])
        assert client.unconfirmed == 1
        await client.drain(15)
        assert await count(history) == 100


async def test_kill_of_the_broker_in_mid_flow_loses_nothing(mortal_broker, pipeline, history: History, running):
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address, window=200, resend_after_s=1) as client,
    ):
        await send(client, 0, 1000)
        await mortal_broker.kill()
        assert client.unconfirmed > 0
        sending = asyncio.create_task(send(client, 1000, 2000))
        await asyncio.sleep(0.3)
        await mortal_broker.start()
        async with asyncio.timeout(30):
            await sending
            await client.drain()
        assert await count(history) == 4000


async def test_kill_of_the_consumer_before_its_commit_loses_nothing(mortal_broker, pipeline, history, running):
    async with open_device_client(mortal_broker.address, resend_after_s=1) as client:
        async with open_mqtt_source(mortal_broker.address) as source:
            await send(client, 0, 300)
            assert await source.poll_batch()
        assert await count(history) == 0
        async with open_mqtt_source(mortal_broker.address) as source, running(pipeline.run(source)):
            await client.drain(20)
        assert await count(history) == 600


async def test_a_database_outage_in_mid_flow_loses_nothing_and_memory_stays_bounded(
    mortal_broker, pipeline, history: History, running, database_switch
):
    async with (
        open_mqtt_source(mortal_broker.address, queue=100, batch=50) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address, window=2000, resend_after_s=1) as client,
    ):
        await send(client, 0, 100)
        await client.drain(15)
        await database_switch(False)
        await send(client, 100, 2000)
        deepest = 0
        for _ in range(20):
            await asyncio.sleep(0.05)
            deepest = max(deepest, source.depth)
        assert 0 < deepest < 1000  # the queue, and what one reading of the socket may bring beyond it
        await database_switch(True)
        await client.drain(30)
        assert await count(history) == 4000


async def test_two_publishers_of_one_device_do_not_confirm_each_other(mortal_broker, pipeline, running):
    async with (
        open_device_client(mortal_broker.address) as one,
        open_device_client(mortal_broker.address) as other,
    ):
        await one.publish("d", AT, {"t": 1.0})
        async with open_mqtt_source(mortal_broker.address) as source, running(pipeline.run(source)):
            await other.publish("d", AT + 1, {"t": 2.0})
            await other.drain(15)
            assert one.unconfirmed == 1


@pytest.mark.parametrize("name", ["", "a/b", "a+b", "#"])
async def test_a_name_that_no_topic_can_hold_is_refused(mortal_broker, name: str):
    async with open_device_client(mortal_broker.address) as client:
        with pytest.raises(InvalidInput, match="cannot be a device's name"):
            await client.publish(name, AT, {"t": 1.0})
        assert client.unconfirmed == 0
