"""Maps: foreign topics and payloads read as the people who have them describe them."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import Decoded
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


def test_all_scalars_of_an_object(load):
    telemetry_map = load("topics: [{topic: 'z2m/{name}', device: '{name}', time: t, values: all}]")
    decoded = read(telemetry_map, "z2m/plug", {"t": 1_700_000_000, "power": 5.5, "state": "ON", "update": {"a": 1}})
    assert decoded.readings == [
        Reading("plug/power", 1_700_000_000_000, 5.5),
        Reading("plug/state", 1_700_000_000_000, None, "ON"),
    ]


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
        ("topics: [{topic: a, device: '{x}', values: all}]", "'x'"),
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
