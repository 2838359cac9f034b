"""Maps: foreign topics and payloads read as the people who have them describe them."""

import json
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import Decoded, milliseconds
from ingestion.decoding.telemetry_map import TelemetryMap, load_map
from ingestion.reading import Reading

NOW = 1_790_000_000_000


@pytest.fixture
def load(tmp_path: Path):
    def load(text: str) -> TelemetryMap:
        path = tmp_path / "map.yaml"
        path.write_text(dedent(text), "utf-8")
        return load_map(path)

    return load


def at(text: str) -> int:
    return milliseconds(datetime.fromisoformat(text))


def read(telemetry_map: TelemetryMap, topic: str, payload: object) -> Decoded:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return telemetry_map.decode(topic, data, NOW)


def test_paths_names_scales_and_units(load):
    telemetry_map = load("""
        topics:
          - topic: site/{building}/ahu/{unit}/state
            device: "{building}-{unit}"
            time: meta.time
            values:
              data.sat: supply_air_temperature
              data.flow.0: {key: supply_air_flow, scale: 0.4719, offset: 1, unit: L/s}
    """)
    payload = {"meta": {"time": 1_700_000_000}, "data": {"sat": "13.5", "flow": [100]}}
    decoded = read(telemetry_map, "site/hq/ahu/2/state", payload)
    assert decoded.readings == [
        Reading("hq-2/supply_air_temperature", 1_700_000_000_000, 13.5),
        Reading("hq-2/supply_air_flow", 1_700_000_000_000, pytest.approx(48.19)),
    ]
    assert telemetry_map.units == {"hq-2/supply_air_flow": "L/s"}
    assert telemetry_map.subscriptions == ["site/+/ahu/+/state"]


def test_a_member_that_is_missing_is_no_reading(load):
    telemetry_map = load("topics: [{topic: a, device: d, values: {x.y: one, z: two}}]")
    assert read(telemetry_map, "a", {"z": 2, "x": 5}).readings == [Reading("d/two", NOW, 2.0)]


def test_everything_in_a_payload_by_its_path(load):
    telemetry_map = load("topics: [{topic: 'z2m/{name}', device: '{name}', time: t, values: all}]")
    payload = {"t": 1_700_000_000, "power": 5.5, "state": "ON", "update": {"a": 1}, "phases": [{"v": 230}, {"v": 231}]}
    decoded = read(telemetry_map, "z2m/plug", payload | {"nothing": None})
    assert decoded.readings == [
        Reading("plug/power", 1_700_000_000_000, 5.5),
        Reading("plug/state", 1_700_000_000_000, None, "ON"),
        Reading("plug/update.a", 1_700_000_000_000, 1.0),
        Reading("plug/phases.0.v", 1_700_000_000_000, 230.0),
        Reading("plug/phases.1.v", 1_700_000_000_000, 231.0),
    ]


def test_a_text_that_names_a_unit_is_the_unit_of_values_and_no_value(load):
    telemetry_map = load("topics: [{topic: 'tele/{device}/SENSOR', device: '{device}', time: Time, values: all}]")
    payload = {"Time": "2026-11-28T10:00:00", "AM2301": {"Temperature": 25.1, "Humidity": 40}, "TempUnit": "C"}
    decoded = read(telemetry_map, "tele/pow/SENSOR", payload)
    assert [reading.source for reading in decoded.readings] == ["pow/AM2301.Temperature", "pow/AM2301.Humidity"]
    assert telemetry_map.units == {"pow/AM2301.Temperature": "°C"}


def test_a_unit_beside_its_value(load):
    telemetry_map = load("topics: [{topic: a, device: d, values: all}]")
    decoded = read(telemetry_map, "a", {"flow": {"value": 3, "unit": "m3/h"}, "unit": "AHU-3", "zone": {"value": 20}})
    assert [reading.source for reading in decoded.readings] == ["d/flow.value", "d/unit", "d/zone.value"]
    assert telemetry_map.units == {"d/flow.value": "m³/h"}


@pytest.mark.parametrize("payload", [[{"temp": 21.5}], {"temp": 21.5}])
def test_a_list_at_the_top_is_as_many_messages(load, payload: object):
    telemetry_map = load("topics: [{topic: 'gw/{id}', device: '{id}', values: {temp: temp}}]")
    assert read(telemetry_map, "gw/r2", payload).readings == [Reading("r2/temp", NOW, 21.5)]


def test_each_object_of_a_list_has_its_own_time(load):
    telemetry_map = load("topics: [{topic: a, device: d, time: t, values: {v: v}}]")
    decoded = read(telemetry_map, "a", [{"t": 1_700_000_000, "v": 1}, {"t": 1_700_000_060, "v": 2}])
    assert [reading.at for reading in decoded.readings] == [1_700_000_000_000, 1_700_000_060_000]


