"""What is let out of an answer while it is produced."""

from datetime import UTC, datetime

import pytest

from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.verify import Verifier
from agent.run.speech import Speaking
from agent.vocabulary.lexicon import Lexicon
from tools.results.assets import EntityRef
from tools.results.telemetry import Telemetry, TelemetryRow


@pytest.fixture
def verifier(lexicon: Lexicon) -> Verifier:
    entity = EntityRef(id="ahu-2", name="AHU-2", kind="Asset")
    rows = [
        TelemetryRow(entity=entity, quantity="electric_power", value=13.2, unit="kW"),
        TelemetryRow(entity=entity, quantity="on_off_status", text="on"),
    ]
    result = Telemetry(quantity="electric_power", aggregate="latest", rows=rows, total=2)
    style = Style("en", "metric", UTC, datetime(2026, 3, 2, tzinfo=UTC))
    return Verifier(Ledger.of([("query_telemetry", result)]), lexicon, "", frozenset(), style)


def say(speaking: Speaking, *pieces: str) -> str:
    return "".join(speaking.add(piece) for piece in pieces)


def test_whole_sentences_come_out_as_they_are_complete(verifier: Verifier):
    speaking = Speaking()
    speaking.begin(verifier, aloud=True)
    assert [speaking.add(piece) for piece in ("AHU-2 draws 13", ".2 kW. All", " is well")] == [
        "",
        "AHU-2 draws 13.2 kW. ",
        "",
    ]
    assert speaking.rest("AHU-2 draws 13.2 kW. All is well.") == "All is well."


def test_nothing_comes_out_after_a_sentence_that_does_not_hold(verifier: Verifier):
    speaking = Speaking()
    speaking.begin(verifier, aloud=True)
    assert say(speaking, "AHU-2 is on. ", "It draws 99 kW. ", "AHU-2 is on. ") == "AHU-2 is on. "


def test_a_second_attempt_is_not_heard_until_it_holds(verifier: Verifier):
    speaking = Speaking()
    speaking.begin(verifier, aloud=False)
    assert say(speaking, "AHU-2 is on. ", "It is. ") == ""
    assert speaking.rest("AHU-2 is on.") == "AHU-2 is on."


def test_an_answer_that_begins_otherwise_replaces_what_was_said(verifier: Verifier):
    speaking = Speaking()
    speaking.begin(verifier, aloud=True)
    say(speaking, "AHU-2 is on. ")
    assert speaking.rest("AHU-2 is off.") == ""


def test_words_before_a_call_stand_apart_from_the_answer(verifier: Verifier):
    speaking = Speaking()
    speaking.begin(verifier, aloud=True)
    said = say(speaking, "I look it up.\n")
    speaking.begin(verifier, aloud=True)
    assert said + say(speaking, "AHU-2 is on. ") == "I look it up.\n\n\nAHU-2 is on. "
