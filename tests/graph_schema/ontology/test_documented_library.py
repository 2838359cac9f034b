"""docs/engineers/twin-library.md: its example is an entry, and its fields are all there are."""

import re
from importlib.resources import files
from pathlib import Path

import yaml

from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import _EquipmentFile, _Twin  # pyright: ignore[reportPrivateUsage]

TEXT = (Path(__file__).parents[3] / "docs" / "engineers" / "twin-library.md").read_text("utf-8")


def test_example_is_an_entry(ontology: Ontology) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (entry,) = _EquipmentFile.model_validate(yaml.safe_load(example)).classes.values()
    assert entry.define is not None
    assert ontology.kind_of(entry.define.parent) == "Asset"
    for quantity, typical in entry.quantities.items():
        assert ontology.point_class(quantity), quantity
        assert typical.unit == ontology.unit(quantity), quantity
    assert all(set(mode.quantities) <= set(entry.quantities) for mode in entry.failure_modes)


def test_every_field_and_file_is_described() -> None:
    told = set(re.findall(r"`([a-z_.]+)`", TEXT))
    assert set(_Twin.model_fields) <= told
    assert {
        item.name
        for item in files("graph_schema.ontology").joinpath("library").iterdir()
        if item.name.endswith(".yaml")
    } <= told
