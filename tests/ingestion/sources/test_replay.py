"""Recordings: read exactly, played through a real broker, complete to the row."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import milliseconds
from ingestion.decoding.telemetry_map import Csv, TelemetryMap, load_map
from ingestion.device.client import open_device_client
from ingestion.history.history import History
from ingestion.sources.mqtt.source import open_mqtt_source
from ingestion.sources.replay import Progress, read_csv, replay

CHICAGO = ZoneInfo("America/Chicago")
SPEC = Csv.model_validate(
    {
        "device": "ahu",
        "time": "When",
        "time_format": "%m/%d/%Y %H:%M",
        "columns": {"T (F)": {"key": "t", "scale": 0.5, "offset": 1}, "Mode": "mode"},
    }
)


@pytest.fixture
def recording(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "recording.csv"
        path.write_text(dedent(text).lstrip(), "utf-8")
        return path

    return write


def test_rows_have_their_local_time_and_mapped_values(recording):
    path = recording("""
        When,Other, T (F) ,Mode
        8/28/2007 0:00,x,77.0,cool

        8/28/2007 0:01,x,,1
    """)
    assert list(read_csv(path, SPEC, CHICAGO)) == [
        (milliseconds(datetime(2007, 8, 28, 5, 0, tzinfo=UTC)), {"t": 39.5, "mode": "cool"}),
        (milliseconds(datetime(2007, 8, 28, 5, 1, tzinfo=UTC)), {"t": None, "mode": 1.0}),
    ]


def test_the_hour_that_comes_twice_gives_twice_as_many_moments(recording):
    lines = "\n".join(f"11/4/2007 1:{m:02},{m}," for _ in range(2) for m in range(60))
    path = recording("When,T (F),Mode\n11/4/2007 0:59,0,\n" + lines + "\n11/4/2007 2:00,0,\n")
    times = [at for at, _ in read_csv(path, SPEC, CHICAGO)]
    assert times == [times[0] + minute * 60_000 for minute in range(122)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("When,Mode\n", "no column “T \\(F\\)”"),
        ("", "no column “When”"),
        ("When,T (F),Mode\n8/28/2007 0:00,1\n", "Line 2 .* has 2 of 3 columns"),
        ("When,T (F),Mode\n\n2007-08-28,1,2\n", "Line 3 .* is not a time"),
    ],
)
def test_a_file_that_does_not_fit_says_where(recording, text: str, sentence: str):
    with pytest.raises(InvalidInput, match=sentence):
        list(read_csv(recording(text), SPEC, CHICAGO))


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(read_csv(tmp_path / "none.csv", SPEC, CHICAGO))


async def test_a_replay_keeps_its_pace(recording, mortal_broker, pipeline, history: History, running):
    path = recording("When,T (F),Mode\n" + "".join(f"8/28/2007 0:{m:02},{m},a\n" for m in range(10)))
    seen: list[Progress] = []
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        started = datetime.now(UTC)
        result = await replay(path, TelemetryMap(csv=SPEC, timezone="America/Chicago"), client, 600, seen.append)
        took = (datetime.now(UTC) - started).total_seconds()
    assert result == Progress(10, 10, 20)
    assert seen[-1] == result
    assert 0.9 <= took < 5
    assert (await history.fetch("select count(*) as n from reading"))[0]["n"] == 20


async def test_a_map_without_columns_cannot_be_replayed(recording, mortal_broker):
    async with open_device_client(mortal_broker.address) as client:
        with pytest.raises(InvalidInput, match="no csv section"):
            await replay(recording("a\n"), TelemetryMap(), client, None)


async def test_a_recorded_air_handler_is_complete_to_the_row_and_equal(
    shared_data: Path, mortal_broker, pipeline, history: History, running
):
    path = shared_data / "lbnl_ahu" / "MZVAV-2-2.csv"
    telemetry_map = load_map(Path(str(files("ingestion"))) / "maps" / "lbnl_mzvav.yaml")
    assert telemetry_map.csv
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        result = await replay(path, telemetry_map, client, None)
    assert result == Progress(37_440, 37_440, 37_440 * 17)
    stored = await history.fetch("select source, at, value from reading join series on id = series")
    found = {(row["source"], row["at"]): row["value"] for row in stored}
    expected = {
        (f"mzvav-2-2/{value.key}", time): float(row[column])
        for time, row in recorded(path)
        for column, value in telemetry_map.csv.columns.items()
    }
    assert len(expected) == 636_480
    assert found == expected


def recorded(path: Path) -> Iterator[tuple[datetime, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            time = datetime.strptime(row["Datetime"] + " -0500", "%m/%d/%Y %H:%M %z")
            winter = time.month == 2
            yield time + timedelta(hours=winter), {name.strip(): text for name, text in row.items()}
