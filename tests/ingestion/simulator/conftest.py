import pytest

from graph_schema.importers.plant_file import read_plant_file
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file


@pytest.fixture(scope="session")
def plant(ontology: Ontology) -> Plant:
    return read_plant_file(demo_plant_file(), ontology)
