from collections.abc import Callable
from pathlib import Path

import pytest

from graph_schema.importers.brick.model import read_brick
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology

PREFIXES = """
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix old: <https://brickschema.org/schema/1.0.2/Brick#> .
@prefix one1: <https://brickschema.org/schema/1.1/Brick#> .
@prefix frame: <https://brickschema.org/schema/1.0.2/BrickFrame#> .
@prefix rec: <https://w3id.org/rec#> .
@prefix reccore: <https://w3id.org/rec/core/> .
@prefix bot: <https://w3id.org/bot#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix bacnet: <http://data.ashrae.org/bacnet/2020#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix tag: <https://brickschema.org/schema/BrickTag#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix s223: <http://data.ashrae.org/standard223#> .
@prefix saref: <https://saref.etsi.org/core/> .
@prefix ph: <https://project-haystack.org/def/ph/4.0#> .
@prefix phiot: <https://project-haystack.org/def/phIoT/4.0#> .
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix s: <urn:senaps#> .
@prefix b: <urn:bldg#> .
"""

Model = Callable[[str], Plant]
"""Reads the statements of a Brick model in Turtle; the usual prefixes and ``b:`` are declared."""


@pytest.fixture
def model(tmp_path: Path, ontology: Ontology) -> Model:
    def read(statements: str) -> Plant:
        path = tmp_path / "model.ttl"
        path.write_text(PREFIXES + statements, "utf-8")
        return read_brick(path, ontology)

    return read
