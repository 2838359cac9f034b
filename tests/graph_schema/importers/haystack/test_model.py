"""A Haystack site says the same in Turtle, JSON and Zinc, and the same as its Brick twin."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from tests.graph_schema.importers.haystack import site as sites
from tests.graph_schema.importers.told import names, reasons, relations, things

ROWS = sites.site()
FORMS: dict[str, tuple[str, Callable[[list[sites.Row]], str]]] = {
    "Turtle": ("site.ttl", sites.turtle), "JSON 3": ("site.json", sites.json_v3), "Hayson": ("site.json", sites.hayson),
    "Trio": ("site.trio", sites.trio), "CSV": ("site.csv", sites.csv), "Zinc 3.0": ("site.zinc", sites.zinc), "Zinc 2.0": ("site.zinc", lambda rows: sites.zinc(rows, "2.0")),
}  # fmt: skip


def read(folder: Path, ontology: Ontology, name: str, text: str) -> Plant:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_plant(path, ontology)


def what_it_is(plant: Plant) -> dict[str, tuple[object, ...]]:
    keys = ("quantity", "unit", "level")
    return {
        one.id: (one.kind, one.class_, one.name, one.iri, *(one.properties.get(key) for key in keys))
        for one in plant.entities
    }


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Plant:
    return read(tmp_path_factory.mktemp("twin"), ontology, "twin.ttl", sites.brick(ROWS))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_graph_of_the_brick_twin(tmp_path: Path, ontology: Ontology, twin: Plant, form: str):
    name, write = FORMS[form]
    plant = read(tmp_path, ontology, name, write(ROWS))
    assert sum(one.kind == "Point" for one in plant.entities) >= 200
    assert what_it_is(plant) == what_it_is(twin)
    assert relations(plant) == relations(twin)
    assert plant.name == twin.name == "Harbour House"
    assert [finding for finding in plant.findings if finding.level == "skipped"] == []


def test_a_supply_says_what_flows_and_a_history_is_found_by_the_points_id(tmp_path: Path, ontology: Ontology):
    plant = read(tmp_path, ontology, "site.zinc", sites.zinc(sites.site(1)))
    media = {(one.start, one.end): one.properties for one in plant.relations if one.kind == "FEEDS"}
    assert media[("chiller-1", "ahu-1")] == {"medium": "chilled water"}
    assert media[("vav-1", "zone-1")] == {"medium": "air"}
    assert things(plant)["vav-1-0"].addresses == ("vav-1-0",)


def test_what_nobody_knows_is_kept_and_told(tmp_path: Path, ontology: Ontology):
    text = (
        'ver:"3.0"\nid,dis,site,equip,ahu,flurb,costCentre,siteRef,otherRef,geoCoord,tz,area\n'
        '@s,"Works",M,,,,,,,C(52.5,13.4),"Berlin",1000ft²\n'
        '@a,"AHU-1",,M,M,M,"K 12",@s,@gone,,,\n@u,"Jo",,,,,,,,,,\n'
    )
    plant = read(tmp_path, ontology, "works.zinc", text)
    found = things(plant)
    assert found["a"].properties["tags"] == ["ahu", "equip", "flurb", "costCentre=K 12"]
    told = reasons(plant)
    assert "1 × flurb: Nobody here knows such a tag" in told
    assert "1 × costCentre" in told
    assert "1 × otherRef" in told
    assert "Jo: A record with no tags is no site" in told
    assert found["s"].properties["latitude"] == 52.5
    assert found["s"].properties["timezone"] == "Europe/Berlin"
    assert found["s"].properties["area"] == pytest.approx(92.903)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("site.trio", 'id:@s\ndis: House\nsite\narea: 3702ft²\n---\nid:@r\ndis:"101"\nsiteRef:@s\nspace\nroom\nnote:Quiet, please\n'),
        ("site.csv", 'id,dis,site,space,room,area,siteRef,note\n@s House,House,✓,,,3702ft²,,\n@r 101,101,,✓,✓,,@s House,"Quiet, please"\n'),
    ],
)  # fmt: skip
def test_quantities_and_texts_are_those_of_zinc(tmp_path: Path, ontology: Ontology, name: str, text: str):
    zinc = 'ver:"3.0"\nid,dis,site,space,room,area,siteRef,note\n@s,"House",M,,,3702ft²,,\n@r,"101",,M,M,,@s,"Quiet, please"\n'
    one, other = read(tmp_path, ontology, name, text), read(tmp_path, ontology, "site.zinc", zinc)
    assert [(entity.name, entity.class_, entity.properties) for entity in one.entities] == [
        (entity.name, entity.class_, entity.properties) for entity in other.entities
    ]
    assert {entity.name for entity in one.entities} == {"House", "101"}
    assert any("area" in entity.properties for entity in one.entities)


def test_names_are_made_of_others_where_a_macro_says_so(tmp_path: Path, ontology: Ontology):
    text = (
        'ver:"3.0"\nid,dis,disMacro,navName,site,equip,point,temp,sensor,air,outside,siteRef,equipRef,ahu\n'
        '@p:demo:r:1f2e3d4c-0a0b0c0d,"Köln",,,M,,,,,,,,,\n'
        '@p:demo:r:1f2e3d4c-0a0b0c0e "Alt",,"$siteRef $navName","RLT 1",,M,,,,,,@p:demo:r:1f2e3d4c-0a0b0c0d,,M\n'
        '@p:demo:r:1f2e3d4c-0a0b0c0f,,"$equipRef $navName","OA \\u0394T",,,M,M,M,M,M,@p:demo:r:1f2e3d4c-0a0b0c0d,@p:demo:r:1f2e3d4c-0a0b0c0e,\n'
    )
    plant = read(tmp_path, ontology, "koeln.zinc", text)
    assert list(names(plant).values()) == ["Köln", "Köln RLT 1", "Köln RLT 1 OA ΔT"]


def test_the_same_id_at_two_sites_is_two_assets(tmp_path: Path, ontology: Ontology):
    one, other = (
        read(tmp_path, ontology, f"{name}.zinc", f'ver:"3.0"\nid,dis,site,equip,ahu,siteRef\n@{name},"{name}",M,,,\n@ahu1,"AHU",,M,M,@{name}\n')
        for name in ("north", "south")
    )  # fmt: skip
    assert things(one)["ahu1"].iri != things(other)["ahu1"].iri


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.zinc", 'ver:"3.0"\nid,site\n@a,M\n@b,Q\n', "line 4: “Q” is no value"),
        ("a.zinc", 'ver:"3.0"\nid,site\n@a,M,M\n', "line 3: there are 3 cells and 2 columns"),
        ("a.zinc", 'ver:"3.0"\nid,dis\n@a,"open\n', "line 3: a quotation mark is left open"),
        ("a.zinc", "id,site\n@a,M\n", "line 1: a grid begins with ver"),
        ("a.zinc", 'ver:"3.0"\nid,dis\n@a,"Jo"\n', "holds no site, equipment, space or point"),
        ("a.trio", "id:@a\nsite\n---\nid:@b\n?\n", "line 5: “?” is no tag"),
        ("a.trio", "id:@a\nsite\narea: 12 34\n", "line 3: “12 34” is no value"),
        ("a.csv", "id,dis\n@a,Jo\n", "holds no site, equipment, space or point"),
        ("a.csv", "id,dis\na,Jo\n", "a.csv"),
        ("a.json", '{"rows": [', "is not well-formed JSON"),
        ("a.json", '{"rows": [{"id": "x"}]}', "is JSON, and no site of Project Haystack"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, ontology: Ontology, name: str, text: str, why: str):
    with pytest.raises(InvalidInput, match="a\\.") as raised:
        read(tmp_path, ontology, name, text)
    assert why in str(raised.value)


DOCUMENTED = (Path(__file__).parents[4] / "docs" / "operators" / "importing.md").read_text("utf-8")


def test_the_documented_example_is_read_as_the_page_says(tmp_path: Path, ontology: Ontology):
    (example,) = re.findall(r"^```zinc\n(.*?)^```", DOCUMENTED, re.MULTILINE | re.DOTALL)
    plant = read(tmp_path, ontology, "site.zinc", example)
    assert reasons(plant) == ""
    assert {one.id: one.class_ for one in plant.entities} == {
        "site": "Site", "ahu1": "AHU", "vav1": "VAV", "z101": "HVAC_Zone", "sat": "Supply_Air_Temperature_Sensor", "zat": "Zone_Air_Temperature_Sensor",
    }  # fmt: skip
    assert relations(plant) == {
        ("ahu1", "LOCATED_IN", "site"), ("ahu1", "FEEDS", "vav1"), ("vav1", "LOCATED_IN", "site"), ("site", "HAS_PART", "z101"), ("vav1", "FEEDS", "z101"),
        ("ahu1", "HAS_POINT", "sat"), ("vav1", "HAS_POINT", "zat"),
    }  # fmt: skip
