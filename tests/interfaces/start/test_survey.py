"""What lies in a folder is told by its content, and what is done is not done again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from interfaces.cli.work.start.start import lines_of
from interfaces.start.done import Done, digest_of
from interfaces.start.survey import survey

PAGE = (Path(__file__).parents[3] / "docs" / "operators" / "first-hour.md").read_text("utf-8")
PLANT = "site: {id: works, name: Works, timezone: Europe/Berlin}\nassets:\n  - {id: p1, class: Pump, name: Pump 1}\n"
ROWS = "Datum;Vorlauf [°C]\n28.11.2026 10:00;61,5\n28.11.2026 10:15;60,5\n"
FILES = {
    "works.yaml": PLANT,
    "plans.yaml": "plans: []\nparts: []\n",
    "map.yaml": "timezone: Europe/Berlin\npresets: [tasmota]\n",
    "book.yaml": "kind: work_orders\nvalues: {code: {LEAK: ELP}}\n",
    "tables/assets.csv": "id,class,name\nfan-1,Fan,Fan 1\n",
    "tables/points.csv": "point_of,quantity,unit\nfan-1,run_status,\n",
    "auftraege.csv": "Auftragsnr;Anlage;Art;Gemeldet am\n1;Pump 1;Störung;2026-01-01\n",
    "heizung.csv": ROWS,
    "model.json": '{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:a:B;1"}',
    "broken.ttl": "hello world",
    ".hidden.csv": "a,b\n1,2\n",
    "notes.docx": "x",
}


def fill(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_each_file_is_what_its_content_says(tmp_path: Path, ontology: Ontology):
    seen = survey(fill(tmp_path, FILES), ontology)
    assert {str(one.path.relative_to(tmp_path)): one.sort for one in seen.found} == {
        "works.yaml": "model", "plans.yaml": "plans", "map.yaml": "map", "book.yaml": "order map", "tables/assets.csv": "model",
        "auftraege.csv": "orders", "heizung.csv": "readings",
    }  # fmt: skip
    refused = {path.name: why for path, why in seen.refused}
    assert refused.keys() == {"model.json", "broken.ttl"}
    assert "DTDL" in refused["model.json"]
    assert (seen.zone, seen.lacks_zone) == ("Europe/Berlin", False)
    assert seen.telemetry
    assert seen.telemetry[0].name == "map.yaml"


def test_a_zone_is_asked_for_only_where_nothing_says_it(tmp_path: Path, ontology: Ontology):
    seen = survey(fill(tmp_path, {"heizung.csv": ROWS}), ontology)
    assert seen.lacks_zone
    assert "There is no model of the building" in "\n".join(lines_of(seen))


def test_what_is_doubtful_stands_below_its_file(tmp_path: Path, ontology: Ontology):
    bare = "28.11.2026 10:00;61,5\n28.11.2026 10:15;60,5\n"
    told = lines_of(
        survey(
            fill(tmp_path, {"a.csv": bare, "heizung.csv": ROWS, "z.csv": ROWS.replace("Datum", "Datum (MEZ)")}),
            ontology,
        )
    )
    assert told[:4] == [
        "a.csv: readings: 2 rows with 2 values",
        "  ? The file has no header: columns are called by their numbers.",
        "heizung.csv: readings: 2 rows with 2 values",
        "z.csv: readings: 2 rows with 2 values",
    ]
    assert (
        told[4]
        == "  ? The times are called MEZ and are taken for +01:00 the whole year; say otherwise if clocks change."
    )


def test_readings_are_read_by_the_map_that_lies_there(tmp_path: Path, ontology: Ontology):
    map_ = 'timezone: UTC\ndecimal: ","\ncsv: {device: heizung, time: Datum, time_format: "%d.%m.%Y %H:%M", columns: {"Vorlauf [°C]": {key: v}}}\n'
    seen = survey(fill(tmp_path, {"heizung.csv": ROWS, "my.yaml": map_}), ontology)
    (readings,) = seen.of("readings")
    assert readings.says == "readings: 2 rows with 2 values, by my.yaml"


@pytest.mark.parametrize(
    ("files", "why"), [({}, "holds no files that can be read"), ({"a.docx": "x"}, "holds no files")]
)
def test_an_empty_folder_is_told(tmp_path: Path, ontology: Ontology, files: dict[str, str], why: str):
    with pytest.raises(InvalidInput, match=why):
        survey(fill(tmp_path, files), ontology)
    with pytest.raises(InvalidInput, match="is no folder"):
        survey(tmp_path / "none", ontology)


def test_a_step_is_done_until_its_file_or_map_changes(tmp_path: Path):
    file = tmp_path / "orders.csv"
    file.write_text("a", "utf-8")
    Done(tmp_path / "home").add(file, digest_of(file, "UTC"))
    assert Done(tmp_path / "home").has(file, digest_of(file, "UTC"))
    assert not Done(tmp_path / "home").has(file, digest_of(file, "Europe/Berlin"))
    file.write_text("b", "utf-8")
    assert not Done(tmp_path / "home").has(file, digest_of(file, "UTC"))
    (tmp_path / "home" / "start" / "done.json").write_text("{", "utf-8")
    assert not Done(tmp_path / "home").has(file, digest_of(file, "UTC"))


def documented() -> dict[str, str]:
    return dict(re.findall(r"`exports/([\w.]+)`[^\n]*:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def test_the_documented_folder_is_understood_as_the_page_says(tmp_path: Path, ontology: Ontology):
    (said,) = re.findall(r"What it says of them:\n\n```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert lines_of(survey(fill(tmp_path, documented()), ontology)) == said.splitlines()


@pytest.mark.slow
async def test_the_documented_folder_is_brought_in_once(tmp_path: Path, terminal):
    fill(tmp_path, documented())
    first = await terminal.run("start", str(tmp_path), "--yes", "--no-serve", COLUMNS="250")
    assert first.code == 0, first.err
    assert "site.zinc: Harbour House is in the graph." in first.out
    assert "orders.csv: 2 work orders are new, 0 changed, 0 were known." in first.out
    assert "history.csv: 3 rows with 3 values: 3 new in history." in first.out
    again = await terminal.run("start", str(tmp_path), "--yes", "--no-serve", COLUMNS="250")
    assert again.out.count("is in already, and has not changed.") == 3
