"""Recordings played through a real broker, complete to the row, with an account of what history now holds."""

import csv
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from graph_schema.addresses import Addressed
from ingestion.decoding.messages import decode
from ingestion.decoding.telemetry_map import Csv, TelemetryMap, load_map
from ingestion.decoding.validation import Measured, Validation
from ingestion.device.client import open_device_client
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.sources.mqtt.source import open_mqtt_source
from ingestion.sources.replay.account import Account
from ingestion.sources.replay.replay import Progress, replay

SPEC = Csv.model_validate(
    {
        "device": "ahu",
        "time": "When",
        "time_format": "%m/%d/%Y %H:%M",
        "columns": {"T (F)": {"key": "t", "scale": 0.5, "offset": 1}, "Mode": "mode"},
    }
)


@pytest.fixture
def play(mortal_broker, history: History, offered, running):
    """Replays files, judged by the points of a plant."""

    @asynccontextmanager
    async def player(points: dict[str, Measured], *addressed: Addressed) -> AsyncGenerator[Any]:
        validation = Validation()
        validation.learn(points)
        validation.addressing.learn(addressed)
        read = validation.checking(validation.addressing.resolving(decode))
        pipeline = Pipeline(history, DeadLetters(history), offered, read)
        async with (
            open_mqtt_source(mortal_broker.address) as source,
            running(pipeline.run(source)),
            open_device_client(mortal_broker.address) as client,
        ):

            async def play(path: Path, telemetry_map: dict[str, Any]) -> Account:
                return await replay(path, TelemetryMap.model_validate(telemetry_map), client, history, validation, None)

            yield play

    return player


def counts(account: Account) -> tuple[int, int, int, int]:
    return account.new, account.there, account.overwritten, sum(one.times for one in account.left_out)


async def stored(history: History) -> dict[str, list[float | str]]:
    rows = await history.fetch("select source, value, text from reading join series on id = series order by source, at")
    found: dict[str, list[float | str]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row["text"] if row["value"] is None else row["value"])
    return found


LONG = """
    building_id,meter,timestamp,meter_reading
    0,0,2016-10-31 00:00:00,10
    1,0,2016-10-31 00:00:00,20
    1,1,2016-10-31 00:00:00,30
"""


async def test_a_long_file_is_as_many_series_as_it_names(play, recording, history: History):
    spec = {"device": "b-{building_id}", "time": "timestamp", "columns": {"meter_reading": "meter {meter}"}}
    async with play({}) as replayed:
        account = await replayed(recording(LONG), {"csv": spec})
        again = await replayed(recording(LONG), {"csv": spec})
    assert (account.rows, account.values, counts(account)) == (3, 3, (3, 0, 0, 0))
    assert counts(again) == (0, 3, 0, 0)
    assert await stored(history) == {"b-0/meter 0": [10.0], "b-1/meter 0": [20.0], "b-1/meter 1": [30.0]}


async def test_rows_that_contradict_each_other_are_told_with_the_column_that_tells_them_apart(
    play, recording, history: History
):
    spec = {"device": "b-{building_id}", "time": "timestamp", "columns": {"meter_reading": "reading"}}
    async with play({}) as replayed:
        account = await replayed(recording(LONG), {"csv": spec})
    assert counts(account) == (2, 0, 0, 1)
    (one,) = account.left_out
    assert "name it in the map's device or key, as {meter}" in one.why
    assert one.example == "line 3, b-1/reading = 20 and line 4"
    assert account.faults == 1
    assert await stored(history) == {"b-0/reading": [10.0], "b-1/reading": [30.0]}


async def test_what_is_overwritten_is_told(play, recording):
    spec = {"csv": {"device": "d", "time": "t", "columns": {"v": "v", "w": "w"}}}
    async with play({}) as replayed:
        await replayed(recording("t,v,w\n2026-01-01,1,a\n2026-01-02,2,b\n"), spec)
        account = await replayed(recording("t,v,w\n2026-01-01,1,c\n2026-01-02,3,b\n2026-01-03,4,d\n"), spec)
    assert counts(account) == (2, 2, 2, 0)


