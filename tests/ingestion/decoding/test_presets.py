"""Each preset reads messages as its devices send them, whole, with their units and times; and nothing is told where there is nothing to read."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.line_protocol import parse_lines
from ingestion.decoding.messages import milliseconds
from ingestion.decoding.presets import preset, preset_names
from ingestion.decoding.telemetry_map import TelemetryMap, load_map, with_presets

NOW = 1_795_000_000_000
EXAMPLES = [(name, example) for name in preset_names() for example in preset(name)["examples"]]


def test_the_presets_have_ten_examples_each():
    assert len(preset_names()) == 11
    assert all(len(preset(name)["examples"]) >= 10 for name in preset_names())


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}-{example['topic']}" for name, example in EXAMPLES]
)
def test_a_message_is_read_as_the_preset_says(name: str, example: dict[str, Any]):
    telemetry_map = with_presets(TelemetryMap(presets=[name]))
    decoded = telemetry_map.decode(example["topic"], example["payload"].encode(), NOW)
    assert decoded.problems == ()
    assert {one.source: one.value if one.text is None else one.text for one in decoded.readings} == example["readings"]
    expected = milliseconds(datetime.fromisoformat(example["at"])) if "at" in example else None
    assert {one.at for one in decoded.readings} <= ({expected} if expected else {one.at for one in decoded.readings})
    assert example.get("units", {}).items() <= telemetry_map.units.items()


def test_presets_stand_behind_ones_own_topics(tmp_path: Path):
    path = tmp_path / "map.yaml"
    path.write_text('presets: [tasmota]\ntopics: [{topic: "tele/{d}/SENSOR", device: mine, values: all}]\n')
    assert load_map(path).topics[0].device == "mine"
    assert "tele/+/LWT" in load_map(path).subscriptions


def test_a_preset_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path):
    path = tmp_path / "map.yaml"
    path.write_text("presets: [tasmotta]\n")
    with pytest.raises(InvalidInput, match=r"no preset “tasmotta”\. There are: chirpstack, "):
        load_map(path)


@pytest.mark.parametrize("text", [b"weather", b"weather temperature", b"a b=x", b"\xff"])
def test_what_is_no_line_of_influxdb_is_told(text: bytes):
    with pytest.raises(InvalidInput):
        parse_lines(text)
