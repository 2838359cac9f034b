"""Questions about how far the data can be trusted, and questions that only sound like it."""

from datetime import UTC, datetime

import pytest

from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.verify import Verifier
from agent.language.grammar import grammar
from agent.offline.about_quality import say_quality
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker
from agent.vocabulary.lexicon import Lexicon
from tools.catalogue.data_quality import DataQuality, PointQuality, QualityIssue
from tools.results.assets import EntityRef


@pytest.mark.parametrize(
    "question",
    [
        "Which sensors are broken?",
        "which sensors are stuck?",
        "Are any sensors drifting?",
        "Which points have gaps in their data?",
        "how good is the data?",
        "Can I trust the readings?",
        "What is the data quality of the plant?",
        "Show me faulty sensors",
        "Are there spikes in the data?",
        "Which sensors are out of calibration?",
    ],
)
def test_the_whole_plants_data_are_judged(demo, question: str):
    plan = demo(question)
    assert plan.tool == "data_quality", plan.text
    assert "assets" not in plan.args


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("How good is the data of AHU-2?", ["ahu-2"]),
        ("Is the data of chiller 1 reliable?", ["chiller-1"]),
        ("Can I trust the readings of AHU-2?", ["ahu-2"]),
    ],
)
def test_one_things_data_are_judged(demo, question: str, ids: list[str]):
    plan = demo(question)
    assert plan.tool == "data_quality", plan.text
    assert plan.args["assets"] == {"ids": ids}


def test_the_sensors_of_a_thing_are_judged(demo):
    plan = demo("are the sensors of AHU-2 drifting")
    assert plan.tool == "data_quality"
    assert "ahu-2" in str(plan.args["assets"])


def test_a_kind_of_things_data_are_judged(demo):
    assert demo("which VAV sensors are stuck").args["assets"]["class"] == "VAV"


def test_a_time_is_how_far_back_to_look(demo):
    assert demo("Which sensors had gaps in the last 3 days?").args["hours"] == 72


@pytest.mark.parametrize(
    "question",
    [
        "Which dampers are stuck?",
        "Is chiller 1 broken?",
        "what is the air quality on floor 2",
        "which sensors are stale",
    ],
)
def test_other_questions_are_left_alone(demo, question: str):
    assert demo(question).tool != "data_quality"


def test_an_unknown_name_is_asked_back(demo):
    plan = demo("How good is the data of AHU-77?")
    assert not plan.calls
    assert "AHU-77" in plan.text


def quality(*points: PointQuality, judged: int = 214) -> DataQuality:
    kinds = {issue.kind: 1 for one in points for issue in one.issues}
    return DataQuality(
        judged=judged, amiss=len(points), untold=0, kinds=kinds, percent=97, points=list(points), hours=24
    )


def point(name: str, kind: str, sentence: str, dependents: int = 0) -> PointQuality:
    asset = EntityRef.model_validate({"id": name.lower(), "name": name, "kind": "Asset"})
    ref = EntityRef.model_validate({"id": f"{name.lower()}.t", "name": "Supply air temperature", "kind": "Point"})
    issue = QualityIssue.model_validate({"kind": kind, "sentence": sentence})
    return PointQuality(point=ref, asset=asset, score=0.5, issues=[issue], dependents=dependents)


@pytest.fixture
def speaker(ontology) -> Speaker:
    return Speaker(Lexicon.from_entities([], ontology, grammar("en").function_words), datetime(2026, 3, 2, tzinfo=UTC))


def test_the_answer_says_how_many_and_what_is_the_matter(speaker: Speaker):
    found = quality(
        point("AHU-2", "stuck", "Shows 13 °C unchanged since 02:00.", 12), point("VAV-1", "drift", "Has moved.")
    )
    said = say_quality(speaker, Intent("quality"), found)
    assert said.startswith(
        "2 of 214 points need a look (97% of the data of the last 24 hours are there and look right):"
    )
    assert "- AHU-2, Supply air temperature: Shows 13 °C unchanged since 02:00. 12 things depend on AHU-2." in said
    only = say_quality(speaker, Intent("quality", state="drift"), found)
    assert only.startswith("1 of 214 points is drifting")
    assert "AHU-2" not in only


def test_sound_data_and_too_little_are_told_as_such(speaker: Speaker):
    assert say_quality(speaker, Intent("quality"), quality()).startswith(
        "The data are sound: none of 214 points needs a look"
    )
    assert say_quality(speaker, Intent("quality", yes_no=True, state="stuck"), quality()).startswith(
        "No, none of 214 points is stuck."
    )
    assert "too few readings" in say_quality(speaker, Intent("quality"), quality(judged=0))


def test_the_evidence_check_finds_every_number_of_the_answer_in_the_result(ontology, speaker: Speaker):
    gap = "2 gaps in the last 24 hours, 9.5 hours in all; the longest from 19 Mar 21:45 to 05:00."
    spikes = "3 values jump away and back at once, the newest to 85 °C at 09:12."
    rejected = "48 messages could not give its value, the newest: -9999 °C is outside what a temperature can be (-80 to 1,200 °C)."
    drift = "Has moved 1.706 °C above its 3 siblings since 16 Mar 15:00."
    sentences = {
        "gaps": gap,
        "spikes": spikes,
        "rejected": rejected,
        "drift": drift,
        "stuck": "Shows 13.2 °C unchanged since 02:00.",
    }
    found = quality(*(point("AHU-2", kind, sentence, 12) for kind, sentence in sentences.items()))
    text = say_quality(speaker, Intent("quality"), found)
    now = datetime(2026, 3, 20, 15, tzinfo=UTC)
    style = Style("en", "metric", UTC, now)
    verifier = Verifier(
        Ledger.of([("data_quality", found)]),
        speaker.lexicon,
        "How good are the data?",
        frozenset(),
        style,
        composed=True,
    )
    assert verifier.verify(text).unsupported == []
    made_up = text.replace("1.706", "1.9").replace("85 °C", "95 °C").replace("21:45", "22:13")
    assert set(verifier.verify(made_up).unsupported) == {"1.9 °C", "95 °C", "22:13"}
