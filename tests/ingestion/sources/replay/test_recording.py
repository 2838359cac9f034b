"""Recordings are read exactly: local times, mapped values, devices and keys named by columns, and what cannot be read by its line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import milliseconds
from ingestion.decoding.telemetry_map import TelemetryMap
from ingestion.sources.replay.recording import BadRow, Recording, Row

SPEC: dict[str, Any] = {
    "device": "ahu",
    "time": "When",
    "time_format": "%m/%d/%Y %H:%M",
    "columns": {"T (F)": {"key": "t", "scale": 0.5, "offset": 1}, "Mode": "mode"},
}


def rows_of(path: Path, spec: dict[str, Any] = SPEC, **others: Any) -> list[Row | BadRow]:
    telemetry_map = TelemetryMap.model_validate({"timezone": "America/Chicago", "csv": spec} | others)
    return list(Recording(path, telemetry_map).rows())


def read(path: Path, spec: dict[str, Any] = SPEC, **others: Any) -> list[tuple[str, int, dict[str, Any]]]:
    """Device, moment and values of each row."""
    rows = rows_of(path, spec, **others)
    return [(r.device, r.at, {cell.key: cell.value for cell in r.cells}) for r in rows if isinstance(r, Row)]


def test_rows_have_their_local_time_and_mapped_values(recording):
    path = recording("""
        When,Other, T (F) ,Mode
        8/28/2007 0:00,x,77.0,cool

        8/28/2007 0:01,x,,1
    """)
    assert read(path) == [
        ("ahu", milliseconds(datetime(2007, 8, 28, 5, 0, tzinfo=UTC)), {"t": 39.5, "mode": "cool"}),
        ("ahu", milliseconds(datetime(2007, 8, 28, 5, 1, tzinfo=UTC)), {"t": None, "mode": 1.0}),
    ]


def test_the_hour_that_comes_twice_gives_twice_as_many_moments(recording):
    lines = "\n".join(f"11/4/2007 1:{m:02},{m}," for _ in range(2) for m in range(60))
    path = recording("When,T (F),Mode\n11/4/2007 0:59,0,\n" + lines + "\n11/4/2007 2:00,0,\n")
    times = [at for _, at, _ in read(path)]
    assert times == [times[0] + minute * 60_000 for minute in range(122)]


def test_each_device_has_its_own_hour_that_comes_twice(recording):
    path = recording("id,When,v\n" + "".join(f"{id_},2007-11-04 01:30,1\n" for id_ in "abab"))
    times = [at for _, at, _ in read(path, {"device": "{id}", "time": "When", "columns": {"v": "v"}})]
    assert times == [times[0], times[0], times[0] + 3_600_000, times[0] + 3_600_000]


def test_devices_and_keys_are_named_by_columns(recording):
    path = recording("""
        building_id,meter,timestamp,meter_reading
        0,0,2016-10-31 00:00:00,10
        1,0,2016-10-31 00:00:00,20
        1,1,2016-10-31 00:00:00,30
    """)
    spec = {"device": "b-{building_id}", "time": "timestamp", "columns": {"meter_reading": "meter {meter}"}}
    assert [(device, values) for device, _, values in read(path, spec)] == [
        ("b-0", {"meter 0": 10.0}),
        ("b-1", {"meter 0": 20.0}),
        ("b-1", {"meter 1": 30.0}),
    ]


@pytest.mark.parametrize("where", ["device", "key"])
def test_a_name_made_of_a_column_that_is_not_there_is_refused(recording, where: str):
    path = recording("site,timestamp,v\na,2016-10-31,1\n")
    names = {"device": "d", "key": "v"} | {where: "b-{building_id}"}
    spec = {"device": names["device"], "time": "timestamp", "columns": {"v": names["key"]}}
    with pytest.raises(InvalidInput, match=r"no column “building_id”\. It has: site, timestamp, v\."):
        read(path, spec)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1795000000", "2026-11-18T11:06:40"), ("1795000000123", "2026-11-18T11:06:40.123"), ("1795000000.5", "2026-11-18T11:06:40.500")],
)  # fmt: skip
def test_epochs_in_a_column(recording, text: str, expected: str):
    path = recording(f"ts,t\n{text},1\n")
    (row,) = read(path, {"device": "epoch", "time": "ts", "columns": {"t": "t"}})
    assert row[1] == milliseconds(datetime.fromisoformat(expected).replace(tzinfo=UTC))


@pytest.mark.parametrize("place", ["csv", "map"])
def test_a_map_says_which_sign_begins_decimals(recording, place: str):
    spec = {"device": "d", "time": "t", "columns": {"v": "v"}}
    path = recording('t,v\n2026-01-01,"1.234"\n2026-01-02,"21,5"\n')
    given = (spec | {"decimal": ","}, {}) if place == "csv" else (spec, {"decimal": ","})
    assert [values["v"] for _, _, values in read(path, given[0], **given[1])] == [1234.0, 21.5]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("When,T (F),Mode\n8/28/2007 0:00,1\n", "has 2 of 3 columns"),
        ("When,T (F),Mode\n\n2007-08-28,1,2\n", "is not a time"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_line(recording, text: str, why: str):
    (row,) = rows_of(recording(text))
    assert isinstance(row, BadRow)
    assert why in row.why
    assert row.line == text.count("\n")


@pytest.mark.parametrize(("text", "sentence"), [("When,Mode\n", "no column “T \\(F\\)”"), ("", "no column “When”")])
def test_a_file_that_does_not_fit_says_where(recording, text: str, sentence: str):
    with pytest.raises(InvalidInput, match=sentence):
        rows_of(recording(text))


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        rows_of(tmp_path / "none.csv")


def test_a_map_without_columns_cannot_be_replayed(recording):
    with pytest.raises(InvalidInput, match="no csv section"):
        Recording(recording("a\n"), TelemetryMap())
