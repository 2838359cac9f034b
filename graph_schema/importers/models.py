"""Building models in the vocabularies of the trade: which one a file is in, and its reader."""

import json
from pathlib import Path

from graph_schema.errors import InvalidInput
from graph_schema.importers.brick.model import plant_from
from graph_schema.importers.findings import Account
from graph_schema.importers.haystack.model import read_grid, read_json, read_turtle
from graph_schema.importers.haystack.turtle import is_haystack
from graph_schema.importers.other_models import is_json_ld, refuse_json
from graph_schema.importers.rdf import RDF_SUFFIXES, parse_rdf
from graph_schema.importers.s223.model import is_s223, read_s223
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology

MODEL_SUFFIXES = (*RDF_SUFFIXES, ".json", ".zinc", ".trio")


def read_model(path: Path, ontology: Ontology) -> Plant:
    """Raises ``InvalidInput`` with what the file is instead, or what is wrong in it."""
    match path.suffix.lower():
        case ".zinc" | ".trio":
            return read_grid(path, ontology)
        case ".json":
            return _json(path, ontology)
        case _:
            return _rdf(path, ontology)


def _rdf(path: Path, ontology: Ontology) -> Plant:
    graph = parse_rdf(path)
    if is_haystack(graph):
        return read_turtle(path, graph, ontology)
    if is_s223(graph):
        return read_s223(path, graph, ontology)
    return plant_from(path, graph, ontology, Account())


def _json(path: Path, ontology: Ontology) -> Plant:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not well-formed JSON: {error}") from error
    if plant := read_json(path, document, ontology):
        return plant
    if is_json_ld(document):
        return _rdf(path, ontology)
    raise refuse_json(path, document)
