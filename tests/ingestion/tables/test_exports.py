"""Exports of building systems are read without a hand edit: each value at its moment, with its unit; the others are told why not."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from ingestion.decoding.messages import milliseconds
from ingestion.decoding.values import Number, number_in
from ingestion.sources.replay.recording import BadRow, Recording, Row
from ingestion.tables.suggest import suggest_map
from tests.ingestion.tables.exports import Export, exports, truth

ALL = list(exports())


def test_there_are_thirty_of_them():
    assert len(ALL) >= 30
    assert sum(1 for export in ALL if not export.refused) >= 27


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
    expected = [(milliseconds(at), round(value, 2)) for at, *values in truth() for value in values[: export.series]]
    assert sorted((at, round(value, 2)) for at, value in said) == sorted(expected), suggestion.text
    assert export.unit in (None, *{cell.unit for row in rows if isinstance(row, Row) for cell in row.cells}), (
        suggestion.text
    )


def _numbers(value: object) -> list[float]:
    if isinstance(value, float):
        return [value]
    found = number_in(str(value)) if value is not None else None
    return [found.value] if isinstance(found, Number) else []


@pytest.mark.parametrize("export", [one for one in ALL if one.refused], ids=lambda export: export.name)
def test_an_export_that_cannot_be_read_says_why(tmp_path: Path, export: Export):
    with pytest.raises(InvalidInput, match=export.refused):
        suggest_map([export.at(tmp_path)])
