"""What arrives is counted by the pattern of the map, beside the pipeline, and told once where nothing is taken from it."""

import json
import logging

import pytest

from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.pipeline.topic_use import TopicCounts, TopicUse, topic_uses
from ingestion.reading import Message

AT = 1_772_445_600_000
MAP = TelemetryMap.model_validate(
    {
        "topics": [
            {"topic": "gw/{id}", "device": "{id}", "values": {"temp": "temp", "hum": "hum"}},
            {"topic": "tele/{device}", "device": "{device}", "values": "all"},
        ]
    }
)


class Broker:
    async def commit(self, messages) -> None: ...
    async def send(self, replies) -> None: ...


@pytest.fixture
def read(history: History, offered):
    """A batch through the pipeline, and what is counted then."""

    async def take(*messages: tuple[str, object], telemetry_map: TelemetryMap = MAP) -> dict[str, TopicUse]:
        counts = TopicCounts(history, telemetry_map)
        pipeline = Pipeline(history, DeadLetters(history), offered, telemetry_map.decode, topics=counts)
        batch = [Message(topic, json.dumps(payload).encode(), object(), AT) for topic, payload in messages]
        await pipeline.take(batch, Broker())  # pyright: ignore[reportArgumentType]
        await counts.write()
        return {use.pattern: use for use in await topic_uses(history)}

    return take


async def test_messages_are_counted_by_their_pattern(read):
    await read(("gw/r1", {"temp": 21.5}), ("gw/r2", {"temp": 22, "hum": 40}))
    uses = await read(("gw/r3", {"Temp": 21.5}), ("plantroom/telemetry/d", {"values": {"t": 1}}))
    gateway = uses["gw/{id}"]
    assert (gateway.messages, gateway.readings, gateway.idle, gateway.missed) == (3, 3, 1, {"temp": 1, "hum": 2})
    assert (gateway.topic, gateway.idle_topic, gateway.idle_payload) == ("gw/r3", "gw/r3", b'{"Temp": 21.5}')
    assert uses["plantroom/telemetry/+"].readings == 1


async def test_another_map_begins_to_count_anew(read):
    await read(("gw/r3", {"Temp": 21.5}))
    better = TelemetryMap.model_validate(
        {"topics": [{"topic": "gw/{id}", "device": "{id}", "values": {"Temp": "temp"}}]}
    )
    uses = await read(("gw/r3", {"Temp": 21.5}), telemetry_map=better)
    assert (uses["gw/{id}"].messages, uses["gw/{id}"].idle, uses["gw/{id}"].missed) == (1, 0, {})
    assert uses["gw/{id}"].idle_topic is None


async def test_that_nothing_is_taken_is_told_once_a_pattern(read, caplog):
    with caplog.at_level(logging.WARNING):
        uses = await read(*[("gw/r3", {"Temp": n}) for n in range(50)], ("tele/x", {}))
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert (
        told[0]
        == "Nothing was taken from a message on gw/r3, which the pattern gw/{id} of the map fits. See: plantroom topics"
    )
    assert uses["gw/{id}"].idle == 50


async def test_a_member_that_is_null_is_there(read):
    uses = await read(("gw/r1", {"temp": None, "hum": None}), ("tele/x", {"t": None}))
    assert (uses["gw/{id}"].idle, uses["gw/{id}"].missed, uses["tele/{device}"].idle) == (0, {}, 0)
