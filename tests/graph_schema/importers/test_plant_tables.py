"""Plants from spreadsheets."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology

ONE_TABLE = """\
ID,Class,Name,In,Part of,Fed by,Feeds,Points,Point of,Quantity,Unit,Source,Low,High,Aliases
# places first, though the order does not matter
hall,Building,City Hall,,,,,,,,,,,,
f1,Floor,First floor,hall,,,,,,,,,,,
r1,Conference Room,Council Chamber,f1,,,,,,,,,,,"Room 101; chamber"

ahu-1,Air Handling Unit,AHU 1,City Hall,,,,supply_air_temperature [°F] = ahu1/sat; supply_air_flow,,,,,,,
,VAV,VAV 1-1,r1,,AHU 1,r1,,,,,,,,
fan-1,Supply_Fan,,,ahu-1,,,,,,,,,,
t1,Zone_Air_Temperature_Sensor,Chamber temperature,,,,,,VAV 1-1,,°C,vav11/zt,18,26,
,,,,,,,,ahu-1,mixed_air_temperature,°C,ahu1/mat,,,
"""


def read(folder: Path, ontology: Ontology, text: str, encoding: str = "utf-8") -> Plant:
    path = folder / "hall.csv"
    path.write_bytes(text.encode(encoding))
    return read_plant(path, ontology)


def test_one_table_describes_places_assets_and_points(tmp_path: Path, ontology: Ontology) -> None:
    plant = read(tmp_path, ontology, ONE_TABLE)
    found = {entity.id: entity for entity in plant.entities}
    assert plant.name == "hall"
    assert plant.findings == ()
    assert {id_: entity.kind for id_, entity in found.items() if entity.kind != "Point"} == {
        "hall": "Building", "f1": "Floor", "r1": "Space", "ahu-1": "Asset", "vav-1-1": "Asset", "fan-1": "Asset",
    }  # fmt: skip
    assert found["r1"].properties["aliases"] == ["Room 101", "chamber"]
    assert found["t1"].properties == {
        "quantity": "zone_air_temperature", "unit": "°C", "source": "vav11/zt", "low": 18, "high": 26,
    }  # fmt: skip
    assert found["ahu-1/supply_air_temperature"].properties["source"] == "ahu1/sat"
    assert {(r.start, r.kind, r.end) for r in plant.relations} == {
        ("hall", "HAS_PART", "f1"), ("f1", "HAS_PART", "r1"), ("ahu-1", "LOCATED_IN", "hall"), ("vav-1-1", "LOCATED_IN", "r1"),
        ("ahu-1", "FEEDS", "vav-1-1"), ("vav-1-1", "FEEDS", "r1"), ("ahu-1", "HAS_PART", "fan-1"), ("vav-1-1", "HAS_POINT", "t1"),
        ("ahu-1", "HAS_POINT", "ahu-1/supply_air_temperature"), ("ahu-1", "HAS_POINT", "ahu-1/supply_air_flow"),
        ("ahu-1", "HAS_POINT", "ahu-1/mixed_air_temperature"),
    }  # fmt: skip


def test_as_excel_writes_it(tmp_path: Path, ontology: Ontology) -> None:
    german = "\ufeffID;Class;Name\r\nlg1;AHU;Lüftungsgerät 1\r\n;;\r\n"
    (entity,) = read(tmp_path, ontology, german).entities
    assert (entity.id, entity.name) == ("lg1", "Lüftungsgerät 1")


def test_three_tables_in_a_folder_or_by_the_name_of_one(tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "places.csv").write_text("id,class,name\nb,Building,House\n", "utf-8")
    (tmp_path / "assets.csv").write_text("id,class,in\na,AHU,b\n", "utf-8")
    (tmp_path / "points.csv").write_text("asset,quantity,unit,source\na,supply_air_temperature,°C,d/sat\n", "utf-8")
    plant = read_plant(tmp_path, ontology)
    assert [entity.id for entity in plant.entities] == ["b", "a", "a/supply_air_temperature"]
    assert read_plant(tmp_path / "assets.csv", ontology).entities == plant.entities
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"has no assets\.csv"):
        read_plant(tmp_path / "empty", ontology)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("a,AHUU,,,,", "hall.csv, line 2, field class: “AHUU” is no known class; did you mean AHU?"),
        ("a,AHU,attic,,,", "hall.csv, line 2, field in: there is nothing with the id or name “attic”"),
        ("a,AHU,,,,\na,VAV,,,,", "hall.csv, line 3, field id: “a” is taken by another entry"),
        ("a,AHU,,= x,,", "hall.csv, line 2, field points: “= x” should look like quantity [unit] = source"),
        ("a,AHU,,co2; co2,,", "field points: it has the quantity co2 twice"),
        ("a,AHU,,co2,,\n,,,,a,co2", "hall.csv, line 3: a has the quantity co2 twice"),
        (",,,,a,co2", "hall.csv, line 2, field point_of: there is nothing with the id or name “a”"),
        (",,,,a,", "hall.csv, line 2: a point needs the fields point_of and quantity (or class)"),
        ("p,CO2_Sensor,,,,", "hall.csv, line 2: a point needs the fields point_of and quantity (or class)"),
        ("a,AHU,,,,,,,stray", "hall.csv, line 2: it has more cells than there are columns; a text with a separator in it needs"),
        ("a,AHU,,,,\n\n# remark\nb,AHU,nowhere,,,", "hall.csv, line 5, field in"),
        ('a,"AHU,,,,', "hall.csv, line 2: this is no table of cells: unexpected end of data (is a quotation mark left open?)"),
        ("", "describes no site, place or asset"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line(tmp_path: Path, ontology: Ontology, rows: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path, ontology, f"id,class,in,points,point_of,quantity\n{rows}")
    assert problem in str(raised.value)


def test_misspelt_column_and_missing_head_say_what_to_write(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match=r"line 2, field nmae: there is no such field; did you mean name\?"):
        read(tmp_path, ontology, "id,class,nmae\na,AHU,x\n")
    with pytest.raises(InvalidInput, match="its first line must name the columns"):
        read(tmp_path, ontology, "a,AHU,AHU 1\nb,VAV,VAV 1\n")


def test_column_that_occurs_twice_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match="has the column fed_by twice"):
        read(tmp_path, ontology, "id,Fed by,fed_by\na,b,c\n")


def test_table_in_another_encoding_says_what_to_do(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match="save it as “CSV UTF-8”"):
        read(tmp_path, ontology, "id,class,name\na,AHU,Lüftung\n", "cp1252")
