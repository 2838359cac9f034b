"""Rows as files, and which series are meant."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from ingestion.export.files import format_of, open_table
from ingestion.export.readings import COLUMNS
from ingestion.export.selection import Selection, selected

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ROWS: list[tuple[Any, ...]] = [
    (AT, "AHU-9", "Supply", 0.1, None, "°C", "ahu9/sat", "p1", "ahu9"),
    (AT, "AHU-9", "Mode", None, "=HYPERLINK(1)", None, "ahu9/mode", "p2", "ahu9"),
]


def test_a_csv_file_has_all_digits_and_no_formulas(tmp_path: Path):
    path = tmp_path / "out.csv"
    with open_table(path, "csv", COLUMNS["raw"]) as table:
        assert not path.exists(), "a file has its name once it is whole"
        table.add(ROWS)
    assert path.read_text("utf-8").splitlines() == [
        "at,asset_name,point_name,value,text,unit,source,point,asset",
        "2026-03-02T10:00:00+00:00,AHU-9,Supply,0.1,,°C,ahu9/sat,p1,ahu9",
        "2026-03-02T10:00:00+00:00,AHU-9,Mode,,'=HYPERLINK(1),,ahu9/mode,p2,ahu9",
    ]


def test_a_parquet_file_has_types(tmp_path: Path):
    path = tmp_path / "out.parquet"
    with open_table(path, "parquet", COLUMNS["raw"]) as table:
        table.add(ROWS[:1])
        table.add(ROWS[1:])
    read = parquet.read_table(path)
    assert str(read.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert [tuple(row.values()) for row in read.to_pylist()] == ROWS
    assert format_of(path, None) == "parquet"
    assert format_of(path, "csv") == "csv"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_that_fails_leaves_no_file(tmp_path: Path, form: Any):
    with pytest.raises(RuntimeError), open_table(tmp_path / "out", form, COLUMNS["raw"]):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


POINTS = [
    {"point": "p1", "name": "AHU-9 Supply", "class": "Supply_Air_Temperature_Sensor", "asset": "ahu9", "asset_name": "AHU-9", "asset_class": "AHU", "source": "ahu9/sat"},
    {"point": "p2", "name": "AHU-9 Fan", "class": "Fan_Status", "asset": "ahu9", "asset_name": "AHU-9", "asset_class": "AHU", "source": "ahu9/fan"},
    {"point": "p3", "name": "CH-1 Power", "class": None, "asset": "ch1", "asset_name": "CH-1", "asset_class": "Centrifugal_Chiller", "source": "ch1/kw"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("selection", "sources"),
    [
        (Selection(points=["ahu9/sat", "P2"]), ["ahu9/fan", "ahu9/sat"]),
        (Selection(assets=["ahu-9"]), ["ahu9/fan", "ahu9/sat"]),
        (Selection(classes=["Chiller"]), ["ch1/kw"]),
        (Selection(classes=["Temperature_Sensor"]), ["ahu9/sat"]),
        (Selection(assets=["AHU-9"], classes=["Temperature_Sensor"]), ["ahu9/sat"]),
    ],
)
def test_series_are_chosen_by_point_asset_and_class(ontology: Ontology, selection: Selection, sources: list[str]):
    assert selected(POINTS, selection, ontology.descendants) == sources


@pytest.mark.parametrize(
    ("selection", "why"),
    [
        (
            Selection(points=["AHU-9 Suply"]),
            "There is no point called “AHU-9 Suply” among these. There is “AHU-9 Supply”.",
        ),
        (Selection(assets=["pump"]), "There is no asset with readings called “pump” among these."),
        (Selection(classes=["Toaster"]), "There is no class “Toaster” of Brick."),
        (Selection(classes=["Boiler"]), "None of these points or their assets is of the class Boiler."),
    ],
)
def test_a_name_that_nothing_has_is_told(ontology: Ontology, selection: Selection, why: str):
    with pytest.raises(NotFound) as error:
        selected(POINTS, selection, ontology.descendants)
    assert str(error.value) == why
