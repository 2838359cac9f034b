"""What doctor says of telemetry: its age, clocks that nobody set, what the map does not use, points that were never fed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.decoding.telemetry_map import load_map
from ingestion.pipeline.topic_use import TopicUse, digest
from interfaces.cli.work.doctor.telemetry_findings import readings_findings, topics_findings, unfed_finding

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
NONE: dict[str, Any] = {
    "series": 3, "newest": None, "ahead": 0, "ahead_source": None, "ahead_at": None, "unset": 0, "unset_source": None,
}  # fmt: skip


def test_a_reading_of_the_future_is_told_and_has_no_age():
    ahead = {"ahead": 1, "ahead_source": "l/v", "ahead_at": datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC)}
    (found,) = readings_findings(NONE | ahead, NOW)
    assert found.what == "the newest reading is in the future, of l/v: 2036-02-07 06:28 UTC"
    assert found.level == "note"
    age, clock = readings_findings(NONE | ahead | {"ahead": 3, "newest": NOW - timedelta(minutes=2)}, NOW)
    assert (age.what, age.level) == ("3 series, the newest reading 2 minutes old", "ok")
    assert clock.what.endswith("(and of 2 more series)")


def test_a_clock_that_was_never_set_is_told():
    _, clock = readings_findings(NONE | {"newest": NOW, "unset": 1, "unset_source": "l/v"}, NOW)
    assert clock.what == "the newest reading of l/v is from before the year 2000"


def test_a_clock_that_is_slightly_ahead_has_no_negative_age():
    (found,) = readings_findings(NONE | {"newest": NOW + timedelta(minutes=2)}, NOW)
    assert found.what == "3 series, the newest reading 0 minutes old"


def test_nothing_yet():
    assert readings_findings(NONE, NOW)[0].what == "none yet"


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    path = tmp_path / "map.yaml"
    lines = [f'- {{topic: "gw{n}/{{id}}", device: "{{id}}", values: {{temp: temp}}}}' for n in range(8)]
    path.write_text("topics:\n" + "\n".join(f"  {line}" for line in lines))
    return path


def test_each_pattern_that_is_not_read_in_full_is_a_line(map_file: Path):
    specs = load_map(map_file).topics
    read = TopicUse("gw0/{id}", digest(specs[0]), 5, 5, 0, {}, NOW, NOW, "gw0/a", b'{"temp": 1}')
    idle = TopicUse(
        "gw1/{id}", digest(specs[1]), 5, 0, 5, {"temp": 5}, NOW, NOW, "gw1/a", b'{"Temp": 1}', "gw1/a", b'{"Temp": 1}'
    )
    found = [finding.what for finding in topics_findings(map_file, [read, idle])]
    assert found[0] == "gw1/{id}: Nothing is taken from 5 of 5 messages: temp is in none of its messages. It has Temp."
    assert found[1] == "gw2/{id}: No message has come that it fits."
    assert (len(found), found[-1]) == (6, "2 more that are not read in full")


def test_without_a_map_there_is_nothing_to_miss():
    assert topics_findings(None, []) == []


def test_points_that_were_never_fed():
    rows = [
        {"id": "1", "name": "Supply Air Temperature", "source": "ahu9/sat", "owner": "AHU-9"},
        {"id": "2", "name": "AHU-9 Mode", "source": None, "owner": "AHU-9"},
    ]
    (found,) = unfed_finding(12, 2, rows)
    assert (
        found.what
        == "2 of 12 never had a value, for example AHU-9 Supply Air Temperature (ahu9/sat); AHU-9 Mode (no address)"
    )
    assert unfed_finding(12, 0, []) == []
