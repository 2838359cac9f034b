"""What arrives is told: what is read, what is not and why, and which line of a map would read it."""

import json
from datetime import UTC, datetime

import pytest
import yaml

from ingestion.decoding.telemetry_map import TelemetryMap, Topic
from ingestion.pipeline.topic_report import Heard, TopicLine, proposed, topic_report
from ingestion.pipeline.topic_use import TopicUse, digest

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def mapped(*topics: dict[str, object]) -> TelemetryMap:
    return TelemetryMap.model_validate({"topics": list(topics)})


GATEWAY = {"topic": "gw/{id}", "device": "{id}", "values": {"temp": "temp"}}


def use(spec: Topic, payload: object, messages: int = 1, readings: int = 1, **others: object) -> TopicUse:
    data = json.dumps(payload).encode()
    topic = spec.topic.replace("{id}", "r3")
    given = {"missed": {}, "idle": 0} | others
    return TopicUse(
        spec.topic, digest(spec), messages, readings, first_at=NOW, last_at=NOW, topic=topic, payload=data, **given
    )  # pyright: ignore[reportArgumentType]


def line(telemetry_map: TelemetryMap, *uses: TopicUse) -> TopicLine:
    (found,) = topic_report(telemetry_map, uses)
    return found


def test_what_is_read_and_what_of_it_is_left_out():
    telemetry_map = mapped(GATEWAY)
    found = line(telemetry_map, use(telemetry_map.topics[0], {"temp": 21.5, "hum": 40, "net": {"rssi": -70}}, 12, 12))
    assert (found.state, found.messages, found.readings) == ("read", 12, 12)
    assert found.unused == ["hum", "net.rssi"]


def test_a_path_that_never_fits_is_told_with_the_one_that_would():
    telemetry_map = mapped(GATEWAY)
    payload = {"Temp": 21.5}
    idle = {"idle": 3, "missed": {"temp": 3}, "idle_topic": "gw/r3", "idle_payload": json.dumps(payload).encode()}
    found = line(telemetry_map, use(telemetry_map.topics[0], payload, 3, 0, **idle))
    assert found.state == "nothing"
    assert found.why == "Nothing is taken from 3 of 3 messages: temp is in none of its messages. It has Temp."
    assert found.example == 'gw/r3 {"Temp": 21.5}'
    assert found.advice == '- {topic: "gw/{id}", device: "{id}", values: {Temp: temp}}'


def test_one_path_of_several_that_never_fits():
    telemetry_map = mapped(GATEWAY | {"values": {"temp": "temp", "humidity": "hum"}})
    found = line(
        telemetry_map, use(telemetry_map.topics[0], {"temp": 1, "data": {"humidity": 2}}, 5, 5, missed={"humidity": 5})
    )
    assert found.state == "in part"
    assert found.why == "humidity is in none of its messages. It has temp, data.humidity."
    assert found.advice == '- {topic: "gw/{id}", device: "{id}", values: {temp: temp, data.humidity: hum}}'


def test_some_messages_that_give_nothing():
    telemetry_map = mapped(GATEWAY)
    others = {"idle": 2, "missed": {"temp": 2}, "idle_topic": "gw/x", "idle_payload": b'{"boot": 1}'}
    found = line(telemetry_map, use(telemetry_map.topics[0], {"temp": 1}, 10, 8, **others))
    assert found.state == "in part"
    assert found.why == "Nothing is taken from 2 of 10 messages: temp is not in them. It has boot."
    assert found.example == 'gw/x {"boot": 1}'


def test_a_pattern_that_no_message_fits():
    assert line(mapped(GATEWAY)).state == "no message"


def test_counts_of_an_earlier_map_tell_nothing_of_this_one():
    before, now = mapped(GATEWAY), mapped(GATEWAY | {"values": {"Temp": "temp"}})
    assert line(now, use(before.topics[0], {"Temp": 21.5}, 3, 0)).state == "no message"


