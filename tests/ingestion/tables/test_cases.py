"""Files that people tried are read without a hand edit."""

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.decoding.telemetry_map import TelemetryMap, load_map
from ingestion.sources.replay.preview import preview
from ingestion.sources.replay.recording import BadRow, Recording, Row
from ingestion.tables.suggest import suggest_map

SHARED = Path(__file__).parents[4] / "shared"


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not here")
    return path


def read(path: Path, telemetry_map: TelemetryMap) -> list[tuple[str, str, object]]:
    """Moment, address and value of each value that is good."""
    rows = [row for row in Recording(path, telemetry_map).rows() if isinstance(row, Row)]
    return [
        (datetime.fromtimestamp(row.at / 1000, tz=telemetry_map.zone).isoformat(timespec="minutes"), f"{row.device}/{cell.key}", cell.value)
        for row in rows
        for cell in row.cells
        if not cell.bad
    ]  # fmt: skip


def test_a_trend_report_of_siemens():
    path = shared("cases/11-siemens-report.csv")
    assert read(path, suggest_map([path]).map) == [
        ("2025-12-13T00:00+00:00", "11-siemens-report/AHU9.SAT", 21.5),
        ("2025-12-13T00:15+00:00", "11-siemens-report/AHU9.SAT", "No Data"),
    ]


def test_a_history_of_niagara():
    path = shared("cases/12-niagara-history.csv")
    suggestion = suggest_map([path])
    assert read(path, suggestion.map) == [("2026-09-22T13:00+00:00", "Works/AHU9_SAT", 71.5)]
    assert not suggestion.unsure
    assert preview(path, suggestion.map).not_good == 2


def test_semicolons_and_commas():
    path = shared("cases/13-semicolon-comma.csv")
    assert read(path, suggest_map([path], "Europe/Berlin").map) == [
        ("2026-11-28T10:00+01:00", "13-semicolon-comma/Vorlauf", 21.5), ("2026-11-28T10:00+01:00", "13-semicolon-comma/Pumpe", "Ein"),
        ("2026-11-28T10:15+01:00", "13-semicolon-comma/Vorlauf", 21.7), ("2026-11-28T10:15+01:00", "13-semicolon-comma/Pumpe", "Aus"),
    ]  # fmt: skip


def test_a_long_form_with_two_columns_of_ids():
    path = shared("cases/10-long-format.csv")
    assert [(address, value) for _, address, value in read(path, suggest_map([path]).map)] == [
        ("0/0", 10.0),
        ("1/0", 20.0),
        ("1/1", 30.0),
    ]


def test_epochs_as_texts_and_a_map_by_hand():
    path, map_file = shared("cases/14-epoch-as-text.csv"), shared("cases/14-epoch-as-text.map.yaml")
    expected = [("2026-11-18T11:06+00:00", 1.0)]
    assert [(at, value) for at, _, value in read(path, suggest_map([path]).map)] == expected
    assert [(at, value) for at, _, value in read(path, load_map(map_file))] == expected


@pytest.mark.parametrize(
    ("name", "rows", "values"),
    [
        ("data/skab/valve1/1.csv", 1_145, 8),
        ("data/skab/anomaly-free/anomaly-free.csv", 9_405, 8),
        ("data/ett/ETTh1.csv", 17_420, 7),
        ("data/lbnl_ahu/MZVAV-2-2.csv", 37_440, 17),
        ("data/nab/machine_temperature_system_failure.csv", 22_695, 1),
    ],
)
def test_public_recordings(name: str, rows: int, values: int):
    path = shared(name)
    found = preview(path, suggest_map([path], "UTC").map)
    assert (found.rows, found.values, found.bad, found.other_lines) == (rows, rows * values, [], 0)


def test_files_that_are_alike_are_one_description():
    paths = [shared(f"data/skab/valve1/{n}.csv") for n in (1, 2)]
    suggestion = suggest_map(paths)
    assert [spec.device for spec in suggestion.map.csv] == ["{file}"]
    assert {
        row.device for path in paths for row in Recording(path, suggestion.map).rows() if not isinstance(row, BadRow)
    } == {"1", "2"}