def test_a_map_may_count_the_members_of_a_list_itself(load):
    telemetry_map = load("topics: [{topic: a, device: d, values: {1.v: second}}]")
    assert read(telemetry_map, "a", [{"v": 1}, {"v": 2}]).readings == [Reading("d/second", NOW, 2.0)]


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("1-0:1.8.0", {"1-0:1.8.0": 12345.6}),
        ("data.1-0:1.8.0", {"data": {"1-0:1.8.0": 12345.6}}),
        ("data.1-0:1.8.0.value", {"data": {"1-0:1.8.0": {"value": 12345.6}}}),
        ("a.b", {"a": {"c": 1}, "a.b": 12345.6}),
        ("a.b.c", {"a.b": {"d": 1}, "a": {"b": {"c": 12345.6}}}),
    ],
)
def test_a_key_that_holds_dots_is_written_as_it_is(load, path: str, payload: object):
    telemetry_map = load(f"topics: [{{topic: 'obis/{{id}}', device: '{{id}}', values: {{'{path}': energy}}}}]")
    assert read(telemetry_map, "obis/m1", payload).readings == [Reading("m1/energy", NOW, 12345.6)]


def test_a_part_may_span_levels(load):
    telemetry_map = load("topics: [{topic: 'zigbee2mqtt/{device...}', device: '{device}', values: all}]")
    assert telemetry_map.subscriptions == ["zigbee2mqtt/#"]
    decoded = read(telemetry_map, "zigbee2mqtt/floor 1/plant room", {"temperature": 21.1})
    assert decoded.readings == [Reading("floor 1:plant room/temperature", NOW, 21.1)]
    assert read(telemetry_map, "zigbee2mqtt/attic", {"temperature": 5}).readings == [
        Reading("attic/temperature", NOW, 5.0)
    ]
    assert telemetry_map.topics[0].device_of("zigbee2mqtt/floor 1/plant room") == "floor 1:plant room"


def test_what_a_map_looks_for_and_does_not_find_is_told(load):
    telemetry_map = load("topics: [{topic: 'gw/{id}', device: '{id}', time: at, values: {temp: temp, hum: hum}}]")
    assert read(telemetry_map, "gw/r3", {"Temp": 21.5, "hum": None}).unmet == ("temp", "at")
    assert read(telemetry_map, "gw/r3", {"temp": 21.5, "hum": 40, "at": NOW}).unmet == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("21,5", 21.5), ("−5.5", -5.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1\u202f234,5", 1234.5), ("4e1", 40.0)],
)
def test_numbers_as_people_write_them_are_converted_as_numbers(load, text: str, value: float):
    telemetry_map = load("topics: [{topic: a, device: d, values: {v: {key: v, scale: 2, offset: 1}}}]")
    assert read(telemetry_map, "a", {"v": text}).readings == [Reading("d/v", NOW, value * 2 + 1)]


@pytest.mark.parametrize(("decimal", "value"), [(",", 1.234), (".", 1234.0)])
def test_a_map_says_which_sign_begins_decimals(load, decimal: str, value: float):
    for text in (
        f"{{decimal: '{decimal}', topics: [{{topic: a, device: d, values: {{v: v}}}}]}}",
        f"topics: [{{topic: a, device: d, decimal: '{decimal}', values: {{v: v}}}}]",
    ):
        assert read(load(text), "a", {"v": "1,234"}).readings == [Reading("d/v", NOW, value)]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-10-25T00:20:00+00:00", "2026-10-25T00:20:00+00:00"),
        ("2026-10-25T01:20:00+00:00", "2026-10-25T01:20:00+00:00"),
        ("2026-10-25T01:20:05+00:00", "2026-10-25T01:20:00+00:00"),
    ],
)
def test_in_the_hour_that_comes_twice_the_moment_of_reception_decides(load, received: str, expected: str):
    telemetry_map = load("""
        timezone: Europe/Berlin
        topics: [{topic: "tasmota/{device}/SENSOR", device: "{device}", time: Time, values: {ENERGY.Power.0: power_l1}}]
    """)
    payload = b'{"Time":"2026-10-25T02:20:00","ENERGY":{"Power":[1]}}'
    decoded = telemetry_map.decode("tasmota/pow3/SENSOR", payload, at(received))
    assert decoded.readings == [Reading("pow3/power_l1", at(expected), 1.0)]


