"""Questions about how far the data can be trusted, and questions that only sound like it."""

import pytest


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
