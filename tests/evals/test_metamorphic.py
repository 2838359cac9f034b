"""What is added to a question changes what is looked up, or is told; what is taken away as well."""

import pytest

from agent.language.grammar import languages
from evals.metamorphic.changes import Changed, is_silent
from evals.metamorphic.plants import understanding_of
from evals.metamorphic.trial import try_sentences
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file
from tests.agent.language.conftest import NOW

NUMBER = 400


@pytest.mark.parametrize("code", languages())
def test_nothing_is_dropped_silently(code: str, ontology: Ontology) -> None:
    plant = understanding_of(demo_plant_file(), ontology)
    trial = try_sentences(plant, plant, [code], NOW, NUMBER, seed=3)
    assert trial.total >= NUMBER
    assert trial.silent == []
    assert {outcome for _, _, outcome in trial.outcomes} == {"told", "changed", "same"}


def test_what_makes_no_difference_is_found(ontology: Ontology) -> None:
    plant = understanding_of(demo_plant_file(), ontology)
    before, polite, other = (
        plant.understand(text, "en", NOW)
        for text in ("status of AHU-2", "status of AHU-2 please", "status of AHU-2 on Sunday")
    )
    assert before is not None
    assert Changed("status of AHU-2 please", "polite", same=True).same
    assert is_silent(before, polite)
    assert not is_silent(before, other)
