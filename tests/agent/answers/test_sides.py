"""Two sides that are compared: what is called, and through the whole agent what is said."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.agent import Agent
from agent.events import Answered
from agent.planning.understanding import Understanding
from tools.context import Caller

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "question", "calls"),
    [
        (
            "en",
            "Is the filter pressure drop of AHU-2 higher than that of AHU-1?",
            [{"quantity": "filter_air_differential_pressure", "asset": ["ahu-2", "ahu-1"], "aggregate": "latest"}],
        ),
        (
            "en",
            "is the return air of AHU-1 warmer than the supply air",
            [
                {"quantity": "return_air_temperature", "asset": "ahu-1"},
                {"quantity": "supply_air_temperature", "asset": "ahu-1"},
            ],
        ),
        (
            "de",
            "War es gestern um 12 Uhr draußen wärmer als jetzt?",
            [
                {"asset": "weather-1", "aggregate": "at", "at": "2026-03-01T12:00:00+00:00"},
                {"asset": "weather-1", "aggregate": "latest"},
            ],
        ),
        ("en", "is it warmer in the library than outside", [{"quantity": "zone_air_temperature"}, {"asset": "weather-1"}]),
        ("es", "¿Hace más calor fuera que en la biblioteca?", [{"asset": "weather-1"}, {"quantity": "zone_air_temperature"}]),
        (
            "de",
            "Hat Kältemaschine 1 gestern mehr Leistung aufgenommen als Kältemaschine 2?",
            [{"asset": ["chiller-1", "chiller-2"], "aggregate": "mean"}],
        ),
        (
            "en",
            "did chiller 1 use more energy yesterday than last monday",
            [{"asset": "chiller-1", "aggregate": "use"}],
        ),
        (
            "es",
            "¿Consumió la enfriadora 1 o la enfriadora 2 más potencia ayer?",
            [{"asset": ["chiller-1", "chiller-2"], "aggregate": "mean", "order": "desc"}],
        ),
    ],
)  # fmt: skip
def test_what_is_looked_up(understanding: Understanding, code: str, question: str, calls: list[Mapping[str, Any]]):
    found = understanding.understand(question, code, NOW)
    assert found is not None
    assert found.problem is None
    assert len(found.calls) == len(calls)
    assert all({**one.args, **part} == one.args for one, part in zip(found.calls, calls, strict=True)), found.calls


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("is the mixed air warmer than the return air", "missing"),
        ("is any zone warmer than the boardroom", "not_named"),
        ("are AHU-1 and AHU-2 warmer than AHU-3", "too_many"),
        ("is the boardroom warmer", "missing"),
        ("was the boardroom warmer than yesterday", "missing"),
        ("is chiller 1 warmer than chiller 1", "missing"),
    ],
)
def test_what_is_not_two_sides_is_asked_back(understanding: Understanding, question: str, problem: str):
    found = understanding.understand(question, "en", NOW)
    assert found is not None
    assert (found.problem and found.problem.kind, found.calls) == (problem, ())


@pytest.mark.parametrize(
    ("code", "question", "parts"),
    [
        (
            "en",
            "is the filter pressure drop of AHU-1 higher than that of AHU-2",
            ["Yes. The difference is ", "- AHU-1: ", "- AHU-2: "],
        ),
        (
            "en",
            "was it warmer outside at 9 this morning than it is now",
            ["The difference is ", " outside air temperature at 09:00: ", ", read "],
        ),
        ("en", "is the library warmer than outside", ["The difference is ", "Library, average zone air temperature: "]),
        ("de", "Ist die Rückluft der AHU-1 wärmer als die Zuluft?", ["Ja. Der Unterschied beträgt ", "- AHU-1, Ablufttemperatur: "]),
        ("es", "¿Está el aire de retorno de AHU-1 más caliente que el aire de impulsión?", ["Sí. La diferencia es de ", "- AHU-1, "]),
        ("en", "did chiller 1 or chiller 2 draw more power on average over the last 6 hours", [" has the highest average electric power "]),
    ],
)  # fmt: skip
async def test_what_is_said(code: str, question: str, parts: list[str], agent_with: Callable[..., Agent]):
    events = [event async for event in agent_with().ask(question, "c", Caller("anna", language=code))]
    last = events[-1]
    assert isinstance(last, Answered)
    assert [one for one in parts if one not in last.text] == [], last.text
