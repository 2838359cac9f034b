from pathlib import Path

import pytest

from graph_schema.ontology import Ontology, load_ontology


@pytest.fixture(scope="session")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return load_ontology(tmp_path_factory.mktemp("ontology"))


@pytest.fixture(scope="session")
def buildings() -> Path:
    """Public Brick models, which the repository does not hold."""
    folder = Path(__file__).parents[2].parent / "shared" / "data" / "buildings"
    if not folder.exists():
        pytest.skip(f"the public building models are not at {folder}")
    return folder
