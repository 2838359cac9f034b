"""What an answer may say of changes that were asked for."""

from datetime import timedelta
from typing import Any

import pytest

from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.verify import Verifier
from agent.offline.words import ENGLISH
from agent.vocabulary.lexicon import Lexicon
from graph_schema.ontology.ontology import Ontology
from tests.agent.evidence.test_verify import ASSETS, NOW, ZONE, readings, ref
from tools.results.proposals import Proposed, ProposedChange

WHAT = "leave this note on AHU-2: “AHU-2 is leaking, so I switched the pump off.”"


@pytest.fixture(scope="module")
def lexicon(ontology: Ontology) -> Lexicon:
    return Lexicon.from_entities(ASSETS, ontology, ENGLISH)


def proposed(state: Any = "proposed") -> Proposed:
    change = ProposedChange(
        id="P-12", state=state, tool="leave_note", what=WHAT, sentence=WHAT, assets=[ref("ahu-2")], asked_by="ann", asked_at=NOW,
        expires_at=NOW + timedelta(days=1), approvers=["technician"], settled_by=None if state == "proposed" else "bob",
        outcome="A note is left at AHU-2" if state == "done" else None,
    )  # fmt: skip
    return Proposed(proposal=change, new=True, notes=[f"I propose to {WHAT}. It waits for approval (proposal P-12)."])


def holds(lexicon: Lexicon, state: str, draft: str, language: str = "en") -> bool:
    results = [
        ("query_telemetry", readings("supply_air_temperature", "°C", {"ahu-2": 13.2})),
        ("leave_note", proposed(state)),
    ]
    style = Style(language, "metric", ZONE, NOW)
    verifier = Verifier(Ledger.of(results), lexicon, "Leave a note on AHU-2.", frozenset({"ahu-2"}), style)
    return not verifier.verify(draft).left_out


@pytest.mark.parametrize(
    "draft",
    [
        f"I propose to {WHAT}.",
        "It waits for approval (proposal P-12).",
        "I propose to leave a note on AHU-2 (proposal P-12).",
        "I propose to leave this note on AHU-2: [b1.what].",
        "The proposal P-12 waits for approval.",
        "Ich schlage vor, eine Notiz an AHU-2 zu hinterlassen.",
        "Der Vorschlag P-12 wartet auf Freigabe.",
        "Propongo dejar una nota en AHU-2.",
        "La propuesta P-12 espera aprobación.",
    ],
)
def test_a_proposal_may_be_told(lexicon: Lexicon, draft: str) -> None:
    assert holds(lexicon, "proposed", draft)


@pytest.mark.parametrize(
    "draft",
    [
        "I left the note on AHU-2.",
        "I have left the note.",
        "The note was left on AHU-2.",
        "I leave this note on AHU-2.",
        "I added a note to AHU-2.",
        "The proposal P-12 was approved.",
        "AHU-2 is leaking.",
        "I switched the pump off.",
        "I proposed and left the note on AHU-2.",
        "I propose nothing; the note was left on AHU-1.",
        "Ich habe die Notiz an AHU-2 hinterlassen.",
        "Die Notiz wurde hinterlassen.",
        "He dejado la nota en AHU-2.",
        "La nota fue añadida.",
    ],
)
def test_a_proposal_is_not_told_as_done(lexicon: Lexicon, draft: str) -> None:
    assert not holds(lexicon, "proposed", draft)


@pytest.mark.parametrize("state", ["approved", "running", "ambiguous", "failed", "rejected", "expired"])
def test_only_what_was_done_is_told_as_done(lexicon: Lexicon, state: str) -> None:
    assert not holds(lexicon, state, "I left the note on AHU-2.")


def test_what_was_approved_and_done_may_be_told(lexicon: Lexicon) -> None:
    assert holds(lexicon, "done", "I left the note on AHU-2.")
    assert holds(lexicon, "done", "The proposal P-12 was approved.")
    assert not holds(lexicon, "done", "I left the note on AHU-1.")
    assert not holds(lexicon, "done", "I stopped AHU-2.")
    assert not holds(lexicon, "done", "AHU-2 is leaking.")
