"""What a broker passes on becomes a map: presets, what devices announce, a line for the rest, and what holds no values is told."""

import json
from typing import Any

import pytest
import yaml

from graph_schema.errors import InvalidInput
from ingestion.decoding.presets import preset, preset_names
from ingestion.decoding.telemetry_map import TelemetryMap, with_presets
from ingestion.pipeline.topic_map import TopicMap, suggest_topics
from ingestion.pipeline.topic_report import Heard

NOW = 1_795_000_000_000


def suggested(messages: dict[str, Any]) -> tuple[TopicMap, dict[str, Any]]:
    heard = [
        Heard(topic, payload.encode() if isinstance(payload, str) else json.dumps(payload).encode())
        for topic, payload in messages.items()
    ]
    found = suggest_topics(heard, NOW)
    return found, yaml.safe_load(found.text) or {}


@pytest.mark.parametrize("name", preset_names())
def test_devices_of_a_preset_are_known_by_what_they_publish(name: str):
    examples = preset(name)["examples"]
    found, spec = suggested({example["topic"]: example["payload"] for example in examples})
    assert spec["presets"][0] == name
    assert "topics" not in spec
    last = {example["topic"]: example for example in examples}
    expected = {address for example in last.values() for address in example["readings"]}
    assert {reading.source for reading in found.readings} == expected


def test_what_devices_announce_has_its_keys_and_units():
    config = {
        "~": "boiler/1", "name": "Supply", "stat_t": "~/json", "val_tpl": "{{ value_json.t['supply'] | round(1) }}", "unit_of_meas": "°C",
        "obj_id": "supply_temperature", "dev": {"name": "Boiler 1"},
    }  # fmt: skip
    plain = {"name": "pump", "state_topic": "boiler/1/pump/level", "unit_of_measurement": "%"}
    found, spec = suggested(
        {
            "homeassistant/sensor/b1/supply/config": config,
            "homeassistant/sensor/b1/pump/config": plain,
            "boiler/1/json": {"t": {"supply": 61.5}},
            "boiler/1/pump/level": "40",
        }
    )
    assert {reading.source: reading.value for reading in found.readings} == {
        "Boiler 1/supply_temperature": 61.5,
        "pump/pump": 40,
    }
    telemetry_map = with_presets(TelemetryMap.model_validate(spec))
    telemetry_map.decode("boiler/1/json", b'{"t":{"supply":61.5}}', NOW)
    assert telemetry_map.units == {"Boiler 1/supply_temperature": "°C"}
    assert found.unread == []


def test_a_device_that_announces_all_its_entities_at_once_is_read_with_what_templates_compute():
    config = {
        "dev": {"name": "Plug 7", "ids": ["p7"]},
        "~": "plug/7",
        "stat_t": "~/state",
        "cmps": {
            "power": {
                "p": "sensor",
                "name": "power",
                "val_tpl": "{{ value_json.apower / 1000 }}",
                "unit_of_meas": "kW",
            },
            "temp": {
                "p": "sensor",
                "val_tpl": "{{ (value_json['t'].tC | float - 0.5) | round(1) }}",
                "unit_of_meas": "°C",
            },
            "energy": {"p": "sensor", "stat_t": "~/energy", "unit_of_meas": "kWh"},
            "reset": {"p": "button", "command_topic": "~/reset"},
        },
    }
    found, spec = suggested(
        {
            "homeassistant/device/p7/config": config,
            "plug/7/state": {"apower": 1500, "t": {"tC": 21.5}},
            "plug/7/energy": "12.5",
        }
    )
    assert {reading.source: reading.value for reading in found.readings} == {
        "Plug 7/power": 1.5, "Plug 7/temp": 21.0, "Plug 7/energy": 12.5
    }  # fmt: skip
    assert spec["ignore"] == ["homeassistant/{rest...}/config"]
    assert found.unread == []


def test_the_rest_gets_lines_of_its_own_and_what_holds_no_values_is_told():
    found, spec = suggested(
        {
            "gw/r1/data": {"temp": 21.5, "ts": "2026-11-28T10:00:00Z"},
            "gw/r2/data": {"temp": 22.5},
            "img/cam": "\x00\x01",
            "plantroom/telemetry/x": {"values": {"v": 1}},
        }
    )
    assert [topic["topic"] for topic in spec["topics"]] == ["gw/{device}/data"]
    assert {reading.source for reading in found.readings} == {"r1/temp", "r2/temp"}
    assert found.unread == ["img/cam"]
    assert "# not read: img/cam" in found.text


def test_a_lone_online_is_no_shelly():
    _, spec = suggested({"thing/online": "true"})
    assert "presets" not in spec


def test_a_silent_broker_is_told():
    with pytest.raises(InvalidInput, match="Nothing was heard that needs a map"):
        suggest_topics([], NOW)
