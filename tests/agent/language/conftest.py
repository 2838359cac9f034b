"""Sentences in, frames and calls out, over plants in memory."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent.language.grammar import grammar
from agent.planning.memory import kept, remembered
from agent.planning.understanding import Understanding, Understood
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
Talk = Callable[..., list[Understood]]


@pytest.fixture(scope="session")
def understanding(ontology: Ontology) -> Understanding:
    """Of the demo plant."""
    plant = read_plant(demo_plant_file(), ontology)
    owned = owned_by_class(plant.entities, plant.relations)
    words = grammar("en").function_words
    return Understanding(Lexicon.from_entities(plant.entities, ontology, words, owned=owned, version=1))


@pytest.fixture(scope="session")
def talk(understanding: Understanding) -> Talk:
    """A conversation of a person, each question in the light of the one before, as the checkpoint keeps it."""

    def ask(*turns: str, own: str = "en") -> list[Understood]:
        said: list[Understood] = []
        before = None
        for turn in turns:
            found = understanding.understand(turn, own, NOW, (), before)
            assert found is not None, turn
            said.append(found)
            keep = found.open_question if found.problem is not None else None if found.is_aside else found.asked
            before = remembered(kept(keep)) if keep is not None else before
        return said

    return ask
