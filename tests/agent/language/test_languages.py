"""Each language is complete: what one of them can ask and answer, every other can as well."""

import pytest

from agent.answers.completeness import SAMPLES, codes, lacking
from agent.language.grammar import grammar, languages
from agent.planning.asked import Asked
from agent.planning.assets import Assets
from agent.planning.intents import INTENTS
from agent.planning.understanding import FOLLOW_UP, Understanding
from graph_schema.question import AssetQuery
from tests.agent.language.conftest import NOW

CODES = languages()


@pytest.mark.parametrize("code", CODES)
def test_a_language_lacks_nothing(code: str) -> None:
    assert not lacking(code)


@pytest.mark.parametrize("code", CODES)
def test_every_intent_has_examples(code: str) -> None:
    samples = grammar(code).samples
    assert {name for name, given in samples.items() if len(set(given)) >= SAMPLES} >= set(INTENTS)


@pytest.mark.parametrize("code", CODES)
def test_no_example_is_of_two_intents(code: str) -> None:
    every = [sample.casefold() for given in grammar(code).samples.values() for sample in given]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("code", CODES)
def test_intents_that_are_worded_exist(code: str) -> None:
    assert {one.intent for one in grammar(code).cues} <= {FOLLOW_UP.name, *INTENTS}


def test_a_language_that_there_is_nothing_of_lacks_everything() -> None:
    lacks = lacking("tlh")
    assert any("no question is read" in one for one in lacks)
    assert any("the intent diagnose has no answer" in one for one in lacks)
    assert any("tools speak English" in one for one in lacks)
    assert "tlh" not in codes()


@pytest.mark.parametrize("code", CODES)
def test_every_example_is_read_as_its_own_intent_and_in_its_whole(code: str, understanding: Understanding) -> None:
    alone = Understanding(understanding.lexicon, [code])
    spoken_of = Asked("asset_status", {"assets": (Assets(AssetQuery(ids=["chiller-1"]), "Chiller 1", ("chiller-1",)),)})
    astray: list[str] = []
    for intent, samples in grammar(code).samples.items():
        before = spoken_of if intent == FOLLOW_UP.name else None
        for sample in samples:
            read = alone.understand(sample, code, NOW, (), before)
            whole = read is not None and (read.frame.is_whole or read.is_urgent)
            if read is None or read.frame.intent != intent or not whole or read.frame.missing:
                astray.append(f"{intent}: {sample} → {read and read.explained()}")
    assert not astray
