"""The understanding of a plant in a file, without any store."""

from pathlib import Path

from agent.language.grammar import grammar
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from tools.sentences.language import USUAL


def understanding_of(file: Path, ontology: Ontology) -> Understanding:
    """Of the plant in a file, as it would be served."""
    plant = read_plant(file, ontology)
    owned = owned_by_class(plant.entities, plant.relations)
    return Understanding(
        Lexicon.from_entities(plant.entities, ontology, grammar(USUAL).function_words, owned=owned, version=1)
    )