@pytest.mark.parametrize("received", ["2026-03-29T00:31:00+00:00", "2026-03-29T01:31:00+00:00"])
def test_a_time_that_clocks_skip_is_the_one_nearer_to_its_reception(load, received: str):
    telemetry_map = load("{timezone: Europe/Berlin, topics: [{topic: a, device: d, time: t, values: {v: v}}]}")
    decoded = telemetry_map.decode("a", b'{"t": "2026-03-29T02:30:00", "v": 1}', at(received))
    assert decoded.readings[0].at == at(received) - 60_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1764406800", "2025-11-29T09:00:00+00:00"),
        ("1764406800123", "2025-11-29T09:00:00.123+00:00"),
        ("1764406800.5", "2025-11-29T09:00:00.500+00:00"),
        ("1764406800,5", "2025-11-29T09:00:00.500+00:00"),
        ("1764406800123456", "2025-11-29T09:00:00.123+00:00"),
        ("1764406800123456789", "2025-11-29T09:00:00.123+00:00"),
        (" 1764406800 ", "2025-11-29T09:00:00+00:00"),
        ("1.7644068E9", "2025-11-29T09:00:00+00:00"),
        ("20251129", "2025-11-29T00:00:00+00:00"),
        ("20251129090000", "2025-11-29T09:00:00+00:00"),
        ("202511290900", "2025-11-29T09:00:00+00:00"),
        ("1711121700123", "2024-03-22T15:35:00.123+00:00"),
    ],
)
def test_moments_as_digits_in_a_text(load, text: str, expected: str):
    telemetry_map = load("topics: [{topic: 'ts/{id}', device: '{id}', time: t, values: {v: v}}]")
    assert read(telemetry_map, "ts/d", {"t": text, "v": 1}).readings == [Reading("d/v", at(expected), 1.0)]


def test_a_list_of_named_values(load):
    telemetry_map = load("""
        topics:
          - {topic: "gw/{id}/up", device: "{id}", each: metrics, key: "{name}", value: v, time: at}
    """)
    payload = {"metrics": [{"name": "t", "v": 1, "at": 1_700_000_000}, {"name": "h", "v": 40}, {"v": 3}]}
    decoded = read(telemetry_map, "gw/7/up", payload)
    assert decoded.readings == [Reading("7/t", 1_700_000_000_000, 1.0), Reading("7/h", NOW, 40.0)]
    assert "name" in decoded.problems[0]


@pytest.mark.parametrize(
    ("payload", "value", "text"), [(b"21.5", 21.5, None), (b"true", 1.0, None), (b"running", None, "running")]
)
def test_the_payload_itself_is_the_value(load, payload: bytes, value: float | None, text: str | None):
    telemetry_map = load("topics: [{topic: 'home/{device}/{key}', device: '{device}', key: '{key}'}]")
    assert read(telemetry_map, "home/boiler/state", payload).readings == [Reading("boiler/state", NOW, value, text)]


def test_our_own_topics_need_no_map(load):
    decoded = read(load("timezone: Europe/Berlin"), "plantroom/telemetry/d", {"values": {"t": 1}})
    assert decoded.readings == [Reading("d/t", NOW, 1.0)]


def test_times_without_an_offset_are_local(load):
    telemetry_map = load("{timezone: Europe/Berlin, topics: [{topic: a, device: d, time: t, values: {v: v}}]}")
    decoded = read(telemetry_map, "a", {"t": "2023-11-14 23:13:20", "v": 1})
    assert decoded.readings == [Reading("d/v", 1_700_000_000_000, 1.0)]


@pytest.mark.parametrize("payload", [b"{", b'{"v": NaN}', b'{"v": ' + b"9" * 400 + b"}", b"[1]" * 400_000])
def test_poison_on_a_mapped_topic_is_a_problem_and_no_crash(load, payload: bytes):
    telemetry_map = load("topics: [{topic: a, device: d, values: {v: {key: v, scale: 2}}}]")
    decoded = read(telemetry_map, "a", payload)
    assert decoded.readings == []
    assert decoded.problems


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("topics: [{topic: a, device: d}]", "values or key"),
        ("topics: [{topic: a, device: '{x}', values: all}]", "'x'; it has none"),
        ("topics: [{topic: 'a/{y}', device: '{x}', values: all}]", "'x'; it has 'y'"),
        ("topics: [{topic: 'a/{y}', device: '{y}', key: '{k}'}]", "'k'; it has 'y'"),
        ("topics: [{topic: 'a/{y...}/b', device: '{y}', values: all}]", "whole end of a topic"),
        ("topics: [{topic: 'a/x{y...}', device: '{y}', values: all}]", "whole end of a topic"),
        ("decimal: ';'", "decimal"),
        ("topics: [{topic: a, device: d, vales: {}}]", "vales"),
        ("timezone: Mars/Olympus", "Mars/Olympus"),
        ("[", "not YAML"),
    ],
)
def test_a_wrong_map_says_where(load, text: str, where: str):
    with pytest.raises(InvalidInput, match=where):
        load(text)


def test_a_missing_map_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_map(tmp_path / "none.yaml")
