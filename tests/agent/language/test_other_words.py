"""The same questions in other words: numbers after a name, pronouns after the name, words written in one, what goes on from a time or a number."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.planning.understanding import Understanding
from tests.agent.language.conftest import NOW
from tests.agent.language.test_follow_ups import last_call, said


@pytest.mark.parametrize(
    ("own", "turns", "tool", "args"),
    [
        ("en", ["vibration of chwp 1 and 2"], "query_telemetry", {"asset": ["chwp-1", "chwp-2"]}),
        ("en", ["chwp-2, what is up with it"], "asset_status", {"asset": "chwp-2"}),
        ("en", ["how is the second chiller doing"], "asset_status", {"asset": "chiller-2"}),
        ("en", ["power of chwp-2", "no wait, i mean 1"], "query_telemetry", {"asset": "chwp-1"}),
        ("en", ["can I shut CHWP-1 and CHWP-2"], "isolate", {"asset": "chwp-1", "together": ["chwp-2"]}),
        ("en", ["lvl in the wet well"], "query_telemetry", {"quantity": "water_level"}),
        ("en", ["since when is the vibration of chwp-2 too high"], "alarm_history", {"asset": "chwp-2"}),
        ("en", ["quick rundown on AHU-2"], "asset_status", {"asset": "ahu-2"}),
        ("de", ["verlauf der zulufttemp von ahu-2 gestern"], "plot", {"quantity": ["supply_air_temperature"]}),
        ("es", ["pq vibra tanto la chwp-2"], "diagnose", {"asset": "chwp-2"}),
    ],
)  # fmt: skip
def test_it_is_read(
    understanding: Understanding, own: str, turns: Sequence[str], tool: str, args: Mapping[str, Any]
) -> None:
    called, given = last_call(said(understanding, own, turns))
    assert (called, {key: given.get(key) for key in args}) == (tool, args)


@pytest.mark.parametrize(
    "turns",
    [
        ["what is wrong with the wibbling one", "since when"],
        ["which air handler does them"],
        ["power of chiller 1 and 7"],
        ["can I shut CHWP-1", "and at the same time?"],
    ],
)
def test_it_is_asked_back(understanding: Understanding, turns: Sequence[str]) -> None:
    assert said(understanding, "en", turns)[-1].problem is not None


@pytest.mark.parametrize(
    ("own", "sentence", "asset"),
    [
        ("en", "what is the power of the campus meter", "meter-campus"),
        ("en", "server crac return temperature", "crac-1"),
        ("de", "Wie hoch war die Leistung am Campuszähler letzte Woche im Mittel?", "meter-campus"),
    ],
)
def test_an_asset_is_called_by_its_first_word_and_its_class(
    understanding: Understanding, own: str, sentence: str, asset: str
):
    read = understanding.understand(sentence, own, NOW)
    assert read is not None
    assert [call.args.get("asset") for call in read.calls] == [asset]


@pytest.mark.parametrize(
    ("sentence", "offered"),
    [
        ("flow of the campus meter", ["gas-meter-1", "water-meter-1"]),
        ("show me the power of the meter", ["meter-campus", "meter-lab", "meter-main"]),
        ("show me the campus meter", ["gas-meter-1", "meter-campus", "water-meter-1"]),
    ],
)
def test_of_several_that_may_be_meant_those_are_offered_that_measure_it(
    understanding: Understanding, sentence: str, offered: list[str]
):
    read = understanding.understand(sentence, "en", NOW)
    assert read is not None
    assert read.problem is not None
    assert (read.problem.kind, sorted(one.id for one in read.problem.choices)) == ("ambiguous", offered)


@pytest.mark.parametrize(
    ("own", "turns", "asset", "together"),
    [
        ("en", ["can I shut chiller 1", "and both?"], "chiller-1", ["chiller-2"]),
        ("en", ["can I shut boiler 2", "and both of them?"], "boiler-1", ["boiler-2"]),
        ("de", ["kann ich kältemaschine 2 abschalten", "und beide?"], "chiller-1", ["chiller-2"]),
        ("es", ["¿puedo parar la enfriadora 1?", "¿y las dos?"], "chiller-1", ["chiller-2"]),
    ],
)
def test_both_after_one_are_the_two_of_its_kind(
    understanding: Understanding, own: str, turns: Sequence[str], asset: str, together: list[str]
):
    called, given = last_call(said(understanding, own, turns))
    assert (called, given["asset"], given["together"]) == ("isolate", asset, together)


def test_both_after_one_of_three_is_asked_back(understanding: Understanding):
    problem = said(understanding, "en", ["can I shut chwp 1", "and both?"])[-1].problem
    assert problem is not None
    assert (problem.kind, problem.text) == ("no_referent", "both")