async def test_what_is_left_out_is_told_by_its_reason_with_an_example(play, recording, history: History):
    points = {
        "d/t": Measured("air_temperature", "°C"),
        "d/p": Measured("power", "kW"),
        "d/fan": Measured("run_status", None),
    }
    path = recording("""
        When;Nothing,t,p,fan
        2026-01-01,"21,5",1500 W,ON
        2026-01-02,No Data,"1,234",OFF
        2026-01-03,on,"1,234.5",ON
        2026-01-04,-9999,2,
        yesterday,20,3,OFF
        End of Report
    """)
    spec = {"csv": {"device": "d", "time": "When;Nothing", "columns": {"t": "t", "p": "p", "fan": "fan"}}}
    async with play(points) as replayed:
        account = await replayed(path, spec)
    assert (account.rows, account.values) == (5, 11)
    assert account.new == 7
    assert await stored(history) == {"d/t": [21.5], "d/p": [1.5, 1234.5, 2.0], "d/fan": ["ON", "OFF", "ON"]}
    told = {one.why: (one.times, one.example, one.fault) for one in account.left_out}
    assert told == {
        "“No Data” says that there is no value.": (1, "line 3, d/t = No Data", False),
        "“1,234” can be 1.234 or 1234. Say in the map what a comma is: decimal: \",\" or decimal: \".\".": (1, "line 3, d/p = 1,234", True),
        "“on” is no number, and the point measures air temperature in °C.": (1, "line 4, d/t = on", True),
        "-9999 °C is outside what an air temperature can be (-80 to 400 °C).": (1, "line 5, d/t = -9999.0", True),
        "The row cannot be read: The timestamp 'yesterday' is not a time: Invalid isoformat string: 'yesterday'": (1, "line 6", True),
        "The line is no row of the table.": (1, "line 7", False),
    }  # fmt: skip
    assert account.faults == 4


async def test_units_of_the_map_are_converted_or_kept_for_points_that_nobody_described(
    play, recording, history: History
):
    columns = {"a": {"key": "a", "unit": "°F"}, "b": {"key": "b", "unit": "°F"}}
    async with play({"d/a": Measured("air_temperature", "°C")}) as replayed:
        account = await replayed(
            recording("t,a,b\n2026-01-01,50,50\n"), {"csv": {"device": "d", "time": "t", "columns": columns}}
        )
    assert counts(account) == (2, 0, 0, 0)
    assert await stored(history) == {"d/a": [pytest.approx(10.0)], "d/b": [50.0]}


async def test_a_point_is_reached_under_another_of_its_addresses(play, recording, history: History):
    points = {"ahu9/sat": Measured("air_temperature", "°C")}
    spec = {"csv": {"device": "bacnet:1203", "time": "t", "columns": {"v": {"key": "analog-input,7", "unit": "°F"}}}}
    async with play(points, Addressed("p", "ahu9/sat", ("bacnet:1203/analog-input,7",))) as replayed:
        account = await replayed(recording("t,v\n2026-01-01,50\n"), spec)
    assert counts(account) == (1, 0, 0, 0)
    assert await stored(history) == {"ahu9/sat": [pytest.approx(10.0)]}


async def test_a_replay_keeps_its_pace(recording, mortal_broker, pipeline, history: History, running):
    path = recording("When,T (F),Mode\n" + "".join(f"8/28/2007 0:{m:02},{m},a\n" for m in range(10)))
    seen: list[Progress] = []
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        started = datetime.now(UTC)
        result = await replay(
            path, TelemetryMap(csv=SPEC, timezone="America/Chicago"), client, history, Validation(), 600, seen.append
        )
        took = (datetime.now(UTC) - started).total_seconds()
    assert (result.rows, counts(result)) == (10, (20, 0, 0, 0))
    assert seen[-1] == Progress(10, 10, 20)
    assert 0.9 <= took < 5
    assert (await history.fetch("select count(*) as n from reading"))[0]["n"] == 20


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
        result = await replay(path, telemetry_map, client, history, Validation(), None)
    assert (result.rows, counts(result)) == (37_440, (37_440 * 17, 0, 0, 0))
    stored = await history.fetch("select source, at, value from reading join series on id = series")
    found = {(row["source"], row["at"]): row["value"] for row in stored}
    expected = {
        (f"mzvav-2-2/{value.key}", time): float(row[column])
        for time, row in recorded(path)
        for column, value in telemetry_map.csv[0].columns.items()
    }
    assert len(expected) == 636_480
    assert found == expected


def recorded(path: Path) -> Iterator[tuple[datetime, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            time = datetime.strptime(row["Datetime"] + " -0500", "%m/%d/%Y %H:%M %z")
            winter = time.month == 2
            yield time + timedelta(hours=winter), {name.strip(): text for name, text in row.items()}
