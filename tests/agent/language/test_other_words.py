"""The same questions in other words: numbers after a name, pronouns after the name, words written in one, what goes on from a time or a number."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.planning.understanding import Understanding
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
