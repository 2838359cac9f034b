"""Exports of building systems are read without a hand edit: each value at its moment, with its unit; the others are told why not."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import milliseconds
from ingestion.decoding.telemetry_map import Csv
from ingestion.decoding.values import Number, is_no_value, number_in
from ingestion.sources.replay.recording import BadRow, Recording, Row
from ingestion.tables.suggest import suggest_map
from tests.ingestion.tables.exports import Export, exports, truth
from tests.ingestion.tables.logger_exports import logger_exports

ALL = [*exports(), *logger_exports()]


@pytest.mark.parametrize("made", [exports, logger_exports])
def test_there_are_thirty_of_each(made: Callable[[], Iterator[Export]]):
    found = list(made())
    assert len(found) >= 30
    assert sum(1 for export in found if not export.refused) >= 27


@pytest.mark.parametrize("export", [one for one in ALL if not one.refused], ids=lambda export: export.name)
def test_an_export_is_read_as_a_whole(tmp_path: Path, export: Export):
    path = export.at(tmp_path)
    suggestion = suggest_map([path], export.timezone)
    rows = list(Recording(path, suggestion.map).rows())
    assert [row for row in rows if isinstance(row, BadRow) and row.fault] == [], suggestion.text
    said = [
        (row.at, round(number, 3))
        for row in rows
        if isinstance(row, Row)
        for cell in row.cells
        if not cell.bad
        for number in _numbers(cell.value)
    ]
    expected = [
        (milliseconds(at), round(value, 2))
        for at, *values in truth()
        for value in values[export.skipped :][: export.series]
    ]
    assert sorted((at, round(value, 2)) for at, value in said) == sorted(expected), suggestion.text
    assert export.unit in (None, *{cell.unit for row in rows if isinstance(row, Row) for cell in row.cells}), (
        suggestion.text
    )


@pytest.mark.parametrize("export", [one for one in logger_exports() if not one.refused], ids=lambda export: export.name)
def test_what_tells_of_the_row_is_no_value(tmp_path: Path, export: Export):
    path = export.at(tmp_path)
    rows = Recording(path, suggest_map([path], export.timezone).map).rows()
    texts = {
        str(cell.value)
        for row in rows
        if isinstance(row, Row)
        for cell in row.cells
        if not cell.bad and cell.value is not None and not _numbers(cell.value)
    }
    assert {text for text in texts if not is_no_value(text)} == export.states


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [("Valid", "ok", "bad"), ("Valid", "1", "0"), ("Error", "0", "17"), ("Validity", "1", "2"), ("Error", "false", "true")],
)  # fmt: skip
def test_a_status_is_told_by_words_or_by_codes(tmp_path: Path, name: str, good: str, bad: str):
    (tmp_path / "log.csv").write_text(
        f"Time,SAT,{name}\n2026-09-28 22:15:00,1.5,{good}\n2026-09-28 22:30:00,99.5,{bad}\n", "utf-8"
    )
    found = suggest_map([tmp_path / "log.csv"]).map
    assert found.csv[0].status == name
    rows = [row for row in Recording(tmp_path / "log.csv", found).rows() if isinstance(row, Row)]
    assert [bool(row.cells[0].bad) for row in rows] == [False, True]


def test_an_hourly_counter_is_no_number_of_the_row(tmp_path: Path):
    rows = "".join(f"2026-09-28 {hour:02}:00:00,{hour + 811}\n" for hour in range(12))
    (tmp_path / "pump.csv").write_text(f"Time,Hours run\n{rows}", "utf-8")
    assert "Hours run" in suggest_map([tmp_path / "pump.csv"]).map.csv[0].columns


@pytest.mark.parametrize(
    ("heading", "offset"),
    [("Date Time, GMT-04:00", "-04:00"), ("Time (UTC+5:30)", "+05:30"), ("UTC Time", "+00:00"), ("Zeit (MEZ)", "+01:00"), ("Time", None), ("Update time", None)],
)  # fmt: skip
def test_a_heading_says_how_far_its_times_are_from_utc(tmp_path: Path, heading: str, offset: str | None):
    (tmp_path / "log.csv").write_text(f'"{heading}",SAT\n2026-09-28 22:15:00,1.5\n2026-09-28 22:30:00,1.6\n', "utf-8")
    found = suggest_map([tmp_path / "log.csv"])
    assert found.map.csv[0].utc_offset == offset
    assert any("taken for UTC" in one for one in found.unsure) == (offset is None)
    first = next(row for row in Recording(tmp_path / "log.csv", found.map).rows() if isinstance(row, Row))
    assert first.at == milliseconds(datetime.fromisoformat(f"2026-09-28 22:15:00{offset or '+00:00'}"))


@pytest.mark.parametrize("offset", ["4", "-4:00", "+15:00", "EST"])
def test_an_offset_that_is_none_is_told(offset: str):
    with pytest.raises(ValidationError, match="is no offset"):
        Csv(device="a", time="t", columns={}, utc_offset=offset)


def _numbers(value: object) -> list[float]:
    if isinstance(value, float):
        return [value]
    found = number_in(str(value)) if value is not None else None
    return [found.value] if isinstance(found, Number) else []


@pytest.mark.parametrize("export", [one for one in ALL if one.refused], ids=lambda export: export.name)
def test_an_export_that_cannot_be_read_says_why(tmp_path: Path, export: Export):
    with pytest.raises(InvalidInput, match=export.refused):
        suggest_map([export.at(tmp_path)])
