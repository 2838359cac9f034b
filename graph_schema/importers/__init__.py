"""Readers of plants from files, whatever their form."""

from pathlib import Path

from graph_schema.errors import InvalidInput
from graph_schema.importers.brick.model import RDF_SUFFIXES, read_brick
from graph_schema.importers.plant_file import read_plant_document, read_plant_file
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology

__all__ = ["read_brick", "read_plant", "read_plant_document", "read_plant_file"]


def read_plant(path: Path, ontology: Ontology) -> Plant:
    """Read a Brick model (``.ttl`` and other RDF) or a plant description (``.yaml``, ``.csv`` or a folder of CSV files).

    Raises ``InvalidInput`` with the file and what is wrong in it.
    """
    if not path.exists():
        raise InvalidInput(f"There is no file {path}.")
    suffix = path.suffix.lower()
    if suffix in RDF_SUFFIXES:
        return read_brick(path, ontology)
    if path.is_dir() or suffix in (".yaml", ".yml", ".csv"):
        return read_plant_file(path, ontology)
    known = ", ".join(sorted((*RDF_SUFFIXES, ".yaml", ".yml", ".csv")))
    raise InvalidInput(f"{path} is of a kind that cannot be imported. These can: {known} and a folder of CSV files.")
