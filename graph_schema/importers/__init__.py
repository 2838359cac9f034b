"""Readers of plants from files, whatever their form."""

from pathlib import Path

from graph_schema.errors import InvalidInput
from graph_schema.importers.brick.model import read_brick
from graph_schema.importers.haystack.model import read_table
from graph_schema.importers.models import MODEL_SUFFIXES, read_model
from graph_schema.importers.plant_file import read_plant_document, read_plant_file
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology

__all__ = ["read_brick", "read_plant", "read_plant_document", "read_plant_file"]

_OWN_SUFFIXES = (".yaml", ".yml", ".csv")


def read_plant(path: Path, ontology: Ontology) -> Plant:
    """Read a building model (Brick, Project Haystack) or a plant description (``.yaml``, ``.csv`` or a folder of CSV files).

    Raises ``InvalidInput`` with the file and what is wrong in it.
    """
    if not path.exists():
        raise InvalidInput(f"There is no file {path}.")
    suffix = path.suffix.lower()
    if suffix == ".csv" and path.is_file() and (plant := read_table(path, ontology)):
        return plant
    if path.is_dir() or suffix in _OWN_SUFFIXES:
        return read_plant_file(path, ontology)
    if suffix in MODEL_SUFFIXES:
        return read_model(path, ontology)
    known = ", ".join(sorted((*MODEL_SUFFIXES, *_OWN_SUFFIXES)))
    raise InvalidInput(f"{path} is of a kind that cannot be imported. These can: {known} and a folder of CSV files.")
