"""A model in words that are not read is refused by its name, with what to export instead."""

from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology

DTDL = '{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:works:Ahu;1", "@type": "Interface", "contents": []}'
TWINS = '{"digitalTwinsGraph": {"digitalTwins": [{"$dtId": "ahu1", "$metadata": {"$model": "dtmi:works:Ahu;1"}}]}}'
BUILDING = """CONFIG_METADATA:
  operation: INITIALIZE
3cf600dc-0e48-40ad-9807-ba98018e9946:
  cloud_device_id: "2541901344105616"
  code: AHU-1
  type: HVAC/AHU_SFSS_DX4SC
"""


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("model.json", DTDL, "a model in DTDL (Azure Digital Twins)"),
        ("model.json", f"[{DTDL}]", "a model in DTDL (Azure Digital Twins)"),
        ("twins.json", TWINS, "a model in DTDL (Azure Digital Twins)"),
        ("building.yaml", BUILDING, "a building configuration of Google Digital Buildings"),
    ],
)
def test_what_it_is_and_what_to_export(tmp_path: Path, ontology: Ontology, name: str, text: str, what: str):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput) as raised:
        read_plant(path, ontology)
    assert f"{name} is {what}" in str(raised.value)
    assert "Export the building as a Brick model and import that" in str(raised.value)


def test_rdf_in_a_file_called_json_is_read(tmp_path: Path, ontology: Ontology):
    path = tmp_path / "model.json"
    path.write_text('{"@id": "urn:b#ahu", "@type": "https://brickschema.org/schema/Brick#AHU"}', "utf-8")
    assert [one.class_ for one in read_plant(path, ontology).entities] == ["AHU"]