def test_topics_that_nothing_fits_are_told_once_for_each_line_that_would_read_them():
    telemetry_map = mapped({"topic": "zigbee2mqtt/{device}", "device": "{device}", "values": "all"})
    heard = [
        Heard("zigbee2mqtt/attic", b'{"temperature": 5}'),
        Heard("zigbee2mqtt/floor 1/plant room", b'{"temperature": 21.1}', 3),
        Heard("zigbee2mqtt/floor 2/hall", b'{"temperature": 20}'),
        Heard("tele/pow/SENSOR", b'{"Time": "2026-11-28T10:00:00", "AM2301": {"Temperature": 25.1}}'),
        Heard("ha/sensor/tank1/temp", b"62.0"),
        Heard("camera/1", b"\xff\xd8\xff"),
        Heard("plantroom/telemetry/own", b"{}"),
        Heard("plantroom/receipts/own", b"{}"),
    ]
    found = {one.pattern: one for one in topic_report(telemetry_map, [], heard) if one.state == "not read"}
    assert {pattern: one.advice for pattern, one in found.items()} == {
        "camera/1": None,
        "ha/sensor/tank1/temp": '- {topic: "ha/sensor/{device}/{key}", device: "{device}", key: "{key}"}',
        "tele/pow/SENSOR": '- {topic: "tele/{device}/SENSOR", device: "{device}", time: Time, values: all}',
        "zigbee2mqtt/floor 1/plant room (and 1 more topics)": '- {topic: "zigbee2mqtt/{device...}", device: "{device}", values: all}',
    }
    assert found["zigbee2mqtt/floor 1/plant room (and 1 more topics)"].messages == 4


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("gw/r2", b'[{"temp": 21.5}]'),
        ("gw/r2/up", b'{"data": {"t": 1}, "ts": 1764406800}'),
        ("a", b"21.5"),
        ("a", b'{"v": 1}'),
        ("home/kitchen/lamp", b"ON"),
        ("obis/m1", b'{"1-0:1.8.0": 12345.6}'),
        ("tele/pow/SENSOR", b'{"Time": "2026-11-28T10:00:00", "AM2301": {"Temperature": 25.1}, "TempUnit": "C"}'),
    ],
)
def test_a_proposed_line_reads_the_message_that_it_is_for(topic: str, payload: bytes):
    proposal = proposed(topic, payload)
    assert proposal
    telemetry_map = TelemetryMap.model_validate({"topics": yaml.safe_load(proposal)})
    assert telemetry_map.decode(topic, payload, 1_790_000_000_000).readings


def configured(topic: str, **config: object) -> Heard:
    return Heard(topic, json.dumps(config).encode())


SUPPLY = configured(
    "homeassistant/sensor/b1/supply/config", name="Supply", stat_t="boiler/1/json", val_tpl="{{ value_json.t.supply }}", unit_of_meas="°C",
    dev={"name": "Boiler 1"},
)  # fmt: skip


def test_a_device_that_announces_itself_gets_the_line_that_it_says():
    heard = [SUPPLY, Heard("boiler/1/json", b'{"t": {"supply": 61.5}}', 3)]
    (found,) = topic_report(mapped(), [], heard)
    assert (found.pattern, found.state, found.messages) == ("boiler/1/json", "not read", 3)
    assert found.why == "Boiler 1 announces Supply (°C); no topic of the map fits."
    assert found.advice
    telemetry_map = mapped(*yaml.safe_load(found.advice))
    (reading,) = telemetry_map.decode("boiler/1/json", heard[1].payload, 0).readings
    assert (reading.source, reading.value) == ("Boiler 1/Supply", 61.5)
    assert topic_report(telemetry_map, [], heard)[0].state == "no message"
    assert len(topic_report(telemetry_map, [], heard)) == 1


def test_what_is_announced_is_told_before_it_publishes_and_not_where_it_is_ignored():
    (found,) = topic_report(None, [], [SUPPLY])
    assert (found.pattern, found.messages, found.example) == ("boiler/1/json", 0, None)
    ignoring = TelemetryMap.model_validate({"topics": [], "ignore": ["boiler/{rest...}"]})
    assert topic_report(ignoring, [], [SUPPLY]) == []
    no_entity = configured("homeassistant/sensor/b1/x/config", name="X")
    assert [one.pattern for one in topic_report(mapped(), [], [no_entity])] == ["homeassistant/sensor/b1/x/config"]
