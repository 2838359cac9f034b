import pytest

from graph_schema.model import Plant


@pytest.fixture(scope="session")
def plant(demo_plant: Plant) -> Plant:
    return demo_plant
