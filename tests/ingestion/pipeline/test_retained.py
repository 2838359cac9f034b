"""What a broker retains comes again with each subscription: it is of its own time or of an unknown one, and never of now."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.history.history import History
from ingestion.live.undated import Undated
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.reading import Reading
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.source import open_mqtt_source

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
MAP = TelemetryMap.model_validate(
    {
        "topics": [
            {"topic": "ha/sensor/{device}/{key}", "device": "{device}", "key": "{key}"},
            {"topic": "own/{device}", "device": "{device}", "time": "t", "values": {"v": "v"}},
        ]
    }
)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mapped(history: History, offered) -> Pipeline:
    return Pipeline(history, DeadLetters(history), offered, MAP.decode)


async def publish(broker: Broker, topic: str, payload: str, retain: bool = True) -> None:
    """As a device would, confirmed by the broker."""

    def work() -> None:
        client = Client(CallbackAPIVersion.VERSION2, "a-device")
        client.username_pw_set(broker.user, broker.password)
        client.connect(broker.host, broker.port)
        client.loop_start()
        client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)
        client.disconnect()
        client.loop_stop()

    await asyncio.to_thread(work)


async def readings(history: History) -> list[Reading]:
    rows = await history.fetch(
        "select source, extract(epoch from at) * 1000 as at, value, text from reading join series on id = series "
        "order by source, at"
    )
    return [Reading(row["source"], int(row["at"]), row["value"], row["text"]) for row in rows]


@pytest.fixture
def served(mortal_broker, mapped: Pipeline, history: History, clock: Clock, running, eventually):
    """One life of the ingestion, until it has read so many messages."""

    async def serve(messages: int = 1, during=None) -> None:
        class Counting:
            def __init__(self, source) -> None:
                self._source, self.committed = source, 0
                self.poll_batch, self.send = source.poll_batch, source.send

            async def commit(self, batch) -> None:
                await self._source.commit(batch)
                self.committed += len(batch)

        async def done() -> bool:
            return source.committed >= messages

        async with open_mqtt_source(mortal_broker.address, topics=MAP.subscriptions, clock=clock) as opened:
            source = Counting(opened)
            async with running(mapped.run(source)):
                if during:
                    await during()
                await eventually(done)

    return serve


async def test_what_is_published_while_we_listen_is_of_its_reception_and_once(
    served, mortal_broker, history: History, offered, clock: Clock
):
    await served(during=lambda: publish(mortal_broker.address, "ha/sensor/tank1/temp", "62.0"))
    assert await readings(history) == [Reading("tank1/temp", AT, 62.0)]
    assert offered.stale == []
    for _ in range(2):
        clock.now += timedelta(minutes=10)
        await served()
    assert await readings(history) == [Reading("tank1/temp", AT, 62.0)]


async def test_what_was_published_before_the_first_start_is_kept_once_and_not_fresh(
    served, mortal_broker, history: History, offered, clock: Clock
):
    await publish(mortal_broker.address, "ha/sensor/tank1/temp", "62.0")
    await publish(mortal_broker.address, "ha/sensor/tank1/mode", "auto")
    await served(2)
    first = [Reading("tank1/mode", AT, None, "auto"), Reading("tank1/temp", AT, 62.0)]
    assert await readings(history) == first
    assert sorted(offered.stale, key=lambda reading: reading.source) == first
    clock.now += timedelta(hours=1)
    await served(2)
    assert await readings(history) == first


async def test_one_that_states_its_time_is_of_that_time(served, mortal_broker, history: History, clock: Clock):
    await publish(mortal_broker.address, "own/m", '{"t": "2026-03-01T08:00:00Z", "v": 7}')
    for _ in range(2):
        await served()
        clock.now += timedelta(hours=1)
    assert await readings(history) == [Reading("m/v", AT - 26 * 3_600_000, 7.0)]


async def test_an_old_value_that_is_retained_does_not_come_back_with_each_start(history: History, clock: Clock):
    undated = Undated(history, clock)
    retained = Reading("d/t", AT, 62.0)
    assert await undated.first_seen([retained]) == [retained]
    await history.write([retained, Reading("d/t", AT + 60_000, 70.0)])  # the newer one was not retained
    assert await undated.first_seen([Reading("d/t", AT + 120_000, 62.0)]) == []
    assert await undated.first_seen([Reading("d/t", AT + 120_000, 63.0)]) == [Reading("d/t", AT + 120_000, 63.0)]


async def test_a_mark_without_its_reading_does_not_hide_the_value(history: History, clock: Clock):
    undated = Undated(history, clock)
    await undated.first_seen([Reading("d/t", AT, 62.0)])  # and the process dies before it is written
    again = Reading("d/t", AT + 1000, 62.0)
    assert await undated.first_seen([again]) == [again]
